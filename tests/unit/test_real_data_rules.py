"""Lack of real data is loud: a skip where none was promised, a failure where it was."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

CONFTEST = Path(__file__).parents[1] / "conftest.py"
TESTS = """
import pytest

def test_with_data(shared_data):
    assert shared_data.is_dir()

def test_that_skips_by_itself():
    pytest.skip("needs a task from SOCIOLINK_DATA")

def test_that_skips_for_another_reason():
    pytest.skip("needs a full moon")
"""


def run_tests(folder: Path, data: Path | None) -> str:
    shutil.copy(CONFTEST, folder / "conftest.py")
    (folder / "test_sample.py").write_text(TESTS, encoding="utf-8")
    named = {name: value for name, value in os.environ.items() if name not in ("SOCIOLINK_DATA", "PYTEST_ADDOPTS")}
    if data is not None:
        named["SOCIOLINK_DATA"] = str(data)
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:xdist", "--rootdir", ".", "-q", "."]
    return subprocess.run(command, cwd=folder, env=named, capture_output=True, text=True, timeout=120).stdout


def test_without_data_tests_skip_loudly(tmp_path: Path) -> None:
    said = run_tests(tmp_path, None)

    assert "3 skipped" in said
    assert "2 tests did NOT run: set SOCIOLINK_DATA" in said


def test_with_data_a_skip_for_lack_of_it_fails(tmp_path: Path) -> None:
    said = run_tests(tmp_path, tmp_path)

    assert "1 failed, 1 passed, 1 skipped" in said
    assert "test_that_skips_by_itself: skipped for lack of data although SOCIOLINK_DATA is set" in said


def test_promised_data_must_be_there(tmp_path: Path) -> None:
    said = run_tests(tmp_path, tmp_path / "nowhere")

    assert "SOCIOLINK_DATA names a folder that is not there" in said
    assert "1 error" in said
