"""A card in HTML: a title, a sentence and tables, with everything escaped and no style from outside."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from sociolink.rendering.grid import Grid, tame

__all__ = ["draw_card"]


def draw_card(title: str, sentence: str, grids: Sequence[Grid]) -> str:
    """Draw a card for notebooks.

    Args:
        title: Head of the card.
        sentence: What it says, in plain words.
        grids: Tables below.

    Returns:
        HTML that needs nothing from outside.

    Examples:
        >>> draw_card("p<1>", "Nobody.", [])
        "<section aria-label='p&lt;1&gt;'><h4>p&lt;1&gt;</h4><p>Nobody.</p></section>"
    """
    head = escape(tame(title), quote=True)
    tables = "".join(grid.html() for grid in grids)
    return f"<section aria-label='{head}'><h4>{head}</h4><p>{escape(tame(sentence))}</p>{tables}</section>"
