"""The page of the report: data cannot break out, its policy forbids what is not its own, its markup is whole."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import zlib
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from sociolink.rendering.assets import read_asset
from sociolink.rendering.card import card_html
from sociolink.rendering.card_data import CardAnswer, CardData, CardFact
from sociolink.rendering.grid import Grid
from sociolink.rendering.page import PageData, PageSection, RiskStop, draw_page, embed_json, measure_cards

VOID = {"meta", "input", "link", "br", "hr"}


class Page(HTMLParser):
    """What stands in a page."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.attributes: list[tuple[str, str, str | None]] = []
        self.inside: dict[str, list[str]] = {"script": [], "style": []}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [(tag, name, value) for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in self.inside:
            self.inside[self.open[-1]].append(data)


def read_page(text: str) -> Page:
    page = Page()
    page.feed(text)
    page.close()
    return page


def make_page(text: str = "p1") -> PageData:
    card = CardData(
        profile_id=text,
        customer_id=text,
        decision="link",
        sentence=text,
        probability=0.97,
        facts=(CardFact("name", text, 12.0),),
        match_weight=12.0,
        bits_needed=7.0,
        others_per_10000=2.4,
        runner_up=None,
        margin=5.0,
        answers=(CardAnswer("customer", text, 0.97, 12.0, 1, "link"), CardAnswer("nobody", None, 0.03)),
        profile=(("bio", text),),
    )
    return PageData(
        title=text,
        lead=(text,),
        warnings=(text,),
        summary=Grid((), ((text, "1"),), frozenset({1}), text),
        stops=(RiskStop(0.01, 3, 1, 2, 0.02, 0.99), RiskStop(0.05, 4, 1, 1, 0.2, None)),
        chosen=1,
        cards=(card,),
        sampled=text,
        sections=(PageSection("model", "Model", text, (Grid((text,), ((text,),), caption=text),)),),
    )


@given(st.text(max_size=80))
def test_data_come_back_and_cannot_break_out(text: str) -> None:
    told = embed_json({text: [text, None, 1.5]})

    assert json.loads(told) == {text: [text, None, 1.5]}
    assert not re.search(r"</|<!--|\u2028|\u2029", told)


def test_data_that_try_to_break_out() -> None:
    for nasty in ("</script>", "</SCRIPT >", "<!--<script>", "\u2028", "]]>", "<\\/script>"):
        page = read_page(f"<script type='application/json'>{embed_json(nasty)}</script><p></p>")
        assert page.open == []
        assert json.loads("".join(page.inside["script"])) == nasty


@given(st.text(max_size=60))
def test_no_text_becomes_part_of_the_page(text: str) -> None:
    usual, found = read_page(draw_page(make_page())), read_page(draw_page(make_page(text)))

    assert found.open == []
    named = [(tag, name) for tag, name, _ in found.attributes]
    assert named == [(tag, name) for tag, name, _ in usual.attributes]
    assert not [name for _, name in named if name.startswith("on") or name == "style"]
    assert found.inside["script"][-1] == usual.inside["script"][-1]


def test_placeholders_in_foreign_text_stay_as_they_are() -> None:
    page = draw_page(make_page("{{data}} {{script}}"))

    assert "<p>{{data}} {{script}}</p>" in page
    assert page.count(read_asset("report.js")) == 1


def test_policy_forbids_all_but_its_own() -> None:
    page = read_page(draw_page(make_page()))
    policy = next(value for _, name, value in page.attributes if name == "content" and "default-src" in (value or ""))
    hashes = re.findall(r"'sha256-([^']+)'", policy or "")
    script, style = page.inside["script"][-1], "".join(page.inside["style"])

    assert "default-src 'none'" in (policy or "")
    assert "unsafe" not in (policy or "")
    assert hashes == [base64.b64encode(hashlib.sha256(one.encode()).digest()).decode() for one in (style, script)]


def test_nothing_is_fetched() -> None:
    page = draw_page(make_page())
    read = read_page(page)

    assert not [one for one in read.attributes if one[1] in {"src", "srcset", "action", "formaction", "data"}]
    assert all((value or "").startswith("#") for _, name, value in read.attributes if name == "href")
    assert not re.search(r"@import|url\(|https?://(?!www\.w3\.org/2000/svg)", page)
    assert not re.search(r"\b(fetch|XMLHttpRequest|WebSocket|localStorage|eval)\b", read_asset("report.js"))


def test_rows_carry_what_is_searched() -> None:
    data = json.loads(read_page(draw_page(make_page("Żółw"))).inside["script"][0])

    assert data["rows"] == [["Żółw", "Żółw", "97.0%", "3.0%", "+12.0", "link", "Żółw"]]
    assert data["stops"] == [[0.01, 3, 1, 2, 0.02, 0.99], [0.05, 4, 1, 1, 0.2, None]]
    (packed,) = data["cards"]
    assert json.loads(zlib.decompress(base64.b64decode(packed), -15)) == [
        card_html(make_page("Żółw").cards[0], level=4)
    ]
    assert 500 < measure_cards(make_page().cards) < len(draw_page(make_page()))
