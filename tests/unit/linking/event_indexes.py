"""Indexes that hold events: what tests of them share."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import sociolink as sl
from sociolink.evidence.account import Account
from sociolink.evidence.contact import Contact
from sociolink.evidence.events.family import Events
from sociolink.evidence.habits.family import Habits
from sociolink.evidence.place import Place
from sociolink.evidence.visits import Visits

__all__ = ["EVIDENCE", "POLICY", "SILENT", "build", "reopened", "told_model"]

EVIDENCE: Final = (Contact(), Account(), Place(), Visits(), Habits(), Events())
"""Without names, whose preparation takes longest."""

POLICY: Final = sl.Policy.research(who="tests")
SILENT: Final = {"profiles.display_name": 0.0, "profiles.bio": 0.0, "profiles.location": 0.0, "profiles.url": 0.0}


def told_model(world: Any) -> sl.LinkModel:
    """A model that was fitted with posts and events, as its file holds it."""
    found = sl.fit(
        world.profiles, world.customers, policy=POLICY, posts=world.posts, events=world.events, evidence=EVIDENCE
    )
    return sl.LinkModel.from_dict(json.loads(json.dumps(found.to_dict())))


def build(world: Any, model: sl.LinkModel, **given: Any) -> sl.CustomerIndex:
    """An index of the customers and events of a world, or of those that are given."""
    customers, events = given.pop("customers", world.customers), given.pop("events", world.events)
    return sl.CustomerIndex.build(customers, events=events, model=model, policy=POLICY, evidence=EVIDENCE, **given)


def reopened(folder: Path) -> sl.CustomerIndex:
    """The index of a folder."""
    return sl.CustomerIndex.open(folder, policy=POLICY, evidence=EVIDENCE)
