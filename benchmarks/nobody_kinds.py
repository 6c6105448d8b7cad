"""Nobody's kinds: links to fans, parodies, organisations and bots, with and without what accounts say of themselves.

usage: python benchmarks/nobody_kinds.py [--tasks us_congress ...] [--seeds 1,2,3] [--signs] [--from-results]

Real tasks, and made-up worlds in which the kind of every stranger is known. Results go to results/nobody_kinds.json.
`--signs` counts how often accounts of each kind say what, and measures nothing else.
"""

from __future__ import annotations

import argparse
import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from accuracy import RESULTS, code_version, in_turn, load, save
from tables import Sheet, insert_block, print_sheet, to_markdown

Record = dict[str, Any]

CUSTOMERS, PROFILES = 5_000, 3_000
PAGE = RESULTS.parents[1] / "docs" / "strangers.md"
COVERAGES = (0.1, 0.3, 0.6)
FAMILY = "nature"
OTHERS: Mapping[str, Record] = {
    "most handles opaque": {"coverage": 0.1, "opaque": 0.7},
    "many organisations": {"coverage": 0.3, "organisations": 0.4, "bots": 0.2},
    "every profile has a bio": {"coverage": 0.3, "fields": {"profiles.bio": 1.0, "profiles.display_name": 1.0}},
    "half of the customers companies": {"coverage": 0.3, "companies": 0.5},
    "nobody a customer, no fans": {"coverage": 0.0, "fans": 0.0, "parodies": 0.0},
    "no profile has text": {"coverage": 0.3, "fields": {"profiles.bio": 0.0, "profiles.display_name": 0.0}},
}
"""Worlds of other shapes."""

KINDS = ("same", "shifted", "organisation", "organisation (a customer's name)", "bot", "fan", "parody")


def families(*, with_nature: bool) -> tuple[Any, ...]:
    """The default families, with or without this one."""
    from sociolink.evidence.nature import Nature
    from sociolink.linking.defaults import DEFAULT_EVIDENCE

    others = tuple(one for one in DEFAULT_EVIDENCE if one.name != FAMILY)
    return (*others, Nature()) if with_nature else others


def make_world(seed: int, settings: Mapping[str, Any], *, profiles: int = PROFILES) -> Any:
    """A world in which nobody refuses consent."""
    from sociolink import datasets

    fields = {"customers.consent": 0.0, "profiles.consent": 0.0, **settings.get("fields", {})}
    given = {**settings, "fields": fields}
    return datasets.synthetic(CUSTOMERS, profiles, seed=seed, posts=0, events=0, **given)


def measure_world(name: str, seed: int, settings: Mapping[str, Any], with_nature: bool) -> Record:
    """One made-up world."""
    import sociolink as sl

    world = make_world(seed, settings)
    links = sl.link(
        world.profiles,
        world.customers,
        policy=sl.Policy.research(who="benchmark"),
        evidence=families(with_nature=with_nature),
    )
    found = sl.evaluate(links, world.truth, groups=world.groups, bootstrap=0)
    return {
        "task": f"synthetic, {name}, seed {seed}",
        "world": name,
        "with": with_nature,
        "evaluation": found.to_dict(),
        "coverage": {"true": world.coverage, "learned": links.report.coverage},
        "false": count_false(links, world),
    }


def count_false(links: Any, world: Any) -> dict[str, Record]:
    """Profiles of each kind of stranger: all, linked, at .5 or more, and the mean of P(somebody in the CRM).

    Accounts of organisations whose best customer is an organisation count apart: they bear its very name, and nothing
    but the made-up truth says that they are not its.
    """
    kind = dict(zip(world.truth["profile_id"].to_pylist(), world.truth["stranger_kind"].to_pylist(), strict=True))
    is_one = pc.equal(world.customers["kind"], "organisation")
    companies = set(world.customers.filter(is_one)["customer_id"].to_pylist())
    best = links.table.filter(pc.less_equal(links.table["rank"], 1)).to_pylist()
    out: dict[str, Record] = {}
    for name in KINDS:
        wanted, _, namesake = name.partition(" ")
        own = [row for row in best if kind.get(row["profile_id"]) == wanted]
        if wanted == "organisation":
            own = [row for row in own if (row["customer_id"] in companies) == bool(namesake)]
        out[name] = {
            "profiles": len(own),
            "linked": sum(row["decision"] == "link" for row in own),
            "from_half": sum((row["group_probability"] or 0.0) >= 0.5 for row in own),
            "believed": sum(1 - row["nobody_probability"] for row in own) / max(len(own), 1),
        }
    return out


def measure_real(folder: Path, with_nature: bool) -> Record:
    """One real task."""
    import open_world

    record = open_world.measure_task(folder, evidence=families(with_nature=with_nature), bootstrap=0).record
    return {**record, "with": with_nature}


def count_signs(name: str, profiles: pa.Table, kinds: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Rows of a sheet: how often accounts of each kind say what, of those with a bio, a display name only, neither."""
    from sociolink.evidence.facts import text_column
    from sociolink.reference.account_signs import SIGNS
    from sociolink.text.signs import read_signs

    signs = read_signs(*(text_column(profiles, column) for column in ("bio", "display_name", "handle")))
    places = [
        "bio" if bio else "name" if shown else "handle"
        for bio, shown in zip(signs.has_bio, signs.has_name, strict=True)
    ]
    said = [
        SIGNS[text] if text >= 0 else f"{SIGNS[handle]} (handle)" if handle >= 0 else "-"
        for text, handle in zip(signs.text.tolist(), signs.handle.tolist(), strict=True)
    ]
    count = Counter(zip(kinds, places, said, strict=True))
    whole = Counter(zip(kinds, places, strict=True))
    for kind, place in sorted(whole):
        each = (*SIGNS, "imitation (handle)", "-")
        yield (name, kind, place, f"{whole[kind, place]:,}", *(f"{count[kind, place, one]:,}" for one in each))


def sign_sheet(folders: Sequence[Path]) -> Sheet:
    """How often accounts say what, in real tasks and in one made-up world."""
    header = (
        "task", "owner", "with", "profiles", "imitation", "automated", "organisation", "person", "by handle", "nothing",
    )  # fmt: skip
    rows: list[tuple[str, ...]] = []
    for folder in folders:
        profiles, truth = (pq.read_table(folder / f"{name}.parquet") for name in ("profiles", "truth"))
        place = pc.index_in(profiles["profile_id"].combine_chunks(), value_set=truth["profile_id"].combine_chunks())
        owned = pc.is_valid(truth["customer_id"].combine_chunks().take(place)).to_pylist()
        rows += count_signs(folder.name, profiles, ["customer" if one else "stranger" for one in owned])
    world = make_world(3, {"coverage": 0.3}, profiles=20_000)
    kinds = [kind or "customer" for kind in world.truth["stranger_kind"].to_pylist()]
    rows += count_signs("synthetic", world.profiles, kinds)
    return Sheet("What accounts say of themselves", header, tuple(rows))


FORMS = ("real", "the", "official", "team", "office", "press", "news", "hq", "bot", "fake", "not", "fans", "parody")
"""Words in handles that might tell persons from others."""


def form_sheet(folders: Sequence[Path]) -> Sheet:
    """In how many handles of real owners each word stands, between marks or at a change of case."""
    from sociolink.text.folding import transliterate

    rows = []
    for folder in folders:
        handles = pq.read_table(folder / "profiles.parquet")["handle"].combine_chunks()
        split = pc.replace_substring_regex(transliterate(handles), "([a-z])([A-Z0-9])", r"\1 \2")
        words = pc.replace_substring_regex(pc.utf8_lower(split), "[^a-z]+", " ")
        count = [pc.sum(pc.match_substring_regex(words, rf"\b{form}\b")).as_py() or 0 for form in FORMS]
        rows.append((folder.name, f"{len(handles):,}", *(f"{one:,}" for one in count)))
    return Sheet("Words in the handles of real people", ("task", "handles", *FORMS), tuple(rows))


def _pairs(records: Sequence[Record]) -> list[tuple[Record, Record]]:
    """For each task the record without and with the family."""
    of_task: dict[str, dict[bool, Record]] = {}
    for one in records:
        of_task.setdefault(one["task"], {})[one["with"]] = one
    return [(both[False], both[True]) for both in of_task.values()]


def change_sheet(records: Sequence[Record]) -> Sheet:
    """Accuracy without > with."""

    def change(without: Mapping[str, Any], found: Mapping[str, Any], name: str) -> str:
        return f"{without[name]:.3f} > {found[name]:.3f}"

    rows = []
    for before, after in _pairs(records):
        one, two = before["evaluation"], after["evaluation"]
        claims = [f"{(each['claim95'] or {}).get('precision', float('nan')):.3f}" for each in (one, two)]
        rows.append(
            (
                after["task"],
                *(change(one, two, name) for name in ("recall_at_p95", "log_loss", "false_links")),
                " > ".join(claims),
                change(before["coverage"], after["coverage"], "learned"),
                f"{after['coverage']['true']:.3f}",
            )
        )
    header = ("task", "R@P95", "log loss", "strangers at .5", "claim95: precision", "coverage learned", "true")
    return Sheet("Without > with what accounts say of themselves", header, tuple(rows))


def kind_sheet(records: Sequence[Record]) -> Sheet:
    """False links by the kind of stranger, worlds of one coverage together."""
    rows = []
    for coverage in COVERAGES:
        for kind in KINDS:
            sums = []
            for given in (False, True):
                world = f"coverage {coverage}"
                some = [one["false"][kind] for one in records if one.get("world") == world and one["with"] is given]
                people = max(sum(one["profiles"] for one in some), 1)
                believed = sum(one["believed"] * one["profiles"] for one in some) / people
                sums.append((people, *(sum(one[name] for one in some) for name in ("linked", "from_half")), believed))
            (people, linked, half, mean), (_, linked2, half2, mean2) = sums
            change = (f"{linked} > {linked2}", f"{half} > {half2}", f"{mean:.2f} > {mean2:.2f}")
            rows.append((f"{coverage}", kind, f"{people:,}", *change))
    header = ("coverage", "kind of stranger", "profiles", "linked", "at .5 or more", "mean P(in the CRM)")
    return Sheet("Strangers taken for customers, without > with", header, tuple(rows))


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    root = Path(os.environ.get("SOCIOLINK_DATA", "../shared/data"))
    parser.add_argument("--data", type=Path, default=root / "open_world", help="folder with one folder for each task")
    parser.add_argument("--tasks", nargs="*", help="names of real tasks; all by default")
    parser.add_argument("--seeds", type=lambda text: [int(one) for one in text.split(",") if one], default=[1, 2, 3])
    parser.add_argument("--signs", action="store_true", help="only count what accounts say")
    parser.add_argument("--output", type=Path, default=RESULTS / "nobody_kinds.json")
    parser.add_argument("--from-results", action="store_true", help="measure nothing: show what was measured last")
    parser.add_argument("--write-docs", action="store_true", help="put the tables into docs/strangers.md")
    return parser.parse_args()


def main() -> None:
    """Measure, save, show."""
    given = parse()
    if not given.from_results:
        import open_world

        found = open_world.find_tasks(given.data) if given.data.is_dir() else []
        folders = [folder for folder in found if given.tasks is None or folder.name in given.tasks]
        if given.signs:
            print_sheet(sign_sheet(folders))
            print_sheet(form_sheet(folders))
            return
        both = (False, True)
        shapes = {f"coverage {share}": {"coverage": share} for share in COVERAGES}
        worlds = [(name, seed, shape, one) for name, shape in shapes.items() for seed in given.seeds for one in both]
        worlds += [(name, 1, shape, one) for name, shape in OTHERS.items() for one in both]
        real = [(folder, one) for folder in folders for one in both]
        records, version = [], code_version()
        for function, calls in ((measure_world, worlds), (measure_real, real)):
            for record in in_turn(function, calls):
                records.append({"code": version, **open_world.round_floats(record)})
                print(f"measured {record['task']}", flush=True)
        save(records, given.output)
    records = load(given.output)
    sheets = [change_sheet(records), kind_sheet(records)]
    for sheet in sheets:
        print_sheet(sheet)
    if given.write_docs:
        insert_block(PAGE, to_markdown(sheets), "kinds")


if __name__ == "__main__":
    main()
