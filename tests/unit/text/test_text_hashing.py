"""Hashes of strings and substrings against the polynomial written out."""

from itertools import combinations

import numpy as np
import pyarrow as pa
import pytest

from sociolink.text.hashing import (
    HASH_VERSION,
    concat_hashes,
    hash_strings,
    mix,
    prefix_hashes,
    string_bytes,
    substring_hashes,
)

BASE = 0x9E3779B97F4A7C15
WORD = 1 << 64
STRINGS = ["", "a", "jo", "smith", "josmith", "", "zz9", "Noël 👋", "x" * 300, "0", "y" * 64, "y" * 65]


def polynomial(data: bytes) -> int:
    """sum of byte times base to the power of what follows, modulo 2^64."""
    return sum(byte * pow(BASE, len(data) - 1 - place, WORD) for place, byte in enumerate(data)) % WORD


def splitmix(value: int, salt: int) -> int:
    """splitmix64 on Python's integers."""
    z = (value + 0x9E3779B97F4A7C15 * (salt + 1)) % WORD
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 % WORD
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB % WORD
    return z ^ (z >> 31)


def test_bytes_of_strings_are_utf8_with_null_as_empty() -> None:
    strings = string_bytes(pa.array(["Noël", None, "", "x"]))
    raw = strings.data.tobytes()
    cut = [raw[a:b] for a, b in zip(strings.offsets[:-1], strings.offsets[1:], strict=True)]
    assert cut == ["Noël".encode(), b"", b"", b"x"]
    assert strings.lengths.tolist() == [5, 0, 0, 1]
    assert len(strings) == 4


@pytest.mark.parametrize(
    "values",
    [
        pa.array(["before", "ab", None, "cde", "after"]).slice(1, 3),
        pa.chunked_array([["ab"], [], [None, "cde"]], pa.string()),
        pa.array(["ab", None, "cde"], pa.large_string()),
        pa.array(["ab", None, "cde"]).dictionary_encode(),
    ],
    ids=["slice", "chunks", "large", "dictionary"],
)
def test_every_layout_of_arrow_gives_the_same_bytes(values: pa.Array) -> None:
    strings = string_bytes(values)
    assert strings.data.tobytes() == b"abcde"
    assert strings.offsets.tolist() == [0, 2, 2, 5]


@pytest.mark.parametrize(
    "values", [pa.array([], pa.string()), pa.chunked_array([], pa.string()), pa.array([], pa.null())]
)
def test_no_strings(values: pa.Array) -> None:
    strings = string_bytes(values)
    assert len(strings) == 0
    assert len(prefix_hashes(strings)) == 0
    assert [len(part) for part in hash_strings(values)] == [0, 0]


def test_nulls_alone_are_empty_strings() -> None:
    for values in (pa.nulls(2), pa.nulls(2, pa.string())):
        hashes, lengths = hash_strings(values)
        assert hashes.tolist() == [0, 0]
        assert lengths.tolist() == [0, 0]


def test_prefix_hashes_are_the_polynomial_of_every_prefix() -> None:
    found = prefix_hashes(string_bytes(pa.array(STRINGS)))
    expected = [polynomial(text.encode()[:end]) for text in STRINGS for end in range(len(text.encode()) + 1)]
    assert found.tolist() == expected


def test_hashes_of_strings_are_the_polynomial() -> None:
    hashes, lengths = hash_strings(pa.array(STRINGS))
    assert hashes.tolist() == [polynomial(text.encode()) for text in STRINGS]
    assert lengths.tolist() == [len(text.encode()) for text in STRINGS]


@pytest.mark.parametrize("length", [4095, 4096, 4097, 4098, 4099, 10_000])
def test_strings_of_any_length_have_a_hash(length: int) -> None:
    text = "".join(chr(97 + place * place % 26) for place in range(length))
    hashes, lengths = hash_strings(pa.array(["a", text, "b"]))
    assert hashes.tolist() == [polynomial(b"a"), polynomial(text.encode()), polynomial(b"b")]
    assert lengths.tolist() == [1, length, 1]


def test_more_strings_than_are_hashed_at_once() -> None:
    """The same as from the hashes of their parts, across the seams of what is hashed at once."""
    texts = ["" if number % 7 == 0 else f"x{number}" for number in range(140_000)]
    hashes, _ = hash_strings(pa.array(texts))
    strings = string_bytes(pa.array(texts))
    whole = prefix_hashes(strings)[strings.offsets[1:] + np.arange(len(strings))]
    assert (hashes == whole).all()


def test_hashes_of_all_substrings_are_the_polynomial() -> None:
    strings = string_bytes(pa.array(["josmith84", "", "aaaa"]))
    prefixes = prefix_hashes(strings)
    for row, text in enumerate([b"josmith84", b"", b"aaaa"]):
        start = int(strings.offsets[row]) + row
        for begin, end in combinations(range(len(text) + 1), 2):
            at, length = np.array([start + begin]), end - begin
            assert substring_hashes(prefixes, at, length)[0] == polynomial(text[begin:end])
            assert substring_hashes(prefixes, at, np.array([length]))[0] == polynomial(text[begin:end])


def test_the_hash_of_a_concatenation_follows_from_its_parts() -> None:
    hashes, lengths = hash_strings(pa.array(STRINGS))
    for left, text in enumerate(STRINGS):
        joined = concat_hashes(np.repeat(hashes[left], len(STRINGS)), hashes, lengths)
        assert joined.tolist() == [polynomial((text + other).encode()) for other in STRINGS]


@pytest.mark.parametrize("salt", [0, 1, 9, 2**40])
def test_mix_is_splitmix64(salt: int) -> None:
    values = np.array([0, 1, 2, WORD - 1, BASE], np.uint64)
    assert mix(values, salt).tolist() == [splitmix(int(value), salt) for value in values]


def test_mix_parts_kinds_and_loses_nothing() -> None:
    values = np.arange(100_000, dtype=np.uint64)
    spread = mix(values)
    assert len(np.unique(spread)) == len(values)
    assert not np.isin(mix(values, 1), spread).any()
    low_bits = np.bincount((spread & np.uint64(255)).astype(np.int64), minlength=256)
    # 391 a cell on average; 6 standard deviations of a binomial are 118.
    assert np.abs(low_bits - 100_000 / 256).max() < 118


def test_version_one_of_the_hash_never_changes() -> None:
    """Stored indexes hold these keys: whoever changes the hash raises the version and can still read the old one."""
    assert HASH_VERSION == 1
    hashes, _ = hash_strings(pa.array(["smith"]))
    assert int(hashes[0]) == 0xDD09229ED4D48679
    assert int(mix(hashes, 4)[0]) == 0x5B2F50248C94EFC4
