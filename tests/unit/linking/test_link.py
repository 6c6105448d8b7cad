"""The verbs `link` and `fit`: parameters, models, what is reported."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from sociolink import LinkModel, Links, Policy, datasets, fit, link
from sociolink.datasets import World
from sociolink.errors import InvalidParameterError, ModelError, PolicyError
from sociolink.evidence.account import Account
from sociolink.evidence.birth import Birth
from sociolink.evidence.contact import Contact
from sociolink.evidence.name.family import Name
from sociolink.evidence.place import Place

POLICY = Policy.research(who="tests")
QUICK = (Contact(), Account(), Place())
"""Without names, whose preparation takes longest."""


@pytest.fixture(scope="module")
def model(links: Links) -> LinkModel:
    assert links.model is not None
    return links.model


@pytest.fixture(scope="module")
def quick(world: World) -> LinkModel:
    return fit(world.profiles, world.customers, policy=POLICY, evidence=QUICK)


def test_fit_gives_the_model_of_link(world: World, model: LinkModel) -> None:
    assert fit(world.profiles, world.customers, policy=POLICY) == model


def test_a_model_that_was_saved_gives_identical_links(
    world: World, links: Links, model: LinkModel, tmp_path: Path
) -> None:
    path = tmp_path / "model.json"
    model.save(path)
    assert LinkModel.load(str(path)) == model
    for again in (model, path):
        found = link(world.profiles, world.customers, policy=POLICY, model=again)
        assert found.table.equals(links.table)
        assert found.model == model
        assert replace(found.report, seconds=0.0, peak_memory_mib=0.0, stages=()) == replace(
            links.report, seconds=0.0, peak_memory_mib=0.0, stages=()
        )


def test_a_model_can_be_used_on_other_tables(model: LinkModel) -> None:
    other = datasets.synthetic(50, 40, seed=5)
    found = link(other.profiles, other.customers, policy=POLICY, model=model)
    assert found.report.coverage == model.coverage.value
    assert found.report.profiles > 30


def test_evidence_that_the_model_does_not_know_weighs_nothing_and_is_said(world: World, links: Links) -> None:
    without = link(world.profiles, world.customers, policy=POLICY, evidence=QUICK)
    found = link(world.profiles, world.customers, policy=POLICY, model=without.model, evidence=(*QUICK, Birth()))
    assert found.report.warnings == ("the model does not know the evidence birth: its weight is 0",)
    assert found.table.select(["profile_id", "customer_id", "probability", "decision"]).equals(
        without.table.select(["profile_id", "customer_id", "probability", "decision"])
    )
    assert "bits_birth" not in without.table.column_names
    assert not links.report.warnings


def test_a_model_needs_all_its_evidence(world: World, model: LinkModel) -> None:
    with pytest.raises(ModelError, match=r"evidence that is not given: contact, account.*Pass evidence="):
        link(world.profiles, world.customers, policy=POLICY, model=model, evidence=(Name(),))


def test_one_family_alone_links(world: World) -> None:
    found = link(world.profiles, world.customers, policy=POLICY, evidence=(Name(),))
    assert [name for name in found.table.column_names if name.startswith("bits_")] == ["bits_name"]
    assert found.report.linked > 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"top": 0}, "top is 0"),
        ({"top": 1.5}, "top is 1.5"),
        ({"top": 10_000}, "from 1 to 1000"),
        ({"evidence": ()}, "evidence is empty"),
        ({"evidence": (Name(), Name())}, "evidence names a family twice"),
        ({"model": {"kind": "sociolink.model"}}, "model is a dict"),
        ({"threads": 0}, "threads"),
        ({"memory_limit": "much"}, "memory_limit"),
    ],
)
def test_parameters_out_of_range(world: World, options: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidParameterError, match=message):
        link(world.profiles, world.customers, policy=POLICY, **options)


@pytest.mark.parametrize("policy", [None, "", "nosuch", 7, {"purpose": "research"}])
def test_linking_people_needs_a_policy(world: World, policy: Any) -> None:
    for verb in (link, fit):
        with pytest.raises(PolicyError):
            verb(world.profiles, world.customers, policy=policy)


def test_policy_is_asked_for_before_anything_is_read() -> None:
    with pytest.raises(PolicyError):
        link("nosuch.csv", "nosuch.csv", policy=None)


@pytest.mark.parametrize("top", [1, 2, 50])
def test_top(world: World, quick: LinkModel, top: int) -> None:
    found = link(world.profiles, world.customers, policy=POLICY, evidence=QUICK, model=quick, top=top)
    table = found.table.to_pandas()
    assert table["rank"].max() <= top
    assert table.groupby("profile_id").size().max() <= top
    assert (table["rank"] > 1).any() == (top > 1)


def test_refused_consent_is_respected_and_counted(world: World, quick: LinkModel) -> None:
    refused = {
        "customer": world.customers["customer_id"][3].as_py(),
        "profile": world.profiles["profile_id"][4].as_py(),
    }
    tables = {}
    for name, table in (("customer", world.customers), ("profile", world.profiles)):
        ids = table[f"{name}_id"].to_pylist()
        consent = pa.array([one != refused[name] for one in ids])
        tables[name] = table.set_column(table.column_names.index("consent"), "consent", consent)
    found = link(tables["profile"], tables["customer"], policy=POLICY, evidence=QUICK, model=quick)
    assert found.report.refused_consent == {"profiles": 1, "customers": 1}
    assert refused["profile"] not in found.table["profile_id"].to_pylist()
    assert refused["customer"] not in found.table["customer_id"].to_pylist()


def test_report_counts_what_the_links_hold(links: Links, world: World) -> None:
    report = links.report
    table = links.table.to_pandas()
    best = table[table["rank"] <= 1]
    assert report.profiles == len(best)
    assert (report.linked, report.review, report.none) == tuple(
        (best.decision == name).sum() for name in ("link", "review", "none")
    )
    assert report.profiles == report.linked + report.review + report.none
    assert report.nobody_expected == pytest.approx(best.nobody_probability.sum())
    assert report.false_links_expected == pytest.approx((1 - best[best.decision == "link"].group_probability).sum())
    assert report.false_share_expected <= 0.05
    assert report.candidates >= (table["rank"] > 0).sum()
    assert report.people < report.customers <= world.customers.num_rows
    assert report.policy["who"] == "tests"
    assert next(stage for stage, _ in report.stages) == "reading"
    assert sum(seconds for _, seconds in report.stages) <= report.seconds
    assert 0 < report.findable <= report.coverage < 1
    assert report.coverage_low <= report.coverage <= report.coverage_high


def test_rejects_and_repairs_are_counted_by_table(model: LinkModel) -> None:
    profiles = [
        {"profile_id": "p1", "platform": "x", "handle": "@jo_smith"},
        {"profile_id": "p2", "platform": "x", "handle": ""},
        {"profile_id": "p3", "platform": "x", "handle": "al"},
        {"profile_id": "p3", "platform": "x", "handle": "bo"},
    ]
    customers = [{"customer_id": "c1", "family_name": "Smith", "birth_date": "soon"}]
    found = link(profiles, customers, policy=POLICY, model=model)
    assert found.report.profiles + found.report.rejects["profiles"] >= 4
    assert found.report.rejects == {"customers": 1, "profiles": found.rejects.num_rows - 1}
    assert found.report.repairs == {"profiles": 1}


def test_stages_are_told_as_they_begin(world: World, quick: LinkModel) -> None:
    heard: list[str] = []
    link(world.profiles, world.customers, policy=POLICY, evidence=QUICK, model=quick, progress=heard.append)
    assert heard == ["reading", "preparing customers", "linking", "counting false links on decoys", "done"]


def test_a_model_holds_no_person(world: World, model: LinkModel) -> None:
    """No e-mail, no id, no handle of at least ten characters, no full name."""
    text = str(model.to_dict())
    emails = [one for many in world.customers["email"].to_pylist() if many for one in many]
    handles = [one for one in world.profiles["handle"].to_pylist() if len(one) >= 10]
    names = [one for one in world.customers["full_name"].to_pylist() if one]
    assert emails
    assert handles
    assert not [one for one in (*emails, *handles, *names) if one in text]


def test_links_do_not_change_their_input(world: World, model: LinkModel) -> None:
    before = world.profiles.to_pydict(), world.customers.to_pydict()
    link(world.profiles, world.customers, policy=POLICY, model=model)
    assert (world.profiles.to_pydict(), world.customers.to_pydict()) == before
