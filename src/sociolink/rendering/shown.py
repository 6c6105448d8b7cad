"""What IPython shows in a terminal, and a notebook where it shows no HTML: the text, not the fields."""

from __future__ import annotations

from typing import Any

__all__ = ["show_text"]


def show_text(self: object, printer: Any, cycle: bool) -> None:
    """The method `_repr_pretty_` of values whose text is made for people; `repr` still tells all of their fields.

    Args:
        self: The value.
        printer: IPython's.
        cycle: Whether the value holds itself; never.

    Examples:
        >>> class Report:
        ...     _repr_pretty_ = show_text
        ...
        ...     def __str__(self) -> str:
        ...         return "12 links"
        >>> class Printer:
        ...     def text(self, text: str) -> None:
        ...         print(text)
        >>> Report()._repr_pretty_(Printer(), False)
        12 links
    """
    printer.text(str(self))
