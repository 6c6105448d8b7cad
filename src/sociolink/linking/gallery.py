"""All customers, prepared once: the states of every evidence family, their keys, and who is one person."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.blocking.candidates import KeyBlocks, index_keys
from sociolink.evidence.protocol import EvidenceFamily
from sociolink.linking.people import group_people
from sociolink.linking.threads import count_threads
from sociolink.records.columns import Kind, arrow_schema
from sociolink.text.hashing import UInt64s, concat_hashes, hash_strings, mix
from sociolink.text.sorting import sort_stably

__all__ = ["Gallery", "build_gallery", "content_order", "in_content_order", "learn_gallery"]

Int64s = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_MAX_HASHED = 512
_MOMENT = pa.timestamp("us", tz="UTC")
_CLOCK, _FRACTION = len(" 00:00:00.000000Z"), len("000000Z")
_KINDS: Final[tuple[Kind, ...]] = ("customers", "profiles")


@dataclass(frozen=True, slots=True)
class Gallery:
    """The customers' side of linking.

    Attributes:
        ids: (customers,) ids, in the order of the rows of everything below.
        families: The evidence families.
        states: For each family its prepared customers.
        blocks: For each family its sorted keys.
        person: (customers,) int64 lowest row of the person a record belongs to.
        share: (customers,) float64, one over the number of records of the person.
        people: Number of people.
        id_rank: (customers,) int64 rank of each id, to break ties.
    """

    ids: pa.Array
    families: tuple[EvidenceFamily, ...]
    states: tuple[Any, ...]
    blocks: tuple[KeyBlocks, ...]
    person: Int64s
    share: Floats
    people: int
    id_rank: Int64s

    def __len__(self) -> int:
        return len(self.ids)


class _Awaited(Mapping[str, Any]):
    """What somebody is still learning: whoever looks into it waits until then."""

    __slots__ = ("_told",)

    def __init__(self, told: Future[Mapping[str, Any]]) -> None:
        self._told = told

    def __getitem__(self, key: str) -> Any:
        return self._told.result()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._told.result())

    def __len__(self) -> int:
        return len(self._told.result())


def _text(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    column = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if pa.types.is_list(column.type) or pa.types.is_large_list(column.type):
        column = pc.binary_join(column.cast(pa.list_(pa.string())), "\x1f")
    text = column.cast(pa.string())
    long = pc.max(pc.binary_length(text)).as_py() or 0
    return pc.utf8_slice_codeunits(text, 0, _MAX_HASHED) if long > _MAX_HASHED else text


def content_hashes(table: pa.Table, columns: Sequence[str], *, threads: int | None = None) -> UInt64s:
    """(rows,) uint64 of what the rows say, whatever their ids and order; columns are hashed at the same time."""
    numbered = [(number, table.column(name)) for number, name in enumerate(columns)]
    said = [(number, column) for number, column in numbered if column.null_count < table.num_rows]
    out = np.zeros(table.num_rows, np.uint64)
    with ThreadPoolExecutor(max_workers=count_threads(threads)) as pool:
        for hashes in pool.map(_hash_column, *zip(*said, strict=True)) if said else ():
            out = mix(out, 1) ^ hashes
    return out


def _hash_column(number: int, column: pa.ChunkedArray) -> UInt64s:
    return mix(_hash_moments(column) if column.type == _MOMENT else hash_strings(_text(column))[0], number + 2)


def _hash_moments(column: pa.ChunkedArray) -> UInt64s:
    """The hashes of moments as Arrow writes them, put together from those of their days, seconds and fractions."""
    micros = np.asarray(pc.fill_null(column.cast(pa.int64()), 0), np.int64)
    day, rest = np.divmod(micros, 86_400_000_000)
    days = pa.array(day).dictionary_encode()
    starts = pc.multiply(days.dictionary, 86_400_000_000).cast(_MOMENT).cast(pa.string())
    seconds = pa.array(np.arange(86_400) * 1_000_000).cast(_MOMENT).cast(pa.string())
    thousandths = pc.utf8_lpad(pa.array(np.arange(1000)).cast(pa.string()), 3, "0")
    second, fraction = np.divmod(rest, 1_000_000)
    out = hash_strings(pc.utf8_slice_codeunits(starts, 0, -_CLOCK))[0][np.asarray(days.indices)]
    for values, place in (
        (pc.utf8_slice_codeunits(seconds, -_CLOCK, -_FRACTION), second),
        (thousandths, fraction // 1000),
        (pc.binary_join_element_wise(thousandths, "Z", ""), fraction % 1000),
    ):
        hashes, lengths = hash_strings(values)
        out = concat_hashes(out, hashes[place], lengths[:1])
    return np.where(np.asarray(column.is_valid()), out, np.uint64(0))


def content_order(table: pa.Table, key: str, *, threads: int | None = None) -> Int64s:
    """An order of the rows that does not depend on theirs: by canonical content, then by id.

    Sums over rows in this order are the same for permuted rows; rows of the same content are alike for every sum.
    """
    canonical = {name for kind in _KINDS for name in arrow_schema(kind).names}
    names = [name for name in table.column_names if name != key and name in canonical]
    content = content_hashes(table, names, threads=threads)
    order, ordered = sort_stably(content)
    if not (ordered[1:] == ordered[:-1]).any():
        return order.astype(np.int64)
    ids = np.asarray(pc.rank(table.column(key).combine_chunks(), tiebreaker="first"), np.int64)
    return np.lexsort((ids, content))


def in_content_order(table: pa.Table, key: str, *, threads: int | None = None) -> pa.Table:
    """The table in the order of `content_order`."""
    order = pa.array(content_order(table, key, threads=threads))
    with ThreadPoolExecutor(max_workers=count_threads(threads)) as pool:
        columns = list(pool.map(lambda column: column.take(order).combine_chunks(), table.columns))
    return pa.Table.from_arrays(columns, schema=table.schema)


def build_gallery(
    customers: pa.Table,
    families: tuple[EvidenceFamily, ...],
    population: Mapping[str, Mapping[str, Any]],
    *,
    background: tuple[Any, ...] | None = None,
    threads: int | None = None,
) -> Gallery:
    """Prepare customers.

    Args:
        customers: Canonical customers, in content order (see `in_content_order`).
        families: The evidence families.
        population: What each family learned.
        background: For each family the prepared customers whose frequencies count (for decoys); their own by default.
        threads: How many families are prepared at a time; as many as there are cores by default.

    Returns:
        The gallery, in the order of the customers.
    """

    def learn(family: EvidenceFamily) -> Mapping[str, Any]:
        return population.get(family.name, {})

    return learn_gallery(customers, families, learn, background=background, threads=threads)[1]


def learn_gallery(
    customers: pa.Table,
    families: tuple[EvidenceFamily, ...],
    learn: Callable[[EvidenceFamily], Mapping[str, Any]],
    *,
    background: tuple[Any, ...] | None = None,
    learned: Callable[[], None] = lambda: None,
    threads: int | None = None,
) -> tuple[dict[str, Mapping[str, Any]], Gallery]:
    """Let every family learn, and prepare the customers by what it learned; who is one person is found meanwhile.

    A family may begin to prepare while it still learns: it waits when it looks at what it learned. All learn before any
    prepares, and whoever takes longest to prepare comes first.

    Args:
        customers: As in `build_gallery`.
        families: As in `build_gallery`.
        learn: What a family learns.
        background: As in `build_gallery`.
        learned: Called when all have learned.
        threads: As in `build_gallery`.

    Returns:
        What each family learned, and the gallery.
    """
    likes = background or (None,) * len(families)

    def prepare(family: EvidenceFamily, told: Future[Mapping[str, Any]], like: Any) -> tuple[Any, KeyBlocks]:
        state = family.prepare_customers(customers, _Awaited(told), background=like)
        return state, index_keys(family.customer_keys(state))

    ids = customers.column("customer_id").combine_chunks()
    with ThreadPoolExecutor(max_workers=count_threads(threads)) as pool:
        told = [pool.submit(learn, family) for family in families]
        preparing = [pool.submit(prepare, *each) for each in zip(families, told, likes, strict=True)]
        grouped = pool.submit(group_people, customers)
        ranked = pool.submit(_rank_ids, ids)
        population = {family.name: one.result() for family, one in zip(families, told, strict=True)}
        learned()
        prepared = [one.result() for one in preparing]
        person, rank = grouped.result(), ranked.result()
    states = tuple(state for state, _ in prepared)
    blocks = tuple(block for _, block in prepared)
    size = np.bincount(person, minlength=len(person))
    people = int((size > 0).sum())
    return population, Gallery(ids, families, states, blocks, person, 1.0 / size[person], people, rank)


def _rank_ids(ids: pa.Array) -> Int64s:
    return np.asarray(pc.rank(ids, tiebreaker="first"), np.int64) if len(ids) else np.empty(0, np.int64)
