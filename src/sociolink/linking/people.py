"""Which customer records are one person: people who were entered twice share one answer."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.text.folding import squash
from sociolink.text.hashing import UInt64s, hash_strings, mix

__all__ = ["group_people"]

Int64s = npt.NDArray[np.int64]


def _column(table: pa.Table, name: str) -> pa.Array:
    column = table.column(name)
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _flat(column: pa.Array) -> tuple[Int64s, pa.Array]:
    if pa.types.is_list(column.type):
        rows, values = pc.list_parent_indices(column), pc.list_flatten(column)
    else:
        rows, values = pa.array(np.arange(len(column))), column
    squashed = squash(values.cast(pa.string()))
    filled = pc.greater(pc.binary_length(squashed), 0)
    return np.asarray(rows.filter(filled), np.int64), squashed.filter(filled)


def _names(customers: pa.Table) -> UInt64s:
    """A hash of the folded name of each customer; 0 where there is none."""
    first, last = (hash_strings(squash(_column(customers, name))) for name in ("given_name", "family_name"))
    whole = hash_strings(squash(_column(customers, "full_name")))
    out = mix(first[0], 1) ^ mix(last[0], 2)
    out = np.where((first[1] > 0) & (last[1] > 0), out, mix(whole[0], 3))
    return np.where((first[1] + last[1] + whole[1]) > 0, out, np.uint64(0))


def _leaders(codes: UInt64s) -> Int64s:
    """For each row the first row with the same code."""
    _, first, inverse = np.unique(codes, return_index=True, return_inverse=True)
    return np.asarray(first[inverse], np.int64)


def _components(size: int, left: Int64s, right: Int64s) -> Int64s:
    """The lowest row of each connected component, by label propagation with pointer jumping."""
    label = np.arange(size)
    while True:
        low = np.minimum(label[left], label[right])
        new = label.copy()
        np.minimum.at(new, left, low)
        np.minimum.at(new, right, low)
        new = np.minimum(new, new[new])
        if np.array_equal(new, label):
            return label
        label = new


def group_people(customers: pa.Table) -> Int64s:
    """Group the records of one person.

    Two records are one person if their folded names agree, one fact that tells people apart agrees (birth date,
    e-mail, phone, own website), and no such single-valued fact conflicts.

    Args:
        customers: Canonical customers.

    Returns:
        (rows,) the lowest row of the person each record belongs to. Sharing a name alone is not enough.
    """
    rows = customers.num_rows
    name = _names(customers)
    birth = hash_strings(pc.fill_null(_column(customers, "birth_date").cast(pa.string()), ""))
    left: list[Int64s] = []
    right: list[Int64s] = []
    for number, fact in enumerate(("birth_date", "email", "phone", "website")):
        row, value = _flat(_column(customers, fact))
        row, value = row[name[row] != 0], value.filter(pa.array(name[row] != 0))
        if len(row) == 0:
            continue
        code = mix(hash_strings(value)[0] ^ name[row], 10 + number)
        left.append(row)
        right.append(row[_leaders(code)])
    if not left:
        return np.arange(rows)
    one, two = np.concatenate(left), np.concatenate(right)
    conflict = (birth[1][one] > 0) & (birth[1][two] > 0) & (birth[0][one] != birth[0][two])
    apart = (one == two) | conflict
    return _components(rows, one[~apart], two[~apart])
