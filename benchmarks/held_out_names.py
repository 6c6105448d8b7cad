"""How well names of one half of a CRM tell how common those of the other half are.

usage: python benchmarks/held_out_names.py [--data FOLDER] [--tasks us_congress ...] [--customers 20000 3000]

Half of the customers, drawn at random, make the frequencies; the others are met with them. The measure is the Poisson
log likelihood of who was met, in bits a name, so that frequencies that do not sum to 1 pay for it; the gain is over one
theta for all names (worths of bearers that are not learned). Beside it: how often names of the CRM are met over how
often that was stated, by how many bear them. Customers of the real tasks and of made-up worlds; nothing is linked.
Results go to results/held_out_names.json.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from accuracy import code_version
from namesakes import NAMES, make_world

from sociolink.evidence.name.people import read_names
from sociolink.linking.inputs import read_inputs
from sociolink.population import interpolation
from sociolink.population.frequencies import smooth_frequencies
from sociolink.population.names import PartCounts, _union, fit_name_prior, part_spelling
from sociolink.reference.counts import NameCounts
from sociolink.reference.facts import given_name_counts, surname_counts
from sociolink.text.hashing import string_bytes

TASKS = ("us_openstates", "rubyevents_speakers", "us_congress", "fr_parlementaires", "digitalgov_authors")
BEARERS = (0.0, 1.0, 2.0, 8.0, np.inf)
RESULTS = Path(__file__).parent / "results" / "held_out_names.json"
_ONE_THETA = 1e12

Floats = npt.NDArray[np.float64]
Record = dict[str, Any]


def compare(own: PartCounts, other: PartCounts, bundled: NameCounts, family: PartCounts) -> Record:
    """The other half's names, as the own half states them."""
    spelling = part_spelling(family, surname_counts())
    prior = fit_name_prior(own, bundled, spelling)
    key, counts, shares, values = _union(own, bundled, None)
    spelled = spelling.string_chances(string_bytes(values))
    at = np.minimum(np.searchsorted(key, other.key), len(key) - 1)
    known = key[at] == other.key
    unknown = spelling.string_chances(string_bytes(other.value))
    met = np.bincount(at[known], weights=other.count[known], minlength=len(key)) / other.people
    trust, losses = interpolation._TRUST, {}
    for way, prior_people in (("one theta", _ONE_THETA), ("learned", trust)):
        interpolation._TRUST = prior_people
        found = smooth_frequencies(key, counts, shares, spelled, people=own.people, prior=prior)
        chance = np.where(known, found.frequency[at], found.unseen * unknown)
        total = found.frequency.sum() + found.unseen * max(1 - spelled.sum(), 0.0)
        told = float((other.count * np.log2(np.maximum(chance, 1e-300))).sum() / other.count.sum())
        losses[way] = total / np.log(2) - told
    interpolation._TRUST = trust
    group = np.searchsorted(BEARERS, counts, side="left")
    times = [
        round(float(met[group == number].sum() / max(found.frequency[group == number].sum(), 1e-12)), 3)
        for number in range(1, len(BEARERS))
    ]
    gain = losses["one theta"] - losses["learned"]
    return {"bits": round(losses["learned"], 4), "gain": round(gain, 4), "times_stated_by_bearers": times}


def measure(label: str, customers: pa.Table) -> Record:
    """One CRM, in halves."""
    order = np.random.default_rng(0).permutation(len(customers))
    half = len(order) // 2
    one, two = (read_names(customers.take(pa.array(np.sort(rows)))).counts() for rows in (order[:half], order[half:]))
    out: Record = {"customers": label, "rows": len(customers)}
    for number, (kind, bundled) in enumerate((("given", given_name_counts()), ("family", surname_counts()))):
        out[kind] = compare(one[number], two[number], bundled, one[1])
    return out


def populations(given: argparse.Namespace) -> Iterator[tuple[str, pa.Table]]:
    """The CRMs, one after the other."""
    for size in given.customers:
        for names in NAMES:
            yield f"{names}, {size:,}", make_world(names, "by chance", size, 100, 0.3, 1).customers
    for task in given.tasks:
        yield task, read_inputs({"customers": given.data / task / "customers.parquet"}).tables["customers"]


def main() -> None:
    """Measure, show, save."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    root = Path(os.environ.get("SOCIOLINK_DATA", "../shared/data"))
    parser.add_argument("--data", type=Path, default=root / "open_world")
    parser.add_argument("--tasks", nargs="*", default=TASKS)
    parser.add_argument("--customers", type=int, nargs="*", default=[20_000, 3_000], help="sizes of made-up worlds")
    parser.add_argument("--output", type=Path, default=RESULTS)
    given = parser.parse_args()
    found: Record = {"code": code_version(), "halves": []}
    for label, customers in populations(given):
        record = measure(label, customers)
        found["halves"].append(record)
        print(json.dumps(record), flush=True)
    given.output.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
