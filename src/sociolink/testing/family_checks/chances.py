"""Families that can tell how often a random person reaches each component: these sum to 1 and count."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from sociolink.evidence.protocol import EvidenceFamily
from sociolink.testing.family_checks.trial import learn_population, run_family

__all__ = ["check_chances"]


def check_chances(family: EvidenceFamily, customers: pa.Table, *, profiles: pa.Table) -> None:
    """Check `chances` of a family that has it."""
    tell = getattr(family, "chances", None)
    if tell is None:
        return
    population = learn_population(family, customers, profiles=profiles)
    trial = run_family(family, customers, profiles=profiles, population=population)
    (channel,) = trial.channels
    chances = tell(trial.customers, trial.profiles, trial.pairs)
    assert chances.shape == (len(trial.pairs), len(channel.components)), (
        "chances needs a row a pair, a column a component"
    )
    good = np.isfinite(chances) & (chances >= 0)
    assert good.all(), "a chance is not finite or below 0"
    told = np.zeros(len(trial.pairs), np.bool_)
    told[channel.pair] = True
    total = chances.sum(1)
    assert np.allclose(total[told], 1.0, atol=1e-9), "the chances of a pair that is told do not sum to 1"
    assert (total[~told] == 0).all(), "a pair that says nothing has chances"
    reached = chances[channel.pair, channel.component]
    assert (reached > 0).all(), "a component is reached that has no chance"
    assert np.allclose(channel.likelihood * reached, 1.0), "a likelihood is not 1 / u"
    group = channel.group[channel.component]
    inside = chances[channel.pair] * (channel.group == group[:, None])
    assert np.allclose(inside.sum(1), 1.0, atol=1e-9), (
        "the chances of a pair do not lie in the group that it is told in"
    )
