"""A small table of texts, drawn for a terminal of any width or as HTML; foreign text comes out harmless."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

__all__ = ["Grid", "measure", "shorten", "tame", "wrap"]

_GAP = "  "
_LEAST = 8
_UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def tame(text: str) -> str:
    """Text on one line without characters that steer a terminal or turn the direction of what follows.

    Examples:
        >>> tame("hi\\n\\x1b[31mred \\u202egnorw")
        'hi [31mred gnorw'
    """
    if text.isascii() and text.isprintable():
        return text
    kept = (" " if sign.isspace() else sign for sign in text if sign.isspace() or _is_seen(sign))
    return " ".join("".join(kept).split())


def measure(text: str) -> int:
    """Columns that a text takes in a terminal.

    Examples:
        >>> measure("abc"), measure("日本")
        (3, 4)
    """
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(sign) else 2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text
    )


def shorten(text: str, width: int) -> str:
    """Text cut to a width, with a mark where it was cut.

    Examples:
        >>> shorten("a long story", 7)
        'a long…'
    """
    if measure(text) <= width:
        return text
    return _cut(text, width - 1)[0].rstrip() + "…"


def wrap(text: str, width: int) -> list[str]:
    """Lines of at most a width, broken between words, and within words that are longer.

    Examples:
        >>> wrap("the handle is the full name", 12)
        ['the handle', 'is the full', 'name']
    """
    lines: list[str] = []
    line = ""
    for word in text.split():
        while measure(word) > width:
            if line:
                lines, line = [*lines, line], ""
            head, word = _cut(word, width)
            lines.append(head)
        joined = f"{line} {word}" if line and word else line or word
        if measure(joined) > width:
            lines, joined = [*lines, line], word
        line = joined
    return [*lines, line] if line or not lines else lines


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of texts.

    Attributes:
        titles: Titles of the columns; none for a table without a head.
        rows: The rows, all of the same length.
        right: Columns that are set flush right.
        caption: What the table shows; for HTML and screen readers.
    """

    titles: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: frozenset[int] = frozenset()
    caption: str = ""

    def text(self, width: int = 80) -> str:
        """The table for a terminal; the widest columns are wrapped where it would be too wide.

        Args:
            width: Columns of the terminal.

        Examples:
            >>> print(Grid(("fact", "bits"), (("the same city", "+4.2"),), frozenset({1})).text())
            fact           bits
            the same city  +4.2
        """
        cells = [[tame(cell) for cell in row] for row in ((self.titles, *self.rows) if self.titles else self.rows)]
        if not cells:
            return ""
        widths = _fit([max(map(measure, column)) for column in zip(*cells, strict=True)], width)
        lines = [line for row in cells for line in self._draw(row, widths)]
        return "\n".join(lines)

    def html(self, *, inline: bool = True) -> str:
        """The table as HTML, with everything escaped.

        Args:
            inline: Style what is flush right in its place; else it has the class `num`, for pages that forbid that.

        Examples:
            >>> Grid((), (("<b>",),)).html()
            '<table><tbody><tr><td>&lt;b&gt;</td></tr></tbody></table>'
        """
        flush = " style='text-align:right'" if inline else " class='num'"

        def side(column: int) -> str:
            return flush if column in self.right else ""

        caption = f"<caption>{escape(self.caption)}</caption>" if self.caption else ""
        titles = "".join(f"<th scope='col'{side(i)}>{escape(tame(t))}</th>" for i, t in enumerate(self.titles))
        head = f"<thead><tr>{titles}</tr></thead>" if self.titles else ""
        rows = "".join(
            "<tr>" + "".join(f"<td{side(i)}>{escape(tame(cell))}</td>" for i, cell in enumerate(row)) + "</tr>"
            for row in self.rows
        )
        return f"<table>{caption}{head}<tbody>{rows}</tbody></table>"

    def _draw(self, row: Sequence[str], widths: Sequence[int]) -> list[str]:
        parts = [wrap(cell, width) for cell, width in zip(row, widths, strict=True)]
        lines = []
        for number in range(max(map(len, parts))):
            drawn = []
            for column, (part, width) in enumerate(zip(parts, widths, strict=True)):
                cell = part[number] if number < len(part) else ""
                space = " " * (width - measure(cell))
                drawn.append(space + cell if column in self.right else cell + space)
            lines.append(_GAP.join(drawn).rstrip())
        return lines


def _fit(widths: list[int], width: int) -> list[int]:
    """Widths that fit together; the widest column gives first."""
    fitted = list(widths)
    while sum(fitted) + len(_GAP) * (len(fitted) - 1) > width and max(fitted) > _LEAST:
        fitted[fitted.index(max(fitted))] -= 1
    return fitted


def _cut(text: str, width: int) -> tuple[str, str]:
    """The beginning that fits a width, at least one character, and what is left."""
    taken = 0
    for place, sign in enumerate(text):
        taken += measure(sign)
        if taken > width and place:
            return text[:place], text[place:]
    return text, ""


def _is_seen(sign: str) -> bool:
    return unicodedata.category(sign) not in _UNSEEN
