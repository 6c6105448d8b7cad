"""From scored pairs to rows of links: the best customers of each profile, with bits, margin and explanation."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.evidence.protocol import Hits, Mixture, Pairs
from sociolink.linking.gallery import Gallery
from sociolink.linking.kernel import Scored
from sociolink.linking.listing import Listing, list_customers
from sociolink.population.kept import keep_made
from sociolink.text.runs import starts_of_runs

__all__ = ["links_schema", "rank_links", "write_links"]

Int64s = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@lru_cache(maxsize=16)
def links_schema(families: tuple[str, ...]) -> pa.Schema:
    """Columns of the links that the kernel returns.

    `_row` is the row of the profile, `_candidates` the number of customers compared with it one by one, `_capped` the
    number of blocks that were too large for that, `_met_<family>` how many candidates the keys of the family proposed.
    """
    columns: list[tuple[str, pa.DataType]] = [
        ("_row", pa.int64()),
        ("profile_id", pa.string()),
        ("rank", pa.int32()),
        ("customer_id", pa.string()),
        ("probability", pa.float64()),
        ("match_weight", pa.float64()),
        *((f"bits_{family}", pa.float64()) for family in families),
        *((f"level_{family}", pa.string()) for family in families),
        ("margin", pa.float64()),
        ("runner_up", pa.string()),
        ("runner_up_probability", pa.float64()),
        ("nobody_probability", pa.float64()),
        ("rest_probability", pa.float64()),
        ("group_id", pa.string()),
        ("group_probability", pa.float64()),
        ("_candidates", pa.int64()),
        ("_capped", pa.int64()),
        *((f"_met_{family}", pa.int64()) for family in families),
    ]
    return pa.schema(columns)


def _best_components(channels: tuple[Mixture, ...], shares: tuple[Floats, ...], rows: Int64s, size: int) -> pa.Array:
    """For the listed pairs the component of each channel that explains most, e.g. `handle:given_family`."""
    place = np.full(size, -1, np.int64)
    place[rows] = np.arange(len(rows))
    parts: list[pa.Array] = []
    for channel, share in zip(channels, shares, strict=True):
        entry = np.flatnonzero(place[channel.pair] >= 0)
        if len(entry) == 0:
            continue
        pair = place[channel.pair[entry]]
        order = np.lexsort((channel.component[entry], share[entry], pair))
        last = np.append(pair[order][1:] != pair[order][:-1], True)
        best = np.full(len(rows), -1, np.int64)
        best[pair[order][last]] = channel.component[entry][order][last]
        parts.append(_labels(channel.components, channel.name).take(pa.array(best, mask=best < 0)))
    return _join(parts) if parts else pa.nulls(len(rows), pa.string())


@keep_made
def _labels(components: tuple[str, ...], channel: str) -> pa.Array:
    """The components of a channel as the links name them."""
    prefix = channel.partition(".")[2]
    return pa.array([f"{prefix}:{part}" if prefix else part for part in components], pa.string())


def _join(parts: list[pa.Array]) -> pa.Array:
    out = parts[0]
    for part in parts[1:]:
        both = pc.binary_join_element_wise(out, part, ", ")
        out = pc.coalesce(both, out, part)
    return out


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows of the links of a batch: listed customers, and profiles that have none.

    Attributes:
        none: (rows,) whether nobody is listed there.
        at: (rows,) int64 listed customer; anything where there is none.
        index: The same for Arrow; null where there is none.
    """

    none: npt.NDArray[np.bool_]
    at: Int64s
    index: pa.Array

    def spread(self, values: npt.NDArray[Any] | pa.Array) -> pa.Array:
        """A column of the listed customers, with nulls for profiles that have none."""
        if isinstance(values, pa.Array):
            nothing = values.null_count == len(values)
            return pa.nulls(len(self.at), values.type) if nothing else values.take(self.index)
        if len(values) == 0:
            return pa.nulls(len(self.at), pa.from_numpy_dtype(values.dtype))
        filled = values[self.at]
        filled[self.none] = 0
        return pa.array(filled, mask=self.none)


def _rows_at(place: Int64s, listed: int) -> _Rows:
    none = place >= listed
    return _Rows(none, np.where(none, 0, place), pa.array(place, mask=none))


def _count_met(hits: Hits, pairs: Pairs, profiles: int) -> Int64s:
    """(profiles,) pairs with one customer that the keys of a family propose; hits come in the order of pairs."""
    if len(hits.pair) == 0:
        return np.zeros(profiles, np.int64)
    first = starts_of_runs(hits.pair)
    met = hits.pair[first]
    return np.bincount(pairs.profile[met[pairs.customer[met] >= 0]], minlength=profiles).astype(np.int64)


def rank_links(scored: Scored, gallery: Gallery, *, rows: pa.Array, profile_ids: pa.Array, top: int) -> pa.RecordBatch:
    """The best `top` customers of every profile of a batch.

    Args:
        scored: The scored batch.
        gallery: The customers.
        rows: (profiles,) int64 rows of the profiles in the whole table.
        profile_ids: (profiles,) ids.
        top: Most customers listed for a profile.

    Returns:
        Rows of `links_schema`: rank 1, 2, ... for customers; one row of rank 0 where no customer is proposed, or
        none of a probability that is worth a row.
    """
    return write_links(scored, list_customers(scored, gallery, top), rows=rows, profile_ids=profile_ids)


def write_links(scored: Scored, listed: Listing, *, rows: pa.Array, profile_ids: pa.Array) -> pa.RecordBatch:
    """The customers that are listed as rows of `links_schema`; see `rank_links`."""
    pairs, posterior, profiles = scored.observed.pairs, scored.posterior, scored.observed.profiles
    bare = np.ones(profiles, np.bool_)
    bare[listed.owner] = False
    empty = np.flatnonzero(bare)
    place = np.argsort(np.concatenate([listed.owner, empty]), kind="stable")
    everyone = np.concatenate([listed.owner, empty])[place]
    rank = np.concatenate([listed.rank, np.zeros(len(empty), np.int64)])[place]
    table = _rows_at(place, len(listed.owner))
    columns: dict[str, pa.Array] = {
        "_row": rows.take(pa.array(everyone)),
        "profile_id": profile_ids.take(pa.array(everyone)),
        "rank": pa.array(rank).cast(pa.int32()),
        "customer_id": table.spread(listed.customer_id),
        "probability": table.spread(listed.probability),
        "match_weight": table.spread(scored.bits[listed.pair]),
        "margin": table.spread(listed.margin),
        "runner_up": table.spread(listed.rival_id),
        "runner_up_probability": table.spread(listed.rival_chance),
        "nobody_probability": pa.array(posterior.nobody[everyone]),
        "rest_probability": pa.array(listed.rest[everyone]),
        "group_id": table.spread(listed.group_id),
        "group_probability": table.spread(listed.group),
    }
    real = pairs.customer >= 0
    candidates = np.bincount(pairs.profile[real], minlength=profiles)
    columns["_candidates"] = pa.array(candidates[everyone])
    columns["_capped"] = pa.array((np.bincount(pairs.profile[~real], minlength=profiles) - 1)[everyone])
    for (family, channels), hits in zip(scored.observed.families.items(), scored.candidates.hits, strict=True):
        columns[f"_met_{family}"] = pa.array(_count_met(hits, pairs, profiles)[everyone])
        columns[f"bits_{family}"] = table.spread(scored.by_family[family][listed.pair])
        best_parts = _best_components(channels, scored.shares[family], listed.pair, len(pairs))
        columns[f"level_{family}"] = table.spread(best_parts)
    schema = links_schema(tuple(scored.observed.families))
    return pa.RecordBatch.from_arrays([columns[name] for name in schema.names], schema=schema)
