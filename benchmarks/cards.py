"""What a card costs among many links, and a report of many profiles.

    python benchmarks/cards.py [--profiles 1000000] [--report-profiles 100000]

Links are made up: their numbers are those of no model, their shape is that of `link`. Times are CPU seconds of this
process, the median and the worst of 100 cards from all over the table.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from tables import insert_block

from sociolink.calibration.decisions import DecisionRule
from sociolink.records.rejects import REJECTS_SCHEMA, REPAIRS_SCHEMA
from sociolink.rendering.card import card_html, card_text
from sociolink.results.decisions import decide_table, report_decisions
from sociolink.results.links import Links
from sociolink.results.report import RunReport

FAMILIES = ("name", "contact", "account", "place", "employer", "birth", "nature")
RESULTS = Path(__file__).parent / "results" / "cards.json"
PAGE = Path(__file__).parents[1] / "docs" / "explaining.md"


def make_links(profiles: int, *, listed: int = 2, seed: int = 1) -> Links:
    """Links of `profiles` profiles with `listed` customers each, decided as `link` does."""
    rng = np.random.default_rng(seed)
    rows = profiles * listed
    owner = np.repeat(np.arange(profiles), listed)
    rank = np.tile(np.arange(1, listed + 1), profiles)
    nobody = np.repeat(rng.beta(0.4, 0.4, profiles), listed)
    chance = (1 - nobody) * np.where(rank == 1, 0.9, 0.05 / max(listed - 1, 1))
    bits = {f"bits_{name}": np.round(rng.normal(3, 5, rows) * 2**20) / 2**20 for name in FAMILIES}
    customer = pa.array(np.char.add("c", rng.integers(0, 10**7, rows).astype(str)))
    second = np.where(rank == 1, np.maximum(nobody, chance * 0.05), np.maximum(nobody, chance))
    columns = {
        "profile_id": pa.array(np.char.add("profile-", owner.astype(str))),
        "rank": pa.array(rank, pa.int32()),
        "customer_id": customer,
        "probability": chance,
        "match_weight": sum(bits.values()),
        **bits,
        **{f"level_{name}": pa.array(np.full(rows, "seen")) for name in FAMILIES},
        "margin": np.log2(np.maximum(chance, 1e-300)) - np.log2(second),
        "runner_up": pa.nulls(rows, pa.string()),
        "runner_up_probability": second,
        "nobody_probability": nobody,
        "rest_probability": 1 - nobody - (1 - nobody) * 0.95,
        "group_id": customer,
        "group_probability": chance,
    }
    rule = DecisionRule()
    table = decide_table(pa.table(columns), rule)
    report = RunReport(profiles=profiles, customers=10**6, people=10**6, coverage=0.5)
    empty = (REJECTS_SCHEMA.empty_table(), REPAIRS_SCHEMA.empty_table())
    phrases = {name: {"seen": f"what {name} shows"} for name in FAMILIES}
    return Links(table, *empty, None, report_decisions(report, table, rule), phrases=phrases)


def time_cards(links: Links, profiles: int, *, cards: int = 100) -> dict[str, float]:
    """CPU milliseconds of a card: look-up, explanation, HTML and text."""
    taken = []
    for number in np.linspace(0, profiles - 1, cards).astype(int):
        begun = time.process_time()
        data = links.explain(f"profile-{number}").card()
        card_html(data)
        card_text(data)
        taken.append(1000 * (time.process_time() - begun))
    return {"median_ms": round(statistics.median(taken), 2), "worst_ms": round(max(taken), 2)}


def time_report(profiles: int) -> dict[str, float]:
    """CPU seconds and size of a report."""
    links = make_links(profiles)
    with tempfile.TemporaryDirectory() as folder:
        begun = time.process_time()
        path = links.write_report(Path(folder) / "report.html")
        seconds = time.process_time() - begun
        return {"profiles": profiles, "cpu_seconds": round(seconds, 2), "mib": round(path.stat().st_size / 2**20, 2)}


def say(found: dict[str, Any]) -> str:
    """The figures in sentences, for the page."""
    cards, report = found["cards"], found["report"]
    return (
        f"By `benchmarks/cards.py`: among the links of {cards['profiles']:,} profiles ({cards['rows']:,} rows) a card "
        f"takes\n{cards['median_ms']:.0f} ms of CPU in the median and {cards['worst_ms']:.0f} ms at worst, look-up, "
        f"explanation, HTML and text together; the report\nof {report['profiles']:,} profiles takes "
        f"{report['cpu_seconds']:.1f} s and {report['mib']:.1f} MiB."
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--profiles", type=int, default=1_000_000)
    parser.add_argument("--report-profiles", type=int, default=100_000)
    options = parser.parse_args()
    links = make_links(options.profiles)
    cards = {"profiles": options.profiles, "rows": len(links), **time_cards(links, options.profiles)}
    found = {"cards": cards, "report": time_report(options.report_profiles)}
    print(json.dumps(found, indent=2))
    RESULTS.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    insert_block(PAGE, say(found))


if __name__ == "__main__":
    main()
