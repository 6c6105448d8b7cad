"""Links in the columns of Salesforce, HubSpot and plain tables."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.interop.upserts import Upsert, plan_upsert, read_held, within_risk

__all__ = ["CONTACT_POINT_SOCIAL", "HUBSPOT_PROPERTIES", "hubspot_contacts", "plain_links", "salesforce_contact_points"]

CONTACT_POINT_SOCIAL = (
    "Id", "PartyId", "SocialHandleName", "SocialHandleId", "SocialNetworkProviderId", "ExternalRecordId",
    "ExternalSourceId", "IsActive", "ActiveFromDate", "ActiveToDate",
)  # fmt: skip
"""Fields of the Contact Point Social object of Salesforce Data 360 (Data Cloud) that are filled."""

HUBSPOT_PROPERTIES = (
    "sociolink_accounts", "sociolink_state", "sociolink_probability", "sociolink_valid_from", "sociolink_updated_by",
)  # fmt: skip
"""Custom properties of HubSpot contacts; they are made once, as text, text, number, date and text."""

_SOURCE = "sociolink"


def salesforce_contact_points(links: pa.Table, *, max_false: float = 0.02, current: Any = None) -> Upsert:
    """Links as Contact Points Social, one row a link; `PartyId` is the customer, `Id` the key.

    Args:
        links: What `advance_links` returned.
        max_false: Largest mean stated error of the links that nobody confirmed.
        current: What Salesforce holds, exported in the same columns: a file or a table.

    Examples:
        >>> from sociolink.interop.lifecycle import LIFECYCLE_SCHEMA
        >>> salesforce_contact_points(LIFECYCLE_SCHEMA.empty_table())
        Upsert: 0 create, 0 update, 0 unchanged
    """
    rows = _last_periods(_chosen(links, max_false=max_false, current=current, key="Id"))
    open_ = pc.is_null(rows["valid_to"])
    columns = [
        rows["link_id"],
        rows["customer_id"],
        rows["handle"],
        rows["user_id"],
        rows["platform"],
        rows["account"],
        pa.repeat(pa.scalar(_SOURCE), rows.num_rows),
        open_,
        _midnight(rows["valid_from"]),
        _midnight(rows["valid_to"]),
    ]
    return plan_upsert(pa.table(columns, names=list(CONTACT_POINT_SOCIAL)), key="Id", current=current)


def hubspot_contacts(links: pa.Table, *, max_false: float = 0.02, current: Any = None) -> Upsert:
    """Links as properties of contacts, one row a customer; the key is `Record ID`.

    Of several open links of a customer the accounts are listed, and the weakest is described. Customers whose links are
    all closed get empty properties, if `current` shows that they have some.

    Args:
        links: What `advance_links` returned; its customers are known by their HubSpot record ids.
        max_false: Largest mean stated error of the links that nobody confirmed.
        current: What HubSpot holds, exported in the same columns: a file or a table.

    Examples:
        >>> from sociolink.interop.lifecycle import LIFECYCLE_SCHEMA
        >>> hubspot_contacts(LIFECYCLE_SCHEMA.empty_table())
        Upsert: 0 create, 0 update, 0 unchanged
    """
    rows = within_risk(links, max_false=max_false)
    rows = rows.filter(pc.is_null(rows["valid_to"])).sort_by(
        [("customer_id", "ascending"), ("probability", "ascending"), ("account", "ascending")]
    )
    ids = rows["customer_id"].combine_chunks()
    customers = ids.unique()
    place = np.asarray(pc.index_in(ids, customers), np.int64)
    first = np.searchsorted(place, np.arange(len(customers)))
    weakest = rows.take(pa.array(first))
    offsets = pa.array(np.append(first, len(ids)).astype(np.int32))
    accounts = pc.binary_join(pa.ListArray.from_arrays(offsets, rows["account"].combine_chunks()), ";")
    columns = [
        customers,
        accounts,
        weakest["state"],
        pc.round(weakest["probability"], 4),
        weakest["valid_from"],
        pa.repeat(pa.scalar(_SOURCE), len(customers)),
    ]
    table = pa.table(columns, names=["Record ID", *HUBSPOT_PROPERTIES])
    return plan_upsert(pa.concat_tables([table, _emptied(table, current)]), key="Record ID", current=current)


def plain_links(links: pa.Table, *, max_false: float = 0.02, current: Any = None) -> Upsert:
    """Links in their own columns, for a warehouse; one row a link, `link_id` is the key.

    Args:
        links: What `advance_links` returned.
        max_false: Largest mean stated error of the links that nobody confirmed.
        current: What the warehouse holds: a file or a table.

    Examples:
        >>> from sociolink.interop.lifecycle import LIFECYCLE_SCHEMA
        >>> plain_links(LIFECYCLE_SCHEMA.empty_table()).table.column_names[:2]
        ['link_id', 'account']
    """
    rows = _last_periods(_chosen(links, max_false=max_false, current=current, key="link_id"))
    return plan_upsert(rows, key="link_id", current=current)


def _chosen(links: pa.Table, *, max_false: float, current: Any, key: str) -> pa.Table:
    """Open links within the risk, and closed ones that the other system has."""
    rows = within_risk(links, max_false=max_false)
    there = read_held(current, key=key)[key].cast(pa.string()).combine_chunks()
    return rows.filter(pc.or_(pc.is_null(rows["valid_to"]), pc.is_in(rows["link_id"], there)))


def _last_periods(rows: pa.Table) -> pa.Table:
    """The last period of each link; a link that was closed may have begun again."""
    ids = rows["link_id"].combine_chunks()
    codes = np.asarray(ids.dictionary_encode().indices, np.int64)
    last = np.zeros(rows.num_rows, np.bool_)
    last[rows.num_rows - 1 - np.unique(codes[::-1], return_index=True)[1]] = True
    return rows.filter(pa.array(last))


def _midnight(days: Any) -> Any:
    """Days as moments in UTC."""
    return days.cast(pa.timestamp("s")).cast(pa.timestamp("us", tz="UTC"))


def _emptied(table: pa.Table, current: Any) -> pa.Table:
    """Rows without values for customers that have properties there and no open link here."""
    there = read_held(current, key="Record ID")
    if not {"sociolink_updated_by", "sociolink_accounts"} <= set(there.column_names):
        return table.schema.empty_table()
    ids = there["Record ID"].cast(pa.string())
    written = pc.fill_null(pc.equal(there["sociolink_updated_by"].cast(pa.string()), _SOURCE), False)
    has = pc.not_equal(pc.fill_null(there["sociolink_accounts"].cast(pa.string()), ""), "")
    gone = ids.filter(pc.and_(pc.and_(written, has), pc.invert(pc.is_in(ids, table["Record ID"].combine_chunks()))))
    size = len(gone)
    empty = [pa.nulls(size, table.schema.field(name).type) for name in HUBSPOT_PROPERTIES[:-1]]
    source = pa.repeat(pa.scalar(_SOURCE), size)
    return pa.table([gone, *empty, source], schema=table.schema)
