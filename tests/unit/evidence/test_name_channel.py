"""Learning how strings hold names, and reading them: what is learned, what never is, and reading in any company."""

import json
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from sociolink.evidence.name import channel
from sociolink.evidence.name.channel import ChannelModel, Reading, channel_model, learn_channel, read_strings
from sociolink.evidence.name.found import find_for_good
from sociolink.evidence.name.grammar import FORM_NAMES, FORMS, KeyKind
from sociolink.evidence.name.parses import sum_by_form
from sociolink.evidence.name.people import prepare_people
from sociolink.evidence.name.strings import collect_strings, count_strings
from sociolink.population.decorations import MIN_SUPPORT
from sociolink.population.names import NameVocabulary
from sociolink.reference.facts import given_name_counts, surname_counts
from sociolink.text.hashing import string_bytes
from sociolink.text.substrings import Places, lay_out

GIVEN = ("james", "mary", "robert", "linda", "david", "susan", "daniel", "karen", "paul", "helen", "mark", "laura")
FAMILY = ("johnson", "williams", "brown", "garcia", "miller", "wilson", "anderson", "taylor", "moore", "clark")
PEOPLE = [given + family for given in GIVEN for family in FAMILY]
COMMON = {"rep": PEOPLE[:20], "4senate": PEOPLE[20:40], "77": PEOPLE[40:60]}
RARE = {"zorkmaster": PEOPLE[60:69], "quxlyfied": PEOPLE[69:78]}
PLAIN = PEOPLE[78:110]
OPAQUE = ["xk7qz", "darkwolf", "pizzatime", "qwrtzp", "nightowl99", "lolcat"]
START = np.array([*(form.prior for form in FORMS), 30.0])
LENT = string_bytes(pa.array(["smith", "jones", "brown", "garcia"]))


def strings() -> list[str]:
    common = [
        *("rep" + name for name in COMMON["rep"]),
        *(name + "4senate" for name in COMMON["4senate"]),
        *(name + str(60 + place) for place, name in enumerate(COMMON["77"])),
    ]
    rare = [*(name + "zorkmaster" for name in RARE["zorkmaster"]), *("quxlyfied" + name for name in RARE["quxlyfied"])]
    return [*common, *rare, *PLAIN, *OPAQUE, "", ""]


def ends(places: Places) -> np.ndarray:
    boundary = np.zeros(len(places), np.bool_)
    boundary[places.first] = boundary[places.last] = True
    return boundary


@pytest.fixture(scope="module")
def vocabulary(table: Any) -> NameVocabulary:
    nobody = {"given_prior": [64.0, 0.75], "family_prior": [64.0, 0.75]}
    return prepare_people(table("customers", []), nobody).vocabulary


def learn(values: list[str], vocabulary: NameVocabulary) -> ChannelModel:
    places = lay_out(pa.array(values, pa.string()))
    return learn_channel(places, ends(places), vocabulary, only_at_boundaries=False, prior=LENT)


@pytest.fixture(scope="module")
def model(vocabulary: NameVocabulary) -> ChannelModel:
    return learn(strings(), vocabulary)


def test_decorations_of_enough_profiles_are_learned(model: ChannelModel) -> None:
    before, after = model.decorations.words
    assert max(before, key=before.__getitem__) == "rep"
    assert max(after, key=after.__getitem__) == "4senate"
    for side in (0, 1):
        parts = [*model.decorations.words[side].values(), model.decorations.digits[side], model.decorations.junk[side]]
        # Unexplained characters keep a hundredth whatever was learned.
        assert 0.99 <= sum(parts) <= 1.02
        assert min(parts) > 0
        assert 0 < model.decorations.empty[side] < 1


def test_numbers_are_learned_as_digits_on_either_side(vocabulary: NameVocabulary, model: ChannelModel) -> None:
    in_front = learn([f"{60 + place}{name}" for place, name in enumerate(COMMON["77"])] + PLAIN, vocabulary)
    behind = learn([f"{name}{60 + place}" for place, name in enumerate(COMMON["77"])] + PLAIN, vocabulary)
    assert in_front.decorations.digits[0] > 0.7
    assert behind.decorations.digits[1] > 0.7
    assert model.decorations.digits[1] > model.decorations.digits[0]
    assert not any(word.isdigit() for word in [*in_front.decorations.words[0], *behind.decorations.words[1]])


def test_nothing_that_fewer_than_ten_profiles_carry_is_stored(model: ChannelModel) -> None:
    assert all(len(profiles) == MIN_SUPPORT - 1 for profiles in RARE.values())
    told = json.dumps(model.to_dict()).lower()
    for word in (*RARE, *OPAQUE, *PEOPLE, *GIVEN, *FAMILY):
        assert word not in told
    carried = strings()
    for word in (*model.decorations.words[0], *model.decorations.words[1]):
        assert sum(word in text for text in carried) >= MIN_SUPPORT


def test_many_accounts_of_a_few_people_teach_nothing_about_them(vocabulary: NameVocabulary) -> None:
    """Ten profiles must carry a word, and not as copies: the same handle on many platforms is one person's."""
    given, family = (
        [name.decode() for name in counts.names[np.argsort(-counts.counts, kind="stable")[:size]]]
        for counts, size in ((given_name_counts(), 60), (surname_counts(), 40))
    )
    plain = [one + two for one in given for two in family]
    copies = learn([f"us{name}" for name in PEOPLE[:3]] * 5 + plain, vocabulary)
    assert copies.decorations.words == ({}, {})
    people = learn([f"us{name}" for name in PEOPLE[:15]] + plain, vocabulary)
    assert set(people.decorations.words[0]) == {"us"}


def test_weights_are_shares_and_follow_the_strings(model: ChannelModel, vocabulary: NameVocabulary) -> None:
    assert len(model.weights) == len(FORMS) + 1
    assert model.weights.sum() == pytest.approx(1.0)
    assert model.weights.min() > 0
    assert model.weights[FORM_NAMES.index("given_family")] > 0.7
    opaque = learn(OPAQUE * 20, vocabulary)
    assert opaque.weights[-1] > model.weights[-1]


def test_without_strings_learning_stays_where_it_starts(vocabulary: NameVocabulary) -> None:
    nothing, empty = learn([], vocabulary), learn(["", ""], vocabulary)
    for one in (nothing, empty):
        assert one.decorations.words == ({}, {})
        assert one.weights == pytest.approx(START / START.sum(), rel=1e-12)
    assert np.array_equal(nothing.opaque.bits, empty.opaque.bits)


def test_the_model_survives_json_to_the_last_bit(model: ChannelModel) -> None:
    back = channel_model(json.loads(json.dumps(model.to_dict(), allow_nan=False)))
    assert back.decorations == model.decorations
    assert np.array_equal(back.opaque.bits, model.opaque.bits)
    assert np.array_equal(back.weights, model.weights)
    assert back.only_at_boundaries == model.only_at_boundaries
    assert json.dumps(back.to_dict()) == json.dumps(model.to_dict())


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_profiles_changes_nothing(model: ChannelModel, vocabulary: NameVocabulary, seed: int) -> None:
    shuffled = [str(text) for text in np.random.default_rng(seed).permutation(strings())]
    assert json.dumps(learn(shuffled, vocabulary).to_dict()) == json.dumps(model.to_dict())


def by_string(reading: Reading, *, first_row: int = 0) -> dict[int, list[tuple[Any, ...]]]:
    """All that was read of each string, exactly, without where the string stood in its batch."""
    out: dict[int, list[tuple[Any, ...]]] = {}
    for row, begin in enumerate(reading.places.first):
        numbers = (reading.opaque[row], *reading.strangers[row], *reading.unseen[row])
        out[first_row + row] = [tuple(float(number) for number in numbers)]
        parses = reading.parses.only(np.flatnonzero(reading.parses.string == row))
        for i in range(len(parses)):
            stops = (int(parses.start[i] - begin), *(parses.stops[i] - begin).tolist(), int(parses.end[i] - begin))
            told = (*parses.words[i].tolist(), *parses.letters[i].tolist(), float(parses.around[i]))
            out[first_row + row].append((int(parses.form[i]), stops, told, float(parses.parts[i])))
    return out


@pytest.mark.parametrize("bound", [False, True])
@pytest.mark.parametrize("size", [1, 7, 50])
def test_a_string_is_read_the_same_in_any_company(
    model: ChannelModel, vocabulary: NameVocabulary, size: int, bound: bool
) -> None:
    chosen = strings()[::3] + OPAQUE + [""]
    reader = ChannelModel(model.decorations, model.opaque, model.weights, bound)

    def read(values: list[str]) -> Reading:
        places = lay_out(pa.array(values))
        marks = ends(places) | (places.next_byte(np.arange(len(places))) == ord("s"))
        return read_strings(places, marks, reader, vocabulary)

    whole, apart = by_string(read(chosen)), {}
    for first in range(0, len(chosen), size):
        apart.update(by_string(read(chosen[first : first + size]), first_row=first))
    assert apart == whole
    readings = sum(map(len, whole.values())) - len(chosen)
    assert readings > (20 if bound else 1000)


def test_what_strangers_show_is_known_names_and_unknown_ones(model: ChannelModel, vocabulary: NameVocabulary) -> None:
    places = lay_out(pa.array(strings()))
    reading = read_strings(places, ends(places), model, vocabulary)
    assert reading.strangers == pytest.approx(reading.unseen + sum_by_form(reading.parses, len(strings())))
    assert np.array_equal(reading.opaque, model.opaque.string_chances(places.strings))
    best = int(np.argmax(reading.strangers[strings().index(PLAIN[0])]))
    assert FORM_NAMES[best] == "given_family"


def test_strings_that_customers_use_are_readings_too(
    model: ChannelModel, vocabulary: NameVocabulary, table: Any
) -> None:
    customers = table("customers", [{"handles": ["xk7qz"]}, {"handles": ["paulmoore"]}])
    known = tuple(count_strings(one) for one in collect_strings(customers))
    places = lay_out(pa.array(strings()))
    plain = read_strings(places, ends(places), model, vocabulary)
    more = read_strings(places, ends(places), model, vocabulary, known)
    number = next(i for i, form in enumerate(FORMS) if form.key is KeyKind.KNOWN_HANDLE)
    fresh = more.parses.only(more.parses.form == number)
    assert fresh.string.tolist() == [i for i, text in enumerate(strings()) if text in ("xk7qz", "paulmoore")]
    assert len(more.parses) == len(plain.parses) + len(fresh)
    assert (more.strangers[:, number] > 0).sum() == len(fresh)


@pytest.mark.parametrize("bound", [False, True])
def test_what_was_found_before_is_found_again(
    model: ChannelModel, vocabulary: NameVocabulary, monkeypatch: pytest.MonkeyPatch, bound: bool
) -> None:
    """Learning looks for names once; the slow way looks in every round, and for every reading."""

    def learned() -> dict[str, Any]:
        places = lay_out(pa.array(strings()))
        return learn_channel(places, ends(places), vocabulary, only_at_boundaries=bound, prior=LENT).to_dict()

    reader = ChannelModel(model.decorations, model.opaque, model.weights, bound)
    places = lay_out(pa.array(strings()))
    found = find_for_good(places, ends(places) if bound else None, ends(places), reader.opaque, vocabulary)
    kept, anew = (read_strings(places, ends(places), reader, vocabulary, found=one) for one in (found, None))
    assert by_string(kept) == by_string(anew)
    quick = learned()
    monkeypatch.setattr(channel, "find_for_good", lambda *given: None)
    assert quick == learned()
