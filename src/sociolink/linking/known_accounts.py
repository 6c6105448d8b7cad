"""Accounts that people are known to have, as the joint pass needs them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.evidence.facts import list_column
from sociolink.linking.gallery import Gallery
from sociolink.text.handles import parse_accounts

__all__ = ["collect_known_accounts"]


def collect_known_accounts(
    customers: pa.Table, gallery: Gallery, *, rows: npt.NDArray[np.int64] | None = None
) -> pa.Table:
    """Known accounts of all people; handles without a platform tell nothing here.

    Args:
        customers: The customers, in the order of the gallery.
        gallery: The same customers, prepared.
        rows: Their rows in the gallery, where these are only some of its customers.

    Returns:
        group_id, platform and handle_core, one row an account.
    """
    row, text = list_column(customers, "handles")
    parsed = parse_accounts(text)
    person = gallery.ids.take(pa.array(gallery.person[row if rows is None else rows[row]]))
    found = pa.table(
        {"group_id": person, "platform": parsed.platform, "handle_core": pc.utf8_lower(parsed.handle)}
    ).filter(pc.not_equal(parsed.platform, ""))
    return found.group_by(found.column_names, use_threads=False).aggregate([])
