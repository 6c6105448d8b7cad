"""An evaluation can be read: as a table, as HTML, as plain values."""

from __future__ import annotations

import dataclasses
import json

import pytest

from sociolink.results.evaluation import Band, Claim, Evaluation

FULL = Evaluation(
    profiles=3531,
    customers_profiles=2119,
    log_loss=0.81234,
    brier=0.2,
    recall_at_1=0.934,
    owner_listed=0.979,
    customers_listed=4.25,
    recall_at_p95=0.774,
    recall_at_p99=0.5,
    claim95=Claim(links=1700, precision=0.966, share_of_oracle=0.94),
    bands=(Band(0.5, 0.8, 0.66, 0.6, 100), None, Band(0.95, 1.0, 0.98, 0.97, 1500)),
    nobody=Band(0.5, 1.0, 0.8, 0.79, 1200),
    ece=0.031,
    ece_net=0.012,
    false_links=0.04,
    log_loss_interval=(0.78, 0.85),
    recall_at_p95_interval=(0.738, 0.817),
)

EXPECTED = """\
profiles              3,531  2,119 of them customers'
log loss              0.812  bits; 95% interval 0.780 to 0.850; lower is better
Brier score           0.200  lower is better
R@1                   0.934  owner on top
owner listed          0.979  among 4.2 customers a profile
R@P95                 0.774  95% interval 0.738 to 0.817; at the oracle's cut
R@P99                 0.500  at the oracle's cut
claimed 95%           0.966  right of 1,700 links; 0.94 of the oracle's recall
top answer [0.5, 0.8)  0.600  right where 0.660 was claimed; 100 answers
"""


def test_the_table() -> None:
    lines = str(FULL).splitlines()
    assert [line.split() for line in lines[:9]] == [line.split() for line in EXPECTED.splitlines()]
    assert len({line.index(line.split()[-1]) >= 0 for line in lines}) == 1
    assert not any(line.endswith(" ") for line in lines)


def test_the_table_of_links_that_claim_nothing() -> None:
    bare = dataclasses.replace(
        FULL, claim95=None, bands=(None, None, None), nobody=None, false_links=None, log_loss_interval=None, rejects=3
    )
    text = str(bare)
    assert "no set of links claims it" in text
    assert "top answer" not in text
    assert "false links" not in text
    assert "rejects" in text.splitlines()[-1]


def test_html_holds_the_same_rows() -> None:
    html = FULL._repr_html_()
    assert html.count("<tr>") == len(str(FULL).splitlines())
    assert "customers&#x27;" in html


def test_plain_values_survive_json() -> None:
    values = FULL.to_dict()
    assert json.loads(json.dumps(values))["claim95"] == {"links": 1700, "precision": 0.966, "share_of_oracle": 0.94}
    assert values["log_loss"] == 0.81234


def test_it_is_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        FULL.log_loss = 0.0  # type: ignore[misc]


def test_a_claim_that_does_not_hold_is_said() -> None:
    bands = (Band(0.5, 0.8, 0.66, 0.6, 100, 0.05), Band(0.8, 0.95, 0.9, 0.8, 400, 0.02), None)
    assert [band and band.within for band in bands] == [True, False, None]
    lines = [line for line in str(dataclasses.replace(FULL, bands=bands)).splitlines() if "top answer" in line]
    assert lines[0].endswith("100 answers, as claimed (standard error 0.050)")
    assert lines[1].endswith("400 answers, NOT as claimed (standard error 0.020)")
    assert Band(0.5, 0.8, 0.66, 0.6, 100).within is None
