"""The vocabulary of name parts against dictionaries that are filled one name at a time."""

from collections import defaultdict

import numpy as np
import pyarrow as pa
import pytest

from sociolink.population.characters import CharacterModel
from sociolink.population.frequencies import NamePrior
from sociolink.population.interpolation import fit_interpolation
from sociolink.population.names import (
    PREFIX_LENGTHS,
    NameVocabulary,
    PartCounts,
    build_vocabulary,
    fit_name_prior,
    part_spelling,
)
from sociolink.reference.counts import NameCounts
from sociolink.text.hashing import hash_strings, string_bytes

GIVEN = {"anna": 3.5, "bo": 1.0, "maximilian": 0.5, "ann": 2.0}
FAMILY = {"smith": 4.0, "oconnor": 1.0, "li": 1.0, "anna": 1.0}
BUNDLED_GIVEN = {"anna": 60, "mary": 30, "xavier": 10}
BUNDLED_FAMILY = {"smith": 900, "lee": 50, "mary": 50}
RELATIVES = 0.03
PRIORS = (NamePrior(8.0, 0.75), NamePrior(32.0, 0.5))


def parts(names: dict[str, float]) -> PartCounts:
    values = pa.array(list(names), pa.string())
    keys, _ = hash_strings(values)
    order = np.argsort(keys)
    counts = np.array(list(names.values()))[order] if names else np.empty(0)
    return PartCounts(keys[order], values.take(pa.array(order)), counts, float(sum(names.values())))


def bundled(names: dict[str, int]) -> NameCounts:
    ordered = sorted(names)
    counts = np.array([names[name] for name in ordered], np.int64)
    return NameCounts(np.array([name.encode() for name in ordered], "S12"), counts, sum(names.values()))


def spelling() -> CharacterModel:
    return part_spelling(parts(FAMILY), bundled(BUNDLED_FAMILY))


@pytest.fixture(scope="module")
def vocabulary() -> NameVocabulary:
    nick, _ = hash_strings(pa.array(["bo", "nobody"]))
    order = np.argsort(nick)
    return build_vocabulary(
        parts(GIVEN),
        parts(FAMILY),
        bundled_given=bundled(BUNDLED_GIVEN),
        bundled_family=bundled(BUNDLED_FAMILY),
        priors=PRIORS,
        short_forms=(nick[order], np.array([0.02, 0.5])[order]),
    )


def naive_frequencies(
    own: dict[str, float], known: dict[str, int], prior: NamePrior, spread: dict[str, float]
) -> tuple[dict[str, float], float]:
    """What bearers and background are worth, over N - 1 + theta or all that they are worth; the share of spelling."""
    people, total = sum(own.values()), sum(known.values())
    names = sorted({*own, *known})
    spelled = [float(spelling().string_chances(string_bytes(pa.array([name])))[0]) for name in names]
    listed = [known.get(name, 0) / total + spread.get(name, 0.0) for name in names]
    pseudo = [
        prior.strength * (prior.bundled_share * share + (1 - prior.bundled_share) * chance)
        for share, chance in zip(listed, spelled, strict=True)
    ]
    rest = prior.strength * (1 - prior.bundled_share)
    unknown, size = rest * (1 - sum(spelled)), people - 1 + prior.strength
    columns = [np.array(one) for one in ([own.get(name, 0.0) for name in names], pseudo, listed)]
    worth = fit_interpolation(*columns, people=people, size=size, unknown=unknown)
    bearers = worth.bearers(*columns)
    size = max(size, bearers.sum() + worth.unseen * unknown)
    return dict(zip(names, (bearers / size).tolist(), strict=True)), worth.unseen * rest / size


def naive_given() -> dict[str, float]:
    return naive_frequencies(GIVEN, BUNDLED_GIVEN, PRIORS[0], {"bo": 0.02})[0]


def naive_family() -> dict[str, float]:
    """Strangers who are relatives of customers bear their family names, on top of the rest."""
    people = sum(FAMILY.values())
    strangers, _ = naive_frequencies(FAMILY, BUNDLED_FAMILY, PRIORS[1], {})
    return {name: chance + RELATIVES * FAMILY.get(name, 0.0) / people for name, chance in strangers.items()}


def by_name(vocabulary: NameVocabulary, column: np.ndarray, names: list[str]) -> dict[str, float]:
    """The filled entries of a column; every one of them must belong to one of the names."""
    keys, _ = hash_strings(pa.array(names))
    place, word = vocabulary.index.find(keys)
    found = {names[i]: float(column[w]) for i, w in zip(place, word, strict=True) if column[w] > 0}
    assert len(found) == int((column > 0).sum())
    return found


def test_frequencies_of_given_and_family_names_are_the_formula(vocabulary: NameVocabulary) -> None:
    expected = naive_given()
    assert by_name(vocabulary, vocabulary.given, list(expected)) == pytest.approx(expected, rel=1e-12)
    expected = naive_family()
    assert by_name(vocabulary, vocabulary.family, list(expected)) == pytest.approx(expected, rel=1e-12)


def test_known_and_unknown_names_are_at_most_all_people(vocabulary: NameVocabulary) -> None:
    """Relatives come on top, and short forms of formal names: 2% here, times their share of the background."""
    assert vocabulary.family.sum() + vocabulary.unseen_family <= 1 + RELATIVES + 1e-9
    assert vocabulary.given.sum() + vocabulary.unseen_given <= 1 + 0.02 + 1e-9
    assert min(vocabulary.unseen_given, vocabulary.unseen_family) > 0


def test_unknown_names_have_the_weight_of_the_spelling(vocabulary: NameVocabulary) -> None:
    _, given = naive_frequencies(GIVEN, BUNDLED_GIVEN, PRIORS[0], {"bo": 0.02})
    _, family = naive_frequencies(FAMILY, BUNDLED_FAMILY, PRIORS[1], {})
    assert vocabulary.unseen_given == pytest.approx(given)
    assert vocabulary.unseen_family == pytest.approx(family)


@pytest.mark.parametrize("kind", ["given", "family"])
def test_shortened_names_are_as_frequent_as_what_they_shorten(vocabulary: NameVocabulary, kind: str) -> None:
    expected: dict[str, float] = defaultdict(float)
    for name, chance in (naive_given() if kind == "given" else naive_family()).items():
        for length in PREFIX_LENGTHS:
            if len(name) > length:
                expected[name[:length]] += chance / len(PREFIX_LENGTHS)
    column = getattr(vocabulary, f"{kind}_prefix")
    assert by_name(vocabulary, column, list(expected)) == pytest.approx(dict(expected), rel=1e-12)


@pytest.mark.parametrize("kind", ["given", "family"])
def test_initials_are_those_of_the_names(vocabulary: NameVocabulary, kind: str) -> None:
    naive = naive_given() if kind == "given" else naive_family()
    expected = np.zeros(256)
    for name, chance in naive.items():
        expected[ord(name[0])] += chance / sum(naive.values())
    assert getattr(vocabulary, f"{kind}_initial") == pytest.approx(expected, rel=1e-12)


def test_a_crm_without_names_knows_the_bundled_ones() -> None:
    empty = parts({})
    found = build_vocabulary(
        empty,
        empty,
        bundled_given=bundled(BUNDLED_GIVEN),
        bundled_family=bundled(BUNDLED_FAMILY),
        priors=(NamePrior(1.0, 0.5), NamePrior(1.0, 0.5)),
    )
    assert set(by_name(found, found.given, list(BUNDLED_GIVEN))) == set(BUNDLED_GIVEN)
    assert fit_name_prior(empty, bundled(BUNDLED_GIVEN), spelling()) == NamePrior(1.0, 0.5)


def test_one_endless_name_does_not_decide_how_all_names_are_smoothed() -> None:
    """The probability of a long name by its spelling is no longer a number above 0 without care."""
    names = {f"name{chr(97 + i)}{chr(97 + j)}": float(1 + i % 3) for i in range(20) for j in range(10)}
    usual = fit_name_prior(parts(names), bundled(BUNDLED_GIVEN), spelling())
    with np.errstate(all="raise"):
        endless = fit_name_prior(parts(names | {"qzjxkvw" * 60: 1.0}), bundled(BUNDLED_GIVEN), spelling())
    assert np.log2(endless.strength / usual.strength) == pytest.approx(0, abs=1)
    assert endless.bundled_share == usual.bundled_share
