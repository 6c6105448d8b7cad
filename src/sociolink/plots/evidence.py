"""Pictures of one profile's evidence, and of what evidence is worth in general."""

from __future__ import annotations

from typing import Any, Final

import pyarrow as pa

from sociolink.plots.picture import DARK, INK, LIGHT, MIDDLE, Picture, finish, load_altair, names_of, rows_of_data
from sociolink.rendering.grid import tame, wrap

__all__ = ["draw_posterior", "draw_waterfall", "draw_weights"]

_WIDTH: Final = 440
_LABEL: Final = 46
"""Signs on one line of a label."""

_KINDS: Final = {"for": DARK, "against": LIGHT, "total": INK}


def draw_waterfall(data: pa.Table, *, needed: float, title: str) -> Picture:
    """How the facts of one profile add up.

    Args:
        data: label, bits, begin, end and kind ("for", "against", "total"), in order.
        needed: Bits at which the customer is as likely as nobody.
        title: Of the picture.
    """
    alt = load_altair()
    rows = [{**row, "label": "\n".join(wrap(tame(row["label"]), _LABEL))} for row in data.to_pylist()]
    y = _axis(alt, rows)
    base = alt.Chart(rows_of_data(alt, rows))
    colour = alt.Color("kind:N", scale=alt.Scale(domain=list(_KINDS), range=list(_KINDS.values())), legend=None)
    bars = base.mark_bar(height={"band": 0.62}, stroke=INK, strokeWidth=0.6).encode(
        x=alt.X("begin:Q", title="bits for the customer, added up"), x2="end:Q", y=y, color=colour
    )
    texts = base.mark_text(align="left", dx=6, color=INK).encode(
        x=alt.X("right:Q"), y=y, text=alt.Text("bits:Q", format="+.1f")
    )
    line = alt.Chart(alt.Data(values=[{"needed": needed}])).mark_rule(strokeDash=[5, 4], color=INK, strokeWidth=1.5)
    rule = line.encode(x="needed:Q")
    chart = (bars + texts + rule).properties(width=_WIDTH, height=alt.Step(40))
    said = f"Dashed: {needed:.1f} bits make the customer as likely as nobody."
    return Picture(finish(chart, title=title, subtitle=said), data)


def draw_posterior(data: pa.Table, *, title: str) -> Picture:
    """Every answer for one profile with its probability.

    Args:
        data: answer, kind ("customer", "nobody", "rest") and probability, in order.
        title: Of the picture.
    """
    alt = load_altair()
    y = alt.Y("answer:N", sort=names_of(data, "answer"), title=None, axis=alt.Axis(ticks=False, domain=False))
    base = alt.Chart(rows_of_data(alt, data))
    kinds = alt.Scale(domain=["customer", "nobody", "rest"], range=[DARK, LIGHT, MIDDLE])
    x = alt.X(
        "probability:Q", title="probability", scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format="%", tickCount=5)
    )
    bars = base.mark_bar(height={"band": 0.62}, stroke=INK, strokeWidth=0.6).encode(
        x=x, y=y, color=alt.Color("kind:N", scale=kinds, legend=None)
    )
    texts = base.mark_text(align="left", dx=6, color=INK).encode(x=x, y=y, text=alt.Text("said:N"))
    chart = (bars + texts).properties(width=_WIDTH, height=alt.Step(30))
    return Picture(finish(chart, title=title, subtitle="All answers together are 100%."), data)


def draw_weights(data: pa.Table) -> Picture:
    """What owners show (m), and what that is worth (bits) with what strangers show (u).

    Args:
        data: panel ("shown", "worth"), label, family, m, m_low, m_high, bits, bits_low, bits_high, u and links.
    """
    alt = load_altair()
    rows = data.to_pylist()
    rows = [{**row, "label": "\n".join(wrap(tame(row["label"]), _LABEL))} for row in rows]
    shown, worth = ([row for row in rows if row["panel"] == panel] for panel in ("shown", "worth"))
    parts = [_draw_shown(alt, shown)] if shown else []
    parts += [_draw_worth(alt, worth)] if worth else []
    chart = alt.vconcat(*parts, spacing=28)
    said = "m: of owners; u: of strangers; bits: log2(m / u), which differ by how rare the very value is"
    return Picture(finish(chart, title="What evidence is worth", subtitle=said), data)


def _axis(alt: Any, rows: list[dict[str, Any]]) -> Any:
    """Labels of several lines, in the order of the rows."""
    look = alt.Axis(
        labelExpr="split(datum.label, '\\n')", labelLineHeight=13, labelLimit=420, ticks=False, domain=False
    )
    return alt.Y("label:N", sort=names_of(rows, "label"), title=None, axis=look)


def _draw_shown(alt: Any, rows: list[dict[str, Any]]) -> Any:
    base, y = alt.Chart(rows_of_data(alt, rows)), _axis(alt, rows)
    x = alt.X("m:Q", title="m: weight of the component in what owners show", axis=alt.Axis(format="%", tickCount=5))
    bars = base.mark_bar(height={"band": 0.6}, color=DARK).encode(x=x, y=y)
    ends = base.mark_rule(color=LIGHT, strokeWidth=3).encode(x="m_low:Q", x2="m_high:Q", y=y)
    return (bars + ends).properties(width=_WIDTH, height=alt.Step(20), title="Weights that were learned")


def _draw_worth(alt: Any, rows: list[dict[str, Any]]) -> Any:
    base, y = alt.Chart(rows_of_data(alt, rows)), _axis(alt, rows)
    x = alt.X("bits:Q", title="bits: median, and 10% to 90% of the pairs")
    ends = base.mark_rule(color=MIDDLE, strokeWidth=4).encode(x=alt.X("bits_low:Q"), x2="bits_high:Q", y=y)
    dots = base.mark_point(filled=True, size=60, color=DARK, opacity=1).encode(x=x, y=y)
    zero = alt.Chart(alt.Data(values=[{"x": 0}])).mark_rule(color=INK).encode(x="x:Q")
    notes = base.mark_text(align="left", dx=8, color=INK).encode(x="bits_high:Q", y=y, text="note:N")
    return (zero + ends + dots + notes).properties(
        width=_WIDTH, height=alt.Step(30), title="What evidence is worth in these links"
    )
