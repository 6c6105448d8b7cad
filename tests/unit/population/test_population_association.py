"""Names that go together: found where they do, independent of order and company."""

import numpy as np
import pytest

from sociolink.population import association
from sociolink.population.association import fit_classes, no_classes

PEOPLE, GROUPS, GIVEN, FAMILY = 6_000, 4, 50, 80


def people(seed: int, *, together: bool = True) -> tuple[np.ndarray, np.ndarray]:
    """Full names of four groups, each with its own given and family names, or all mixed."""
    rng = np.random.default_rng(seed)
    group = rng.integers(0, GROUPS, PEOPLE)
    other = group if together else rng.integers(0, GROUPS, PEOPLE)
    given = 1 + group * GIVEN + rng.integers(0, GIVEN, PEOPLE)
    family = 1000 + other * FAMILY + rng.integers(0, FAMILY, PEOPLE)
    return given.astype(np.uint64), family.astype(np.uint64)


@pytest.fixture(scope="module")
def names() -> tuple[np.ndarray, np.ndarray]:
    return people(1)


def test_names_of_a_group_are_likelier_together(names: tuple[np.ndarray, np.ndarray]) -> None:
    classes = fit_classes(*names)
    given, family = (np.unique(one) for one in names)
    one, two = np.repeat(given, len(family)), np.tile(family, len(given))
    same = (one.astype(int) - 1) // GIVEN == (two.astype(int) - 1000) // FAMILY
    lift = classes.associate(one, two)
    # Exactly: 4 within a group, 0 across; shrinkage and the finite sample take some of it.
    assert 3 < lift[same].mean() < 4.2
    assert lift[~same].mean() < 0.35
    assert (lift > 0).all()
    # P(given, family) = P(given) P(family) times this must still be a distribution.
    shares = [np.array([(names[side] == key).mean() for key in keys]) for side, keys in enumerate((given, family))]
    assert (np.outer(*shares).ravel() * lift).sum() == pytest.approx(1.0, abs=0.02)


def test_names_that_are_mixed_are_left_alone() -> None:
    given, family = people(2, together=False)
    assert (fit_classes(given, family).associate(given, family) == 1).all()


def test_few_people_and_unknown_names_say_nothing(names: tuple[np.ndarray, np.ndarray]) -> None:
    given, family = names
    assert (fit_classes(given[:50], family[:50]).associate(given, family) == 1).all()
    assert (fit_classes(given * 0, family).associate(given, family) == 1).all()
    stranger = np.full(3, 2**63, np.uint64)
    classes = fit_classes(given, family)
    assert classes.associate(stranger, family[:3]) == pytest.approx(1.0, abs=0.02)
    assert classes.associate(given[:3], stranger) == pytest.approx(1.0, abs=0.02)
    assert no_classes().associate(given[:0], family[:0]).shape == (0,)


def test_the_order_of_people_changes_nothing(names: tuple[np.ndarray, np.ndarray]) -> None:
    order = np.random.default_rng(5).permutation(PEOPLE)
    one, two = fit_classes(*names), fit_classes(*(side[order] for side in names))
    assert len(one.share) > 1
    for name in ("share", "given_keys", "given_lift", "family_keys", "family_lift"):
        assert np.array_equal(getattr(one, name), getattr(two, name)), name


@pytest.mark.parametrize("size", [1, 3, 7, 64])
def test_a_name_is_worth_the_same_in_any_batch(names: tuple[np.ndarray, np.ndarray], size: int) -> None:
    classes, (given, family) = fit_classes(*names), names
    whole = classes.associate(given, family)
    apart = [classes.associate(given[i : i + size], family[i : i + size]) for i in range(0, PEOPLE, size)]
    assert np.array_equal(np.concatenate(apart), whole)


def test_classes_of_a_sample_are_those_of_everybody_who_is_in_it(names: tuple[np.ndarray, np.ndarray]) -> None:
    """Two more rounds on the same people move a fit that has come to rest by next to nothing."""
    found = fit_classes(*names)
    again = association._extend(found, *names)
    assert np.array_equal(again.given_keys, found.given_keys)
    assert np.array_equal(again.family_keys, found.family_keys)
    assert again.associate(*names) == pytest.approx(found.associate(*names), rel=0.01)


def test_everybodys_names_are_known_where_a_sample_taught_the_classes(
    names: tuple[np.ndarray, np.ndarray], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(association, "_MAX_PEOPLE", PEOPLE // 10)
    classes = fit_classes(*names)
    assert len(classes.share) > 1
    assert set(classes.given_keys.tolist()) == set(names[0].tolist())
    assert set(classes.family_keys.tolist()) == set(names[1].tolist())


def test_a_name_that_the_sample_missed_is_placed_by_those_beside_it(names: tuple[np.ndarray, np.ndarray]) -> None:
    """Six people of the first group bear a family name that nobody of the sample bears."""
    given, family = names[0], names[1].copy()
    half = PEOPLE // 2
    found = fit_classes(given[:half], family[:half])
    family[half + np.flatnonzero(given[half:] <= GIVEN)[:6]] = 99_999
    own, other, new = (np.full(1, name, np.uint64) for name in (1, 1 + GIVEN, 99_999))
    assert found.associate(own, new)[0] == pytest.approx(1.0, abs=0.02)
    placed = association._extend(found, given, family)
    assert placed.associate(own, new)[0] > 2
    assert placed.associate(other, new)[0] < 0.7


@pytest.mark.parametrize("classes", [8, 16])
def test_people_are_placed_by_both_names(classes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(association, "_PASS", 7)
    rng = np.random.default_rng(classes)
    share, first, second = rng.random(classes), rng.random((5, classes)), rng.random((6, classes))
    one, two = rng.integers(0, 5, 40), rng.integers(0, 6, 40)
    weight = association._place_people(share, first, second, one, two)
    for person in range(40):
        product = share * first[one[person]] * second[two[person]]
        assert weight[:, person] == pytest.approx(product / product.sum())
    assert association._row_sums(weight) == pytest.approx(weight.sum(1))
