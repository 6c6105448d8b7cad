"""An environment of their own for other programs, made from hashed requirements and entered by starting again in it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

__all__ = ["enter_peers"]

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / ".venv-peers"


def enter_peers() -> None:
    """Start the running script again in the environment of the peers, which is made where it is missing."""
    python = FOLDER / "bin" / "python"
    if Path(sys.prefix) == FOLDER:
        return
    stamp = FOLDER / "stamp"
    wanted = (ROOT / "requirements" / "peers.txt").read_text(encoding="utf-8")
    if not stamp.is_file() or stamp.read_text(encoding="utf-8") != wanted:
        subprocess.run([sys.executable, "-m", "venv", FOLDER], check=True)
        pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
        subprocess.run([*pip, "--only-binary", ":all:", "-r", ROOT / "requirements" / "peers.txt"], check=True)
        own = ["--no-build-isolation", "--no-deps", "--no-index", "--editable", ROOT]
        subprocess.run([*pip[:-1], *own], check=True)
        stamp.write_text(wanted, encoding="utf-8")
    raise SystemExit(subprocess.run([python, *sys.argv], check=False).returncode)
