"""The widget's Python side: the same orders and answers as the page."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

import sociolink as sl
from sociolink.errors import SociolinkError
from sociolink.results.links import Links

pytest.importorskip("anywidget")


@pytest.fixture
def made(links: Links, label_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    widget = sl.review.widget(links, label_path, size=20, reviewer="ann", blind=True)
    widget.sent = []
    monkeypatch.setattr(type(widget), "send", lambda self, content: self.sent.append(content))
    return widget


def order(widget: Any, **what: Any) -> dict[str, Any]:
    """What the browser would send, as the kernel hands it over."""
    widget._handle_custom_msg({"number": 7, "order": what}, [])
    reply = widget.sent[-1]
    assert reply["number"] == 7
    json.dumps(reply)
    return dict(reply["state"])


def test_cards_are_judged_and_saved_at_once(made: Any, links: Links, label_path: Path) -> None:
    state = order(made, do="show")
    assert "%" not in state["item"]["card"]
    while state["item"]:
        verdict = "is" if state["item"]["best"] else "nobody"
        state = order(made, do="judge", profile_id=state["item"]["profile_id"], verdict=verdict)
        assert len(label_path.read_text().splitlines()) == state["judged"]

    assert state["advice"] == ['links.recalibrate("labels.jsonl")', 'links.estimate("labels.jsonl")']
    assert links.recalibrate(label_path).calibration.size == 20
    assert order(made, do="undo")["judged"] == 19


def test_messages_that_are_no_orders_are_passed_over(made: Any) -> None:
    for content in (None, [], {"order": 3}, {"do": "show"}):
        made._handle_custom_msg(content, [])

    assert made.sent == []


def test_script_and_style_are_those_of_the_page(made: Any) -> None:
    script = str(made._esm)

    assert "export function mountBoard" in script
    assert script.count("export default") == 1
    assert not re.search(r"^import ", script, flags=re.MULTILINE)
    assert ".sl-board" in str(made._css)
    assert ".sl-card" in str(made._css)


def test_without_anywidget_the_remedy_is_said(links: Links, label_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from sociolink.review import jupyter

    jupyter._widget_class.cache_clear()
    monkeypatch.setitem(sys.modules, "anywidget", None)
    with pytest.raises(SociolinkError, match=r"sociolink\[jupyter\]"):
        sl.review.widget(links, label_path)
    jupyter._widget_class.cache_clear()
