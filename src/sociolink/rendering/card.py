"""The card of one profile as HTML or as text, everything foreign made harmless; it does no arithmetic of its own."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Final

from sociolink.rendering.assets import read_asset
from sociolink.rendering.card_data import CardAnswer, CardData
from sociolink.rendering.grid import Grid, tame, wrap
from sociolink.rendering.numbers import say_bits, say_fit, say_share
from sociolink.rendering.waterfall import draw_bar, draw_share, scale_waterfall

__all__ = ["answers_grid", "card_html", "card_style", "card_text", "draw_card", "facts_grid", "shield"]

_DECISIONS: Final = {"link": "linked", "review": "to review", "none": "not linked"}


def shield(text: str) -> str:
    """Foreign text for HTML: escaped, on one line, and set apart from the direction of what stands around it.

    Examples:
        >>> shield("<b>\\u202eevil</b>")
        '<bdi>&lt;b&gt;evil&lt;/b&gt;</bdi>'
    """
    return f"<bdi>{escape(tame(text), quote=True)}</bdi>"


def card_style() -> str:
    """The style sheet of cards, light and dark; for pages that hold many of them and forbid styles inside."""
    return read_asset("card.css")


def card_html(data: CardData, *, blind: bool = False, styled: bool = False, level: int = 3) -> str:
    """Draw a card.

    Args:
        data: What the card shows.
        blind: Hide every score, probability and decision, for reviewers who are not to be led.
        styled: Put the style sheet into the card, for notebooks; pages include `card_style` once.
        level: Of the heading, 1 to 6.

    Returns:
        One `article` that needs nothing from outside, holds no script, no inline style and no foreign markup.

    Examples:
        >>> from sociolink.rendering.card_data import CardFact
        >>> fact = CardFact("name", "<given> name", 12.5)
        >>> one = CardData(profile_id="p1", customer_id="c1", decision="link", sentence="It is.", probability=0.9,
        ...     facts=(fact,), match_weight=12.5, bits_needed=9.0, others_per_10000=1.7, runner_up=None, margin=3.5)
        >>> "&lt;given&gt; name" in card_html(one), "12.5" in card_html(one), "12.5" in card_html(one, blind=True)
        (True, True, False)
    """
    style = f"<style>{card_style()}</style>" if styled else ""
    label = escape(tame(f"Evidence for profile {data.profile_id}"), quote=True)
    parts = [_head(data, blind=blind, level=level), _details(data)]
    if not blind:
        parts.append(f"<p class='sl-say'>{shield(data.sentence)}</p>")
    parts.append(_facts(data, blind=blind))
    if not blind:
        parts += [_answers(data.answers), _notes(data)]
    return f"<article class='sl-card' aria-label='{label}'>{style}{''.join(parts)}</article>"


def card_text(data: CardData, *, width: int = 80) -> str:
    """The card for a terminal.

    Args:
        data: What the card shows.
        width: Columns of the terminal.
    """
    parts = ["\n".join(wrap(tame(data.sentence), width)), facts_grid(data).text(width)]
    if data.turning:
        parts.append("\n".join(wrap(tame(data.turning), width)))
    if data.answers:
        parts.append(answers_grid(data.answers).text(width))
    return "\n\n".join(parts)


def facts_grid(data: CardData) -> Grid:
    """The bits, fact by fact."""
    rows = [(fact.family, fact.phrase, say_bits(fact.bits)) for fact in data.facts]
    if data.customer_id is not None:
        rows.append(("", "all facts together", say_bits(data.match_weight)))
    rows.append(("", "needed to be as likely as nobody", say_bits(data.bits_needed)))
    if data.margin is not None:
        rows.append(("", f"margin over {data.runner_up or 'nobody'}", say_bits(data.margin)))
    return Grid(("evidence", "what was seen", "bits"), tuple(rows), frozenset({2}), "Evidence in bits")


def answers_grid(answers: Sequence[CardAnswer]) -> Grid:
    """Every answer with its probability, nobody and the rest last."""
    rows = tuple(
        (
            "" if one.rank is None else str(one.rank),
            one.name,
            say_share(one.probability),
            "" if one.match_weight is None else say_bits(one.match_weight),
            one.decision,
        )
        for one in answers
    )
    return Grid(("rank", "customer", "probability", "bits", "decision"), rows, frozenset({0, 2, 3}), "Answers")


def draw_card(title: str, sentence: str, grids: Sequence[Grid]) -> str:
    """Draw a card of tables, for summaries in notebooks.

    Args:
        title: Head of the card.
        sentence: What it says, in plain words.
        grids: Tables below.

    Returns:
        HTML that needs nothing from outside.

    Examples:
        >>> draw_card("p<1>", "Nobody.", [])
        "<section aria-label='p&lt;1&gt;'><h4>p&lt;1&gt;</h4><p>Nobody.</p></section>"
    """
    head = escape(tame(title), quote=True)
    tables = "".join(grid.html() for grid in grids)
    return f"<section aria-label='{head}'><h4>{head}</h4><p>{escape(tame(sentence))}</p>{tables}</section>"


def _head(data: CardData, *, blind: bool, level: int) -> str:
    asked = "nobody proposed" if data.customer_id is None else f"customer {shield(data.customer_id)}"
    said = f"<h{level}>Profile {shield(data.profile_id)} <span aria-hidden='true'>→</span> {asked}</h{level}>"
    if blind:
        return said
    decision = data.decision if data.decision in _DECISIONS else "none"
    chip = f"<span class='sl-chip sl-{decision}'>{_DECISIONS[decision]}</span>"
    chance = "" if data.customer_id is None else f" <strong>{say_share(data.probability)}</strong>"
    return f"{said}<p class='sl-state'>{chip}{chance}</p>"


def _details(data: CardData) -> str:
    parts = [
        f"<div><h4 class='sl-side'>{title}</h4><dl>"
        + "".join(f"<dt>{escape(tame(label))}</dt><dd>{shield(text)}</dd>" for label, text in pairs)
        + "</dl></div>"
        for title, pairs in (("Profile", data.profile), ("Customer", data.customer))
        if pairs
    ]
    return f"<div class='sl-sides'>{''.join(parts)}</div>" if parts else ""


def _facts(data: CardData, *, blind: bool) -> str:
    if not data.facts:
        return ""
    if blind:
        return _blind_facts(data)
    bars = scale_waterfall([fact.bits for fact in data.facts], needed=data.bits_needed)
    rows = "".join(
        f"<tr><th scope='row'>{escape(tame(fact.family))}</th><td>{shield(fact.phrase)}</td>"
        f"<td class='sl-num'>{say_bits(fact.bits)}</td><td class='sl-bar'>{draw_bar(bar)}</td></tr>"
        for fact, bar in zip(data.facts, bars.facts, strict=True)
    )
    foot = [("all facts together", data.match_weight, draw_bar(bars.total))]
    foot.append(("needed to be as likely as nobody", data.bits_needed, draw_bar(bars.needed)))
    if data.margin is not None:
        foot.append((f"margin over {shield(data.runner_up) if data.runner_up else 'nobody'}", data.margin, ""))
    feet = "".join(
        f"<tr><th scope='row' colspan='2'>{name}</th><td class='sl-num'>{say_bits(bits)}</td>"
        f"<td class='sl-bar'>{bar}</td></tr>"
        for name, bits, bar in foot
    )
    titles = "<th scope='col'>evidence</th><th scope='col'>what was seen</th><th scope='col' class='sl-num'>bits</th>"
    head = f"<thead><tr>{titles}<td class='sl-bar'></td></tr></thead>"
    body = f"{head}<tbody>{rows}</tbody><tfoot>{feet}</tfoot>"
    return f"<table class='sl-facts'><caption>Evidence in bits</caption>{body}</table>"


def _blind_facts(data: CardData) -> str:
    """What was seen, in the order of the families, without what it is worth."""
    rows = "".join(
        f"<tr><th scope='row'>{escape(tame(fact.family))}</th><td>{shield(fact.phrase)}</td></tr>"
        for fact in data.facts
    )
    head = "<thead><tr><th scope='col'>evidence</th><th scope='col'>what was seen</th></tr></thead>"
    return f"<table class='sl-facts'><caption>Evidence</caption>{head}<tbody>{rows}</tbody></table>"


def _answers(answers: Sequence[CardAnswer]) -> str:
    if not answers:
        return ""
    rows = "".join(
        f"<tr><th scope='row'>{one.name if one.customer_id is None else shield(one.customer_id)}</th>"
        f"<td class='sl-num'>{say_share(one.probability)}</td>"
        f"<td class='sl-bar'>{draw_share(one.probability)}</td></tr>"
        for one in answers
    )
    titles = "<th scope='col'>answer</th><th scope='col' class='sl-num'>probability</th>"
    head = f"<thead><tr>{titles}<td class='sl-bar'></td></tr></thead>"
    return f"<table class='sl-answers'><caption>Whose it is</caption>{head}<tbody>{rows}</tbody></table>"


def _notes(data: CardData) -> str:
    notes = [] if data.customer_id is None else [f"{say_fit(data.match_weight).capitalize()}."]
    if data.turning:
        notes.append(data.turning)
    return f"<p class='sl-note'>{shield(' '.join(notes))}</p>" if notes else ""
