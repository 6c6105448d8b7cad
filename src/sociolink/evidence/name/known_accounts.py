"""Which handles are a customer's known account: the account family judges these, not the name family too."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.evidence.facts import list_column, text_column
from sociolink.text.folding import fold
from sociolink.text.handles import Handles, parse_accounts, parse_handles
from sociolink.text.hashing import UInt64s, hash_strings, mix

__all__ = ["is_known_account", "known_account_keys", "own_account_keys"]

_ANYWHERE = "*"


def _keys(parsed: Handles, *, anywhere: bool) -> UInt64s:
    """Hashes of platform and handle, or of the handle as it is written without a platform."""
    if anywhere:
        return hash_strings(pc.binary_join_element_wise(_ANYWHERE, parsed.core, "\n"))[0]
    return hash_strings(pc.binary_join_element_wise(parsed.platform, fold(parsed.handle), "\n"))[0]


def _with_row(row: npt.NDArray[np.integer], key: UInt64s) -> UInt64s:
    return mix(key ^ mix(row.astype(np.uint64)))


def known_account_keys(customers: pa.Table) -> UInt64s:
    """Sorted hashes of each customer with each of their known accounts."""
    row, text = list_column(customers, "handles")
    parsed = parse_accounts(text)
    bare = np.asarray(pc.equal(parsed.platform, ""), np.bool_)
    key = np.where(bare, _keys(parsed, anywhere=True), _keys(parsed, anywhere=False))
    return np.unique(_with_row(row, key))


def own_account_keys(profiles: pa.Table) -> UInt64s:
    """(profiles, 2) hashes of the accounts themselves: with their platform, and as a handle alone."""
    parsed = parse_handles(text_column(profiles, "platform"), text_column(profiles, "handle"))
    return np.stack([_keys(parsed, anywhere=False), _keys(parsed, anywhere=True)], axis=1)


def is_known_account(known: UInt64s, customer: npt.NDArray[np.integer], own: UInt64s) -> npt.NDArray[np.bool_]:
    """(n,) whether an account (n, 2) of `own_account_keys` is one of the customer's known ones."""
    out = np.zeros(len(customer), np.bool_)
    if len(known) == 0:
        return out
    for column in range(own.shape[1]):
        key = _with_row(customer, own[:, column])
        out |= known[np.minimum(np.searchsorted(known, key), len(known) - 1)] == key
    return out
