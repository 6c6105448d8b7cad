"""What must hold for text of any kind."""

import re

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from sociolink.text.folding import MAX_FOLDED, MAX_GROWTH, fold, fold_variants, squash, transliterate
from sociolink.text.handles import MAX_CORE, parse_handles
from sociolink.text.names import customer_names, split_full_names
from sociolink.text.tokens import collapse_repeats, tokenise

ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
HANDLE_LIKE = st.text("aBcD09._-@/:%?#é\u0301\u200b🎉 ", max_size=20)
HANDLES = st.one_of(
    ANY_TEXT,
    HANDLE_LIKE,
    HANDLE_LIKE.map("https://x.com/{}".format),
    HANDLE_LIKE.map("{}-1a2b3c4d".format),
    HANDLE_LIKE.map("{}.bsky.social".format),
)
PLATFORMS = st.sampled_from(["x", "linkedin", "facebook", "bluesky", "mastodon", "youtube", "", "other", None])


def strings(values: list[str | None]) -> pa.Array:
    return pa.array(values, pa.string())


def slow_spaces(text: str) -> str:
    return " ".join(text.replace("`", "'").split()).lower()


@given(st.lists(st.one_of(st.none(), ANY_TEXT), max_size=6))
def test_folding_is_idempotent_printable_and_bounded(values: list[str | None]) -> None:
    folded = fold(strings(values))
    assert folded.null_count == 0
    assert fold(folded).equals(folded)
    for value, result in zip(values, folded.to_pylist(), strict=True):
        assert result.isascii()
        assert result.isprintable() or not result
        assert result == " ".join(result.lower().split())
        assert len(result) <= min(MAX_FOLDED, MAX_GROWTH * len((value or "").encode()))


@given(st.lists(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=20), max_size=6))
def test_ascii_folds_as_the_slow_reference_does(values: list[str]) -> None:
    assert fold(strings(values)).to_pylist() == [slow_spaces(value) for value in values]
    expected = ["".join(c for c in value.lower() if c.isalnum()) for value in values]
    assert squash(strings(values)).to_pylist() == expected


@given(st.lists(ANY_TEXT, max_size=6))
def test_each_value_folds_alone_as_it_folds_among_others(values: list[str]) -> None:
    alone = [fold(strings([value]))[0].as_py() for value in values]
    assert fold(strings(values)).to_pylist() == alone


@given(st.lists(st.text("aäöüåøæßñðÄÖñÅ-é\n", max_size=8), max_size=6))
def test_variants_start_with_the_plain_folding_and_are_distinct(values: list[str]) -> None:
    rows, spellings = fold_variants(strings(values))
    plain = squash(strings(values)).to_pylist()
    texts = spellings.to_pylist()
    for row, expected in enumerate(plain):
        own = [texts[i] for i in np.flatnonzero(rows == row)]
        assert own[0] == expected
        assert len(own) == len(set(own)) <= 4
    assert (np.diff(rows) >= 0).all()
    assert squash(spellings).equals(spellings)


def slow_tokens(text: str) -> tuple[str, int]:
    """Core and boundaries of an ASCII text, character by character."""
    core, bits = "", 0
    for i, character in enumerate(text):
        if not character.isalnum():
            continue
        before = text[i - 1] if i else ""
        after = text[i + 1] if i + 1 < len(text) else ""
        starts = not before.isalnum() or before.isdigit() != character.isdigit()
        starts |= character.isupper() and (before.islower() or after.islower())
        if starts and len(core) < MAX_CORE:
            bits |= 1 << len(core)
        core += character.lower()
    return core[:MAX_CORE], bits


@given(st.lists(st.text("aBcD09._-", max_size=50), max_size=6))
def test_cores_and_boundaries_agree_with_the_slow_reference(values: list[str]) -> None:
    parsed = parse_handles(strings(["x"] * len(values)), strings(values))
    found = list(zip(parsed.core.to_pylist(), parsed.boundaries.tolist(), strict=True))
    assert found == [slow_tokens(value) for value in values]


@settings(max_examples=80)
@given(st.lists(st.tuples(PLATFORMS, HANDLES), max_size=5))
def test_parsing_a_parsed_handle_changes_nothing(pairs: list[tuple[str | None, str]]) -> None:
    once = parse_handles(strings([platform for platform, _ in pairs]), strings([handle for _, handle in pairs]))
    twice = parse_handles(once.platform, once.handle)
    for name in ("platform", "handle", "core", "tail"):
        assert getattr(twice, name).equals(getattr(once, name)), name
    assert (twice.boundaries == once.boundaries).all()
    assert (twice.repaired == 0).all()


@given(st.lists(st.tuples(PLATFORMS, HANDLES), max_size=5))
def test_boundaries_lie_within_the_core(pairs: list[tuple[str | None, str]]) -> None:
    parsed = parse_handles(strings([platform for platform, _ in pairs]), strings([handle for _, handle in pairs]))
    for core, bits in zip(parsed.core.to_pylist(), parsed.boundaries.tolist(), strict=True):
        assert len(core) <= MAX_CORE
        assert core == "".join(c for c in core.lower() if c.isascii() and c.isalnum())
        assert bits < 1 << len(core) or bits == 0
        assert bits & 1 == (1 if core else 0)


@given(st.lists(ANY_TEXT, max_size=5))
def test_transliterating_and_lowering_is_folding(values: list[str]) -> None:
    cased = transliterate(strings(values))
    assert [text.lower() for text in cased.to_pylist()] == fold(strings(values)).to_pylist()


def slow_repeats(text: str, kept: int) -> str:
    """With runs of three letters or more cut to `kept`, character by character."""
    return re.sub(r"([a-z])\1{2,}", lambda match: match.group(1) * kept, text)


@given(st.lists(st.text("aab1 -", max_size=12), max_size=6))
def test_tokens_and_repeats_agree_with_the_slow_references(values: list[str]) -> None:
    tokens = tokenise(strings(values))
    expected = [(row, token) for row, value in enumerate(values) for token in re.findall("[a-z0-9]+", value)]
    assert list(zip(tokens.row.tolist(), tokens.value.to_pylist(), strict=True)) == expected
    rows, readings = collapse_repeats(strings(values))
    plain = ["".join(re.findall("[a-z0-9]", value)) for value in values]
    slow = [
        (row, reading)
        for row, value in enumerate(plain)
        for reading in dict.fromkeys(slow_repeats(value, kept) for kept in (1, 2))
        if reading != value
    ]
    assert list(zip(rows.tolist(), readings.to_pylist(), strict=True)) == slow


NAME_LIKE = st.one_of(
    st.none(),
    ANY_TEXT,
    st.lists(
        st.sampled_from(
            [
                "Ann",
                "LEE",
                "de",
                "Van",
                "O'Neil",
                "(née",
                "Roy)",
                '"Bo"',
                "Jr.",
                ",",
                "Dr.",
                "Müller-Groß",
                "李",
                "X",
                "y",
            ]
        ),
        max_size=6,
    ).map(" ".join),
)


@settings(max_examples=40)
@given(st.lists(st.tuples(*[NAME_LIKE] * 5), max_size=4))
def test_names_are_squashed_distinct_and_the_same_alone(customers: list[tuple[str | None, ...]]) -> None:
    parts = customer_names(*(strings([customer[column] for customer in customers]) for column in range(5)))
    values = parts.value.to_pylist()
    assert squash(parts.value).equals(parts.value)
    assert all(values)
    assert ((parts.weight > 0) & (parts.weight <= 1)).all()
    triples = list(zip(parts.row.tolist(), parts.kind.tolist(), values, strict=True))
    assert len(set(triples)) == len(triples)
    for row, customer in enumerate(customers):
        alone = customer_names(*(strings([value]) for value in customer))
        own = [i for i, other in enumerate(parts.row.tolist()) if other == row]
        assert alone.value.to_pylist() == [values[i] for i in own]
        assert alone.kind.tolist() == [parts.kind[i] for i in own]


@settings(max_examples=40)
@given(st.lists(NAME_LIKE, max_size=6))
def test_full_names_hold_only_words_that_were_there(values: list[str | None]) -> None:
    table = split_full_names(strings(values))
    assert table.num_rows == len(values)
    for value, row in zip(values, table.to_pylist(), strict=True):
        letters = squash(strings([value]))[0].as_py()
        for part in row.values():
            for word in tokenise(strings([part])).value.to_pylist():
                assert word in letters
