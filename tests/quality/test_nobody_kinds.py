"""Accounts that call themselves somebody's fans or a parody are left to nobody."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow.compute as pc
import pytest

import sociolink as sl
from sociolink import datasets
from sociolink.linking.defaults import DEFAULT_EVIDENCE

OTHERS = tuple(family for family in DEFAULT_EVIDENCE if family.name != "nature")


@pytest.fixture(scope="module")
def world() -> Any:
    shown = {"customers.consent": 0.0, "profiles.consent": 0.0, "profiles.bio": 1.0}
    return datasets.synthetic(1_000, 800, coverage=0.3, seed=6, fans=0.1, parodies=0.1, fields=shown, posts=0, events=0)


def link(world: Any, **options: Any) -> sl.Links:
    return sl.link(world.profiles, world.customers, policy=sl.Policy.research(who="tests"), **options)


def believed(links: sl.Links, world: Any, kinds: tuple[str, ...]) -> float:
    """Mean probability that such profiles belong to a customer."""
    kind = dict(zip(world.truth["profile_id"].to_pylist(), world.truth["stranger_kind"].to_pylist(), strict=True))
    best = links.table.filter(pc.less_equal(links.table["rank"], 1)).to_pylist()
    return float(np.mean([1 - row["nobody_probability"] for row in best if kind[row["profile_id"]] in kinds]))


def test_imitations_are_left_to_nobody(world: Any) -> None:
    without, found = link(world, evidence=OTHERS), link(world)

    assert believed(without, world, ("fan", "parody")) > 0.7
    assert believed(found, world, ("fan", "parody")) < 0.6
    losses = [sl.evaluate(one, world.truth, groups=world.groups).log_loss for one in (without, found)]
    assert losses[1] < losses[0] - 0.3


def test_a_model_from_before_still_works(world: Any, tmp_path: Any) -> None:
    old = link(world, evidence=OTHERS)
    assert old.model is not None
    old.model.save(tmp_path / "model.json")

    again = link(world, model=tmp_path / "model.json")

    assert any("nature" in warning for warning in again.report.warnings)
    assert again.table.equals(old.table)
