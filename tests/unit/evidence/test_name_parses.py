"""Readings of strings against a reader that tries everything."""

from collections import defaultdict
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from slow_reader import (
    FAMILY,
    GIVEN,
    STRINGS,
    VARIANT_WEIGHTS,
    SlowReading,
    names_by_place,
    slow_cuts,
    slow_readings,
    slow_unseen,
    small_vocabulary,
)

from sociolink.evidence.name import parses, slots, unseen
from sociolink.evidence.name.grammar import FORM_NAMES, FORMS, READINGS, VARIANTS, KeyKind, Slot
from sociolink.evidence.name.parses import NO_WORD, Parses, cut_factors, enumerate_parses, sum_by_form
from sociolink.evidence.name.unseen import sum_unseen
from sociolink.population.characters import CharacterModel, fit_characters
from sociolink.population.decorations import DecorationModel, Surroundings, surround
from sociolink.text import substrings
from sociolink.text.hashing import string_bytes
from sociolink.text.substrings import Places, find_words, lay_out

PRUNE, TRACE = 1e-2, 1e-4
DECORATIONS = DecorationModel((0.8, 0.6), ({"rep": 0.3}, {"4senate": 0.1}), (0.05, 0.5), (0.5, 0.3))
CASES = ["unmarked", "marked", "marked and bound"]


def read_as_many(patch: pytest.MonkeyPatch) -> None:
    """Take the way of many strings, however few there are."""
    for module in (parses, slots, unseen):
        patch.setattr(module, "FEW_PLACES", -1)
    patch.setattr(substrings, "FEW_PLACES", -1)


@pytest.fixture(autouse=True, params=["few", "many"])
def company(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Few strings are read in fewer steps than many; both are held against the slow reader."""
    if request.param == "many":
        read_as_many(monkeypatch)
    return str(request.param)


@pytest.fixture(scope="module")
def spelling() -> CharacterModel:
    return fit_characters(string_bytes(pa.array([*GIVEN, *FAMILY, "zora", "abel", "oxana"])), strength=2.0)


@pytest.fixture(scope="module")
def places() -> Places:
    return lay_out(pa.array(STRINGS))


@pytest.fixture(scope="module")
def around(places: Places, spelling: CharacterModel) -> Surroundings:
    return surround(places, DECORATIONS, spelling)


@pytest.fixture(scope="module", params=CASES)
def boundary(request: pytest.FixtureRequest, places: Places) -> tuple[np.ndarray, np.ndarray | None]:
    """Where the writer marked a boundary, and where parts may begin and end."""
    ends = np.zeros(len(places), np.bool_)
    ends[places.first] = ends[places.last] = True
    if request.param == "unmarked":
        return ends, None
    marked = ends | (np.random.default_rng(4).random(len(places)) < 0.4)
    return marked, None if request.param == "marked" else marked


def by_string(places: Places, values: np.ndarray) -> list[list]:
    return [values[a : b + 1].tolist() for a, b in zip(places.first, places.last, strict=True)]


def expected_readings(
    places: Places, around: Surroundings, boundary: tuple[np.ndarray, np.ndarray | None]
) -> list[list[SlowReading]]:
    before, after, marks = (by_string(places, x) for x in (around.before, around.after, boundary[0]))
    allowed = [None] * len(STRINGS) if boundary[1] is None else by_string(places, boundary[1])
    return [
        list(slow_readings(text, before[row], after[row], slow_cuts(text, marks[row]), allowed[row]))
        for row, text in enumerate(STRINGS)
    ]


def read(
    places: Places,
    around: Surroundings,
    boundary: tuple[np.ndarray, np.ndarray | None],
    spelling: CharacterModel,
    floor: np.ndarray,
    ratio: float = 0.0,
) -> Parses:
    vocabulary = small_vocabulary(spelling)
    arcs = find_words(places, vocabulary.index, at=boundary[1])
    cut = cut_factors(places, boundary[0])
    weights = np.array([1.0] * len(FORMS) + [VARIANT_WEIGHTS[form.name] for form in VARIANTS])
    return enumerate_parses(
        places, arcs, vocabulary, around, floor, cut=cut, weights=weights, allowed=boundary[1], ratio=ratio
    )


def is_kept(reading: SlowReading, total: float, ratio: float = 0.0) -> bool:
    """A reading is of use to find customers, or makes up a noticeable part of the string's probability."""
    return reading.around > max(PRUNE, ratio) * total or reading.around * reading.parts > TRACE * total


def as_dictionary(places: Places, parses: Parses) -> dict[tuple[int, int, tuple[int, ...]], tuple[float, float]]:
    """The readings by string, form and split."""
    out = {}
    for row, form, start, stops, one, two in zip(
        parses.string, parses.form, parses.start, parses.stops, parses.around, parses.parts, strict=True
    ):
        first = places.first[row]
        key = (int(row), int(form), (int(start - first), *(int(s - first) for s in stops[: len(READINGS[form].slots)])))
        assert key not in out
        out[key] = (float(one), float(two))
    return out


def test_cuts_are_those_of_a_loop(places: Places, boundary: tuple[np.ndarray, np.ndarray | None]) -> None:
    found = by_string(places, cut_factors(places, boundary[0]))
    assert found == [slow_cuts(t, marks) for t, marks in zip(STRINGS, by_string(places, boundary[0]), strict=True)]


def test_with_nothing_to_prune_every_reading_is_found(
    places: Places, around: Surroundings, boundary: tuple[np.ndarray, np.ndarray | None], spelling: CharacterModel
) -> None:
    """Floor 0: only the second look, at the string's whole probability, drops readings."""
    naive = expected_readings(places, around, boundary)
    found = as_dictionary(places, read(places, around, boundary, spelling, np.zeros(len(STRINGS))))
    expected = {}
    for row, readings in enumerate(naive):
        total = sum(one.around * one.parts for one in readings)
        expected.update({(row, r.form, r.stops): (r.around, r.parts) for r in readings if is_kept(r, total)})
    assert sum(map(len, naive)) >= len(expected) >= 10
    assert set(found) == set(expected)
    for key, (one, two) in expected.items():
        assert found[key] == pytest.approx((one, two), rel=1e-12)


@pytest.mark.parametrize("ratio", [0.0, 0.3, 30.0])
@pytest.mark.parametrize("level", [1e-9, 1e-4, 1e-1])
def test_pruned_readings_are_those_that_the_bound_allows(
    places: Places,
    around: Surroundings,
    boundary: tuple[np.ndarray, np.ndarray | None],
    spelling: CharacterModel,
    level: float,
    ratio: float,
) -> None:
    """Kept: of use, or more than a ten-thousandth of the string's probability. Lost: at most that for each dropped."""
    floor = np.full(len(STRINGS), level)
    parses = read(places, around, boundary, spelling, floor, ratio)
    found, sums = as_dictionary(places, parses), sum_by_form(parses, len(STRINGS))
    for row, readings in enumerate(expected_readings(places, around, boundary)):
        total = level + sum(r.around * r.parts for r in readings if r.form < len(FORMS))
        kept = {(row, r.form, r.stops): r for r in readings if is_kept(r, total, ratio)}
        assert {key for key in found if key[0] == row} == set(kept)
        for number in range(len(FORMS)):
            whole = sum(r.around * r.parts for r in readings if r.form == number)
            exact = sum(r.around * r.parts for r in kept.values() if r.form == number)
            dropped = sum(r.form == number for r in readings) - sum(r.form == number for r in kept.values())
            assert sums[row, number] == pytest.approx(exact, rel=1e-12)
            assert whole - exact <= TRACE * total * dropped + 1e-15


def test_sums_over_readings_lose_next_to_nothing_to_pruning(
    places: Places, around: Surroundings, spelling: CharacterModel
) -> None:
    """With the floor that strings really have (their spelling), sums are those over all readings to a thousandth."""
    ends = np.zeros(len(places), np.bool_)
    floor = spelling.string_chances(places.strings)
    sums = sum_by_form(read(places, around, (ends, None), spelling, floor), len(STRINGS))
    for row, readings in enumerate(expected_readings(places, around, (ends, None))):
        whole = floor[row] + sum(r.around * r.parts for r in readings)
        assert floor[row] + sums[row].sum() == pytest.approx(whole, rel=1e-3)


@pytest.mark.parametrize("scale", [1.0, 3.0, 1e3], ids=["usual", "above one", "far above one"])
def test_few_strings_are_read_as_many_to_the_last_bit(
    places: Places,
    around: Surroundings,
    boundary: tuple[np.ndarray, np.ndarray | None],
    spelling: CharacterModel,
    scale: float,
) -> None:
    """Also where frequencies are above one, so that a reading may become likelier by going on."""
    vocabulary = small_vocabulary(spelling)
    vocabulary = replace(vocabulary, given=vocabulary.given * scale, family=vocabulary.family * scale)
    weights = np.array([1.0] * len(FORMS) + [VARIANT_WEIGHTS[form.name] for form in VARIANTS])
    cut = cut_factors(places, boundary[0])

    def readings(floor: float) -> tuple[Parses, np.ndarray]:
        arcs = find_words(places, vocabulary.index, at=boundary[1])
        given = {"cut": cut, "allowed": boundary[1]}
        rest = sum_unseen(places, arcs, vocabulary, around, cut, allowed=boundary[1])
        total = np.full(len(STRINGS), floor)
        return enumerate_parses(places, arcs, vocabulary, around, total, weights=weights, **given), rest

    for floor in (0.0, 1e-9, 1e-4):
        few, rest = readings(floor)
        with pytest.MonkeyPatch.context() as patch:
            read_as_many(patch)
            many, of_many = readings(floor)
        assert rest.tobytes() == of_many.tobytes()
        for name in Parses.__slots__:
            assert getattr(few, name).tobytes() == getattr(many, name).tobytes(), name


def test_words_and_letters_are_what_stands_there(
    places: Places, around: Surroundings, spelling: CharacterModel
) -> None:
    parses = read(places, around, (np.zeros(len(places), np.bool_), None), spelling, np.zeros(len(STRINGS)))
    words = names_by_place()
    for i in range(len(parses)):
        text, first = STRINGS[parses.string[i]], places.first[parses.string[i]]
        slots, begin = READINGS[parses.form[i]].slots, int(parses.start[i] - first)
        for position, slot in enumerate(slots):
            end = int(parses.stops[i, position] - first)
            assert parses.letters[i, position] == ord(text[begin])
            if slot in (Slot.GIVEN_INITIAL, Slot.FAMILY_INITIAL, Slot.MIDDLE_INITIAL):
                assert parses.words[i, position] == NO_WORD
            else:
                assert words[parses.words[i, position]] == text[begin:end]
            begin = end
        assert parses.end[i] == first + begin
        assert parses.slots_filled()[i] == len(slots)


def test_unknown_names_are_the_sum_over_all_splits(
    places: Places, around: Surroundings, boundary: tuple[np.ndarray, np.ndarray | None], spelling: CharacterModel
) -> None:
    vocabulary = small_vocabulary(spelling)
    arcs = find_words(places, vocabulary.index, at=boundary[1])
    cut = cut_factors(places, boundary[0])
    found = sum_unseen(places, arcs, vocabulary, around, cut, allowed=boundary[1])
    before, after, marks = (by_string(places, x) for x in (around.before, around.after, boundary[0]))
    allowed = [None] * len(STRINGS) if boundary[1] is None else by_string(places, boundary[1])
    for row, text in enumerate(STRINGS):
        naive = slow_unseen(text, before[row], after[row], slow_cuts(text, marks[row]), allowed[row], spelling)
        expected = np.zeros(len(FORMS))
        for form, chance in naive.items():
            expected[FORM_NAMES.index(form)] = chance
        assert found[row] == pytest.approx(expected, rel=1e-9, abs=1e-300)


def test_sums_by_form_add_up_the_ways_to_split(places: Places, around: Surroundings, spelling: CharacterModel) -> None:
    parses = read(places, around, (np.zeros(len(places), np.bool_), None), spelling, np.zeros(len(STRINGS)))
    expected: dict[tuple[int, int], float] = defaultdict(float)
    for row, form, one, two in zip(parses.string, parses.form, parses.around, parses.parts, strict=True):
        expected[int(row), int(form)] += float(one * two)
    sums = sum_by_form(parses, len(STRINGS))
    assert sums.shape == (len(STRINGS), len(FORMS))
    rows, forms = np.nonzero(sums)
    assert {(int(r), int(f)): float(sums[r, f]) for r, f in zip(rows, forms, strict=True)} == pytest.approx(
        {cell: value for cell, value in expected.items() if value > 0}
    )


def test_names_off_the_record_are_read_and_strangers_have_none(
    places: Places, around: Surroundings, spelling: CharacterModel
) -> None:
    """To a stranger every name is their own: a variant's `parts` are 0, and a form's never."""
    parses = read(places, around, (np.zeros(len(places), np.bool_), None), spelling, np.zeros(len(STRINGS)))
    assert {READINGS[form].name for form in parses.form} >= {"other_given", "other_family", "given_other_family"}
    assert np.array_equal(parses.parts == 0, parses.form >= len(FORMS))


def test_shortened_names_without_a_whole_one_have_three_letters(
    places: Places, around: Surroundings, spelling: CharacterModel
) -> None:
    parses = read(places, around, (np.zeros(len(places), np.bool_), None), spelling, np.zeros(len(STRINGS)))
    seen = set()
    for i in range(len(parses)):
        form = READINGS[parses.form[i]]
        begin = int(parses.start[i])
        for slot, stop in zip(form.slots, parses.stops[i].tolist(), strict=False):
            if form.key is KeyKind.INITIAL_PAIR and slot in (Slot.GIVEN_PREFIX, Slot.FAMILY_PREFIX):
                assert stop - begin >= 3
                seen.add(form.name)
            begin = stop
    assert seen == {"initial_prefix", "prefix_initial", "prefix_prefix"}


def test_readings_can_be_chosen_and_joined(places: Places, around: Surroundings, spelling: CharacterModel) -> None:
    parses = read(places, around, (np.zeros(len(places), np.bool_), None), spelling, np.zeros(len(STRINGS)))
    even = np.arange(len(parses)) % 2 == 0
    joined = Parses.concat([parses.only(even), parses.only(~even)])
    back = joined.only(np.argsort(np.concatenate([np.flatnonzero(even), np.flatnonzero(~even)])))
    assert all(np.array_equal(getattr(back, name), getattr(parses, name)) for name in Parses.__slots__)


def test_no_strings_have_no_readings(spelling: CharacterModel) -> None:
    places = lay_out(pa.array([], pa.string()))
    nothing = Surroundings(np.empty(0), np.empty(0))
    parses = read(places, nothing, (np.empty(0, np.bool_), None), spelling, np.empty(0))
    assert len(parses) == 0
    assert sum_by_form(parses, 0).shape == (0, len(FORMS))
    vocabulary = small_vocabulary(spelling)
    arcs = find_words(places, vocabulary.index)
    assert sum_unseen(places, arcs, vocabulary, nothing, np.empty(0), allowed=None).shape == (0, len(FORMS))
