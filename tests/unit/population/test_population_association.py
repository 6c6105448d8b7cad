"""Names that go together: found where they do, independent of order and company."""

from collections import Counter, defaultdict

import numpy as np
import pytest
from hypothesis import given as where
from hypothesis import strategies as st

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
    placed = association._fit(*names, 3)
    found, again = placed.classes(0.5), association._extend(placed, *names).classes(0.5)
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
    sample = association._fit(given[:half], family[:half], 3)
    family[half + np.flatnonzero(given[half:] <= GIVEN)[:6]] = 99_999
    own, other, new = (np.full(1, name, np.uint64) for name in (1, 1 + GIVEN, 99_999))
    assert sample.classes(1.0).associate(own, new)[0] == pytest.approx(1.0, abs=0.02)
    placed = association._extend(sample, given, family).classes(1.0)
    assert placed.associate(own, new)[0] > 2
    assert placed.associate(other, new)[0] < 0.7


def test_one_bearer_tells_where_the_next_one_belongs() -> None:
    """A quarter of the people bear a family name of their own; the given names beside them say of which group."""
    given, family = people(3)
    alone = np.arange(PEOPLE) % 4 == 0
    family[alone] = 50_000 + np.flatnonzero(alone)
    classes = fit_classes(given, family)
    some = alone.nonzero()[0][:400]
    group = (given[some].astype(int) - 1) // GIVEN
    same = (1 + group * GIVEN).astype(np.uint64)
    other = (1 + (group + 1) % GROUPS * GIVEN).astype(np.uint64)
    assert classes.associate(same, family[some]).mean() > 2
    assert classes.associate(other, family[some]).mean() < 0.7


def test_people_are_placed_by_others_alone(names: tuple[np.ndarray, np.ndarray]) -> None:
    given, family = names[0].copy(), names[1].copy()
    given[0], family[0] = 77_777, 88_888
    placed = association._fit(given, family, 3)
    for side, name in ((placed.given, 77_777), (placed.family, 88_888)):
        row = np.searchsorted(side.keys, np.uint64(name))
        assert side.lift_of_others(placed.share)[row] == pytest.approx(1.0)
        # Nothing is known of them but the shares, so whoever they are tells nothing of the next one either.
        assert side.lift(placed.share, 0.125)[row] == pytest.approx(1.0)


def slow_lift(names: list[int], weight: np.ndarray, share: np.ndarray, shrinkage: float) -> dict[int, list[float]]:
    """P(class | name) / P(class), person by person."""
    count: dict[int, list[float]] = defaultdict(lambda: [0.0] * len(share))
    for person, name in enumerate(names):
        for one in range(len(share)):
            count[name][one] += weight[one, person]
    bearers = Counter(names)
    return {
        name: [
            (has + shrinkage * part) / (bearers[name] + shrinkage) / part for has, part in zip(of, share, strict=True)
        ]
        for name, of in count.items()
    }


def slow_association(
    share: np.ndarray, lifts: tuple[dict[int, list[float]], dict[int, list[float]]], given: int, family: int
) -> float:
    if given not in lifts[0] or family not in lifts[1]:
        unknown = [1.0] * len(share)
        one, two = lifts[0].get(given, unknown), lifts[1].get(family, unknown)
    else:
        one, two = lifts[0][given], lifts[1][family]
    return sum(part * a * b for part, a, b in zip(share, one, two, strict=True))


@pytest.mark.parametrize("shrinkage", [0.125, 1.0])
def test_names_that_go_together_against_one_person_at_a_time(shrinkage: float) -> None:
    rng = np.random.default_rng(8)
    share, weight = rng.dirichlet(np.ones(4)), rng.dirichlet(np.ones(4), 60).T
    given, family = (rng.integers(1, 12, 60).astype(np.uint64) for _ in range(2))
    numbered = association._numbered(given), association._numbered(family)
    found = association._count(share, weight, numbered).classes(shrinkage)
    lifts = [slow_lift(side.tolist(), weight, share, shrinkage) for side in (given, family)]
    one, two = (side.ravel() for side in np.meshgrid(np.arange(14), np.arange(14)))
    slow = [
        slow_association(share, (lifts[0], lifts[1]), *pair) for pair in zip(one.tolist(), two.tolist(), strict=True)
    ]
    assert found.associate(one.astype(np.uint64), two.astype(np.uint64)) == pytest.approx(slow)


def test_shrinkage_is_the_one_that_predicts_held_out_names_best(names: tuple[np.ndarray, np.ndarray]) -> None:
    given, family = names[0][:600], names[1][:600]
    order = association.sort_stably(association.mix(association.mix(given) + family))[0]
    one, two = given[order], family[order]
    gains = {}
    for dimensions in association._DIMENSIONS:
        half = association._fit(one[::2], two[::2], dimensions)
        for shrinkage in association._SHRINKAGES:
            classes = half.classes(shrinkage)
            pairs = zip(one[1::2], two[1::2], strict=True)
            held_out = [np.log2(classes.associate(np.array([a]), np.array([b]))[0]) for a, b in pairs]
            gains[dimensions, shrinkage] = np.mean(held_out)
    best = max(gains, key=lambda tried: gains[tried])
    assert gains[best] > association._LEAST_GAIN
    assert len({round(gain, 3) for gain in gains.values()}) > 4
    found, expected = fit_classes(given, family), association._fit(one, two, best[0]).classes(best[1])
    assert np.array_equal(found.given_lift, expected.given_lift)
    assert np.array_equal(found.family_lift, expected.family_lift)


@where(seed=st.integers(0, 2**32 - 1), shrinkage=st.floats(0.01, 4.0), classes=st.integers(2, 16))
def test_a_name_is_shared_out_among_classes(seed: int, shrinkage: float, classes: int) -> None:
    """Whatever the counts: P(class | name) sums to 1, nothing is impossible, and less shrinkage says more."""
    rng = np.random.default_rng(seed)
    share = rng.dirichlet(np.ones(classes))
    share = (share + 1e-3) / (1 + classes * 1e-3)
    counts = rng.dirichlet(np.full(classes, 0.2), 8) * rng.integers(0, 40, 8)[:, None]
    borne = association._Borne(np.arange(8, dtype=np.uint64), counts)
    for lift in (borne.lift(share, shrinkage), borne.lift_of_others(share)):
        assert lift @ share == pytest.approx(1.0)
        assert (lift > 0).all()
    near, far = borne.lift(share, 2 * shrinkage), borne.lift(share, shrinkage)
    assert (np.abs(near - 1) <= np.abs(far - 1) + 1e-12).all()


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
