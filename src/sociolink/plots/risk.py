"""Pictures of how sure links are: risk against reach, scores, what cannot be linked, and whether claims hold."""

from __future__ import annotations

from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from sociolink.plots.picture import DARK, INK, LIGHT, MIDDLE, Picture, finish, load_altair, names_of, rows_of_data

__all__ = ["draw_reliability", "draw_risk", "draw_scores", "draw_unlinkable"]

_SIZE: Final = {"width": 460, "height": 300}


def draw_risk(data: pa.Table, *, subtitle: list[str]) -> Picture:
    """Links that can be made against false links to expect among them.

    Args:
        data: links, false_expected, probability and chosen; decoys, decoys_low and decoys_high at the chosen point,
            null where they were not measured.
        subtitle: What was chosen, in lines.
    """
    alt = load_altair()
    base = alt.Chart(rows_of_data(alt, data))
    x = alt.X("links:Q", title="links made, the surest first")
    y = alt.Y("false_expected:Q", title="false links among them, estimated")
    line = base.mark_line(color=DARK, strokeWidth=2.5).encode(x=x, y=y)
    here = base.transform_filter("datum.chosen")
    point = here.mark_point(filled=True, size=130, color=INK, opacity=1).encode(x=x, y=y)
    parts = [line, point]
    if pc.any(pc.is_valid(data["decoys"])).as_py():
        parts.append(here.mark_rule(color=LIGHT, strokeWidth=4).encode(x=x, y="decoys_low:Q", y2="decoys_high:Q"))
        parts.append(
            here.mark_point(shape="diamond", size=130, color=INK, fill="white", strokeWidth=2, opacity=1).encode(
                x=x, y="decoys:Q"
            )
        )
    chart = alt.layer(*parts).properties(**_SIZE)
    return Picture(finish(chart, title="Risk against reach", subtitle=subtitle), data)


def draw_scores(data: pa.Table) -> Picture:
    """How the scores of customers' profiles, of strangers' and of decoys are spread.

    Args:
        data: low and high ends of each band in bits, series, and profiles expected in it.
    """
    alt = load_altair()
    series = names_of(data, "series")
    colours, dashes = [DARK, LIGHT, INK], [[1, 0], [1, 0], [6, 4]]
    rows = data.to_pylist()
    rows += [{**row, "low": row["high"]} for row in rows if row["high"] == max(one["high"] for one in rows)]
    base = alt.Chart(rows_of_data(alt, rows))
    chart = base.mark_line(interpolate="step-after", strokeWidth=2.5).encode(
        x=alt.X("low:Q", title="score of the best customer: bits against all other answers"),
        y=alt.Y("profiles:Q", title="profiles in a band of one bit"),
        color=alt.Color(
            "series:N",
            scale=alt.Scale(domain=series, range=colours[: len(series)]),
            title=None,
            legend=alt.Legend(orient="top", symbolStrokeWidth=3, symbolSize=250),
        ),
        strokeDash=alt.StrokeDash("series:N", scale=alt.Scale(domain=series, range=dashes[: len(series)]), title=None),
    )
    zero = alt.Chart(alt.Data(values=[{"x": 0}])).mark_rule(color=INK, strokeDash=[2, 3]).encode(x="x:Q")
    title = "Scores of customers' and of strangers' profiles"
    said = "By the stated probabilities; decoys: best customer where the owner was taken out. Dotted: even odds."
    return Picture(finish((zero + chart).properties(**_SIZE), title=title, subtitle=said), data)


def draw_unlinkable(data: pa.Table) -> Picture:
    """Profiles that are not linked when a probability is asked for.

    Args:
        data: probability, kind and share of the profiles.
    """
    alt = load_altair()
    kinds = names_of(data, "kind")
    base = alt.Chart(rows_of_data(alt, data))
    chart = base.mark_area(stroke=INK, strokeWidth=0.6).encode(
        x=alt.X("probability:Q", title="probability that is asked for", axis=alt.Axis(format="%", tickCount=5)),
        y=alt.Y(
            "share:Q",
            title="share of the profiles not linked",
            axis=alt.Axis(format="%", tickCount=5),
            scale=alt.Scale(domain=[0, 1]),
        ),
        color=alt.Color(
            "kind:N",
            scale=alt.Scale(domain=kinds, range=[LIGHT, DARK, MIDDLE]),
            title=None,
            legend=alt.Legend(orient="top"),
        ),
        order=alt.Order("place:Q"),
    )
    said = "Split by the stated probabilities into strangers' profiles and customers' that are missed."
    return Picture(finish(chart.properties(**_SIZE), title="Profiles that cannot be linked", subtitle=said), data)


def draw_reliability(data: pa.Table) -> Picture:
    """Whether claims are true.

    Args:
        data: band, kind ("customer", "nobody"), claimed, right, low, high and answers.
    """
    alt = load_altair()
    base = alt.Chart(rows_of_data(alt, data))
    ends = alt.Scale(domain=[0.4, 1])
    x = alt.X(
        "claimed:Q",
        title="probability that was claimed (mean of the band)",
        axis=alt.Axis(format="%", tickCount=5),
        scale=ends,
    )
    y = alt.Y("right:Q", title="share that is right", axis=alt.Axis(format="%", tickCount=5), scale=ends)
    diagonal = alt.Chart(alt.Data(values=[{"x": 0.4, "y": 0.4}, {"x": 1, "y": 1}]))
    line = diagonal.mark_line(strokeDash=[5, 4], color=INK).encode(
        x=alt.X("x:Q", scale=ends), y=alt.Y("y:Q", scale=ends)
    )
    bars = base.mark_rule(color=INK, strokeWidth=1.5).encode(x=x, y=alt.Y("low:Q", scale=ends), y2="high:Q")
    kinds: dict[str, Any] = {"domain": ["customer", "nobody"]}
    dots = base.mark_point(filled=True, size=140, opacity=1, stroke=INK, strokeWidth=1).encode(
        x=x,
        y=y,
        color=alt.Color(
            "kind:N", scale=alt.Scale(range=[DARK, LIGHT], **kinds), title=None, legend=alt.Legend(orient="top")
        ),
        shape=alt.Shape("kind:N", scale=alt.Scale(range=["circle", "square"], **kinds), title=None),
    )
    names = base.mark_text(align="left", dx=10, dy=10, color=INK).encode(x=x, y=y, text="said:N")
    said = "On the dashed line claims are true; bars are two standard errors."
    chart = (line + bars + dots + names).properties(width=360, height=360)
    return Picture(finish(chart, title="Are the probabilities true?", subtitle=said), data)
