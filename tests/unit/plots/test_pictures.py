"""Pictures: what they show is in their table, they are whole charts, and they save themselves without a network."""

from __future__ import annotations

import base64
import re
import socket
import sys
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from sociolink import Evaluation, Links, Policy, datasets, evaluate, link
from sociolink.datasets import World
from sociolink.errors import InputError, InvalidParameterError, SociolinkError
from sociolink.plots.picture import Picture
from sociolink.results.best_answers import read_best

altair = pytest.importorskip("altair", reason="the extra plots is not installed")

Draw = Callable[[Links, Evaluation], Picture]


@pytest.fixture(scope="module")
def world() -> World:
    return datasets.synthetic(200, 190, coverage=0.5, seed=7)


@pytest.fixture(scope="module")
def links(world: World) -> Links:
    return link(world.profiles, world.customers, policy=Policy.research(who="tests"))


@pytest.fixture(scope="module")
def measured(world: World, links: Links) -> Evaluation:
    truth = world.truth.select(["profile_id", "customer_id"])
    kept = pc.is_in(truth["profile_id"], value_set=links.table["profile_id"].combine_chunks())
    tables = {"profiles": world.profiles, "customers": world.customers}
    return evaluate(links, truth.filter(kept), groups=world.groups, bootstrap=0, **tables)


def first(links: Links) -> str:
    return str(links.table.filter(pc.equal(links.table["decision"], "link"))["profile_id"][0].as_py())


DRAW: dict[str, Draw] = {
    "waterfall": lambda links, _: links.plots.waterfall(first(links)),
    "posterior": lambda links, _: links.plots.posterior(first(links)),
    "risk": lambda links, _: links.plots.risk(),
    "scores": lambda links, _: links.plots.scores(),
    "coverage": lambda links, _: links.plots.coverage(),
    "blocking": lambda links, _: links.plots.blocking(),
    "parity": lambda links, _: links.plots.parity(),
    "unlinkable": lambda links, _: links.plots.unlinkable(),
    "weights": lambda links, _: links.plots.weights(),
    "model weights": lambda links, _: links.model.plots.weights(),  # type: ignore[union-attr]
    "reliability": lambda _, measured: measured.plots.reliability(),
    "measured parity": lambda _, measured: measured.plots.parity(),
}


def parts(spec: Any) -> Any:
    """Every mark of a chart with its encodings."""
    if isinstance(spec, dict):
        if "mark" in spec:
            yield spec
        for value in spec.values():
            yield from parts(value)
    elif isinstance(spec, list):
        for value in spec:
            yield from parts(value)


@pytest.mark.parametrize("name", DRAW)
def test_picture_is_whole(name: str, links: Links, measured: Evaluation) -> None:
    picture = DRAW[name](links, measured)
    spec = picture.chart.to_dict()

    assert isinstance(picture.data, pa.Table)
    assert picture.chart.to_dict()["$schema"].startswith("https://vega.github.io/schema/vega-lite/v")
    assert picture.data.num_rows > 0
    assert spec["title"]["text"]
    assert len(spec["title"].get("subtitle", "x")) > 0
    marks = list(parts(spec))
    assert marks
    quantities = [
        encoding[axis]
        for mark in marks
        for encoding in [mark.get("encoding", {})]
        for axis in ("x", "y")
        if encoding.get(axis, {}).get("type") == "quantitative"
    ]
    assert [one for one in quantities if one.get("title")], "an axis says what it measures"
    assert "http" not in str({key: value for key, value in spec.items() if key != "$schema"})


@pytest.mark.parametrize("name", ["risk", "parity", "weights"])
@pytest.mark.parametrize("suffix", [".png", ".svg", ".html", ".json"])
def test_picture_is_saved_without_a_network(
    name: str, suffix: str, links: Links, measured: Evaluation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a network was asked for")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    begins = {".png": b"\x89PNG", ".svg": b"<svg", ".html": b"<!DOCTYPE html>", ".json": b"{"}

    path = DRAW[name](links, measured).save(tmp_path / f"picture{suffix}")

    assert path.read_bytes().lstrip()[: len(begins[suffix])] == begins[suffix]
    assert [one.name for one in tmp_path.iterdir()] == [path.name]
    if suffix == ".html":
        assert "cdn." not in path.read_text("utf-8")


def test_notebooks_need_no_network(links: Links) -> None:
    bundle = links.plots.risk()._repr_mimebundle_()

    assert base64.b64decode(bundle["image/png"]).startswith(b"\x89PNG")
    assert re.fullmatch(r"application/vnd\.vegalite\.v\d\+json", next(iter(bundle)))
    assert "text/html" not in bundle


def test_other_suffixes_are_refused(links: Links, tmp_path: Path) -> None:
    with pytest.raises(InvalidParameterError, match=r"picture.pdf must end in .png"):
        links.plots.risk().save(tmp_path / "picture.pdf")


@pytest.mark.parametrize("absent", ["altair", "vl_convert"])
def test_the_extra_is_named_where_it_is_missing(
    absent: str, links: Links, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = links.plots.risk()
    monkeypatch.setitem(sys.modules, absent, None)
    calls = {"altair": links.plots.risk, "vl_convert": lambda: drawn.save(tmp_path / "picture.png")}

    with pytest.raises(SociolinkError, match=r"pip install 'sociolink\[plots\]'"):
        calls[absent]()


def test_waterfall_ends_at_the_match_weight(links: Links) -> None:
    found = links.explain(first(links))
    rows = links.plots.waterfall(first(links)).data.to_pylist()

    assert [row["bits"] for row in rows[:-1]] == [fact.bits for fact in found.facts]
    assert rows[-2]["end"] == pytest.approx(found.match_weight, abs=1e-9)
    assert rows[-1]["end"] == found.match_weight
    assert all(row["begin"] == before["end"] for before, row in pairwise(rows[:-1]))


def test_posterior_is_everything(links: Links) -> None:
    rows = links.plots.posterior(first(links)).data.to_pylist()

    assert sum(row["probability"] for row in rows) == pytest.approx(1)
    assert [row["kind"] for row in rows][-2:] == ["nobody", "rest"]


def test_risk_goes_through_what_was_decided(links: Links) -> None:
    rows = links.plots.risk().data.to_pylist()
    (chosen,) = [row for row in rows if row["chosen"]]

    assert chosen["links"] == links.report.linked
    assert chosen["false_expected"] == pytest.approx(links.report.false_links_expected)
    assert chosen["decoys"] == links.report.false_links_decoys
    chance = sorted((one for one in read_best(links.table).chance.tolist() if one > 0), reverse=True)
    for row in rows:
        slow = sum(1 - one for one in chance[: row["links"]])
        assert row["false_expected"] == pytest.approx(slow, abs=1e-5)


def test_scores_count_every_profile_by_its_probabilities(links: Links) -> None:
    best = read_best(links.table)
    some = best.chance > 0
    totals: dict[str, float] = {}
    for row in links.plots.scores().data.to_pylist():
        totals[row["series"]] = totals.get(row["series"], 0.0) + row["profiles"]

    assert totals["customers', expected"] == pytest.approx(best.chance[some].sum(), abs=1e-3)
    assert totals["strangers', expected"] == pytest.approx(best.nobody[some].sum(), abs=1e-3)
    assert totals["decoys"] == pytest.approx(totals["strangers', expected"], rel=0.01)
    assert "decoys" not in set(links.decide().plots.scores().data["series"].to_pylist())


def test_unlinkable_is_counted_as_slowly(links: Links) -> None:
    best = read_best(links.table)
    for row in links.plots.unlinkable().data.to_pylist():
        below = best.chance < row["probability"]
        weight = best.nobody if row["kind"] == "strangers' profiles" else 1 - best.nobody
        assert row["share"] == pytest.approx(float(weight[below].sum()) / len(best.chance), abs=1e-6)


def test_coverage_is_that_of_each_platform(links: Links) -> None:
    assert links.profile_keys is not None
    platforms = links.profile_keys.to_pandas().set_index("profile_id")["platform"]
    best = read_best(links.table)
    own = np.array([platforms[one] for one in best.profile.to_pylist()])
    for row in links.plots.coverage().data.to_pylist():
        here = own == row["platform"]
        expected = best.linked[here].mean() if row["measure"] == "linked" else (1 - best.nobody[here]).mean()
        assert row["share"] == pytest.approx(float(expected), abs=1e-5)


def test_blocking_counts_every_profile_once(links: Links) -> None:
    rows = links.plots.blocking().data.to_pylist()

    assert sum(row["count"] for row in rows if row["panel"] == "candidates") == links.report.profiles
    keys = {row["label"]: row["count"] for row in rows if row["panel"] == "keys"}
    assert max(keys.values()) <= links.report.candidates <= sum(keys.values())
    old = replace(links, report=replace(links.report, blocking={}))
    with pytest.raises(InputError, match="Link the profiles again"):
        old.plots.blocking()


def test_weights_fit_together(links: Links) -> None:
    rows = [row for row in links.plots.weights().data.to_pylist() if row["u"] is not None]

    assert rows
    for row in rows:
        assert np.log2(row["m"] / row["u"]) == pytest.approx(row["bits"])
        assert row["bits_low"] <= row["bits"] <= row["bits_high"]


def test_links_of_a_file_say_what_they_need(links: Links, world: World, tmp_path: Path) -> None:
    read = Links.read(links.write(tmp_path / "links.parquet"))

    with pytest.raises(InputError, match="profiles="):
        read.plots.coverage()
    given = read.plots.coverage(profiles=world.profiles).data.to_pylist()
    assert len(given) == links.plots.coverage().data.num_rows
    assert read.plots.blocking().data.equals(links.plots.blocking().data)
    assert read.plots.scores().data.equals(links.plots.scores().data)
    empty = links.table.filter(pc.equal(links.table["rank"], 0))["profile_id"][0].as_py()
    with pytest.raises(InputError, match="no candidate"):
        links.plots.waterfall(empty)


@pytest.mark.parametrize("suffix", [".html", ".svg"])
def test_hostile_labels_are_only_text(links: Links, tmp_path: Path, suffix: str) -> None:
    nasty = "</script><script>window.hit=1</script><!-- \u202e"
    rows = links.table.slice(0, 1)
    for name in ("level_name", "profile_id"):
        rows = rows.set_column(rows.column_names.index(name), name, pa.array([nasty]))
    drawn = replace(links, phrases={"name": {}}, table=rows).plots.waterfall(nasty)

    page = drawn.save(tmp_path / f"picture{suffix}").read_text("utf-8")

    assert "window.hit" in page
    assert "</script><script>window" not in page
    assert "<!-- " not in page.partition("window.hit")[2]
    assert "\u202e" not in page
    if suffix == ".svg":
        assert "<script" not in page
