"""Languages, hours and named places as evidence."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from sociolink.evidence.habits.clocks import SHIFTS, start_life, weigh_clocks, weigh_shifts
from sociolink.evidence.habits.family import Habits
from sociolink.evidence.habits.posts import HOME, HOURS, LANGUAGES
from sociolink.evidence.habits.states import read_habits, read_locales, split_locales
from sociolink.evidence.place import Place
from sociolink.linking.attachments import attach
from sociolink.linking.inputs import read_inputs
from sociolink.reference.locales import locales
from sociolink.testing.family_checks.trial import run_family

COUNTRIES = ("US", "FR", "JP", "DE")
SAID = {
    "US": "this is what we have been waiting for",
    "FR": "je ne sais pas où il est passé",
    "JP": "今日は雨です",
    "DE": "das ist aber nicht so schlecht",
}
BEYOND = {"US": -6, "FR": 1, "JP": 9, "DE": 1}
FEW = 12
EVERY = Habits(parts=("home", "language", "hours"))


def customers(count: int = 40, **more: Any) -> pa.Table:
    rows = [
        {"customer_id": f"c{n}", "full_name": f"A{n} B{n}", "country": COUNTRIES[n % 4]} | more for n in range(count)
    ]
    return pa.Table.from_pylist(rows)


def world(
    *, places: dict[str, list[str | None]] | None = None, posts: int = FEW, location: str | None = None, **more: Any
) -> tuple[pa.Table, pa.Table]:
    """Forty profiles, ten from each country, that write in its language by day; and as many customers."""
    profiles, said = [], []
    for n in range(40):
        country = COUNTRIES[n % 4]
        profiles.append({"profile_id": f"p{n}", "platform": "x", "handle": f"p{n}", "location": location})
        for number in range(posts):
            hour = 9 + (n + 5 * number) % 13 - BEYOND[country]
            at = datetime(2026, 1, 2 + number, tzinfo=UTC) + timedelta(hours=hour)
            named = (places or {}).get(f"p{n}", [])
            place = named[number] if number < len(named) else None
            said.append(
                {
                    "post_id": f"{n}-{number}",
                    "profile_id": f"p{n}",
                    "text": SAID[country],
                    "created_at": at,
                    "place": place,
                }
            )
    sources = {
        "profiles": pa.Table.from_pylist(profiles),
        "customers": customers(**more),
        "posts": pa.Table.from_pylist(said),
    }
    return attach(read_inputs(sources).tables, (EVERY,))


def bits(family: Habits, told: tuple[pa.Table, pa.Table]) -> Any:
    profiles, asked = told
    return run_family(family, asked, profiles=profiles, population=family.learn(profiles, asked)).bits


@pytest.mark.parametrize("part", ["language", "hours"])
def test_a_habit_speaks_for_the_country_and_no_louder_than_it_may(part: str) -> None:
    found = bits(Habits(parts=(part,)), world())
    same = np.add.outer(np.arange(40), -np.arange(found.shape[1] - 1)) % 4 == 0
    inner = found[:40, :-1]
    assert inner[same].mean() > 0.3
    assert inner[~same].mean() < inner[same].mean() - 0.5
    assert np.abs(inner).max() <= 4


def test_a_profile_with_few_posts_has_no_habits() -> None:
    assert (bits(EVERY, world(posts=4)) == 0).all()


def test_many_posts_are_worth_hardly_more() -> None:
    life = start_life()
    day = np.tile(np.arange(9, 21), 20)
    some, many = (weigh_clocks(weigh_shifts(np.zeros(n, np.int64), day[:n], 1, life), life) for n in (12, 240))
    assert np.allclose(some, many)


def test_hours_by_a_slow_obvious_reading() -> None:
    life, known = start_life(), locales()
    bins = np.array([3 * 24 + 7, 6 * 24 + 22, 23])
    found = weigh_shifts(np.zeros(3, np.int64), bins, 1, life)[0]
    for clock in range(0, len(known.clock), 7):
        for number, shift in enumerate(SHIFTS):
            wanted = 1.0
            for one in bins.tolist():
                month, hour = divmod(one, 24)
                wanted *= 24 * life.curve[(hour + int(known.clock[clock, month]) - shift) % 24]
            assert found[clock, number] == pytest.approx(wanted)


def test_what_a_profile_states_is_not_said_again() -> None:
    profiles, asked = world(location="Lyon, France")
    family, place = EVERY, Place()
    population = family.learn(profiles, asked)
    from sociolink.evidence.protocol import Hits, Pairs
    from sociolink.evidence.settled import silence_settled

    pairs = Pairs(np.zeros(3, np.int32), np.array([0, 1, -1], np.int32), np.array([1.0, 1.0, 38.0]))
    hits = Hits(*(np.empty(0, np.int32),) * 3)
    channels = {}
    for one in (family, place):
        state = one.prepare_customers(asked, population)
        channels[one.name] = one.compare(state, one.prepare_profiles(profiles, state, population), pairs, hits)
    assert any(len(one.pair) for one in channels["habits"])
    quiet = silence_settled(channels)["habits"]
    assert not any(len(one.pair) for one in quiet)
    assert all((one.denominator is None or (one.denominator.of_pair < 0).all()) for one in quiet)


def test_the_place_that_most_posts_name_is_home_and_settles_the_rest() -> None:
    places = {"p1": ["Lyon", "Lyon", "Paris", "Lyon"], "p2": ["Lyon", "Paris"], "p3": ["Lyon"]}
    profiles, asked = world(places=places, city="Lyon")
    home = dict(zip(profiles["profile_id"].to_pylist(), profiles[HOME].to_pylist(), strict=True))
    assert {name: home[name] for name in ("p1", "p2", "p3", "p4")} == {"p1": "Lyon", "p2": "", "p3": "", "p4": ""}
    found = bits(EVERY, (profiles, asked))
    alone = bits(Habits(parts=("home",)), (profiles, asked))
    assert np.allclose(found[1], alone[1])
    assert found[1].any()


def test_hidden_columns_hold_own_posts_in_any_order() -> None:
    rows = [
        {
            "post_id": "1",
            "profile_id": "p",
            "text": SAID["FR"],
            "created_at": datetime(2026, 3, 1, 8, 10),
            "kind": "post",
        },
        {
            "post_id": "2",
            "profile_id": "p",
            "text": SAID["DE"],
            "created_at": datetime(2026, 3, 1, 8, 50),
            "kind": "post",
        },
        {
            "post_id": "3",
            "profile_id": "p",
            "text": SAID["US"],
            "created_at": datetime(2026, 4, 2, 9),
            "kind": "repost",
        },
        {"post_id": "4", "profile_id": "p", "text": "RT @x: " + SAID["JP"], "created_at": None, "kind": "post"},
        {"post_id": "5", "profile_id": "p", "text": "x", "language": "pt-BR", "created_at": None, "kind": "post"},
    ]
    found = []
    for turn in (rows, rows[::-1]):
        tables = read_inputs(
            {
                "profiles": pa.table({"profile_id": ["p"], "platform": ["x"], "handle": ["p"]}),
                "customers": customers(4),
                "posts": pa.Table.from_pylist([{"language": None, **one} for one in turn]),
            }
        ).tables
        profiles, _ = attach(tables, (EVERY,))
        found.append(profiles.select([LANGUAGES, HOURS, HOME]).to_pylist())
    assert found[0] == found[1] == [{LANGUAGES: ["de", "fr", "pt"], HOURS: [2 * 24 + 8], HOME: ""}]


def test_a_main_language_is_what_is_written_besides_english() -> None:
    lists = [["en"] * 3 + ["fr"] * 2, ["en"] * 8 + ["fr"], ["fr"] * 4, ["fr"] * 3 + ["de"] * 2, []]
    table = pa.table({LANGUAGES: lists, HOURS: pa.array([[]] * 5, pa.list_(pa.int16()))})
    known = locales().language
    found = [known[code] if code >= 0 else None for code in read_habits(table).language]
    assert found == ["fr", "en", None, "fr", None]
    assert [Counter(one).most_common(1)[0][0] for one in lists[:2]] == ["en", "en"]


def test_locales_of_customers_are_read_from_what_is_there() -> None:
    table = pa.table(
        {"customer_id": list("abcd"), "country": ["France", None, "US", None], "locale": ["de", "fr_CA", "", "x"]}
    )
    known = locales()
    country, language = split_locales(read_locales(table))
    assert [known.country[one] if one >= 0 else "" for one in country] == ["FR", "CA", "US", ""]
    assert [known.language[one] if one >= 0 else "" for one in language] == ["de", "fr", "", ""]


def test_a_stated_language_counts_more_than_the_country() -> None:
    profiles, _ = world()
    asked = customers().append_column("language", pa.array(["ja"] * 2 + [None] * 38, pa.string()))
    family = Habits(parts=("language",))
    found = run_family(family, asked, profiles=profiles, population=family.learn(profiles, asked)).bits
    assert found[2, 0] > 0.5 > found[2, 20]


def test_what_is_learned_holds_no_small_group() -> None:
    profiles, asked = world()
    some = profiles.slice(0, 8)
    learned = EVERY.learn(some, asked)
    again = EVERY.learn(some.slice(0, 4), asked)
    assert learned["country"] == again["country"]
    assert learned["spoken"] == again["spoken"]


def test_by_default_only_the_home_is_read_and_speaks() -> None:
    tables = {
        "profiles": pa.table({"profile_id": ["p"], "platform": ["x"], "handle": ["p"]}),
        "customers": customers(40, city="Lyon", country="France"),
        "posts": pa.Table.from_pylist(
            [{"post_id": str(n), "profile_id": "p", "text": SAID["US"], "place": "Lyon"} for n in range(6)]
        ),
    }
    told = attach(read_inputs(tables).tables, (Habits(),))
    assert HOME in told[0].column_names
    assert not {HOURS, LANGUAGES} & set(told[0].column_names)
    assert Habits().learn(*told) == {}
    assert bits(Habits(), told).any()
