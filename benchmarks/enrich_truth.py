"""Whether what enrichment expects is so: intervals against the truth, and differences with and without unmixing.

usage: python benchmarks/enrich_truth.py [--seeds 1,2,3,4,5] [--customers 2000] [--worlds 400] [--write-docs]
       python benchmarks/enrich_truth.py --from-results --write-docs

Synthetic worlds are linked and enriched; what customers really wrote is known. Judged is what they wrote under profiles
for which links list them; what they wrote under others is counted apart. Then people are drawn at random whose
customers speak more kindly by 0.3, with chances that are right, and both the difference of the weighted means and the
one freed from mixing are held against 0.3. Results go to results/enrich_truth.json.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from owners import people_of
from tables import Sheet, insert_block, to_markdown

HERE = Path(__file__).parent
RESULT = HERE / "results" / "enrich_truth.json"
PAGE = HERE.parent / "docs" / "enrichment.md"
TRUE_DIFFERENCE = 0.3


def measure_world(seed: int, customers: int) -> dict[str, Any]:
    """Counts of one world: intervals that hold, posts expected and written, contacts."""
    import sociolink as sl

    world = sl.datasets.synthetic(customers, customers, coverage=0.45, seed=seed, posts=8 * customers, opaque=0.3)
    policy = sl.Policy.research()
    links = sl.link(world.profiles, world.customers, policy=policy)
    found = sl.enrich(links, world.posts, events=world.events)
    person, owner = people_of(world)
    pairs = zip(links.table["profile_id"].to_pylist(), links.table["customer_id"].to_pylist(), strict=True)
    listed = {(profile, person.get(customer)) for profile, customer in pairs}
    own: dict[str, int] = {}
    elsewhere: dict[str, int] = {}
    for profile, kind in zip(world.posts["profile_id"].to_pylist(), world.posts["kind"].to_pylist(), strict=True):
        if owner[profile] is not None and kind != "repost":
            who = person[owner[profile]]
            counts = own if (profile, who) in listed else elsewhere
            counts[who] = counts.get(who, 0) + 1
    single = pc.value_counts(pa.array(list(person.values()))).to_pylist()
    once = {one["values"] for one in single if one["counts"] == 1}
    rows = [row for row in found.customer_view.to_pylist() if person.get(row["customer_id"]) in once]
    wrote = np.array([own.get(person[row["customer_id"]], 0) for row in rows])
    low, high, mean = (np.array([row[name] for row in rows]) for name in ("posts_low", "posts_high", "posts"))
    held, unsure = (low <= wrote) & (wrote <= high), low < high
    likely = mean >= 0.5
    return {
        "seed": seed,
        "customers": len(rows),
        "held": int(held.sum()),
        "unsure": int(unsure.sum()),
        "unsure_held": int((held & unsure).sum()),
        "likely": int(likely.sum()),
        "likely_held": int((held & likely).sum()),
        "expected": float(mean.sum()),
        "written": int(wrote.sum()),
        "elsewhere": sum(elsewhere.get(person[row["customer_id"]], 0) for row in rows),
    }


def measure_mixing(worlds: int, size: int = 200) -> dict[str, Any]:
    """How often intervals of both differences hold the true one, and how far both are off on average."""
    import sociolink as sl
    from sociolink.enrichment.unmixing import Speech, compare_all

    rng = np.random.default_rng(1)
    freed, plain, held = [], [], 0
    for _ in range(worlds):
        chance = rng.beta(0.4, 0.6, size)
        customer = rng.random(size) < chance
        mood = np.where(customer, 0.2, 0.2 - TRUE_DIFFERENCE) + rng.uniform(-0.5, 0.5, size)
        number = rng.integers(1, 5, size).astype(np.float64)
        speech = Speech(mood * number, number, 1 - chance, np.zeros(size, np.int64), 1)
        difference, reach = compare_all(speech)
        held += abs(difference[0] - TRUE_DIFFERENCE) <= reach[0]
        freed.append(difference[0])
        means = [np.average(mood, weights=number * weight) for weight in (chance, 1 - chance)]
        plain.append(means[0] - means[1])
    return {
        "version": sl.__version__,
        "worlds": worlds,
        "people": size,
        "true": TRUE_DIFFERENCE,
        "freed": float(np.mean(freed)),
        "freed_held": held / worlds,
        "plain": float(np.mean(plain)),
    }


def say(found: dict[str, Any]) -> str:
    """The figures as a table and a sentence, for the page."""
    worlds, mixing = found["worlds"], found["mixing"]
    total = {name: sum(one[name] for one in worlds) for name in worlds[0]}

    def share(part: str, whole: str) -> tuple[str, str]:
        return f"{total[whole]:,}", f"{total[part] / max(total[whole], 1):.3f}"

    rows = (
        ("all in the view", *share("held", "customers")),
        ("interval wider than a number", *share("unsure_held", "unsure")),
        ("at least half a post expected", *share("likely_held", "likely")),
    )
    table = to_markdown([Sheet("", ("customers", "number", "interval of posts holds"), rows)], titles=False)
    seeds = ", ".join(str(one["seed"]) for one in worlds)
    return f"""{table}

{len(worlds)} made-up worlds (seeds {seeds}), linked without labels; customers entered twice are left out. Posts
expected of the customers in the view: {total["expected"]:,.0f}; written by profiles for which they are listed:
{total["written"]:,}; by others of their profiles: {total["elsewhere"]:,}.

Mixing: {mixing["worlds"]} draws of {mixing["people"]} people with a true difference of {mixing["true"]}. Difference
of the weighted means: {mixing["plain"]:.2f} on average; freed from mixing: {mixing["freed"]:.2f}, and its 95% interval
holds the truth in {mixing["freed_held"]:.1%} of the draws.

Written by `benchmarks/enrich_truth.py`."""


def main() -> None:
    """Measure, save, show."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", default="1,2,3,4,5")
    parser.add_argument("--customers", type=int, default=2000)
    parser.add_argument("--worlds", type=int, default=400)
    parser.add_argument("--output", type=Path, default=RESULT)
    parser.add_argument("--from-results", action="store_true", help="measure nothing: show what was measured last")
    parser.add_argument("--write-docs", action="store_true", help="put the figures into docs/enrichment.md")
    given = parser.parse_args()
    if not given.from_results:
        worlds = [measure_world(int(seed), given.customers) for seed in given.seeds.split(",")]
        found = {"worlds": worlds, "mixing": measure_mixing(given.worlds)}
        given.output.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    found = json.loads(given.output.read_text(encoding="utf-8"))
    print(say(found))
    if given.write_docs:
        insert_block(PAGE, say(found), "accuracy")


if __name__ == "__main__":
    main()
