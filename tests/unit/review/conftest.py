"""Links made by hand, and a review of them whose clock stands still."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from sociolink.records.rejects import REJECTS_SCHEMA, REPAIRS_SCHEMA
from sociolink.results.links import Links
from sociolink.results.report import RunReport
from sociolink.review.session import ReviewSession, open_session

Open = Callable[..., ReviewSession]

COLUMNS = (
    ("profile_id", pa.string()),
    ("rank", pa.int32()),
    ("customer_id", pa.string()),
    ("probability", pa.float64()),
    ("match_weight", pa.float64()),
    ("bits_name", pa.float64()),
    ("level_name", pa.string()),
    ("margin", pa.float64()),
    ("nobody_probability", pa.float64()),
    ("rest_probability", pa.float64()),
    ("group_id", pa.string()),
    ("group_probability", pa.float64()),
    ("decision", pa.string()),
)


def make_links(profiles: int) -> Links:
    """Every fifth profile has no candidate; the others have a best customer, its twin record, and another one."""
    rows: list[tuple[Any, ...]] = []
    for number in range(profiles):
        profile, best = f"p{number:03}", f"c{number:03}"
        if number % 5 == 4:
            rows.append((profile, 0, None, None, None, None, None, None, 0.95, 0.05, None, None, "none"))
            continue
        chance = 0.3 + 0.65 * (number / profiles)
        decision = "link" if chance > 0.6 else "review"
        left = (1 - chance) / 2
        for rank, customer, share in ((1, best, chance * 0.6), (2, f"{best}b", chance * 0.4)):
            stated = decision if rank == 1 else "none"
            rows.append((profile, rank, customer, share, 12.0, 12.0, "same", 1.0, left, 0.0, best, chance, stated))
        rows.append((profile, 3, "x", left, 9.0, 9.0, "same", -1.0, left, 0.0, "x", left, "none"))
    columns = zip(*rows, strict=True)
    table = pa.table({name: pa.array(values, kind) for (name, kind), values in zip(COLUMNS, columns, strict=True)})
    report = RunReport(profiles=profiles, customers=2 * profiles, people=profiles, coverage=0.5)
    empty = REJECTS_SCHEMA.empty_table(), REPAIRS_SCHEMA.empty_table()
    return Links(table, *empty, None, report, phrases={"name": {"same": "the full name"}})


@pytest.fixture(scope="session")
def links() -> Links:
    """Sixty profiles."""
    return make_links(60)


@pytest.fixture
def label_path(tmp_path: Path) -> Path:
    """Where labels go; not there yet."""
    return tmp_path / "labels.jsonl"


@pytest.fixture
def open_review(links: Links, label_path: Path) -> Open:
    """Opens a review of twenty profiles by ann, whose clock stands still."""

    def start(**options: Any) -> ReviewSession:
        options = {"size": 20, "reviewer": "ann", "clock": lambda: datetime(2026, 3, 1, 12, tzinfo=UTC), **options}
        return open_session(links, label_path, **options)

    return start
