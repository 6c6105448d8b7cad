"""The declared checks for one value at a time, in plain Python: what the models of single rows are made of."""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sociolink.records.accounts import HANDLE_ADDRESS, HANDLE_HOST, HANDLE_PREFIX, HOSTS, PLATFORM_NAMES
from sociolink.records.columns import Column
from sociolink.records.dates import EARLIEST_YEAR, LATEST_YEAR
from sociolink.records.patterns import (
    CONSENT_WORDS,
    CONTROL,
    CONTROL_IN_KEYS,
    COUNT,
    DATES,
    DAY_MONTH_YEAR,
    EPOCH,
    FLAG_WORDS,
    FLOAT_ID,
    GROUPED,
    ITEM_EDGES,
    LIST_CELL,
    LIST_COMMA,
    LIST_EDGES,
    LOST_DIGITS,
    MONTHS,
    NULL_WORDS,
    NUMBER,
    PARTIAL_DATE,
    WHITESPACE,
)

__all__ = ["RejectedValueError", "ascii_lower", "platform_of_address", "read_list", "read_scalar"]

_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}


class RejectedValueError(ValueError):
    """A value that the declaration does not allow; the message is one of `records.rejects.REASONS`."""


def ascii_lower(text: str) -> str:
    """Lower-case the letters A to Z only.

    Args:
        text: Any string.

    Examples:
        >>> ascii_lower("ÀBC")
        'Àbc'
    """
    return text.translate(_LOWER)


def platform_of_address(value: object) -> str | None:
    """The platform whose address a value is.

    Args:
        value: A handle or an address, as written.

    Examples:
        >>> platform_of_address("https://twitter.com/jo")
        'x'
    """
    found = _match(HANDLE_ADDRESS, value.strip(WHITESPACE)) if isinstance(value, str) else None
    return HOSTS.get(ascii_lower(found["host"])) if found else None


def read_list(column: Column, value: object) -> list[str] | None:
    """Read a value of a column that holds lists.

    Args:
        column: The declared column.
        value: A list, or a string with several values.

    Raises:
        RejectedValueError: One of the values is not allowed.

    Examples:
        >>> from sociolink.records.columns import table_spec
        >>> read_list(table_spec("customers").column("email"), "a@b.example; c@d.example")
        ['a@b.example', 'c@d.example']
    """
    if isinstance(value, (list, tuple)):
        items = [_text(item) for item in value]
    else:
        cell = _text(value)
        if cell is not None and _match(LIST_CELL, cell):
            cell = re.sub(LIST_COMMA, ";", re.sub(LIST_EDGES, "", cell))
        items = re.split(column.separators, cell, flags=re.ASCII) if cell is not None else []
    read = [read_scalar(column, None if item is None else item.strip(ITEM_EDGES)) for item in items]
    return [item for item in read if item is not None] or None


def read_scalar(column: Column, value: object, *, platform: str | None = None) -> Any:
    """Read a single value.

    Args:
        column: The declared column.
        value: What was given.
        platform: Canonical platform, for handles.

    Returns:
        The value in its declared type; None where there is none.

    Raises:
        RejectedValueError: The value is not allowed.

    Examples:
        >>> from sociolink.records.columns import table_spec
        >>> read_scalar(table_spec("profiles").column("handle"), " @jo ")
        'jo'
    """
    written = _text(value)
    text = None if written is None else written.strip(WHITESPACE)
    if not text or (column.type not in ("text", "id", "handle") and ascii_lower(text) in NULL_WORDS):
        return None
    if len(text) > column.max_chars:
        raise RejectedValueError("too long")
    if re.search(CONTROL if column.type == "text" else CONTROL_IN_KEYS, text):
        raise RejectedValueError("control characters")
    if column.type == "id":
        if _match(LOST_DIGITS, text):
            raise RejectedValueError("digits lost by a spreadsheet")
        return re.sub(r"\.0+$", "", text) if _match(FLOAT_ID, text) else text
    if column.type == "handle":
        return _handle(text, platform)
    if column.type == "platform":
        return PLATFORM_NAMES.get(ascii_lower(text), ascii_lower(text))
    if column.type == "word":
        return _word(column, text)
    if column.type == "consent":
        return _truth(text, CONSENT_WORDS, "not true, false or empty")
    if column.type == "flag":
        return _truth(text, FLAG_WORDS, "not one of the words allowed")
    if column.type in ("count", "number"):
        return _number(column, text)
    if column.type == "moment":
        return _moment(text)
    return _partial_date(text) if column.type == "partial_date" else text


def _text(value: object) -> str | None:
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        if abs(value) > 2.0**53:
            raise RejectedValueError("digits lost by a spreadsheet")
        return str(int(value))
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, (bytes, str)):
        try:
            return value.decode("utf-8") if isinstance(value, bytes) else value.encode("utf-8").decode("utf-8")
        except UnicodeError:
            raise RejectedValueError("not valid UTF-8") from None
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    raise RejectedValueError("wrong type")


def _match(pattern: str, text: str) -> re.Match[str] | None:
    return re.fullmatch(pattern, text, flags=re.ASCII)


def _handle(text: str, platform: str | None) -> str:
    if found := _match(HANDLE_ADDRESS, text):
        handle = found["name"]
        if platform == "mastodon" and handle and "@" not in handle:
            handle = f"{handle}@{ascii_lower(found['host'])}"
    elif found := _match(HANDLE_HOST, text):
        handle = "" if ascii_lower(found["host"]) in HOSTS else found["host"]
    else:
        handle = re.sub(HANDLE_PREFIX, "", text, count=1, flags=re.ASCII)
    handle = handle.strip(WHITESPACE)
    if not handle:
        raise RejectedValueError("empty handle")
    return handle


def _word(column: Column, text: str) -> str:
    spellings = {**dict(column.synonyms), **{choice: choice for choice in column.choices}}
    try:
        return spellings[ascii_lower(text)]
    except KeyError:
        raise RejectedValueError("not one of the words allowed") from None


def _truth(text: str, words: tuple[tuple[str, bool], ...], reason: str) -> bool:
    found = dict(words).get(ascii_lower(text))
    if found is None:
        raise RejectedValueError(reason)
    return found


def _number(column: Column, text: str) -> int | float:
    if _match(GROUPED, text):
        text = text.replace(",", "")
    if not _match(COUNT if column.type == "count" else NUMBER, text):
        raise RejectedValueError("not a number")
    number = int(text.partition(".")[0]) if column.type == "count" else float(text)
    low = column.minimum is not None and (number < column.minimum or (column.exclusive and number == column.minimum))
    if low or (column.maximum is not None and number > column.maximum):
        raise RejectedValueError("out of range")
    return number


def _moment(text: str) -> datetime:
    found = _dated(text)
    if found:
        try:
            moment = _when(found)
        except (ValueError, OverflowError):
            raise RejectedValueError("unreadable date") from None
    elif _match(EPOCH, text):
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(
            milliseconds=int(text) * (1 if len(text) == 13 else 1_000)
        )
    else:
        raise RejectedValueError("unreadable date")
    if not EARLIEST_YEAR <= moment.year <= LATEST_YEAR:
        raise RejectedValueError("unreadable date")
    return moment


def _partial_date(text: str) -> str:
    partial = _match(PARTIAL_DATE, text)
    parts = {"y": partial["y"], "m": partial["m"] or "1", "d": "1"} if partial else _dated(text)
    if parts is None:
        raise RejectedValueError("unreadable date")
    try:
        _when(parts)  # the offset must be one, though the date is the local one
        day = _when({**parts, "z": ""}).date()
    except (ValueError, OverflowError):
        raise RejectedValueError("unreadable date") from None
    if not EARLIEST_YEAR <= day.year <= LATEST_YEAR:
        raise RejectedValueError("unreadable date")
    return text if partial else day.isoformat()


def _dated(text: str) -> dict[str, str] | None:
    """The parts of a date, by the first pattern that it fits; "" where a part is not written."""
    for pattern in DATES:
        if found := _match(pattern, text):
            return {name: part or "" for name, part in found.groupdict().items()}
    if found := _match(DAY_MONTH_YEAR, text):
        parts = {name: part or "" for name, part in found.groupdict().items()}
        first, second = int(parts["a"]), int(parts["b"])
        if max(first, second) <= 12 and first != second:
            raise RejectedValueError("day and month cannot be told apart")
        day, month = (parts["b"], parts["a"]) if second > 12 else (parts["a"], parts["b"])
        return {**parts, "d": day, "m": month}
    return None


def _when(parts: dict[str, str]) -> datetime:
    month = MONTHS.index(ascii_lower(parts["mon"])) + 1 if "mon" in parts else int(parts["m"])
    hour = int(parts.get("H") or 0)
    if parts.get("half"):
        if not 1 <= hour <= 12:
            raise ValueError("hour of a half day")
        hour = hour % 12 + (12 if parts["half"] in "pP" else 0)
    minute, second = int(parts.get("M") or 0), int(parts.get("S") or 0)
    micro = int(((parts.get("f") or "") + "000000")[:6])
    moment = datetime(int(parts["y"]), month, int(parts["d"]), hour, minute, second, micro, tzinfo=UTC)
    zone = _match(r"([+-])([0-9]{2}):?([0-9]{2})?", parts.get("z") or "")
    if not zone:
        return moment
    hours, minutes = int(zone[2]), int(zone[3] or 0)
    if hours > 15 or minutes > 59:
        raise ValueError("offset")
    offset = timedelta(hours=hours, minutes=minutes)
    return moment + offset if zone[1] == "-" else moment - offset
