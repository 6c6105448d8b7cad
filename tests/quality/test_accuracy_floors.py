"""How good the links of the real tasks are, with default settings and without labels: floors that must hold."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from benchmark_modules import BENCHMARKS, load

ROOT = Path(__file__).parents[2]
RESULTS = BENCHMARKS / "results" / "accuracy.json"
MAX_SECONDS = 120.0


@dataclass(frozen=True)
class Floor:
    """What a task must keep; tighter than its targets where it is better than they ask."""

    recall_at_p95: float
    log_loss: float
    owner_among: float
    claim95: float


FLOORS: Mapping[str, Floor] = {
    "digitalgov_authors": Floor(0.62, 2.80, 0.77, 0.90),
    "fr_parlementaires": Floor(0.98, 0.20, 0.992, 0.93),
    "rubyevents_speakers": Floor(0.61, 2.8, 0.74, 0.92),
    "rubyevents_speakers_known": Floor(0.74, 1.8, 0.84, 0.91),
    "us_congress": Floor(0.90, 0.45, 0.98, 0.93),
    "us_congress_known": Floor(0.91, 0.40, 0.98, 0.92),
    "us_openstates": Floor(0.81, 0.98, 0.95, 0.92),
}
every_task = pytest.mark.parametrize("task", FLOORS)


@dataclass(frozen=True)
class Run:
    """All tasks, measured once."""

    records: Mapping[str, Mapping[str, Any]]
    decoy_crm: Mapping[str, Any]


@pytest.fixture(scope="session")
def run(shared_data: Path) -> Run:
    """Every task linked and measured in this process, as its own user would."""
    open_world = load("open_world")
    records: dict[str, Any] = {}
    decoy_crm: dict[str, Any] = {}
    for folder in open_world.find_tasks(shared_data / "open_world"):
        found = open_world.measure_task(folder, bootstrap=0)
        records[folder.name] = found.record
        if folder.name == "us_congress":
            decoy_crm = open_world.measure_decoy_crm(folder, found.links)
    return Run(records, decoy_crm)


@every_task
def test_floor_is_not_far_below_the_target(task: str) -> None:
    floor, target = FLOORS[task], load("targets").TARGETS.get(task)

    assert target is None or floor.recall_at_p95 >= target.recall_at_p95
    assert target is None or target.log_loss is None or floor.log_loss <= target.log_loss + 0.2


def test_every_target_is_watched() -> None:
    assert set(load("targets").TARGETS) <= set(FLOORS)


@every_task
def test_order_of_the_answers(run: Run, task: str) -> None:
    assert run.records[task]["evaluation"]["recall_at_p95"] >= FLOORS[task].recall_at_p95


@every_task
def test_probabilities_of_the_true_answers(run: Run, task: str) -> None:
    assert run.records[task]["evaluation"]["log_loss"] <= FLOORS[task].log_loss


@every_task
def test_owner_is_proposed_among_few(run: Run, task: str) -> None:
    proposed = run.records[task]["candidates"]

    assert proposed["owner_among"] >= FLOORS[task].owner_among
    assert proposed["per_profile"] <= load("targets").MAX_CANDIDATES


@every_task
def test_links_that_claim_95_percent(run: Run, task: str) -> None:
    claim = run.records[task]["evaluation"]["claim95"]

    assert claim["precision"] >= FLOORS[task].claim95
    assert claim["share_of_oracle"] >= 0.9


@every_task
def test_findable_coverage_is_learned(run: Run, task: str) -> None:
    share = run.records[task]["coverage"]

    assert share["findable"] == pytest.approx(share["findable_true"], abs=0.06)


def test_decoys_only_are_no_customers(run: Run) -> None:
    assert run.decoy_crm["learned"] < 0.05


def test_all_tasks_are_quick(run: Run) -> None:
    assert sum(record["seconds"] for record in run.records.values()) < MAX_SECONDS


@pytest.mark.parametrize("page", ["docs/accuracy.md", "README.md"])
def test_page_shows_the_committed_figures(page: str) -> None:
    accuracy = load("accuracy")
    records = accuracy.load(RESULTS)
    block = accuracy.docs_block(records) if page.startswith("docs") else accuracy.readme_block(records)

    assert records
    assert block in (ROOT / page).read_text(encoding="utf-8")


def test_committed_figures_name_nobody(shared_data: Path) -> None:
    said: set[str] = set()
    for path in RESULTS.parent.glob("*.json"):
        said |= set(re.findall(r"[\w.@-]+", path.read_text(encoding="utf-8")))

    for folder in (shared_data / "open_world").iterdir():
        profiles = pq.read_table(folder / "profiles.parquet")
        assert said.isdisjoint(profiles["profile_id"].to_pylist())
        assert said.isdisjoint(pq.read_table(folder / "customers.parquet")["customer_id"].to_pylist())
