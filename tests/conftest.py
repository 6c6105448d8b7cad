"""What every test may ask for: the real data beside the project, and patience with slow machines."""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import settings

DATA_VARIABLE = "SOCIOLINK_DATA"

collect_ignore_glob = ["**/conftest.py"]
"""They are loaded, but hold no examples to run: as modules of one name they would hide each other."""

settings.register_profile(
    "house", parent=settings.get_profile("default"), deadline=None, derandomize="CI" in os.environ
)
settings.load_profile("house")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder with real data. Skips where SOCIOLINK_DATA is not set; a folder that was promised must be there."""
    named = os.environ.get(DATA_VARIABLE)
    if not named:
        pytest.skip(f"{DATA_VARIABLE} is not set: this test needs the real data")
    folder = Path(named)
    if not folder.is_dir():
        pytest.fail(f"{DATA_VARIABLE} names a folder that is not there", pytrace=False)
    return folder


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where the data was promised, a skip for lack of it is a failure."""
    report = yield
    if report.skipped and os.environ.get(DATA_VARIABLE) and DATA_VARIABLE in str(report.longrepr):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid}: skipped for lack of data although {DATA_VARIABLE} is set"
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly what was not tested."""
    skipped = [report for report in terminalreporter.stats.get("skipped", ()) if DATA_VARIABLE in str(report.longrepr)]
    if skipped:
        note = f"{len(skipped)} tests did NOT run: set {DATA_VARIABLE} to the folder with the real data"
        terminalreporter.section("no real data", sep="!", yellow=True, bold=True)
        terminalreporter.write_line(note, yellow=True)
