"""What must hold for text of any kind."""

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from sociolink.text.folding import MAX_FOLDED, MAX_GROWTH, fold, fold_variants, squash, transliterate
from sociolink.text.handles import MAX_CORE, parse_handles

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


@settings(max_examples=150)
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
