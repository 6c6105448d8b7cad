"""The rules of the house that no other tool checks."""

from __future__ import annotations

import ast
import re
import tomllib
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "sociolink"
MODULES = sorted(PACKAGE.rglob("*.py"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
COMPILED = sorted((ROOT / "requirements").glob("*.txt"))
ALONE = {"peers-splink", "peers-recordlinkage", "peers-dedupe"}
"""Environments of other programs that need nothing of ours."""

SHAPELESS = {"base", "common", "helper", "helpers", "manager", "misc", "util", "utils"}

every_module = pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
every_compiled = pytest.mark.parametrize("path", COMPILED, ids=lambda path: path.name)


@cache
def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def public_names(tree: ast.Module) -> list[str] | None:
    for node in tree.body:
        if isinstance(node, ast.Assign) and [getattr(target, "id", "") for target in node.targets] == ["__all__"]:
            return list(ast.literal_eval(node.value))
    return None


@every_module
def test_module_says_what_it_is(path: Path) -> None:
    tree = parse(path)

    assert ast.get_docstring(tree) or (path.name == "__init__.py" and not tree.body)


@every_module
def test_module_names_what_is_public(path: Path) -> None:
    tree = parse(path)

    is_plain_room = path.name == "__init__.py" and len(tree.body) <= 1
    assert is_plain_room or public_names(tree) is not None


@every_module
def test_module_is_named_after_a_thing(path: Path) -> None:
    assert path.stem not in SHAPELESS


@every_module
def test_module_uses_no_pickle_and_no_global_state(path: Path) -> None:
    tree = parse(path)
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}

    assert imported.isdisjoint({"pickle", "cPickle", "dill", "cloudpickle", "shelve", "marshal"})
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Global)]


@every_module
def test_public_function_is_documented(path: Path) -> None:
    tree = parse(path)
    public = set(public_names(tree) or ())
    kinds = (ast.FunctionDef, ast.ClassDef)

    silent = [
        node.name
        for node in tree.body
        if isinstance(node, kinds) and node.name in public and not ast.get_docstring(node)
    ]
    assert not silent


def test_every_room_has_a_floor() -> None:
    floors = next(c for c in PROJECT["tool"]["importlinter"]["contracts"] if c["type"] == "layers")["layers"]
    named = [room for floor in floors for room in re.split(r"\s*[:|]\s*", floor)]
    rooms = {path.parent.name for path in PACKAGE.glob("*/__init__.py")} | {
        path.stem for path in PACKAGE.glob("[a-z]*.py")
    }

    assert sorted(named) == sorted(rooms)


def test_package_is_typed() -> None:
    assert (PACKAGE / "py.typed").is_file()


def test_test_files_have_names_of_their_own() -> None:
    """Test folders are no packages, so two files of one name would hide each other."""
    names = Counter(path.name for path in (ROOT / "tests").rglob("test_*.py"))

    assert [name for name, count in names.items() if count > 1] == []


def test_every_test_folder_is_run() -> None:
    folders = {path.name for path in (ROOT / "tests").iterdir() if any(path.rglob("test_*.py"))}
    run = {Path(name).name for name in PROJECT["tool"]["pytest"]["ini_options"]["testpaths"]}
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")

    assert "tests/interop" in makefile
    assert folders - {"interop"} <= run


def test_requirements_are_compiled() -> None:
    names = {path.stem for path in COMPILED}

    assert {"core", "dev", "plots", "peers-splink"} <= names
    assert names == {path.stem for path in (ROOT / "requirements").glob("*.in")}


@every_compiled
def test_requirements_are_pinned_by_hash(path: Path) -> None:
    pins = re.split(
        r"\n(?=\S)", "\n".join(line for line in path.read_text().splitlines() if not line.lstrip().startswith("#"))
    )

    assert len(pins) > (20 if path.stem not in ALONE else 5)
    assert [pin.split()[0] for pin in pins if not re.match(r"[a-z0-9][a-z0-9.-]*==[0-9][^\s;]*\s", pin)] == []
    assert [pin.split()[0] for pin in pins if not re.search(r"--hash=sha256:[0-9a-f]{64}", pin)] == []


@every_compiled
def test_requirements_name_no_place(path: Path) -> None:
    text = path.read_text()

    assert "://" not in text
    assert re.findall(r"(?m)^-.*|/(?:home|root|opt|tmp|work)/.*", text) == []


@pytest.mark.parametrize("path", [one for one in COMPILED if one.stem not in ALONE], ids=lambda path: path.name)
def test_requirements_hold_the_dependencies(path: Path) -> None:
    pinned = set(re.findall(r"(?m)^([a-z0-9.-]+)==", path.read_text()))
    wanted = {re.split(r"[<>=~! ]", name)[0].lower() for name in PROJECT["project"]["dependencies"]}

    assert wanted | {"hatchling", "editables"} <= pinned


@pytest.mark.parametrize("name", ["dev", "plots", "peers-ranker"])
def test_requirements_agree_with_the_core(name: str) -> None:
    def pins(stem: str) -> set[str]:
        return set(re.findall(r"(?m)^([a-z0-9.-]+==[^\\]+?) *\\", (ROOT / "requirements" / f"{stem}.txt").read_text()))

    assert pins("core") <= pins(name)


def test_changelog_knows_this_version() -> None:
    assert f"## [{PROJECT['project']['version']}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_contributing_fits_two_pages() -> None:
    assert len((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").split()) <= 1100


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "ARCHITECTURE.md"])
def test_links_between_documents_lead_somewhere(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    targets = re.findall(r"\]\((?!https?://|mailto:|#)([^)#\s]+)", text)

    assert [target for target in targets if not (ROOT / target).exists()] == []
