"""Bands of profiles and customers, and what is expected of them."""

from __future__ import annotations

import pyarrow as pa
import pytest

from sociolink.results.links import Links
from sociolink.results.parity.bands import Bands, read_bands
from sociolink.results.parity.expected import expect_parity
from sociolink.results.parity.parity import Parity, ParityBand, Rate

PROFILES = pa.table(
    {
        "profile_id": ["p1", "p2", "p3", "p4"],
        "platform": ["x", "x", "github", "github"],
        "handle": ["a", "b", "c", "d"],
        "display_name": ["Jane Doe", "Иван Петров", None, "💥"],
    }
)
CUSTOMERS = pa.table(
    {"customer_id": ["c1", "c2", "c3"], "given_name": ["Ann", "王", None], "family_name": ["Smith", "伟", "Zzyzxq"]}
)


def test_bands_of_what_is_given() -> None:
    found = read_bands(profiles=PROFILES, customers=CUSTOMERS)
    asked = pa.array(["p4", "p2", "gone", None])
    assert found.of_profiles("platform", asked).to_pylist() == ["github", "x", None, None]
    assert found.of_profiles("display script", asked).to_pylist() == ["none", "cyrillic", None, None]
    owners = pa.array(["c2", "c1", None, "c3"])
    assert found.of_customers("name script", owners).to_pylist() == ["han", "latin", None, "latin"]
    assert found.of_customers("family name", owners).to_pylist() == ["medium", "common", None, "not listed"]


def test_what_is_alike_for_all_is_no_band() -> None:
    one = PROFILES.slice(0, 2)
    assert list(read_bands(profiles=one).profiles) == ["display script"]
    assert not read_bands(profiles=one.slice(0, 1))
    assert not read_bands()


def test_platforms_are_known_to_links(links: Links) -> None:
    assert list(read_bands(keys=links.profile_keys).profiles) == ["platform"]


def test_expected_rates_by_hand(links: Links) -> None:
    found = expect_parity(links.decide(max_false=0.1).table, read_bands(keys=links.profile_keys))
    one, two = found.bands
    assert (one.band, two.band) == ("github", "twitter")
    assert one.precision is None
    assert one.recall is not None
    assert (one.recall.value, one.recall.count) == (0, 0)
    assert two.precision is not None
    assert two.precision.value == pytest.approx((0.97 + 0.85) / 2)
    assert two.recall is not None
    assert two.recall.value == pytest.approx((0.97 + 0.85) / (0.985 + 0.9))
    assert two.false_rate is not None
    assert two.false_rate.value == 1
    assert found.warnings == ()


def test_an_expected_difference_is_said_where_there_is_enough(links: Links) -> None:
    table = pa.concat_tables([links.decide(max_false=0.1).table.slice(0, 5)] * 200)
    names = [f"p{at}" for at in range(600)]
    ids = pa.array([names[at // 5 * 3 + (0, 0, 1, 1, 2)[at % 5]] for at in range(1000)])
    table = table.set_column(0, "profile_id", ids)
    bands = Bands({"platform": (pa.array(names), pa.array(["a", "b", "c"] * 200))}, {})
    said = expect_parity(table, bands).warnings
    assert [one.split(": ")[1] for one in said] == ["b", "c"]
    assert "expected" in said[0]


def test_the_text_fits_a_terminal() -> None:
    rate = Rate(0.7204, 0.6799, 0.2 + 0.55, 1_234)
    bands = [ParityBand("display script", "not listed", rate, rate, rate)]
    found = Parity(ParityBand("all", "all", rate, rate, rate), tuple(bands), ("too long a sentence " * 9,))

    said = str(found)

    assert "72.0% (67-75) of 1,234" in said
    assert max(map(len, said.splitlines())) <= 100
    assert len(said.splitlines()) == 3 + 2  # every band on one line
