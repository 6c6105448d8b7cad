"""Whether an account says anything about its owner's name."""

from __future__ import annotations

from functools import cache
from itertools import product

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.datasets.synthesis.accounts import AccountKind, Accounts
from sociolink.datasets.synthesis.places import load_places, load_words
from sociolink.datasets.synthesis.strings import words

__all__ = ["tells_name"]


def _join_all(*parts: list[str]) -> list[str]:
    """Every way to join one of each."""
    return ["".join(one) for one in product(*parts)]


@cache
def _nameless() -> pa.Array:
    """Every display name that is an alias or a hobby with a city."""
    vocabulary = load_words()
    aliases = _join_all(vocabulary["adjectives"].split(), [" "], vocabulary["nouns"].split())
    hobbies = pc.utf8_title(words(vocabulary["hobbies"])).to_pylist()
    places = _join_all(hobbies, [" in ", " & "], load_places().city.to_pylist())
    return pa.array([*map(str.title, aliases), *places])


def tells_name(accounts: Accounts, display_name: pa.ChunkedArray) -> pa.Array:
    """Whether handle or display name says anything about the owner's name.

    Args:
        accounts: The accounts.
        display_name: (accounts,) display names as shown.

    Returns:
        (accounts,) booleans; organisations, fans and parodies always tell.
    """
    shown = np.asarray(pc.is_valid(display_name)) & ~np.asarray(pc.is_in(display_name, value_set=_nameless()))
    silent = accounts.opaque & (~shown | (accounts.kind == AccountKind.BOT))
    return pa.array(~silent)
