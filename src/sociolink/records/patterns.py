"""The patterns that tell a good value from a bad one, in the common language of RE2 (tables) and `re` (single rows)."""

from __future__ import annotations

__all__ = [
    "CONSENT_WORDS",
    "CONTROL",
    "CONTROL_IN_KEYS",
    "COUNT",
    "DATES",
    "DAY_MONTH_YEAR",
    "EPOCH",
    "FLAG_WORDS",
    "FLOAT_ID",
    "GROUPED",
    "ITEM_EDGES",
    "LIST_CELL",
    "LIST_COMMA",
    "LIST_EDGES",
    "LOST_DIGITS",
    "MONTHS",
    "NULL_WORDS",
    "NUMBER",
    "PARTIAL_DATE",
    "WHITESPACE",
]

WHITESPACE = " \t\n\r\v\f\u00a0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000"
"""What is trimmed from both ends of every value."""

CONTROL = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]"
"""Control characters that no text may hold (line breaks and tabs are allowed)."""

CONTROL_IN_KEYS = r"[\x00-\x1f\x7f-\x9f]"
"""Control characters that no id, handle or word may hold."""

NULL_WORDS = ("null", "none", "nan", "nat", "n/a", "na", "<na>")
"""Words that stand for nothing in columns that are not text (somebody may be called Null)."""

CONSENT_WORDS = (("true", True), ("false", False))
FLAG_WORDS = (*CONSENT_WORDS, ("yes", True), ("no", False), ("1", True), ("0", False), ("t", True), ("f", False))

FLOAT_ID = r"^(?P<digits>[0-9]+)\.0+$"
"""An id that went through a column of floats."""

LOST_DIGITS = r"^-?[0-9](?:\.[0-9]+)?[eE]\+[0-9]+$"
"""A long id that a spreadsheet has rounded."""

COUNT = r"^[+-]?[0-9]{1,18}(?:\.0+)?$"
NUMBER = r"^[+-]?(?:[0-9]{1,30}(?:\.[0-9]{0,30})?|\.[0-9]{1,30})(?:[eE][+-]?[0-9]{1,2})?$"
GROUPED = r"^[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?$"
"""A number with commas between its thousands."""


MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

_TIME = r"(?P<H>[0-9]{1,2}):(?P<M>[0-9]{2})(?::(?P<S>[0-9]{2})(?:[.,](?P<f>[0-9]{1,9}))?)?"
_HALF = r"(?: ?(?P<half>[AaPp])\.?[Mm]\.?)?"
_ZONE = r"(?: ?(?P<z>Z|z|UTC|GMT|[+-][0-9]{2}:?[0-9]{2}|[+-][0-9]{2}))?"
_WHEN = rf"(?:(?:[T ]|, ?){_TIME}{_HALF}{_ZONE})?"
_MONTH = r"(?P<mon>[A-Za-z]{3})[a-z]*\.?"

DAY_MONTH_YEAR = rf"^(?P<a>[0-9]{{1,2}})[/-](?P<b>[0-9]{{1,2}})[/-](?P<y>[0-9]{{4}}){_WHEN}$"
"""A date whose order of day and month only its column can tell."""

DATES = (
    rf"^(?P<y>[0-9]{{4}})[-/.](?P<m>[0-9]{{1,2}})[-/.](?P<d>[0-9]{{1,2}}){_WHEN}$",
    r"^(?P<y>[0-9]{4})(?P<m>[0-9]{2})(?P<d>[0-9]{2})$",
    rf"^(?P<d>[0-9]{{1,2}})\.(?P<m>[0-9]{{1,2}})\.(?P<y>[0-9]{{4}}){_WHEN}$",
    rf"^(?:[A-Za-z]{{3}},? )?{_MONTH} (?P<d>[0-9]{{1,2}}) {_TIME}{_ZONE} (?P<y>[0-9]{{4}})$",
    rf"^(?:[A-Za-z]{{3,9}},? )?(?P<d>[0-9]{{1,2}})[ -]{_MONTH}[ -](?P<y>[0-9]{{4}}){_WHEN}$",
    rf"^(?:[A-Za-z]{{3,9}},? )?{_MONTH} (?P<d>[0-9]{{1,2}}),? (?P<y>[0-9]{{4}}){_WHEN}$",
)
"""Dates whose order is certain: ISO, compact, with dots, X API 1.1, RFC 2822, and with the month in English."""

PARTIAL_DATE = r"^(?P<y>[0-9]{4})(?:-(?P<m>[0-9]{2}))?$"
"""A birth date known to the year or the month."""

EPOCH = r"^(?:[0-9]{10}|[0-9]{13})$"
"""Seconds or milliseconds since 1970."""

ITEM_EDGES = WHITESPACE + ",;|"
"""What is trimmed from both ends of each of several values in one cell."""

LIST_CELL = r"^\[.*\]$"
"""A cell that holds a printed list."""

LIST_EDGES = "^\\[[\"']?|[\"']?\\]$"
LIST_COMMA = "[\"']?, *[\"']?"
