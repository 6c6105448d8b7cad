"""What the command line shows: lines of any width, and tables."""

from __future__ import annotations

import json
import sys
from typing import Any

from rich.console import Console
from rich.text import Text

from sociolink.rendering.grid import Grid, tame, wrap

__all__ = ["Screen"]

_MOST_COLUMNS = 100


class Screen:
    """Where results go: standard output, with colour only where it is a terminal that wants it (see NO_COLOR)."""

    def __init__(self) -> None:
        self._console = Console(highlight=False, soft_wrap=True)

    @property
    def width(self) -> int:
        """Columns that are used."""
        return min(self._console.width, _MOST_COLUMNS)

    def title(self, text: str) -> None:
        """A heading with a line of space above it."""
        self._console.print(Text(f"\n{tame(text)}", style="bold"))

    def say(self, text: str, *, indent: int = 0, style: str = "") -> None:
        """A paragraph."""
        for line in wrap(tame(text), self.width - indent):
            self._console.print(Text(" " * indent + line, style=style))

    def point(self, label: str, text: str, *, number: str = "", indent: int = 4) -> None:
        """A paragraph with a label and perhaps a number before it, its lines below each other."""
        head = f"{label:<7}" + (f"{number:>5}  " if number else "")
        lines = wrap(tame(text), self.width - indent - len(head))
        for place, line in enumerate(lines):
            shown = Text(" " * indent)
            shown.append(head if place == 0 else " " * len(head), style="dim")
            self._console.print(shown.append(line))

    def show(self, grid: Grid) -> None:
        """A table."""
        lines = grid.text(self.width).splitlines()
        for number, line in enumerate(lines):
            self._console.print(Text(line, style="dim" if grid.titles and number == 0 else ""))

    def plain(self, text: str) -> None:
        """Text as it is."""
        self._console.print(Text(text))

    def paragraphs(self, text: str) -> None:
        """Each line as a paragraph, what does not fit below and set in."""
        for paragraph in filter(None, text.splitlines()):
            head, *rest = wrap(tame(paragraph), self.width)
            self._console.print(Text(head))
            if rest:
                self.say(" ".join(rest), indent=2)

    def space(self) -> None:
        """An empty line."""
        self._console.print()

    def data(self, value: Any) -> None:
        """Plain values as JSON, never coloured and never cut."""
        sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False, default=str) + "\n")
