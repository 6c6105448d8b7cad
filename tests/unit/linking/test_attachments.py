"""Posts and events as evidence of `link`: when they are used, and what they change."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

import sociolink as sl
from sociolink.evidence.account import Account
from sociolink.evidence.contact import Contact
from sociolink.evidence.events.family import Events
from sociolink.evidence.habits.family import Habits
from sociolink.evidence.name.family import Name
from sociolink.evidence.place import Place
from sociolink.linking.attachments import with_events
from sociolink.linking.defaults import DEFAULT_EVIDENCE
from sociolink.linking.index_posts import NO_EVENTS
from sociolink.results.more_posts import weigh_more_posts

QUICK = (Contact(), Account(), Place())
"""Without names, whose preparation takes longest."""

POLICY = sl.Policy.research(who="tests")
SILENT = {"profiles.display_name": 0.0, "profiles.bio": 0.0, "profiles.location": 0.0, "profiles.url": 0.0}


@pytest.fixture(scope="module")
def world() -> Any:
    return sl.datasets.synthetic(
        500, 400, coverage=0.5, seed=5, posts=4000, events=1000, opaque=0.9, about_events=0.6, fields=SILENT
    )


def link(world: Any, **given: Any) -> sl.Links:
    evidence = (*QUICK, Events()) if "events" in given and "posts" in given else QUICK
    return sl.link(world.profiles, world.customers, policy=POLICY, **{"evidence": evidence, **given})


@pytest.fixture(scope="module")
def links(world: Any) -> sl.Links:
    return link(world, posts=world.posts, events=world.events)


def test_with_the_defaults_both_tables_are_evidence(world: Any) -> None:
    profiles, customers = world.profiles.slice(0, 60), world.customers.slice(0, 80)
    made = sl.link(profiles, customers, policy=POLICY, posts=world.posts, events=world.events)
    assert made.model.families[-3:] == ("events", "visits", "habits")
    assert {"bits_events", "bits_visits", "bits_habits"} <= set(made.table.column_names)


def test_with_posts_alone_their_habits_are_evidence(world: Any) -> None:
    evidence = with_events(DEFAULT_EVIDENCE, posts=world.posts, events=None)
    assert [one.name for one in evidence[len(DEFAULT_EVIDENCE) :]] == ["habits"]
    quick = (*QUICK, Habits())
    made = sl.link(world.profiles, world.customers, policy=POLICY, posts=world.posts, evidence=quick)
    assert any(made.table["bits_habits"].drop_null().to_pylist())
    turn = pa.array(np.random.default_rng(0).permutation(len(world.posts)))
    again = sl.link(world.profiles, world.customers, policy=POLICY, posts=world.posts.take(turn), evidence=quick)
    assert again.table.equals(made.table)
    assert with_events(DEFAULT_EVIDENCE, posts=None, events=world.events) == DEFAULT_EVIDENCE


def right(links: sl.Links, world: Any) -> int:
    """Links to the owner."""
    owner = dict(zip(world.truth["profile_id"].to_pylist(), world.truth["customer_id"].to_pylist(), strict=True))
    made = links.table.filter(pc.and_(pc.equal(links.table["rank"], 1), pc.equal(links.table["decision"], "link")))
    pairs = zip(made["profile_id"].to_pylist(), made["customer_id"].to_pylist(), strict=True)
    return sum(owner[profile] == customer for profile, customer in pairs)


def test_posts_find_owners_whom_names_do_not(world: Any, links: sl.Links) -> None:
    assert right(links, world) > right(link(world), world) + 10
    assert "bits_events" in links.table.column_names


@pytest.mark.parametrize("given", ["posts", "events"])
def test_one_of_the_two_changes_nothing(world: Any, given: str) -> None:
    assert link(world, **{given: getattr(world, given)}).table.equals(link(world).table)


def test_rows_in_another_order_and_small_batches_change_nothing(
    world: Any, links: sl.Links, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(0)
    monkeypatch.setattr("sociolink.linking.batches.BATCH_PROFILES", 37)
    moved = {
        name: getattr(world, name).take(pa.array(rng.permutation(len(getattr(world, name)))))
        for name in ("posts", "events", "customers")
    }
    again = sl.link(
        world.profiles,
        moved["customers"],
        policy=POLICY,
        posts=moved["posts"],
        events=moved["events"],
        evidence=(*QUICK, Events()),
    )
    assert again.table.equals(links.table)


def test_a_model_knows_its_evidence(world: Any, links: sl.Links) -> None:
    again = link(world, posts=world.posts, events=world.events, model=links.model)
    assert again.table.equals(links.table)
    without = link(world, model=links.model, evidence=(*QUICK, Events()))
    assert set(without.table["bits_events"].drop_null().to_pylist()) == {0.0}
    plain = link(world)
    warned = link(world, posts=world.posts, events=world.events, model=plain.model)
    assert any("events" in one for one in warned.report.warnings)


def test_fit_learns_from_posts_and_a_model_can_be_saved(world: Any, links: sl.Links, tmp_path: Any) -> None:
    tables = {"posts": world.posts, "events": world.events, "evidence": (*QUICK, Events())}
    model = sl.fit(world.profiles, world.customers, policy=POLICY, **tables)
    assert model.model_id == links.model.model_id
    model.save(tmp_path / "model.json")
    assert sl.LinkModel.load(tmp_path / "model.json").population["events"] == links.model.population["events"]


def test_the_card_says_what_was_written(links: sl.Links) -> None:
    strong = links.table.filter(pc.greater(links.table["bits_events"].fill_null(0.0), 12.0))
    said = [str(links[profile]) for profile in strong["profile_id"].to_pylist()[:20]]
    assert any("first to quote" in one for one in said)


@pytest.mark.parametrize(
    ("evidence", "added"),
    [
        (DEFAULT_EVIDENCE, ["events", "visits", "habits"]),
        ((*DEFAULT_EVIDENCE, Habits(parts=())), ["events", "visits"]),
        ((Name(), Contact()), []),
        ((*DEFAULT_EVIDENCE[1:], Events()), []),
    ],
)
def test_a_choice_of_evidence_stays_a_choice(evidence: Any, added: bool) -> None:
    assert [one.name for one in with_events(evidence, posts=[], events=[])[len(evidence) :]] == added


def test_an_index_says_that_it_leaves_events_out(world: Any, links: sl.Links) -> None:
    index = sl.CustomerIndex.build(world.customers, model=links.model, policy=POLICY, evidence=QUICK)
    found = index.link(world.profiles, posts=world.posts, events=world.events)
    assert NO_EVENTS in found.report.warnings
    assert "bits_events" not in found.table.column_names


def test_more_posts_are_worth_reading_where_something_is_open(world: Any, links: sl.Links) -> None:
    found = weigh_more_posts(links)
    assert found["profile_id"].to_pylist() == list(dict.fromkeys(links.table["profile_id"].to_pylist()))
    gain, entropy = found["expected_gain"].to_numpy(), found["entropy"].to_numpy()
    assert (gain <= entropy).all()
    best = links.table.filter(pc.equal(links.table["rank"], 1))
    sure = best.filter(pc.greater(best["probability"], 0.999))["profile_id"].to_pylist()
    settled = found.filter(pc.is_in(found["profile_id"], value_set=pa.array(sure)))
    assert len(settled) > 5
    assert not any(settled["worth"].to_pylist())
    assert any(found["worth"].to_pylist())
    first = links.table.filter(pc.equal(links.table["profile_id"], links.table["profile_id"][0]))
    chances = [*first["probability"].drop_null().to_pylist()]
    chances += [first[name][0].as_py() for name in ("nobody_probability", "rest_probability")]
    slow = -sum(one * np.log2(one) for one in chances if one > 0)
    assert found.filter(pc.equal(found["profile_id"], links.table["profile_id"][0]))["entropy"][
        0
    ].as_py() == pytest.approx(slow)


def test_without_posts_there_is_nothing_to_weigh(world: Any) -> None:
    with pytest.raises(sl.errors.InvalidParameterError, match="without posts"):
        weigh_more_posts(link(world))


def test_a_killed_run_goes_on(world: Any, links: sl.Links, tmp_path: Any) -> None:
    for _ in range(2):
        again = link(world, posts=world.posts, events=world.events, checkpoint=tmp_path)
        assert again.table.equals(links.table)


def test_posts_that_name_their_authors_by_handle(world: Any, links: sl.Links) -> None:
    author = world.posts.join(
        world.profiles.select(["profile_id", "platform", "handle"]), "profile_id", right_suffix="_"
    )
    posts = author.select(["post_id", "text", "created_at", "place", "kind"])
    posts = posts.append_column("platform", author["platform_"]).append_column("handle", author["handle_"])
    again = link(world, posts=posts, events=world.events)
    assert right(again, world) >= right(links, world) - 2


@pytest.mark.parametrize(
    "events",
    [
        [{"event_id": "e1", "customer_id": "nobody"}],
        [{"event_id": "e1", "customer_id": "c1", "reference": "", "product": " ", "occurred_at": None}],
        [{"event_id": "e1", "customer_id": "c1", "reference": "🎈" * 50, "product": "x" * 400, "kind": "ö"}],
    ],
)
def test_events_that_say_nothing_are_no_problem(events: list[dict[str, Any]]) -> None:
    people = [{"customer_id": "c1", "given_name": "Xenia", "family_name": "Quartermain"}]
    accounts = [{"profile_id": "p1", "platform": "github", "handle": "xeniaquartermain"}]
    posts = [
        {"post_id": "t1", "profile_id": "p1", "text": text, "created_at": None}
        for text in ("", "RT @x: 12345678", "\x00 1234567", "#", "2024-01-01 " * 500)
    ]
    posts = [one | {"post_id": f"t{number}"} for number, one in enumerate(posts)]
    links = sl.link(accounts, people, posts=posts, events=events, policy=POLICY)
    assert links.table["customer_id"].to_pylist() == ["c1"]


def test_events_without_what_is_needed_are_one_clear_error(world: Any) -> None:
    with pytest.raises(sl.errors.InputError, match=r"events\.customer_id"):
        link(world, posts=world.posts, events=world.events.drop_columns(["customer_id"]))
