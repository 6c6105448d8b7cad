"""Tables of profiles to label: a sample that estimates can rest on, and the profiles that would teach most."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.calibration.decisions import DECISIONS
from sociolink.calibration.sampling import EDGES, draw_sample, rank_by_doubt, strata_of
from sociolink.errors import InvalidParameterError
from sociolink.results.best_answers import BestAnswers, read_best

__all__ = ["doubtful_table", "sample_table"]

Codes = npt.NDArray[np.int64]


def sample_table(table: pa.Table, size: int, *, seed: int = 0) -> pa.Table:
    """A stratified sample of the profiles; see `Links.sample_for_review`."""
    _check_size(size)
    best = read_best(table)
    stratum, kinds = strata_of(best.chance, best.decided)
    drawn = draw_sample(best.chance, stratum, size, order=_content_order(best), seed=seed)
    names = pa.array([_say_stratum(int(kind)) for kind in kinds], pa.string())
    columns = _columns(best, drawn.row)
    columns["stratum"] = names.take(pa.array(stratum[drawn.row]))
    columns["inclusion_probability"] = pa.array(drawn.inclusion)
    return _sheet(columns)


def doubtful_table(table: pa.Table, size: int) -> pa.Table:
    """The most doubtful profiles; see `Links.most_informative`."""
    _check_size(size)
    best = read_best(table)
    usable = np.flatnonzero(np.asarray(pc.is_valid(best.customer)))
    order = _content_order(best)[usable]
    rows = usable[rank_by_doubt(best.chance[usable], best.nobody[usable], order)[:size]]
    return _sheet(_columns(best, rows))


def _check_size(size: int) -> None:
    if not isinstance(size, int) or isinstance(size, bool) or size < 1:
        raise InvalidParameterError(f"n is {size!r}; it must be a whole number of at least 1")


def _columns(best: BestAnswers, rows: Codes) -> dict[str, pa.Array]:
    at = pa.array(rows)
    return {
        "profile_id": best.profile.take(at),
        "customer_id": best.customer.take(at),
        "probability": pa.array(best.chance[rows]),
        "decision": pa.array([*DECISIONS, ""]).take(pa.array(best.decided[rows] % (len(DECISIONS) + 1))),
    }


def _sheet(columns: dict[str, pa.Array]) -> pa.Table:
    """The columns with an empty one for the verdict."""
    size = len(columns["profile_id"])
    return pa.table({**columns, "verdict": pa.nulls(size, pa.string())})


def _say_stratum(kind: int) -> str:
    band, decided = kind // 8, kind % 8 - 1
    ends = (0.0, *EDGES, 1.0)
    said = DECISIONS[decided] if decided >= 0 else "undecided"
    return f"{said} {ends[band]:g}-{ends[band + 1]:g}"


def _content_order(best: BestAnswers) -> Codes:
    """(profiles,) an order by what is said of each profile, and by its id only where that is equal."""
    name = np.asarray(pc.rank(best.profile, tiebreaker="first"), np.int64)
    out = np.empty(len(name), np.int64)
    out[np.lexsort((name, best.margin, best.nobody, best.chance))] = np.arange(len(name))
    return out
