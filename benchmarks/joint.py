"""Links judged alone against the same links judged together (`Links.resolve`), on the real tasks."""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import open_world
import pyarrow.parquet as pq
import tables
from peers import beside_data
from tables import Sheet, print_sheet, to_markdown

import sociolink as sl
from sociolink.evaluation.answers import Answers, read_answers

Floats = npt.NDArray[np.float64]

RESULT = Path(__file__).resolve().parent / "results" / "joint.json"
PAGE = Path(__file__).resolve().parents[1] / "docs" / "decisions" / "0006-joint-pass.md"
_FLOOR = 2.0**-20
_MEASURES = ("log_loss", "brier", "recall_at_1", "recall_at_p95", "claim95", "bands", "nobody")


def recall_at_p95(answers: Answers, times: npt.NDArray[np.int64]) -> float:
    """R@P95 with each profile counted so many times."""
    order = np.argsort(-answers.top, kind="stable")
    counted, top = times[order], answers.top[order]
    right, links = np.cumsum(answers.right[order] * counted), np.cumsum(counted)
    last = np.append(top[1:] != top[:-1], True) & (top > 0)
    good = last & (right >= 0.95 * np.maximum(links, 1)) & (links > 0)
    return float(right[good].max(initial=0) / max((answers.is_customer * times).sum(), 1))


def paired(alone: Answers, together: Answers, resamples: int) -> dict[str, list[float]]:
    """95% intervals of the differences, together less alone; owners are drawn with all their profiles."""
    random = np.random.default_rng(0)
    owners = int(alone.owner.max()) + 1
    loss = [-np.log2(np.maximum(one.true, _FLOOR)) for one in (alone, together)]
    drawn = np.empty((2, resamples))
    for i in range(resamples):
        times = np.bincount(random.integers(0, owners, owners), minlength=owners)[alone.owner]
        drawn[0, i] = (times * (loss[1] - loss[0])).sum() / times.sum()
        drawn[1, i] = recall_at_p95(together, times) - recall_at_p95(alone, times)
    low, high = np.quantile(drawn, [0.025, 0.975], axis=1)
    return {
        name: [round(float(low[i]), 5), round(float(high[i]), 5)]
        for i, name in enumerate(("log_loss", "recall_at_p95"))
    }


def errors(links: sl.Links, folder: Path) -> dict[str, int]:
    """Confident mistakes whose customer has a likelier profile on the same platform: what competition could mend."""
    owners = open_world.Owners.read(folder)
    best, keys = links.best().to_pylist(), links.profile_keys
    assert keys is not None
    where = dict(zip(keys["profile_id"].to_pylist(), keys["platform"].to_pylist(), strict=True))
    held: dict[tuple[str, str], list[float]] = {}
    true: dict[tuple[str, str], int] = {}
    for row in best:
        if row["group_id"] is not None:
            held.setdefault((row["group_id"], where[row["profile_id"]]), []).append(row["group_probability"])
    for profile, owner in owners.of_profile.items():
        if owner is not None and profile in where:
            true[owner, where[profile]] = true.get((owner, where[profile]), 0) + 1
    false = [r for r in best if r["group_id"] is not None and r["group_probability"] >= 0.5]
    false = [r for r in false if owners.person(r["customer_id"]) != owners.of_profile.get(r["profile_id"])]
    rivals = sum(max(held[r["group_id"], where[r["profile_id"]]]) > r["group_probability"] for r in false)
    return {
        "owners_on_a_platform": len(true),
        "of_them_with_several_accounts": sum(count > 1 for count in true.values()),
        "false_from_half": len(false),
        "of_them_with_a_better_rival": rivals,
    }


def measure(folder: Path, *, coverage: float | None, resamples: int) -> dict[str, Any]:
    """Solo and joint figures of one task."""
    links = sl.link(
        folder / "profiles.parquet", folder / "customers.parquet", policy=sl.Policy.research(who=open_world.POLICY)
    )
    joint = links.resolve()
    truth, groups = (pq.read_table(folder / f"{name}.parquet") for name in ("truth", "groups"))
    record: dict[str, Any] = {"task": folder.name, "coverage": coverage, "joint": dict(joint.report.joint)}
    for name, one in (("solo", links), ("resolved", joint)):
        found = sl.evaluate(one, truth, groups=groups, bootstrap=0).to_dict()
        record[name] = {measure: found[measure] for measure in _MEASURES}
    alone, together = (read_answers(one.table, truth, groups=groups) for one in (links, joint))
    record["difference"] = paired(alone, together, resamples)
    record["errors"] = errors(links, folder)
    return record


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", nargs="*", default=None)
    parser.add_argument("--coverage", type=lambda text: [float(one) for one in text.split(",")], default=[])
    parser.add_argument("--bootstrap", type=int, default=300)
    parser.add_argument("--from-results", action="store_true", help="measure nothing: show what was measured last")
    parser.add_argument("--write-docs", action="store_true", help="put the table into its page")
    given = parser.parse_args()
    if not given.from_results:
        measure_all(given)
    found = sheet(json.loads(RESULT.read_text(encoding="utf-8")))
    print_sheet(found)
    if given.write_docs:
        tables.insert_block(PAGE, to_markdown([found]))


def sheet(records: list[dict[str, Any]]) -> Sheet:
    """Alone to together, with the intervals of the difference."""
    rows = []
    for one in sorted(records, key=lambda one: (one["coverage"] or 0.0, one["task"])):
        alone, together, differs = one["solo"], one["resolved"], one["difference"]
        cells = [
            f"{alone[name]:.3f} to {together[name]:.3f} ({differs[name][0]:+.3f} to {differs[name][1]:+.3f})"
            for name in ("log_loss", "recall_at_p95")
        ]
        claims = (
            "-" if each["claim95"] is None else f"{each['claim95']['precision']:.3f}" for each in (alone, together)
        )
        share = "own" if one["coverage"] is None else f"{one['coverage']:.2f}"
        rows.append((share, one["task"], *cells, " to ".join(claims)))
    header = ("coverage", "task", "log loss", "R@P95", "claim95: precision")
    return Sheet("Alone to together (95% interval of the difference, paired over owners)", header, tuple(rows))


def measure_all(given: argparse.Namespace) -> None:
    """Measure what was asked for."""
    data = Path(os.environ.get("SOCIOLINK_DATA", "../shared/data"))
    for share in [None, *given.coverage]:
        for folder in open_world.find_tasks(data / "open_world"):
            if given.tasks is not None and folder.name not in given.tasks:
                continue
            with tempfile.TemporaryDirectory() as temporary:
                task = folder
                if share is not None:
                    task = Path(temporary) / folder.name
                    beside_data.thin_out(data.parent / "bench", folder, task, share)
                save(measure(task, coverage=share, resamples=given.bootstrap))


def save(record: dict[str, Any]) -> None:
    """Put a record in the place of the earlier one of its task and coverage, and say the differences."""
    old = json.loads(RESULT.read_text(encoding="utf-8")) if RESULT.is_file() else []
    found = {(one["task"], str(one["coverage"])): one for one in (*old, record)}
    lines = ",\n".join(json.dumps(found[key], sort_keys=True) for key in sorted(found))
    RESULT.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    for name in ("solo", "resolved"):
        one = record[name]
        claim = None if one["claim95"] is None else round(one["claim95"]["precision"], 4)
        print(
            record["task"], record["coverage"], name, round(one["log_loss"], 4), round(one["recall_at_p95"], 4), claim
        )
    print("  ", record["difference"], record["joint"], record["errors"], flush=True)


if __name__ == "__main__":
    main()
