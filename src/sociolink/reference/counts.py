"""How common names are: sorted fixed-width names beside their counts, mapped from files and looked up in bulk."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["GivenNameBirths", "NameCounts", "load_array"]

_DATA = Path(__file__).parent / "data"


def load_array(stem: str) -> npt.NDArray[np.generic]:
    """Map one bundled array into memory, read-only.

    Args:
        stem: The name of the file without its suffix.

    Returns:
        The mapped array.
    """
    return np.asarray(np.load(_DATA / f"{stem}.npy", mmap_mode="r", allow_pickle=False))


def fixed_width(values: pa.Array, *, width: int) -> npt.NDArray[np.bytes_]:
    """Strings as numpy's fixed-width bytes; null and whatever is longer than `width` become empty.

    Args:
        values: (rows,) strings.
        width: Bytes of one element.

    Returns:
        (rows,) array of dtype `S{width}`.
    """
    binary = values.cast(pa.large_string()).cast(pa.large_binary())
    fits = pc.fill_null(pc.less_equal(pc.binary_length(binary), width), False)
    binary = pc.fill_null(pc.if_else(fits, binary, b""), b"")
    if len(binary) == 0:
        return np.empty(0, f"S{width}")
    _, offset_buffer, data_buffer = binary.buffers()
    offsets = np.frombuffer(offset_buffer, np.int64, len(binary) + 1, binary.offset * 8)
    raw = np.frombuffer(data_buffer or b"", np.uint8)[offsets[0] : offsets[-1]]
    lengths = np.diff(offsets)
    out = np.zeros((len(binary), width), np.uint8)
    rows = np.repeat(np.arange(len(binary)), lengths)
    out[rows, np.arange(len(raw)) - np.repeat(offsets[:-1] - offsets[0], lengths)] = raw
    return out.view(f"S{width}").ravel()


def find_rows(names: npt.NDArray[np.bytes_], values: pa.Array | pa.ChunkedArray) -> npt.NDArray[np.int64]:
    """Where each value stands in sorted names.

    Args:
        names: (names,) sorted fixed-width bytes.
        values: (rows,) strings; each distinct one is searched once.

    Returns:
        (rows,) int64, -1 where a value is null or unknown.
    """
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    if len(values) == 0 or len(names) == 0 or pa.types.is_null(values.type):
        return np.full(len(values), -1, np.int64)
    if not pa.types.is_dictionary(values.type):
        values = values.dictionary_encode()
    distinct = fixed_width(values.dictionary, width=names.dtype.itemsize)
    places = np.minimum(np.searchsorted(names, distinct), len(names) - 1)
    places = np.where((names[places] == distinct) & (distinct != b""), places, -1)
    codes = pc.fill_null(values.indices.cast(pa.int64()), len(distinct)).to_numpy()
    return np.asarray(np.append(places, -1)[codes], dtype=np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class NameCounts:
    """How many people bear each name.

    Attributes:
        names: (names,) sorted fixed-width bytes of small ASCII letters.
        counts: (names,) int64, people.
        total: People in all; those with names too rare to be listed are in it where the source counts them.
    """

    names: npt.NDArray[np.bytes_]
    counts: npt.NDArray[np.int64]
    total: int

    def lookup(self, values: pa.Array | pa.ChunkedArray) -> npt.NDArray[np.int64]:
        """Counts of names.

        Args:
            values: (rows,) names, folded and squashed.

        Returns:
            (rows,) int64, 0 where a name is null or not listed.
        """
        rows = find_rows(self.names, values)
        return np.where(rows >= 0, self.counts[rows], 0)


@dataclass(frozen=True, slots=True, eq=False)
class GivenNameBirths:
    """When the bearers of a given name were born.

    Attributes:
        names: (names,) sorted fixed-width bytes of small ASCII letters.
        birth_years_from: (bins,) int64, the first year of each bin of five years.
        counts: (names, bins) int32, births.
    """

    names: npt.NDArray[np.bytes_]
    birth_years_from: npt.NDArray[np.int64]
    counts: npt.NDArray[np.int32]

    @property
    def totals(self) -> npt.NDArray[np.int64]:
        """(bins,) int64, births of all names in each bin."""
        return np.asarray(self.counts.sum(axis=0, dtype=np.int64))

    def lookup(self, values: pa.Array | pa.ChunkedArray) -> npt.NDArray[np.int32]:
        """Births in each bin.

        Args:
            values: (rows,) given names, folded and squashed.

        Returns:
            (rows, bins) int32, a row of 0 where a name is null or not listed.
        """
        rows = find_rows(self.names, values)
        return np.where((rows >= 0)[:, None], self.counts[rows], 0).astype(np.int32)

    def probabilities(
        self, values: pa.Array | pa.ChunkedArray, *, prior_births: float = 100.0
    ) -> npt.NDArray[np.float64]:
        """P(bin of birth | given name), drawn towards that of everybody.

        Args:
            values: (rows,) given names, folded and squashed.
            prior_births: The weight of everybody's distribution, in births; an unknown name has that alone.

        Returns:
            (rows, bins) float64; each row sums to 1.
        """
        everybody = self.totals / self.totals.sum()
        counts = self.lookup(values) + prior_births * everybody
        return np.asarray(counts / counts.sum(axis=1, keepdims=True), dtype=np.float64)
