"""Whole columns of strings: joined, drawn, blanked and put together from pieces, never row by row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

__all__ = [
    "Ints",
    "by_code",
    "by_kind",
    "choose",
    "digits",
    "draw",
    "join",
    "keep",
    "one_each",
    "pick",
    "piece",
    "words",
    "zipf",
]

Ints = npt.NDArray[np.integer[Any]]
Bools = npt.NDArray[np.bool_]


def join(*parts: pa.Array | str, separator: str = "") -> pa.Array:
    """Join columns (or constants) element by element; null where any part is null.

    Examples:
        >>> join(pa.array(["jo", "al"]), "smith", separator=".").to_pylist()
        ['jo.smith', 'al.smith']
    """
    return pc.binary_join_element_wise(*parts, separator)


def words(text: str, *, by: str | None = None) -> pa.Array:
    """Split one text of choices; `~` stands for a space.

    Examples:
        >>> words("blue~sky sea").to_pylist()
        ['blue sky', 'sea']
    """
    return pa.array([word.replace("~", " ") for word in text.split(by)], pa.string())


def zipf(count: int, *, slope: float = 1.0, shift: float = 2.7) -> npt.NDArray[np.float64]:
    """Shares that fall with the rank, summing to 1 (Zipf-Mandelbrot).

    Examples:
        >>> zipf(3, slope=1.0, shift=1.0).round(2).tolist()
        [0.55, 0.27, 0.18]
    """
    weights = (np.arange(count) + shift) ** -slope
    return np.asarray(weights / weights.sum(), dtype=np.float64)


def draw(rng: np.random.Generator, weights: npt.ArrayLike, size: int) -> Ints:
    """Draw codes by weight (inverse of the cumulated weights)."""
    cumulated = np.cumsum(np.asarray(weights, dtype=np.float64))
    codes = np.searchsorted(cumulated, rng.random(size) * cumulated[-1], side="right")
    return np.asarray(np.minimum(codes, len(cumulated) - 1))


def pick(rng: np.random.Generator, choices: pa.Array, size: int, *, slope: float = 0.0) -> pa.Array:
    """Draw strings from choices, evenly or (slope > 0) the first ones more often."""
    codes = draw(rng, zipf(len(choices), slope=slope), size) if slope else rng.integers(0, len(choices), size)
    return choices.take(pa.array(codes))


def digits(numbers: Ints, *, width: int = 0) -> pa.Array:
    """Numbers as strings, padded with zeros.

    Examples:
        >>> digits(np.array([7, 42]), width=2).to_pylist()
        ['07', '42']
    """
    plain = pa.array(numbers).cast(pa.string())
    return pc.utf8_lpad(plain, width, "0") if width else plain


def keep(values: pa.Array, mask: Bools) -> pa.Array:
    """The values where the mask holds, null elsewhere."""
    return pc.if_else(pa.array(mask), values, pa.scalar(None, values.type))


def choose(mask: Bools, yes: pa.Array | str, no: pa.Array | str) -> pa.Array:
    """`yes` where the mask holds, else `no`."""
    return pc.if_else(pa.array(mask), yes, no)


def piece(values: pa.Array, start: int, stop: int | None = None) -> pa.Array:
    """A slice of each string, in characters.

    Examples:
        >>> piece(pa.array(["émile"]), 0, 2).to_pylist()
        ['ém']
    """
    return pc.utf8_slice_codeunits(values, start, stop)


def by_kind(kinds: Ints, makers: Sequence[Callable[[Ints], pa.Array]]) -> pa.Array:
    """Make each row's string with the maker of its kind; each maker runs once, on all of its rows.

    Args:
        kinds: (rows,) number of the maker of each row.
        makers: Take row numbers, give as many strings.

    Returns:
        (rows,) strings, in the order of the rows.

    Examples:
        >>> by_kind(np.array([1, 0, 1]), [lambda r: pa.array(["a"] * len(r)), lambda r: digits(r)]).to_pylist()
        ['0', 'a', '2']
    """
    order = np.argsort(kinds, kind="stable")
    bounds = np.searchsorted(kinds[order], np.arange(len(makers) + 1))
    made = [
        maker(order[start:stop]).cast(pa.string())
        for maker, start, stop in zip(makers, bounds[:-1], bounds[1:], strict=True)
        if stop > start
    ]
    if not made:
        return pa.array([], pa.string())
    back = np.empty(len(order), dtype=np.int64)
    back[order] = np.arange(len(order))
    return pa.concat_arrays(made).take(pa.array(back))


def by_code(codes: Ints, count: int, make: Callable[[int, Ints], pa.Array]) -> pa.Array:
    """Make each row's string from its code; `make` runs once a code, on all of its rows.

    Args:
        codes: (rows,) codes from 0.
        count: Number of codes.
        make: Takes a code and row numbers, gives as many strings.

    Returns:
        (rows,) strings, in the order of the rows.

    Examples:
        >>> by_code(np.array([1, 0]), 2, lambda code, rows: digits(rows * 10 + code)).to_pylist()
        ['1', '10']
    """
    return by_kind(codes, [partial(make, code) for code in range(count)])


def one_each(values: pa.Array, second: pa.Array | None = None) -> pa.Array:
    """Lists of the one or two values that are not null; a null list where there is none.

    Examples:
        >>> one_each(pa.array(["a", None]), pa.array(["b", None])).to_pylist()
        [['a', 'b'], None]
    """
    columns = [values] if second is None else [values, second]
    present = np.stack([column.is_valid().to_numpy(zero_copy_only=False) for column in columns], axis=1)
    counts = present.sum(axis=1)
    flat_rows = np.arange(len(values))[:, None] + len(values) * np.arange(len(columns))[None, :]
    flat = pa.concat_arrays(columns).take(pa.array(flat_rows[present]))
    offsets = np.concatenate(([0], np.cumsum(counts))).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), flat, mask=pa.array(counts == 0))
