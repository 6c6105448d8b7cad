"""Environments of their own for other programs, made from hashed requirements; scripts start again or run in them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

__all__ = ["BENCHMARKS", "PeerError", "enter_environment", "make_environment", "module_command", "run_module"]

BENCHMARKS = Path(__file__).resolve().parents[1]
ROOT = BENCHMARKS.parent
_FROM_SOURCE = {"dedupe": ("affinegap",)}
"""Packages without wheels; a C compiler is needed for them."""
_WITH_SOCIOLINK = ("ranker",)
_WHEEL_ONLY = ["--require-hashes", "--only-binary", ":all:"]


class PeerError(RuntimeError):
    """A peer could not be installed or run; the message is the last line it wrote."""


def make_environment(name: str) -> Path:
    """The interpreter of a peer's environment, which is made where it is missing or out of date.

    Args:
        name: The peer, as in `requirements/peers-<name>.txt`.

    Raises:
        PeerError: The environment cannot be made.
    """
    folder = ROOT / f".venv-peers-{name}"
    python, stamp = folder / "bin" / "python", folder / "stamp"
    file = ROOT / "requirements" / f"peers-{name}.txt"
    wanted = file.read_text(encoding="utf-8")
    if not stamp.is_file() or stamp.read_text(encoding="utf-8") != wanted:
        _run([sys.executable, "-m", "venv", folder])
        pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        sources = [part for package in _FROM_SOURCE.get(name, ()) for part in ("--no-binary", package)]
        _run([*pip, *_WHEEL_ONLY, *sources, "-r", file])
        if name in _WITH_SOCIOLINK:
            _run([*pip, "--no-build-isolation", "--no-deps", "--no-index", "--editable", ROOT])
        stamp.write_text(wanted, encoding="utf-8")
    return python


def module_command(name: str, module: str, *arguments: object) -> list[str]:
    """The command that runs a module of `peers/` in a peer's environment; its folder must be `BENCHMARKS`."""
    return [str(make_environment(name)), "-m", f"peers.{module}", *map(str, arguments)]


def run_module(name: str, module: str, *arguments: object) -> dict[str, Any]:
    """Run a module of `peers/` in a peer's environment; what it says of itself, the JSON of its last line.

    Raises:
        PeerError: It failed.
    """
    output = _run(module_command(name, module, *arguments))
    notes: dict[str, Any] = json.loads(output.strip().splitlines()[-1])
    return notes


def enter_environment(name: str) -> None:
    """Start the running script again in a peer's environment."""
    if Path(sys.prefix).name != f".venv-peers-{name}":
        raise SystemExit(subprocess.run([make_environment(name), *sys.argv], check=False).returncode)


def _run(command: Sequence[object]) -> str:
    plain = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run(
        [str(part) for part in command], cwd=BENCHMARKS, env=plain, capture_output=True, text=True, check=False
    )
    if done.returncode:
        last = [line for line in done.stderr.strip().splitlines() if line.strip()][-1:]
        raise PeerError(last[0] if last else f"ended with {done.returncode}")
    return done.stdout
