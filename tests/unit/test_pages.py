"""The Python that pages for users show is run, from top to bottom."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = ("calibration", "deciding", "diff", "enrichment", "explaining", "indexing", "opinions", "parity", "streams")
PLAIN = ("diff", "indexing", "streams")
"""Pages without figures of accuracy."""


@pytest.mark.parametrize("page", PAGES)
def test_python_on_the_page_runs(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = (ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)
    names: dict[str, object] = {}

    for block in blocks:
        exec(compile(block, f"{page}.md", "exec"), names)

    assert len(blocks) > 1
    assert "found" in names


@pytest.mark.parametrize("page", PAGES)
def test_page_leads_somewhere(page: str) -> None:
    text = (ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8")
    targets = re.findall(r"\]\((?!https?://|#)([^)#\s]+)", text)

    assert [target for target in targets if not (ROOT / "docs" / target).exists()] == []
    if page not in PLAIN:
        assert text.count("<!-- accuracy -->") == text.count("<!-- /accuracy -->") == 1
