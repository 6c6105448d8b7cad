"""How bands are served is counted as loops count it, and only what is much worse is warned of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import sociolink as sl
from sociolink.evaluation.answers import read_answers
from sociolink.evaluation.parity import MARGIN, compare_bands
from sociolink.evidence.account import Account
from sociolink.evidence.contact import Contact
from sociolink.evidence.place import Place
from sociolink.results.parity.bands import Bands
from sociolink.results.parity.parity import Parity, Rate

Rows = list[dict[str, Any]]


def make(seed: int, *, size: int = 300, decided: bool = True) -> tuple[pa.Table, pa.Table, Bands]:
    """Random links, truth and bands; owners have several profiles."""
    rng = np.random.default_rng(seed)
    rows: Rows = []
    truth: Rows = []
    for at in range(size):
        owner = f"c{rng.integers(60)}" if rng.random() < 0.6 else None
        truth.append({"profile_id": f"p{at}", "customer_id": owner})
        named = list(rng.choice([f"c{i}" for i in range(60)], 2, replace=False))
        top = owner if owner and rng.random() < 0.7 else str(named[0])
        chance = float(rng.choice([0.3, 0.5, 0.7, 0.9]))
        link = "link" if chance > 0.5 else "none"
        if rng.random() < 0.9:
            rows.append({"profile_id": f"p{at}", "customer_id": top, "probability": chance, "decision": link})
        if named[1] != top:
            rows.append({"profile_id": f"p{at}", "customer_id": named[1], "probability": 0.05, "decision": "none"})
    rng.shuffle(rows)  # type: ignore[arg-type]
    links = pa.Table.from_pylist(rows)
    of_profile = (pa.array([f"p{at}" for at in range(size)]), pa.array(rng.choice(["x", "github"], size)))
    of_customer = (pa.array([f"c{at}" for at in range(60)]), pa.array(rng.choice(["rare", "common"], 60)))
    schema = pa.schema([("profile_id", pa.string()), ("customer_id", pa.string())])
    bands = Bands({"platform": of_profile}, {"family name": of_customer})
    return links if decided else links.drop_columns("decision"), pa.Table.from_pylist(truth, schema), bands


def compare(links: pa.Table, truth: pa.Table, bands: Bands, groups: pa.Table | None = None) -> Parity:
    return compare_bands(links, truth, read_answers(links, truth, groups=groups), bands, groups=groups)


def share(rows: Rows, hit: Callable[[dict[str, Any]], bool]) -> tuple[float, int] | None:
    return (sum(map(hit, rows)) / len(rows), len(rows)) if rows else None


def as_pair(rate: Rate | None) -> tuple[float, int] | None:
    return None if rate is None else (pytest.approx(rate.value), rate.count)  # type: ignore[return-value]


@pytest.mark.parametrize("decided", [True, False])
@pytest.mark.parametrize("seed", range(4))
def test_rates_are_those_of_loops(seed: int, decided: bool) -> None:
    links, truth, bands = make(seed, decided=decided)
    made: dict[str, str] = {}
    for row in links.to_pylist():
        if row["decision"] == "link" if decided else row["probability"] >= 0.5:
            made[row["profile_id"]] = row["customer_id"]
    rows = [{**row, "made": made.get(row["profile_id"])} for row in truth.to_pylist()]
    platform = dict(zip(*(column.to_pylist() for column in bands.profiles["platform"]), strict=True))
    name = dict(zip(*(column.to_pylist() for column in bands.customers["family name"]), strict=True))

    def right(row: dict[str, Any]) -> bool:
        return row["made"] is not None and row["made"] == row["customer_id"]

    found = {(one.key, one.band): one for one in compare(links, truth, bands).bands}
    assert list(found) == [
        ("platform", "github"),
        ("platform", "x"),
        ("family name", "common"),
        ("family name", "rare"),
    ]
    for (key, band), one in found.items():
        here = [row for row in rows if key != "platform" or platform[row["profile_id"]] == band]
        owned = [r for r in here if r["customer_id"] and (key == "platform" or name[r["customer_id"]] == band)]
        linked = [r for r in here if r["made"] and (key == "platform" or name[r["made"]] == band)]
        strange = [r for r in here if r["customer_id"] is None and key == "platform"]
        assert share(owned, right) == as_pair(one.recall)
        assert share(linked, right) == as_pair(one.precision)
        assert share(strange, lambda r: r["made"] is not None) == as_pair(one.false_rate)


def test_order_and_ids_do_not_matter() -> None:
    links, truth, bands = make(9)
    order = np.random.default_rng(1).permutation(links.num_rows)
    other = compare(links.take(pa.array(order)), truth, bands)
    assert other == compare(links, truth, bands)
    shuffled = truth.take(pa.array(np.random.default_rng(2).permutation(truth.num_rows)))
    for one, two in zip(compare(links, shuffled, bands).bands, other.bands, strict=True):
        assert one.recall == two.recall or one.recall == pytest.approx(two.recall)


def test_naming_another_record_of_the_owner_is_right() -> None:
    links = pa.table({"profile_id": ["p"], "customer_id": ["c2"], "probability": [0.9]})
    truth = pa.table({"profile_id": ["p"], "customer_id": ["c1"]})
    groups = pa.table({"customer_id": ["c1", "c2"], "group_id": ["g", "g"]})
    bands = Bands({}, {"family name": (pa.array(["c1", "c2"]), pa.array(["rare", "rare"]))})
    assert compare(links, truth, bands).overall.recall.value == 0  # type: ignore[union-attr]
    assert compare(links, truth, bands, groups).overall.recall.value == 1  # type: ignore[union-attr]


def served(recall: dict[str, float], size: int, seed: int) -> Parity:
    """One profile an owner; each band found as often as stated, in a world where nothing is false."""
    rng = np.random.default_rng(seed)
    names = list(recall)
    band = rng.integers(0, len(names), size)
    hit = rng.random(size) < np.array([recall[names[one]] for one in band])
    ids = pa.array([f"p{at}" for at in range(size)])
    owners = pa.array([f"c{at}" for at in range(size)])
    links = pa.table({"profile_id": ids, "customer_id": owners, "probability": np.where(hit, 0.9, 0.1)})
    truth = pa.table({"profile_id": ids, "customer_id": owners})
    return compare(links, truth, Bands({"platform": (ids, pa.array(names).take(pa.array(band)))}, {}))


def test_a_band_that_is_served_much_worse_is_named() -> None:
    found = served({"x": 0.9, "github": 0.9, "mastodon": 0.6}, 1500, 0)
    assert len(found.warnings) == 1
    assert found.warnings[0].startswith("platform of the profile: mastodon: recall 6")
    assert "for all" in str(found)


def test_chance_alone_is_not_warned_of() -> None:
    """Twelve bands that are served alike, forty times: the least of them is no news."""
    same = dict.fromkeys((f"b{at}" for at in range(12)), 0.8)
    assert sum(len(served(same, 600, seed).warnings) for seed in range(40)) <= 2


def test_a_small_difference_is_not_warned_of_however_sure_it_is() -> None:
    assert served({"x": 0.9, "github": 0.9 - MARGIN / 2}, 20_000, 0).warnings == ()


def test_strangers_that_are_linked_more_often_are_named() -> None:
    size = 2_000
    ids = pa.array([f"p{at}" for at in range(size)])
    chance = np.where((np.arange(size) % 2 == 0) & (np.arange(size) % 8 > 0), 0.9, 0.1)
    links = pa.table({"profile_id": ids, "customer_id": pa.array(["c"] * size), "probability": chance})
    truth = pa.table({"profile_id": ids, "customer_id": pa.nulls(size, pa.string())})
    bands = Bands({"platform": (ids, pa.array(["x", "github"]).take(pa.array(np.arange(size) % 2)))}, {})
    found = compare(links, truth, bands)
    assert [one.partition(": ")[2][:10] for one in found.warnings] == ["x: 75.0% ("]
    assert found.overall.recall is None


def test_evaluate_bands_what_it_is_given() -> None:
    world = sl.datasets.synthetic(300, 250, coverage=0.5, seed=5, posts=0, events=0)
    policy, quick = sl.Policy.research(who="tests"), (Contact(), Account(), Place())
    links = sl.link(world.profiles, world.customers, policy=policy, evidence=quick)
    truth = world.truth.select(["profile_id", "customer_id"])
    bare = sl.evaluate(links.table, truth, bootstrap=0)
    by_platform = sl.evaluate(links, truth, bootstrap=0)
    everything = sl.evaluate(links, truth, profiles=world.profiles, customers=world.customers, bootstrap=0)
    assert bare.parity is None
    assert by_platform.parity is not None
    assert {one.key for one in by_platform.parity.bands} == {"platform"}
    assert everything.parity is not None
    assert {one.key for one in everything.parity.bands} >= {"platform", "display script", "family name"}
    overall = everything.parity.overall
    assert overall.precision is not None
    assert overall.precision.count == links.report.linked
    table = everything.parity.table
    assert table.num_rows == len(everything.parity.bands) + 1
    assert everything.to_dict()["parity"]["overall"]["band"] == "all"

    expected = links.parity(profiles=world.profiles, customers=world.customers)
    assert expected.expected
    assert expected.overall.precision is not None
    assert 1 - expected.overall.precision.value == pytest.approx(links.report.false_share_expected, abs=1e-6)
    assert "expected precision" in str(expected)
    with pytest.raises(sl.errors.InputError, match="nothing to compare"):
        sl.Links(links.table, links.rejects, links.repairs, None, links.report).parity()
