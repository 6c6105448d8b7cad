"""The map of log odds: held back where labels are few, found where they are many, always rising."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sociolink.calibration.reliability import Calibration, Judgements, OddsMap, fit_map
from sociolink.errors import InputError


def rest_of(size: int) -> np.ndarray:
    """Every third answer is the rest."""
    return np.arange(3 * size) % 3 == 2


def make_labels(size: int, by: OddsMap, *, seed: int = 0) -> Judgements:
    """Profiles with one or two customers and a rest, whose true answers follow a map of the stated log odds."""
    rng = np.random.default_rng(seed)
    bits = np.stack([rng.normal(2, 4, size), rng.normal(-4, 3, size), rng.normal(-6, 1, size)], axis=1)
    odds = np.exp2(by.apply(bits.ravel(), is_rest=rest_of(size))).reshape(size, 3)
    share = np.concatenate([odds, np.ones((size, 1))], axis=1)
    share /= share.sum(axis=1, keepdims=True)
    answer = (rng.random((size, 1)) > np.cumsum(share, axis=1)).sum(axis=1)
    unit = np.where(answer == 3, -1, np.arange(size) * 3 + answer)
    return Judgements(
        np.repeat(np.arange(size), 3), bits.ravel(), unit, np.ones(size, bool), np.ones(size), rest_of(size)
    )


def test_no_labels_leave_everything() -> None:
    nothing = np.empty(0, np.int64)
    assert (
        fit_map(Judgements(nothing, np.empty(0), nothing, nothing.astype(bool), np.empty(0), nothing.astype(bool)))
        == OddsMap()
    )


def test_few_labels_move_little_and_many_recover_the_map() -> None:
    true = OddsMap(-1.5, (), (0.6,), 2.0)
    few, many = fit_map(make_labels(10, true)), fit_map(make_labels(20_000, true))
    assert abs(few.shift) < 0.75
    assert 0.75 < few.slopes[0] < 1.25
    assert many.shift == pytest.approx(-1.5, abs=0.15)
    assert many.rest == pytest.approx(2.0, abs=0.3)
    assert many.slopes[:3] == pytest.approx([0.6] * 3, abs=0.15)


def test_right_probabilities_stay_nearly_as_they_are() -> None:
    for size in (50, 400, 2000):
        found = fit_map(make_labels(size, OddsMap(), seed=size))
        assert abs(found.shift) < 0.5
        assert found.slopes == pytest.approx([1.0] * len(found.slopes), abs=0.2)
        assert len(found.slopes) == (1 if size < 500 else 4)


def test_sure_and_unsure_answers_may_be_off_by_different_amounts() -> None:
    true = OddsMap(0.0, (0.0, 4.0, 8.0), (1.0, 1.0, 0.4, 0.4))
    found = fit_map(make_labels(20_000, true))
    assert found.slopes[1] == pytest.approx(1.0, abs=0.15)
    assert found.slopes[2] < 0.7


def test_labels_in_any_order_give_the_same_map() -> None:
    one = make_labels(60, OddsMap(-1.0))
    order = np.random.default_rng(1).permutation(60)
    bits = one.bits.reshape(60, 3)[order].ravel()
    back = np.empty(60, int)
    back[order] = np.arange(60)
    unit = np.where(one.unit[order] < 0, -1, np.arange(60) * 3 + one.unit[order] % 3)
    moved = Judgements(one.owner, bits, unit, one.holds, one.weight, one.is_rest)
    assert fit_map(moved) == fit_map(one)


def test_a_label_that_only_says_who_it_is_not_counts() -> None:
    bits = np.full(40, 3.0)
    denied = Judgements(np.arange(40), bits, np.arange(40), np.zeros(40, bool), np.ones(40), np.zeros(40, bool))
    assert fit_map(denied).shift < -0.3


def test_weights_must_be_numbers_above_0() -> None:
    one = make_labels(3, OddsMap())
    with pytest.raises(InputError, match="inclusion_probability"):
        fit_map(Judgements(one.owner, one.bits, one.unit, one.holds, np.array([1.0, 0.0, np.inf]), one.is_rest))


@given(
    st.floats(-5, 5),
    st.lists(st.floats(0.05, 5), min_size=4, max_size=4),
    st.lists(st.floats(-60, 60), min_size=2, max_size=20),
)
def test_the_map_rises(shift: float, slopes: list[float], bits: list[float]) -> None:
    by = OddsMap(shift, (0.0, 4.0, 8.0), tuple(slopes))
    mapped = by.apply(np.sort(np.array(bits)))
    assert (np.diff(mapped) >= -1e-9).all()
    assert by.apply(np.array([0.0, -np.inf])).tolist() == [shift, -np.inf]


def test_calibration_is_a_value_that_can_be_written_and_read() -> None:
    one = Calibration("labels", "10 labels", 10, (0.01, 0.2), {"shift": 0.5}, {"decisions": 3})
    assert Calibration.from_dict({**one.to_dict(), "from_the_future": 1}) == one
    assert Calibration.from_dict(None) == Calibration()
