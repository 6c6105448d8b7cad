"""What the ablation switches off is there to be switched off."""

from __future__ import annotations

from typing import Any

import pytest

from benchmark_modules import load


def test_every_ingredient_finds_what_it_replaces(monkeypatch: pytest.MonkeyPatch) -> None:
    ingredients = load("ingredients")
    from importlib import import_module

    from sociolink.linking.experience import shipped_default

    asked: list[str] = []

    def look(module: str, **values: Any) -> None:
        found = import_module(f"sociolink.{module}")
        assert not [name for name in values if not hasattr(found, name)], module
        asked.extend(values)

    monkeypatch.setattr(ingredients, "_set", look)
    for name in ingredients.INGREDIENTS:
        ingredients.switch_off(name, shipped_default())
    assert len(asked) > 8
