"""Draws the pictures of the review page from the demonstration: python scripts/draw_review_pictures.py.

Needs chromium and playwright, as the browser tests do. The truth stands in for the reviewers.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import threading
from pathlib import Path
from typing import Any

import sociolink as sl
from sociolink.datasets.generation import demo_world
from sociolink.review.session import ReviewSession

FOLDER = Path(__file__).parents[1] / "docs" / "pictures"
SIZE, JUDGED = 120, 75


def judge_some(session: ReviewSession, owner: dict[str, str | None]) -> None:
    """Two reviewers who say what is true, but for one verdict of the second; until a card comes that is open."""
    number, disagreed = 0, False
    item = session.answer({"do": "show"})["item"]
    while item and (number < JUDGED or session.links.explain(item["profile_id"]).decision != "review"):
        right = owner.get(item["profile_id"])
        known = right in item["customers"]
        verdict = "is" if known else "nobody" if not right else "is_not" if item["best"] else "skip"
        order = {"do": "judge", "profile_id": item["profile_id"], "verdict": verdict}
        if known and not disagreed and number > JUDGED // 2:
            session.answer({**order, "verdict": "nobody", "reviewer": "bob"})
            disagreed = True
        number += 1
        order |= {
            "customer_id": right if known else None,
            "reviewer": "bob" if number % 3 == 2 and disagreed else "ann",
        }
        session.answer(order)
        item = session.answer({"do": "show"})["item"]


def shoot(folder: Path, program: str) -> None:
    """Screenshots of the page, open and blind, wide and narrow."""
    from playwright.sync_api import sync_playwright

    world = demo_world()
    links = sl.link(world.profiles, world.customers, policy=sl.Policy.research(who="sociolink demo"))
    names = (world.truth[name].to_pylist() for name in ("profile_id", "customer_id"))
    owner = dict(zip(*names, strict=True))
    views: tuple[tuple[str, bool, dict[str, Any]], ...] = (
        ("review", False, {"viewport": {"width": 1180, "height": 980}}),
        ("review_blind", True, {"viewport": {"width": 1180, "height": 640}, "color_scheme": "dark"}),
        ("review_phone", True, {"viewport": {"width": 390, "height": 844}}),
    )
    with tempfile.TemporaryDirectory() as draft, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program)
        for name, blind, options in views:
            session = sl.review.open_session(
                links,
                f"{draft}/labels.jsonl",
                size=SIZE,
                profiles=world.profiles,
                customers=world.customers,
                reviewer="ann",
                blind=blind,
            )
            if not session.labels.path.exists():
                judge_some(session, owner)
            server = sl.review.make_server(session)
            threading.Thread(target=server.serve_forever, daemon=True).start()
            page = browser.new_page(**options)
            page.goto(server.url)
            page.wait_for_selector("article")
            page.screenshot(path=folder / f"{name}.png")
            server.shutdown()
            server.server_close()
        browser.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=FOLDER)
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    program = shutil.which("chromium")
    if program is None:
        raise SystemExit("there is no chromium: apt-get install chromium")
    shoot(folder, program)
    print(f"3 pictures are in {folder.name}")


if __name__ == "__main__":
    main()
