"""An explanation is the score's own arithmetic: Bayes' rule over its bits gives the probability again, to 1e-9."""

from __future__ import annotations

import math
from collections import defaultdict

import numpy as np
import pytest

from sociolink import Links
from sociolink.datasets import World
from sociolink.linking.defaults import DEFAULT_EVIDENCE
from sociolink.linking.gallery import build_gallery, in_content_order
from sociolink.linking.inputs import read_inputs
from sociolink.linking.kernel import score_batch
from sociolink.scoring.weights import FIXED_POINT


def test_probabilities_come_out_of_the_bits_and_the_coverage(world: World, links: Links) -> None:
    model = links.model
    assert model is not None
    read = read_inputs({"profiles": world.profiles, "customers": world.customers}, mapping=None).tables
    gallery = build_gallery(in_content_order(read["customers"], "customer_id"), DEFAULT_EVIDENCE, model.population)
    profiles = read["profiles"]
    scored = score_batch(profiles, gallery, model)
    pairs, ids = scored.observed.pairs, gallery.ids.to_pylist()
    of_profile: dict[int, list[int]] = defaultdict(list)
    for at, owner in enumerate(pairs.profile.tolist()):
        of_profile[owner].append(at)
    coverage, people, seen = model.coverage.value, gallery.people, 0

    for number, profile in enumerate(profiles["profile_id"].to_pylist()):
        own = of_profile[number]
        stranger = 1 - coverage
        for family, share in model.lookalike.items():
            mean = sum(pairs.count[at] * 2.0 ** scored.by_family[family][at] for at in own) / people
            stranger *= 2.0 ** (round(math.log2(1 - share + share * mean) * FIXED_POINT) / FIXED_POINT)
        total = stranger + sum(coverage / people * pairs.count[at] * 2.0 ** scored.bits[at] for at in own)
        share_of = {ids[pairs.customer[at]]: pairs.count[at] for at in own if pairs.customer[at] >= 0}
        for row in links.table.filter(np.asarray(links.table["profile_id"]) == profile).to_pylist():
            if row["customer_id"] is None:
                continue
            found = links.explain(profile, customer_id=row["customer_id"])
            bits = math.fsum(fact.bits for fact in found.facts)
            mass = coverage / people * share_of[row["customer_id"]] * 2.0**bits
            assert bits == pytest.approx(found.match_weight, abs=1e-9)
            assert mass / total == pytest.approx(found.probability, abs=1e-9)
            odds = 2.0 ** (found.match_weight - found.bits_needed)
            assert odds * found.nobody_probability == pytest.approx(found.probability, abs=1e-9)
            assert stranger / total == pytest.approx(found.nobody_probability, abs=1e-9)
            seen += 1
    assert seen > 200
