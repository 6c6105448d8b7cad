"""Parts of the model that can be switched off one at a time, to see what each is worth.

A part is switched off by replacing a constant or a function of the package in a process that is thrown away afterwards:
the package itself has no such switches.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib import import_module
from typing import Any

import numpy as np

from sociolink.linking.experience import DefaultModel

__all__ = ["INGREDIENTS", "switch_off"]

NEVER = 10**6


def _set(module: str, **values: Any) -> None:
    found = import_module(f"sociolink.{module}")
    for name, value in values.items():
        if not hasattr(found, name):
            raise AttributeError(f"{module} has no {name} any more: nothing would be switched off")
        setattr(found, name, value)


def _without_lookalikes(default: DefaultModel) -> DefaultModel:
    return replace(default, lookalike={})


def _without_other_owners(default: DefaultModel) -> DefaultModel:
    return replace(default, other={})


def _without_relatives(default: DefaultModel) -> DefaultModel:
    _set("population.names", _RELATIVES=0.0)
    return default


def _without_learned_worth(default: DefaultModel) -> DefaultModel:
    _set("population.interpolation", _TRUST=1e12)
    return default


def _without_classes(default: DefaultModel) -> DefaultModel:
    association = import_module("sociolink.population.association")
    _set("evidence.name.people", fit_classes=lambda given, family: association.no_classes())
    return default


def _without_nicknames(default: DefaultModel) -> DefaultModel:
    _set("evidence.name.tokens", _NICKNAME_SHARE=1e-12, _FORMAL_SHARE=1e-12)
    return default


def _without_other_names(default: DefaultModel) -> DefaultModel:
    _set("evidence.name.slots", _SHORTEST_OTHER=NEVER)
    _set("evidence.name.family", _BY_RECORDED_NAMES=1.0)
    return default


def _without_short_pairs(default: DefaultModel) -> DefaultModel:
    _set("evidence.name.slots", _SHORTEST_ALONE=NEVER)
    return default


def _without_unknown_names(default: DefaultModel) -> DefaultModel:
    forms = len(import_module("sociolink.evidence.name.grammar").FORMS)
    _set(
        "evidence.name.channel",
        sum_unseen=lambda places, *rest, **options: np.zeros((len(places.first), forms)),
    )
    return default


def _without_own_strings(default: DefaultModel) -> DefaultModel:
    _set("evidence.name.strings", _SHORTEST=NEVER)
    return default


def _without_platforms(default: DefaultModel) -> DefaultModel:
    _set("evidence.name.accounts", _MIN_PLATFORM=NEVER)
    return default


def _without_display_names(default: DefaultModel) -> DefaultModel:
    nothing = import_module("sociolink.evidence.name.shown").nothing_shown
    _set("evidence.name.channel", find_shown=lambda places, arcs, *rest: nothing(places, arcs))
    return default


INGREDIENTS: Mapping[str, Callable[[DefaultModel], DefaultModel]] = {
    "strangers who look like customers": _without_lookalikes,
    "profiles not about their owner": _without_other_owners,
    "relatives": _without_relatives,
    "bearers worth more the more there are": _without_learned_worth,
    "names that go together": _without_classes,
    "short forms of given names": _without_nicknames,
    "names between and beside those on record": _without_other_names,
    "shortened names on both sides": _without_short_pairs,
    "unknown names by spelling": _without_unknown_names,
    "strings the customer uses elsewhere": _without_own_strings,
    "weights for each platform": _without_platforms,
    "handle given the display name": _without_display_names,
}
"""For each part what switches it off in this process."""


def switch_off(name: str, default: DefaultModel) -> DefaultModel:
    """Switch a part off in this process, for good; returns the default model to link with."""
    return INGREDIENTS[name](default)
