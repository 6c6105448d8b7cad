"""Profiles as readings and keys, against what their strings say by hand."""

import json
from itertools import combinations, pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from slow_people import hash_of, other_forms

from sociolink.evidence.name.accounts import Accounts, learn_channels, prepare_accounts, profile_strings
from sociolink.evidence.name.grammar import FORM_NAMES, FORMS, READINGS, KeyKind, Slot
from sociolink.evidence.name.people import People, prepare_people
from sociolink.evidence.name.shown import READABLE
from sociolink.text.hashing import mix

POPULATION = {"given_prior": [64.0, 0.75], "family_prior": [64.0, 0.75]}
CUSTOMERS = [
    {"given_name": "Anna", "family_name": "Smith", "handles": ["twitter:darkwolf"]},
    {"given_name": "Ann", "family_name": "Asmith"},
    {"given_name": "Robert", "middle_name": "Quincy", "family_name": "Garcia"},
]
PROFILES = [
    {"handle": "annasmith", "display_name": "Anna Smith"},
    {"handle": "AnnaSmith84", "display_name": None},
    {"handle": "robqgarcia", "display_name": "R. Garcia 🌟"},
    {"handle": "darkwolf", "display_name": "🐺🐺🐺"},
    {"handle": "garcia_robert", "display_name": "Somebody Else"},
    {"handle": "xqzzk", "display_name": ""},
    {"handle": "annas", "display_name": "Ann Asmith"},
    {"handle": "asmith", "display_name": "Anna Smith"},
    {"handle": "日本語", "display_name": "Анна Смит"},
]


@pytest.fixture(scope="module")
def people(table: Any) -> People:
    return prepare_people(table("customers", CUSTOMERS), POPULATION)


@pytest.fixture(scope="module")
def profiles(table: Any) -> pa.Table:
    return table("profiles", PROFILES)


@pytest.fixture(scope="module")
def learned(profiles: pa.Table, people: People) -> dict[str, Any]:
    return learn_channels(profiles, people.vocabulary)


def prepare(profiles: pa.Table, people: People, learned: dict[str, Any]) -> Accounts:
    return prepare_accounts(profiles, people.vocabulary, people.strings, learned, customers=people.rows)


@pytest.fixture(scope="module")
def accounts(profiles: pa.Table, people: People, learned: dict[str, Any]) -> Accounts:
    return prepare(profiles, people, learned)


def texts(places: Any) -> list[str]:
    raw, offsets = places.strings.data.tobytes().decode(), places.strings.offsets
    return [raw[a:b] for a, b in pairwise(offsets)]


def test_strings_are_squashed_and_marked_where_their_writers_marked_them(profiles: pa.Table) -> None:
    handles, displays, platforms = profile_strings(profiles)
    assert texts(handles.places)[:5] == ["annasmith", "annasmith84", "robqgarcia", "darkwolf", "garciarobert"]
    assert texts(displays.places)[:4] == ["annasmith", "", "rgarcia", ""]
    assert platforms.to_pylist() == ["twitter"] * len(PROFILES)

    def marks(strings: Any, row: int) -> list[int]:
        first, last = strings.places.first[row], strings.places.last[row]
        return np.flatnonzero(strings.boundary[first : last + 1]).tolist()

    assert marks(handles, 0) == [0, 9]
    assert marks(handles, 1) == [0, 4, 9, 11]
    assert marks(handles, 4) == [0, 6, 12]
    assert marks(displays, 0) == [0, 4, 9]
    assert marks(displays, 2) == [0, 1, 7]
    assert marks(displays, 1) == [0]


def reading_text(accounts: Accounts, parse: int) -> tuple[str, int, list[str], str]:
    """The string of a reading, its form and what stands in its slots."""
    own = len(accounts.handles.parses)
    reading, i = (accounts.handles, parse) if parse < own else (accounts.displays, parse - own)
    row, form = int(reading.parses.string[i]), int(reading.parses.form[i])
    text, first = texts(reading.places)[row], int(reading.places.first[row])
    stops = [int(reading.parses.start[i]), *reading.parses.stops[i, : len(READINGS[form].slots)].tolist()]
    return text, form, [text[a - first : b - first] for a, b in pairwise(stops)], str(row)


def naive_key(text: str, form: int, filled: list[str]) -> int:
    """The key of what stands in the slots, spelled out."""
    slots, kind = READINGS[form].slots, READINGS[form].key
    by_slot = dict(zip(slots, filled, strict=True))
    initial = by_slot.get(Slot.GIVEN_INITIAL) or by_slot.get(Slot.GIVEN_PREFIX, "")[:1]
    last = by_slot.get(Slot.FAMILY_INITIAL) or by_slot.get(Slot.FAMILY_PREFIX, "")[:1]
    made = {
        KeyKind.GIVEN_FAMILY: f"{by_slot.get(Slot.GIVEN)}|{by_slot.get(Slot.FAMILY)}",
        KeyKind.INITIAL_FAMILY: f"{initial}{by_slot.get(Slot.FAMILY)}",
        KeyKind.GIVEN_INITIAL: f"{by_slot.get(Slot.GIVEN)}{last}",
        KeyKind.FAMILY: by_slot.get(Slot.FAMILY, ""),
        KeyKind.GIVEN: by_slot.get(Slot.GIVEN, ""),
        KeyKind.INITIALS: "".join(filled),
        KeyKind.INITIAL_PAIR: f"{initial}{last}",
    }.get(kind, text)
    return int(mix(np.array([hash_of(made)], np.uint64), int(kind))[0])


def test_keys_are_those_of_the_readings_spelled_out(accounts: Accounts) -> None:
    seen = set()
    for key, row, parse in zip(accounts.keys.key, accounts.keys.row, accounts.parse, strict=True):
        text, form, filled, of_row = reading_text(accounts, int(parse))
        assert int(key) == naive_key(text, form, filled)
        assert int(row) == int(of_row)
        seen.add(READINGS[form].key)
    assert seen >= {KeyKind.GIVEN_FAMILY, KeyKind.INITIAL_FAMILY, KeyKind.GIVEN, KeyKind.FAMILY, KeyKind.KNOWN_HANDLE}


def test_both_splits_of_a_name_are_read_and_met_apart(accounts: Accounts) -> None:
    found = {
        tuple(reading_text(accounts, int(parse))[2])
        for parse, row in zip(accounts.parse, accounts.keys.row, strict=True)
        if row == 0 and parse < len(accounts.handles.parses)
    }
    assert {("anna", "smith"), ("ann", "asmith")} <= found
    keys = {naive_key("", 0, ["anna", "smith"]), naive_key("", 0, ["ann", "asmith"])}
    assert len(keys) == 2


def test_what_the_display_name_already_says_costs_a_stranger_next_to_nothing(
    accounts: Accounts, people: People, profiles: pa.Table
) -> None:
    """Each reading's probability against the frequencies of its parts, one by one, short forms of shown names too."""
    vocabulary, words = people.vocabulary, [text.lower().split() for text in display_words(profiles)]
    runs = [{"".join(one[a:b]) for a, b in combinations(range(len(one) + 1), 2)} for one in words]
    partners = other_forms()
    tails = [{"".join(one[a:]) for a in range(len(one))} for one in words]
    columns = {
        Slot.GIVEN: vocabulary.given,
        Slot.FAMILY: vocabulary.family,
        Slot.GIVEN_PREFIX: vocabulary.given_prefix,
        Slot.FAMILY_PREFIX: vocabulary.family_prefix,
    }
    parses, shown_somewhere = accounts.handles.parses, 0
    for i in range(len(parses)):
        _, form, filled, row = reading_text(accounts, i)
        slots = READINGS[form].slots
        expected, all_shown = 1.0, bool(slots)
        for position, (slot, text) in enumerate(zip(slots, filled, strict=True)):
            if slot in (Slot.BETWEEN, Slot.OTHER_GIVEN, Slot.OTHER_FAMILY):
                told = text in runs[int(row)]
                expected *= float(slot is Slot.BETWEEN)
                all_shown &= told
                continue
            if slot in columns:
                chance = columns[slot][parses.words[i, position]]
                begun = any(tail.startswith(text) for tail in tails[int(row)])
                told = text in runs[int(row)] if slot in (Slot.GIVEN, Slot.FAMILY) else begun
                if slot is Slot.GIVEN:
                    short = [0.2 / len(partners[one]) for one in runs[int(row)] if text in partners.get(one, [])]
                    chance = max([chance, *short])
            else:
                letters = vocabulary.family_initial if slot is Slot.FAMILY_INITIAL else vocabulary.given_initial
                chance = letters[ord(text)]
                told = any(word.startswith(text) for word in words[int(row)])
            expected *= max(READABLE, chance) if told else chance
            all_shown &= told
        if slots:
            assert parses.parts[i] == pytest.approx(expected, rel=1e-12)
        assert bool(accounts.handles.parses.shown[i]) == all_shown
        shown_somewhere += all_shown
    assert 0 < shown_somewhere < len(parses)


def display_words(profiles: pa.Table) -> list[str]:
    plain = {"R. Garcia 🌟": "r garcia", "🐺🐺🐺": "", "Анна Смит": "anna smit"}
    return [plain.get(text or "", text or "") for text in profiles.column("display_name").to_pylist()]


def test_what_strangers_show_counts_the_display_name(accounts: Accounts) -> None:
    total = accounts.handles.unseen.copy()
    parses = accounts.handles.parses
    for row, form, one, two in zip(parses.string, parses.form, parses.around, parses.parts, strict=True):
        if form < len(FORMS):
            total[row, form] += one * two
    assert accounts.handles.strangers == pytest.approx(total, rel=1e-12)
    full = FORM_NAMES.index("given_family")
    told, untold = accounts.handles.strangers[0, full], accounts.handles.strangers[1, full]
    assert told > 1000 * untold


def told_of(accounts: Accounts, row: int) -> list[tuple[int, Any, bool]]:
    """Keys of one profile with their readings, in order."""
    out = []
    for key, of_row, parse in zip(accounts.keys.key, accounts.keys.row, accounts.parse, strict=True):
        if of_row == row:
            text, form, filled, _ = reading_text(accounts, int(parse))
            own = len(accounts.handles.parses)
            reading, i = (accounts.handles, parse) if parse < own else (accounts.displays, parse - own)
            numbers = (float(reading.parses.around[i]), float(reading.parses.parts[i]))
            out.append(
                (int(key), (text, form, filled, numbers), bool(parse < own and accounts.handles.parses.shown[parse]))
            )
    return sorted(out, key=repr)


@pytest.mark.parametrize("size", [1, 7])
def test_a_profile_is_prepared_the_same_in_any_batch(
    accounts: Accounts, profiles: pa.Table, people: People, learned: dict[str, Any], size: int
) -> None:
    for first in range(0, len(PROFILES), size):
        batch = prepare(profiles.slice(first, size), people, learned)
        for row in range(batch.rows):
            assert told_of(batch, row) == told_of(accounts, first + row)
            for one, two in ((batch.handles, accounts.handles), (batch.displays, accounts.displays)):
                assert one.opaque[row] == two.opaque[first + row]
                assert np.array_equal(one.strangers[row], two.strangers[first + row])


def test_platforms_with_many_profiles_have_weights_of_their_own(
    table: Any, people: People, learned: dict[str, Any]
) -> None:
    assert learned["platforms"] == []
    rows = [{"platform": "github", "handle": f"dev{i}"} for i in range(100)]
    rows += [{"platform": "flickr", "handle": f"pic{i}"} for i in range(99)]
    many = table("profiles", rows)
    own = learn_channels(many, people.vocabulary)
    assert own["platforms"] == ["github"]
    prepared = prepare(many, people, own)
    assert prepared.platforms == ("github", "other")
    assert prepared.platform.tolist() == [0] * 100 + [1] * 99


def test_what_is_learned_is_plain_and_holds_no_person(learned: dict[str, Any]) -> None:
    told = json.dumps(learned, allow_nan=False).lower()
    for row in PROFILES:
        assert row["handle"].lower() not in told
    for word in ("darkwolf", "garcia", "asmith"):
        assert word not in told


def test_no_profiles(table: Any, people: People) -> None:
    nobody = table("profiles", [])
    prepared = prepare(nobody, people, learn_channels(nobody, people.vocabulary))
    assert prepared.rows == len(prepared.keys) == len(prepared.parse) == 0
