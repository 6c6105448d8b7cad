"""The JSON of an explanation has the shape that its schema promises."""

from __future__ import annotations

import json

import pytest
from pydantic import ValidationError

from sociolink.results.explanation import Explanation
from sociolink.results.explanation_schema import ExplanationRecord
from sociolink.results.links import Links


@pytest.mark.parametrize("profile", ["p1", "p2", "p3", "p4"])
def test_every_explanation_fits(links: Links, profile: str) -> None:
    found = links.explain(profile)
    told = json.loads(json.dumps(found.to_dict()))

    assert ExplanationRecord.model_validate(told).model_dump() == told
    assert sum(one["probability"] for one in told["posterior"]) == pytest.approx(1.0)


def test_schema_tells_of_everything(links: Links) -> None:
    schema = Explanation.json_schema()

    assert set(schema["properties"]) == set(links.explain("p1").to_dict())
    assert {"FactRecord", "TurningPointRecord", "AnswerRecord"} <= set(schema["$defs"])


def test_what_does_not_belong_is_refused(links: Links) -> None:
    with pytest.raises(ValidationError):
        ExplanationRecord.model_validate({**links.explain("p1").to_dict(), "email": "x"})
