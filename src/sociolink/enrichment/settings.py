"""The parameters of an enrichment, checked together with the tables that they are for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pyarrow as pa

from sociolink.enrichment.dates import read_as_of, read_column, show_moment
from sociolink.enrichment.groups import SINCE
from sociolink.enrichment.terms import Urgency, ValueTerms, read_terms
from sociolink.errors import InputError, Problem
from sociolink.opinions.catalogue import as_catalogue

__all__ = ["Settings", "check_settings"]

Check = Callable[[pa.Table | None, pa.Table | None, bool], list[Problem]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Parameters that are sound; see `enrich`."""

    segment: str | None
    tenure_years: tuple[float, ...]
    owning: tuple[str, ...]
    k: int
    urgency: Urgency
    value: ValueTerms | None
    as_of: int | None

    def to_dict(self, as_of: int | None) -> dict[str, Any]:
        """Plain values.

        Args:
            as_of: The moment that was used, in microseconds.
        """
        return {
            "segment": self.segment,
            "tenure_years": list(self.tenure_years),
            "owning": list(self.owning),
            "k": self.k,
            "urgency": self.urgency.to_dict(),
            "value": None if self.value is None else self.value.to_dict(),
            "as_of": None if as_of is None else show_moment(as_of),
        }


def check_settings(
    *,
    opinions: Any,
    catalogue: Any,
    segment: Any,
    tenure_years: Any,
    owning: Any,
    k: Any,
    urgency: Any,
    value: Any,
    as_of: Any,
) -> tuple[Settings, Check]:
    """Check parameters; see `enrich` for each.

    Returns:
        The settings, and a check that gives every problem of them, also with the tables of events and customers. The
        settings may be used only if it gives none.
    """
    problems: list[Problem] = []
    if opinions is not None and not callable(opinions):
        remedy = "Give a callable from texts to opinions; see docs/opinions.md."
        problems.append(Problem("opinions", f"it is a {type(opinions).__name__}", remedy))
    if opinions is not None and catalogue is not None:
        problems.append(Problem("catalogue", "a reader of your own does not get it", "Give it to the reader."))
    elif catalogue is not None:
        problems += _problems_of(catalogue)
    if isinstance(k, bool) or not isinstance(k, int) or k < 1:
        problems.append(Problem("k", f"it is {k!r}", "Give a whole number of at least 1."))
    if not _ascending(tenure_years):
        problems.append(Problem("tenure_years", f"it is {tenure_years!r}", "Give numbers above 0, ascending."))
    if isinstance(owning, str) or not isinstance(owning, Sequence) or not all(isinstance(one, str) for one in owning):
        problems.append(Problem("owning", f"it is {owning!r}", "Give a list of kinds of events."))
    if segment is not None and not isinstance(segment, str):
        problems.append(Problem("segment", f"it is {segment!r}", "Give the name of a column of the customers."))
    moment = None if as_of is None else read_as_of(as_of)
    if as_of is not None and moment is None:
        problems.append(Problem("as_of", f"it is {as_of!r}", "Give a date, a datetime or their ISO text."))
    ordered = Urgency() if urgency is None else read_terms(Urgency, urgency, "urgency", problems)
    worth = None if value is None else read_terms(ValueTerms, value, "value", problems)
    good = not problems
    settings = Settings(
        segment=segment,
        tenure_years=tuple(tenure_years) if good else (),
        owning=tuple(owning) if good else (),
        k=k,
        urgency=ordered or Urgency(),
        value=worth,
        as_of=moment,
    )

    def check(events: pa.Table | None, customers: pa.Table | None, given: bool) -> list[Problem]:
        return [*problems, *_misfits(segment, events, customers, given=given)]

    return settings, check


def _misfits(segment: Any, events: pa.Table | None, customers: pa.Table | None, *, given: bool) -> list[Problem]:
    """Columns that are missing, or hold no moments."""
    found = []
    if isinstance(segment, str) and not given:
        found.append(Problem("segment", "there are no customers that could have it", "Give customers=."))
    elif isinstance(segment, str) and customers is not None and segment not in customers.column_names:
        names = ", ".join(sorted(customers.column_names)[:40])
        found.append(Problem(f"customers.{segment}", "the column of the segment is missing", f"There are {names}."))
    elif isinstance(segment, str) and customers is not None and _is_deep(customers[segment].type):
        found.append(Problem(f"customers.{segment}", "it holds no single values or lists of them", "Give another."))
    for kind, table, name in (("customers", customers, SINCE), ("events", events, "closed_at")):
        if table is not None and name in table.column_names and table[name].null_count < len(table[name]):
            unreadable = read_column(table[name])[2]
            if unreadable:
                what = f"{unreadable} values are no dates"
                found.append(Problem(f"{kind}.{name}", what, "Give dates such as 2024-05-17, or rename the column."))
    return found


def _is_deep(kind: pa.DataType) -> bool:
    return bool(pa.types.is_nested(kind.value_type if pa.types.is_list(kind) else kind))


def _problems_of(catalogue: Any) -> list[Problem]:
    try:
        as_catalogue(catalogue)
    except InputError as error:
        return list(error.problems)
    except (TypeError, ValueError, AttributeError, pa.ArrowException) as error:
        return [Problem("catalogue", f"cannot be read ({type(error).__name__})", "See docs/opinions.md.")]
    return []


def _ascending(years: Any) -> bool:
    if isinstance(years, str) or not isinstance(years, Sequence) or not len(years):
        return False
    if not all(isinstance(one, int | float) and not isinstance(one, bool) for one in years):
        return False
    return years[0] > 0 and all(a < b for a, b in pairwise(years))
