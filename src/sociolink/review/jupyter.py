"""The review as a widget in Jupyter: the same cards, keys and label file as the page."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from sociolink.errors import SociolinkError
from sociolink.rendering.assets import read_asset
from sociolink.rendering.card import card_style
from sociolink.results.links import Links
from sociolink.review.session import open_session

__all__ = ["widget"]


def widget(
    links: Links,
    labels: str | Path,
    *,
    size: int = 200,
    order: str = "sample",
    seed: int = 0,
    profiles: Any = None,
    customers: Any = None,
    mapping: Any = None,
    reviewer: str = "",
    blind: bool = False,
    looks: int = 1,
) -> Any:
    """Review links in a notebook; needs `pip install 'sociolink[jupyter]'`.

    Each judgement is on the disk before the next card is shown. Keys, once the board was clicked: i (is), n (is not),
    o (nobody's), s (skip), u (undo), 1 to 9 for the customers listed.

    Args:
        links: The links to review.
        labels: File of labels, ending in .jsonl; made where it is not there, continued where it is.
        size: How many profiles.
        order: "sample" for a random sample, on which `links.estimate` and `links.accept` can rest; "doubt" for the
            profiles whose label would teach most.
        seed: Start of the random numbers.
        profiles: The profiles that were linked, to show them.
        customers: The customers, likewise.
        mapping: Column mapping, where their columns are not canonical.
        reviewer: Who reviews; the name of the user by default.
        blind: Hide scores.
        looks: How many reviewers are to look at each profile.

    Returns:
        The widget; `links.recalibrate(labels)` uses what was judged.

    Raises:
        SociolinkError: anywidget is not installed.
        InvalidParameterError: A parameter is out of range.
        InputError: The labels or a table cannot be read.
    """
    kind = _widget_class()
    name = Path(labels).name
    session = open_session(
        links,
        labels,
        size=size,
        order=order,
        seed=seed,
        profiles=profiles,
        customers=customers,
        mapping=mapping,
        reviewer=reviewer,
        blind=blind,
        looks=looks,
        advice=(f'links.recalibrate("{name}")', f'links.estimate("{name}")'),
    )
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
