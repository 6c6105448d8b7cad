"""Few strings, read one by one, against the same strings among many, read together."""

# ruff: noqa: RUF001

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sociolink.text.buffers import (
    FEW,
    are_filled,
    as_strings,
    cut_strings,
    distinct_of,
    few_strings,
    join_strings,
    number_strings,
)
from sociolink.text.folding import fold, squash, transliterate
from sociolink.text.handles import core_and_boundaries, parse_handles
from sociolink.text.hashing import hash_keys, hash_strings, mix, prefix_hashes, string_bytes
from sociolink.text.platforms import canonical_platforms
from sociolink.text.substrings import find_words, index_words, lay_out

TEXT = st.text(
    st.one_of(st.characters(codec="utf-8"), st.sampled_from("abcXYZ019 _-.@\t`’éßжЖ李🎉\u200b")), max_size=30
)
FEW_TEXTS = st.lists(TEXT, min_size=1, max_size=FEW - 1)
WORDS = st.text(st.sampled_from("abc01"), max_size=12)
PADDING = ["q" * 40] * 400


def among_many(read: Callable[[pa.Array], pa.Array], texts: list[str]) -> list[object]:
    return read(pa.array([*texts, *PADDING], pa.string())).to_pylist()[: len(texts)]


@pytest.mark.parametrize("read", [fold, transliterate, squash, canonical_platforms])
@settings(max_examples=60)
@given(texts=FEW_TEXTS)
def test_few_are_spelt_as_many_are(read: Callable[[pa.Array], pa.Array], texts: list[str]) -> None:
    assert read(pa.array(texts, pa.string())).to_pylist() == among_many(read, texts)


def test_a_letter_that_grows_is_cut_for_few_as_for_many() -> None:
    grown = ["\ufdfa" * 3, "\ufdfa x", "ㄱ" * 200]
    assert fold(pa.array(grown)).to_pylist() == among_many(fold, grown)


@settings(max_examples=60)
@given(texts=FEW_TEXTS)
def test_few_cores_have_the_boundaries_of_many(texts: list[str]) -> None:
    core, boundaries = core_and_boundaries(pa.array(texts, pa.string()))
    many, of_many = core_and_boundaries(pa.array([*texts, *PADDING], pa.string()))
    assert core.to_pylist() == many.to_pylist()[: len(texts)]
    assert boundaries.tolist() == of_many[: len(texts)].tolist()


@settings(max_examples=60)
@given(pairs=st.lists(st.tuples(st.sampled_from(["x", "linkedin", "bluesky", "mastodon", ""]), TEXT), max_size=9))
def test_few_handles_are_taken_apart_as_many_are(pairs: list[tuple[str, str]]) -> None:
    platform, handle = ([pair[side] for pair in pairs] for side in (0, 1))
    few = parse_handles(pa.array(platform, pa.string()), pa.array(handle, pa.string()))
    padded = [pa.array([*own, *more], pa.string()) for own, more in ((platform, ["x"] * 400), (handle, PADDING))]
    many = parse_handles(*padded).take(np.arange(len(pairs)))
    for name in ("platform", "handle", "core", "boundaries", "repaired", "domain", "tail"):
        assert getattr(few, name).tolist() == getattr(many, name).tolist()


@settings(max_examples=60)
@given(texts=st.lists(TEXT, max_size=12))
def test_few_hashes_are_those_of_many(texts: list[str]) -> None:
    values, padded = pa.array(texts, pa.string()), pa.array([*texts, *PADDING], pa.string())
    few, many = hash_strings(values), hash_strings(padded)
    assert [one.tolist() for one in few] == [one[: len(texts)].tolist() for one in many]
    own = prefix_hashes(string_bytes(values))
    assert own.tolist() == prefix_hashes(string_bytes(padded))[: len(own)].tolist()


@settings(max_examples=60)
@given(texts=st.lists(WORDS, max_size=9), words=st.sets(WORDS.filter(bool)), only=st.integers(0, 3))
def test_words_of_few_strings_are_those_of_many(texts: list[str], words: set[str], only: int) -> None:
    known = index_words(np.sort(hash_strings(pa.array(sorted(words), pa.string()))[0]))
    few, many = (lay_out(pa.array(one, pa.string())) for one in (texts, [*texts, *PADDING]))
    marks = np.arange(len(many)) % 3 > 0
    given = {"at": marks if only & 1 else None, "starts": marks if only & 2 else None}
    own = {name: None if mask is None else mask[: len(few)] for name, mask in given.items()}
    short, long = find_words(few, known, **own), find_words(many, known, **given)
    kept = long.only(long.source < len(few))
    for name in ("source", "target", "word"):
        assert getattr(short, name).tolist() == getattr(kept, name).tolist()


def test_many_strings_and_long_ones_are_not_few() -> None:
    assert few_strings(pa.array(["a"] * FEW)) is None
    assert few_strings(pa.array(["a" * 513])) is None
    assert few_strings(pa.array(["a" * 512])) == ["a" * 512]


@given(FEW_TEXTS, st.integers(0, 200))
def test_few_keys_are_those_of_many(texts: list[str], salt: int) -> None:
    values = pa.array([*texts, None], pa.string())
    hashes, lengths = hash_strings(values)
    keys, sizes = hash_keys(values, salt)
    assert keys.tolist() == mix(hashes, salt).tolist()
    assert sizes.tolist() == lengths.tolist()
    many, _ = hash_keys(pa.array([*texts, *PADDING], pa.string()), salt)
    assert many[: len(texts)].tolist() == keys[:-1].tolist()


@given(FEW_TEXTS)
def test_few_strings_are_an_array_like_any_other(texts: list[str]) -> None:
    made, expected = as_strings(texts), pa.array(texts, pa.string())
    made.validate(full=True)
    assert made.equals(expected)
    assert made.dictionary_encode().equals(expected.dictionary_encode())
    assert as_strings([]).equals(pa.array([], pa.string()))


@given(FEW_TEXTS, st.integers(0, 12))
def test_few_strings_are_cut_joined_and_looked_at_like_many(texts: list[str], most: int) -> None:
    few = pa.array(texts, pa.string())
    assert cut_strings(few, most).to_pylist() == among_many(lambda many: cut_strings(many, most), texts)
    assert join_strings(few, few, separator="|").to_pylist() == among_many(
        lambda many: join_strings(many, many, separator="|"), texts
    )
    assert are_filled(few).tolist() == among_many(lambda many: pa.array(are_filled(many)), texts)
    assert distinct_of(few) == distinct_of(pa.array(texts * FEW, pa.string())) == frozenset(texts)
    for values in (few, pa.array(texts * FEW, pa.string())):
        strings, number = number_strings(values)
        assert strings.take(pa.array(number)).equals(values)
