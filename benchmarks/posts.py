"""What posts and events add to links, in made-up worlds that know nothing of the model.

usage: python benchmarks/posts.py [--customers 20000] [--profiles 10000] [--seeds 1 2 3] [--errors] [--write-docs]
       python benchmarks/posts.py --from-results --write-docs

Of profiles whose name says nothing (neither handle nor display name; the world's truth knows), those that quote a
number of an event of their owner's and those that write about such an event without any number or contact are measured
apart, each among all strangers whose name says nothing either; and again those that are not answered (.5) without
posts, for links of opaque handles to a like e-mail address are no matter of posts. Worlds of several seeds (each with
number formats of its own) are measured as one. Two controls, in which posts say nothing about who wrote them: events
whose dates are exchanged and whose numbers are gone, and a world in which nobody writes about own events; of both it is
counted by which bits links are new there. Intervals by bootstrap over owners. Results go to results/posts.json.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from accuracy import code_version
from owners import people_of
from rankings import Ranking
from tables import Sheet, insert_block, print_sheet, to_markdown

import sociolink as sl
from sociolink.datasets import World
from sociolink.evaluation.answers import Answers, read_answers

WORLD: dict[str, Any] = {
    "coverage": 0.3,
    "opaque": 0.5,
    "about_events": 0.5,
    "fields": {"customers.consent": 0.0, "profiles.consent": 0.0},
}
"""More silent handles than by default; half of what customers with events write is about one."""

POSTS_PER_PROFILE, EVENTS_PER_CUSTOMER = 10, 2
GROUPS = ("quotes", "product and time")
RESULTS = Path(__file__).parent / "results" / "posts.json"
PAGE = Path(__file__).parents[1] / "docs" / "synthetic.md"
TARGETS = {"quotes": 0.5, "product and time": 0.2}
NEW = ", not answered without posts"
OF_EVENTS = ("events", "visits")
"""Evidence that compares posts with events."""
REASONS = ("contact", "events", "home", "else")
"""What of posts makes a link."""

_SURE, _ANSWERED = 0.9, 0.5
_SOME_BITS = 0.1

Flags = npt.NDArray[np.bool_]


def make_world(customers: int, profiles: int, seed: int, **settings: Any) -> World:
    """A world in which people write about what they bought."""
    posts, events = POSTS_PER_PROFILE * profiles, EVENTS_PER_CUSTOMER * customers
    return sl.datasets.synthetic(customers, profiles, seed=seed, posts=posts, events=events, **(WORLD | settings))


def exchange_dates(events: pa.Table, seed: int) -> pa.Table:
    """The events with dates of others of their kind, and without numbers."""
    rng = np.random.default_rng(seed)
    kinds = events["kind"].to_numpy(zero_copy_only=False)
    turn = np.arange(len(events))
    for kind in sorted(set(kinds)):
        rows = np.flatnonzero(kinds == kind)
        turn[rows] = rng.permutation(rows)
    moved = events["occurred_at"].take(pa.array(turn))
    place = events.column_names.index("occurred_at")
    nothing = pa.nulls(len(events), pa.string())
    dated = events.set_column(place, "occurred_at", moved)
    return dated.set_column(events.column_names.index("reference"), "reference", nothing)


def link_world(world: World, *, posts: pa.Table | None = None, events: pa.Table | None = None) -> sl.Links:
    """Links with the defaults."""
    policy = sl.Policy.research(who="benchmark")
    return sl.link(world.profiles, world.customers, policy=policy, posts=posts, events=events)


def groups_of(world: World) -> dict[str, Flags]:
    """Which profiles belong to each group, in the order of the truth; strangers are those whose name says nothing."""
    about = world.about.append_column("profile_id", world.posts["profile_id"])
    ids = world.truth["profile_id"]

    def writes(mask: pa.Array) -> Flags:
        return np.asarray(pc.is_in(ids, value_set=pc.unique(about["profile_id"].filter(mask))))

    silent = ~np.asarray(world.truth["tells_name"])
    owned = np.asarray(pc.is_valid(world.truth["customer_id"]))
    quotes = writes(pc.equal(about["number"], "own"))
    other = writes(pc.or_kleene(pc.equal(about["number"], "mistyped"), pc.equal(about["topic"], "contact")))
    own = writes(pc.is_valid(about["event_id"]))
    return {
        "quotes": silent & owned & quotes,
        "product and time": silent & owned & own & ~quotes & ~other,
        "strangers": silent & ~owned,
        "everybody": np.ones(len(ids), np.bool_),
    }


def made_links(links: sl.Links) -> dict[str, str]:
    """The customer that each profile is linked to, where it is."""
    best = links.table.filter(pc.and_(pc.equal(links.table["rank"], 1), pc.equal(links.table["decision"], "link")))
    return dict(zip(best["profile_id"].to_pylist(), best["customer_id"].to_pylist(), strict=True))


def why_linked(links: sl.Links, profiles: Iterable[str]) -> dict[str, tuple[str, float]]:
    """What of posts made each link, as far as bits say, and its stated error.

    A contact in a post is no matter of events, nor is where most posts are from; a link without bits for it is made
    because others became surer, so that the mean stated error of all links leaves room for it.
    """
    best = links.table.filter(
        pc.and_(pc.equal(links.table["rank"], 1), pc.is_in(links.table["profile_id"], pa.array(profiles, pa.string())))
    )
    told, home = _bits_of(best, OF_EVENTS), _bits_of(best, ("habits",))
    some = "level_events" in best.column_names
    levels = best["level_events"].to_pylist() if some else [""] * len(best)
    contact = np.array(
        [any(f"contact:{one}" in (level or "") for one in ("email", "phone")) for level in levels], np.bool_
    )
    fits = [(told > _SOME_BITS) & contact, told > _SOME_BITS, home > _SOME_BITS]
    whys = np.select(fits, ["contact", "events", "home"], "else").tolist()
    rows = zip(best["profile_id"].to_pylist(), whys, best["group_probability"].to_pylist(), strict=True)
    return {profile: (why, 1 - probability) for profile, why, probability in rows}


def _bits_of(best: pa.Table, families: Sequence[str]) -> npt.NDArray[np.float64]:
    out = np.zeros(len(best))
    for name in families:
        if f"bits_{name}" in best.column_names:
            out += np.nan_to_num(best[f"bits_{name}"].to_numpy())
    return out


def count_new(world: World, without: sl.Links, given: sl.Links) -> dict[str, float]:
    """Links that are made with posts and were not without, why, and how many of these are false."""
    person, owner = people_of(world)
    old, new = made_links(without), made_links(given)
    more = {profile: customer for profile, customer in new.items() if old.get(profile) != customer}
    false = {profile for profile, customer in more.items() if person.get(owner[profile]) != person[customer]}
    out: dict[str, float] = {
        "links_without": len(old),
        "links_with": len(new),
        "new": len(more),
        "new_false": len(false),
    }
    reasons = why_linked(given, list(more))
    for name in REASONS:
        some = [profile for profile, (why, _) in reasons.items() if why == name]
        out |= {f"by_{name}": len(some), f"by_{name}_false": len(false.intersection(some))}
        out[f"by_{name}_stated"] = round(sum(reasons[profile][1] for profile in some), 2)
    return out


def find_causes(world: World, links: sl.Links, answers: Mapping[str, Answers], kept: Flags) -> Counter[str]:
    """Why sure answers are wrong: they are without posts too, or whose number of the customer the profile holds."""
    best = links.table.filter(pc.equal(links.table["rank"], 1))
    named = dict(zip(best["profile_id"].to_pylist(), best["customer_id"].to_pylist(), strict=True))
    ids = world.truth["profile_id"].to_pylist()
    given = answers["with"]
    rows = np.flatnonzero(kept & (given.top >= _SURE) & ~given.right)
    before = int((answers["without"].top[rows] >= _ANSWERED).sum())
    wrong = [ids[row] for row in rows if answers["without"].top[row] < _ANSWERED]
    references: dict[str, set[str]] = {}
    for customer, reference in zip(
        world.events["customer_id"].to_pylist(), world.events["reference"].to_pylist(), strict=True
    ):
        references.setdefault(customer, set()).add(bare(reference))
    said: dict[str, list[tuple[str, str]]] = {}
    rows = zip(
        *(c.to_pylist() for c in (world.posts["profile_id"], world.about["number"], world.about["quoted"])), strict=True
    )
    for profile, number, quoted in rows:
        if number:
            said.setdefault(profile, []).append((number, bare(quoted)))
    causes: Counter[str] = Counter({"answered without posts too": before})
    for profile in wrong:
        held = references.get(named[profile], set())
        hits = [number for number, quoted in said.get(profile, []) if any(one.endswith(quoted) for one in held)]
        causes[f"number: {hits[0]}" if hits else "no number of the customer"] += 1
    return causes


def bare(number: str) -> str:
    """Letters and digits only."""
    return "".join(sign for sign in number.lower() if sign.isalnum())


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """One world, linked in every way.

    Attributes:
        answers: By way: without and with.
        groups: Which profiles belong to each group.
        record: Counts and seconds.
        causes: Why sure answers with posts are wrong.
    """

    answers: Mapping[str, Answers]
    groups: Mapping[str, Flags]
    record: dict[str, Any]
    causes: Counter[str]


def measure_world(customers: int, profiles: int, seed: int) -> Measured:
    """Link a world without and with posts, and its controls."""
    world = make_world(customers, profiles, seed)
    started = time.process_time()
    without = link_world(world)
    between = time.process_time()
    given = link_world(world, posts=world.posts, events=world.events)
    seconds = (between - started, time.process_time() - between)
    shifted = link_world(world, posts=world.posts, events=exchange_dates(world.events, seed))
    apart = make_world(customers, profiles, seed, about_events=0.0)
    strange = link_world(apart, posts=apart.posts, events=apart.events)
    links = {"without": without, "with": given}
    answers = {name: read_answers(one.table, world.truth, groups=world.groups) for name, one in links.items()}
    groups = groups_of(world)
    unanswered = answers["without"].top < _ANSWERED
    groups |= {f"{name}{NEW}": mask & unanswered for name, mask in groups.items() if name != "everybody"}
    silent = groups["strangers"] | groups["quotes"] | groups["product and time"]
    record = {
        "seed": seed,
        "cpu_seconds": [round(one, 1) for one in seconds],
        "rounds": [without.model.rounds, given.model.rounds],
        "with": count_new(world, without, given),
        "dates exchanged": count_new(world, without, shifted),
        "nobody about own events": count_new(apart, without, strange),
    }
    return Measured(answers, groups, record, find_causes(world, given, answers, silent))


def pool(worlds: Sequence[Measured], way: str, *names: str) -> Ranking:
    """The answers of the profiles of some groups, of all worlds."""
    kept = [np.logical_or.reduce([one.groups[name] for name in names]) for one in worlds]
    return Ranking.of((one.answers[way], mask) for one, mask in zip(worlds, kept, strict=True))


def measure(customers: int, profiles: int, seeds: Sequence[int]) -> dict[str, Any]:
    """Everything, of worlds of these sizes."""
    worlds = [measure_world(customers, profiles, seed) for seed in seeds]
    members = {f"{group}{rest}": (f"strangers{rest}", f"{group}{rest}") for rest in ("", NEW) for group in GROUPS}
    members["everybody"] = ("everybody",)
    return {
        "code": code_version(),
        "customers": customers,
        "profiles": profiles,
        "posts": POSTS_PER_PROFILE * profiles,
        "events": EVENTS_PER_CUSTOMER * customers,
        "settings": WORLD,
        "groups": {
            group: {way: pool(worlds, way, *names).measure() for way in ("without", "with")}
            for group, names in members.items()
        },
        "worlds": [one.record for one in worlds],
        "causes": dict(sum((one.causes for one in worlds), Counter())),
    }


def _say(found: Mapping[str, Any], name: str) -> str:
    value, ends = found[name], found[f"{name}_interval"]
    if value is None:
        return "-"
    return f"{value:.3f} ({ends[0]:.3f}-{ends[1]:.3f})" if ends else f"{value:.3f}"


def group_sheet(found: Mapping[str, Any]) -> Sheet:
    """What becomes of each group without and with posts."""
    header = ("profiles", "of customers / all", "posts", "R@P95", "claim95: precision", "its recall", "target")
    rows = []
    for group, ways in found["groups"].items():
        for way, one in ways.items():
            first = (group, f"{one['owned']:,}/{one['profiles']:,}") if way == "without" else ("", "")
            aim = TARGETS.get(group.removesuffix(NEW))
            target = f"R@P95 ≥ {aim}, claim95 ≥ .93" if way == "with" and aim else ""
            measures = (_say(one, name) for name in ("recall_at_p95", "claim95_precision", "claim95_recall"))
            rows.append((*first, way, *measures, target))
    return Sheet("Without and with posts and events", header, tuple(rows))


def control_sheet(found: Mapping[str, Any]) -> Sheet:
    """Links that posts make, and those they make where they say nothing."""
    header = (
        "events and posts",
        "links without",
        "with",
        "new or other: false",
        "by a contact in a post",
        "by numbers, products, shops: false (stated)",
        "by where posts are from: false (stated)",
        "for another reason",
    )
    rows = []
    for name in ("with", "dates exchanged", "nobody about own events"):
        sums = {key: sum(one[name][key] for one in found["worlds"]) for key in found["worlds"][0][name]}
        shown = "as they are" if name == "with" else name
        cells = [f"{sums['links_without']:,}", f"{sums['links_with']:,}"]
        cells += [f"{sums[key]:,}: {sums[f'{key}_false']:,}" for key in ("new", *(f"by_{one}" for one in REASONS))]
        cells[4:6] = (f"{cells[at]} ({sums[f'by_{REASONS[at - 3]}_stated']:.1f})" for at in (4, 5))
        rows.append((shown, *cells))
    return Sheet("Links that posts make, of all profiles, and the controls", header, tuple(rows))


def to_block(found: Mapping[str, Any]) -> str:
    """The page's block."""
    seeds = ", ".join(str(one["seed"]) for one in found["worlds"])
    size = (
        f"{found['customers']:,} customers, {found['profiles']:,} profiles, {found['posts']:,} posts, "
        f"{found['events']:,} events; seeds {seeds}. Written by `benchmarks/posts.py`."
    )
    return f"{to_markdown([group_sheet(found), control_sheet(found)])}\n\n{size}"


def main() -> None:
    """Measure, save, show."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--customers", type=int, default=20_000)
    parser.add_argument("--profiles", type=int, default=10_000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--errors", action="store_true", help="also say why sure answers are wrong")
    parser.add_argument("--output", type=Path, default=RESULTS)
    parser.add_argument("--from-results", action="store_true", help="measure nothing: show what was measured last")
    parser.add_argument("--write-docs", action="store_true", help="put the tables into docs/synthetic.md")
    given = parser.parse_args()
    if not given.from_results:
        found = measure(given.customers, given.profiles, given.seeds)
        given.output.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    found = json.loads(given.output.read_text(encoding="utf-8"))
    for sheet in (group_sheet(found), control_sheet(found)):
        print_sheet(sheet)
    if given.errors:
        print(json.dumps({"causes": found["causes"], "worlds": found["worlds"]}, indent=1))
    if given.write_docs:
        insert_block(PAGE, to_block(found), "posts")


if __name__ == "__main__":
    main()
