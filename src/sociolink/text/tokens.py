"""Tokens of folded text, and tokens as they were before play with digits and repeats."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sociolink.text.buffers import Flat, Mask, flatten, restore, select
from sociolink.text.folding import fold, squash

__all__ = ["Tokens", "collapse_repeats", "leet", "tokenise"]

_LETTER, _DIGIT = 1, 2
_LEET = {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t"}


def _kinds() -> npt.NDArray[np.uint8]:
    table = np.zeros(256, np.uint8)
    table[ord("a") : ord("z") + 1] = _LETTER
    table[ord("0") : ord("9") + 1] = _DIGIT
    return table


def _leet_table(one: str) -> npt.NDArray[np.uint8]:
    table = np.arange(256, dtype=np.uint8)
    for digit, letter in (_LEET | {"1": one}).items():
        table[ord(digit)] = ord(letter)
    return table


_KIND_OF_BYTE = _kinds()


@dataclass(frozen=True, slots=True, eq=False)
class Tokens:
    """Tokens of many texts, one after the other.

    Attributes:
        row: int32, in order; the text that each token stands in.
        value: The tokens, `[a-z0-9]` only, none empty.
        position: int32; 0 for the first token of a text.
    """

    row: npt.NDArray[np.int32]
    value: pa.Array
    position: npt.NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.row)


def tokenise(values: pa.Array) -> Tokens:
    """Runs of letters and digits in folded text.

    Args:
        values: Strings; they are folded first, null counts as empty.

    Returns:
        The tokens in the order of the texts.

    Examples:
        >>> tokens = tokenise(pa.array(["Anne-Marie  Noël", None, "x2"]))
        >>> tokens.row.tolist(), tokens.value.to_pylist(), tokens.position.tolist()
        ([0, 0, 0, 2], ['anne', 'marie', 'noel', 'x2'], [0, 1, 2, 0])
    """
    flat = flatten(fold(values))
    inside = _KIND_OF_BYTE[flat.data] > 0
    after_inside = np.zeros_like(inside)
    after_inside[1:] = inside[:-1]
    first = inside & (~after_inside | flat.starts)
    row = np.repeat(np.arange(len(flat.offsets) - 1, dtype=np.int32), flat.lengths)[first]
    kept = np.cumsum(inside)
    token_offsets = np.append(kept[first] - 1, kept[-1] if len(kept) else 0).astype(np.int64)
    value = restore(Flat(flat.data[inside], token_offsets))
    of_row = np.searchsorted(row, np.arange(len(flat.offsets) - 1))
    position = (np.arange(len(row)) - of_row[row]).astype(np.int32)
    return Tokens(row, value, position)


def leet(values: pa.Array) -> tuple[npt.NDArray[np.int32], pa.Array]:
    """What values say if their digits stand for letters (0 o, 1 i or l, 3 e, 4 a, 5 s, 7 t).

    Runs of two or more digits at either end stay: they are years and numbers far more often.

    Args:
        values: Strings; they are squashed first.

    Returns:
        Rows in order and readings that differ from the squashed value; two where a 1 can be i or l.

    Examples:
        >>> rows, readings = leet(pa.array(["j0hn5m1th84", "ann"]))
        >>> rows.tolist(), readings.to_pylist()
        ([0, 0], ['johnsmith84', 'johnsmlth84'])
    """
    flat = flatten(squash(values))
    digit = _KIND_OF_BYTE[flat.data] == _DIGIT
    run, run_start = _runs(digit, flat)
    run_length = np.diff(np.append(run_start, len(digit)))
    at_edge = flat.starts[run_start] | flat.ends[run_start + run_length - 1] if len(run_start) else run_start > 0
    playful = digit & ~(at_edge & (run_length > 1))[run]
    readings = [np.where(playful, _leet_table(one)[flat.data], flat.data).astype(np.uint8) for one in ("i", "l")]
    return _changed(flat, [Flat(reading, flat.offsets) for reading in readings])


def collapse_repeats(values: pa.Array) -> tuple[npt.NDArray[np.int32], pa.Array]:
    """Values without drawn-out letters: a letter three times or more in a row stands once, or twice.

    Args:
        values: Strings; they are squashed first.

    Returns:
        Rows in order and readings that differ from the squashed value, the one with single letters first.

    Examples:
        >>> rows, readings = collapse_repeats(pa.array(["jooohn", "anna", "y2000"]))
        >>> rows.tolist(), readings.to_pylist()
        ([0, 0], ['john', 'joohn'])
    """
    flat = flatten(squash(values))
    run, run_start = _runs(flat.data, flat)
    run_length = np.diff(np.append(run_start, len(flat.data)))
    drawn_out = ((run_length > 2) & (_KIND_OF_BYTE[flat.data[run_start]] == _LETTER))[run]
    within = np.arange(len(flat.data)) - run_start[run]
    return _changed(flat, [select(flat, ~drawn_out | (within < kept)) for kept in (1, 2)])


def _runs(marks: npt.NDArray[np.uint8] | Mask, flat: Flat) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The run of equal marks (within a string) that each byte is in, and where the runs start."""
    first = flat.starts
    first[1:] |= marks[1:] != marks[:-1]
    return np.cumsum(first) - 1, np.flatnonzero(first)


def _changed(flat: Flat, readings: list[Flat]) -> tuple[npt.NDArray[np.int32], pa.Array]:
    """Rows and readings that differ from the original and from the readings before them."""
    texts = [restore(flat), *(restore(reading) for reading in readings)]
    codes = np.asarray(pa.concat_arrays(texts).dictionary_encode().indices).reshape(len(texts), -1)
    rows, values = [np.zeros(0, np.int32)], [pa.array([], pa.string())]
    for number in range(1, len(texts)):
        fresh = (codes[:number] != codes[number]).all(axis=0)
        rows.append(np.flatnonzero(fresh).astype(np.int32))
        values.append(texts[number].filter(pa.array(fresh)))
    merged = np.concatenate(rows)
    order = np.argsort(merged, kind="stable")
    return merged[order], pa.concat_arrays(values).take(pa.array(order))
