"""Reference numbers as one company writes them: each kind in a format of its own, in sequence or at random."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sociolink.datasets.synthesis.strings import Ints

__all__ = ["FORMATS", "NumberFormat", "Numbering", "draw_numbering", "write_numbers"]

Moments = npt.NDArray[np.datetime64]
_RADIX = {"9": 10, "@": 26, "*": 36}
_ALPHABET = np.frombuffer(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", np.uint8)
_POSTAL_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)
_ROOM = 50
_SHARE_OF_OWN_SERIES = 0.5


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """How the numbers of one kind look.

    Attributes:
        picture: `9` a digit, `@` a letter, `*` a letter or digit of the running number; `yy` and `mm` year and month;
            `!` the check digit of Luhn (US patent 2,950,048) over the digits before it, `?` that of postal items (UPU
            standard S10) over the eight before it; everything else stands for itself.
        step: Mean distance of numbers that follow each other in time; 0 for numbers at random.
    """

    picture: str
    step: int


#: What a company may choose from, by kind of event.
FORMATS: Mapping[str, tuple[NumberFormat, ...]] = {
    "order": (
        NumberFormat("ORD-99999999", 60),
        NumberFormat("#999999", 4),
        NumberFormat("999-9999999-9999999", 0),
        NumberFormat("999999999!", 40),
        NumberFormat("SO-yy-999999", 12),
        NumberFormat("@@9999999", 0),
        NumberFormat("W99999999", 25),
    ),
    "ticket": (
        NumberFormat("TCK-99999999", 60),
        NumberFormat("INC9999999", 9),
        NumberFormat("CASE-99999-***", 0),
        NumberFormat("#9999999", 17),
        NumberFormat("SR-yymm-99999", 6),
        NumberFormat("HD-*******", 0),
    ),
    "visit": (NumberFormat("VIS-99999999", 60), NumberFormat("RES-******", 0), NumberFormat("999999", 5)),
    "warranty": (
        NumberFormat("WAR-99999999", 60),
        NumberFormat("RMA999999", 11),
        NumberFormat("9999-9999-999!", 0),
    ),
    "delivery": (
        NumberFormat("1Z***99999999!", 0),
        NumberFormat("RR99999999?GB", 0),
        NumberFormat("9999999999999!", 900),
        NumberFormat("JD99999999999", 300),
    ),
    "invoice": (
        NumberFormat("INV-20yy-99999", 7),
        NumberFormat("REyymm99999", 5),
        NumberFormat("F-yy/999999", 6),
        NumberFormat("99999999", 21),
    ),
}


def _luhn(numbers: Ints) -> Ints:
    """The check digit after rows of digits."""
    doubled = numbers[:, ::-1].copy()
    doubled[:, ::2] *= 2
    return np.asarray((-np.where(doubled > 9, doubled - 9, doubled).sum(axis=1)) % 10)


def _postal(numbers: Ints) -> Ints:
    """The check digit after rows of eight digits."""
    check = 11 - (numbers[:, -8:] @ np.array(_POSTAL_WEIGHTS)) % 11
    return np.select([check == 10, check == 11], [0, 5], default=check)


def _room(picture: str) -> int:
    room = 1
    for place in picture:
        room *= _RADIX.get(place, 1)
    return room


def _widened(picture: str, least: int) -> str:
    """The picture with as many places more as it takes to hold the running number."""
    while _room(picture) < least:
        first = next(place for place in picture if place in _RADIX)
        picture = picture.replace(first, first * 2, 1)
    return picture


def write_numbers(picture: str, serial: Ints, at: Moments) -> pa.Array:
    """Write running numbers.

    Args:
        picture: Picture of the format.
        serial: (rows,) running numbers.
        at: (rows,) when they were given out.

    Returns:
        (rows,) reference numbers.

    Examples:
        >>> day = np.array(["2026-05-01"], "datetime64[us]")
        >>> write_numbers("SO-yymm-9999", np.array([42]), day).to_pylist()
        ['SO-2605-0042']
        >>> write_numbers("9999999999!", np.array([7992739871]), day).to_pylist()
        ['79927398713']
        >>> write_numbers("RR99999999?GB", np.array([47312482]), day).to_pylist()
        ['RR473124829GB']
    """
    made = np.empty((len(serial), len(picture)), np.uint8)
    made[:] = np.frombuffer(picture.encode("ascii"), np.uint8)
    left = np.asarray(serial, np.int64)
    for column in reversed(range(len(picture))):
        radix = _RADIX.get(picture[column])
        if radix:
            made[:, column] = _ALPHABET[left % radix + (10 if picture[column] == "@" else 0)]
            left = left // radix
    months = at.astype("datetime64[M]").astype(np.int64)
    for sign, number in (("yy", months // 12 + 1970), ("mm", months % 12 + 1)):
        column = picture.find(sign)
        if column >= 0:
            made[:, column], made[:, column + 1] = 48 + number // 10 % 10, 48 + number % 10
    for sign, check in (("!", _luhn), ("?", _postal)):
        column = picture.find(sign)
        if column >= 0:
            before = [place for place in range(column) if picture[place] in "9*" or picture[place].isdigit()]
            values = made[:, before].astype(np.int64) - 48
            made[:, column] = 48 + check(np.where(values > 9, values % 10, values))
    flat = pa.py_buffer(np.ascontiguousarray(made))
    fixed = pa.FixedSizeBinaryArray.from_buffers(pa.binary(len(picture)), len(serial), [None, flat])
    return fixed.cast(pa.binary()).cast(pa.string())


@dataclass(frozen=True, slots=True, eq=False)
class Numbering:
    """The numbers that a company has given out for one kind of event.

    Attributes:
        picture: Picture of the format.
        step: Mean distance of numbers that follow each other; 0 at random.
        serial: (events,) running numbers, in the order of time.
        at: (events,) when they were given out.
    """

    picture: str
    step: int
    serial: npt.NDArray[np.int64]
    at: Moments

    def write(self) -> pa.Array:
        """The numbers of the events."""
        return write_numbers(self.picture, self.serial, self.at)

    def draw_foreign(self, rng: np.random.Generator, at: Moments) -> pa.Array:
        """Numbers of the same format that other branches and other companies gave out.

        Args:
            rng: Source of chance.
            at: (rows,) when they are quoted.

        Returns:
            (rows,) reference numbers; by chance one may be the number of an event.
        """
        size = len(at)
        if not self.step or len(self.serial) == 0:
            return write_numbers(self.picture, rng.integers(0, _room(self.picture), size), at)
        now = self.serial[np.minimum(np.searchsorted(self.at, at), len(self.serial) - 1)]
        branch = now + rng.integers(1, 2 * self.step + 1, size)
        first, last = self.serial[[0, -1]]
        company = rng.integers(first // 2, last + last // 4 + 1, size)
        serial = np.where(rng.random(size) < _SHARE_OF_OWN_SERIES, branch, company)
        return write_numbers(self.picture, serial % _room(self.picture), at)


def draw_numbering(rng: np.random.Generator, kind: str, at: Moments) -> Numbering:
    """Choose the format of a kind and give each event its number.

    Args:
        rng: Source of chance.
        kind: Kind of event.
        at: (events,) when they happened, oldest first.

    Returns:
        The numbering; no number is there twice.
    """
    formats = FORMATS[kind]
    chosen = formats[int(rng.integers(0, len(formats)))]
    size = len(at)
    if not chosen.step:
        picture = _widened(chosen.picture, _ROOM * max(size, 1))
        cell = _room(picture) // max(size, 1)
        return Numbering(picture, 0, rng.permutation(size) * cell + rng.integers(0, cell, size), at)
    room = _room(chosen.picture)
    start = int(rng.integers(room // 10, room // 4))
    serial = start + np.cumsum(rng.geometric(1 / chosen.step, size))
    picture = _widened(chosen.picture, 2 * int(serial[-1]) if size else 1)
    return Numbering(picture, chosen.step, serial, at)
