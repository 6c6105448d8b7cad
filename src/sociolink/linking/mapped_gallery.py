"""A gallery that keeps to a memory limit: customers prepared in sections, everything large on the disk."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.blocking.candidates import KeyBlocks, index_keys
from sociolink.evidence.protocol import EvidenceFamily, PreparesSections
from sociolink.linking.gallery import Gallery, build_gallery, content_order, in_content_order, learn_gallery
from sociolink.linking.limits import Limits, exceeds, section_tables
from sociolink.linking.people import group_people
from sociolink.linking.threads import count_threads

__all__ = ["build_within", "learn_within", "order_within"]

_MOST_THREADS = 4
"""Sections that are prepared at a time: each takes its share of the memory."""


def order_within(customers: pa.Table, limits: Limits | None, *, threads: int | None = None) -> pa.Table:
    """Customers in content order, in memory or mapped; see `gallery.in_content_order`."""
    if limits is None or not exceeds(limits, customers.num_rows):
        return in_content_order(customers, "customer_id", threads=threads)
    order = content_order(customers, "customer_id", threads=_workers(threads))
    begins = range(0, len(order), limits.section)
    taken = (customers.take(pa.array(order[begin : begin + limits.section])) for begin in begins)
    return limits.scratch.map_tables(taken, customers.schema)


def build_within(
    customers: pa.Table,
    families: tuple[EvidenceFamily, ...],
    population: Mapping[str, Mapping[str, Any]],
    *,
    limits: Limits | None,
    threads: int | None = None,
) -> Gallery:
    """`gallery.build_gallery` within a memory limit."""
    if limits is None or not exceeds(limits, customers.num_rows):
        return build_gallery(customers, families, population, threads=threads)
    return _map_gallery(customers, families, population, limits, threads)


def learn_within(
    customers: pa.Table,
    families: tuple[EvidenceFamily, ...],
    learn: Callable[[EvidenceFamily], Mapping[str, Any]],
    *,
    limits: Limits | None,
    learned: Callable[[], None] = lambda: None,
    threads: int | None = None,
) -> tuple[dict[str, Mapping[str, Any]], Gallery]:
    """`gallery.learn_gallery` within a memory limit."""
    if limits is None or not exceeds(limits, customers.num_rows):
        return learn_gallery(customers, families, learn, learned=learned, threads=threads)
    with ThreadPoolExecutor(max_workers=_workers(threads)) as pool:
        population = dict(zip((family.name for family in families), pool.map(learn, families), strict=True))
    learned()
    return population, _map_gallery(customers, families, population, limits, threads)


def _workers(threads: int | None) -> int:
    return min(count_threads(threads), _MOST_THREADS)


def _map_gallery(
    customers: pa.Table,
    families: tuple[EvidenceFamily, ...],
    population: Mapping[str, Mapping[str, Any]],
    limits: Limits,
    threads: int | None,
) -> Gallery:
    """The gallery that `build_gallery` makes, array by array, one family after the other."""
    scratch = limits.scratch
    person = group_people(customers, section=limits.section)
    size = np.bincount(person, minlength=len(person))
    share, people = scratch.keep(1.0 / size[person]), int((size > 0).sum())
    person = scratch.keep(person)
    ids = scratch.keep(pa.concat_arrays(customers.column("customer_id").chunks))
    rank = scratch.keep(np.asarray(pc.rank(ids, tiebreaker="first"), np.int64))
    states, blocks = [], []
    for family in families:
        state = _prepare(family, customers, population.get(family.name, {}), limits, _workers(threads))
        states.append(state)
        blocks.append(_index(family, state, limits))
    return Gallery(ids, families, tuple(states), tuple(blocks), person, share, people, rank)


def _prepare(
    family: EvidenceFamily, customers: pa.Table, population: Mapping[str, Any], limits: Limits, threads: int
) -> Any:
    """A family's state, mapped; one that cannot prepare sections takes all customers at once."""
    if isinstance(family, PreparesSections):
        sections = section_tables(customers, limits.section)
        state = family.prepare_sections(sections, population, limits.scratch, threads=threads)
    else:
        state = family.prepare_customers(customers, population)
    return limits.scratch.keep(state)


def _index(family: EvidenceFamily, state: Any, limits: Limits) -> KeyBlocks:
    return limits.scratch.keep(index_keys(family.customer_keys(state), limits.scratch))
