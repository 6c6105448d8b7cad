"""What a report says is what the links say, and a large one is a sample that says so."""

from __future__ import annotations

import base64
import json
import re
import zlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from sociolink.errors import InputError, InvalidParameterError
from sociolink.rendering import page
from sociolink.results.links import Links
from sociolink.results.page import describe_links

PROFILES = [
    {"profile_id": "p1", "platform": "twitter", "handle": "jane_doe", "display_name": "Jane <Doe>", "bio": "=1+1"},
    {"profile_id": "p3", "platform": "github", "handle": "janed", "display_name": None, "bio": "</script>"},
]
CUSTOMERS = [{"customer_id": "c1", "given_name": "Jane", "family_name": "Doe", "email": "jane@doe.example"}]


def test_it_says_what_the_links_say(links: Links) -> None:
    found = describe_links(links)

    assert [card.profile_id for card in found.cards] == ["p1", "p2", "p3", "p4"]
    assert found.cards[0] == links.explain("p1").card()
    assert found.sampled == "All 4 profiles are shown."
    assert [one.key for one in found.sections] == ["blocking", "model", "parity", "rejects", "settings"]
    assert "1 of 4 profiles are linked" in found.lead[0]


def test_stops_are_those_of_decide(links: Links) -> None:
    found = describe_links(links)

    assert found.stops[found.chosen].max_false == 0.05
    for stop in found.stops:
        decided = links.decide(max_false=stop.max_false).report
        assert (stop.linked, stop.review, stop.none) == (decided.linked, decided.review, decided.none)
        assert stop.false_expected == pytest.approx(decided.false_links_expected)


def unpack(path: Path) -> str:
    """The page, and after it its cards."""
    text = path.read_text("utf-8")
    told = re.findall(r"<script id=\"data\"[^>]*>(.*?)</script>", text, flags=re.DOTALL)
    parts = json.loads(told[0])["cards"]
    return text + "".join("".join(json.loads(zlib.decompress(base64.b64decode(part), -15))) for part in parts)


def test_people_are_shown_only_where_they_are_given(links: Links, tmp_path: Path) -> None:
    bare = unpack(links.write_report(tmp_path / "bare.html"))
    full = unpack(links.write_report(tmp_path / "full.html", profiles=PROFILES, customers=CUSTOMERS))

    assert "Doe" not in bare
    assert "jane_doe" not in bare
    assert "Jane &lt;Doe&gt;" in full
    assert "jane@doe.example" not in full
    assert "Jane <Doe></bdi>" not in full


def test_equal_links_make_equal_bytes(links: Links, tmp_path: Path) -> None:
    slow = replace(links, report=replace(links.report, seconds=99.0, peak_memory_mib=1.0))

    first = links.write_report(tmp_path / "one.html").read_bytes()
    assert slow.write_report(tmp_path / "two.html").read_bytes() == first


def make_many(links: Links, size: int) -> Links:
    rows = links.table.slice(0, 1)
    table = pa.concat_tables([rows] * size).combine_chunks()
    chance = np.linspace(0.3, 0.99, size)
    columns = {
        "profile_id": pa.array([f"p{number}" for number in range(size)]),
        "probability": pa.array(chance),
        "group_probability": pa.array(chance),
        "nobody_probability": pa.array((1 - chance) / 2),
        "rest_probability": pa.array((1 - chance) / 2),
    }
    for name, column in columns.items():
        table = table.set_column(table.column_names.index(name), name, column)
    return replace(links, table=table, report=replace(links.report, profiles=size)).decide()


def test_many_profiles_are_sampled_and_it_is_said(links: Links) -> None:
    many = make_many(links, 400)

    found = describe_links(many, shown=50)

    assert len(found.cards) == 50
    assert found.sampled.startswith("A random sample of 50 of 400 profiles is shown")
    assert found == describe_links(many, shown=50)
    order = [int(card.profile_id[1:]) for card in found.cards]
    assert order == sorted(order)
    assert found.stops == describe_links(many, shown=400).stops


def test_a_file_that_would_be_too_large_shows_fewer(links: Links, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sociolink.results.page.MOST_BYTES", 20_000)

    found = describe_links(make_many(links, 400))

    assert 10 < len(found.cards) < 300
    assert page.measure_cards(found.cards) <= 20_000
    assert found.sampled.startswith(f"A random sample of {len(found.cards)} of 400")


def test_bad_input_is_refused(links: Links, tmp_path: Path) -> None:
    with pytest.raises(InvalidParameterError, match="shown is 0"):
        links.write_report(tmp_path / "r.html", shown=0)
    with pytest.raises(InputError):
        links.write_report(tmp_path / "r.html", profiles=tmp_path / "none.csv")
    assert list(tmp_path.iterdir()) == []


def test_spreadsheets_run_no_formula(links: Links, tmp_path: Path) -> None:
    ids = pa.array(["=cmd|' /C calc'!A0", *links.table["profile_id"].to_pylist()[1:]])
    table = links.table.set_column(0, "profile_id", ids)

    replace(links, table=table).write(tmp_path / "links.csv")

    assert "\n=cmd" not in (tmp_path / "links.csv").read_text("utf-8")
    assert "'=cmd" in (tmp_path / "links.csv").read_text("utf-8")
