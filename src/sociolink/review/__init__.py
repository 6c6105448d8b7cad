"""Judging links by eye: `widget` in a notebook, `make_server` for a page, `open_session` for both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sociolink.review.jupyter import widget
    from sociolink.review.labels import Judgement, LabelFile
    from sociolink.review.server import make_server
    from sociolink.review.session import ReviewSession, open_session

__all__ = ["Judgement", "LabelFile", "ReviewSession", "make_server", "open_session", "widget"]

_HOMES = {
    "Judgement": "labels",
    "LabelFile": "labels",
    "ReviewSession": "session",
    "make_server": "server",
    "open_session": "session",
    "widget": "jupyter",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
