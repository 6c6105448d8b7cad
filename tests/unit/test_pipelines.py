"""The pipelines of `examples/` run without Airflow and dbt: their decorators and objects are replaced by small ones."""

from __future__ import annotations

import functools
import json
import re
import runpy
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest

import sociolink as sl
from sociolink.datasets.world import World

EXAMPLES = Path(__file__).parents[2] / "examples"
FIRST, SECOND, THIRD = "2026-05-01", "2026-05-02", "2026-05-03"


class FailedError(Exception):
    """Stands for AirflowFailException."""


class SkippedError(Exception):
    """Stands for AirflowSkipException."""


@pytest.fixture(scope="module")
def world() -> World:
    return sl.datasets.synthetic(240, 200, coverage=0.6, seed=7, posts=0, events=0)


@pytest.fixture(scope="module")
def first_lake(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of most customers, and what comes in on two days."""
    home = tmp_path_factory.mktemp("lake")
    policy = sl.Policy.support(who="crm-data", lawful_basis="contract")
    model = sl.fit(world.profiles.slice(0, 110), world.customers, policy=policy)
    sl.CustomerIndex.build(world.customers.slice(0, 220), model=model, policy=policy, path=home / "crm.index")
    put(home, FIRST, "profiles", world.profiles.slice(0, 110))
    put(home, SECOND, "profiles", world.profiles.slice(95))
    put(home, SECOND, "customers", world.customers.slice(215))
    return home


@pytest.fixture
def lake(first_lake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "lake"
    shutil.copytree(first_lake, home)
    monkeypatch.setenv("SOCIOLINK_HOME", str(home))
    return home


@pytest.fixture
def run_day(lake: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], dict[str, Any]]]:
    """Runs the DAG of a day, each task when it is called, and gives what the tasks returned."""
    now: dict[str, Any] = {}

    def task(*, task_id: str) -> Any:
        def decorate(step: Callable[[str], object]) -> Any:
            @functools.wraps(step)
            def call(day: str) -> str:
                assert day == "{{ ds }}"
                now["returned"][task_id] = step(now["day"])
                return task_id

            return call

        return decorate

    def dag(**settings: Any) -> Any:
        now["settings"] = settings
        return lambda run: run

    sdk = fake_module("airflow.sdk", dag=dag, task=task, chain=lambda *tasks: now.update(order=tasks))
    errors = fake_module("airflow.sdk.exceptions", AirflowFailException=FailedError, AirflowSkipException=SkippedError)
    for one in (fake_module("airflow"), sdk, errors):
        monkeypatch.setitem(sys.modules, one.__name__, one)
    monkeypatch.syspath_prepend(str(EXAMPLES / "airflow"))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)

    def run(day: str) -> dict[str, Any]:
        now.update(day=day, returned={})
        runpy.run_path(str(EXAMPLES / "airflow" / "daily_links_dag.py"))
        assert now["order"] == tuple(now["returned"])
        assert now["settings"]["max_active_runs"] == 1
        return dict(now["returned"])

    yield run
    sys.modules.pop("daily_links", None)


def fake_module(name: str, **names: Any) -> ModuleType:
    module = ModuleType(name)
    vars(module).update(names)
    return module


def put(home: Path, day: str, name: str, table: pa.Table) -> None:
    path = home / "incoming" / day / f"{name}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, path)


def made(home: Path, day: str, name: str) -> Path:
    return home / "days" / day / name


def hold_what_was_planned(home: Path, day: str, *, on: str) -> pa.Table:
    """Salesforce holds on a day all that was written on another."""
    held = made(home, day, "contact_points.csv")
    shutil.copyfile(held, home / "incoming" / on / "contact_points.csv")
    return pa_csv.read_csv(held)


def test_two_days(lake: Path, run_day: Callable[[str], dict[str, Any]]) -> None:
    first = run_day(FIRST)
    held = hold_what_was_planned(lake, FIRST, on=SECOND)
    second = run_day(SECOND)

    assert first["link_profiles"]["profiles"] > 80
    assert first["write_upserts"]["rows"] == first["plan_changes"]["create"] == held.num_rows > 30
    assert second["refresh_index"]["added"] > 0
    assert second["accept_or_stop"]["held"] == held.num_rows
    assert second["plan_changes"]["create"] > 10
    life = pq.read_table(made(lake, SECOND, "lifecycle.parquet"))
    assert {str(day) for day in life["valid_from"].to_pylist()} == {FIRST, SECOND}
    assert pq.read_table(made(lake, SECOND, "changes.parquet")).num_rows > held.num_rows


def test_a_day_can_be_run_again(lake: Path, run_day: Callable[[str], dict[str, Any]]) -> None:
    run_day(FIRST)
    names = ("decided.parquet", "lifecycle.parquet", "contact_points.csv")
    before = [made(lake, FIRST, name).read_bytes() for name in names]

    run_day(FIRST)

    assert [made(lake, FIRST, name).read_bytes() for name in names] == before


def test_a_day_that_would_change_much_stops(lake: Path, run_day: Callable[[str], dict[str, Any]]) -> None:
    run_day(FIRST)
    held = hold_what_was_planned(lake, FIRST, on=FIRST)
    strange = held.set_column(2, "SocialHandleName", pa.array(["another"] * held.num_rows))
    pa_csv.write_csv(strange, lake / "incoming" / FIRST / "contact_points.csv")
    made(lake, FIRST, "contact_points.csv").unlink()

    with pytest.raises(FailedError, match="rows in the CRM would change"):
        run_day(FIRST)
    assert not made(lake, FIRST, "contact_points.csv").exists()
    run_day(SECOND)
    begun = pq.read_table(made(lake, SECOND, "lifecycle.parquet"))["valid_from"].to_pylist()
    assert {str(day) for day in begun} == {SECOND}, "a day that was stopped is not continued"


def test_who_is_erased_is_revoked(lake: Path, run_day: Callable[[str], dict[str, Any]]) -> None:
    run_day(FIRST)
    linked = pq.read_table(made(lake, FIRST, "lifecycle.parquet"))["customer_id"][0].as_py()
    (lake / "incoming" / SECOND / "erase.txt").write_text(f"{linked}\n")

    second = run_day(SECOND)

    assert second["refresh_index"]["erased"] == 1
    life = pq.read_table(made(lake, SECOND, "lifecycle.parquet")).to_pylist()
    assert {row["state"] for row in life if row["customer_id"] == linked} == {"revoked"}


def test_unusable_rows_stop_a_day_and_nothing_skips_it(lake: Path, run_day: Callable[[str], dict[str, Any]]) -> None:
    nothing = pa.table({"profile_id": ["p"], "platform": ["x"], "handle": [""]})
    put(lake, FIRST, "profiles", nothing)
    with pytest.raises(SkippedError, match="nothing to link"):
        run_day(FIRST)

    put(lake, THIRD, "customers", pa.table({"customer_id": ["n1", None, None], "full_name": ["Ann Lee", "B", "C"]}))
    with pytest.raises(FailedError, match="2 of 3 customers cannot be used"):
        run_day(THIRD)


class FakeDbt:
    """What dbt hands to a Python model: its configuration from schema.yml, its inputs, and itself."""

    def __init__(self, name: str, tables: dict[str, Any], *, incremental: bool = False, **values: Any) -> None:
        schema = (EXAMPLES / "dbt" / "models" / "schema.yml").read_text("utf-8")
        block = re.search(rf"- name: {name}\n.*?    config:\n(.*?)    columns:", schema, re.DOTALL)
        assert block is not None
        pairs = (line.strip().split(": ", 1) for line in block[1].splitlines())
        stated = {key: json.loads(value) if value[0].isdigit() else value for key, value in pairs}
        self.values = stated | values
        self.tables = tables
        self.this = name
        self.is_incremental = incremental
        self.config = self

    def __call__(self, **settings: Any) -> None:
        self.materialized = settings["materialized"]

    def get(self, name: str) -> Any:
        return self.values[name]

    def source(self, schema: str, name: str) -> Any:
        return self.tables[name]

    ref = functools.partialmethod(lambda self, name: self.tables[name])


def run_model(name: str, dbt: FakeDbt, session: Any) -> Any:
    return SimpleNamespace(**runpy.run_path(str(EXAMPLES / "dbt" / "models" / f"{name}.py"))).model(dbt, session)


def test_dbt_models(world: World) -> None:
    session = duckdb.connect()
    tables: dict[str, Any] = {}
    for name, table in (("customers", world.customers), ("profiles", world.profiles)):
        session.register(f"{name}_rows", table)
        tables[name] = session.sql(f"select * from {name}_rows")

    links = run_model("social_links", FakeDbt("social_links", tables), session)
    session.register("linked", links)
    tables["social_links"] = session.sql("select * from linked")
    first = run_model("link_periods", FakeDbt("link_periods", tables, run_date=FIRST), session)
    session.register("link_periods", first)
    again = FakeDbt("link_periods", tables, incremental=True, run_date=SECOND)
    second = run_model("link_periods", again, session)

    made_links = session.sql("select count(*) from linked where decision = 'link'").fetchall()[0][0]
    assert made_links == first.num_rows > 50
    assert second.equals(first), "nothing has changed, so all goes on"


@pytest.mark.parametrize("name", ["links_within_risk", "few_links_end"])
def test_dbt_tests_find_what_they_look_for(name: str) -> None:
    sql = (EXAMPLES / "dbt" / "tests" / f"{name}.sql").read_text("utf-8")
    for model in ("social_links", "link_periods"):
        sql = sql.replace("{{ ref('" + model + "') }}", model)
    session = duckdb.connect()
    session.sql("create table social_links (decision text, group_probability double)")
    session.sql("create table link_periods (valid_from date, valid_to date)")
    session.sql("insert into social_links values ('link', .99), ('none', .1)")
    session.sql("insert into link_periods select '2026-05-01', if(i < 10, date '2026-05-02', null) from range(90) r(i)")
    assert session.sql(sql).fetchall() == []

    session.sql("insert into social_links values ('link', .8)")
    session.sql("update link_periods set valid_to = '2026-05-02'")
    assert len(session.sql(sql).fetchall()) == 1


def test_the_page_tells_of_every_step_and_leads_somewhere() -> None:
    page = (EXAMPLES.parent / "docs" / "pipelines.md").read_text("utf-8")
    steps = re.search(r"STEPS = \((.*)\)", (EXAMPLES / "airflow" / "daily_links.py").read_text("utf-8"))
    assert steps is not None
    assert re.findall(r"^\| `(\w+)` \| (?!one)", page, re.MULTILINE) == steps[1].split(", ")
    targets = re.findall(r"\]\((?!https?://|#)([^)#\s]+)", page)
    assert [one for one in targets if not (EXAMPLES.parent / "docs" / one).exists()] == []
