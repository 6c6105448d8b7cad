"""The report as one HTML file that asks nobody for anything: all that it needs is inside, foreign text is inert."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Final

from sociolink.rendering.assets import read_asset
from sociolink.rendering.card import card_html, card_style
from sociolink.rendering.card_data import CardData
from sociolink.rendering.grid import Grid, tame
from sociolink.rendering.numbers import say_bits, say_share

__all__ = ["MOST_BYTES", "PageData", "PageSection", "RiskStop", "draw_page", "embed_json", "measure_cards"]

MOST_BYTES: Final = int(4.5 * 2**20)
"""Of cards and rows; with the rest the file stays below 5 MiB."""
_TOGETHER: Final = 50
_DANGEROUS: Final = re.compile("</|<!|[\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class RiskStop:
    """What one limit would mean.

    Attributes:
        max_false: Largest share of the links expected to be false.
        linked: Links that would be made.
        review: Profiles to review.
        none: All others.
        false_expected: Links expected to be false.
        least: Lowest probability among the links; None where none would be made.
    """

    max_false: float
    linked: int
    review: int
    none: int
    false_expected: float
    least: float | None


@dataclass(frozen=True, slots=True)
class PageSection:
    """One part of the report below the links.

    Attributes:
        key: Short name, for the address of the part.
        title: Its heading.
        note: What to keep in mind.
        grids: Its tables.
    """

    key: str
    title: str
    note: str
    grids: tuple[Grid, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageData:
    """All that the report says.

    Attributes:
        title: Of the page.
        lead: What the links come to, in sentences.
        warnings: What the user should know.
        summary: The figures of the run.
        stops: What other limits would mean, the strictest first.
        chosen: Which of them is nearest to what was decided.
        cards: Those of the profiles that are shown.
        sampled: Which of them are shown, in words.
        sections: The parts below.
    """

    title: str
    lead: tuple[str, ...]
    warnings: tuple[str, ...]
    summary: Grid
    stops: tuple[RiskStop, ...]
    chosen: int
    cards: tuple[CardData, ...]
    sampled: str
    sections: tuple[PageSection, ...]


def embed_json(value: Any) -> str:
    """JSON that can stand in a `script` element: nothing in it ends the element, opens a comment or ends a line.

    Examples:
        >>> embed_json({"bio": "</script><!--"})
        '{"bio":"<\\\\/script><\\\\u0021--"}'
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    safe = {"</": "<\\/", "<!": "<\\u0021", "\u2028": "\\u2028", "\u2029": "\\u2029"}
    return _DANGEROUS.sub(lambda found: safe[found.group()], text)


def draw_page(data: PageData) -> str:
    """Draw the report.

    Args:
        data: All that it says.

    Returns:
        HTML that opens from disk; its policy forbids everything from outside and every script but its own.
    """
    rows, cards = [_row(card) for card in data.cards], _pack_cards(data.cards)
    stops = [[one.max_false, one.linked, one.review, one.none, one.false_expected, one.least] for one in data.stops]
    told = embed_json({"cards": cards, "together": _TOGETHER, "rows": rows, "stops": stops, "chosen": data.chosen})
    style, script = card_style() + read_asset("report.css"), read_asset("report.js")
    policy = (
        f"default-src 'none'; style-src '{_fingerprint(style)}'; script-src '{_fingerprint(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    parts = {
        "policy": policy,
        "title": escape(tame(data.title)),
        "style": style,
        "script": script,
        "data": told,
        "lead": "".join(f"<p>{escape(tame(said))}</p>" for said in data.lead),
        "warnings": _warnings(data.warnings),
        "contents": "".join(f"<li><a href='#{escape(one.key)}'>{escape(one.title)}</a></li>" for one in data.sections),
        "summary": data.summary.html(inline=False),
        "last": str(max(len(data.stops) - 1, 0)),
        "chosen": str(data.chosen),
        "sampled": escape(data.sampled),
        "sections": "".join(_section(one) for one in data.sections),
    }
    return _fill(read_asset("report.html"), parts)


def measure_cards(cards: Sequence[CardData]) -> int:
    """Bytes that cards and their rows take in the file; see `MOST_BYTES`."""
    return sum(map(len, _pack_cards(cards))) + len(embed_json([_row(card) for card in cards]).encode())


def _pack_cards(cards: Sequence[CardData]) -> list[str]:
    """Cards as HTML, some together as JSON, compressed and in base64: drawn cards are much alike.

    References:
        Deutsch (1996), DEFLATE compressed data format specification, RFC 1951.
    """
    drawn = [card_html(card, level=4) for card in cards]
    parts = [drawn[begin : begin + _TOGETHER] for begin in range(0, len(drawn), _TOGETHER)]
    return [base64.b64encode(_deflate(embed_json(part).encode())).decode() for part in parts]


def _deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


def _fill(template: str, parts: Mapping[str, str]) -> str:
    """The template with its `{{names}}` filled in one pass, so that nothing that is filled in is read again."""
    return re.sub(r"\{\{(\w+)\}\}", lambda found: parts[found.group(1)], template)


def _fingerprint(text: str) -> str:
    """The hash by which a policy knows a style or a script."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _row(card: CardData) -> list[str]:
    """What the table of links says of a profile, and what is searched."""
    best = "nobody" if card.customer_id is None else card.customer_id
    chance = next((one.probability for one in card.answers if one.kind == "nobody"), 0.0)
    known = " ".join(text for _, text in (*card.profile, *card.customer))
    bits = say_bits(card.match_weight) if card.customer_id is not None else ""
    shares = (say_share(card.probability) if card.customer_id is not None else "", say_share(chance))
    return [*map(tame, (card.profile_id, best)), *shares, bits, card.decision, tame(known)]


def _warnings(warnings: Sequence[str]) -> str:
    if not warnings:
        return ""
    items = "".join(f"<li>{escape(tame(one))}</li>" for one in warnings)
    return f"<section aria-labelledby='warned'><h2 id='warned'>Keep in mind</h2><ul>{items}</ul></section>"


def _section(one: PageSection) -> str:
    key = escape(one.key)
    note = f"<p>{escape(tame(one.note))}</p>" if one.note else ""
    grids = "".join(
        f"<div class='wide' tabindex='0' role='region' aria-label='{escape(grid.caption or one.title, quote=True)}'>"
        f"{grid.html(inline=False)}</div>"
        for grid in one.grids
    )
    head = f"<h2 id='{key}-title'>{escape(one.title)}</h2>"
    return f"<section id='{key}' aria-labelledby='{key}-title'>{head}{note}{grids}</section>"
