"""A small world, linked once."""

from __future__ import annotations

import pytest

from sociolink import Links, Policy, datasets, link
from sociolink.datasets import World

POLICY = Policy.research(who="tests")


@pytest.fixture(scope="session")
def world() -> World:
    return datasets.synthetic(300, 250, coverage=0.5, seed=11, entered_twice=0.1)


@pytest.fixture(scope="session")
def links(world: World) -> Links:
    return link(world.profiles, world.customers, policy=POLICY)
