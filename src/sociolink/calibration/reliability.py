"""What stated probabilities rest on, and the monotone map that labels bend them by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from sociolink.errors import InputError, Problem

__all__ = ["MODEL_ONLY", "Calibration", "Judgements", "OddsMap", "answer_shares", "fit_map"]

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

MANY: Final = 500
"""Labels from which the slope may differ between sure and unsure answers."""

KNOTS: Final = (0.0, 4.0, 8.0)
"""Log odds in bits where the slope may change, where there are many labels."""

PRIOR_SHIFT: Final = 0.5
"""Bits by which all log odds are thought to be off, as a standard deviation."""

PRIOR_REST: Final = 0.5
"""Bits by which the rest of the customers is thought to be off besides: nobody compared them one by one."""

PRIOR_SLOPE: Final = 0.15
"""Standard deviation of the logarithm of each slope."""

NOISE: Final = 0.002
"""Share of labels that are slips, so that no single one is worth more than nine bits."""

_DIGITS: Final = 6
_STEP: Final = 1e-3


@dataclass(frozen=True, slots=True)
class Calibration:
    """What the stated probabilities rest on.

    Attributes:
        method: "model"; "labels" where they were recalibrated; "checked" where labels were laid beside them, and
            nothing was changed.
        data: What that is, in words.
        size: Labels used; 0 for the model alone.
        interval: 95% interval of the share of false links among the links made, as the labels show it; None where
            nothing was labelled, or not as a sample with known chances.
        parameters: Of the map, as plain values.
        changes: What the map changed, or would: decisions, links and mean stated probability before and after.

    Examples:
        >>> Calibration("model").sentence
        "The probabilities are the model's own; no label has checked them."
        >>> Calibration.from_dict(Calibration("labels", "a sample", 10, (0.01, 0.04)).to_dict()).interval
        (0.01, 0.04)
    """

    method: str = "model"
    data: str = "both tables, no labels"
    size: int = 0
    interval: tuple[float, float] | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    changes: Mapping[str, Any] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """What they rest on, and what that changed."""
        if self.method == "model":
            return "The probabilities are the model's own; no label has checked them."
        checked = self.method == "checked"
        said = f"{'Checked, and not changed,' if checked else 'Recalibrated'} by {self.data}."
        if self.interval is not None:
            low, high = self.interval
            said += f" By them {low:.1%} to {high:.1%} of the links made are false."
        changed = self.changes
        if changed:
            verb, then, later = ("would change", "now", "then") if checked else ("changed", "before", "now")
            said += (
                f" {changed['decisions']:,} decisions {verb}: {changed['links_before']:,} links {then}, "
                f"{changed['links_after']:,} {later}; mean stated probability of the best customer "
                f"{changed['claimed_before']:.3f} {then}, {changed['claimed_after']:.3f} {later}."
            )
        return said

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        data = asdict(self)
        return {**data, "interval": None if self.interval is None else list(self.interval)}

    @staticmethod
    def from_dict(data: Mapping[str, Any] | None) -> Calibration:
        """The calibration of `to_dict`; the model's own where nothing is told, unknown names are passed over."""
        if not data:
            return MODEL_ONLY
        known = {one.name for one in fields(Calibration)}
        values = {name: value for name, value in data.items() if name in known}
        if values.get("interval") is not None:
            low, high = values["interval"]
            values["interval"] = (float(low), float(high))
        return Calibration(**values)


MODEL_ONLY: Final = Calibration()


@dataclass(frozen=True, slots=True)
class OddsMap:
    """A rising, piecewise linear map of log odds in bits: of each customer, and of the rest, against nobody.

    Attributes:
        shift: Bits added to the log odds.
        knots: Where the slope changes, rising.
        slopes: One more than knots, above 0.
        rest: Bits added besides to the log odds of the rest: that the owner is a customer who is not listed.

    Examples:
        >>> OddsMap(1.0, (0.0,), (0.5, 2.0)).apply(np.array([-2.0, 0.0, 3.0])).tolist()
        [0.0, 1.0, 7.0]
    """

    shift: float = 0.0
    knots: tuple[float, ...] = ()
    slopes: tuple[float, ...] = (1.0,)
    rest: float = 0.0

    def apply(self, bits: Floats, *, is_rest: Flags | None = None) -> Floats:
        """(n,) mapped log odds; minus infinity stays. At 0 bits the map is the shift, and `rest` more for the rest."""
        if is_rest is not None:
            return self.apply(bits) + np.where(is_rest, self.rest, 0.0)
        ends = (-np.inf, *self.knots, np.inf)
        if self.slopes == (1.0,) * len(self.slopes):
            return bits + self.shift
        out = np.full(len(bits), self.shift)
        for low, high, slope in zip(ends[:-1], ends[1:], self.slopes, strict=True):
            out += slope * (np.clip(bits, low, high) - min(max(0.0, low), high))
        return out

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {"shift": self.shift, "rest": self.rest, "knots": list(self.knots), "slopes": list(self.slopes)}


@dataclass(frozen=True, slots=True, eq=False)
class Judgements:
    """Labelled profiles with the answers that they could have.

    Attributes:
        owner: (units,) number of the labelled profile of each customer, or rest of customers, rising.
        bits: (units,) its log odds against nobody.
        unit: (labelled,) the unit that the label speaks of; -1 for nobody.
        holds: (labelled,) whether the unit is right, or only known to be wrong; True for nobody.
        weight: (labelled,) weights of the labels.
        is_rest: (units,) whether it is the rest of the customers.
    """

    owner: Codes
    bits: Floats
    unit: Codes
    holds: Flags
    weight: Floats
    is_rest: Flags

    def likelihood(self, by: OddsMap) -> Floats:
        """(labelled,) probability of each label under the map, slips allowed for."""
        share, nobody = answer_shares(by.apply(self.bits, is_rest=self.is_rest), self.owner, len(self.unit))
        own = np.where(self.unit >= 0, share[np.maximum(self.unit, 0)] if len(share) else 0.0, nobody)
        chance: Floats = NOISE + (1 - 2 * NOISE) * np.where(self.holds, own, 1 - own)
        return chance


def answer_shares(bits: Floats, owner: Codes, profiles: int) -> tuple[Floats, Floats]:
    """Probabilities from log odds against nobody, which add up to 1 for each profile.

    Args:
        bits: (units,) log odds of each answer against nobody; minus infinity for none.
        owner: (units,) number of the profile of each.
        profiles: Number of profiles.

    Returns:
        (units,) probability of each answer, and (profiles,) of nobody.

    Examples:
        >>> share, nobody = answer_shares(np.array([1.0, 0.0, -np.inf]), np.array([0, 0, 1]), 2)
        >>> share.tolist(), nobody.tolist()
        ([0.5, 0.25, 0.0], [0.25, 1.0])
    """
    top = np.zeros(profiles)
    np.maximum.at(top, owner, bits)
    odds = np.exp2(bits - top[owner])
    total = np.exp2(-top) + np.bincount(owner, weights=odds, minlength=profiles)
    return odds / total[owner], np.exp2(-top) / total


def fit_map(judged: Judgements) -> OddsMap:
    """The map under which the labels are likeliest, drawn to the identity.

    A shift and one slope (Platt's scaling of the log odds, over all answers of a profile at once), and a shift of the
    rest besides; from 500 labels four slopes. Normal priors on the shifts and on the logarithms of the slopes hold
    them back: few labels move little. Weights are scaled to add up to Kish's effective number of labels.

    Args:
        judged: The labelled profiles.

    Returns:
        The map; the identity without labels.

    Raises:
        InputError: A weight is no positive number.

    References:
        Platt (1999), Probabilistic outputs for support vector machines; Guo et al. (2017), On calibration of modern
        neural networks; Pfeffermann (1993), The role of sampling weights when modeling survey data, International
        Statistical Review 61.
    """
    labels = len(judged.unit)
    if labels == 0:
        return OddsMap()
    if not (np.isfinite(judged.weight) & (judged.weight > 0)).all():
        raise InputError(Problem("labels.inclusion_probability", "must lie in (0, 1]", "Correct or remove it."))
    knots = KNOTS if labels >= MANY else ()
    ordered = np.sort(judged.weight)
    weight = judged.weight * float(ordered.sum() / (ordered**2).sum())
    scale = np.array([PRIOR_SHIFT, PRIOR_REST, *[PRIOR_SLOPE] * (len(knots) + 1)])

    def cost(values: Floats) -> float:
        by = OddsMap(float(values[0]), knots, tuple(float(one) for one in np.exp(values[2:])), float(values[1]))
        lost = np.sort(-weight * np.log(judged.likelihood(by)))
        return float(lost.sum() + ((values / scale) ** 2).sum() / 2)

    found = np.round(_minimise(cost, np.zeros(len(scale))), _DIGITS)
    slopes = tuple(round(float(one), _DIGITS) for one in np.exp(found[2:]))
    return OddsMap(float(found[0]), knots, slopes, float(found[1]))


def _minimise(cost: Any, start: Floats) -> Floats:
    """Newton's method with differences for derivatives; each step is halved until it helps."""
    here, lowest = start, cost(start)
    size = len(start)
    unit = np.eye(size) * _STEP
    for _ in range(50):
        ahead = np.array([cost(here + one) for one in unit])
        behind = np.array([cost(here - one) for one in unit])
        slope = (ahead - behind) / (2 * _STEP)
        curve = np.diag((ahead - 2 * lowest + behind) / _STEP**2)
        for one in range(size):
            for other in range(one):
                both = cost(here + unit[one] + unit[other])
                mixed = (both - ahead[one] - ahead[other] + lowest) / _STEP**2
                curve[one, other] = curve[other, one] = mixed
        values, axes = np.linalg.eigh(curve)
        step = -axes @ ((axes.T @ slope) / np.maximum(np.abs(values), 1.0))
        share = 1.0
        while share > 1e-4 and cost(here + share * step) > lowest:
            share /= 2
        if share <= 1e-4:
            break
        here = here + share * step
        lowest = cost(here)
        if float(np.abs(share * step).max()) < 1e-8:
            break
    return here
