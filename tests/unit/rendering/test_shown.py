"""Values show their text in IPython, whatever they hold."""

from __future__ import annotations

from pathlib import Path

import pytest

import sociolink as sl
from sociolink.linking.check import Check
from sociolink.linking.index_info import IndexInfo
from sociolink.results.explanation import Explanation
from sociolink.results.labels.estimate import Estimate
from sociolink.results.parity.parity import Parity
from sociolink.results.report import RunReport
from sociolink.results.sensitivity import Sensitivity


@pytest.mark.parametrize(
    "kind", [Check, Estimate, Explanation, IndexInfo, Parity, RunReport, Sensitivity, sl.Evaluation]
)
def test_what_has_a_text_for_people_shows_it(kind: type) -> None:
    assert {"_repr_pretty_", "__str__"} <= vars(kind).keys()


def test_a_terminal_shows_the_text() -> None:
    pretty = pytest.importorskip("IPython.lib.pretty")
    found = sl.check([{"platform": "x", "handle": "jo"}], [{"customer_id": "c1", "given_name": "Jo"}])

    assert pretty.pretty(found) == str(found)


def test_check_says_what_was_repaired(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_bytes("customer_id,given_name\nc1,Jörg\n".encode("latin-1"))

    found = sl.check([{"platform": "x", "handle": "jo"}], tmp_path / "c.csv")

    assert found.to_dict()["repairs"]["customers: read as Windows-1252"] == 1
    assert "1 repaired: customers: read as Windows-1252" in str(found)
