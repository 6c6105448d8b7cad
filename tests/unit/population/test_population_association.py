"""Names that go together: found where they do, independent of order and company."""

import numpy as np
import pytest

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
