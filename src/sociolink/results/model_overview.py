"""A model at a glance: what it learned, in a few lines and as the card of a notebook."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from sociolink.rendering.card import draw_card
from sociolink.rendering.grid import Grid
from sociolink.rendering.numbers import say_count, say_interval, say_share

if TYPE_CHECKING:
    from sociolink.results.model import LinkModel

__all__ = ["draw_model", "say_model", "weights_grid"]

_COMPONENTS: Final = 3


def say_model(model: LinkModel) -> str:
    """What a model comes to, in a sentence or two."""
    learned = f"{say_count(model.profiles)} profiles and {say_count(model.customers)} customers"
    rest = f"{say_count(model.rounds)} rounds" if model.converged else f"{say_count(model.rounds)} rounds, without end"
    coverage, findable = (
        f"{say_share(one.value)} ({say_interval(one.low, one.high)})" for one in (model.coverage, model.findable)
    )
    said = f"Model {model.model_id}: learned from {learned} in {rest}. {coverage} of the profiles are customers'"
    return f"{said}, {findable} can be found. Evidence: {', '.join(model.families)}."


def weights_grid(weights: Mapping[str, Mapping[str, float]]) -> Grid:
    """How often each channel shows what, the most frequent first.

    Args:
        weights: For each channel the weight of every component.

    Examples:
        >>> print(weights_grid({"place": {"same": 0.7, "other": 0.3}}).text())
        what is seen  most often
        place         same 70.0%, other 30.0%
    """
    rows = []
    for channel, parts in weights.items():
        most = sorted(parts.items(), key=lambda part: (-part[1], part[0]))[:_COMPONENTS]
        rows.append((channel, ", ".join(f"{name} {say_share(share)}" for name, share in most)))
    return Grid(("what is seen", "most often"), tuple(rows), caption="What customers show of themselves")


def draw_model(model: LinkModel) -> str:
    """The card of a notebook."""
    return draw_card("Model", say_model(model), [weights_grid(model.weights)])
