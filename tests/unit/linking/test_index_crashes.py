"""A writer that dies at any point leaves what was there before, or what it was asked for."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import pyarrow as pa
import pytest

from sociolink import CustomerIndex, LinkModel, Policy, fit
from sociolink.datasets import World
from sociolink.index.storage import FolderStorage, Patch
from sociolink.linking.defaults import DEFAULT_EVIDENCE

POLICY = Policy.research(who="tests")
EVIDENCE = DEFAULT_EVIDENCE[1:3]
"""Contacts and accounts: whatever the evidence, files are written alike."""


class CrashError(Exception):
    """The process is gone."""


class FailingStorage(FolderStorage):
    """Dies before, or in the middle of, one of its writes."""

    __slots__ = ("halfway", "left")

    def __init__(self, folder: Path, left: int, *, halfway: bool) -> None:
        super().__init__(folder)
        self.left = left
        self.halfway = halfway

    def _step(self) -> bool:
        """Whether this write is the one that is not finished."""
        self.left -= 1
        if self.left < 0:
            raise CrashError
        return self.left == 0

    def put(self, name: str, parts: Iterable[bytes | memoryview]) -> None:
        if self._step() and self.halfway:
            whole = b"".join(parts)
            (self.folder / f"{name}.partial").write_bytes(whole[: len(whole) // 2])
            raise CrashError
        super().put(name, parts)

    def patch(self, name: str, patches: Sequence[Patch]) -> None:
        if self._step() and self.halfway:
            super().patch(name, patches[: len(patches) // 2])
            raise CrashError
        super().patch(name, patches)

    def remove(self, name: str) -> None:
        self._step()
        super().remove(name)


@pytest.fixture(scope="module")
def model(world: World) -> LinkModel:
    found = fit(world.profiles, world.customers, policy=POLICY, evidence=EVIDENCE)
    return LinkModel.from_dict(json.loads(json.dumps(found.to_dict())))


@pytest.fixture(scope="module")
def built(world: World, model: LinkModel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("index") / "crm.index"
    index = CustomerIndex.build(world.customers.slice(0, 100), model=model, policy=POLICY, evidence=EVIDENCE, path=path)
    index.upsert(world.customers.slice(90, 30))
    return path


def opened(folder: Path) -> CustomerIndex:
    return CustomerIndex.open(folder, policy=POLICY, evidence=EVIDENCE)


def summary(index: CustomerIndex) -> tuple[pa.Table, list[str]]:
    state = index._state
    return pa.table({"share": state.view.share, "person": state.view.person}), state.whole.ids.to_pylist()


CHANGES: dict[str, Callable[[CustomerIndex, World], object]] = {
    "upsert": lambda index, world: index.upsert(world.customers.slice(80, 60)),
    "erase": lambda index, world: index.erase(world.customers["customer_id"].slice(85, 20).to_pylist()),
    "compact": lambda index, world: index.compact(),
}


@pytest.mark.parametrize(
    ("change", "halfway"), [("upsert", False), ("erase", False), ("erase", True), ("compact", True)]
)
def test_a_crash_at_any_write_loses_nothing(
    built: Path, world: World, tmp_path: Path, change: str, halfway: bool
) -> None:
    before = summary(opened(built))
    shutil.copytree(built, tmp_path / "whole")
    whole = opened(tmp_path / "whole")
    CHANGES[change](whole, world)
    after = summary(whole)
    assert before[0] != after[0] or before[1] != after[1]
    seen = set()
    for step in range(100):
        folder = tmp_path / f"crash-{step}"
        shutil.copytree(built, folder)
        index = opened(folder)
        index._storage = FailingStorage(folder, step + halfway, halfway=halfway)
        try:
            CHANGES[change](index, world)
        except CrashError:
            pass
        else:
            break
        again = opened(folder)
        found = summary(again)
        assert found[1] in (before[1], after[1])
        assert found[0].equals(before[0] if found[1] == before[1] else after[0])
        assert again.info(verify=True).customers == len(again)
        assert set(again._storage.names()) == again._state.manifest.names
        seen.add(found[1] == before[1])
        CHANGES[change](again, world)
        assert summary(opened(folder)) == after
        assert set(again._storage.names()) == again._state.manifest.names
        shutil.rmtree(folder)
    assert seen == {True, False}


WRITE = """
import sys, time, sociolink as sl
from sociolink.linking.defaults import DEFAULT_EVIDENCE
index = sl.CustomerIndex.open(sys.argv[1], policy=sl.Policy.research(who="t"), evidence=DEFAULT_EVIDENCE[1:3])
print("ready", flush=True)
for number in range(10_000):
    index.upsert([{"customer_id": f"n{number % 7}", "full_name": "Jo Smith", "email": f"jo{number}@x.example"}])
    index.erase([f"n{(number + 3) % 7}"])
    time.sleep(0.02)
"""


def test_a_writer_that_is_killed_leaves_an_index(built: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(built, folder)
    customers = len(opened(folder))
    for delay in (0.05, 0.21, 0.4):
        with subprocess.Popen([sys.executable, "-c", WRITE, str(folder)], stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            assert writer.stdout.readline() == "ready\n"
            time.sleep(delay)
            os.kill(writer.pid, signal.SIGKILL)
            writer.wait()

        index = opened(folder)

        assert index.info(verify=True).customers == len(index)
        assert customers <= len(index) <= customers + 7
        assert not index.erase(["not-there"]).erased


def test_a_reader_can_open_while_a_writer_writes(built: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(built, folder)
    customers = len(opened(folder))
    with subprocess.Popen([sys.executable, "-c", WRITE, str(folder)], stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
        for _ in range(10):
            index = opened(folder)
            assert customers <= len(index) <= customers + 7
            assert len(index.find_many([{"platform": "x", "handle": "jo"}])) == 1
        os.kill(writer.pid, signal.SIGKILL)
        writer.wait()
