"""An environment of their own for other programs, made from hashed requirements; scripts start again or run in it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

__all__ = ["enter_peers", "make_peers"]

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / ".venv-peers"


def make_peers() -> Path:
    """The interpreter of the environment, which is made where it is missing or out of date."""
    python, stamp = FOLDER / "bin" / "python", FOLDER / "stamp"
    wanted = (ROOT / "requirements" / "peers.txt").read_text(encoding="utf-8")
    if not stamp.is_file() or stamp.read_text(encoding="utf-8") != wanted:
        subprocess.run([sys.executable, "-m", "venv", FOLDER], check=True)
        pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        hashed = ["--require-hashes", "--only-binary", ":all:", "-r", ROOT / "requirements" / "peers.txt"]
        subprocess.run([*pip, *hashed], check=True)
        own = ["--no-build-isolation", "--no-deps", "--no-index", "--editable", ROOT]
        subprocess.run([*pip, *own], check=True)
        stamp.write_text(wanted, encoding="utf-8")
    return python


def enter_peers() -> None:
    """Start the running script again in the environment of the peers."""
    if Path(sys.prefix) != FOLDER:
        raise SystemExit(subprocess.run([make_peers(), *sys.argv], check=False).returncode)
