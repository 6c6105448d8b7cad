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
from sociolink.population.kept import keep_made
from sociolink.scoring.rivals import find_rivals, measure_margins
from sociolink.text.runs import starts_of_runs

__all__ = ["MIN_PROBABILITY", "links_schema", "rank_links"]

Int64s = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

MIN_PROBABILITY = 1e-6
"""Customers below this probability are not listed; they are part of the rest."""


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


def _group_sums(scored: Scored, gallery: Gallery, real: Int64s) -> Floats:
    """(real,) P(the person of the pair's customer), all their records together."""
    pairs = scored.observed.pairs
    code = pairs.profile[real].astype(np.int64) * len(gallery) + gallery.person[pairs.customer[real]]
    order = np.lexsort((-scored.posterior.pair[real], code))
    first = starts_of_runs(code[order])
    group = np.cumsum(first) - 1
    total = np.bincount(group, weights=scored.posterior.pair[real][order], minlength=int(first.sum()))
    out = np.empty(len(order))
    out[order] = total[group]
    return out


def _order(scored: Scored, gallery: Gallery, real: Int64s, group: Floats) -> Int64s:
    """Best person first, their records together, best record first; ties by id."""
    pairs = scored.observed.pairs
    customer = pairs.customer[real]
    return np.lexsort(
        (
            gallery.id_rank[customer],
            -scored.posterior.pair[real],
            gallery.id_rank[gallery.person[customer]],
            -group,
            pairs.profile[real],
        )
    )


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
class _Listing:
    """The listed customers of all profiles of a batch, in the order of the links.

    Attributes:
        pair: (listed,) int64 index into the batch's pairs.
        owner: (listed,) int64 profile.
        rank: (listed,) int64 from 1.
        person: (listed,) int64 row of the person's first record.
        group: (listed,) probability of the person.
        margin: (listed,) bits between the person and the best other answer.
        rival: (listed,) int64 pair of the best other person, -1 where nobody is the best other answer.
        rival_chance: (listed,) probability of the best other answer.
    """

    pair: Int64s
    owner: Int64s
    rank: Int64s
    person: Int64s
    group: Floats
    margin: Floats
    rival: Int64s
    rival_chance: Floats


def _list_best(scored: Scored, gallery: Gallery, top: int) -> _Listing:
    """The best `top` customers of each profile that are likely enough to be listed."""
    pairs = scored.observed.pairs
    real = np.flatnonzero((pairs.customer >= 0) & (scored.posterior.pair >= MIN_PROBABILITY))
    group = _group_sums(scored, gallery, real)
    order = _order(scored, gallery, real, group)
    chosen, group = real[order], group[order]
    owner = pairs.profile[chosen].astype(np.int64)
    first = starts_of_runs(owner)
    begin = np.flatnonzero(first)
    rank = np.arange(len(owner)) - np.repeat(begin, np.diff(np.append(begin, len(owner)))) + 1
    person = gallery.person[pairs.customer[chosen]]
    rival, other = find_rivals(owner, person, group, scored.posterior.nobody)
    margin = measure_margins(group, other)
    rival = np.where(rival >= 0, chosen[rival], -1)
    kept = rank <= top
    return _Listing(
        chosen[kept],
        owner[kept],
        rank[kept],
        person[kept],
        group[kept],
        margin[kept],
        rival[kept],
        other[kept],
    )


def _customers_of(pairs: Int64s, scored: Scored, gallery: Gallery) -> pa.Array:
    """Ids of the customers of pairs; null for -1."""
    if len(gallery) == 0:
        return pa.nulls(len(pairs), pa.string())
    return gallery.ids.take(pa.array(scored.observed.pairs.customer[np.maximum(pairs, 0)], mask=pairs < 0))


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
    pairs, posterior, profiles = scored.observed.pairs, scored.posterior, scored.observed.profiles
    listed = _list_best(scored, gallery, top)
    probability = posterior.pair[listed.pair]
    mass = np.bincount(listed.owner, weights=probability, minlength=profiles)
    rest = np.clip(1 - posterior.nobody - mass, 0, 1)
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
        "customer_id": table.spread(gallery.ids.take(pa.array(pairs.customer[listed.pair]))),
        "probability": table.spread(probability),
        "match_weight": table.spread(scored.bits[listed.pair]),
        "margin": table.spread(listed.margin),
        "runner_up": table.spread(_customers_of(listed.rival, scored, gallery)),
        "runner_up_probability": table.spread(listed.rival_chance),
        "nobody_probability": pa.array(posterior.nobody[everyone]),
        "rest_probability": pa.array(rest[everyone]),
        "group_id": table.spread(gallery.ids.take(pa.array(listed.person))),
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
