"""What it costs to import the package, seen from a fresh interpreter."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "src" / "sociolink"
HEAVY = [
    "numpy",
    "pandas",
    "duckdb",
    "pydantic",
    "pyarrow",
    "polars",
    "scipy",
    "typer",
    "rich",
    "rapidfuzz",
    "recordlinkage",
    "altair",
    "vl_convert",
]


def run_fresh(code: str) -> dict[str, object]:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def modules_after(code: str) -> set[str]:
    seen = run_fresh(f"import json, sys\n{code}\nprint(json.dumps(dict(modules=sorted(sys.modules))))")["modules"]
    assert isinstance(seen, list)
    return set(seen)


def test_importing_the_package_loads_nothing_heavy() -> None:
    modules = modules_after("import sociolink")

    assert "sociolink" in modules
    assert modules.isdisjoint(HEAVY)
    assert not [name for name in modules if name.startswith("sociolink.")]


def test_asking_what_there_is_loads_nothing_heavy() -> None:
    assert modules_after("import sociolink; dir(sociolink); sociolink.errors; sociolink.__version__").isdisjoint(HEAVY)


def test_importing_the_package_takes_little() -> None:
    """Its own CPU time, the best of five fresh interpreters: a busy machine must not fail this."""
    timed = "import json, time\nt = time.process_time()\nimport sociolink\nt = time.process_time() - t\n"
    seconds = [run_fresh(timed + "print(json.dumps(dict(seconds=t)))")["seconds"] for _ in range(5)]

    assert min(float(str(value)) for value in seconds) < 0.02


WALK = """
import pkgutil, importlib, sociolink
for module in pkgutil.walk_packages(sociolink.__path__, "sociolink."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
"""


def test_pandas_is_imported_only_where_it_was_asked_for() -> None:
    """Inside functions. `sys.modules` would not tell: the first `pa.array` loads pandas by itself where it can."""
    at_import = [
        f"{path.name}:{node.lineno}"
        for path in PACKAGE.rglob("*.py")
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.Import | ast.ImportFrom) and "pandas" in ast.unparse(node)
    ]

    assert at_import == []


@pytest.mark.parametrize("absent", ["polars", "scipy", "recordlinkage", "altair", "vl_convert", "anywidget"])
def test_no_module_needs_what_is_no_dependency(absent: str) -> None:
    modules = modules_after(f"sys.modules[{absent!r}] = None\n{WALK}\ndel sys.modules[{absent!r}]")

    assert "sociolink.errors" in modules
    assert absent not in modules
