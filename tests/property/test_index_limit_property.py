"""Whatever customers there are: sections of any size are written as all of them at once, to the last byte."""

from __future__ import annotations

import hashlib
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from sociolink import LinkModel, Policy, fit
from sociolink.governance.consent import set_aside_refused
from sociolink.index.scratch import Scratch
from sociolink.index.segments import PAGE, page_sums, write_segment
from sociolink.index.storage import MemoryStorage
from sociolink.linking.defaults import DEFAULT_EVIDENCE
from sociolink.linking.limits import Limits
from sociolink.linking.mapped_gallery import order_within
from sociolink.linking.sections import build_section
from sociolink.records.readers import read_table


def some(*values: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from((None, *values))


rows = st.fixed_dictionaries(
    {
        "given_name": some("Åke", "Bob"),
        "family_name": some("Elliott", "de la Cruz"),
        "email": some(["ann@li.example"], ["bob@gmail.com", "ann@li.example"], []),
        "phone": some("+46 70 123 45 67"),
        "city": some("Lyon", "Malmö"),
        "handles": some(["x:annli"]),
        "birth_date": some("1970-05-17", "1970"),
        "consent": some(True, False),
    }
)
tables = st.lists(rows, min_size=1, max_size=12).map(
    lambda table: (
        read_table([{"customer_id": f"c{number}", **row} for number, row in enumerate(table)], "customers").table
    )
)


@cache
def fitted() -> LinkModel:
    people = [{"customer_id": f"c{n}", "given_name": "Ann", "family_name": "Li", "city": "Lyon"} for n in range(4)]
    return fit([{"platform": "x", "handle": "annli"}], people, policy=Policy.research(who="tests"))


def written(customers: pa.Table, limits: Limits | None) -> dict[str, str]:
    scratch = None if limits is None else limits.scratch
    consented = set_aside_refused(customers, scratch=scratch).kept
    base = build_section(order_within(consented, limits), DEFAULT_EVIDENCE, fitted().population, limits=limits)
    storage = MemoryStorage()
    write_segment(storage, "base-1", base, scratch=scratch)
    return {name: hashlib.sha256(storage.map(name)).hexdigest() for name in storage.names()}


@settings(max_examples=8, deadline=None)
@given(customers=tables, size=st.integers(1, 12))
def test_files_of_sections_are_those_of_all(customers: pa.Table, size: int) -> None:
    assert written(customers, Limits(1, size, Scratch(200))) == written(customers, None)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from([0, 1, 63, 64, PAGE - 1, PAGE, PAGE + 1, 3 * PAGE]), max_size=6))
def test_pages_are_summed_as_they_are_written(sizes: list[int]) -> None:
    storage = MemoryStorage()
    random = np.random.default_rng(len(sizes))
    head = write_segment(storage, "one", tuple(random.integers(0, 256, size, np.uint8) for size in sizes))
    data, _, summed = map(storage.map, head.files)
    assert bytes(summed) == page_sums(np.frombuffer(data, np.uint8)).tobytes()
