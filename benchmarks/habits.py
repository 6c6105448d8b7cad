"""What languages, hours and places in posts add to links, in made-up worlds whose people keep habits of their own.

usage: python benchmarks/habits.py [--customers 2500] [--profiles 2000] [--seeds 1 2 3] [--recognised] [--ways WAY ...]
                                   [--output FILE]

Each world is linked with posts and events alone, then with each part more, and with all of them; all worlds are
measured as one. Differences in log loss are paired by profile, with standard errors. In the control the habits are
exchanged: each profile takes the hidden columns of another profile, so that they say nothing about who wrote. Bits are
those of listed pairs, of owners and of others. `--recognised` leaves out the column of languages, so that they are told
by the texts. Results go to results/habits.json.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from accuracy import code_version
from owners import people_of
from rankings import Ranking
from tables import Sheet, print_sheet

import sociolink as sl
from sociolink.datasets import World
from sociolink.evaluation.answers import Answers, read_answers
from sociolink.evidence.events.family import Events
from sociolink.evidence.habits.family import Habits
from sociolink.evidence.habits.posts import HOME, HOURS, LANGUAGES
from sociolink.evidence.visits import Visits
from sociolink.linking import attachments
from sociolink.linking.decoys import estimate_false_links
from sociolink.linking.defaults import DEFAULT_EVIDENCE
from sociolink.linking.fit import fit_tables
from sociolink.linking.gallery import in_content_order
from sociolink.linking.inputs import read_inputs

WORLD: dict[str, Any] = {
    "coverage": 0.3,
    "opaque": 0.5,
    "about_events": 0.5,
    "habits": 1.0,
    "fields": {"customers.consent": 0.0, "profiles.consent": 0.0},
}
POSTS_PER_PROFILE, EVENTS_PER_CUSTOMER = 10, 2
WAYS = {
    "without": (False, ()),
    "visits": (True, ()),
    "home": (False, ("home",)),
    "language": (False, ("language",)),
    "hours": (False, ("hours",)),
    "all": (True, ("home", "language", "hours")),
    "by default": (True, Habits().parts),
}
RUNS = (*((way, False) for way in WAYS), ("language", True), ("hours", True))
EXCHANGED = " exchanged"
_LEAST = 2.0**-30
RESULTS = Path(__file__).parent / "results" / "habits.json"


class Silent(Visits):
    """Visits that are named, so that they are not added, and say nothing."""

    __slots__ = ()

    def learn(self, profiles: pa.Table, customers: pa.Table) -> dict[str, Any]:
        """Nothing."""
        return {}

    def prepare_profiles(self, profiles: pa.Table, customers: Any, population: Mapping[str, Any]) -> Any:
        """No posts."""
        bare = profiles.select([name for name in profiles.column_names if name != "_posts"])
        return super().prepare_profiles(bare, customers, population)


@cache
def _empty_count() -> Any:
    """A count of false links on decoys that nobody asks for; counting takes as long as linking."""
    world = sl.datasets.synthetic(20, 10, seed=0)
    tables = read_inputs({"profiles": world.profiles, "customers": world.customers}).tables
    ordered = in_content_order(tables["customers"], "customer_id")
    model, gallery = fit_tables(tables["profiles"], ordered)
    links = sl.link(world.profiles, world.customers, policy=sl.Policy.research(who="benchmark"), model=model)
    return estimate_false_links(tables["profiles"], ordered, links.table, gallery, model, known=None, seed=0)


def _count_once(*given: Any, **more: Any) -> Any:
    return _empty_count()


def link_world(world: World, way: str, *, exchanged: int | None = None) -> sl.Links:
    """Links with some of the parts; habits exchanged by a seed, or as they are."""
    visits, parts = WAYS[way]
    evidence = (*DEFAULT_EVIDENCE, Events(), Visits() if visits else Silent(), Habits(parts=parts))
    policy = sl.Policy.research(who="benchmark")
    plain = attachments.list_habits

    def turned(*given: Any, **more: Any) -> dict[str, pa.Array]:
        columns = plain(*given, **more)
        turn = pa.array(np.random.default_rng(exchanged).permutation(more["profiles"]))
        return {
            name: column.take(turn) if name in (LANGUAGES, HOURS, HOME) else column for name, column in columns.items()
        }

    attachments.list_habits = plain if exchanged is None else turned
    _empty_count()
    module = import_module("sociolink.linking.link")
    count = module.estimate_false_links
    module.estimate_false_links = _count_once
    try:
        return sl.link(
            world.profiles, world.customers, policy=policy, posts=world.posts, events=world.events, evidence=evidence
        )
    finally:
        attachments.list_habits = plain
        module.estimate_false_links = count


def answer_bits(answers: Answers) -> np.ndarray:
    """(profiles,) log loss of each answer, in bits."""
    return -np.log2(np.maximum(answers.true, _LEAST))


def bits_of(world: World, links: sl.Links, column: str) -> dict[str, list[float]]:
    """Bits of a family, of listed owners and of others, where it says anything."""
    person, owner = people_of(world)
    listed = links.table.filter(pc.is_valid(links.table["customer_id"]))
    bits = listed[column].to_numpy(zero_copy_only=False)
    pairs = zip(listed["profile_id"].to_pylist(), listed["customer_id"].to_pylist(), strict=True)
    right = np.array([person.get(owner[profile]) == person[customer] for profile, customer in pairs])
    return {"owner": bits[right & (bits != 0)].tolist(), "other": bits[~right & (bits != 0)].tolist()}


def spread(bits: Sequence[float]) -> dict[str, Any]:
    """How many, their mean, and quantiles."""
    if not bits:
        return {"pairs": 0}
    quantiles = np.quantile(bits, (0.05, 0.5, 0.95))
    return {"pairs": len(bits), "mean": float(np.mean(bits)), "quantiles": quantiles.tolist()}


def make_world(customers: int, profiles: int, seed: int, recognised: bool) -> World:
    """A world whose people keep habits; without the column of languages if they are to be recognised."""
    posts, events = POSTS_PER_PROFILE * profiles, EVENTS_PER_CUSTOMER * customers
    world = sl.datasets.synthetic(customers, profiles, seed=seed, posts=posts, events=events, **WORLD)
    return replace(world, posts=world.posts.drop_columns(["language"])) if recognised else world


def measure(
    customers: int, profiles: int, seeds: Sequence[int], recognised: bool, ways: Sequence[str]
) -> Iterator[dict[str, Any]]:
    """These ways, in one world more each time."""
    answers: dict[str, list[Answers]] = {}
    bits: dict[str, dict[str, list[float]]] = {}
    for number, seed in enumerate(seeds, 1):
        world = make_world(customers, profiles, seed, recognised)
        for way, exchanged in (one for one in RUNS if one[0] in ways):
            links = link_world(world, way, exchanged=seed if exchanged else None)
            name = f"{way}{EXCHANGED if exchanged else ''}"
            answers.setdefault(name, []).append(read_answers(links.table, world.truth, groups=world.groups))
            column = "bits_visits" if way == "visits" else "bits_habits"
            for whose, found in bits_of(world, links, column).items():
                bits.setdefault(name, {}).setdefault(whose, []).extend(found)
            print(seed, name, flush=True)
        yield {
            "code": code_version(),
            "customers": customers,
            "profiles": profiles,
            "seeds": list(seeds[:number]),
            "recognised": recognised,
            "settings": WORLD,
            "ways": {name: compare(found, answers["without"], bits[name]) for name, found in answers.items()},
        }


def compare(
    found: Sequence[Answers], without: Sequence[Answers], bits: Mapping[str, Sequence[float]]
) -> dict[str, Any]:
    """One way beside that without any of the parts, profile by profile."""
    every = Ranking.of((one, np.ones(len(one.top), np.bool_)) for one in found).measure()
    loss, base = (np.concatenate([answer_bits(one) for one in some]) for some in (found, without))
    gain = loss - base
    return {
        **every,
        "log_loss": float(loss.mean()),
        "change": float(gain.mean()),
        "change_error": float(gain.std(ddof=1) / np.sqrt(len(gain))),
        "bits": {whose: spread(of) for whose, of in bits.items()},
    }


def sheet(found: Mapping[str, Any]) -> Sheet:
    """One row a way."""
    header = ("parts", "log loss", "change", "R@P95", "claim95: precision", "its recall", "bits: owners", "others")
    rows = []
    for name, one in found["ways"].items():
        said = [
            f"{of['mean']:+.2f} ({of['quantiles'][0]:+.1f} to {of['quantiles'][2]:+.1f}; {of['pairs']:,})"
            if of["pairs"]
            else "-"
            for of in (one["bits"]["owner"], one["bits"]["other"])
        ]
        change = f"{one['change']:+.4f} ± {one['change_error']:.4f}"
        measures = (f"{one[key] or 0:.3f}" for key in ("recall_at_p95", "claim95_precision", "claim95_recall"))
        rows.append((name, f"{one['log_loss']:.4f}", change, *measures, *said))
    return Sheet("What each part adds", header, tuple(rows))


def main() -> None:
    """Measure, save, show."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--customers", type=int, default=2500)
    parser.add_argument("--profiles", type=int, default=2000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--recognised", action="store_true", help="languages by the texts, not by their column")
    parser.add_argument("--ways", nargs="+", choices=list(WAYS), default=list(WAYS), help="what is measured")
    parser.add_argument("--output", type=Path, default=RESULTS)
    given = parser.parse_args()
    ways = ["without", *given.ways]
    for found in measure(given.customers, given.profiles, given.seeds, given.recognised, ways):
        given.output.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
        print_sheet(sheet(found))


if __name__ == "__main__":
    main()
