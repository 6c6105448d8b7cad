"""The stream of words and phrases, against a reference that goes word by word."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from sociolink.opinions.catalogue import Catalogue
from sociolink.opinions.stream import index_phrases, index_purposes, read_stream
from sociolink.opinions.vocabulary import build_vocabulary

VOCABULARY = build_vocabulary("en", Catalogue())
TABLES = {"phrases": index_phrases(VOCABULARY), "purposes": index_purposes(VOCABULARY)}
NAMES = ["", *VOCABULARY.entries.number]
LONGEST = max(map(len, VOCABULARY.phrases))
SOME = [
    "customer",
    "service",
    "waste",
    "of",
    "money",
    "not",
    "the",
    "best",
    "but",
    "worst",
    "battery",
    "life",
    "a",
    "bit",
    ".",
]


def slow_units(words: list[str]) -> list[str]:
    """Phrases from the longest to the shortest, each length from left to right, none over another."""
    number = VOCABULARY.entries.number
    codes = [number[word] for word in words]
    owner: list[tuple[int, int, int] | None] = [None] * len(codes)
    for length in range(LONGEST, 1, -1):
        for at in range(len(codes) - length + 1):
            phrase = VOCABULARY.phrases.get(tuple(codes[at : at + length]))
            if phrase is not None and not any(owner[at : at + length]):
                for place in range(at, at + length):
                    owner[place] = (phrase, at, length)
    return [NAMES[unit[0]] if unit else NAMES[codes[at]] for at, unit in enumerate(owner) if not unit or unit[1] == at]


@given(st.lists(st.sampled_from(SOME), min_size=1, max_size=12))
def test_phrases_are_found_as_word_by_word(words: list[str]) -> None:
    stream = read_stream(pa.array([" ".join(words).replace(" .", ".")]), vocabulary=VOCABULARY, **TABLES)
    found = [NAMES[entry] for entry in stream.entry.tolist()]
    merged = [word for at, word in enumerate(words) if word != "." or at == 0 or words[at - 1] != "."]

    assert found == [*slow_units(merged), "\n"]


def test_sentences_and_clauses() -> None:
    stream = read_stream(
        pa.array(["Good food. Bad bar, nice owner but he left", "Hi"]), vocabulary=VOCABULARY, **TABLES
    )
    texts = [NAMES[entry] for entry in stream.entry.tolist()]

    by_sentence: dict[int, list[str]] = {}
    by_clause: dict[int, list[str]] = {}
    for text, sentence, clause in zip(texts, stream.sentence.tolist(), stream.clause.tolist(), strict=True):
        by_sentence.setdefault(sentence, []).append(text)
        by_clause.setdefault(clause, []).append(text)
    assert [words[0] for words in by_sentence.values()] == ["good", "bad", "hi"]
    assert [words[0] for words in by_clause.values()] == ["good", "bad", "nice", "but", "hi"]


def test_misspelt_drawn_out_and_run_together() -> None:
    words = pa.array(["terible", "sooooo", "looove", "neveragain", "recieve", "zzkrt"])
    entries, drawn_out = VOCABULARY.look_up(words)

    assert [NAMES[entry] for entry in entries.tolist()] == [
        "terrible",
        "so",
        "love",
        "never again",
        "receive",
        "<noun>",
    ]
    assert drawn_out.tolist() == [False, True, True, False, False, False]
