"""An index gives the answers of `link`, in memory and from a folder, for one profile and for many."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from sociolink import CustomerIndex, LinkModel, Links, Policy, link
from sociolink.datasets import World
from sociolink.errors import (
    IndexFileError,
    InputError,
    InvalidParameterError,
    NothingToLinkError,
    OutputError,
    PolicyError,
)

POLICY = Policy.research(who="tests")


@pytest.fixture(scope="module")
def model(links: Links) -> LinkModel:
    assert links.model is not None
    return LinkModel.from_dict(json.loads(json.dumps(links.model.to_dict())))


@pytest.fixture(scope="module")
def linked(world: World, model: LinkModel) -> Links:
    return link(world.profiles, world.customers, policy=POLICY, model=model)


@pytest.fixture(scope="module")
def folder(world: World, model: LinkModel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("index") / "crm.index"
    CustomerIndex.build(world.customers, model=model, policy=POLICY, path=path)
    return path


@pytest.fixture(scope="module")
def index(folder: Path) -> CustomerIndex:
    return CustomerIndex.open(folder, policy=POLICY)


def rows_of(world: World) -> list[dict[str, object]]:
    rows = [{name: value for name, value in row.items() if value is not None} for row in world.profiles.to_pylist()]
    return [row for row in rows if row.get("consent") is not False]


def test_links_against_an_index_are_those_of_link(index: CustomerIndex, world: World, linked: Links) -> None:
    found = index.link(world.profiles)

    assert found.table.equals(linked.table)
    assert found.report.customers == linked.report.customers
    assert found.report.people == linked.report.people
    assert found.report.decoy_note == "not measured: linked against an index"
    assert found.report.false_links_decoys is None
    assert found.phrases == linked.phrases
    assert found.resolve().table.equals(linked.resolve().table)


def test_known_links_are_certain_in_an_index_too(index: CustomerIndex, world: World, model: LinkModel) -> None:
    known = world.truth.slice(0, 40)
    expected = link(world.profiles, world.customers, policy=POLICY, model=model, known=known)

    found = index.link(world.profiles, known=known)

    assert found.table.equals(expected.table)
    assert found.report.warnings == expected.report.warnings


def test_an_index_in_memory_answers_like_one_in_a_folder(world: World, model: LinkModel, linked: Links) -> None:
    index = CustomerIndex.build(world.customers, model=model, policy=POLICY)

    assert index.path is None
    assert index.link(world.profiles).table.equals(linked.table)
    assert index.info(verify=True).customers == linked.report.customers


def test_one_profile_is_answered_like_many(index: CustomerIndex, world: World, linked: Links) -> None:
    names = [name for name in linked.table.column_names if name != "decision"]
    for row in rows_of(world)[:12]:
        expected = linked.table.filter(pc.equal(linked.table["profile_id"], row["profile_id"])).select(names)

        found = index.find(top=5, **row)

        assert found.rows.equals(expected)


def test_many_profiles_are_answered_like_one(index: CustomerIndex, world: World) -> None:
    rows = rows_of(world)[:8]

    together = index.find_many(rows, top=2)

    assert [found.to_dict() for found in together] == [index.find(top=2, **row).to_dict() for row in rows]
    assert index.find_many([]) == ()


def test_what_is_found_says_what_it_is(index: CustomerIndex, world: World, linked: Links) -> None:
    best = linked.best().filter(pc.equal(linked.best()["decision"], "link"))
    wanted = best["profile_id"][0].as_py()
    row = next(row for row in rows_of(world) if row["profile_id"] == wanted)

    found = index.find(**row)

    assert found.customer_id == best["customer_id"][0].as_py()
    assert found.profile_id == wanted
    assert len(found) == len(found.matches) <= 3
    total = sum(match.probability for match in found.matches) + found.nobody_probability + found.rest_probability
    assert total == pytest.approx(1)
    assert sum(found.matches[0].bits.values()) == pytest.approx(found.matches[0].match_weight)
    assert str(found.customer_id) in repr(found)
    assert found._repr_html_().startswith("<article")
    assert json.loads(json.dumps(found.to_dict()))["customer_id"] == found.customer_id


def test_a_profile_of_nobody_is_nobodys(index: CustomerIndex) -> None:
    found = index.find(platform="x", handle="qq_0172636_zz")

    assert found.customer_id is None
    assert found.nobody_probability + found.rest_probability == pytest.approx(1, abs=1e-4)
    assert "nobody" in repr(found)


def test_a_profile_must_be_one(index: CustomerIndex) -> None:
    with pytest.raises(InputError, match=r"(?s)profiles\.platform.*profiles\.handle|profiles\.shoe_size"):
        index.find(display_name="Jo", shoe_size=44)
    with pytest.raises(InputError, match=r"profiles\.handle: missing"):
        index.find(platform="x")
    with pytest.raises(InvalidParameterError, match="top"):
        index.find(platform="x", handle="jo", top=0)
    with pytest.raises(PolicyError, match="consent"):
        index.find(platform="x", handle="jo", consent=False)


def test_an_index_says_what_it_holds(index: CustomerIndex, linked: Links) -> None:
    info = index.info(verify=True)

    assert (info.customers, info.people) == (linked.report.customers, linked.report.people)
    assert (info.later, info.replaced, info.erased, info.worth_compacting) == (0, 0, 0, False)
    assert info.verified
    assert len(index) == info.customers
    assert "all checksums hold" in repr(info) or "all checksums hold" in str(info)
    assert "customers" in index._repr_html_()
    assert json.dumps(info.to_dict())


def test_an_index_needs_a_policy_a_model_and_customers(world: World, model: LinkModel, tmp_path: Path) -> None:
    with pytest.raises(PolicyError):
        CustomerIndex.build(world.customers, model=model, policy=None)
    with pytest.raises(InvalidParameterError, match="model is None"):
        CustomerIndex.build(world.customers, model=None, policy=POLICY)  # type: ignore[arg-type]
    with pytest.raises(NothingToLinkError):
        CustomerIndex.build(world.customers.slice(0, 0), model=model, policy=POLICY)
    with pytest.raises(InputError, match="no folder"):
        CustomerIndex.open(tmp_path / "nowhere", policy=POLICY)
    with pytest.raises(IndexFileError, match="no index here"):
        CustomerIndex.open(tmp_path, policy=POLICY)
    with pytest.raises(NothingToLinkError):
        CustomerIndex.build(world.customers, model=model, policy=POLICY).link(world.profiles.slice(0, 0))


def test_a_folder_with_other_things_is_not_touched(world: World, model: LinkModel, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("the only copy")

    with pytest.raises(OutputError, match="holds other files"):
        CustomerIndex.build(world.customers, model=model, policy=POLICY, path=tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_other_evidence_is_refused(folder: Path) -> None:
    from sociolink.linking.defaults import DEFAULT_EVIDENCE

    with pytest.raises(IndexFileError, match="built with evidence that is not given: nature"):
        CustomerIndex.open(folder, policy=POLICY, evidence=DEFAULT_EVIDENCE[:-1])


FIND = """
import sys, sociolink as sl
index = sl.CustomerIndex.open(sys.argv[1], policy=sl.Policy.research(who="t"))
found = index.find(platform="x", handle="jsmith84", display_name="Jo Smith", bio="jo@smith.example, Lyon")
print(len(str(found)) > 0, sorted({"duckdb", "pydantic", "pyarrow.parquet"} & set(sys.modules)))
"""


def test_finding_loads_no_engine_and_no_models_of_rows(folder: Path) -> None:
    done = subprocess.run([sys.executable, "-c", FIND, str(folder)], capture_output=True, text=True, timeout=120)

    assert done.returncode == 0, done.stderr
    assert done.stdout.split(maxsplit=1)[0] == "True"
    assert "duckdb" not in done.stdout
    assert "pydantic" not in done.stdout


def test_evidence_of_a_shared_column_is_kept(world: World) -> None:
    from sociolink import fit
    from sociolink.evidence.shared import Shared
    from sociolink.linking.defaults import DEFAULT_EVIDENCE

    evidence = (*DEFAULT_EVIDENCE[1:3], Shared("loyalty"))
    numbers = pa.array([f"n{number % 50}" for number in range(world.customers.num_rows)])
    customers = world.customers.append_column("loyalty", numbers).append_column("secret", numbers)
    accounts = world.profiles.append_column("loyalty", numbers.slice(0, 1).take(pa.array([0] * len(world.profiles))))
    model = fit(accounts, customers, policy=POLICY, evidence=evidence)
    model = LinkModel.from_dict(json.loads(json.dumps(model.to_dict())))
    expected = link(accounts, customers, policy=POLICY, model=model, evidence=evidence)

    index = CustomerIndex.build(customers, model=model, policy=POLICY, evidence=evidence)

    assert index.link(accounts).table.equals(expected.table)
    assert "secret" not in index._state.sections[0].customers.column_names
    assert index.find(platform="x", handle="jo", loyalty="n1").profile_id == "x:jo"
