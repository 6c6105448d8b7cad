"""The card: the same numbers as HTML and as text, and foreign text harmless in both."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sociolink.rendering.card import card_html, card_style, card_text, shield
from sociolink.rendering.card_data import CardAnswer, CardData, CardFact
from sociolink.rendering.grid import measure
from sociolink.rendering.waterfall import scale_waterfall

ALLOWED = {
    *("article", "bdi", "caption", "dd", "div", "dl", "dt", "h3", "h4", "p", "rect", "span", "strong"),
    *("svg", "table", "tbody", "td", "tfoot", "th", "thead", "tr"),
}


class Tags(HTMLParser):
    """What stands in a piece of HTML."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.names: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def make_card(text: str = "c1") -> CardData:
    return CardData(
        profile_id=text,
        customer_id=text,
        decision="review",
        sentence=f"It may be {text}.",
        probability=0.625,
        facts=(CardFact("name", f"given name {text}", 12.5), CardFact("place", text, -3.25)),
        match_weight=9.25,
        bits_needed=8.5,
        others_per_10000=16.0,
        runner_up=text,
        margin=0.75,
        turning="Without what name says, the best answer would be nobody.",
        answers=(CardAnswer("customer", text, 0.625, 9.25, 1, "review"), CardAnswer("nobody", None, 0.375)),
        profile=(("handle", text), (text, "label")),
        customer=(("name", text),),
    )


@given(st.text(max_size=60))
def test_no_text_becomes_markup(text: str) -> None:
    for blind in (False, True):
        read = Tags()
        read.feed(card_html(make_card(text), blind=blind))
        read.close()

        assert read.open == []
        assert read.names <= ALLOWED
        assert {name for name in read.attributes if name.startswith("on") or name in {"href", "src", "style"}} == set()


def test_card_says_every_number() -> None:
    read = Tags()
    read.feed(card_html(make_card()))

    for said in ("62.5%", "37.5%", "+12.5", "-3.2", "+9.2", "+8.5", "+0.8", "to review", "It may be c1.", "handle"):
        assert said in read.text
    assert "1 in 10,000" not in read.text
    assert "about 16 in 10,000 other people" in read.text.lower()


def test_blind_card_says_no_number() -> None:
    read = Tags()
    read.feed(card_html(make_card("someone"), blind=True))

    assert "given name someone" in read.text
    assert not any(sign.isdigit() for sign in read.text)
    assert "review" not in read.text
    assert "svg" not in read.names


def test_text_fits_and_agrees() -> None:
    drawn = card_text(make_card("日本語の名前 " * 9))

    assert max(map(measure, drawn.splitlines())) <= 80
    assert all(said in drawn for said in ("+12.5", "-3.2", "62.5%", "nobody", "Without what name says"))


def test_card_without_candidate() -> None:
    bare = CardData(
        profile_id="p4",
        customer_id=None,
        decision="none",
        sentence="Nobody.",
        probability=0.0,
        facts=(),
        match_weight=0.0,
        bits_needed=10.0,
        others_per_10000=10_000.0,
        runner_up=None,
        margin=None,
    )

    assert "nobody proposed" in card_html(bare)
    assert "other people" not in card_html(bare)
    assert "Nobody." in card_text(bare)


def test_styles_are_added_once_and_only_where_asked() -> None:
    assert "<style>" not in card_html(make_card())
    assert card_html(make_card(), styled=True).count("<style>") == 1
    assert "url(" not in card_style()
    assert "@import" not in card_style()


@pytest.mark.parametrize("sign", ["\u202e", "\u2066", "\u200f", "\x00", "\x1b"])
def test_nothing_turns_the_direction(sign: str) -> None:
    assert sign not in shield(f"a{sign}b")
    assert sign not in card_html(make_card(f"a{sign}b"))


@given(st.lists(st.floats(-40, 40), max_size=8), st.floats(-20, 60))
def test_bars_stand_on_one_scale(bits: list[float], needed: float) -> None:
    found = scale_waterfall(bits, needed=needed)

    for bar in (*found.facts, found.total, found.needed):
        assert -1e-6 <= bar.left <= 100 + 1e-6
        assert bar.width <= 100 + 1e-6
    for fact, value in zip(found.facts, bits, strict=True):
        assert fact.kind == ("for" if value >= 0 else "against") or abs(value) < 1e-12
