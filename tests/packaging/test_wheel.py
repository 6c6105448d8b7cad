"""The built wheel, in an environment that holds it and the core requirements only."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tomllib
import venv
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ENVIRONMENT = ROOT / ".venv-wheel"
CORE = ROOT / "requirements" / "core.txt"

CUSTOMERS = """customer_id,given_name,family_name,email,city
c1,Wilhelmina,Farquharson,wilhelmina@farquharson.example,Leeds
c2,Bartholomew,Okonkwo,b.okonkwo@mail.example,Lagos
c3,Anneliese,Zimmermann,anneliese.z@mail.example,Kassel
c4,John,Smith,john.smith@mail.example,Boston
"""
PROFILES = """profile_id,platform,handle,display_name
p1,x,wilhelminafarquharson,Wilhelmina Farquharson
p2,x,bartholomew_okonkwo,Bartholomew Okonkwo
p3,x,AnnelieseZimmermann,Anneliese Zimmermann
p4,x,xx_q7_xx,
"""


def run(*command: str | Path, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run a command away from anything that this process was told about modules."""
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(
        [str(part) for part in command], cwd=folder, env=surroundings, capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, f"{command[0]} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}"
    return done


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from the source distribution, so that both are known to be whole."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", folder)
    (archive,) = folder.glob("*.tar.gz")
    run(
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "-q",
        "--no-build-isolation",
        "--no-deps",
        "--no-index",
        "-w",
        folder,
        archive,
    )
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="session")
def python(wheel: Path) -> Path:
    """The interpreter of the clean environment; its requirements are kept between runs, the wheel is always new."""
    interpreter = ENVIRONMENT / ("Scripts" if os.name == "nt" else "bin") / "python"
    stamp = ENVIRONMENT / "stamp"
    wanted = hashlib.sha256(CORE.read_bytes() + sys.version.encode()).hexdigest()
    install = (interpreter, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    if not stamp.is_file() or stamp.read_text() != wanted:
        shutil.rmtree(ENVIRONMENT, ignore_errors=True)
        venv.create(ENVIRONMENT, with_pip=True, symlinks=os.name != "nt")
        run(*install, "--require-hashes", "--only-binary", ":all:", "-r", CORE)
        stamp.write_text(wanted)
    run(*install, "--no-index", "--no-deps", "--force-reinstall", wheel)
    return interpreter


def files_of_package() -> set[str]:
    found = (path for path in (ROOT / "src" / "sociolink").rglob("*") if path.is_file())
    return {path.relative_to(ROOT / "src").as_posix() for path in found if "__pycache__" not in path.parts}


def test_wheel_holds_every_file_of_the_package(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        held = set(archive.namelist())
        metadata = archive.read(next(name for name in held if name.endswith(".dist-info/METADATA"))).decode()

    assert "sociolink/py.typed" in held
    assert len(files_of_package()) > 10
    assert files_of_package() <= held
    assert {Path(name).name for name in held if "/licenses/" in name} == {"LICENSE", "NOTICE"}
    assert "License-Expression: Apache-2.0" in metadata


def test_wheel_holds_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        outside = {name.split("/")[0] for name in archive.namelist()}

    assert {name.removesuffix(".dist-info").split("-")[0] for name in outside} == {"sociolink"}


def test_environment_holds_the_wheel_and_not_the_checkout(python: Path, tmp_path: Path) -> None:
    code = "import sociolink, json, sys; print(json.dumps([sociolink.__file__, sociolink.__version__, sys.path]))"

    file, version, path = json.loads(run(python, "-I", "-c", code, folder=tmp_path).stdout)

    assert Path(file).is_relative_to(ENVIRONMENT)
    assert not [entry for entry in path if Path(entry) == ROOT / "src"]
    assert version == tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]


def test_requirements_are_satisfied(python: Path) -> None:
    assert "No broken requirements found" in run(python, "-m", "pip", "check").stdout


def test_every_module_is_imported_with_the_core_requirements_alone(python: Path, tmp_path: Path) -> None:
    code = (
        "import importlib, pkgutil, sociolink\n"
        "names = [m.name for m in pkgutil.walk_packages(sociolink.__path__, 'sociolink.')]\n"
        "[importlib.import_module(n) for n in names if not n.endswith('__main__')]\n"
        "print(len(names))"
    )

    assert int(run(python, "-I", "-c", code, folder=tmp_path).stdout) > 10


def test_reference_data_is_found(python: Path, tmp_path: Path) -> None:
    code = (
        "from sociolink.reference.facts import given_name_counts, nickname_pairs, surname_counts\n"
        "print(surname_counts().total, given_name_counts().total, len(nickname_pairs()[0]))"
    )

    surnames, given_names, nicknames = map(int, run(python, "-I", "-c", code, folder=tmp_path).stdout.split())

    assert min(surnames, given_names) > 1_000_000
    assert nicknames > 1_000


needs_linking = pytest.mark.skipif(find_spec("sociolink.linking.link") is None, reason="sociolink.link has not landed")


def test_command_gives_its_version(python: Path, tmp_path: Path) -> None:
    said = run(python.with_name("sociolink"), "--version", folder=tmp_path).stdout

    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"] in said


@needs_linking
def test_command_links(python: Path, tmp_path: Path) -> None:
    (tmp_path / "customers.csv").write_text(CUSTOMERS, encoding="utf-8")
    (tmp_path / "profiles.csv").write_text(PROFILES, encoding="utf-8")
    command = python.with_name("sociolink")

    run(
        *(command, "link", "--customers", "customers.csv", "--profiles", "profiles.csv"),
        *("--output", "links.parquet", "--policy", "research"),
        folder=tmp_path,
    )

    read = (
        "import json, pyarrow.parquet as pq\n"
        "rows = pq.read_table('links.parquet', columns=['profile_id', 'rank', 'customer_id']).to_pylist()\n"
        "print(json.dumps({r['profile_id']: r['customer_id'] for r in rows if r['rank'] <= 1}))"
    )
    best = json.loads(run(python, "-I", "-c", read, folder=tmp_path).stdout)
    assert {name: best[name] for name in ("p1", "p2", "p3")} == {"p1": "c1", "p2": "c2", "p3": "c3"}
    assert "p4" in best
