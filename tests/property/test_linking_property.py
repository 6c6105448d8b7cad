"""What holds for any keys, any evidence and any probabilities."""

from __future__ import annotations

import math
from collections import Counter
from fractions import Fraction

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sociolink.blocking.candidates import index_keys, propose_pairs
from sociolink.evidence.protocol import Keys, Mixture, Pairs
from sociolink.linking.decoys import gamma_interval, predict_count
from sociolink.linking.orphans import OrphanHits
from sociolink.linking.people import group_people
from sociolink.records.readers import read_table
from sociolink.results.model import Coverage, LinkModel
from sociolink.scoring.posterior import compute_posterior, find_coverage
from sociolink.scoring.weights import family_bits, start_weights, sum_channel

PROFILES, CUSTOMERS = 4, 12

key_sets = st.sets(st.tuples(st.integers(0, CUSTOMERS - 1), st.integers(0, 6)), max_size=50)
profile_key_sets = st.sets(st.tuples(st.integers(0, PROFILES - 1), st.integers(0, 6)), max_size=20)
weights_in_bits = st.lists(st.floats(-1500, 1500), min_size=1, max_size=12)


def keys_of(rows: set[tuple[int, int]]) -> Keys:
    ordered = sorted(rows)
    return Keys(np.array([key for _, key in ordered], np.uint64), np.array([row for row, _ in ordered], np.int32))


@given(key_sets, profile_key_sets, st.integers(1, 12))
def test_every_profile_meets_every_customer(
    theirs: set[tuple[int, int]], ours: set[tuple[int, int]], limit: int
) -> None:
    """One by one, in a large block, or as everybody else; more than once only where blocks overlap."""
    found = propose_pairs(
        [index_keys(keys_of(theirs))], [keys_of(ours)], profiles=PROFILES, customers=CUSTOMERS, max_block=limit
    )
    pairs = found.pairs
    assert np.all(pairs.count >= 0)
    assert (
        len({(one, other) for one, other in zip(pairs.profile, pairs.customer, strict=True) if other >= 0})
        == found.proposed
    )
    size = Counter(key for _, key in theirs)
    for profile in range(PROFILES):
        mine = pairs.profile == profile
        single = set(pairs.customer[mine & (pairs.customer >= 0)].tolist())
        met = [key for row, key in ours if row == profile and size[key]]
        assert single == {row for row, key in theirs if key in met and size[key] <= limit}
        blocks = sorted(float(size[key]) for key in met if size[key] > limit)
        stands = pairs.count[mine & (pairs.customer < 0)]
        assert sorted(stands[:-1].tolist()) == blocks
        assert stands[-1] == max(CUSTOMERS - len(single) - sum(blocks), 0)


@given(weights_in_bits, st.floats(1e-6, 1 - 1e-6), st.data())
def test_answers_sum_to_one(bits: list[float], coverage: float, data: st.DataObject) -> None:
    counts = data.draw(st.lists(st.floats(0, 1e6), min_size=len(bits), max_size=len(bits)))
    customers = max(math.ceil(sum(counts)), 1)
    pairs = Pairs(np.zeros(len(bits), np.int32), np.arange(len(bits), dtype=np.int32), np.array(counts))
    found = compute_posterior(pairs, np.array(bits), coverage=coverage, customers=customers, profiles=1)
    assert np.all((found.pair >= 0) & (found.pair <= 1 + 1e-12))
    assert 0 <= found.nobody[0] <= 1
    assert abs(found.pair.sum() + found.nobody[0] - 1) < 1e-9
    assert not np.isnan(found.evidence[0])


@given(st.lists(st.integers(-60, 60), min_size=1, max_size=8), st.integers(1, 999), st.integers(1, 10_000))
def test_answers_are_bayes_rule(bits: list[int], thousandths: int, others: int) -> None:
    coverage, customers = Fraction(thousandths, 1000), len(bits) + others
    masses = [coverage / customers * Fraction(2) ** one for one in bits] + [coverage / customers * others]
    total = sum(masses) + 1 - coverage
    pairs = Pairs(
        np.zeros(len(bits) + 1, np.int32),
        np.append(np.arange(len(bits)), -1).astype(np.int32),
        np.append(np.ones(len(bits)), float(others)),
    )
    found = compute_posterior(
        pairs, np.append(np.array(bits, np.float64), 0.0), coverage=float(coverage), customers=customers, profiles=1
    )
    for one, mass in zip(found.pair, masses, strict=True):
        assert math.isclose(one, float(mass / total), rel_tol=1e-10)
    assert math.isclose(found.nobody[0], float((1 - coverage) / total), rel_tol=1e-10)


@given(weights_in_bits, st.floats(0.01, 0.99), st.integers(0, 11), st.floats(0.1, 20))
def test_more_evidence_for_a_customer_is_never_less_probability(
    bits: list[float], coverage: float, at: int, more: float
) -> None:
    at %= len(bits)
    pairs = Pairs(np.zeros(len(bits), np.int32), np.arange(len(bits), dtype=np.int32), np.ones(len(bits)))
    raised = np.array(bits)
    raised[at] += more
    before, after = (
        compute_posterior(pairs, one, coverage=coverage, customers=len(bits), profiles=1)
        for one in (np.array(bits), raised)
    )
    assert after.pair[at] >= before.pair[at] - 1e-12
    assert after.nobody[0] <= before.nobody[0] + 1e-12


@given(st.lists(st.floats(-2000, 2000), max_size=30))
def test_coverage_lies_in_its_interval(evidence: list[float]) -> None:
    value, low, high = find_coverage(np.array(evidence))
    assert 0 <= low <= value <= high <= 1


@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 2), st.floats(1e-12, 1e12)), max_size=20), st.floats(0, 0.9)
)
def test_families_say_finite_bits(entries: list[tuple[int, int, float]], other: float) -> None:
    entries = sorted(entries)
    channel = Mixture(
        "f",
        ("a", "b", "c"),
        np.zeros(3, np.int32),
        np.array([pair for pair, _, _ in entries], np.int32),
        np.array([part for _, part, _ in entries], np.int32),
        np.array([likelihood for _, _, likelihood in entries], np.float64),
        5,
        None,
    )
    sums = sum_channel(channel, start_weights(channel.group, np.array([1.0, 2.0, 3.0])))
    bits, own = family_bits([sums], other)
    said = np.isin(np.arange(5), channel.pair)
    assert np.array_equal(sums.told, said)
    assert np.all(np.isfinite(bits))
    assert np.all(bits[~said] == 0)
    assert np.all(bits >= math.log2(other) - 1e-5 if other > 0 else np.isfinite(bits))
    assert np.all((own >= 0) & (own <= 1))


@given(st.floats(0.1, 1e6), st.floats(0.1, 10))
def test_interval_of_a_gamma_distribution_holds_its_median(mean: float, dispersion: float) -> None:
    low, high = gamma_interval(mean, dispersion * mean)
    shape = mean / dispersion
    assert 0 <= low <= mean * max(1 - 1 / (9 * shape), 0) ** 3 <= high


orphans = st.lists(st.tuples(st.floats(0.02, 1), st.integers(1, 6), st.sampled_from([1.0, 2.0])), max_size=30)


@given(orphans, orphans, st.floats(0, 1000), st.floats(50, 1000), st.floats(0, 50), st.floats(0.01, 0.99))
def test_interval_of_false_links_holds_the_estimate(alone, half, strangers, owned, others, share) -> None:
    def hits(rows) -> OrphanHits:
        weight, size, scale = (np.array([row[at] for row in rows], np.float64) for at in range(3))
        return OrphanHits(weight * size, size, scale, 100)

    coverage = Coverage(share, share * 0.9, min(share * 1.1, 1.0))
    expected = {"strangers": strangers, "owned": owned, "others": others, "coverage": coverage}
    value, low, high = predict_count(hits(alone), hits(half), **expected)
    assert 0 <= low <= value <= high
    again = predict_count(hits(alone[::-1]), hits(half[::-1]), **expected)
    assert again == pytest.approx((value, low, high), abs=1e-9)


people = st.fixed_dictionaries(
    {"given_name": st.sampled_from(["Jo", "Al"]), "family_name": st.sampled_from(["Li", "li", "Ro", None])},
    optional={
        "email": st.sampled_from(["a@a.org", "b@a.org"]),
        "phone": st.sampled_from(["+49 30 1234567", "+49 30 7654321"]),
        "birth_date": st.sampled_from(["1970", "1970-05-17", "1980-01-02"]),
    },
)


@given(st.lists(people, max_size=12), st.randoms(use_true_random=False))
def test_people_do_not_depend_on_the_order_of_records(rows: list[dict[str, str]], chance: object) -> None:
    rows = [{"customer_id": f"c{at:02}", **row} for at, row in enumerate(rows)]
    turned = list(rows)
    chance.shuffle(turned)  # type: ignore[attr-defined]

    def groups(records: list[dict[str, str]]) -> set[frozenset[str]]:
        if not records:
            return set()
        table: pa.Table = read_table(records, "customers").table
        ids, found = table["customer_id"].to_pylist(), group_people(table).tolist()
        return {frozenset(one for one, its in zip(ids, found, strict=True) if its == leader) for leader in set(found)}

    assert groups(rows) == groups(turned)


shares = st.floats(0, 1)
names = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8)


@given(st.dictionaries(names, st.dictionaries(names, shares, max_size=4), max_size=4), shares, st.integers(0, 10**9))
def test_models_survive_json(weights: dict[str, dict[str, float]], share: float, number: int) -> None:
    import json

    data = {
        "format": 1,
        "kind": "sociolink.model",
        **{name: {} for name in LinkModel.__slots__},
        "families": list(weights),
        "weights": weights,
        "coverage": [share, 0.0, 1.0],
        "findable": [share, 0.0, 1.0],
        "profiles": number,
        "customers": number,
        "rounds": 3,
        "converged": True,
    }
    model = LinkModel.from_dict(data)
    again = LinkModel.from_dict(json.loads(json.dumps(model.to_dict())))
    assert again == model
    assert again.model_id == model.model_id
    assert again.coverage == Coverage(share, 0.0, 1.0)
    assert [list(parts) for parts in again.weights.values()] == [list(parts) for parts in weights.values()]
