"""Orders of hashes against numpy's own stable sort and look-up."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sociolink.text import sorting
from sociolink.text.sorting import distinct_sorted, find_sorted, sort_records, sort_stably


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even short arrays take the way of the long ones."""
    monkeypatch.setattr(sorting, "_FEW", 0)
    monkeypatch.setattr(sorting, "_LARGE", 0)
    monkeypatch.setattr(sorting, "_PASS", 3)


@pytest.mark.parametrize("bits", [1, 8, 40, 63, 64])
@pytest.mark.parametrize("repeated", [1, 3])
def test_the_order_is_that_of_a_stable_sort(few: None, bits: int, repeated: int) -> None:
    keys = np.random.default_rng(bits).integers(0, 2**bits, 5_000, dtype=np.uint64)
    keys = np.tile(keys, repeated)
    order, ordered = sort_stably(keys)
    assert order.tolist() == np.argsort(keys, kind="stable").tolist()
    assert ordered.tolist() == np.sort(keys).tolist()


def test_keys_that_only_their_lower_bits_tell_apart_are_in_order(few: None) -> None:
    rng = np.random.default_rng(1)
    keys = (rng.integers(0, 5, 400, dtype=np.uint64) << np.uint64(60)) + rng.integers(0, 7, 400, dtype=np.uint64)
    order, ordered = sort_stably(keys)
    assert order.tolist() == np.argsort(keys, kind="stable").tolist()
    assert ordered.tolist() == np.sort(keys).tolist()


@pytest.mark.parametrize("bits", [1, 40, 64])
@pytest.mark.parametrize("size", [0, 1, 400, 5_000])
def test_records_keep_together(monkeypatch: pytest.MonkeyPatch, bits: int, size: int) -> None:
    """Field by field, as `sort_stably` says; also where only the lower bits of many keys differ."""
    monkeypatch.setattr(sorting, "_FEW", 300)
    monkeypatch.setattr(sorting, "_PASS", 7)
    rng = np.random.default_rng(bits)
    records = np.empty(size, [("key", np.uint64), ("row", np.int32), ("weight", np.float32)])
    records["key"] = rng.integers(0, 2**bits, size, dtype=np.uint64) & np.uint64(0xF000000000000007 | (2**40 - 1))
    records["row"], records["weight"] = np.arange(size), rng.random(size)
    order, columns = sort_records(records)
    expected = np.argsort(records["key"], kind="stable")
    assert order.tolist() == expected.tolist()
    for name, column in zip(records.dtype.names or (), columns, strict=True):
        assert column.dtype == records.dtype[name]
        assert column.tolist() == records[name][expected].tolist()


def test_long_arrays_are_sorted_like_short_ones() -> None:
    keys = np.random.default_rng(2).integers(0, 2**64, 300_000, dtype=np.uint64)
    keys[::3] = keys[0]
    order, _ = sort_stably(keys)
    assert np.array_equal(order, np.argsort(keys, kind="stable"))


@given(st.lists(st.integers(0, 9)), st.lists(st.integers(0, 9)))
def test_keys_are_found_where_they_stand(known: list[int], asked: list[int]) -> None:
    ordered = distinct_sorted(np.array(known, np.int64))
    assert ordered.tolist() == sorted(set(known))
    at, met = find_sorted(ordered, np.array(asked, np.int64))
    assert met.tolist() == [key in known for key in asked]
    assert [ordered[place] for place, hit in zip(at, met, strict=True) if hit] == [k for k in asked if k in known]


def test_many_keys_are_found_as_one_by_one(few: None) -> None:
    rng = np.random.default_rng(3)
    known, asked = np.sort(rng.integers(0, 900, 300)), rng.integers(-5, 905, 1000)
    at, met = find_sorted(known, asked)
    assert at.tolist() == np.minimum(np.searchsorted(known, asked), len(known) - 1).tolist()
    assert met.tolist() == np.isin(asked, known).tolist()
