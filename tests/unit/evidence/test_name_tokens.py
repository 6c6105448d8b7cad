"""The names that customers may use, against one customer and one name at a time."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from slow_people import CUSTOMERS, PartWeights, hash_of, slow_family_parts, slow_given_parts

from sociolink.evidence.name.tokens import NickNames, Parts, family_parts, given_parts, load_nicknames
from sociolink.text.hashing import hash_strings
from sociolink.text.names import NameKind, NameParts, customer_names

COLUMNS = ("given_name", "middle_name", "family_name", "full_name", "nickname")


@pytest.fixture(scope="module")
def nicknames() -> NickNames:
    return load_nicknames()


@pytest.fixture(scope="module")
def names(table: Any) -> NameParts:
    customers = table("customers", CUSTOMERS)
    return customer_names(*(customers.column(name).combine_chunks() for name in COLUMNS))


def by_customer(parts: Parts) -> dict[int, dict[int, float]]:
    out: dict[int, dict[int, float]] = {}
    for row, key, weight in zip(parts.row.tolist(), parts.key.tolist(), parts.weight.tolist(), strict=True):
        assert key not in out.setdefault(row, {})
        out[row][key] = weight
    return out


def assert_same_parts(parts: Parts, expected: PartWeights) -> None:
    found = by_customer(parts)
    assert set(found) == set(expected)
    for row, weights in expected.items():
        assert found[row] == pytest.approx({hash_of(part): weight for part, weight in weights.items()}, rel=1e-6)
    known = {hash_of(part): part for weights in expected.values() for part in weights}
    assert parts.length.tolist() == [len(known[key]) for key in parts.key.tolist()]
    assert bytes(parts.initial) == b"".join(known[key][0].encode() for key in parts.key.tolist())
    assert (np.diff(parts.row) >= 0).all()


def test_family_names_of_each_customer(names: NameParts) -> None:
    assert_same_parts(family_parts(names), slow_family_parts(names))


def test_given_names_of_each_customer_with_short_and_long_forms(names: NameParts, nicknames: NickNames) -> None:
    expected = slow_given_parts(names)
    assert_same_parts(given_parts(names, nicknames), expected)
    assert "bill" in expected[1]
    assert "william" in expected[8]


@pytest.mark.parametrize("kind", ["given", "family"])
def test_weights_of_a_customer_sum_to_one(names: NameParts, nicknames: NickNames, kind: str) -> None:
    parts = given_parts(names, nicknames) if kind == "given" else family_parts(names)
    sums = np.bincount(parts.row, weights=parts.weight)
    assert sums[np.unique(parts.row)] == pytest.approx(1.0, rel=1e-12)
    assert parts.weight.min() > 0


def test_a_maiden_name_counts_a_quarter_and_a_middle_name_an_eighth(nicknames: NickNames) -> None:
    parts = NameParts(
        np.zeros(4, np.int32),
        np.array([NameKind.GIVEN, NameKind.FAMILY, NameKind.MIDDLE, NameKind.MAIDEN], np.uint8),
        pa.array(["xqa", "xqb", "xqc", "xqd"]),
        np.ones(4, np.float32),
    )
    family, given = by_customer(family_parts(parts))[0], by_customer(given_parts(parts, nicknames))[0]
    assert family == pytest.approx({hash_of("xqb"): 0.8, hash_of("xqd"): 0.2})
    assert given == pytest.approx({hash_of("xqa"): 1 / 1.12, hash_of("xqc"): 0.12 / 1.12})


def test_each_name_shares_a_fifth_with_its_other_forms(nicknames: NickNames) -> None:
    assert (np.diff(nicknames.key.astype(object)) >= 0).all()
    _, code = np.unique(nicknames.key, return_inverse=True)
    assert np.bincount(code, weights=nicknames.share) == pytest.approx(0.2)


def test_expanding_names_finds_all_their_other_forms(nicknames: NickNames) -> None:
    asked, _ = hash_strings(pa.array(["william", "qqq", "bill", "william"]))
    place, entry = nicknames.expand(asked)
    naive = [(i, e) for i, key in enumerate(asked) for e in np.flatnonzero(nicknames.key == key)]
    assert list(zip(place.tolist(), entry.tolist(), strict=True)) == naive
    assert hash_of("bill") in nicknames.other[entry[place == 0]]


def test_nobody_has_no_parts(nicknames: NickNames) -> None:
    nothing = customer_names(*(pa.nulls(3, pa.string()) for _ in COLUMNS))
    for parts in (family_parts(nothing), given_parts(nothing, nicknames)):
        assert [len(getattr(parts, name)) for name in Parts.__slots__] == [0] * 5
