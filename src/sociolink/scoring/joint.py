"""Profiles judged together: whether a customer has an account elsewhere, or another one on the same platform."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Claims", "Rates", "learn_rates", "resolve_claims"]

Floats = npt.NDArray[np.float64]
Int64s = npt.NDArray[np.int64]

_UNIT = 2.0**20  # fixed point: sums of whole numbers do not depend on the order of rows
_SURE = 1e-9
_PRIOR = 20.0  # accounts: what is seen of few customers moves the rates little
_MAX_RATE = 64.0
_ROUNDS = 12
_STEPS = 8


@dataclass(frozen=True, slots=True)
class Claims:
    """Which people may own which profiles, one row for each listed person of each profile.

    Attributes:
        profile: (claims,) int64 profiles.
        person: (claims,) int64 people.
        solo: (claims,) P(the person owns the profile), each profile judged alone.
        platform: (profiles,) int64 platforms.
        unit: (profiles,) int64; profiles of one unit show the same fact, and tell each other nothing.
        people: Number of people in the CRM.
    """

    profile: Int64s
    person: Int64s
    solo: Floats
    platform: Int64s
    unit: Int64s
    people: int


@dataclass(frozen=True, slots=True)
class Rates:
    """How much likelier a person owns a profile than people do on average; 1 changes nothing.

    Attributes:
        other: If they own an account on another platform only.
        same: If they own another account on the same platform.
    """

    other: float = 1.0
    same: float = 1.0


@dataclass(frozen=True, slots=True)
class _Layout:
    """Sums that each claim needs: over its person, and over what of it is on the same platform or in the same unit."""

    person: Int64s
    place: Int64s
    mine: Int64s
    mine_here: Int64s
    place_person: Int64s
    size: Floats

    @classmethod
    def of(cls, claims: Claims) -> _Layout:
        platforms, units = int(claims.platform.max(initial=0)) + 1, int(claims.unit.max(initial=0)) + 1
        where, unit = claims.platform[claims.profile], claims.unit[claims.profile]
        code, place = np.unique(claims.person * platforms + where, return_inverse=True)
        mine = np.unique(claims.person * units + unit, return_inverse=True)[1]
        both = np.unique(mine * platforms + where, return_inverse=True)[1]
        size = np.bincount(mine)[mine].astype(np.float64) if len(mine) else np.empty(0)
        return cls(claims.person, place, mine, both, code // platforms, size)


def _total(group: Int64s, values: Floats) -> Floats:
    return np.asarray(np.bincount(group, weights=values), np.float64)


def _logs(values: Floats, size: Floats) -> Floats:
    """Natural logs as whole numbers; a unit speaks with one voice."""
    return np.rint(np.log(np.maximum(values, _SURE)) / size * _UNIT)


def _message(layout: _Layout, owned: Floats, rates: Rates) -> tuple[Floats, Floats, Floats]:
    """What the others say to each claim: the factor, and how much of it comes from further and from same platforms.

    With q the chances of the others, A = prod (1 - q), D = prod (1 - q + q same) and F = A + other (D - A) / same on
    each platform, the accounts of the others weigh prod A + (prod F - prod A) / other without the claim, and D prod F
    with it, where the last product goes over the other platforms.
    """
    free, weighed = _logs(1 - owned, layout.size), _logs(1 - owned + owned * rates.same, layout.size)
    log_a, log_d = _total(layout.place, free), _total(layout.place, weighed)
    here_a, here_d = (
        whole[layout.place] - _total(layout.mine_here, part)[layout.mine_here]
        for whole, part in ((log_a, free), (log_d, weighed))
    )
    log_f, here_f = _platform_logs(log_a, log_d, rates), _platform_logs(here_a, here_d, rates)
    all_a = _total(layout.person, free)[layout.person] - _total(layout.mine, free)[layout.mine]
    all_f = _total(layout.place_person, log_f)[layout.person]
    all_f = all_f + _total(layout.mine, here_f - log_f[layout.place])[layout.mine]
    nothing = _exp(all_a - all_f)
    mean = _exp(here_d - here_f) / (nothing + (1 - nothing) / rates.other)
    alone = _exp(here_a - here_d)
    elsewhere = 1 - _exp((all_a - here_a) - (all_f - here_f))
    return mean, alone * elsewhere, 1 - alone


def _exp(logs: Floats) -> Floats:
    """The number of a fixed-point log that is at most that of a mean rate."""
    out: Floats = np.exp(np.clip(logs / _UNIT, -600, 600))
    return out


def _platform_logs(log_a: Floats, log_d: Floats, rates: Rates) -> Floats:
    """log F of a platform, as whole numbers."""
    more = np.maximum(np.expm1((log_d - log_a) / _UNIT), 0.0)
    return np.rint(log_a + np.log1p(rates.other * more / rates.same) * _UNIT)


def _normalise(claims: Claims, weight: Floats, left: Floats) -> tuple[Floats, Floats]:
    """Beliefs, and each profile's total, from weights of claims and of all other answers."""
    whole = _total(claims.profile, np.rint(weight * 2.0**40)) / 2.0**40
    whole = np.concatenate([whole, np.zeros(len(left) - len(whole))]) + left
    return weight / whole[claims.profile], whole


def _propagate(claims: Claims, layout: _Layout, rates: Rates) -> tuple[Floats, Floats, Floats, Floats]:
    """Messages at rest: belief, mean rate, and its shares. Damped, with a fixed number of rounds."""
    told = np.bincount(claims.profile, np.rint(claims.solo * 2.0**40), len(claims.platform)) / 2.0**40
    left = np.maximum(1 - told, 0.0)
    mean = np.ones(len(claims.solo))
    other = same = np.zeros(len(claims.solo))
    for _ in range(_ROUNDS):
        weight = claims.solo * mean
        _, whole = _normalise(claims, weight, left)
        cavity = claims.solo / np.maximum(whole[claims.profile] - weight + claims.solo, _SURE)
        new, other, same = _message(layout, np.minimum(cavity, 1.0), rates)
        mean = np.sqrt(mean * new)
    belief, _ = _normalise(claims, claims.solo * mean, left)
    return belief, mean, other, same


def learn_rates(claims: Claims) -> Rates:
    """Rates at which people have accounts elsewhere and further ones on a platform, by EM from expected counts.

    What is expected is that owned profiles fall on all people alike; what is seen are the beliefs. Both are smoothed by
    the same number of made-up accounts, so that rates stay near 1 where there is little to see. An account elsewhere
    never counts against a person, nor one on the same platform for them.

    References:
        Dempster, Laird & Rubin (1977), Maximum likelihood from incomplete data via the EM algorithm, JRSS B 39.
    """
    if len(claims.solo) == 0 or claims.people == 0:
        return Rates()
    layout, rates = _Layout.of(claims), Rates()
    for _ in range(_STEPS):
        belief, _, elsewhere, there = _propagate(claims, layout, rates)
        chance = _expected(claims, layout, belief)
        seen = [float(np.rint(belief * share * _UNIT).sum() / _UNIT) for share in (elsewhere, there)]
        found = [(one + _PRIOR) / (by_chance + _PRIOR) for one, by_chance in zip(seen, chance, strict=True)]
        other, same = min(max(found[0], 1.0), _MAX_RATE), max(min(found[1], 1.0), 1 / _MAX_RATE)
        rates = Rates(round(float(other), 6), round(float(same), 6))
    return rates


def _expected(claims: Claims, layout: _Layout, belief: Floats) -> tuple[float, float]:
    """Owned profiles expected with people who own something on other platforms only, and on the same platform."""
    where = claims.platform[claims.profile]
    owned = np.bincount(where, np.rint(belief * _UNIT)) / _UNIT
    free = _logs(1 - belief, layout.size)
    here = np.exp(_total(layout.place, free) / _UNIT)
    anywhere = np.exp(_total(layout.person, free) / _UNIT)
    active = float(np.rint((1 - anywhere) * _UNIT).sum() / _UNIT)
    platform = np.zeros(len(here), np.int64)
    platform[layout.place] = where
    there = np.bincount(platform, np.rint((1 - here) * _UNIT), minlength=len(owned)) / _UNIT
    same = float((owned * there).sum()) / claims.people
    other = float((owned * np.maximum(active - there, 0)).sum()) / claims.people
    return other, same


def resolve_claims(claims: Claims, rates: Rates) -> Floats:
    """Odds of each claim, all profiles together, relative to those of the profile alone.

    People and profiles form a graph; sum-product is exact where it has no cycles. A person's accounts S weigh
    `other ** (platforms - 1) * same ** (accounts - platforms)`, 1 where there is none.

    Args:
        claims: The claims.
        rates: What further accounts are worth.

    Returns:
        (claims,) factors for the solo probabilities, before each profile is normalised; 1 where a person is listed for
        one unit only.

    References:
        Kschischang, Frey & Loeliger (2001), Factor graphs and the sum-product algorithm, IEEE Trans. Inf. Theory 47.
    """
    if len(claims.solo) == 0:
        return np.ones(0)
    return _propagate(claims, _Layout.of(claims), rates)[1]
