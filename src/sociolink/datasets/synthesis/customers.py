"""The table of customers: people as a CRM knows them, with its gaps, slips, outdated and double records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.datasets.synthesis import edits
from sociolink.datasets.synthesis.name_lists import name_lists
from sociolink.datasets.synthesis.profiles import moments
from sociolink.datasets.synthesis.strings import (
    Bools,
    Ints,
    by_code,
    by_kind,
    choose,
    digits,
    join,
    keep,
    one_each,
    piece,
)
from sociolink.datasets.synthesis.wording import Wording

__all__ = ["Records", "make_customers"]

_SHORTEST_POSTCODE = 4
_NATIVE_SCRIPT_ON_FILE = 0.4
_ONLY_FULL_NAME = 0.04


@dataclass(frozen=True, slots=True, eq=False)
class Records:
    """What goes into the CRM, one row a record.

    Attributes:
        person: Row of the person.
        again: Whether it is a person's second record.
        stale: Whether the record is outdated: another address, e-mail and perhaps a former family name.
        company: Whether the customer is an organisation.
        email, other_email: The person's e-mail addresses.
        site: The person's own web site.
        handle: A known account, as `platform:handle`.
    """

    person: npt.NDArray[np.int64]
    again: Bools
    stale: Bools
    company: Bools
    email: pa.Array
    other_email: pa.Array
    site: pa.Array
    handle: pa.Array

    def __len__(self) -> int:
        return len(self.person)


def _mistype(rng: np.random.Generator, values: pa.Array, share: float | npt.NDArray[np.float64]) -> pa.Array:
    rows = np.flatnonzero(rng.random(len(values)) < share)
    if len(rows) == 0:
        return values
    mask = np.zeros(len(values), dtype=bool)
    mask[rows] = True
    return pc.replace_with_mask(values, pa.array(mask), edits.typo(rng, values.take(pa.array(rows))))


def _given_names(rng: np.random.Generator, wording: Wording, records: Records, native: Bools) -> pa.Array:
    person = records.person
    as_written = choose(native, wording.given_native(person), wording.given(person))
    short = rng.random(len(records)) < np.where(records.again, 0.25, 0.04)
    return choose(short & ~native, pc.coalesce(wording.nickname(person), as_written), as_written)


def _family_names(rng: np.random.Generator, wording: Wording, records: Records, native: Bools) -> pa.Array:
    person, size = records.person, len(records)
    full = choose(rng.random(size) < 0.12, wording.family_short(person), wording.family(person))
    full = choose(rng.random(size) < 0.15, pc.replace_substring(full, " ", "-"), full)
    present = choose(native, wording.family_native(person), full)
    return choose(records.stale & ~native & (rng.random(size) < 0.5), wording.former_family(person), present)


def _full_names(rng: np.random.Generator, given: pa.Array, middle: pa.Array, family: pa.Array) -> pa.Array:
    first = pc.coalesce(join(given, middle, separator=" "), given)
    ways = (
        lambda rows: join(first.take(pa.array(rows)), family.take(pa.array(rows)), separator=" "),
        lambda rows: join(family.take(pa.array(rows)), first.take(pa.array(rows)), separator=", "),
        lambda rows: pc.utf8_upper(join(given.take(pa.array(rows)), family.take(pa.array(rows)), separator=" ")),
    )
    return by_kind(np.searchsorted([0.86, 0.96], rng.random(len(given))), ways)


def _birth_dates(rng: np.random.Generator, birth: npt.NDArray[np.datetime64]) -> pa.Array:
    """Days of birth in ISO form; for some only the year or the month is known."""
    days = pa.array(birth.astype("datetime64[D]")).cast(pa.string())
    chance = rng.random(len(birth))
    return choose(chance < 0.06, piece(days, 0, 4), choose(chance < 0.08, piece(days, 0, 7), days))


def _postcodes(wording: Wording, city: Ints, street: Ints) -> pa.Array:
    width = wording.places.postcode_digits[city]
    number = digits((city.astype(np.int64) * 7919 + street * 31) % 10**width)

    def pad(code: int, rows: Ints) -> pa.Array:
        return pc.utf8_lpad(number.take(pa.array(rows)), code + _SHORTEST_POSTCODE, "0")

    return by_code(width - _SHORTEST_POSTCODE, 4, pad)


def _names(
    rng: np.random.Generator, wording: Wording, records: Records, *, typos: float, shares: Mapping[str, float]
) -> dict[str, pa.Array]:
    """The columns of names; a few records hold the full name alone, companies hold nothing else."""
    size, person = len(records), records.person
    in_script = np.array([_NATIVE_SCRIPT_ON_FILE * entry.native for entry in name_lists().values()])
    native = rng.random(size) < in_script[wording.people.culture[person]]
    slips = np.where(records.again, 3 * typos, typos)
    given = _mistype(rng, _given_names(rng, wording, records, native), slips)
    family = _mistype(rng, _family_names(rng, wording, records, native), slips)
    middle = wording.middle(person)
    middle = choose(rng.random(size) < 0.5, piece(middle, 0, 1), middle)
    middle = keep(middle, (rng.random(size) < shares["middle_name"]) & ~native)
    only_full = rng.random(size) < _ONLY_FULL_NAME
    full = keep(_full_names(rng, given, middle, family), only_full | (rng.random(size) < shares["full_name"]))
    in_parts = ~records.company & ~only_full
    return {
        "given_name": keep(given, in_parts),
        "middle_name": keep(middle, in_parts),
        "family_name": keep(family, in_parts),
        "full_name": choose(records.company, wording.organisation(person), full),
    }


def make_customers(
    rng: np.random.Generator,
    wording: Wording,
    records: Records,
    *,
    ids: pa.Array,
    typos: float,
    shares: Mapping[str, float],
) -> pa.Table:
    """The table of customers.

    Args:
        rng: Source of chance.
        wording: How people read.
        records: What goes in.
        ids: (records,) customer ids.
        typos: Share of names and addresses with a slip of the keyboard.
        shares: Share of records that hold each field.

    Returns:
        One row a record, in the canonical columns.
    """
    size, person, people, places = len(records), records.person, wording.people, wording.places
    city = np.where(records.stale, people.former_city[person], people.city[person])
    street = np.where(records.stale, places.street_from[city], people.street[person])
    changed = records.stale | (records.again & (rng.random(size) < 0.4))
    email = _mistype(rng, choose(changed, records.other_email, records.email), typos / 2)
    two = rng.random(size) < 0.05
    age = np.where(records.stale, 1500.0, 0.0).astype("timedelta64[D]")

    def known(field: str, values: pa.Array, *, where: Bools | None = None) -> pa.Array:
        mask = rng.random(size) < shares[field]
        return keep(values, mask if where is None else mask & where)

    email = known("email", email)
    two &= pc.fill_null(pc.not_equal(email, records.other_email), False).to_numpy(zero_copy_only=False)
    columns = {
        "customer_id": ids,
        "kind": choose(records.company, "organisation", pa.repeat("person", size)),
        **_names(rng, wording, records, typos=typos, shares=shares),
        "nickname": known("nickname", wording.nickname(person), where=~records.company),
        "email": one_each(email, keep(records.other_email, two)),
        "phone": one_each(known("phone", wording.phone(person))),
        "birth_date": known("birth_date", _birth_dates(rng, people.birth[person]), where=~records.company),
        "street": known(
            "street", join(digits(people.house[person]), places.streets.take(pa.array(street)), separator=" ")
        ),
        "city": known("city", places.city.take(pa.array(city))),
        "region": known("region", places.region.take(pa.array(city))),
        "postcode": known("postcode", _postcodes(wording, city, street)),
        "country": known("country", places.country.take(pa.array(city))),
        "organisation": one_each(known("organisation", wording.organisation(person), where=~records.company)),
        "job_title": known("job_title", wording.job(person), where=~records.company),
        "website": one_each(known("website", records.site)),
        "handles": one_each(known("handles", records.handle, where=~records.company)),
        "consent": known("consent", pa.array(rng.random(size) < 0.96)),
        "updated_at": known(
            "updated_at", pa.array(moments(rng, size, days=1500, skew=1.5) - age, pa.timestamp("us", tz="UTC"))
        ),
    }
    return pa.table(columns)
