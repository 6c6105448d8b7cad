"""E-mail addresses and telephone numbers that profiles write into posts, as hidden columns of the profiles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.evidence.contact import SALTS, collect_reached, phone_ends
from sociolink.evidence.facts import Facts, lay_out_facts, list_column, text_column
from sociolink.text.contacts import extract_contacts
from sociolink.text.emails import email_keys, normalise_emails
from sociolink.text.hashing import UInt64s, hash_strings, mix, pair_hashes
from sociolink.text.phones import normalise_phones
from sociolink.text.places import normalise_countries
from sociolink.text.runs import starts_of_runs
from sociolink.text.sorting import distinct_sorted, find_sorted

__all__ = ["CONTACT_COLUMNS", "MOST_AUTHORS", "list_contacts", "reach_customers", "said_contacts"]

Int64s = npt.NDArray[np.int64]

CONTACT_COLUMNS: Final = ("_post_domain", "_post_page", "_post_phone", "_post_email")
"""Hidden columns: hashes of each kind that `Contact` compares."""

_KINDS: Final = ("email", "phone")

_LIKELY = r"[^\s@]@[^\s@]|(?:\+|\(|\b0)[0-9]|\b[2-9][0-9]{2}[ .-][0-9]{3}[ .-][0-9]{4}"
MOST_AUTHORS: Final = 3
"""A contact that more authors write is a public one."""

_SALT = 495
_HASHES: Final = pa.list_(pa.uint64())


def _keys(kind: str, values: pa.Array, country: pa.Array | None = None) -> UInt64s:
    """What is compared of addresses and numbers; 0 where there is nothing."""
    if kind == "email":
        plain = pc.fill_null(email_keys(normalise_emails(values)), "")
    else:
        plain = phone_ends(normalise_phones(values, country))
    return np.where(np.asarray(pc.equal(plain, ""), np.bool_), np.uint64(0), hash_strings(plain)[0])


def reach_customers(customers: pa.Table) -> dict[str, UInt64s]:
    """E-mail addresses and telephone numbers of customers, hashed as `Contact` does: of each kind (n,), ascending."""
    country = normalise_countries(text_column(customers, "country"))
    out = {}
    for kind in _KINDS:
        owner, value = list_column(customers, kind)
        key = _keys(kind, value, country.take(pa.array(owner)))
        out[kind] = distinct_sorted(mix(key[key > 0], SALTS[kind]))
    return out


def list_contacts(
    texts: pa.Array, author: Int64s, profiles: pa.Table, known: Mapping[str, UInt64s]
) -> dict[str, pa.Array]:
    """Addresses and numbers of each profile's own words that some customer has.

    What more than three profiles write is a public one; what a profile states of itself anyway is told already.

    Args:
        texts: (posts,) own words of posts.
        author: (posts,) row of each post's profile; -1 where it is none of them.
        profiles: Canonical profiles.
        known: What customers have; see `reach_customers`.

    Returns:
        For each hidden column (profiles,) lists of uint64.
    """
    likely = np.flatnonzero(np.asarray(pc.match_substring_regex(texts, _LIKELY), np.bool_) & (author >= 0))
    found = extract_contacts(texts.take(pa.array(likely)))
    own = extract_contacts(text_column(profiles, "bio"))
    said: dict[str, tuple[npt.NDArray[np.int32], pa.Array]] = {}
    for kind in _KINDS:
        some = found.filter(pc.equal(found["kind"], kind))
        value = some["value"].combine_chunks().cast(pa.string())
        row = author[likely[np.asarray(some["row"], np.int64)]]
        key = _keys(kind, value)
        stated_row, stated = list_column(profiles, kind)
        more = own.filter(pc.equal(own["kind"], kind))
        told_row = np.concatenate([stated_row, np.asarray(more["row"], np.int64)])
        told = np.concatenate([_keys(kind, stated), _keys(kind, more["value"].combine_chunks().cast(pa.string()))])
        kept = (key > 0) & find_sorted(known[kind], mix(key, SALTS[kind]))[1] & ~_pairs_in(row, key, told_row, told)
        said[kind] = _of_few(row[kept], key[kept], value.filter(pa.array(kept)))
    facts = collect_reached(profiles.num_rows, email=said["email"], phone=said["phone"])
    return {
        column: pa.ListArray.from_arrays(pa.array(one.start.astype(np.int32)), pa.array(one.key))
        for column, one in zip(CONTACT_COLUMNS, facts, strict=True)
    }


def _pairs_in(row: Int64s, key: UInt64s, other_row: Int64s, other: UInt64s) -> npt.NDArray[np.bool_]:
    """Whether each row and key stand among others."""
    there = np.sort(pair_hashes(other_row, other, _SALT))
    return find_sorted(there, pair_hashes(row, key, _SALT))[1]


def _of_few(row: Int64s, key: UInt64s, value: pa.Array) -> tuple[npt.NDArray[np.int32], pa.Array]:
    """Each value once a profile, without those of many profiles."""
    order = np.lexsort((row, key))
    row, key, value = row[order], key[order], value.take(pa.array(order))
    fresh = starts_of_runs(row, key)
    row, key, value = row[fresh], key[fresh], value.filter(pa.array(fresh))
    authors = np.searchsorted(key, key, side="right") - np.searchsorted(key, key)
    few = authors <= MOST_AUTHORS
    return row[few].astype(np.int32), value.filter(pa.array(few))


def said_contacts(profiles: pa.Table) -> tuple[Facts, ...]:
    """What profiles say of contacts in posts, as `Contact` judges it."""
    rows = profiles.num_rows
    found = []
    for column in CONTACT_COLUMNS:
        lists = profiles.column(column) if column in profiles.column_names else pa.nulls(rows, _HASHES)
        lists = lists.combine_chunks() if isinstance(lists, pa.ChunkedArray) else lists
        row = np.asarray(pc.list_parent_indices(lists), np.int32)
        found.append(lay_out_facts(row, np.asarray(pc.list_flatten(lists), np.uint64), rows))
    return tuple(found)
