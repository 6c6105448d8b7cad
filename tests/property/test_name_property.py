"""Names in strings, whatever the strings: slow and quick ways agree, numbers stay numbers, company does not matter."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sociolink.evidence.name.family import Name
from sociolink.evidence.name.people import People
from sociolink.evidence.protocol import Hits, Mixture, Pairs
from sociolink.population.characters import CharacterModel, fit_characters
from sociolink.population.decorations import DecorationModel, surround
from sociolink.records.columns import arrow_schema
from sociolink.text.hashing import concat_hashes, hash_strings, prefix_hashes, string_bytes, substring_hashes
from sociolink.text.substrings import find_words, index_words, lay_out

BASE, WORD = 0x9E3779B97F4A7C15, 1 << 64
SHORT = st.text("ab1", max_size=6)
PLAIN = st.text("abcdefghijklmnopqrstuvwxyz0123456789", max_size=24)
ANY = st.text(max_size=30) | st.sampled_from(
    ["Anna Smith", "annasmith84", "J.", "🐺", "a" * 60, "@@", "ßß ﷽", "zq" * 30]
)
NAMES = st.sampled_from(["Anna", "Ann", "Smith", "Asmith", "Jürgen", "de la Cruz", "J", "O'Neil-Baker", "李", "", " "])
CUSTOMER = st.fixed_dictionaries(
    {}, optional={"given_name": NAMES | ANY, "middle_name": NAMES, "family_name": NAMES | ANY, "full_name": ANY}
)
PROFILE = st.fixed_dictionaries({"handle": PLAIN | ANY}, optional={"display_name": ANY, "platform": ANY})
SLOW = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


def polynomial(data: bytes) -> int:
    """Horner's rule on Python's integers."""
    value = 0
    for byte in data:
        value = (value * BASE + byte) % WORD
    return value


@given(st.lists(st.text(max_size=20), max_size=6))
def test_hashes_are_polynomials_of_any_text(texts: list[str]) -> None:
    values = pa.array(texts, pa.string())
    hashes, lengths = hash_strings(values)
    assert hashes.tolist() == [polynomial(text.encode()) for text in texts]
    prefixes = prefix_hashes(string_bytes(values))
    assert len(prefixes) == sum(len(text.encode()) + 1 for text in texts)
    if texts:
        joined = concat_hashes(hashes[:1], hashes[-1:], lengths[-1:])
        assert int(joined[0]) == polynomial((texts[0] + texts[-1]).encode())


@given(st.text("ab", max_size=12), st.data())
def test_any_substring_has_the_hash_of_its_own(text: str, data: st.DataObject) -> None:
    begin = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(begin, len(text)))
    prefixes = prefix_hashes(string_bytes(pa.array(["before", text, "after"])))
    found = substring_hashes(prefixes, np.array([7 + begin]), end - begin)
    assert int(found[0]) == polynomial(text[begin:end].encode())


@given(st.lists(SHORT, max_size=6), st.sets(SHORT.filter(bool), max_size=6), st.integers(1, 3), st.integers(1, 7))
def test_words_are_found_where_slices_are(texts: list[str], words: set[str], shortest: int, longest: int) -> None:
    keys, _ = hash_strings(pa.array(sorted(words), pa.string()))
    order = np.argsort(keys)
    names = [sorted(words)[place] for place in order]
    places = lay_out(pa.array(texts, pa.string()))
    arcs = find_words(places, index_words(keys[order]), min_length=shortest, max_length=longest)
    found = [(int(a), int(b), names[w]) for a, b, w in zip(arcs.source, arcs.target, arcs.word, strict=True)]
    expected = [
        (int(first) + begin, int(first) + end, text[begin:end])
        for first, text in zip(places.first, texts, strict=True)
        for begin in range(len(text))
        for end in range(begin + shortest, min(begin + longest, len(text)) + 1)
        if text[begin:end] in words
    ]
    assert found == expected


@given(st.lists(PLAIN, max_size=8), PLAIN)
def test_a_spelling_gives_every_string_a_probability(texts: list[str], text: str) -> None:
    model = fit_characters(string_bytes(pa.array(texts, pa.string())))
    total, end = model.cumulative_bits(string_bytes(pa.array([text])))
    # Each step is a probability, so costs never fall (but for the rounding of bits) and the end costs something too.
    assert (np.diff(total) >= -1 / 256).all()
    assert (end >= -1 / 256).all()
    chance = model.string_chances(string_bytes(pa.array([text, "", text])))
    assert 0 < chance[0] <= 1
    assert chance[0] == chance[2]


@given(st.lists(PLAIN, min_size=1, max_size=5), st.dictionaries(SHORT.filter(bool), st.floats(0.01, 0.2), max_size=3))
def test_surroundings_are_probabilities_in_any_company(texts: list[str], words: dict[str, float]) -> None:
    spelling: CharacterModel = fit_characters(string_bytes(pa.array(texts)))
    model = DecorationModel((0.5, 0.6), (words, words), (0.1, 0.2), (0.3, 0.2))
    together = surround(lay_out(pa.array(texts)), model, spelling)
    apart = [surround(lay_out(pa.array([text])), model, spelling) for text in texts]
    assert np.array_equal(together.before, np.concatenate([one.before for one in apart]))
    assert np.array_equal(together.after, np.concatenate([one.after for one in apart]))
    for side in (together.before, together.after):
        assert ((side > 0) & (side <= 1)).all()


def table(kind: str, rows: list[dict[str, Any]]) -> pa.Table:
    key = "customer_id" if kind == "customers" else "profile_id"
    base = {} if kind == "customers" else {"platform": "x", "handle": ""}
    return pa.Table.from_pylist([{key: str(i)} | base | row for i, row in enumerate(rows)], schema=arrow_schema(kind))


def compare(people: People, population: dict[str, Any], profiles: pa.Table) -> list[tuple[Mixture, np.ndarray]]:
    """Both channels on all pairs, and the likelihood ratio of each pair under equal weights."""
    family = Name()
    accounts = family.prepare_profiles(profiles, people, population)
    own, theirs = family.customer_keys(people), family.profile_keys(accounts)
    profile = np.repeat(np.arange(profiles.num_rows), people.rows).astype(np.int32)
    pairs = Pairs(profile, np.tile(np.arange(people.rows), profiles.num_rows).astype(np.int32), np.ones(len(profile)))
    met = np.argwhere(theirs.key[:, None] == own.key[None, :])
    pair = theirs.row[met[:, 0]] * people.rows + own.row[met[:, 1]]
    order = np.lexsort((met[:, 0], met[:, 1], pair))
    hits = Hits(*(column[order].astype(np.int32) for column in (pair, met[:, 1], met[:, 0])))
    out = []
    for mixture in family.compare(people, accounts, pairs, hits):
        above = np.bincount(mixture.pair, weights=mixture.likelihood, minlength=mixture.pairs)
        other = mixture.denominator
        assert other is not None
        below = np.bincount(other.row, weights=other.likelihood, minlength=len(other.opaque))
        out.append((mixture, np.where(other.of_pair >= 0, above / np.maximum(below[other.of_pair], 1e-300), 1.0)))
    return out


@pytest.fixture(scope="module")
def learned() -> tuple[dict[str, Any], People]:
    rows = [{"given_name": "Anna", "family_name": "Smith"}, {"given_name": "J", "family_name": "de la Cruz"}, {}]
    customers = table("customers", rows)
    handles = ["annasmith", "jcruz84", "wolfgirl", "xx_anna_xx", "1234"]
    population = Name().learn(table("profiles", [{"handle": one} for one in handles]), customers)
    return population, Name().prepare_customers(customers, population)


@settings(SLOW, max_examples=40)
@given(profiles=st.lists(PROFILE, min_size=1, max_size=6), cut=st.integers(1, 5))
def test_any_profile_is_compared_the_same_in_any_batch(
    learned: tuple[dict[str, Any], People], profiles: list[dict[str, Any]], cut: int
) -> None:
    population, people = learned
    rows = table("profiles", profiles)
    whole = compare(people, population, rows)
    halves = [compare(people, population, half) for half in (rows.slice(0, cut), rows.slice(cut)) if half.num_rows]
    for number, (mixture, ratio) in enumerate(whole):
        assert np.isfinite(mixture.likelihood).all()
        assert (mixture.likelihood > 0).all()
        assert mixture.denominator is not None
        assert np.isfinite(mixture.denominator.likelihood).all()
        assert (mixture.denominator.likelihood > 0).all()
        assert (ratio > 0).all()
        assert np.array_equal(np.concatenate([half[number][1] for half in halves]), ratio)


@settings(SLOW, max_examples=4)  # each builds the vocabulary of all bundled names
@given(customers=st.lists(CUSTOMER, max_size=12))
def test_any_customers_can_be_prepared(customers: list[dict[str, Any]]) -> None:
    rows = table("customers", customers)
    population = Name().learn(table("profiles", [{"handle": "annasmith"}]), rows)
    people = Name().prepare_customers(rows, population)
    keys = Name().customer_keys(people)
    assert people.rows == len(customers)
    assert ((keys.row >= 0) & (keys.row < max(people.rows, 1))).all()
    weights = people.name_keys.weight
    assert ((weights > 0) & (weights <= 1 + 1e-6)).all()
    for column in (people.vocabulary.given, people.vocabulary.family):
        assert np.isfinite(column).all()
        assert (column >= 0).all()
        # Short forms come on top of the bundled counts, an eighth of them.
        assert column.sum() <= 1.13
