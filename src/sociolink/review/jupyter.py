"""The review as a widget in Jupyter: the same cards, keys and label file as the page."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, Unpack

from sociolink.errors import SociolinkError
from sociolink.rendering.assets import read_asset
from sociolink.rendering.card import card_style
from sociolink.results.links import Links
from sociolink.review.session import ReviewOptions, open_session

__all__ = ["widget"]


def widget(links: Links, labels: str | Path, **options: Unpack[ReviewOptions]) -> Any:
    """Review links in a notebook; needs `pip install 'sociolink[jupyter]'`.

    Each judgement is on the disk before the next card is shown. Keys, once the board was clicked: i (is), n (is not),
    o (nobody's), s (skip), u (undo), 1 to 9 for the customers listed.

    Args:
        links: The links to review.
        labels: File of labels, ending in .jsonl; made where it is not there, continued where it is.
        options: size (200), order ("sample" or "doubt"), seed, profiles, customers, mapping, reviewer, blind and looks;
            see `open_session`.

    Returns:
        The widget; `links.recalibrate(labels)` uses what was judged.

    Raises:
        SociolinkError: anywidget is not installed.
        InvalidParameterError: A parameter is out of range.
        InputError: The labels or a table cannot be read.
    """
    kind = _widget_class()
    name = Path(labels).name
    advice = (f'links.recalibrate("{name}")', f'links.estimate("{name}")')
    session = open_session(links, labels, advice=advice, **options)
    made = kind()
    made.session = session
    made.on_msg(_answer)
    return made


def _answer(made: Any, content: Any, _: Any) -> None:
    """Carry out an order of the widget's other side and send how things stand."""
    if isinstance(content, dict) and isinstance(content.get("order"), dict):
        made.send({"number": content.get("number"), "state": made.session.answer(content["order"])})


@cache
def _widget_class() -> Any:
    try:
        base = import_module("anywidget").AnyWidget
    except ImportError:
        raise SociolinkError("anywidget is not installed. Install it with pip install 'sociolink[jupyter]'.") from None
    board, own, style = (read_asset(name, "review") for name in ("board.js", "widget.js", "review.css"))
    return type("ReviewWidget", (base,), {"_esm": f"{board}\n{own}", "_css": f"{card_style()}\n{style}"})
