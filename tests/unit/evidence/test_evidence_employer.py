"""Organisations and job titles in bios."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from sociolink.evidence.employer import Employer
from sociolink.evidence.mentions import count_words, find_mentions, opening_hashes, organisation_words, plain_phrases

ACME = {"organisation": ["Acme Rocket Works Inc."], "job_title": "Chief Astrologer"}
OTHERS = [{"organisation": [f"Firm{number} Limited"]} for number in range(8)]


@pytest.mark.parametrize(
    ("profile", "level"),
    [
        ({"bio": "I work at Acme Rocket Works"}, "whole"),
        ({"bio": "proud member of #AcmeRocketWorks"}, "whole"),
        ({"bio": "hello", "display_name": "Jane (acme rocket works)"}, "whole"),
        ({"bio": "rocket scientist"}, "part"),
        ({"bio": "chief astrologer"}, "part"),
        ({"bio": "chief, that is all"}, "not_mentioned"),
        ({"bio": "Acme", "display_name": "Rocket Works"}, "part"),
        ({"display_name": "Acme Rocket Works"}, None),
    ],
)
def test_mentions_have_levels(tell: Any, profile: dict[str, Any], level: str | None) -> None:
    told = tell(Employer(), [ACME, *OTHERS, {"full_name": "no employer"}], [profile])

    assert told.get((0, 0), (None,))[0] == level
    assert (0, 9) not in told


def test_what_many_bios_mention_is_worth_less(tell: Any) -> None:
    bios = [{"bio": "we love Apple"}] * 30 + [{"bio": "nothing"}] * 70 + [{"bio": "at Zyxwo"}]

    told = tell(Employer(), [{"organisation": ["Apple"]}, {"organisation": ["Zyxwo GmbH"]}], bios)

    assert told[0, 0] == ("whole", pytest.approx(30 / 101, rel=0.01))
    assert told[100, 1][0] == "whole"
    assert told[100, 1][1] < 1e-3


def test_what_few_bios_mention_is_not_stored(table: Any) -> None:
    customers = table("customers", [{"organisation": ["Jane Doe Consulting"]}, {"organisation": ["Apple"]}])
    profiles = table("profiles", [{"bio": "Jane Doe Consulting"}] * 9 + [{"bio": "Apple"}] * 10)

    learned = json.dumps(Employer().learn(profiles, customers))

    assert "apple" in learned
    assert "jane" not in learned
    assert "consulting" not in learned


def test_bios_alone_count(table: Any) -> None:
    customers = table("customers", [{"organisation": ["Apple"]}])
    profiles = table("profiles", [{"bio": "Apple"}] * 10 + [{"display_name": "Apple"}] * 90)

    assert Employer().learn(profiles, customers)["names"]["common"] == {"apple": 1.0}


def test_brackets_are_a_name_of_their_own(tell: Any) -> None:
    customers = [{"organisation": ["Assemblée nationale (MODEM)"]}, {"organisation": ["Assemblée nationale (LFI)"]}]

    told = tell(Employer(), customers, [{"bio": "Député Modem à l'Assemblée"}, {"bio": "Assemblée nationale"}])

    assert told[0, 0][0] == "part"
    assert told[1, 1][0] == told[1, 0][0] == "whole"


def test_runs_do_not_cross_texts_or_rows() -> None:
    openings = opening_hashes(pa.array(["acme works"]))

    found = find_mentions(pa.array(["the acme", "works"]), pa.array(["works", "acme"]), openings=openings)

    assert found.words[0].tolist() == [0, 0, 0, 1, 1]
    assert len(found.phrases[0]) == len(found.words[0])


def test_rare_words_are_chosen_by_the_whole_crm() -> None:
    organisations = pa.array(["Acme Motors", "Blue Motors", "Red Motors", "Motors Museum"])
    row = np.arange(4, dtype=np.int32)

    of, words = organisation_words(row, plain_phrases(organisations), counts=count_words(organisations))

    assert list(zip(of.tolist(), words.to_pylist(), strict=True)) == [
        (0, "acme"),
        (1, "blue"),
        (2, "red"),
        (3, "museum"),
    ]
