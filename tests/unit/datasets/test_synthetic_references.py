"""Reference numbers: each company has its formats, in sequence or at random, with check digits that hold."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from sociolink import datasets
from sociolink.datasets.synthesis.references import FORMATS, NumberFormat, draw_numbering, write_numbers

NOW = np.datetime64("2026-10-01", "us")


def days(count: int) -> np.ndarray:
    return NOW - np.arange(count)[::-1].astype("timedelta64[D]")


def luhn_holds(number: str) -> bool:
    """The rule in its own words: every second digit from the right doubled, sums of digits, a multiple of ten."""
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value // 10 + value % 10
    return total % 10 == 0


def test_luhn_digits_hold_and_tell_slips() -> None:
    made = write_numbers("999999999!", np.arange(0, 10**9, 10**6 + 7), days(1000)[:1].repeat(1000)).to_pylist()

    assert all(luhn_holds(number) for number in made)
    slipped = [number[:4] + str((int(number[4]) + 1) % 10) + number[5:] for number in made]
    assert not any(luhn_holds(number) for number in slipped)


def test_postal_digits_are_those_of_the_standard() -> None:
    at = days(2)
    made = write_numbers("RR99999999?GB", np.array([47312482, 59000001]), at).to_pylist()
    assert made[0] == "RR473124829GB"  # the example of UPU S10
    weighed = sum(int(d) * w for d, w in zip("59000001", (8, 6, 4, 2, 3, 5, 9, 7), strict=True))
    assert int(made[1][10]) == {10: 0, 11: 5}.get(11 - weighed % 11, 11 - weighed % 11)


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("seed", range(8))
def test_no_number_twice_and_sequences_rise(kind: str, seed: int) -> None:
    numbering = draw_numbering(np.random.default_rng(seed), kind, days(500))

    made = numbering.write()

    assert pc.count_distinct(made).as_py() == 500
    assert pc.min(pc.utf8_length(made)).as_py() == pc.max(pc.utf8_length(made)).as_py()
    if numbering.step:
        gaps = np.diff(numbering.serial)
        assert gaps.min() >= 1
        assert 0.6 < gaps.mean() / numbering.step < 1.5


def test_a_picture_is_widened_where_numbers_run_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FORMATS, "order", (NumberFormat("#99", 3),))  # type: ignore[index]
    made = draw_numbering(np.random.default_rng(0), "order", days(3000)).write()

    assert pc.count_distinct(made).as_py() == 3000
    assert pc.all(pc.match_substring_regex(made, "^#[0-9]{5,6}$")).as_py()


@pytest.mark.parametrize("kind", FORMATS)
def test_foreign_numbers_look_the_same_and_are_others(kind: str) -> None:
    for seed in range(6):
        rng = np.random.default_rng(seed)
        numbering = draw_numbering(rng, kind, days(400))
        foreign = numbering.draw_foreign(rng, days(400))
        own = numbering.write()

        assert set(pc.utf8_length(foreign).to_pylist()) == set(pc.utf8_length(own).to_pylist())
        shared = pc.mean(pc.is_in(foreign, value_set=own).cast(pa.float64())).as_py()
        assert shared < (0.5 if numbering.step else 0.01)  # dense sequences meet by chance


def test_no_events_have_no_numbers() -> None:
    for kind in FORMATS:
        numbering = draw_numbering(np.random.default_rng(1), kind, days(0))
        assert len(numbering.write()) == 0
        assert len(numbering.draw_foreign(np.random.default_rng(1), days(3))) == 3


def test_another_company_has_other_formats() -> None:
    def shape(world: datasets.World, kind: str) -> str:
        first = world.events.filter(pc.equal(world.events["kind"], kind))["reference"][0].as_py()
        return "".join("9" if sign.isdigit() else "A" if sign.isalpha() else sign for sign in first)

    worlds = [datasets.synthetic(100, 10, events=200, seed=seed) for seed in range(6)]
    for kind in ("order", "ticket", "delivery", "invoice"):
        assert len({shape(world, kind) for world in worlds}) > 1, kind
