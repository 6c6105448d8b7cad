"""Facts that one channel settles for another: what was counted once is not counted again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from sociolink.evidence.protocol import Mixture

__all__ = ["silence_settled"]

Bools = npt.NDArray[np.bool_]


def silence_settled(families: Mapping[str, tuple[Mixture, ...]]) -> dict[str, tuple[Mixture, ...]]:
    """Families whose channels say nothing of what another channel has settled for a pair.

    A profile that *is* an account known to be the customer's shows the handle of this account, whatever the handle
    looks like: P(handle | customer, same account) = 1, and the rarity of the account stands in the level's u. Read as
    a name or as a known string besides, one fact would count twice.

    Args:
        families: Channels of one batch of pairs by family.

    Returns:
        The same, where channels of the settled kind have neither entries nor a denominator for the settled pairs, and
        none settles anything any more.
    """
    settled = _settled(one for own in families.values() for one in own)
    return {name: tuple(_silence(one, settled.get(one.about)) for one in own) for name, own in families.items()}


def _settled(channels: Iterable[Mixture]) -> dict[str, Bools]:
    """(pairs,) flags of the pairs for which a string is settled, by its kind; kinds of no such pair are left out."""
    found: dict[str, Bools] = {}
    for one in channels:
        for about, flags in one.settles.items():
            if flags.any():
                found[about] = flags | found[about] if about in found else flags
    return found


def _silence(channel: Mixture, settled: Bools | None) -> Mixture:
    """The channel without a word on the settled pairs."""
    if settled is None:
        return replace(channel, settles={}) if channel.settles else channel
    kept = ~settled[channel.pair]
    below = channel.denominator
    if below is not None:
        below = replace(below, of_pair=np.where(settled, np.int32(-1), below.of_pair))
    return replace(
        channel,
        pair=channel.pair[kept],
        component=channel.component[kept],
        likelihood=channel.likelihood[kept],
        denominator=below,
        settles={},
    )
