"""The report of links as one HTML file: what was found, what other risks would mean, and why for each profile."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from sociolink.calibration.decisions import DecisionRule
from sociolink.errors import InvalidParameterError
from sociolink.records.writers import write_bytes
from sociolink.rendering.card_data import CardData
from sociolink.rendering.grid import Grid
from sociolink.rendering.numbers import say_count, say_interval, say_share
from sociolink.rendering.page import MOST_BYTES, PageData, PageSection, draw_page, measure_cards
from sociolink.results.best_answers import BestAnswers, read_best
from sociolink.results.link_table import LinkTable
from sociolink.results.model import LinkModel
from sociolink.results.page_links import choose_profiles, measure_stops, read_details, show_cards
from sociolink.results.parity.bands import read_bands
from sociolink.results.parity.expected import expect_parity
from sociolink.results.report import RunReport

__all__ = ["MOST_SHOWN", "describe_links", "write_page"]

MOST_SHOWN: Final = 5_000
"""Profiles that a report shows by default; the file stays below 5 MiB."""

_MOST_COMPONENTS: Final = 40


def write_page(
    links: LinkTable,
    path: str | os.PathLike[str],
    *,
    profiles: Any = None,
    customers: Any = None,
    shown: int = MOST_SHOWN,
) -> Path:
    """Write the report; see `Links.write_report`."""
    data = describe_links(links, profiles=profiles, customers=customers, shown=shown)
    return write_bytes(draw_page(data).encode(), path)


def describe_links(
    links: LinkTable, *, profiles: Any = None, customers: Any = None, shown: int = MOST_SHOWN
) -> PageData:
    """All that the report says, as a value.

    Args:
        links: The links.
        profiles: The profiles, to show handles, names and bios; None shows ids alone.
        customers: The customers, likewise.
        shown: Most profiles that are shown.

    Raises:
        InputError: A table cannot be read.
        InvalidParameterError: `shown` is no whole number of at least 1.
    """
    if not isinstance(shown, int) or isinstance(shown, bool) or shown < 1:
        raise InvalidParameterError(f"shown is {shown!r}; it must be a whole number of at least 1")
    timeless = RunReport.from_dict(links.report.to_dict(timing=False))
    links = replace(links, report=timeless)
    report, best = links.report, read_best(links.table)
    cards, sampled = _choose_cards(links, best, shown, tables=(profiles, customers))
    while (size := measure_cards(cards)) > MOST_BYTES and len(cards) > 1:
        fewer = max(int(0.95 * len(cards) * MOST_BYTES / size), 1)
        cards, sampled = _choose_cards(links, best, fewer, tables=(profiles, customers))
    stops, nearest = measure_stops(best, DecisionRule.from_dict(report.decision_rule))
    return PageData(
        title="Links of profiles to customers",
        lead=(*_lead(links), links.calibration.sentence),
        warnings=report.warnings,
        summary=report.grid(),
        stops=stops,
        chosen=nearest,
        cards=cards,
        sampled=sampled,
        sections=tuple(_sections(links, profiles, customers)),
    )


def _choose_cards(
    links: LinkTable, best: BestAnswers, shown: int, *, tables: tuple[Any, Any]
) -> tuple[tuple[CardData, ...], str]:
    """The cards that are shown, and how they were chosen."""
    chosen, sampled = choose_profiles(links.table, best, shown)
    at = pa.array(chosen)
    details = (
        read_details(tables[0], "profiles", best.profile.take(at)),
        read_details(tables[1], "customers", pc.drop_null(best.customer.take(at))),
    )
    cards = show_cards(links.table, (best, chosen), phrases=links.phrases, report=links.report, details=details)
    return cards, sampled


def _lead(links: LinkTable) -> Iterator[str]:
    report = links.report
    if links.acceptance is not None:
        yield links.acceptance.sentence
    yield (
        f"{say_count(report.linked)} of {say_count(report.profiles)} profiles are linked to a customer, "
        f"{say_count(report.review)} are worth a look, {say_count(report.none)} are left open. "
        f"{say_share(report.coverage)} of the profiles are customers' "
        f"({say_interval(report.coverage_low, report.coverage_high)}), and "
        f"{say_count(float(report.false_links_expected))} of the links are expected to be false."
    )


def _sections(links: LinkTable, profiles: Any, customers: Any) -> Iterator[PageSection]:
    yield _blocking(links.report)
    yield _model(links.model, links.model_id)
    bands = read_bands(profiles=profiles, customers=customers, keys=links.profile_keys)
    note = "By the stated probabilities; evaluate measures it where the truth is known."
    if bands:
        found = expect_parity(links.table, bands)
        yield PageSection("parity", "Parity", " ".join([note, *found.warnings]), (found.grid(),))
    else:
        why = "Bands are not known here: give the profiles or the customers when the report is made."
        yield PageSection("parity", "Parity", why, ())
    yield PageSection("rejects", "Rejects", "Rows and values that were set aside while reading.", (_rejects(links),))
    yield PageSection("settings", "Settings and provenance", "", tuple(_settings(links.report)))


def _blocking(report: RunReport) -> PageSection:
    rows = [
        ("pairs compared one by one", say_count(report.candidates)),
        ("a profile", say_count(report.candidates / max(report.profiles, 1))),
        ("blocks that were too large for that", say_count(report.capped_blocks)),
    ]
    grids = [Grid((), tuple(rows), frozenset({1}), "Candidates")]
    told = report.blocking
    if told:
        counted = [
            (say_count(low) if low == high else f"{say_count(low)} to {say_count(high)}", say_count(held))
            for low, high, held in told["candidates"]
        ]
        grids.append(Grid(("candidates", "profiles"), tuple(counted), frozenset({0, 1}), "Candidates of a profile"))
        shares = [
            (family, say_count(pairs), say_share(pairs / max(report.candidates, 1)))
            for family, pairs in told["proposed_by"].items()
        ]
        titles = ("keys of", "pairs", "of all pairs")
        grids.append(Grid(titles, tuple(shares), frozenset({1, 2}), "Which keys proposed the pairs"))
    return PageSection("blocking", "Blocking", "Several keys may propose the same pair.", tuple(grids))


def _model(model: LinkModel | None, model_id: str) -> PageSection:
    if model is None:
        return PageSection("model", "Model", f"Model {model_id or 'unknown'}; it was not read with the links.", ())
    rows = (
        ("model", model.model_id),
        ("evidence", ", ".join(model.families)),
        ("fitted on", f"{say_count(model.profiles)} profiles and {say_count(model.customers)} customers"),
        ("coverage", str(model.coverage)),
        ("findable coverage", str(model.findable)),
        ("EM", f"{model.rounds} rounds, {'came to rest' if model.converged else 'did not come to rest'}"),
    )
    weights = sorted(
        ((channel, part, weight) for channel, parts in model.weights.items() for part, weight in parts.items()),
        key=lambda one: (one[0], -one[2], one[1]),
    )
    shown = tuple((channel, part, f"{weight:.4f}") for channel, part, weight in weights[:_MOST_COMPONENTS])
    said = f"The first {_MOST_COMPONENTS} of {len(weights)} components" if len(weights) > _MOST_COMPONENTS else ""
    caption = f"How often owners show what. {said}".strip()
    weighed = Grid(("channel", "component", "weight"), shown, frozenset({2}), caption)
    return PageSection("model", "Model", "", (Grid((), rows, caption="The model"), weighed))


def _rejects(links: LinkTable) -> Grid:
    titles = ("table", "column", "value", "reason", "rows")
    keys = ["table", "column", "value_class", "reason"]
    counted = links.rejects.group_by(keys, use_threads=False).aggregate([([], "count_all")])
    rows = sorted(tuple(row[name] or "" for name in keys) for row in counted.to_pylist())
    counts = {tuple(row[name] or "" for name in keys): int(row["count_all"]) for row in counted.to_pylist()}
    shown = tuple((*row, say_count(counts[row])) for row in rows)
    if not shown:
        shown = tuple((table, "", "", "see the run", say_count(count)) for table, count in links.report.rejects.items())
    return Grid(titles, shown or (("nothing was set aside", "", "", "", ""),), frozenset({4}), "What was set aside")


def _settings(report: RunReport) -> Iterator[Grid]:
    names = ("setting", "value")
    yield Grid(names, _pairs(report.policy), caption="Policy")
    yield Grid(names, _pairs(report.decision_rule), caption="How links were decided")
    for source in report.sources:
        yield Grid(names, _pairs(source), caption=f"Where {source.get('kind', 'a table')} came from")
    versions = _pairs({**report.versions, "seed": report.seed})
    yield Grid(names, versions, caption="Versions and seed")


def _pairs(values: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple((name.replace("_", " "), _say(value)) for name, value in values.items())


def _say(value: Any) -> str:
    if value is None or value == "":
        return "-"
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {_say(one)}" for name, one in value.items()) or "-"
    if isinstance(value, list | tuple):
        return ", ".join(map(_say, value)) or "-"
    return str(value)
