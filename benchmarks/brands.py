"""What posts that name only the maker of a product add to links, in made-up worlds.

usage: python benchmarks/brands.py [--customers 3000] [--profiles 2000] [--seeds 1 2 3] [--spoken 0.4]

The worlds of `posts.py`, with makers put before the products of the events: one that a third of the products have, and
others, some of them common words. The model is told nothing of it. In a share of the posts that name a product its
maker is named instead (as a word, a handle, a hashtag, in the plural or with 's). Noise: anybody complains of any maker
at any time, common words that are makers' names stand in chat, and on some days many complain of one maker. Linked
without brands, with them, and with the texts of posts that name makers alone exchanged among all such posts, which
tell nothing. Results go to results/brands.json.
"""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from accuracy import code_version
from posts import groups_of, make_world
from rankings import Ranking

import sociolink as sl
from sociolink.datasets import World
from sociolink.evaluation.answers import read_answers
from sociolink.evidence.events.family import Events
from sociolink.evidence.habits.family import Habits
from sociolink.evidence.visits import Visits
from sociolink.linking.defaults import DEFAULT_EVIDENCE

MAKERS = ("BlueTel", "Kestrel", "Orange", "Next", "Voltari", "AT&T", "Target", "Quillon")
OWNED = (0.33, 0.2, 0.13, 0.1, 0.09, 0.06, 0.05, 0.04)
SAID = ("{}", "{}", "my {}", "@{}", "#{}", "{}s", "{}'s thing")
COMPLAINTS = ("{} sucks", "@{} no signal again", "never again {}", "#{} fail", "thinking of leaving {}", "{} is great")
CHAT = ("see you next week", "orange juice for breakfast", "hit my target today", "next one please", "bye, next time")
RESULTS = Path(__file__).parent / "results" / "brands.json"
_LEAST = 1e-6


def with_makers(world: World, seed: int, spoken: float) -> tuple[pa.Table, pa.Table, np.ndarray[Any, Any]]:
    """Events whose products have makers, posts that name them, and which posts name a maker alone."""
    rng = np.random.default_rng([seed, 77])
    names = sorted({name for name in world.events["product"].to_pylist() if name})
    maker = dict(zip(names, rng.choice(MAKERS, len(names), p=OWNED), strict=True))
    product = [f"{maker[name]} {name}" if name else None for name in world.events["product"].to_pylist()]
    events = world.events.set_column(
        world.events.column_names.index("product"), "product", pa.array(product, pa.string())
    )
    rows = world.posts.to_pylist()
    pattern = re.compile("|".join(re.escape(name) for name in sorted(names, key=len, reverse=True)), re.IGNORECASE)
    lower = {name.lower(): name for name in names}

    def say(one: str) -> str:
        return str(rng.choice(SAID)).format(one.lower() if rng.random() < 0.4 else one)

    alone = np.zeros(len(rows), np.bool_)
    for number, row in enumerate(rows):
        found = pattern.search(row["text"])
        if found and rng.random() < spoken:
            one = maker[lower[found.group().lower()]]
            row["text"] = pattern.sub(lambda _, one=one: say(one), row["text"])
            alone[number] = True
    chat = np.flatnonzero(~alone)
    chosen = rng.permutation(chat)[: len(rows) // 5]
    days = rng.permutation(sorted({row["created_at"].date() for row in rows}))[:6].tolist()
    for number in chosen.tolist():
        if pattern.search(rows[number]["text"]) or any(sign.isdigit() for sign in rows[number]["text"]):
            continue
        if rng.random() < 0.4:
            rows[number]["text"] = str(rng.choice(CHAT))
            continue
        rows[number]["text"] = str(rng.choice(COMPLAINTS)).format(rng.choice(MAKERS))
        alone[number] = True
    for number in rng.permutation(chat)[: len(rows) // 50].tolist():
        if not alone[number] and not pattern.search(rows[number]["text"]):
            which = int(rng.integers(len(days)))
            moved = rows[number]["created_at"].replace(year=days[which].year, month=days[which].month, day=1)
            rows[number] |= {"text": f"is {MAKERS[which]} down?", "created_at": moved}
            alone[number] = True
    return pa.Table.from_pylist(rows, schema=world.posts.schema), events, alone


def exchange(posts: pa.Table, alone: np.ndarray[Any, Any], seed: int) -> pa.Table:
    """Posts in which those that name a maker alone have each other's texts."""
    rows = np.flatnonzero(alone)
    turn = np.arange(len(posts))
    turn[rows] = np.random.default_rng(seed).permutation(rows)
    place = posts.column_names.index("text")
    return posts.set_column(place, "text", posts["text"].take(pa.array(turn)))


def measure(customers: int, profiles: int, seeds: list[int], spoken: float) -> dict[str, Any]:
    """All ways, of worlds of these sizes."""
    policy = sl.Policy.research(who="benchmark")
    found: dict[str, list[Any]] = {"without": [], "with": [], "exchanged": []}
    losses: dict[str, list[Any]] = {name: [] for name in found}
    for seed in seeds:
        world = make_world(customers, profiles, seed)
        posts, events, alone = with_makers(world, seed, spoken)
        groups = groups_of(world)
        for way, brands, texts in (
            ("without", False, posts),
            ("with", True, posts),
            ("exchanged", True, exchange(posts, alone, seed)),
        ):
            evidence = (*DEFAULT_EVIDENCE, Events(brands=brands), Visits(), Habits())
            links = sl.link(
                world.profiles, world.customers, policy=policy, posts=texts, events=events, evidence=evidence
            )
            answers = read_answers(links.table, world.truth, groups=world.groups)
            found[way].append((answers, groups))
            losses[way].append(-np.log2(np.maximum(answers.true, _LEAST)))
    out: dict[str, Any] = {"code": code_version(), "size": [customers, profiles], "seeds": seeds, "spoken": spoken}
    base = np.concatenate(losses["without"])
    for way, worlds in found.items():
        loss = np.concatenate(losses[way])
        change = loss - base
        out[way] = {
            "log_loss": round(float(loss.mean()), 4),
            "change": [round(float(change.mean()), 4), round(float(change.std() / np.sqrt(len(change))), 4)],
        }
        for name in ("everybody", "product and time"):
            kept = [of[name] if name == "everybody" else of[name] | of["strangers"] for _, of in worlds]
            ranking = Ranking.of((answers, mask) for (answers, _), mask in zip(worlds, kept, strict=True))
            out[way][name] = ranking.measure()
    return out


def main() -> None:
    """Measure, save, show."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--customers", type=int, default=3000)
    parser.add_argument("--profiles", type=int, default=2000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--spoken", type=float, default=0.4, help="share of posts about a product that name its maker")
    parser.add_argument("--output", type=Path, default=RESULTS)
    given = parser.parse_args()
    found = measure(given.customers, given.profiles, given.seeds, given.spoken)
    given.output.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    for way in ("without", "with", "exchanged"):
        print(way, found[way]["log_loss"], found[way]["change"])
        for name in ("everybody", "product and time"):
            one = found[way][name]
            print("  ", name, *(f"{key} {one[key]}" for key in one if key.split("_interval")[0] == key))


if __name__ == "__main__":
    main()
