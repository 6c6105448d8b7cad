"""Accuracy on the real tasks: links with default settings and without labels, measured against the truth.

usage: python benchmarks/accuracy.py [--tasks us_congress ...] [--write-readme] [--write-docs]
       python benchmarks/accuracy.py --coverage 0.05,0.3,0.6,0.95
       python benchmarks/accuracy.py --ablate
       python benchmarks/accuracy.py --errors us_congress [--rows]

What is learned comes from the judged task's own rows, without their truth, and from a default model that has not seen
the task's people (benchmarks/defaults/, made by train_default.py). Each task runs in a process of its own, so that its
peak memory is its own.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import tables
from tables import print_sheet, to_markdown

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "results"
Record = dict[str, Any]


def measure(folder: Path, bench: Path, bootstrap: int, baselines: bool) -> Record:
    """Everything about one task; runs in a process of its own."""
    import open_world
    from peers import beside_data

    found = open_world.measure_task(folder, default=default_without(folder.name), bootstrap=bootstrap)
    record = found.record
    record["other_scorer"] = beside_data.score_links(bench, folder, found.links, record["evaluation"])
    record["decoy_crm"] = open_world.measure_decoy_crm(folder, found.links)
    record["baseline"] = beside_data.score_baseline(bench, folder) if baselines else None
    return record


STRANGERS: dict[str, Record] = {
    "synthetic, ten cultures": {"fans": 0.0, "parodies": 0.0},
    "synthetic, US names": {"fans": 0.0, "parodies": 0.0, "cultures": {"us": 1.0}},
    "synthetic, US names, no namesakes beyond chance": {
        "fans": 0.0,
        "parodies": 0.0,
        "cultures": {"us": 1.0},
        "namesakes": 0.0,
        "households": 0.0,
    },
}
"""Made-up worlds in which nobody is a customer."""


def measure_strangers(name: str) -> Record:
    """Coverage learned in one of these worlds."""
    import open_world

    found: Record = open_world.measure_strangers(name, **STRANGERS[name])
    return found


def measure_thinned(folder: Path, bench: Path, coverage: float) -> Record:
    """One task at another coverage, in a folder that is gone afterwards."""
    import open_world
    from peers import beside_data

    with tempfile.TemporaryDirectory() as temporary:
        thin = Path(temporary) / folder.name
        beside_data.thin_out(bench, folder, thin, coverage)
        return open_world.measure_task(thin, default=default_without(folder.name), bootstrap=0).record


def measure_without(folder: Path, part: str | None) -> Record:
    """One task without one evidence family or one ingredient of the model; runs in a process that ends with it."""
    import ingredients
    import open_world

    from sociolink.linking.defaults import DEFAULT_EVIDENCE

    default = default_without(folder.name)
    if part in ingredients.INGREDIENTS:
        default = ingredients.switch_off(part, default)
    evidence = tuple(one for one in DEFAULT_EVIDENCE if one.name != part)
    record = open_world.measure_task(folder, evidence=evidence, default=default, bootstrap=0).record
    return {"without": part, **record}


def default_without(task: str) -> Any:
    """The default model that has not seen a task's people."""
    import train_default

    return train_default.default_without(task)


def in_turn(function: Any, calls: Sequence[tuple[Any, ...]]) -> Iterator[Record]:
    """Results of the calls, one after the other, each in a fresh process."""
    fresh = multiprocessing.get_context("spawn")
    for arguments in calls:
        with ProcessPoolExecutor(1, mp_context=fresh) as one:
            yield one.submit(function, *arguments).result()


def save(records: Sequence[Record], path: Path) -> None:
    """One record a line, as one JSON list."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = ",\n".join(json.dumps(one, sort_keys=True) for one in records)
    path.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


def load(path: Path) -> list[Record]:
    """The records of `save`; none where there is no file."""
    records: list[Record] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []
    return records


def replaced(old: Sequence[Record], new: Sequence[Record]) -> list[Record]:
    """Earlier records with those of the tasks that were measured again in their place, by name of the task."""
    found = {one["task"]: one for one in (*old, *new)}
    return [found[task] for task in sorted(found)]


def code_version() -> str:
    """Commit that was measured; `-dirty` where it had changes."""
    command = ["git", "describe", "--always", "--dirty", "--abbrev=12"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"


def coverage_free(records: Sequence[Record]) -> list[Record]:
    """What was learned where nobody is a customer: decoys for each task, and worlds of strangers."""
    return [one["decoy_crm"] for one in records if one.get("decoy_crm")] + load(RESULTS / "strangers.json")


def show(records: Sequence[Record]) -> None:
    """Print all tables."""
    print_sheet(tables.ranking_sheet(records))
    print_sheet(tables.confidence_sheet(records))
    print_sheet(tables.decoy_sheet(coverage_free(records)))
    for one in records:
        differs = (one.get("other_scorer") or {}).get("differs")
        if differs:
            print(f"{one['task']}: the other scorer disagrees on {', '.join(differs)}")
    seconds = sum(one["seconds"] for one in records)
    print(f"{len(records)} tasks, linked in {seconds:.0f} s together")


def readme_block(records: Sequence[Record]) -> str:
    """What stands between the markers of README.md."""
    table = to_markdown([tables.readme_sheet(records)], titles=False)
    return (
        f"{table}\n\nWritten by `benchmarks/accuracy.py`; what the figures mean: [docs/accuracy.md](docs/accuracy.md)."
    )


def docs_block(records: Sequence[Record]) -> str:
    """What stands between the markers of docs/accuracy.md."""
    nobody = tables.decoy_sheet(coverage_free(records))
    sheets = [tables.ranking_sheet(records), tables.confidence_sheet(records), nobody]
    thinned, ablated = load(RESULTS / "coverage.json"), load(RESULTS / "ablation.json")
    sheets += [tables.coverage_sheet(thinned)] if thinned else []
    sheets += [tables.ablation_sheet(ablated)] if ablated else []
    return to_markdown(sheets)


def write_pages(records: Sequence[Record], given: argparse.Namespace) -> None:
    """Put the tables into the pages that were asked for."""
    if given.write_readme:
        tables.insert_block(ROOT / "README.md", readme_block(records))
    if given.write_docs:
        tables.insert_block(ROOT / "docs" / "accuracy.md", docs_block(records))


def run_tasks(folders: Sequence[Path], given: argparse.Namespace) -> None:
    """The main table."""
    calls = [(folder, given.bench, given.bootstrap, not given.no_baselines) for folder in folders]
    version = code_version()
    records = []
    earlier = {one["task"]: one for one in load(given.output)}
    for record in in_turn(measure, calls):
        if record["baseline"] is None:
            record["baseline"] = earlier.get(record["task"], {}).get("baseline")
        records.append({"code": version, **record})
        print(f"measured {record['task']} in {record['seconds']:.1f} s", flush=True)
    records = replaced(load(given.output), records)
    save(records, given.output)
    save(list(in_turn(measure_strangers, [(name,) for name in STRANGERS])), RESULTS / "strangers.json")
    show(records)
    write_pages(records, given)


def run_coverages(folders: Sequence[Path], given: argparse.Namespace) -> None:
    """The sweep over coverages."""
    if not (given.bench / "coverage.py").is_file():
        raise SystemExit(f"the sweep needs coverage.py in {given.bench.name}/ beside the data")
    calls = [(folder, given.bench, share) for folder in folders for share in given.coverage]
    records = []
    version = code_version()
    for record in in_turn(measure_thinned, calls):
        records.append({"code": version, **record})
        print(f"measured {record['task']} at {record['coverage']['true']:.2f}", flush=True)
    save(records, RESULTS / "coverage.json")
    print_sheet(tables.coverage_sheet(records))
    write_pages(load(given.output), given)


ABLATED = {"us_congress": 0, "fr_parlementaires": 1, "rubyevents_speakers_known": 2}
"""The order of the tasks in the table of the ablation; others follow."""


def run_ablation(folders: Sequence[Path], given: argparse.Namespace) -> None:
    """Without each evidence family and each ingredient in turn."""
    from ingredients import INGREDIENTS

    from sociolink.linking.defaults import DEFAULT_EVIDENCE

    parts = (None, *(one.name for one in DEFAULT_EVIDENCE), *INGREDIENTS)
    calls = [(folder, part) for folder in folders for part in parts]
    records = []
    version = code_version()
    for record in in_turn(measure_without, calls):
        records.append({"code": version, **record})
        print(f"measured {record['task']} without {record['without'] or 'nothing'}", flush=True)
    others = [one for one in load(RESULTS / "ablation.json") if one["task"] not in {folder.name for folder in folders}]
    records = sorted([*others, *records], key=lambda one: ABLATED.get(one["task"], len(ABLATED)))
    save(records, RESULTS / "ablation.json")
    print_sheet(tables.ablation_sheet(records))
    write_pages(load(given.output), given)


def run_errors(folder: Path, given: argparse.Namespace) -> None:
    """Kinds of errors of one task: counts, and rows only when asked for."""
    import link_errors

    found = link_errors.classify_answers(folder)
    print_sheet(link_errors.error_sheet(found))
    print_sheet(link_errors.cause_sheet(found))
    if given.rows:
        print_sheet(link_errors.row_sheet(found))


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    root = Path(os.environ.get("SOCIOLINK_DATA", "../shared/data"))
    parser.add_argument("--data", type=Path, default=root / "open_world", help="folder with one folder for each task")
    parser.add_argument("--bench", type=Path, help="folder with score.py, baselines.py and coverage.py")
    parser.add_argument("--tasks", nargs="+", help="names of tasks; all by default")
    parser.add_argument("--output", type=Path, default=RESULTS / "accuracy.json")
    parser.add_argument("--bootstrap", type=int, default=200)
    parser.add_argument("--no-baselines", action="store_true", help="keep the earlier figures of the baselines")
    parser.add_argument("--from-results", action="store_true", help="measure nothing: show and write what was measured")
    parser.add_argument("--write-readme", action="store_true", help="put the short table into README.md")
    parser.add_argument("--write-docs", action="store_true", help="put the tables into docs/accuracy.md")
    parser.add_argument(
        "--coverage", type=lambda text: [float(one) for one in text.split(",")], help="e.g. 0.05,0.3,0.6,0.95"
    )
    parser.add_argument("--ablate", action="store_true", help="drop each evidence family and each ingredient in turn")
    parser.add_argument("--errors", metavar="TASK", help="count the kinds of errors of one task; for local reading")
    parser.add_argument(
        "--rows", action="store_true", help="with --errors: print the rows as well; they hold personal data"
    )
    return parser.parse_args()


def main() -> None:
    """Measure what was asked for."""
    given = parse()
    if given.from_results:
        records = load(given.output)
        show(records)
        write_pages(records, given)
        return
    import open_world

    if not given.data.is_dir():
        raise SystemExit(f"there is no folder {given.data}: set SOCIOLINK_DATA or give --data")
    given.bench = given.bench or given.data.parent.parent / "bench"
    folders = {folder.name: folder for folder in open_world.find_tasks(given.data)}
    wanted = [given.errors] if given.errors else given.tasks or list(folders)
    unknown = [task for task in wanted if task not in folders]
    if unknown:
        raise SystemExit(f"unknown: {', '.join(unknown)}. There are: {', '.join(folders)}")
    chosen = [folders[task] for task in wanted]
    if given.errors:
        run_errors(chosen[0], given)
    elif given.coverage:
        run_coverages(chosen, given)
    elif given.ablate:
        run_ablation(chosen, given)
    else:
        run_tasks(chosen, given)


if __name__ == "__main__":
    main()
