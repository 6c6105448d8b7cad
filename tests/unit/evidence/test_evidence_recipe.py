"""The recipe in the documentation runs as it stands."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

RECIPE = Path(__file__).parents[3] / "docs" / "evidence.md"


def test_the_recipe_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    blocks = re.findall(r"```python\n(.*?)```", RECIPE.read_text(encoding="utf-8"), re.S)
    module = ModuleType("recipe")
    monkeypatch.setitem(sys.modules, "recipe", module)

    for block in blocks:
        exec(compile(block, str(RECIPE), "exec"), module.__dict__)

    assert len(blocks) == 3
    assert module.__dict__["trial"].bits.max() > 10
