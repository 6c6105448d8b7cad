"""Tables for terminals: they fit, they line up, and foreign text in them is harmless."""

from __future__ import annotations

import pytest

from sociolink.rendering.grid import Grid, measure, shorten, tame, wrap


@pytest.mark.parametrize("hostile", ["\x1b[2Jgone", "a\u202eb", "a\u200bb", "a\nb", "\x07", "\x9b31m", "\u2066x"])
def test_nothing_steers_the_terminal(hostile: str) -> None:
    assert tame(hostile).isprintable()
    drawn = Grid((), ((hostile, "x"),)).text()
    assert drawn.isprintable()


@pytest.mark.parametrize("harmless", ["Ångström", "日本語", "محمد", "🎉 yes", "naïve"])
def test_languages_and_emoji_stay(harmless: str) -> None:
    assert tame(harmless) == harmless


@pytest.mark.parametrize("width", [20, 40, 79])
def test_tables_fit_the_width(width: int) -> None:
    grid = Grid(("a", "b"), (("short", "a rather long text " * 9), ("x" * 90, "日本" * 40)))

    assert max(map(measure, grid.text(width).splitlines())) <= width


def test_columns_line_up() -> None:
    lines = Grid(("name", "n"), (("日本", "1"), ("abc", "200")), frozenset({1})).text().splitlines()

    assert [measure(line) for line in lines] == [9, 9, 9]
    assert lines[1].endswith("  1")


def test_wrapping_loses_nothing() -> None:
    text = "one " + "x" * 50 + " two"

    assert "".join(wrap(text, 10)).replace(" ", "") == text.replace(" ", "")
    assert wrap("", 10) == [""]


def test_shortened_text_fits() -> None:
    assert measure(shorten("日本語日本語", 5)) <= 5
    assert shorten("abc", 3) == "abc"


def test_html_escapes_everything() -> None:
    html = Grid(("<t>",), (("\"'<&>",),), caption="<c>").html()

    assert "&lt;t&gt;" in html
    assert "&quot;&#x27;&lt;&amp;&gt;" in html
    assert "&lt;c&gt;" in html


def test_empty_table_is_empty() -> None:
    assert Grid((), ()).text() == ""
