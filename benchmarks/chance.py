"""What posts say about customers who have nothing to do with their author: likelihood ratios, whose mean is known.

usage: python benchmarks/chance.py [--customers 20000] [--profiles 10000] [--tried 300] [--seed 1]

A world of `posts.py`, as it is, with the dates of events exchanged, and with half of the people taken out of the CRM,
so that many profiles of nobody write as customers do. So many profiles that name anything are held
against all customers but their owners: with products (`events`), and with places alone (`visits`). Of each share of
posts that customers may write about own events the mean of the likelihood ratio is shown, before any scaling and
cap; over profiles of nobody it should be 1 or less. Profiles of other customers are apart: they write as customers do,
and their own customer is a rival that fits better. Then come the mean bits of owners, which should be far above 0 as
the world is, and the share of them beyond 10 bits.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from accuracy import code_version
from owners import people_of
from posts import exchange_dates, make_world

from sociolink.datasets import World
from sociolink.evidence.events.family import Events
from sociolink.evidence.events.learning import wording_of
from sociolink.evidence.events.weighing import RATES, naming_bits
from sociolink.evidence.visits import Visits
from sociolink.linking.attachments import attach
from sociolink.linking.inputs import read_inputs

RESULTS = Path(__file__).parent / "results" / "chance.json"
_SHARES = RATES[1:]
Rows = np.ndarray[Any, np.dtype[np.int64]]
_MANY = 10.0


def measure_family(
    family: Events | Visits, profiles: pa.Table, customers: pa.Table, owner: Rows, person: Rows, tried: int
) -> dict[str, Any]:
    """Mean ratios of others, and bits of owners.

    Args:
        family: The family.
        profiles: Profiles, with what their posts say.
        customers: Customers, with their events.
        owner: (profiles,) row of the owner; -1 for nobody.
        person: (customers,) number of the person.
        tried: How many profiles are held against all customers.
    """
    population = family.learn(profiles, customers)
    prepared = family.prepare_customers(customers, population)
    naming = family.prepare_profiles(profiles, prepared, population).naming  # type: ignore[arg-type]
    wording, timed = wording_of(population)[1], prepared.timed
    names = np.unique(naming.row)
    some = np.random.default_rng(0).permutation(names)[:tried]
    whom = np.flatnonzero(timed.count > 0)
    profile, customer = np.repeat(some, len(whom)), np.tile(whom, len(some))
    told, bits = naming_bits(timed, naming, wording, _SHARES, profile=profile, customer=customer)
    ratio = 2.0 ** np.where(told[:, None], bits, 0.0)
    nobody, other = owner[profile] < 0, (owner[profile] >= 0) & (person[owner[profile]] != person[customer])
    mine = names[owner[names] >= 0]
    mine = mine[timed.count[owner[mine]] > 0]
    told, bits = naming_bits(timed, naming, wording, _SHARES, profile=mine, customer=owner[mine])
    return {
        "pairs": [int(some.sum()) for some in (nobody, other)],
        "mean_ratio": ratio[nobody | other].mean(0).round(2).tolist(),
        "of_nobody": ratio[nobody].mean(0).round(2).tolist(),
        "of_other_customers": ratio[other].mean(0).round(2).tolist(),
        "owners": len(mine),
        "owner_bits": bits[told].mean(0).round(2).tolist(),
        "owners_beyond": (bits[told] > _MANY).mean(0).round(3).tolist(),
    }


def take_out(world: World, seed: int) -> tuple[pa.Table, pa.Table]:
    """The customers and their events without half of the people."""
    person_of, _ = people_of(world)
    ids = world.customers["customer_id"].to_pylist()
    people = np.array([person_of.get(one, one) for one in ids])
    distinct = np.unique(people)
    stays = np.random.default_rng(seed).random(len(distinct)) < 0.5
    here = pa.array(stays[np.searchsorted(distinct, people)])
    left = world.customers["customer_id"].filter(here)
    return world.customers.filter(here), world.events.filter(pc.is_in(world.events["customer_id"], value_set=left))


def measure(world: World, customers: pa.Table, events: pa.Table, tried: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Both families, with these customers and events."""
    tables = {"profiles": world.profiles, "customers": customers, "posts": world.posts, "events": events}
    profiles, customers = attach(read_inputs(tables).tables, (Events(), Visits()))
    row = {one: number for number, one in enumerate(customers["customer_id"].to_pylist())}
    of = dict(zip(world.truth["profile_id"].to_pylist(), world.truth["customer_id"].to_pylist(), strict=True))
    owner = np.array([row.get(of.get(one), -1) for one in profiles["profile_id"].to_pylist()])
    person_of, _ = people_of(world)
    _, person = np.unique([person_of.get(one, one) for one in row], return_inverse=True)
    for family in (Events(), Visits()):
        yield family.name, measure_family(family, profiles, customers, owner, person, tried)


def main() -> None:
    """Measure, save, show."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--customers", type=int, default=20_000)
    parser.add_argument("--profiles", type=int, default=10_000)
    parser.add_argument("--tried", type=int, default=300, help="profiles that are held against all customers")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--output", type=Path, default=RESULTS)
    given = parser.parse_args()
    world = make_world(given.customers, given.profiles, given.seed)
    found: dict[str, Any] = {
        "code": code_version(),
        "size": [given.customers, given.profiles, given.tried],
        "seed": given.seed,
        "shares": list(_SHARES),
    }
    ways = {
        "as it is": (world.customers, world.events),
        "dates exchanged": (world.customers, exchange_dates(world.events, given.seed)),
        "half of the customers": take_out(world, given.seed),
    }
    for way, tables in ways.items():
        found[way] = dict(measure(world, *tables, given.tried))
        for name, one in found[way].items():
            print(f"{way}: {name}", one, flush=True)
    given.output.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
