"""Customers and their keys, against an enumeration of everything each may be called."""

from collections import defaultdict
from dataclasses import fields
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from slow_people import CUSTOMERS, hash_of, slow_family_parts, slow_given_parts

from sociolink.evidence.name.grammar import KeyKind
from sociolink.evidence.name.people import People, fit_priors, key_of, letter_hash, prepare_people, seal
from sociolink.evidence.name.strings import collect_strings
from sociolink.population.frequencies import NamePrior
from sociolink.population.names import PREFIX_LENGTHS
from sociolink.text.hashing import mix
from sociolink.text.names import customer_names

COLUMNS = ("given_name", "middle_name", "family_name", "full_name", "nickname")
POPULATION = {"given_prior": [64.0, 0.75], "family_prior": [64.0, 0.75]}
ALL = [
    *CUSTOMERS,
    {"given_name": "Jean Luc", "middle_name": "Émile", "family_name": "Roy", "handles": ["jeanlucroy"]},
    {"given_name": "Ann", "family_name": "Asmith", "email": ["ann.asmith@example.com"]},
]
MIDDLE = {1: "q", 2: "l", 11: "e"}


@pytest.fixture(scope="module")
def customers(table: Any) -> pa.Table:
    return table("customers", ALL)


@pytest.fixture(scope="module")
def people(customers: pa.Table) -> People:
    return prepare_people(customers, POPULATION)


def salted(kind: KeyKind, text: str) -> int:
    return int(mix(np.array([hash_of(text)], np.uint64), int(kind))[0])


def naive_keys(customers: pa.Table) -> dict[tuple[int, int], float]:
    """(customer, key) -> P(the customer uses these parts), over all combinations."""
    parts = customer_names(*(customers.column(name).combine_chunks() for name in COLUMNS))
    given, family = slow_given_parts(parts), slow_family_parts(parts)
    out: dict[tuple[int, int], float] = defaultdict(float)
    for row in range(len(ALL)):
        for one, weight in given.get(row, {}).items():
            out[row, salted(KeyKind.GIVEN, one)] += weight
            for two, other in family.get(row, {}).items():
                both = weight * other
                out[row, salted(KeyKind.GIVEN_FAMILY, f"{one}|{two}")] += both
                out[row, salted(KeyKind.INITIAL_FAMILY, one[0] + two)] += both
                out[row, salted(KeyKind.GIVEN_INITIAL, one + two[0])] += both
                out[row, salted(KeyKind.INITIAL_PAIR, one[0] + two[0])] += both
                if row in MIDDLE:
                    out[row, salted(KeyKind.INITIALS, one[0] + MIDDLE[row] + two[0])] += both
        for two, weight in family.get(row, {}).items():
            out[row, salted(KeyKind.FAMILY, two)] += weight
    for strings in collect_strings(customers):
        for row, key, weight in zip(strings.row.tolist(), strings.key, strings.weight.tolist(), strict=True):
            out[row, int(mix(np.array([key], np.uint64), int(strings.kind))[0])] += weight
    return out


def added_up(people: People) -> dict[tuple[int, int], float]:
    out: dict[tuple[int, int], float] = defaultdict(float)
    keys, weights = people.name_keys.keys, people.name_keys.weight
    for row, key, weight in zip(keys.row.tolist(), keys.key.tolist(), weights.tolist(), strict=True):
        out[row, key] += weight
    return out


def test_keys_are_those_of_the_enumeration(people: People, customers: pa.Table) -> None:
    expected = naive_keys(customers)
    assert len(expected) > 200
    # Weights of parts and of keys are kept in single precision.
    assert added_up(people) == pytest.approx(expected, rel=1e-6)


def test_a_customer_has_every_key_once(people: People) -> None:
    keys = people.name_keys.keys
    assert len(added_up(people)) == len(keys)


def test_keys_of_full_names_know_where_the_name_is_split() -> None:
    ann, anna = (np.array([hash_of(text)], np.uint64) for text in ("ann", "anna"))
    assert seal(ann)[0] == hash_of("ann|")
    assert seal(ann)[0] != seal(anna)[0]
    assert letter_hash(np.frombuffer(b"az", np.uint8)).tolist() == [hash_of("a"), hash_of("z")]
    assert len({int(key_of(kind, ann)[0]) for kind in KeyKind}) == len(KeyKind)


def test_middle_initials(people: People) -> None:
    found = {row: chr(letter) for row, letter in enumerate(people.middle_initial) if letter}
    assert found == MIDDLE


@pytest.mark.parametrize(
    ("column", "names"),
    [
        ("given_prefix", {0: "anna", 1: "william", 2: "jeanluc", 6: "elizabeth", 8: "bill", 11: "jeanluc", 12: "ann"}),
        ("family_prefix", {0: "smith", 1: "oconnor", 4: "lee", 6: "smith", 8: "smithjones", 11: "roy", 12: "asmith"}),
    ],
)
def test_shortened_names(people: People, column: str, names: dict[int, str]) -> None:
    table = getattr(people, column)
    assert table.shape == (len(ALL), len(PREFIX_LENGTHS))
    for row, name in names.items():
        expected = [hash_of(name[:length]) if len(name) > length else 0 for length in PREFIX_LENGTHS]
        assert table[row].tolist() == expected
    assert not table[9].any()


def test_all_names_of_customers_are_known_and_none_is_impossible(people: People, customers: pa.Table) -> None:
    parts = customer_names(*(customers.column(name).combine_chunks() for name in COLUMNS))
    index = people.vocabulary.index
    for column, named in ((people.vocabulary.given, slow_given_parts), (people.vocabulary.family, slow_family_parts)):
        for weights in named(parts).values():
            for part in weights:
                _, word = index.find(np.array([hash_of(part)], np.uint64))
                assert column[word[0]] > 0
    assert people.rows == len(ALL)


def test_other_people_can_lend_their_frequencies(people: People, table: Any) -> None:
    decoys = prepare_people(table("customers", [{"given_name": "Zed", "family_name": "Zork"}]), {}, background=people)
    assert decoys.vocabulary is people.vocabulary
    assert decoys.strings is people.strings
    assert (0, salted(KeyKind.GIVEN_FAMILY, "zed|zork")) in added_up(decoys)


def test_the_order_of_customers_changes_nothing(people: People, customers: pa.Table) -> None:
    order = np.random.default_rng(3).permutation(len(ALL))
    other = prepare_people(customers.take(order), POPULATION)
    for field in fields(people.vocabulary):
        one, two = getattr(people.vocabulary, field.name), getattr(other.vocabulary, field.name)
        if isinstance(one, np.ndarray):
            assert np.array_equal(one, two), field.name
    moved = {(int(order[row]), key): weight for (row, key), weight in added_up(other).items()}
    assert moved == added_up(people)
    assert fit_priors(customers.take(order)) == fit_priors(customers)


def test_priors_are_of_the_grid_whatever_the_customers(table: Any, customers: pa.Table) -> None:
    for rows in (customers, table("customers", []), table("customers", [{}]), table("customers", ALL[:1] * 50)):
        for prior in fit_priors(rows):
            assert isinstance(prior, NamePrior)
            assert 1 <= prior.strength <= 2**20
            assert 0 < prior.bundled_share < 1


def test_no_customers_have_no_keys(table: Any) -> None:
    nobody = prepare_people(table("customers", []), POPULATION)
    assert nobody.rows == len(nobody.name_keys.keys) == 0
    assert (nobody.vocabulary.given >= 0).all()
