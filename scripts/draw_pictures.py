"""Draws the pictures of the documentation from the demonstration: python scripts/draw_pictures.py.

Charts need the extra `plots`; screenshots of cards and of the report need chromium and playwright, as the tests do.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.compute as pc

import sociolink as sl
from sociolink.datasets.generation import demo_world
from sociolink.rendering.card import card_html

FOLDER = Path(__file__).parents[1] / "docs" / "pictures"
SHOWN_OF_PROFILES = ("platform", "handle", "display_name", "bio", "location")
SHOWN_OF_CUSTOMERS = (
    "full_name",
    "given_name",
    "family_name",
    "email",
    "birth_date",
    "city",
    "country",
    "organisation",
)


def link_demo() -> tuple[sl.Links, sl.Evaluation, Any]:
    """The demonstration's links, what the truth says of them, and its world."""
    world = demo_world()
    refused = world.profiles.filter(pc.equal(world.profiles["consent"], False))["profile_id"].combine_chunks()
    truth = world.truth.filter(pc.invert(pc.is_in(world.truth["profile_id"], refused)))
    links = sl.link(world.profiles, world.customers, policy=sl.Policy.research(who="sociolink demo"))
    measured = sl.evaluate(
        links,
        truth.select(["profile_id", "customer_id"]),
        groups=world.groups,
        profiles=world.profiles,
        customers=world.customers,
    )
    return links, measured, replace(world, truth=truth)


def pick_telling(links: sl.Links, world: Any) -> str:
    """A linked profile of X whose evidence comes from most families, for it and against it."""
    tweets = world.profiles.filter(pc.equal(world.profiles["platform"], "twitter"))["profile_id"].combine_chunks()
    best = links.best().filter(pc.equal(links.best()["decision"], "link"))
    made = best.filter(pc.is_in(best["profile_id"], tweets))["profile_id"].to_pylist()
    counted = {
        one: (len({fact.bits > 0 for fact in told}), len(told), one)
        for one in made
        for told in [[fact for fact in links.explain(one).facts if abs(fact.bits) >= 0.3]]
    }
    return max(made, key=lambda one: counted[one])


def row_of(table: Any, key: str, value: str | None, columns: tuple[str, ...]) -> dict[str, Any]:
    """Some columns of the row of an id."""
    return table.filter(pc.equal(table[key], value)).select(columns).to_pylist()[0]


def pick_open(links: sl.Links) -> str:
    """The profile whose answers are the most evenly spread over customers and nobody."""
    table = links.table
    spread = {
        one: sum(-share * np.log2(share) for share in shares if share > 0)
        for one in pc.unique(table.filter(pc.equal(table["decision"], "review"))["profile_id"]).to_pylist()
        for shares in [[answer.probability for answer in links.explain(one).posterior]]
    }
    return max(spread, key=lambda one: (spread[one], one))


def draw_charts(links: sl.Links, measured: sl.Evaluation, world: Any, folder: Path) -> None:
    """Every picture as a PNG."""
    tables = {"profiles": world.profiles, "customers": world.customers}
    telling = pick_telling(links, world)
    assert links.model is not None
    pictures = {
        "waterfall": links.plots.waterfall(telling),
        "posterior": links.plots.posterior(pick_open(links)),
        "risk": links.plots.risk(),
        "scores": links.plots.scores(),
        "coverage": links.plots.coverage(),
        "blocking": links.plots.blocking(),
        "parity": measured.plots.parity(),
        "parity_expected": links.plots.parity(**tables),
        "unlinkable": links.plots.unlinkable(),
        "weights": links.model.plots.weights(links),
        "reliability": measured.plots.reliability(),
    }
    for name, picture in pictures.items():
        picture.save(folder / f"{name}.png", scale=1.25)


def shoot_pages(links: sl.Links, world: Any, folder: Path) -> None:
    """The card and the report as chromium shows them; nothing where there is no chromium."""
    program = shutil.which("chromium")
    if program is None:
        print("no chromium: card.png and report.png were not drawn")
        return
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as draft, sync_playwright() as playwright:
        report, card = Path(draft) / "report.html", Path(draft) / "card.html"
        links.write_report(report, profiles=world.profiles, customers=world.customers)
        telling = links.explain(pick_telling(links, world))
        beside = {"profile": row_of(world.profiles, "profile_id", telling.profile_id, SHOWN_OF_PROFILES)}
        beside["customer"] = row_of(world.customers, "customer_id", telling.customer_id, SHOWN_OF_CUSTOMERS)
        html = card_html(telling.card(**beside), styled=True)
        card.write_text(f"<!doctype html><meta charset=utf-8><body>{html}", encoding="utf-8")
        browser = playwright.chromium.launch(executable_path=program)
        for scheme in ("light", "dark"):
            page = browser.new_page(color_scheme=scheme, viewport={"width": 1000, "height": 1100})
            page.goto(card.as_uri())
            page.locator("article").screenshot(path=folder / f"card_{scheme}.png")
            page.goto(report.as_uri())
            page.get_by_label("Decision").select_option("link")
            page.evaluate("document.getElementById('risk').scrollIntoView()")
            page.screenshot(path=folder / f"report_{scheme}.png")
        phone = browser.new_page(viewport={"width": 390, "height": 844})
        phone.goto(report.as_uri())
        phone.evaluate("document.getElementById('risk').scrollIntoView()")
        phone.screenshot(path=folder / "report_phone.png")
        browser.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=FOLDER)
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    links, measured, world = link_demo()
    draw_charts(links, measured, world, folder)
    shoot_pages(links, world, folder)
    print(f"{len(list(folder.glob('*.png')))} pictures are in {folder.name}")


if __name__ == "__main__":
    main()
