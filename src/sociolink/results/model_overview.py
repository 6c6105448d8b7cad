"""A model at a glance: what it learned, in a sentence and as the card of a notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sociolink.rendering.card import draw_card
from sociolink.rendering.grid import Grid
from sociolink.rendering.numbers import say_count, say_interval, say_share

if TYPE_CHECKING:
    from sociolink.results.model import Coverage, LinkModel

__all__ = ["draw_model", "model_grid", "say_model"]


def say_model(model: LinkModel) -> str:
    """What a model comes to, in a sentence or two."""
    learned = f"{say_count(model.profiles)} profiles and {say_count(model.customers)} customers"
    coverage, findable = _say_interval(model.coverage), _say_interval(model.findable)
    said = f"Model {model.model_id}: learned from {learned}. {coverage} of the profiles are customers'"
    return f"{said}, {findable} can be found. Evidence: {', '.join(model.families)}."


def model_grid(model: LinkModel) -> Grid:
    """What was learned, and from how much."""
    rows = [
        ("profiles", say_count(model.profiles), "it was fitted on"),
        ("customers", say_count(model.customers), "it was fitted on"),
        ("coverage", _say_interval(model.coverage), "of the profiles are customers'"),
        ("findable", _say_interval(model.findable), "are, and could be found"),
        ("rounds", say_count(model.rounds), "of EM" if model.converged else "of EM, which did not come to rest"),
        ("evidence", say_count(len(model.families)), ", ".join(model.families)),
    ]
    return Grid((), tuple(rows), frozenset({1}), "What the model learned")


def draw_model(model: LinkModel) -> str:
    """The card of a notebook; `model.plots.weights()` shows what each fact is worth."""
    return draw_card(f"Model {model.model_id}", "It holds no person, and is saved as JSON.", [model_grid(model)])


def _say_interval(share: Coverage) -> str:
    return f"{say_share(share.value)} ({say_interval(share.low, share.high)})"
