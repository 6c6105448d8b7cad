"""The command `demo`: a small made-up world, linked from its files, with examples and what the truth says."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.compute as pc

from sociolink.cli.examples import Example, pick_linked, pick_nobodies
from sociolink.cli.screen import Screen
from sociolink.datasets.generation import demo_world
from sociolink.datasets.world import World
from sociolink.evaluation.evaluate import evaluate
from sociolink.governance.policy import Policy
from sociolink.linking.link import link
from sociolink.rendering.grid import Grid, shorten
from sociolink.rendering.numbers import say_bits, say_count, say_share
from sociolink.rendering.progress import show_progress
from sociolink.results.evaluation import Evaluation
from sociolink.results.links import Links

__all__ = ["run_demo"]

_LINKED = 3
_NOBODIES = 2
_SHOWN_POSTS = 2
_SHOWN_EVENTS = 2
_SEEN = 0.05


def run_demo(folder: Path | None = None, *, as_json: bool = False) -> None:
    """Make up a world, link it and show what comes out.

    Args:
        folder: Where the tables and the links are kept; nowhere by default.
        as_json: Print what came out as JSON.

    Raises:
        OutputError: The folder cannot be written to.
    """
    if folder is not None:
        _run(folder, keep=True, as_json=as_json)
        return
    with tempfile.TemporaryDirectory(prefix="sociolink-demo-") as draft:
        _run(Path(draft), keep=False, as_json=as_json)


def _run(folder: Path, *, keep: bool, as_json: bool) -> None:
    screen = Screen()
    with show_progress(wanted=not as_json) as tell:
        if tell is not None:
            tell("making up a world")
        world = _consenting(demo_world())
        world.write(folder)
        links = link(
            folder / "profiles.parquet",
            folder / "customers.parquet",
            policy=Policy.research(who="sociolink demo"),
            posts=folder / "posts.parquet",
            events=folder / "events.parquet",
            progress=tell,
        )
        links.write(folder / "links.parquet")
        measured = evaluate(links, world.truth.select(["profile_id", "customer_id"]), groups=world.groups, bootstrap=0)
    if as_json:
        told = {"report": links.report.to_dict(), "evaluation": measured.to_dict(), "value": links.value_sentence()}
        screen.data({"folder": str(folder) if keep else None, **told})
    else:
        _show(screen, world, links, measured, folder if keep else None)


def _show(screen: Screen, world: World, links: Links, measured: Evaluation, folder: Path | None) -> None:
    _introduce(screen, world)
    screen.title("Linked: whose profile it is, why, and what they said and bought")
    linked = pick_linked(world, links, count=_LINKED)
    for example in linked:
        _show_example(screen, example)
    screen.title("Nobody: profiles that look like a customer's and are more likely a stranger's")
    for example in pick_nobodies(world, links, count=_NOBODIES):
        _show_example(screen, example)
    screen.title("The run")
    screen.show(links.report.grid())
    screen.title("What the truth says (which linking never saw)")
    screen.show(_judge(world, links, measured))
    screen.space()
    screen.say(links.value_sentence(), style="bold")
    _say_next(screen, folder, [example.explanation.profile_id for example in linked])


def _consenting(world: World) -> World:
    """The world with the truth about those profiles only that may be linked: those without consent are set aside."""
    refused = world.profiles.filter(pc.equal(world.profiles["consent"], False))["profile_id"].combine_chunks()
    return replace(world, truth=world.truth.filter(pc.invert(pc.is_in(world.truth["profile_id"], refused))))


def _introduce(screen: Screen, world: World) -> None:
    screen.title("sociolink: how do I know this tweet is my customer?")
    screen.say(
        f"A made-up CRM of {say_count(world.customers.num_rows)} customers and {say_count(world.events.num_rows)} "
        f"orders, tickets and visits; {say_count(world.profiles.num_rows)} social profiles and "
        f"{say_count(world.posts.num_rows)} posts. Nobody in it exists."
    )


def _show_example(screen: Screen, example: Example) -> None:
    explanation, profile = example.explanation, example.profile
    likeliest_nobody = explanation.nobody_probability > explanation.group_probability
    share = explanation.nobody_probability if likeliest_nobody else explanation.group_probability
    found = "nobody" if likeliest_nobody else _name(example.customer)
    screen.space()
    screen.say(f"{_account(profile)}  ->  {found}, {say_share(share)}", indent=2, style="bold")
    if likeliest_nobody:
        screen.point("not", f"{_name(example.customer)}: {say_share(explanation.group_probability)}")
    for number, fact in enumerate(fact for fact in explanation.facts if abs(fact.bits) >= _SEEN):
        screen.point("why" if number == 0 else "", fact.phrase or fact.family, number=say_bits(fact.bits))
    weighed = f"{explanation.bits_needed:.1f} bits make somebody as likely as nobody"
    screen.point("", f"together; {weighed}", number=say_bits(explanation.match_weight))
    if not likeliest_nobody:
        for number, post in enumerate(example.posts[:_SHOWN_POSTS]):
            screen.point("said" if number == 0 else "", f"{_day(post['created_at'])} “{shorten(post['text'], 120)}”")
        for number, event in enumerate(example.events[:_SHOWN_EVENTS]):
            screen.point("did" if number == 0 else "", _event(event))
    screen.point("truth", "right" if example.right else "wrong")


def _account(profile: Mapping[str, Any]) -> str:
    display = f" “{profile['display_name']}”" if profile["display_name"] else ""
    return f"@{profile['handle']} on {profile['platform']}{display}"


def _name(customer: Mapping[str, Any]) -> str:
    parts = (customer.get("given_name"), customer.get("family_name"))
    name = " ".join(part for part in parts if part) or str(customer.get("full_name") or "")
    place = f" of {customer['city']}" if customer.get("city") else ""
    return f"{name}{place} ({customer.get('customer_id')})".strip()


def _event(event: Mapping[str, Any]) -> str:
    parts = [_day(event["occurred_at"]), event["kind"], event["product"], event["reference"], event.get("status")]
    return " ".join(str(part) for part in parts if part)


def _day(moment: Any) -> str:
    return "" if moment is None else f"{moment:%Y-%m-%d}"


def _judge(world: World, links: Links, measured: Evaluation) -> Grid:
    best = links.best()
    made = best.filter(pc.equal(best["decision"], "link"))
    person = dict(zip(*(world.groups[name].to_pylist() for name in ("customer_id", "group_id")), strict=True))
    owner = dict(zip(*(world.truth[name].to_pylist() for name in ("profile_id", "customer_id")), strict=True))
    pairs = zip(made["profile_id"].to_pylist(), made["customer_id"].to_pylist(), strict=True)
    wrong = sum(person[customer] != person.get(owner[profile]) for profile, customer in pairs)
    expected = float(links.report.false_links_expected)
    rows = [
        (
            "links",
            say_count(made.num_rows),
            f"{say_count(wrong)} of them false; {say_count(float(expected))} were expected",
        ),
        ("coverage", say_share(world.coverage), "of the profiles are customers'"),
        ("R@P95", f"{measured.recall_at_p95:.3f}", "of customers' profiles can be linked with 95% of the links right"),
        ("log loss", f"{measured.log_loss:.3f}", "bits a profile; 0 is perfect"),
    ]
    if measured.false_links is not None:
        rows.append(
            ("strangers", say_share(measured.false_links), "of their profiles are given to a customer at .5 or more")
        )
    return Grid((), tuple(rows), frozenset({1}), "What the truth says")


def _say_next(screen: Screen, folder: Path | None, profiles: Sequence[str]) -> None:
    if folder is None:
        screen.say("Keep the tables and the links with: sociolink demo --folder demo")
        return
    screen.say(f"Tables and links are in {folder}. Next:")
    for command in (
        f"sociolink check --customers {folder}/customers.parquet --profiles {folder}/profiles.parquet",
        f"sociolink evaluate --links {folder}/links.parquet --truth {folder}/truth.parquet",
        *(f"sociolink explain --links {folder}/links.parquet --profile {profile}" for profile in profiles[:1]),
    ):
        screen.plain(f"  {command}")
