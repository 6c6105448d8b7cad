"""Pictures of who is reached: platforms, bands of people, and what blocking proposes."""

from __future__ import annotations

from typing import Final

import pyarrow as pa

from sociolink.plots.picture import DARK, INK, LIGHT, MIDDLE, Picture, finish, load_altair, names_of, rows_of_data

__all__ = ["draw_blocking", "draw_coverage", "draw_parity"]

_WIDTH: Final = 420


def draw_coverage(data: pa.Table) -> Picture:
    """Of each platform the share of profiles that are customers', and the share that is linked.

    Args:
        data: label, measure ("customers', expected", "linked") and share.
    """
    alt = load_altair()
    order = names_of(data, "label")
    measures = names_of(data, "measure")
    colours = alt.Scale(domain=measures, range=[LIGHT, DARK])
    chart = (
        alt.Chart(rows_of_data(alt, data))
        .mark_bar(stroke=INK, strokeWidth=0.6)
        .encode(
            x=alt.X("share:Q", title="share of the platform's profiles", axis=alt.Axis(format="%", tickCount=5)),
            y=alt.Y("label:N", sort=order, title=None, axis=alt.Axis(ticks=False, domain=False)),
            yOffset=alt.YOffset("measure:N", sort=measures),
            color=alt.Color("measure:N", scale=colours, title=None, legend=alt.Legend(orient="top")),
        )
        .properties(width=_WIDTH, height=alt.Step(15))
    )
    said = "Customers' profiles that are not linked are those that show too little."
    return Picture(finish(chart, title="Coverage by platform", subtitle=said), data)


def draw_parity(data: pa.Table, *, expected: bool) -> Picture:
    """How bands of people are served.

    Args:
        data: by, label, measure ("recall", "precision", "strangers linked"), share, low, high and place.
        expected: Whether the figures are those of the stated probabilities, or measured.
    """
    alt = load_altair()
    order = names_of(data, "label")
    measures = names_of(data, "measure")
    base = alt.Chart()
    y = alt.Y("label:N", sort=order, title=None, axis=alt.Axis(ticks=False, domain=False, grid=True, labelLimit=300))
    ends = base.mark_rule(color=MIDDLE, strokeWidth=4).encode(x=alt.X("low:Q"), x2="high:Q", y=y)
    x = alt.X("share:Q", title="share", axis=alt.Axis(format="%", tickCount=4), scale=alt.Scale(domain=[0, 1]))
    dots = base.mark_point(filled=True, size=70, color=DARK, opacity=1).encode(x=x, y=y)
    panel = alt.Column("measure:N", sort=measures, title=None, header=alt.Header(labelFontSize=12, labelColor=INK))
    chart = (ends + dots).properties(width=170, height=alt.Step(20)).facet(column=panel, data=rows_of_data(alt, data))
    said = "Expected by the stated probabilities." if expected else "Measured against the truth, with 95% intervals."
    return Picture(finish(chart, title="How bands are served", subtitle=said), data)


def draw_blocking(data: pa.Table) -> Picture:
    """Candidates of a profile, and which keys propose them.

    Args:
        data: panel ("candidates", "keys"), label, count and share.
    """
    alt = load_altair()
    rows = data.to_pylist()
    counted, keys = ([row for row in rows if row["panel"] == panel] for panel in ("candidates", "keys"))
    order = alt.X(
        "label:N",
        sort=names_of(counted, "label"),
        title="candidates of a profile",
        axis=alt.Axis(labelAngle=-35),
    )
    left = (
        alt.Chart(rows_of_data(alt, counted)).mark_bar(color=DARK).encode(x=order, y=alt.Y("count:Q", title="profiles"))
    )
    y = alt.Y("label:N", sort=names_of(keys, "label"), title=None, axis=alt.Axis(ticks=False, domain=False))
    x = alt.X(
        "share:Q",
        title="share of all pairs that its keys propose",
        axis=alt.Axis(format="%", tickCount=5),
        scale=alt.Scale(domain=[0, 1]),
    )
    base = alt.Chart(rows_of_data(alt, keys))
    bars = base.mark_bar(color=DARK, height={"band": 0.6}).encode(x=x, y=y)
    texts = base.mark_text(align="left", dx=6, color=INK).encode(x=x, y=y, text="said:N")
    parts = [left.properties(width=_WIDTH + 60, height=200)]
    parts.append((bars + texts).properties(width=_WIDTH, height=alt.Step(24)))
    said = "Several keys may propose the same pair."
    return Picture(finish(alt.vconcat(*parts, spacing=24), title="What blocking proposes", subtitle=said), data)
