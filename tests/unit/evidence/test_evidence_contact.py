"""E-mail addresses, telephone numbers and websites."""

from __future__ import annotations

from typing import Any

import pytest

from sociolink.evidence.contact import Contact

JANE = {"email": ["Jane@Doe.example.org"], "phone": ["+1 202-555-0143"], "website": ["https://jane.example.com/me/"]}


@pytest.mark.parametrize(
    ("profile", "level"),
    [
        ({"email": ["jane@doe.example.org"]}, "email"),
        ({"bio": "write to jane (at) doe.example.org"}, "email"),
        ({"phone": ["(202) 555 0143"]}, "phone"),
        ({"bio": "call +1 202 555 0143"}, "phone"),
        ({"url": "http://www.jane.example.com/me"}, "page"),
        ({"bio": "see jane.example.com/me"}, "page"),
        ({"url": "https://jane.example.com/blog"}, "domain"),
        ({"url": "https://john.example.net"}, "differs"),
        ({"email": ["john@smith.example.net"]}, "differs"),
        ({"email": ["jane@doe.example.org"], "url": "https://john.example.net"}, "email"),
        ({"bio": "no contact at all"}, None),
    ],
)
def test_the_strongest_agreement_counts(tell: Any, profile: dict[str, Any], level: str | None) -> None:
    told = tell(Contact(), [JANE, {"email": ["a@b.example.org"]}], [profile])

    assert told.get((0, 0), (None,))[0] == level


def test_kinds_that_only_one_side_states_say_nothing(tell: Any) -> None:
    assert tell(Contact(), [{"email": ["a@b.example.org"]}], [{"phone": ["+33612345678"]}]) == {}


def test_free_mail_social_sites_and_shorteners_are_nobodys_domain(tell: Any) -> None:
    customers = [
        {"email": ["jane@gmail.com"]},
        {"website": ["https://linktr.ee/jane", "https://twitter.com/jane"]},
    ]
    profiles = [{"email": ["john@gmail.com"]}, {"url": "https://linktr.ee/john"}, {"url": "https://twitter.com/jane"}]

    told = tell(Contact(), customers, profiles)

    assert {pair: level for pair, (level, _) in told.items()} == {(0, 0): "differs", (1, 1): "differs"}


def test_a_domain_of_many_customers_is_not_their_own(tell: Any, met: Any) -> None:
    staff = [{"website": [f"https://acme.example.com/{number}"]} for number in range(20)]
    profile = {"url": "https://acme.example.com/careers"}

    assert {level for level, _ in tell(Contact(), staff, [profile]).values()} == {"differs"}
    assert met(Contact(), staff, [profile]) == set()


def test_a_shared_address_is_worth_less(tell: Any) -> None:
    others = [{"email": [f"x{number}@example.org"]} for number in range(100)]
    customers = [{"email": ["own@example.net"]}, *({"email": ["home@example.net"]} for _ in range(3)), *others]

    told = tell(Contact(), customers, [{"email": ["own@example.net"]}, {"email": ["home@example.net"]}])

    assert told[0, 0][1] < 1e-4
    assert told[1, 1][1] == pytest.approx(2 / 104, rel=0.1)


def test_every_value_is_a_key(met: Any) -> None:
    profiles = [
        {"email": ["JANE@doe.example.org"]},
        {"phone": ["2025550143"]},
        {"url": "jane.example.com/me"},
        {"url": "jane.example.com"},
        {"url": "john.example.net"},
    ]

    assert met(Contact(), [JANE, {"full_name": "John"}], profiles) == {(0, 0), (1, 0), (2, 0), (3, 0)}
