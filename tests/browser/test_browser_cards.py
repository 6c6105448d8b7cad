"""Cards in a real browser: whatever stands in an id, a name or a bio, it is only text there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from contrast import LEAST_CONTRAST, WORST_CONTRAST

from sociolink.rendering.card import card_html, card_style
from sociolink.rendering.card_data import CardAnswer, CardData, CardFact

HOSTILE = (
    "<script>window.hit = 1</script>",
    "<img src=x onerror='window.hit = 1'>",
    '"><svg onload=window.hit=1>',
    "' onmouseover='window.hit=1",
    "</article></script><script>window.hit=1</script>",
    "\u202eevil\u202c \u2066isolate",
    "\u2028window.hit = 1\u2029",
    '=HYPERLINK("http://example.org")',
    "javascript:window.hit=1",
)


def make_card(text: str) -> CardData:
    return CardData(
        profile_id=text,
        customer_id=text,
        decision=text,
        sentence=text,
        probability=0.9,
        facts=(CardFact(text, text, 9.0), CardFact("place", "elsewhere", -2.0)),
        match_weight=7.0,
        bits_needed=5.0,
        others_per_10000=78.0,
        runner_up=text,
        margin=3.0,
        turning=text,
        answers=(CardAnswer("customer", text, 0.9, 7.0, 1, "link"), CardAnswer("nobody", None, 0.1)),
        profile=((text, text), ("bio", text)),
        customer=(("name", text),),
    )


@pytest.mark.parametrize("blind", [False, True])
def test_hostile_text_is_inert(watched: Any, tmp_path: Path, blind: bool) -> None:
    cards = "".join(card_html(make_card(text), blind=blind) for text in HOSTILE)
    path = tmp_path / "cards.html"
    path.write_text(f"<!doctype html><meta charset=utf-8><style>{card_style()}</style><body>{cards}", encoding="utf-8")

    page = watched.open(path)
    page.mouse.move(300, 300)

    assert page.evaluate("window.hit") is None
    assert page.locator("article.sl-card").count() == len(HOSTILE)
    assert page.locator("img, script, a, iframe, [onload], [onerror], [onmouseover]").count() == 0
    assert HOSTILE[0] in page.locator("article").first.inner_text()
    assert "\u202e" not in page.content()
    assert watched.errors == []
    assert watched.requests == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_cards_can_be_read(watch: Callable[..., Any], tmp_path: Path, scheme: str) -> None:
    path = tmp_path / "card.html"
    path.write_text(f"<!doctype html><meta charset=utf-8><body>{card_html(make_card('x'), styled=True)}", "utf-8")

    page = watch(color_scheme=scheme).open(path)

    assert page.evaluate(WORST_CONTRAST)["ratio"] >= LEAST_CONTRAST
