"""How many people bear a customer's names in made-up worlds, against what the name model states, and what it costs.

usage: python benchmarks/namesakes.py [--customers 10000] [--profiles 5000] [--seeds 1 2 3] [--coverage 0.05 0.3 0.6]
                                      [--names-only] [--output FILE]

Worlds draw given and family names independently within each culture, so that the share of people who bear both names of
a customer is known exactly. It is compared with P(given) P(family) times their association, as `learn_names` learns
them from the customers alone, by how rare the pair is stated to be and by how many customers bear the family name.
Customers whose names nobody in the population has (slips, short forms) are left out and counted. Namesakes, relatives
beyond chance are no matter of frequencies: links are measured in worlds with and without them (and fans, slips,
second entries and whatever else misleads). A name is stated as often as people use it: who has one with short forms
uses the formal one with some weight, and so the true share counts with the weight of the customer's own. Worlds of
several seeds are measured as one. Results go to results/namesakes.json.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from accuracy import code_version
from rankings import Ranking
from tables import Sheet, print_sheet

import sociolink as sl
from sociolink.datasets import World
from sociolink.datasets.synthesis.lexicon import NameTable, load_lexicon
from sociolink.datasets.synthesis.settings import DEFAULT_CULTURES
from sociolink.evaluation.answers import Answers, read_answers
from sociolink.evidence.name.keys import BorneParts
from sociolink.evidence.name.people import learn_names, read_names
from sociolink.text.folding import squash
from sociolink.text.hashing import UInt64s, hash_strings

FIELDS = {"customers.consent": 0.0, "profiles.consent": 0.0}
NAMES: dict[str, Mapping[str, float]] = {"US names": {"us": 1.0}, "ten cultures": DEFAULT_CULTURES}
MISLEADING = (
    *("households", "namesakes", "fans", "parodies", "organisations", "shifted_strangers", "bots"),
    *("stale", "typos", "entered_twice", "companies"),
)
KINDS: dict[str, dict[str, float]] = {"by chance": dict.fromkeys(MISLEADING, 0.0), "as they are": {}}
"""Worlds in which nothing misleads but chance, and worlds by default."""

OPAQUE = 0.5
STATED_BITS = (0, 12, 14, 16, 18, 20, 22, 24, 28, 64)
BEARERS = (0, 1, 3, 10, 30, 1 << 40)
RESULTS = Path(__file__).parent / "results" / "namesakes.json"
_LEAST = 1e-6

Floats = npt.NDArray[np.float64]
Record = dict[str, Any]


def make_world(names: str, kind: str, customers: int, profiles: int, coverage: float, seed: int) -> World:
    """A made-up world with half of the handles silent."""
    more = {"cultures": NAMES[names], "fields": FIELDS, "opaque": OPAQUE, "coverage": coverage} | KINDS[kind]
    return sl.datasets.synthetic(customers, profiles, seed=seed, posts=0, events=0, **more)


@cache
def _shares_by_culture(kind: str) -> tuple[UInt64s, Floats]:
    """Sorted hashes of all names of one kind, and (names, cultures) the share of each culture's people with each."""
    table: NameTable = getattr(load_lexicon(), kind)
    key, place = np.unique(hash_strings(squash(table.latin))[0], return_inverse=True)
    shares = np.zeros((len(key), len(table.starts) - 1))
    for culture, (begin, end) in enumerate(zip(table.starts[:-1], table.starts[1:], strict=True)):
        chance = np.diff(table.cumulated[begin:end], prepend=float(culture))
        np.add.at(shares[:, culture], place[begin:end], chance)
    return key, shares


def true_shares(names: str, given: UInt64s, family: UInt64s) -> tuple[Floats, Floats, Floats]:
    """(n,) shares of the population with each given name, each family name, and both."""
    weights = np.array([NAMES[names].get(culture, 0.0) for culture in load_lexicon().cultures])
    weights /= weights.sum()
    found = []
    for kind, wanted in (("given", given), ("family", family)):
        key, shares = _shares_by_culture(kind)
        at = np.minimum(np.searchsorted(key, wanted), len(key) - 1)
        found.append(np.where((key[at] == wanted)[:, None], shares[at], 0.0))
    return found[0] @ weights, found[1] @ weights, (found[0] * found[1]) @ weights


def _main_weights(borne: BorneParts) -> Floats:
    """(customers,) how often each one uses their most usual part; 0 where there is none."""
    out = np.zeros(borne.sets)
    np.maximum.at(out, borne.parts.row, borne.parts.weight)
    return out[borne.of]


def count_namesakes(names: str, customers: pa.Table) -> dict[str, Floats]:
    """Shares stated and true, and bearers, of each customer whose names people of the population have."""
    named = read_names(customers)
    given, family = named.main_hashes()
    used = [_main_weights(side) for side in (named.given, named.family)]
    vocabulary = learn_names(customers)[1]
    keys = vocabulary.index.keys
    told = (given != 0) & (family != 0)
    one, two, both = true_shares(names, given, family)
    true = one * used[0], two * used[1], both * used[0] * used[1]
    borne = told & (both > 0)
    at = [np.searchsorted(keys, side[borne]) for side in (given, family)]
    stated = vocabulary.given[at[0]], vocabulary.family[at[1]]
    _, of, count = np.unique(family[borne], return_inverse=True, return_counts=True)
    return {
        "left_out": np.array([float((told & ~borne).sum())]),
        "stated": stated[0] * stated[1] * vocabulary.associate(*at),
        "stated_given": stated[0],
        "stated_family": stated[1],
        "true": true[2][borne],
        "true_given": true[0][borne],
        "true_family": true[1][borne],
        "bearers": count[of].astype(np.float64),
    }


def compare(found: Mapping[str, Floats], values: Floats, bounds: Sequence[float]) -> list[Record]:
    """How much oftener names come than stated, by bands of some value."""
    band = np.searchsorted(bounds, values, side="left")
    out = []
    for number in range(1, len(bounds)):
        here = band == number
        if not here.any():
            continue
        record: Record = {"above": bounds[number - 1], "to": bounds[number], "customers": int(here.sum())}
        for of in ("", "_given", "_family"):
            ratio = found[f"true{of}"][here].sum() / found[f"stated{of}"][here].sum()
            record[f"times_stated{of}"] = round(float(ratio), 3)
        record["namesakes_per_million"] = round(1e6 * float(found["true"][here].mean()), 3)
        out.append(record)
    return out


def measure_names(names: str, customers: int, seeds: Sequence[int]) -> Record:
    """Namesakes there are against namesakes stated; one more customer's names are worth as much in any world."""
    parts = []
    for seed in seeds:
        world = make_world(names, "by chance", customers, 100, 0.3, seed)
        parts.append(count_namesakes(names, world.customers))
    found = {name: np.concatenate([one[name] for one in parts]) for name in parts[0]}
    bits = np.log2(found["true"] / found["stated"])
    return {
        "names": names,
        "customers": len(found["true"]),
        "left_out": int(found["left_out"].sum()),
        "all": compare(found, found["bearers"], (0, BEARERS[-1])),
        "mean_bits_too_sure": round(float(bits.mean()), 3),
        "by_stated_bits": compare(found, -np.log2(found["stated"]), STATED_BITS),
        "by_bearers": compare(found, found["bearers"], BEARERS),
    }


def measure_links(
    names: str, kind: str, customers: int, profiles: int, coverage: float, seeds: Sequence[int]
) -> Record:
    """How often links are right, and what of them is found."""
    policy = sl.Policy.research(who="benchmark")
    answered: list[Answers] = []
    learned = []
    for seed in seeds:
        world = make_world(names, kind, customers, profiles, coverage, seed)
        links = sl.link(world.profiles, world.customers, policy=policy)
        answered.append(read_answers(links.table, world.truth, groups=world.groups))
        learned.append(round(links.report.coverage, 4))
    loss = np.concatenate([-np.log2(np.maximum(one.true, _LEAST)) for one in answered])
    ranking = Ranking.of((one, np.ones(len(one.top), np.bool_)) for one in answered)
    record: Record = {"names": names, "kind": kind, "coverage": coverage, "learned": learned}
    return record | {"log_loss": round(float(loss.mean()), 4)} | ranking.measure()


def measure(given: argparse.Namespace) -> Record:
    """Everything."""
    sizes = {"customers": given.customers, "profiles": given.profiles}
    out: Record = {"code": code_version(), **sizes, "seeds": given.seeds}
    out["namesakes"] = [measure_names(names, given.customers, given.seeds) for names in NAMES]
    print_sheet(names_sheet(out))
    out["links"] = []
    if given.names_only and given.output.is_file():
        out["links"] = json.loads(given.output.read_text(encoding="utf-8"))["links"]
    for coverage in () if given.names_only else given.coverage:
        for names in NAMES:
            for kind in KINDS:
                record = measure_links(names, kind, given.customers, given.profiles, coverage, given.seeds)
                out["links"].append(record)
                print(names, kind, coverage, *(record[name] for name in _MEASURES), flush=True)
    return out


_MEASURES = ("log_loss", "recall_at_p95", "claim95_precision", "claim95_recall")


def names_sheet(found: Mapping[str, Any]) -> Sheet:
    """Times that pairs of names come as often as stated."""
    header = ("names", "pairs", "customers", "namesakes in a million", "times stated", "given names", "family names")
    rows = []
    for one in found["namesakes"]:
        for by, say in (("all", "all"), ("by_stated_bits", "2^-{above} to 2^-{to}"), ("by_bearers", "{to} bearers")):
            for band in one[by]:
                times = (f"{band[f'times_stated{of}']:.2f}" for of in ("", "_given", "_family"))
                number = f"{band['customers']:,}"
                shown = f"{band['namesakes_per_million']:.2f}"
                rows.append((one["names"], say.format(**band), number, shown, *times))
    return Sheet("Namesakes that there are against those stated", header, tuple(rows))


def main() -> None:
    """Measure, show, save."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--customers", type=int, default=10_000)
    parser.add_argument("--profiles", type=int, default=5_000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--coverage", type=float, nargs="+", default=[0.05, 0.3, 0.6], help="true coverages")
    parser.add_argument("--names-only", action="store_true", help="count namesakes; leave links as measured last")
    parser.add_argument("--output", type=Path, default=RESULTS)
    given = parser.parse_args()
    found = measure(given)
    given.output.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
