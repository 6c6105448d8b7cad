"""Links made by hand, small enough to know every number in them."""

from __future__ import annotations

import pyarrow as pa
import pytest

from sociolink.records.rejects import REJECTS_SCHEMA, REPAIRS_SCHEMA
from sociolink.results.links import Links
from sociolink.results.report import RunReport

BOTH = "handle:x:given_family, display:given"
PHRASES = {
    "name": {
        "handle:x:given_family": "given name and family name",
        "handle:x:opaque": "no name that can be read",
        "display:given": "given name only",
    },
    "place": {"same_city": "it is in the customer's town", "other": "it is somewhere else"},
}


def make_table() -> pa.Table:
    """p1 is c1's, p2 hangs between c2 and its twin c3, p3 is rather nobody's, p4 has no candidate."""
    rows = [
        # profile, rank, customer, p, bits of name and place, levels, margin, nobody, rest, person, P(person), decision
        ("p1", 1, "c1", 0.97, 12.5, 4.25, BOTH, "same_city", 6.0, 0.015, 0.005, "c1", 0.97, "link"),
        ("p1", 2, "c4", 0.01, 8.0, -1.5, "handle:x:given_family", "other", -6.6, 0.015, 0.005, "c4", 0.01, "none"),
        ("p2", 1, "c2", 0.5, 11.0, None, "handle:x:given_family", None, 3.2, 0.1, 0.05, "c2", 0.85, "review"),
        ("p2", 2, "c3", 0.35, 10.5, None, "handle:x:given_family", None, 3.2, 0.1, 0.05, "c2", 0.85, "none"),
        ("p3", 1, "c1", 0.2, 6.0, -2.0, "handle:x:given_family", "other", -1.9, 0.75, 0.05, "c1", 0.2, "none"),
        ("p4", 0, None, None, None, None, None, None, None, 0.9, 0.1, None, None, "none"),
    ]  # fmt: skip
    names = (
        ("profile_id", pa.string()),
        ("rank", pa.int32()),
        ("customer_id", pa.string()),
        ("probability", pa.float64()),
        ("bits_name", pa.float64()),
        ("bits_place", pa.float64()),
        ("level_name", pa.string()),
        ("level_place", pa.string()),
        ("margin", pa.float64()),
        ("nobody_probability", pa.float64()),
        ("rest_probability", pa.float64()),
        ("group_id", pa.string()),
        ("group_probability", pa.float64()),
        ("decision", pa.string()),
    )
    columns = zip(*rows, strict=True)
    table = pa.table({name: pa.array(values, kind) for (name, kind), values in zip(names, columns, strict=True)})
    weights = [None if row[4] is None else row[4] + (row[5] or 0.0) for row in rows]
    return table.add_column(4, "match_weight", pa.array(weights, pa.float64()))


def make_report() -> RunReport:
    return RunReport(
        profiles=4,
        customers=5,
        people=4,
        linked=1,
        review=1,
        none=2,
        nobody_expected=1.765,
        coverage=0.5,
        coverage_low=0.3,
        coverage_high=0.7,
        findable=0.4,
        findable_low=0.2,
        findable_high=0.6,
        false_links_expected=0.03,
        rejects={"profiles": 2},
        seconds=12.5,
        peak_memory_mib=99.0,
        stages=(("reading", 1.0), ("linking", 11.5)),
        policy={"purpose": "research", "lawful_basis": "research", "who": "tests"},
        sources=({"kind": "profiles", "rows": 4},),
        seed=7,
    )


@pytest.fixture
def links() -> Links:
    """Four profiles against five customers."""
    keys = pa.table(
        {
            "profile_id": ["p1", "p2", "p3", "p4"],
            "platform": ["twitter", "twitter", "github", "github"],
            "handle_core": ["jane_doe", "jdoe", "janed", "janed"],
            "user_id": ["901", None, "903", None],
        }
    )
    return Links(
        make_table(),
        REJECTS_SCHEMA.empty_table(),
        REPAIRS_SCHEMA.empty_table(),
        None,
        make_report(),
        phrases=PHRASES,
        profile_keys=keys,
        model_id="0123456789abcdef",
    )
