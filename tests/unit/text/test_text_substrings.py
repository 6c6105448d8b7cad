"""Words in strings against Python's own slices."""

import numpy as np
import pyarrow as pa
import pytest

from sociolink.text.hashing import hash_strings
from sociolink.text.substrings import Places, WordIndex, find_words, index_words, lay_out

STRINGS = ["annasmith", "", "ann", "smithannasmith", "xyz", "aaaa", "mannequin"]
WORDS = ["ann", "anna", "smith", "asmith", "aa", "a", "mannequin", "annasmith", "zzz"]


def known(words: list[str]) -> tuple[WordIndex, list[str]]:
    """An index and the words in the order of its keys."""
    keys, _ = hash_strings(pa.array(words, pa.string()))
    order = np.argsort(keys)
    return index_words(keys[order]), [words[place] for place in order]


def occurrences(
    strings: list[str], words: list[str], at: list[list[bool]], *, shortest: int, longest: int
) -> list[tuple[int, int, str]]:
    """Every slice of every string that is a word: place before, place after, word."""
    found: list[tuple[int, int, str]] = []
    first = 0
    for text, allowed in zip(strings, at, strict=True):
        found.extend(
            (first + begin, first + end, text[begin:end])
            for begin in range(len(text))
            for end in range(begin + shortest, min(begin + longest, len(text)) + 1)
            if text[begin:end] in words and allowed[begin] and allowed[end]
        )
        first += len(text) + 1
    return found


def found_by(places: Places, words: list[str], **options: object) -> list[tuple[int, int, str]]:
    index, names = known(words)
    arcs = find_words(places, index, **options)  # type: ignore[arg-type]
    return [(int(a), int(b), names[w]) for a, b, w in zip(arcs.source, arcs.target, arcs.word, strict=True)]


def test_places_stand_before_between_and_after_the_characters() -> None:
    places = lay_out(pa.array(STRINGS))
    assert len(places) == sum(len(text) + 1 for text in STRINGS)
    assert places.owner.tolist() == [row for row, text in enumerate(STRINGS) for _ in range(len(text) + 1)]
    assert (places.last - places.first).tolist() == [len(text) for text in STRINGS]
    following = places.next_byte(np.arange(len(places)))
    assert bytes(following) == b"".join(text.encode() + b"\0" for text in STRINGS)


@pytest.mark.parametrize(("shortest", "longest"), [(1, 20), (2, 20), (2, 4), (3, 3), (5, 4)])
def test_find_words_finds_what_slices_find(shortest: int, longest: int) -> None:
    anywhere = [[True] * (len(text) + 1) for text in STRINGS]
    expected = occurrences(STRINGS, WORDS, anywhere, shortest=shortest, longest=longest)
    assert found_by(lay_out(pa.array(STRINGS)), WORDS, min_length=shortest, max_length=longest) == expected
    assert bool(expected) == (shortest <= longest)


def test_words_begin_and_end_only_where_they_may() -> None:
    rng = np.random.default_rng(5)
    places = lay_out(pa.array(STRINGS))
    for _ in range(20):
        at = rng.random(len(places)) < 0.6
        by_string = [at[a : b + 1].tolist() for a, b in zip(places.first, places.last, strict=True)]
        expected = occurrences(STRINGS, WORDS, by_string, shortest=2, longest=20)
        assert found_by(places, WORDS, at=at) == expected


def test_words_never_run_from_one_string_into_the_next() -> None:
    assert found_by(lay_out(pa.array(["an", "na", "anna"])), ["anna", "nna"]) == [(6, 10, "anna"), (7, 10, "nna")]


@pytest.mark.parametrize(("strings", "words"), [([], ["ann"]), (["ann"], []), ([""], ["ann"]), ([], [])])
def test_nothing_is_found_in_nothing(strings: list[str], words: list[str]) -> None:
    assert found_by(lay_out(pa.array(strings, pa.string())), words) == []


def test_an_index_finds_its_words_and_no_others() -> None:
    """Many words, so that bits of the bitmap are shared; every answer is checked against a set."""
    rng = np.random.default_rng(3)
    keys = np.unique(rng.integers(0, 2**64, 30_000, dtype=np.uint64))
    asked = np.concatenate([keys[::3], rng.integers(0, 2**64, 30_000, dtype=np.uint64)])
    rng.shuffle(asked)
    place, word = index_words(keys).find(asked)
    members = set(keys.tolist())
    assert place.tolist() == [i for i, key in enumerate(asked.tolist()) if key in members]
    assert (keys[word] == asked[place]).all()


def test_arcs_can_be_thinned_out() -> None:
    index, _ = known(WORDS)
    arcs = find_words(lay_out(pa.array(STRINGS)), index)
    keep = arcs.target - arcs.source > 3
    some = arcs.only(keep)
    assert len(some) == int(keep.sum()) < len(arcs)
    assert (some.target - some.source > 3).all()
