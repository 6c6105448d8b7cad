"""Posts against an index that holds events: whether answers are those of a batch, and what the events cost.

usage: python benchmarks/posts_index.py [--customers 20000] [--profiles 10000] [--seed 1]

The worlds are those of benchmarks/posts.py. Seconds are of processor time, sizes of all files of the index.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from posts import groups_of, make_world
from rankings import Ranking

import sociolink as sl
from sociolink.evaluation.answers import read_answers

POLICY = sl.Policy.research(who="benchmark")


def timed_build(world: Any, model: sl.LinkModel, folder: Path, **given: Any) -> tuple[sl.CustomerIndex, dict[str, Any]]:
    """An index on disk, and what it took."""
    started = time.process_time()
    index = sl.CustomerIndex.build(world.customers, model=model, policy=POLICY, path=folder, **given)
    seconds = time.process_time() - started
    return index, {"cpu_seconds": round(seconds, 2), "mib": round(index.info().size_bytes / 2**20, 2)}


def stream_of(world: Any, authors: int) -> list[dict[str, Any]]:
    """Posts of some authors in the order of their times, as a stream brings them."""
    some = world.profiles.slice(0, authors).select(["profile_id", "platform", "handle"])
    shown = {one["profile_id"]: one for one in some.to_pylist()}
    columns = ["post_id", "text", "created_at", "place", "kind", "profile_id"]
    ordered = world.posts.sort_by([("created_at", "ascending"), ("post_id", "ascending")]).select(columns).to_pylist()
    return [{**one, **shown[one["profile_id"]]} for one in ordered if one["profile_id"] in shown]


def timed_watch(index: sl.CustomerIndex, posts: list[dict[str, Any]]) -> dict[str, Any]:
    """A stream against an index, and what it took."""
    started = time.process_time()
    answers = list(index.watch(posts))
    seconds = time.process_time() - started
    told = sum(bool(one.told) for one in answers)
    return {"posts": len(posts), "told": told, "cpu_ms_a_post": round(1000 * seconds / len(posts), 2)}


def measure(customers: int, profiles: int, seed: int) -> dict[str, Any]:
    """One world."""
    world = make_world(customers, profiles, seed)
    batch = sl.link(world.profiles, world.customers, policy=POLICY, posts=world.posts, events=world.events)
    assert batch.model is not None
    groups = groups_of(world)
    out: dict[str, Any] = {"customers": customers, "events": len(world.events)}
    with tempfile.TemporaryDirectory() as name:
        plain, out["without events"] = timed_build(world, batch.model, Path(name) / "without")
        index, out["with events"] = timed_build(world, batch.model, Path(name) / "with", events=world.events)
        started = time.process_time()
        linked = index.link(world.profiles, posts=world.posts)
        out["link_cpu_seconds"] = round(time.process_time() - started, 2)
        out["same table as the batch"] = linked.table.equals(batch.table)
        for way, links in (("batch", batch), ("index", linked)):
            answers = read_answers(links.table, world.truth, groups=world.groups)
            for group in ("quotes", "product and time"):
                kept = np.logical_or(groups[group], groups["strangers"])
                found = Ranking.of([(answers, kept)]).measure()
                out[f"{way}, {group}: R@P95"] = found["recall_at_p95"]
        posts = stream_of(world, 500)
        silent = [{**one, "text": "good morning everybody"} for one in posts]
        out["watch without events"] = timed_watch(plain, posts)
        out["watch with events, posts that say nothing"] = timed_watch(index, silent)
        out["watch with events"] = timed_watch(index, posts)
        late = world.events.slice(len(world.events) - 1000)
        started = time.process_time()
        index.upsert(events=late)
        out["upsert_1000_events_cpu_seconds"] = round(time.process_time() - started, 2)
        started = time.process_time()
        index.erase(world.customers["customer_id"].slice(0, 100).to_pylist())
        out["erase_100_cpu_seconds"] = round(time.process_time() - started, 2)
    return out


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--customers", type=int, default=20_000)
    parser.add_argument("--profiles", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    print(json.dumps(measure(given.customers, given.profiles, given.seed), indent=1))


if __name__ == "__main__":
    main()
