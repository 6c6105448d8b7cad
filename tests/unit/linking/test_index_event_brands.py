"""Brands in an index: posts that name a maker alone say there what they say in a batch, and erasing reaches makers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from event_indexes import EVIDENCE, POLICY, SILENT, build, reopened
from index_needles import count_aligned

import sociolink as sl
from sociolink.evidence.events.brands import is_brand
from sociolink.evidence.events.family import Events

WITH_BRANDS = (*EVIDENCE[:-1], Events(brands=True))
OWN = ("Wumpus Alpha 1", "Wumpus Beta 2", "Wumpus Gamma 3")


@dataclass(frozen=True, slots=True)
class Branded:
    """A world whose products have makers, that some posts name alone."""

    profiles: pa.Table
    customers: pa.Table
    posts: pa.Table
    events: pa.Table


@pytest.fixture(scope="module")
def world() -> Branded:
    made = sl.datasets.synthetic(
        150, 150, coverage=0.5, seed=5, posts=1500, events=500, opaque=0.9, about_events=0.6,
        fields={**SILENT, "customers.consent": 0.0, "profiles.consent": 0.0},
    )  # fmt: skip
    place = made.events.column_names.index("product")
    names = [
        f"{'Kestrel' if len(name) % 3 else 'BlueTel'} {name}" if name else None
        for name in made.events["product"].to_pylist()
    ]
    events = made.events.set_column(place, "product", pa.array(names, pa.string()))
    texts = pc.replace_substring_regex(made.posts["text"], "(?i)(?:fiber|nova|zen|pulse|family)[a-z0-9 ]*", "Kestrel")
    posts = made.posts.set_column(made.posts.column_names.index("text"), "text", texts)
    return Branded(made.profiles, made.customers, posts, events)


@pytest.fixture(scope="module")
def model(world: Branded) -> sl.LinkModel:
    return sl.fit(
        world.profiles, world.customers, policy=POLICY, posts=world.posts, events=world.events, evidence=WITH_BRANDS
    )


def test_an_index_links_as_a_batch_does(world: Branded, model: sl.LinkModel, tmp_path: Path) -> None:
    assert model.population["events"]["brands"]["key"]
    build(world, model, path=tmp_path / "index")
    batch, silent = (
        sl.link(
            world.profiles, world.customers, policy=POLICY, posts=world.posts, events=world.events, model=model,
            evidence=evidence,
        ).table
        for evidence in (WITH_BRANDS, EVIDENCE)
    )  # fmt: skip
    assert reopened(tmp_path / "index").link(world.profiles, posts=world.posts).table.equals(batch)
    assert not batch.equals(silent)


def test_a_maker_that_only_the_erased_had_is_in_no_file_any_more(
    world: Branded, model: sl.LinkModel, tmp_path: Path
) -> None:
    who: dict[str, Any] = {"customer_id": "erase-me", "full_name": "Zorvina Quopplewitz"}
    theirs = [
        {"event_id": f"w{n}", "customer_id": "erase-me", "kind": "order", "product": name, "occurred_at": "2026-03-04"}
        for n, name in enumerate(OWN)
    ]
    index = build(world, model, path=tmp_path / "index")
    known = set(index._state.record.book.products.alias.tolist())
    (before,) = (state.timed.when.tolist() for state in index._state.record._states)
    index.upsert([who], events=theirs)
    index.compact()
    terms = index._state.record.book.products
    private = [int(one) for one, brand in zip(terms.alias, is_brand(terms.key), strict=True) if brand]
    private = [one for one in private if one not in known]
    needles = [one.to_bytes(8, "little") for one in private]
    assert len(needles) == 1
    assert count_aligned(tmp_path / "index", needles) == 1

    index.erase(["erase-me"])

    assert count_aligned(tmp_path / "index", needles) == 0
    left = reopened(tmp_path / "index")._state.record.book.products
    assert is_brand(left.key).sum() == 2
    after = np.concatenate([state.timed.when for state in reopened(tmp_path / "index")._state.record._states])
    assert not Counter(before) - Counter(after.tolist())
