"""From channels to bits: what each pair's evidence is worth under given weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from sociolink.evidence.protocol import Mixture

__all__ = [
    "FIXED_POINT",
    "ChannelSums",
    "Correction",
    "Parameters",
    "family_bits",
    "round_bits",
    "start_weights",
    "sum_channel",
]

Floats = npt.NDArray[np.float64]

FIXED_POINT = 2.0**20
"""Weights are multiples of 2^-20 bit, so that sums are exact in any order."""


@dataclass(frozen=True, slots=True)
class Correction:
    """What other populations with known owners say about a family's bits: a monotone map that keeps 0 at 0.

    Attributes:
        for_customer: Worth of a bit that speaks for the customer, above 0.
        against_customer: Worth of a bit that speaks against, above 0.
    """

    for_customer: float = 1.0
    against_customer: float = 1.0

    def correct(self, bits: Floats) -> Floats:
        """(n,) bits as they count."""
        return round_bits(self.for_customer * np.maximum(bits, 0) + self.against_customer * np.minimum(bits, 0))


@dataclass(frozen=True, slots=True)
class Parameters:
    """What scoring goes by.

    Attributes:
        coverage: pi, P(the owner of a profile is in the CRM).
        weights: For each channel the weight of every component; each group sums to 1.
        other: For each family P(what the profile shows of this kind is not about its owner).
        lookalike: For each family P(a stranger shows what a random customer would show, beyond chance).
        corrections: For each family how much its bits count; as they are where it is not listed.
    """

    coverage: float
    weights: Mapping[str, Floats]
    other: Mapping[str, float]
    lookalike: Mapping[str, float] = field(default_factory=dict)
    corrections: Mapping[str, Correction] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ChannelSums:
    """One channel under given weights.

    Attributes:
        bits: (pairs,) log2 of the likelihood ratio; 0 where the channel says nothing.
        told: (pairs,) whether it says anything.
        customer: (entries,) share of each numerator entry in its pair.
        stranger: (denominator entries,) share of each in its row; empty without denominator.
    """

    bits: Floats
    told: npt.NDArray[np.bool_]
    customer: Floats
    stranger: Floats


def round_bits(bits: Floats) -> Floats:
    """Bits as multiples of 2^-20."""
    out: Floats = np.rint(bits * FIXED_POINT) / FIXED_POINT
    return out


def start_weights(group: npt.NDArray[np.int32], pseudo: Floats) -> Floats:
    """Pseudo-counts scaled to sum to 1 in each group."""
    total = np.bincount(group, weights=pseudo)
    out: Floats = pseudo / total[group]
    return out


def sum_channel(mixture: Mixture, weights: Floats) -> ChannelSums:
    """Likelihood ratios of one channel.

    Args:
        mixture: The channel on a batch of pairs.
        weights: (components,) weight of each component.

    Returns:
        Bits of each pair, and the shares that EM needs.
    """
    if len(mixture.pair) == 0 and mixture.denominator is None:
        return ChannelSums(np.zeros(mixture.pairs), np.zeros(mixture.pairs, np.bool_), np.empty(0), np.empty(0))
    value = weights[mixture.component] * mixture.likelihood
    total = np.bincount(mixture.pair, weights=value, minlength=mixture.pairs)
    stranger = np.empty(0)
    below = np.ones(mixture.pairs)
    told = total > 0
    if mixture.denominator is not None:
        other = mixture.denominator
        each = weights[other.component] * other.likelihood
        rows = np.bincount(other.row, weights=each, minlength=len(other.opaque))
        stranger = each / np.maximum(rows[other.row], 1e-300)
        told &= other.of_pair >= 0
        below = np.where(told, rows[np.maximum(other.of_pair, 0)], 1.0)
    bits = np.zeros(mixture.pairs)
    bits[told] = np.log2(total[told]) - np.log2(below[told])
    return ChannelSums(bits, told, value / np.maximum(total[mixture.pair], 1e-300), stranger)


def family_bits(channels: Sequence[ChannelSums], other: float) -> tuple[Floats, Floats]:
    """Bits of a family: its channels together, or else what is shown is not about the owner.

    Args:
        channels: The channels of one family.
        other: P(what is shown is not about the owner).

    Returns:
        (pairs,) bits, and (pairs,) share of the explanation that it is about the owner.
    """
    own, told = channels[0].bits, channels[0].told
    for channel in channels[1:]:
        own, told = own + channel.bits, told | channel.told
    if not told.any():
        return np.zeros(len(own)), np.ones(len(own))
    if other == 0:
        return round_bits(own), np.ones(len(own))
    ratio = (1 - other) * 2.0 ** np.clip(own, -900, 900)
    bits = np.where(told, np.log2(ratio + other), 0.0)
    return round_bits(bits), np.where(told, ratio / (ratio + other), 1.0)
