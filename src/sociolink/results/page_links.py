"""The links that a report shows: a sample of the profiles with their cards, and what other limits would mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.calibration.decisions import DECISIONS, DecisionRule, decide_profiles
from sociolink.records.readers import read_table
from sociolink.rendering.card_data import CardData
from sociolink.rendering.page import RiskStop
from sociolink.results.best_answers import BestAnswers, exact_total
from sociolink.results.explanation import explain_rows
from sociolink.results.labels.sheets import sample_table
from sociolink.results.report import RunReport

__all__ = ["Details", "choose_profiles", "measure_stops", "read_details", "show_cards"]

Int64s = npt.NDArray[np.int64]
Details = tuple[pa.Array, list[dict[str, Any]]]

_LIMITS: Final = (0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3)
_OF_PROFILES: Final = ("platform", "handle", "display_name", "bio", "location", "url")
_OF_CUSTOMERS: Final = (
    "full_name",
    "given_name",
    "family_name",
    "city",
    "country",
    "organisation",
    "job_title",
    "website",
)


def measure_stops(best: BestAnswers, rule: DecisionRule) -> tuple[tuple[RiskStop, ...], int]:
    """What other limits would mean, all else as it was decided; and which of them is the nearest to that.

    Args:
        best: The best answers.
        rule: By which they were decided; what was linked before plays no part.
    """
    limits = sorted({*_LIMITS, rule.max_false})
    stops = []
    for limit in limits:
        decided = decide_profiles(best.chance, replace(rule, max_false=limit), margin=best.margin)
        linked, review, none = (int((decided == code).sum()) for code in range(len(DECISIONS)))
        made = best.chance[decided == DECISIONS.index("link")]
        least = float(made.min()) if len(made) else None
        stops.append(RiskStop(limit, linked, review, none, exact_total(1 - made), least))
    return tuple(stops), limits.index(rule.max_false)


def choose_profiles(table: pa.Table, best: BestAnswers, size: int) -> tuple[Int64s, str]:
    """Which profiles are shown, in their order, and how they were chosen.

    Args:
        table: The links.
        best: The best answers.
        size: Most profiles that are shown.

    Returns:
        (shown,) places in `best`; in words. Equal links choose equally.
    """
    total = len(best.row)
    if total <= size:
        return np.arange(total), f"All {total:,} profiles are shown."
    drawn = sample_table(table, size)["profile_id"].combine_chunks()
    chosen = np.flatnonzero(np.asarray(pc.is_in(best.profile, value_set=drawn)))[:size]
    counts = np.bincount(best.decided[chosen], minlength=len(DECISIONS))
    named = ", ".join(f"{count:,} {decision}" for decision, count in zip(DECISIONS, counts, strict=True))
    said = (
        f"A random sample of {len(chosen):,} of {total:,} profiles is shown ({named}), unsure answers more densely. "
        "The figures above and below are of all of them."
    )
    return chosen, said


def read_details(source: Any, kind: Literal["profiles", "customers"], wanted: pa.Array) -> Details | None:
    """What is known of the profiles or customers that are shown.

    Args:
        source: The table or file; None for nothing.
        kind: "profiles" or "customers".
        wanted: Ids that are shown.

    Raises:
        InputError: The table cannot be read.
    """
    if source is None:
        return None
    key, names = ("profile_id", _OF_PROFILES) if kind == "profiles" else ("customer_id", _OF_CUSTOMERS)
    table = read_table(source, kind).table.select([key, *names])
    rows = table.filter(pc.is_in(table[key], value_set=wanted)).combine_chunks()
    return rows[key].combine_chunks(), rows.select(list(names)).to_pylist()


def show_cards(
    table: pa.Table,
    places: tuple[BestAnswers, Int64s],
    *,
    phrases: Mapping[str, Mapping[str, str]],
    report: RunReport,
    details: tuple[Details | None, Details | None] = (None, None),
) -> tuple[CardData, ...]:
    """The cards of the chosen profiles.

    Args:
        table: The links.
        places: The best answers, and which of them are shown.
        phrases: For each family what its components mean.
        report: Of the run.
        details: What is known of profiles and of customers.
    """
    best, chosen = places
    of_profiles, of_customers = (_by_id(one) for one in details)
    ends = np.append(best.row, table.num_rows)
    cards = []
    for place in chosen.tolist():
        rows = table.slice(int(ends[place]), int(ends[place + 1] - ends[place]))
        found = explain_rows(rows, row=0, phrases=phrases, report=report)
        profile, customer = of_profiles.get(found.profile_id), of_customers.get(found.customer_id or "")
        cards.append(found.card(profile=profile, customer=customer))
    return tuple(cards)


def _by_id(details: Details | None) -> dict[str, dict[str, Any]]:
    return {} if details is None else dict(zip(details[0].to_pylist(), details[1], strict=True))
