"""Strangers from elsewhere: profiles of one task against the CRM of another, and tasks with such strangers mixed in.

usage: python benchmarks/shifted.py [--tasks us_congress ...] [--from-results] [--write-docs]

Alone: no profile belongs to a customer, so every link is false and the true coverage is 0. Mixed: a task's profiles and
as many of another task, against the same task thinned out to the same coverage. Results go to results/shifted.json.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Mapping, Sequence
from itertools import permutations
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from accuracy import RESULTS, ROOT, code_version, in_turn, load, save
from tables import Sheet, insert_block, print_sheet, to_markdown

from sociolink.text.folding import squash

Record = dict[str, Any]

TASKS = ("digitalgov_authors", "fr_parlementaires", "rubyevents_speakers", "us_congress", "us_openstates")
"""Tasks with people of their own; the others are made of the same people."""

SHARE_PEOPLE = frozenset({frozenset({"us_congress", "us_openstates"})})
"""Tasks whose people overlap."""

FEWEST = 1_000
"""A task with fewer profiles lends none to others."""

_SEED, _ELSEWHERE = "shifted", "elsewhere"


def _column(table: pa.Table, name: str) -> pa.Array:
    return table.column(name).combine_chunks().cast(pa.string())


def _accounts(profiles: pa.Table) -> pa.Array:
    """Platform and handle of each profile, as one key."""
    return pc.binary_join_element_wise(squash(_column(profiles, "platform")), squash(_column(profiles, "handle")), " ")


def _names(customers: pa.Table) -> list[set[str]]:
    """What each customer is known by: family name with every given name and nickname, and with initial and region."""
    columns = ("family_name", "given_name", "nickname", "region")
    folded = [squash(_column(customers, column)).to_pylist() for column in columns]
    return [
        {f"{family} {name}" for name in (given, nick) if name} | {f"{family} {given[:1]} in {region}"}
        for family, given, nick, region in zip(*folded, strict=True)
    ]


def draw_strangers(source: Path, crm: Path) -> pa.Table:
    """The profiles of one task that belong to nobody in the CRM of another.

    Where two tasks share people, only profiles whose owner is known are taken, and of these only those whose account
    the other task does not list, and whose owner shares no folded family name with a customer there who has the same
    given name or nickname, or the same initial in the same region.

    Args:
        source: Folder of the task whose profiles are wanted.
        crm: Folder of the task whose customers they are held against.

    Returns:
        Profiles, in the order of the source.
    """
    profiles = pq.read_table(source / "profiles.parquet")
    if frozenset({source.name, crm.name}) not in SHARE_PEOPLE:
        return profiles
    own, other = (pq.read_table(folder / "customers.parquet") for folder in (source, crm))
    taken = set().union(*_names(other))
    strange = [one for one, names in zip(_column(own, "customer_id"), _names(own), strict=True) if not names & taken]
    truth = pq.read_table(source / "truth.parquet")
    place = pc.index_in(_column(profiles, "profile_id"), value_set=_column(truth, "profile_id"))
    owner = _column(truth, "customer_id").take(place)
    listed = pc.is_in(_accounts(profiles), value_set=_accounts(pq.read_table(crm / "profiles.parquet")))
    elsewhere = pc.is_in(owner, value_set=pa.array(strange), skip_nulls=True)
    return profiles.filter(pc.and_(elsewhere, pc.invert(listed)))


def _renamed(profiles: pa.Table) -> pa.Table:
    """The profiles with ids that no task has."""
    ids = pc.binary_join_element_wise(_ELSEWHERE, _column(profiles, "profile_id"), "-")
    return profiles.set_column(profiles.column_names.index("profile_id"), "profile_id", ids)


def _drawn(profiles: pa.Table, size: int) -> pa.Table:
    """At most `size` of the profiles, by a hash of their ids."""
    from sociolink.text.hashing import hash_strings

    key = hash_strings(pc.binary_join_element_wise(_SEED, _column(profiles, "profile_id"), "-"))[0]
    return profiles.take(pa.array(sorted(key.argsort(kind="stable")[:size].tolist())))


def measure_alone(source: Path, crm: Path) -> Record:
    """What is made of profiles of strangers only."""
    import sociolink as sl

    profiles = draw_strangers(source, crm)
    links = sl.link(profiles, crm / "customers.parquet", policy=sl.Policy.research(who="benchmark"))
    report = links.report
    best = links.table.filter(pc.less_equal(links.table["rank"], 1))
    sure = pc.fill_null(pc.greater_equal(best["group_probability"], 0.5), False)
    return {
        "task": f"{source.name} > {crm.name}",
        "kind": "alone",
        "profiles": profiles.num_rows,
        "customers": report.customers,
        "coverage": report.coverage,
        "coverage_interval": [report.coverage_low, report.coverage_high],
        "findable": report.findable,
        "links": report.linked,
        "false_by_model": report.false_links_expected,
        "false_by_decoys": report.false_links_decoys,
        "from_half": pc.sum(sure).as_py(),
        "claimed_from_half": pc.sum(best.filter(sure)["group_probability"]).as_py() or 0.0,
    }


def measure_mixed(task: Path, source: Path | None, bench: Path) -> Record:
    """A task with as many strangers of another, or (without a source) thinned out to the same coverage."""
    import open_world
    from peers import beside_data

    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / task.name
        if source is None:
            truth = pq.read_table(task / "truth.parquet")
            owned = truth.num_rows - truth.column("customer_id").null_count
            beside_data.thin_out(bench, task, folder, owned / truth.num_rows / 2)
        else:
            mix_in(task, source, folder)
        found = open_world.measure_task(folder, bootstrap=0)
        strangers = count_strangers(found.links, open_world.Owners.read(folder).of_profile)
    name = f"{task.name} + {source.name if source else 'nobody'}"
    return {**found.record, "task": name, "kind": "mixed", "strangers": strangers}


def count_strangers(links: Any, owner: Mapping[str, str | None]) -> Record:
    """What is made of strangers of the task and of those from elsewhere; P(rest) is that of customers not listed."""
    best = links.table.filter(pc.less_equal(links.table["rank"], 1)).to_pylist()
    out = {}
    for name, elsewhere in (("own", False), ("elsewhere", True)):
        rows = [
            row
            for row in best
            if owner[row["profile_id"]] is None and row["profile_id"].startswith(_ELSEWHERE) == elsewhere
        ]
        out[name] = {
            "profiles": len(rows),
            "linked": sum(row["decision"] == "link" for row in rows),
            "believed": sum(1 - row["nobody_probability"] for row in rows) / max(len(rows), 1),
            "rest": sum(row["rest_probability"] for row in rows) / max(len(rows), 1),
        }
    return out


def mix_in(task: Path, source: Path, folder: Path) -> None:
    """Write a task whose profiles are joined by as many strangers of another."""
    folder.mkdir()
    profiles, truth = (pq.read_table(task / f"{name}.parquet") for name in ("profiles", "truth"))
    more = _renamed(_drawn(draw_strangers(source, task), profiles.num_rows))
    nobody = pa.table({"profile_id": more["profile_id"], "customer_id": pa.nulls(more.num_rows, pa.string())})
    both = pa.concat_tables([profiles, more], promote_options="permissive")
    pq.write_table(both, folder / "profiles.parquet")
    pq.write_table(pa.concat_tables([truth, nobody], promote_options="permissive"), folder / "truth.parquet")
    for name in ("customers", "groups"):
        pq.write_table(pq.read_table(task / f"{name}.parquet"), folder / f"{name}.parquet")


def alone_sheet(records: Sequence[Mapping[str, Any]]) -> Sheet:
    """Strangers only."""
    header = (
        "profiles of > customers of", "profiles", "customers", "coverage learned (interval)", "findable",
        "links, all false", "false by model", "false by decoys", "at .5 or more", "expected false there",
    )  # fmt: skip
    rows = tuple(
        (
            one["task"],
            f"{one['profiles']:,}",
            f"{one['customers']:,}",
            f"{one['coverage']:.3f} ({one['coverage_interval'][0]:.3f}-{one['coverage_interval'][1]:.3f})",
            f"{one['findable']:.3f}",
            f"{one['links']:,}",
            f"{one['false_by_model']:.1f}",
            f"{one['false_by_decoys']:.1f}",
            f"{one['from_half']:,}",
            f"{one['from_half'] - one['claimed_from_half']:.1f}",
        )
        for one in records
        if one["kind"] == "alone"
    )
    return Sheet("Strangers only: the true coverage is 0", header, rows)


def mixed_sheet(records: Sequence[Mapping[str, Any]]) -> Sheet:
    """Strangers mixed in."""
    header = (
        "task", "true coverage", "learned (interval)", "findable: true", "learned", "R@P95", "log loss",
        "claim95: precision", "links", "false", "false by model", "[.5,.8)", "[.8,.95)", "[.95,1]", "nobody",
    )  # fmt: skip
    rows = []
    for one in records:
        if one["kind"] != "mixed":
            continue
        found, made, share = one["evaluation"], one["links"], one["coverage"]
        claim = (found["claim95"] or {}).get("precision")
        bands = tuple(
            f"{band['right']:.2f}/{band['claimed']:.2f} of {band['answers']:,}" if band else "-"
            for band in (*found["bands"], found["nobody"])
        )
        low, high = share["learned_interval"]
        rows.append(
            (
                one["task"],
                f"{share['true']:.3f}",
                f"{share['learned']:.3f} ({low:.3f}-{high:.3f})",
                f"{share['findable_true']:.3f}",
                f"{share['findable']:.3f}",
                f"{found['recall_at_p95']:.3f}",
                f"{found['log_loss']:.2f}",
                "-" if claim is None else f"{claim:.3f}",
                f"{made['made']:,}",
                f"{made['false']:,}",
                f"{made['false_by_model']:.0f}",
                *bands,
            )
        )
    return Sheet("Strangers mixed in (bands: share right/mean claimed)", header, tuple(rows))


def stranger_sheet(records: Sequence[Mapping[str, Any]]) -> Sheet:
    """What becomes of strangers in mixed tasks."""
    header = (
        "task", "own strangers", "linked", "mean P(in the CRM)", "of it not listed", "from elsewhere", "linked",
        "mean P(in the CRM)", "of it not listed",
    )  # fmt: skip
    rows = []
    for one in records:
        if one["kind"] == "mixed" and one["strangers"]["elsewhere"]["profiles"]:
            cells: list[str] = []
            for who in ("own", "elsewhere"):
                some = one["strangers"][who]
                cells += [f"{some['profiles']:,}", f"{some['linked']:,}", f"{some['believed']:.3f}"]
                cells.append(f"{some['rest']:.3f}")
            rows.append((one["task"], *cells))
    return Sheet("Strangers of mixed tasks", header, tuple(rows))


def _calls(folders: Mapping[str, Path], chosen: Sequence[str], bench: Path) -> tuple[list[Any], list[Any]]:
    pairs = [(folders[source], folders[crm]) for source, crm in permutations(TASKS, 2) if crm in chosen]
    lenders = [name for name in TASKS if pq.read_metadata(folders[name] / "profiles.parquet").num_rows >= FEWEST]
    mixed = [
        (folders[task], folders.get(source or ""), bench)
        for task in chosen
        for source in (None, *(name for name in lenders if name != task))
    ]
    return pairs, mixed


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    root = Path(os.environ.get("SOCIOLINK_DATA", "../shared/data"))
    parser.add_argument("--data", type=Path, default=root / "open_world", help="folder with one folder for each task")
    parser.add_argument("--bench", type=Path, help="folder with coverage.py")
    parser.add_argument(
        "--tasks", nargs="+", choices=TASKS, default=list(TASKS), help="whose customers; all by default"
    )
    parser.add_argument("--from-results", action="store_true", help="measure nothing: show what was measured last")
    parser.add_argument("--write-docs", action="store_true", help="put the tables into docs/strangers.md")
    return parser.parse_args()


def main() -> None:
    """Measure, save, show."""
    given = parse()
    path = RESULTS / "shifted.json"
    if not given.from_results:
        from open_world import round_floats

        bench = given.bench or given.data.parent.parent / "bench"
        alone, mixed = _calls({name: given.data / name for name in TASKS}, given.tasks, bench)
        records, version = [], code_version()
        for function, calls in ((measure_alone, alone), (measure_mixed, mixed)):
            for record in in_turn(function, calls):
                records.append({"code": version, **round_floats(record)})
                print(f"measured {record['task']}", flush=True)
        save(records, path)
    records = load(path)
    sheets = [alone_sheet(records), mixed_sheet(records), stranger_sheet(records)]
    for sheet in sheets:
        print_sheet(sheet)
    if given.write_docs:
        insert_block(ROOT / "docs" / "strangers.md", to_markdown(sheets))


if __name__ == "__main__":
    main()
