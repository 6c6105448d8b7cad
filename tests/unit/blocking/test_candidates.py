"""Pairs are proposed as nested loops would propose them, and each profile meets every customer exactly once."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest

from sociolink.blocking.candidates import Candidates, index_keys, propose_pairs
from sociolink.evidence.protocol import Keys, no_keys, sort_keys


def keys_of(rows: list[tuple[int, int]]) -> Keys:
    """Keys from (row, key)."""
    return Keys(np.array([key for _, key in rows], np.uint64), np.array([row for row, _ in rows], np.int32))


def random_keys(rng: np.random.Generator, rows: int, size: int, distinct: int) -> Keys:
    """Keys of a table that holds each (row, key) at most once, in no order."""
    drawn = {
        (int(row), int(key))
        for row, key in np.column_stack([rng.integers(0, rows, size), rng.zipf(1.6, size) % distinct])
    }
    return keys_of([list(drawn)[at] for at in rng.permutation(len(drawn))])


def propose_naively(
    customer_keys: list[Keys],
    profile_keys: list[Keys],
    *,
    profiles: int,
    customers: int,
    also: list[tuple[int, int]],
    max_block: int,
) -> tuple[list[tuple[int, int, float, frozenset[tuple[int, int, int, int]]]], int]:
    """(profile, customer, count, hits) of every pair; hits are (family, key, customer or -1, profile key)."""
    out = []
    capped = 0
    for profile in range(profiles):
        single: dict[int, set[tuple[int, int, int, int]]] = defaultdict(set)
        blocks: dict[tuple[int, int], set[tuple[int, int, int, int]]] = defaultdict(set)
        size: dict[tuple[int, int], int] = {}
        for one, other in also:
            if one == profile:
                single[other] |= set()
        for family, (theirs, ours) in enumerate(zip(customer_keys, profile_keys, strict=True)):
            for at in range(len(ours)):
                if ours.row[at] != profile:
                    continue
                same = [entry for entry in range(len(theirs)) if theirs.key[entry] == ours.key[at]]
                if len(same) > max_block:
                    key = (family, int(ours.key[at]))
                    blocks[key].add((family, int(ours.key[at]), -1, at))
                    size[key] = len(same)
                else:
                    for entry in same:
                        customer = int(theirs.row[entry])
                        single[customer].add((family, int(ours.key[at]), customer, at))
        out += [(profile, customer, 1.0, frozenset(single[customer])) for customer in sorted(single)]
        out += [(profile, -1, float(size[key]), frozenset(blocks[key])) for key in sorted(blocks)]
        capped += len(blocks)
        rest = max(customers - len(single) - sum(size.values()), 0)
        out.append((profile, -1, float(rest), frozenset()))
    return out, capped


def as_rows(
    found: Candidates, customer_keys: list[Keys]
) -> list[tuple[int, int, float, frozenset[tuple[int, int, int, int]]]]:
    hits: dict[int, set[tuple[int, int, int, int]]] = defaultdict(set)
    pairs = found.pairs
    ordered = [sort_keys(keys)[0] for keys in customer_keys]
    for family, (one, theirs) in enumerate(zip(found.hits, ordered, strict=True)):
        assert np.all(np.diff(one.pair) >= 0)
        for pair, customer_key, profile_key in zip(one.pair, one.customer_key, one.profile_key, strict=True):
            customer = -1 if pairs.customer[pair] < 0 else int(theirs.row[customer_key])
            hits[int(pair)].add((family, int(theirs.key[customer_key]), customer, int(profile_key)))
    return [
        (int(pairs.profile[at]), int(pairs.customer[at]), float(pairs.count[at]), frozenset(hits[at]))
        for at in range(len(pairs))
    ]


@pytest.mark.parametrize("seed", range(12))
def test_pairs_are_those_of_nested_loops(seed: int) -> None:
    rng = np.random.default_rng(seed)
    profiles, customers = int(rng.integers(1, 12)), int(rng.integers(1, 40))
    theirs = [random_keys(rng, customers, int(rng.integers(0, 90)), 25) for _ in range(3)]
    ours = [random_keys(rng, profiles, int(rng.integers(0, 40)), 25) for _ in range(3)]
    also = [(int(rng.integers(profiles)), int(rng.integers(customers))) for _ in range(int(rng.integers(0, 4)))]
    max_block = int(rng.integers(1, 8))
    found = propose_pairs(
        [index_keys(one) for one in theirs],
        ours,
        profiles=profiles,
        customers=customers,
        also=(np.array([p for p, _ in also], np.int64), np.array([c for _, c in also], np.int64)),
        max_block=max_block,
    )
    expected, capped = propose_naively(
        theirs, ours, profiles=profiles, customers=customers, also=also, max_block=max_block
    )
    assert as_rows(found, theirs) == expected
    assert found.proposed == sum(1 for _, customer, _, _ in expected if customer >= 0)
    assert found.capped == capped


def test_every_profile_meets_all_customers() -> None:
    rng = np.random.default_rng(7)
    theirs = [random_keys(rng, 500, 900, 400)]
    ours = [random_keys(rng, 60, 150, 400)]
    found = propose_pairs([index_keys(theirs[0])], ours, profiles=60, customers=500, max_block=10)
    met = np.bincount(found.pairs.profile, weights=found.pairs.count, minlength=60)
    assert np.all(met >= 500)
    overlapping = np.bincount(found.pairs.profile[found.pairs.customer < 0], minlength=60) > 1
    assert np.all(met[~overlapping] == 500)
    assert found.capped > 0


def test_blocks_that_overlap_leave_no_negative_rest() -> None:
    theirs = keys_of([(row, key) for row in range(5) for key in (1, 2)])
    found = propose_pairs([index_keys(theirs)], [keys_of([(0, 1), (0, 2)])], profiles=1, customers=5, max_block=3)
    assert found.pairs.count.tolist() == [5.0, 5.0, 0.0]
    assert found.pairs.customer.tolist() == [-1, -1, -1]


def test_a_block_as_large_as_the_limit_is_compared_one_by_one() -> None:
    theirs = keys_of([(row, 1) for row in range(4)])
    for limit, expected in ((4, [0, 1, 2, 3, -1]), (3, [-1, -1])):
        found = propose_pairs([index_keys(theirs)], [keys_of([(0, 1)])], profiles=1, customers=6, max_block=limit)
        assert found.pairs.customer.tolist() == expected


def test_pairs_do_not_depend_on_the_order_of_keys() -> None:
    rng = np.random.default_rng(3)
    theirs, ours = random_keys(rng, 30, 80, 20), random_keys(rng, 10, 40, 20)
    turned = [Keys(one.key[::-1].copy(), one.row[::-1].copy()) for one in (theirs, ours)]
    first = propose_pairs([index_keys(theirs)], [ours], profiles=10, customers=30, max_block=4)
    second = propose_pairs([index_keys(turned[0])], [turned[1]], profiles=10, customers=30, max_block=4)
    for name in ("profile", "customer", "count"):
        np.testing.assert_array_equal(getattr(first.pairs, name), getattr(second.pairs, name))
    np.testing.assert_array_equal(first.hits[0].pair, second.hits[0].pair)


@pytest.mark.parametrize(
    ("theirs", "ours"), [(no_keys(), no_keys()), (keys_of([(0, 1)]), no_keys()), (no_keys(), keys_of([(0, 1)]))]
)
def test_without_common_keys_only_everybody_else_is_left(theirs: Keys, ours: Keys) -> None:
    found = propose_pairs([index_keys(theirs)], [ours], profiles=2, customers=3)
    assert found.pairs.profile.tolist() == [0, 1]
    assert found.pairs.customer.tolist() == [-1, -1]
    assert found.pairs.count.tolist() == [3.0, 3.0]
    assert len(found.hits[0].pair) == 0
    assert (found.proposed, found.capped) == (0, 0)


def test_no_profiles_and_no_customers() -> None:
    assert len(propose_pairs([index_keys(no_keys())], [no_keys()], profiles=0, customers=0).pairs) == 0
    assert propose_pairs([index_keys(no_keys())], [no_keys()], profiles=1, customers=0).pairs.count.tolist() == [0.0]


def test_keys_in_order_are_not_copied_and_others_keep_the_order_of_equal_ones() -> None:
    keys = keys_of([(0, 5), (1, 2), (2, 5), (3, 2)])
    ordered, order = sort_keys(keys)
    assert order is not None
    assert order.tolist() == [1, 3, 0, 2]
    assert (ordered.key.tolist(), ordered.row.tolist()) == ([2, 2, 5, 5], [1, 3, 0, 2])
    assert sort_keys(ordered) == (ordered, None)
    assert index_keys(ordered).row is ordered.row
