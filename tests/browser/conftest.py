"""A real browser for pages: Debian's chromium, driven by Playwright.

Where there is none, tests skip and say so loudly; where continuous integration runs (CI is set), that is a failure.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "chrome")
MISSING = "no browser: install chromium (apt-get install chromium) and playwright (requirements/dev.txt)"


@dataclass
class Watched:
    """A page and all that it did that nobody saw.

    Attributes:
        page: The page of Playwright.
        errors: Errors of scripts, and what was written to the console as a warning or an error.
        requests: Addresses that were asked for, the page's own file not among them.
    """

    page: Page
    errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def open(self, path: Path | str) -> Page:
        """Open a file, or an address, and wait until it stands."""
        address = path.as_uri() if isinstance(path, Path) else path
        self.page.goto(address, wait_until="load")
        self.requests = [one for one in self.requests if one.split("#")[0] != address.split("#")[0]]
        return self.page


def without_browser(why: str) -> None:
    """Skip, or fail where a browser was promised."""
    if os.environ.get("CI"):
        pytest.fail(f"{MISSING} ({why})", pytrace=False)
    pytest.skip(f"{MISSING} ({why})")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, once for all tests of a process."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        without_browser("there is no chromium")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        without_browser("there is no playwright")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=program, args=["--disable-gpu"])
        yield found
        found.close()


@pytest.fixture
def watch(browser: Browser) -> Iterator[Callable[..., Watched]]:
    """Makes pages that are watched: `watch()`, or with options of Playwright, e.g. `watch(color_scheme="dark")`."""
    contexts = []

    def make(**options: Any) -> Watched:
        options.setdefault("viewport", {"width": 1280, "height": 900})
        context = browser.new_context(**options)
        contexts.append(context)
        watched = Watched(context.new_page())
        watched.page.on("pageerror", lambda error: watched.errors.append(str(error)))
        watched.page.on(
            "console",
            lambda said: watched.errors.append(said.text) if said.type in ("error", "warning") else None,
        )
        watched.page.on("request", lambda request: watched.requests.append(request.url))
        return watched

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def watched(watch: Callable[..., Watched]) -> Watched:
    """One page on a screen of 1280 by 900 points, light."""
    return watch()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly what was not tested."""
    skipped = [one for one in terminalreporter.stats.get("skipped", ()) if MISSING in str(one.longrepr)]
    if skipped:
        terminalreporter.section("no browser", sep="!", yellow=True, bold=True)
        terminalreporter.write_line(f"{len(skipped)} tests did NOT run: {MISSING}", yellow=True)
