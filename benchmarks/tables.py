"""Measured figures as rows of text: for the terminal, for Markdown, and between the markers of a page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from targets import TARGETS, judge, judge_thinned

__all__ = [
    "Sheet",
    "ablation_sheet",
    "confidence_sheet",
    "coverage_sheet",
    "decoy_sheet",
    "insert_block",
    "print_sheet",
    "ranking_sheet",
    "readme_sheet",
    "to_markdown",
]

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of text.

    Attributes:
        title: What it shows.
        header: Names of the columns.
        rows: The cells.
    """

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def ranking_sheet(records: Sequence[Record]) -> Sheet:
    """How good the order of the answers is, and what it took."""
    header = (
        "task", "customers'/profiles", "R@P95 (95% interval)", "R@1", "baseline R@P95", "log loss (95% interval)",
        "Brier", "owner among candidates", "candidates/profile", "seconds", "peak MiB", "targets",
    )  # fmt: skip
    rows = []
    for one in records:
        found, proposed = one["evaluation"], one["candidates"]
        rows.append(
            (
                one["task"],
                f"{found['customers_profiles']:,}/{found['profiles']:,}",
                f"{_share(found['recall_at_p95'])} {_interval(found['recall_at_p95_interval'])}",
                _share(found["recall_at_1"]),
                _share((one.get("baseline") or {}).get("recall_at_p95")),
                f"{found['log_loss']:.2f} {_interval(found['log_loss_interval'], 2)}",
                _share(found["brier"]),
                _share(proposed["owner_among"]),
                f"{proposed['per_profile']:.1f}",
                f"{one['seconds']:.1f}",
                f"{one['peak_memory_mib']:.0f}",
                say_target(one["task"]),
            )
        )
    return Sheet("How good the order is", header, tuple(rows))


def confidence_sheet(records: Sequence[Record]) -> Sheet:
    """Whether what the links say of themselves is true."""
    header = (
        "task", "claim95: precision", "share of oracle", "coverage learned (interval)", "true", "findable learned",
        "true", "links", "false", "false by model", "false by decoys (interval)", "[.5,.8)", "[.8,.95)", "[.95,1]",
        "nobody", "targets",
    )  # fmt: skip
    rows = []
    for one in records:
        found, made, share = one["evaluation"], one["links"], one["coverage"]
        claim = found["claim95"] or {}
        bands = [_band(band) for band in (*found["bands"], found["nobody"])]
        rows.append(
            (
                one["task"],
                _share(claim.get("precision")),
                _share(claim.get("share_of_oracle")),
                f"{_share(share['learned'])} {_interval(share['learned_interval'])}",
                _share(share["true"]),
                _share(share["findable"]),
                _share(share["findable_true"]),
                f"{made['made']:,}",
                f"{made['false']:,}",
                f"{made['false_by_model']:.0f}",
                f"{made['false_by_decoys']:.0f} {_interval(made['false_by_decoys_interval'], 0)}"
                + (" (diagnostic only)" if made["decoy_note"] else ""),
                *bands,
                say_verdict(judge(one)),
            )
        )
    title = "Whether the confidence can be believed (bands: share right/mean claimed; ! beyond max(.02, 2 se))"
    return Sheet(title, header, tuple(rows))


def readme_sheet(records: Sequence[Record]) -> Sheet:
    """The few figures a reader wants first."""
    header = (
        "task", "profiles", "recall at 95% precision", "best string baseline", "log loss, bits",
        "owner among candidates", "candidates a profile", "coverage learned / true",
    )  # fmt: skip
    rows = tuple(
        (
            one["task"],
            f"{one['evaluation']['profiles']:,}",
            f"{_share(one['evaluation']['recall_at_p95'])} {_interval(one['evaluation']['recall_at_p95_interval'])}",
            _share((one.get("baseline") or {}).get("recall_at_p95")),
            f"{one['evaluation']['log_loss']:.2f}",
            _share(one["candidates"]["owner_among"]),
            f"{one['candidates']['per_profile']:.1f}",
            f"{_share(one['coverage']['learned'])} / {_share(one['coverage']['true'])}",
        )
        for one in records
    )
    return Sheet("Real tasks, default settings, no labels", header, rows)


def coverage_sheet(records: Sequence[Record]) -> Sheet:
    """The same tasks at other coverages."""
    header = (
        "task", "true coverage", "learned (interval)", "findable: true", "learned", "R@P95", "log loss",
        "claim95: precision", "links", "false", "false by model", "false by decoys (interval)", "demands",
    )  # fmt: skip
    rows = []
    for one in records:
        found, made, share = one["evaluation"], one["links"], one["coverage"]
        rows.append(
            (
                one["task"],
                _share(share["true"]),
                f"{_share(share['learned'])} {_interval(share['learned_interval'])}",
                _share(share["findable_true"]),
                _share(share["findable"]),
                _share(found["recall_at_p95"]),
                f"{found['log_loss']:.2f}",
                _share((found["claim95"] or {}).get("precision")),
                f"{made['made']:,}",
                f"{made['false']:,}",
                f"{made['false_by_model']:.0f}",
                f"{made['false_by_decoys']:.0f} {_interval(made['false_by_decoys_interval'], 0)}",
                say_verdict(judge_thinned(one)),
            )
        )
    return Sheet("At other coverages", header, tuple(rows))


def decoy_sheet(records: Sequence[Record]) -> Sheet:
    """What is learned where nobody is a customer."""
    header = ("profiles of", "customers", "coverage learned (interval)", "findable", "")
    rows = tuple(
        (
            one["task"] if one["task"].startswith("synthetic") else f"{one['task']}, against decoys",
            f"{one['customers']:,}",
            f"{_share(one['learned'])} {_interval(one['interval'])}",
            _share(one["findable"]),
            "met" if one["learned"] < 0.05 else "MISSED: .05 at most",
        )
        for one in records
    )
    return Sheet("Where nobody is a customer: the true coverage is 0", header, rows)


def ablation_sheet(records: Sequence[Record]) -> Sheet:
    """What each part gives: R@P95 and log loss without it, less those with everything."""
    tasks = list(dict.fromkeys(one["task"] for one in records))
    of = {(one["task"], one["without"]): one["evaluation"] for one in records}
    rows = [("(R@P95, log loss)", *(_two(of[task, None]) for task in tasks))]
    for part in dict.fromkeys(one["without"] for one in records if one["without"] is not None):
        cells = [_change(of[task, part], of[task, None]) if (task, part) in of else "-" for task in tasks]
        rows.append((part, *cells))
    return Sheet("Without one part: change of R@P95, change of log loss in bits", ("without", *tasks), tuple(rows))


def _two(found: Mapping[str, Any]) -> str:
    return f"{found['recall_at_p95']:.3f}, {found['log_loss']:.2f}"


def _change(found: Mapping[str, Any], whole: Mapping[str, Any]) -> str:
    """Nothing where nothing changed."""
    recall, loss = (found[name] - whole[name] for name in ("recall_at_p95", "log_loss"))
    return "·" if abs(recall) < 5e-4 and abs(loss) < 5e-3 else f"{recall:+.3f}, {loss:+.2f}"


def say_target(task: str) -> str:
    """The targets of a task in short."""
    target = TARGETS.get(task)
    if target is None:
        return "reported"
    parts = [f"R@P95 ≥ {target.recall_at_p95:.2f}"]
    if target.log_loss is not None:
        parts.append(f"log loss ≤ {target.log_loss:.2f}")
    return ", ".join(parts)


def say_verdict(met: Mapping[str, bool] | None) -> str:
    """Met, or what was missed."""
    if met is None:
        return "-"
    missed = [name for name, reached in met.items() if not reached]
    return "MISSED: " + ", ".join(missed) if missed else "met"


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _interval(ends: Sequence[float | None] | None, digits: int = 3) -> str:
    if not ends or ends[0] is None or ends[1] is None:
        return ""
    return f"({ends[0]:.{digits}f}-{ends[1]:.{digits}f})"


def _band(band: Mapping[str, Any] | None) -> str:
    if band is None:
        return "-"
    beyond = "" if band.get("within", True) else "!"
    return f"{band['right']:.2f}/{band['claimed']:.2f} of {band['answers']:,}{beyond}"


def print_sheet(sheet: Sheet) -> None:
    """Print for people; wide where the output is no terminal."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=260)
    table = Table(title=sheet.title, box=box.SIMPLE, title_justify="left")
    for number, name in enumerate(sheet.header):
        table.add_column(name, justify="left" if number == 0 else "right", no_wrap=number == 0)
    for row in sheet.rows:
        style = "red" if any(cell.startswith("MISSED") for cell in row) else None
        table.add_row(*row, style=style)
    console.print(table)


def to_markdown(sheets: Iterable[Sheet], *, titles: bool = True) -> str:
    """Sheets as Markdown tables."""
    out: list[str] = []
    for sheet in sheets:
        out += [f"**{sheet.title}**", ""] if titles else []
        out.append("| " + " | ".join(sheet.header) + " |")
        out.append("|---" + "|---:" * (len(sheet.header) - 1) + "|")
        out += ["| " + " | ".join(row) + " |" for row in sheet.rows]
        out.append("")
    return "\n".join(out).strip()


def insert_block(page: Path, block: str, name: str = "accuracy") -> None:
    """Put a block between the markers of its name in a page, and leave the rest alone.

    Raises:
        SystemExit: The page has no markers.
    """
    first, last = f"<!-- {name} -->", f"<!-- /{name} -->"
    text = page.read_text(encoding="utf-8")
    before, start, rest = text.partition(first)
    _, end, after = rest.partition(last)
    if not start or not end:
        raise SystemExit(f"{page.name} has no block between {first} and {last}: nothing was written.")
    page.write_text(f"{before}{first}\n{block}\n{last}{after}", encoding="utf-8")
