"""The door to evaluation: any links, any truth, checked together before anything is measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from sociolink.errors import InputError, InvalidParameterError, Problem
from sociolink.evaluation.scores import score_links
from sociolink.records.readers import read_table
from sociolink.records.sources import open_source
from sociolink.records.strings import as_strings
from sociolink.results.evaluation import Evaluation
from sociolink.results.parity.bands import read_bands

__all__ = ["evaluate"]

_IDS = ("profile_id", "customer_id", "group_id")
_NUMBERS = ("probability", "nobody_probability")
_MAX_UNKNOWN = 0.05


def evaluate(
    links: Any,
    truth: Any,
    *,
    groups: Any = None,
    profiles: Any = None,
    customers: Any = None,
    bootstrap: int = 200,
    seed: int = 0,
) -> Evaluation:
    """Measure links against open-world truth, where nobody is one of the answers.

    Args:
        links: Links, a Parquet or CSV file of them, or anything that gives Arrow: `profile_id`, `customer_id`,
            `probability`, and `nobody_probability` where it is stated.
        truth: A file or anything that gives Arrow: `profile_id`, and `customer_id`, null where the profile is nobody's.
        groups: `customer_id` and `group_id` of records that are one person; naming any of them is right.
        profiles: The profiles, to compare how bands are served: by platform and by script of the display name. Links
            that come from `link` know the platforms themselves.
        customers: The customers, likewise: by script of the name and by how common the family name is.
        bootstrap: Number of resamples of owners for the intervals; 0 for none.
        seed: Start of the random numbers.

    Returns:
        All measures; print it for a table.

    Raises:
        InputError: A file cannot be read, columns are missing, or the truth names profiles that the links do not know:
            links with a `rank` list every profile, so that more than 5% of unknown ones are refused (fewer are set
            aside and counted in `rejects`); of other links at least one profile must be in the truth.
        InvalidParameterError: `bootstrap` is negative.

    Examples:
        >>> import pyarrow as pa
        >>> links = pa.table({"profile_id": ["p", "q"], "customer_id": ["c", "d"], "probability": [0.9, 0.3]})
        >>> truth = pa.table({"profile_id": ["p", "q"], "customer_id": ["c", None]})
        >>> evaluate(links, truth, bootstrap=0).recall_at_1
        1.0
    """
    if bootstrap < 0:
        raise InvalidParameterError(f"bootstrap={bootstrap}: give 0 for no intervals, or how many resamples to draw.")
    linked = _read(getattr(links, "table", links), "links", ("profile_id", "customer_id", "probability"))
    people = None if groups is None else _read(groups, "groups", ("customer_id", "group_id"))
    known = read_table(truth, "truth")
    judged = _without_unknown(linked, known.table)
    bands = read_bands(profiles=profiles, customers=customers, keys=getattr(links, "profile_keys", None))
    found = score_links(linked, judged, groups=people, bands=bands, bootstrap=bootstrap, seed=seed)
    return replace(found, rejects=known.provenance.rejected + known.table.num_rows - judged.num_rows)


def _without_unknown(links: pa.Table, truth: pa.Table) -> pa.Table:
    """The truth about profiles that were linked; some may have been set aside before, for lack of consent say.

    A truth of which more than 5% is about other profiles is refused: a mistake in the ids would pass for bad links.
    """
    profiles = truth.column("profile_id")
    known = pc.is_in(profiles, value_set=links.column("profile_id"))
    unknown = profiles.filter(pc.invert(known))
    if "rank" not in links.column_names:
        if len(unknown) < len(profiles) or len(profiles) == 0:
            return truth
    elif len(unknown) <= _MAX_UNKNOWN * len(profiles):
        return truth.filter(known)
    what = f"names {len(unknown):,} of {len(profiles):,} profiles that are not in the links"
    remedy = "Check that both use the same ids, and that these are the links of these profiles."
    raise InputError(Problem("truth.profile_id", what, remedy, unknown.slice(0, 6).to_pylist()))


def _read(source: Any, where: str, required: Sequence[str]) -> pa.Table:
    """The columns that evaluation knows: ids as strings, probabilities as numbers."""
    table = open_source(source).read.table
    missing = [name for name in required if name not in table.column_names]
    if missing:
        remedy = f"The table needs {', '.join(required)}."
        raise InputError([Problem(f"{where}.{name}", "the column is missing", remedy) for name in missing])
    columns: dict[str, Any] = {}
    problems = []
    for name in table.column_names:
        if name in _NUMBERS:
            try:
                columns[name] = _numbers(table.column(name))
            except pa.ArrowException:
                problems.append(Problem(f"{where}.{name}", "holds something that is no number", "Give numbers only."))
        elif name in (*_IDS, "rank", "decision"):
            columns[name] = _strings(table.column(name))
    if problems:
        raise InputError(problems)
    return pa.table(columns)


def _strings(column: pa.ChunkedArray) -> pa.Array:
    """Any ids as strings, so that 12 and "12" are one; null where there is nothing."""
    values = as_strings(column).values
    return pc.if_else(pc.equal(values, ""), pa.scalar(None, pa.string()), values)


def _numbers(column: pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    if pa.types.is_floating(column.type) or pa.types.is_integer(column.type) or pa.types.is_null(column.type):
        return column.cast(pa.float64())
    return _strings(column).cast(pa.float64())
