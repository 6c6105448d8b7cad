"""The report in a real browser: it stands by itself, works by keyboard and by ear, and text in it is only text."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from contrast import LEAST_CONTRAST, WORST_CONTRAST

from sociolink import Links, Policy, datasets, link

NASTY = '</script><script>window.hit=1</script><img src=x onerror="window.hit=1"> \u202egnirts \u2028 =1+1'

LINES_OF_WORDS = """cells => cells.filter(cell => !cell.textContent.includes(" ")).map(cell => {
    const range = document.createRange();
    range.selectNodeContents(cell);
    return new Set([...range.getClientRects()].map(box => box.top)).size;
})"""
"""On how many lines each cell of one word stands."""


@pytest.fixture(scope="session")
def linked() -> tuple[Links, pa.Table, pa.Table]:
    """A small world whose people have nasty names."""
    world = datasets.synthetic(120, 90, coverage=0.6, seed=5)
    profiles, customers = world.profiles, world.customers
    bios = pa.array([NASTY] * profiles.num_rows)
    profiles = profiles.set_column(profiles.column_names.index("bio"), "bio", bios)
    ids = pa.array([f"{one}<b>'\"&" for one in profiles["profile_id"].to_pylist()])
    profiles = profiles.set_column(profiles.column_names.index("profile_id"), "profile_id", ids)
    jobs = pa.array([NASTY] * customers.num_rows)
    customers = customers.set_column(customers.column_names.index("job_title"), "job_title", jobs)
    return link(profiles, customers, policy=Policy.research(who=NASTY[:60])), profiles, customers


@pytest.fixture(scope="session")
def report(linked: tuple[Links, pa.Table, pa.Table], tmp_path_factory: pytest.TempPathFactory) -> Path:
    links, profiles, customers = linked
    path = tmp_path_factory.mktemp("report") / "report.html"
    return links.write_report(path, profiles=profiles, customers=customers)


def test_it_stands_by_itself(watched: Any, report: Path) -> None:
    page = watched.open(report)

    assert page.locator("h1").inner_text() == "Links of profiles to customers"
    assert page.locator("#table tbody tr").count() == 25
    assert watched.errors == []
    assert watched.requests == []


def test_slider_moves_the_counts(watched: Any, report: Path, linked: tuple[Links, pa.Table, pa.Table]) -> None:
    page = watched.open(report)
    slider = page.get_by_label("Largest share of false links")
    assert page.locator("#limit-links").inner_text() == str(linked[0].report.linked)

    slider.focus()
    page.keyboard.press("Home")
    strict = linked[0].decide(max_false=0.001).report
    assert page.locator("#limit-share").inner_text() == "0.1%"
    assert page.locator("#limit-links").inner_text() == str(strict.linked)
    assert page.locator("#limit-review").inner_text() == str(strict.review)
    place = page.locator("#reach .here").get_attribute("cx")

    page.keyboard.press("End")
    assert page.locator("#limit-links").inner_text() == str(linked[0].decide(max_false=0.3).report.linked)
    assert page.locator("#reach .here").get_attribute("cx") != place
    assert "links" in (slider.get_attribute("aria-valuetext") or "")
    assert watched.errors == []


def test_links_are_searched_and_turned(watched: Any, report: Path, linked: tuple[Links, pa.Table, pa.Table]) -> None:
    page = watched.open(report)
    profile = linked[0].table["profile_id"][0].as_py()

    page.get_by_role("button", name="Next").click()
    assert page.locator("#page").inner_text().startswith("26 to 50")
    page.get_by_label("Search").fill(profile.upper())
    assert page.locator("#found").inner_text() == "1 profile"
    assert page.locator("#table tbody tr td").first.inner_text() == profile
    page.get_by_label("Search").fill("")
    page.get_by_label("Decision").select_option("link")
    assert page.locator("#found").inner_text() == f"{linked[0].report.linked} profiles"
    page.get_by_label("Search").fill("nobody is called this")
    assert page.locator("#found").inner_text() == "0 profiles"
    assert page.get_by_role("button", name="Next").is_disabled()
    assert watched.errors == []


def test_every_row_has_its_own_card(watched: Any, report: Path) -> None:
    page = watched.open(report)
    for _ in range(3):
        rows = page.locator("#table tbody tr")
        place = rows.count() - 1
        profile = rows.nth(place).locator("td").first.inner_text()
        rows.nth(place).get_by_role("button").click()
        page.locator("#table article.sl-card").wait_for()
        assert profile in page.locator("#table article.sl-card h4").first.inner_text()
        if page.get_by_role("button", name="Next").is_enabled():
            page.get_by_role("button", name="Next").click()
    assert watched.errors == []


def test_everything_is_reached_by_keyboard(watched: Any, report: Path) -> None:
    page = watched.open(report)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    seen = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        seen.add(page.evaluate("document.activeElement.id || document.activeElement.tagName"))
        if page.evaluate("document.activeElement.getAttribute('aria-controls')"):
            break
    assert {"A", "limit", "words", "decision"} <= seen

    page.keyboard.press("Enter")
    page.locator("#table article.sl-card").wait_for()
    assert page.evaluate("document.activeElement.getAttribute('aria-expanded')") == "true"
    page.keyboard.press("Space")
    assert page.locator("#table article.sl-card").count() == 0


def test_hostile_text_is_inert(watched: Any, report: Path) -> None:
    page = watched.open(report)
    for number in range(10):
        page.locator("#table button").nth(number).click()
        page.locator("#table article.sl-card").nth(number).wait_for()

    assert page.evaluate("window.hit") is None
    assert page.locator("img, iframe, object, b").count() == 0
    assert page.locator("script").count() == 2
    assert page.locator("#table article.sl-card").count() == 10
    assert "<script>window.hit=1</script>" in page.locator("article.sl-card").first.inner_text()
    assert "\u202e" not in page.locator("main").inner_text()
    assert watched.errors == []
    assert watched.requests == []


def test_what_slips_through_cannot_run(
    watched: Any, linked: tuple[Links, pa.Table, pa.Table], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Were something foreign not escaped, the policy of the page would still stop it."""
    slipped = "<img src=x onerror='window.hit=1'><a href='javascript:window.hit=1'>x</a>"
    monkeypatch.setattr("sociolink.rendering.page.card_html", lambda *_, **__: slipped)
    path = linked[0].write_report(tmp_path / "slipped.html")

    page = watched.open(path)
    page.locator("#table button").first.click()
    page.locator("#table a").first.click()
    page.wait_for_timeout(200)

    assert page.locator("#table img").count() == 1
    assert page.evaluate("window.hit") is None
    assert any("Content Security Policy" in one for one in watched.errors)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground(watch: Callable[..., Any], report: Path, scheme: str) -> None:
    page = watch(color_scheme=scheme).open(report)
    page.locator("#table button").first.click()
    page.locator("#table article.sl-card").wait_for()

    assert page.evaluate(WORST_CONTRAST)["ratio"] >= LEAST_CONTRAST, page.evaluate(WORST_CONTRAST)


def test_everything_has_a_name(watched: Any, report: Path) -> None:
    page = watched.open(report)
    page.locator("#table button").first.click()
    page.locator("#table article.sl-card").wait_for()

    nameless = page.evaluate(
        """() => [...document.querySelectorAll("input, select, button, a, table, section, svg[role], [role=region]")]
        .filter((n) => !(n.labels?.length || n.getAttribute("aria-label") || n.getAttribute("aria-labelledby")
            || n.querySelector("caption") || n.textContent.trim())).map((n) => n.outerHTML.slice(0, 99))"""
    )
    broken = page.evaluate(
        """() => [...document.querySelectorAll("[aria-labelledby], [aria-describedby]")].flatMap((n) =>
        [n.getAttribute("aria-labelledby"), n.getAttribute("aria-describedby")].filter(Boolean).join(" ").split(" "))
        .filter((id) => !document.getElementById(id))"""
    )
    heads = page.evaluate("() => [...document.querySelectorAll('th')].filter((n) => !n.scope).length")
    ids = page.evaluate("() => [...document.querySelectorAll('[id]')].map((n) => n.id)")

    assert nameless == []
    assert broken == []
    assert heads == 0
    assert len(ids) == len(set(ids))
    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.locator("[role=status]").count() == 2


def test_it_fits_a_phone(watch: Callable[..., Any], report: Path) -> None:
    watched = watch(viewport={"width": 360, "height": 740}, has_touch=True)
    page = watched.open(report)
    page.locator("#table button").first.click()
    page.locator("#table article.sl-card").wait_for()

    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.evaluate("document.querySelector('#table').scrollWidth") <= 360
    wide = page.locator("#links .wide").evaluate("part => part.scrollWidth - part.clientWidth")
    assert wide == 0
    assert page.locator("#table button").first.bounding_box()["height"] >= 24
    assert set(page.locator("#summary td:first-child").evaluate_all(LINES_OF_WORDS)) == {1}
    assert watched.errors == []
