"""Lines on two logarithmic axes, written as an SVG file that needs no library."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

__all__ = ["Line", "write_chart"]

_WIDTH, _HEIGHT = 760, 420
_LEFT, _TOP, _RIGHT, _BOTTOM = 70, 40, 250, 50
_COLOURS = (
    "#000000",
    "#1f77b4",
    "#d62728",
    "#2ca02c",
    "#9467bd",
    "#8c564b",
    "#e377c2",
    "#17becf",
    "#bcbd22",
    "#7f7f7f",
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its name and its points, both coordinates above 0; points that are not are left out."""

    name: str
    points: Sequence[tuple[float, float]]


def write_chart(path: Path, title: str, x_name: str, y_name: str, lines: Sequence[Line]) -> None:
    """Draw lines on axes of powers of ten.

    Args:
        path: The SVG file.
        title: Above the picture.
        x_name: Below the horizontal axis.
        y_name: Beside the vertical axis.
        lines: At most ten; the first is drawn thicker.
    """
    drawn = [Line(one.name, [p for p in one.points if p[0] > 0 and p[1] > 0]) for one in lines]
    xs, ys = zip(*(point for one in drawn for point in one.points), strict=True)
    x_axis, y_axis = _Axis.over(xs, _LEFT, _WIDTH - _RIGHT), _Axis.over(ys, _HEIGHT - _BOTTOM, _TOP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif" '
        f'font-size="12"><rect width="{_WIDTH}" height="{_HEIGHT}" fill="#ffffff"/>',
        f'<text x="{_LEFT}" y="20" font-size="14">{escape(title)}</text>',
        f'<text x="{(_LEFT + _WIDTH - _RIGHT) / 2}" y="{_HEIGHT - 10}" text-anchor="middle">{escape(x_name)}</text>',
        f'<text x="14" y="{_TOP - 6}">{escape(y_name)}</text>',
    ]
    for power in x_axis.powers():
        at = x_axis.place(10.0**power)
        parts.append(_stroke(at, _TOP, at, _HEIGHT - _BOTTOM, "#dddddd"))
        parts.append(f'<text x="{at:.1f}" y="{_HEIGHT - _BOTTOM + 18}" text-anchor="middle">{_number(power)}</text>')
    for power in y_axis.powers():
        at = y_axis.place(10.0**power)
        parts.append(_stroke(_LEFT, at, _WIDTH - _RIGHT, at, "#dddddd"))
        parts.append(f'<text x="{_LEFT - 6}" y="{at + 4:.1f}" text-anchor="end">{_number(power)}</text>')
    for number, (line, colour) in enumerate(zip(drawn, _COLOURS, strict=False)):
        points = " ".join(f"{x_axis.place(x):.1f},{y_axis.place(y):.1f}" for x, y in line.points)
        thick = 3 if number == 0 else 1.5
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="{thick}"/>')
        height = _TOP + 16 * number + 8
        parts.append(_stroke(_WIDTH - _RIGHT + 12, height, _WIDTH - _RIGHT + 32, height, colour))
        parts.append(f'<text x="{_WIDTH - _RIGHT + 38}" y="{height + 4}">{escape(line.name)}</text>')
    path.write_text("\n".join([*parts, "</svg>"]) + "\n", encoding="utf-8")


@dataclass(frozen=True, slots=True)
class _Axis:
    """Whole powers of ten from `low` to `high` between two places of the picture."""

    low: int
    high: int
    start: float
    end: float

    @classmethod
    def over(cls, values: Sequence[float], start: float, end: float) -> _Axis:
        low = math.floor(math.log10(min(values)))
        return cls(low, max(math.ceil(math.log10(max(values))), low + 1), start, end)

    def powers(self) -> range:
        return range(self.low, self.high + 1)

    def place(self, value: float) -> float:
        return self.start + (math.log10(value) - self.low) / (self.high - self.low) * (self.end - self.start)


def _stroke(x1: float, y1: float, x2: float, y2: float, colour: str) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"/>'


def _number(power: int) -> str:
    return f"{10**power:,}" if power >= 0 else f"{10.0**power:g}"
