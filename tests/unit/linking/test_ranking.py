"""Rows of links are those of loops over profiles: order, people, margins, what is left over."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from sociolink import Links
from sociolink.datasets import World
from sociolink.linking.defaults import DEFAULT_EVIDENCE
from sociolink.linking.gallery import Gallery, build_gallery
from sociolink.linking.kernel import Scored, score_batch
from sociolink.linking.listing import MIN_PROBABILITY
from sociolink.linking.ranking import links_schema, rank_links
from sociolink.records.readers import read_table
from sociolink.scoring.posterior import Posterior

TOLERANCE = 1e-9


@pytest.fixture(scope="module")
def gallery(world: World, links: Links) -> Gallery:
    assert links.model is not None
    return build_gallery(read_table(world.customers, "customers").table, DEFAULT_EVIDENCE, links.model.population)


@pytest.fixture(scope="module")
def scored(world: World, links: Links, gallery: Gallery) -> Scored:
    """Scored profiles whose probabilities are multiples of 1/1024: many ties, and sums are exact."""
    assert links.model is not None
    real = score_batch(read_table(world.profiles, "profiles").table, gallery, links.model)
    pair = np.floor(real.posterior.pair * 1024) / 1024
    nobody = 1 - np.bincount(real.observed.pairs.profile, weights=pair, minlength=real.observed.profiles)
    return replace(real, posterior=Posterior(pair, nobody, real.posterior.evidence))


def best_component(scored: Scored, family: str, pair: int) -> str | None:
    said = []
    for channel, shares in zip(scored.observed.families[family], scored.shares[family], strict=True):
        entries = np.flatnonzero(channel.pair == pair)
        if len(entries):
            best = max(entries, key=lambda at: (shares[at], channel.component[at]))
            part = channel.components[channel.component[best]]
            prefix = channel.name.partition(".")[2]
            said.append(f"{prefix}:{part}" if prefix else part)
    return ", ".join(said) or None


def rank_naively(scored: Scored, gallery: Gallery, profile: int, top: int) -> list[dict[str, Any]]:
    pairs, posterior = scored.observed.pairs, scored.posterior
    ids = gallery.ids.to_pylist()
    own = [at for at in range(len(pairs)) if pairs.profile[at] == profile and pairs.customer[at] >= 0]
    mine = [at for at in own if posterior.pair[at] >= MIN_PROBABILITY]
    of_person: dict[int, list[int]] = defaultdict(list)
    for at in mine:
        of_person[int(gallery.person[pairs.customer[at]])].append(at)
    chance = {person: sum(float(posterior.pair[at]) for at in members) for person, members in of_person.items()}
    people = sorted(of_person, key=lambda person: (-chance[person], ids[person]))
    nobody = float(posterior.nobody[profile])
    rows = []
    for person in people:
        others = [other for other in people if other != person]
        rival = chance[others[0]] if others else 0.0
        best_of_rival = (
            []
            if not others
            else sorted(of_person[others[0]], key=lambda at: (-posterior.pair[at], ids[pairs.customer[at]]))
        )
        margin = math.log2(max(chance[person], 1e-300)) - math.log2(max(rival, nobody, 1e-300))
        for at in sorted(of_person[person], key=lambda at: (-posterior.pair[at], ids[pairs.customer[at]])):
            row = {
                "rank": len(rows) + 1,
                "customer_id": ids[pairs.customer[at]],
                "probability": float(posterior.pair[at]),
                "match_weight": float(scored.bits[at]),
                "margin": margin,
                "runner_up": ids[pairs.customer[best_of_rival[0]]] if rival > nobody else None,
                "runner_up_probability": max(rival, nobody),
                "group_id": ids[person],
                "group_probability": chance[person],
            }
            for family in scored.observed.families:
                row[f"bits_{family}"] = float(scored.by_family[family][at])
                row[f"level_{family}"] = best_component(scored, family, at)
            rows.append(row)
    listed = rows[:top] or [dict.fromkeys(links_schema(tuple(scored.observed.families)).names) | {"rank": 0}]
    left = 1 - nobody - sum(row["probability"] or 0 for row in listed)
    blocks = sum(1 for at in range(len(pairs)) if pairs.profile[at] == profile and pairs.customer[at] < 0) - 1
    met = {
        f"_met_{family}": len({at for at in hits.pair.tolist() if at in own})
        for family, hits in zip(scored.observed.families, scored.candidates.hits, strict=True)
    }
    same = met | {
        "_candidates": len(own),
        "_capped": blocks,
        "nobody_probability": nobody,
        "rest_probability": max(left, 0),
    }
    return [{**row, **same} for row in listed]


@pytest.mark.parametrize("top", [1, 3, 100])
def test_rows_are_those_of_loops(scored: Scored, gallery: Gallery, top: int) -> None:
    profiles = scored.observed.profiles
    ids = pa.array([f"p{at}" for at in range(profiles)])
    rows = pa.array(np.arange(profiles) + 1000)
    found = rank_links(scored, gallery, rows=rows, profile_ids=ids, top=top)
    assert found.schema == links_schema(tuple(scored.observed.families))
    expected = [
        {**row, "_row": 1000 + profile, "profile_id": f"p{profile}"}
        for profile in range(profiles)
        for row in rank_naively(scored, gallery, profile, top)
    ]
    for one, other in zip(found.to_pylist(), expected, strict=True):
        assert one == pytest.approx(other, abs=TOLERANCE)


def test_the_world_has_what_ranking_has_to_deal_with(scored: Scored, gallery: Gallery) -> None:
    pairs = scored.observed.pairs
    real = pairs.customer >= 0
    assert gallery.people < len(gallery)
    assert (np.bincount(pairs.profile[real], minlength=scored.observed.profiles) == 0).any()
    assert (np.bincount(pairs.profile[real]) > 3).any()


def test_every_answer_is_counted_once(links: Links, world: World) -> None:
    """For each profile the listed customers, nobody and the rest sum to one."""
    table = links.table.to_pandas()
    listed = (
        table.fillna({"probability": 0.0})
        .groupby("profile_id", sort=False)
        .agg(listed=("probability", "sum"), nobody=("nobody_probability", "first"), rest=("rest_probability", "first"))
    )
    assert np.abs(listed.sum(axis=1) - 1).max() < TOLERANCE
    rows = world.profiles.select(["profile_id", "consent"]).to_pylist()
    assert listed.index.tolist() == [row["profile_id"] for row in rows if row["consent"] is not False]
    assert ((table["rank"] > 0) == table.customer_id.notna()).all()
    assert table.groupby("profile_id").customer_id.apply(lambda ids: ids.is_unique).all()


def test_people_entered_twice_share_their_answer(links: Links) -> None:
    table = links.table.to_pandas()
    sums = table[table["rank"] > 0].groupby(["profile_id", "group_id"])
    both = sums.filter(lambda rows: len(rows) > 1)
    assert len(both) > 0
    assert both.groupby(["profile_id", "group_id"]).group_probability.nunique().max() == 1
    whole = sums.agg(chance=("group_probability", "first"), listed=("probability", "sum"))
    assert (whole.chance >= whole.listed - TOLERANCE).all()


def test_twins_stand_together(links: Links) -> None:
    table = links.table.to_pandas()
    for _, rows in table[table["rank"] > 0].groupby("profile_id"):
        people = rows.group_id.tolist()
        turns = sum(one != two for one, two in pairwise(people)) + 1
        assert turns == len(set(people))


def test_bits_add_up_to_the_match_weight(links: Links) -> None:
    table = links.table.to_pandas()
    families = [name for name in table.columns if name.startswith("bits_")]
    assert len(families) == len(DEFAULT_EVIDENCE)
    some = table[table["rank"] > 0]
    assert (some[families].sum(axis=1) == some.match_weight).all()
