"""Known accounts."""

from __future__ import annotations

from typing import Any

import pytest

from sociolink.evidence.account import Account


@pytest.mark.parametrize(
    ("handles", "profile", "level"),
    [
        ("twitter:JaneDoe", {"platform": "twitter", "handle": "@janedoe"}, "same"),
        ("https://x.com/janedoe", {"platform": "x", "handle": "JaneDoe"}, "same"),
        ("https://x.com/jane_doe", {"platform": "x", "handle": "JaneDoe"}, "other"),
        ("twitter:12345", {"platform": "twitter", "handle": "janedoe", "user_id": "12345"}, "same"),
        ("twitter:jane", {"platform": "twitter", "handle": "janedoe"}, "other"),
        ("twitter:jane", {"platform": "github", "handle": "janedoe"}, None),
        ("twitter:jane", {"platform": "github", "handle": "jane"}, None),
        ("github:jane", {"platform": "twitter", "handle": "x", "bio": "code: github.com/jane"}, "names_known"),
        ("instagram:jane", {"platform": "twitter", "handle": "x", "bio": "IG: @Jane"}, "names_known"),
        ("instagram:jane", {"platform": "twitter", "handle": "x", "bio": "IG: @john"}, "names_other"),
        ("instagram:jane", {"platform": "twitter", "handle": "x", "url": "https://instagram.com/jane"}, "names_known"),
        ("twitter:jane", {"platform": "twitter", "handle": "jane2", "bio": "my main account is @jane"}, "named"),
        ("Jane.Doe", {"platform": "github", "handle": "jane-doe"}, "same_handle"),
        ("janedoe", {"platform": "github", "handle": "john"}, "other_handle"),
        ("mastodon:jane@ruby.social", {"platform": "mastodon", "handle": "@jane@ruby.social"}, "same"),
        ("mastodon:jane@ruby.social", {"platform": "mastodon", "handle": "jane@other.social"}, "other"),
        ("mastodon:jane@ruby.social", {"platform": "mastodon", "handle": "jane"}, "same"),
        ("mastodon:jane", {"platform": "mastodon", "handle": "jane@ruby.social"}, "same"),
    ],
)
def test_accounts_are_the_same_or_not(tell: Any, handles: str, profile: dict[str, Any], level: str | None) -> None:
    told = tell(Account(), [{"handles": [handles]}, {"full_name": "x"}], [profile])

    assert told.get((0, 0), (None,))[0] == level
    assert (0, 1) not in told


def test_profile_links_among_the_websites_are_accounts(tell: Any) -> None:
    customers = [{"website": ["https://www.linkedin.com/in/jane-doe", "https://jane.example.org/about"]}]
    profiles = [{"platform": "linkedin", "handle": "jane-doe"}, {"platform": "twitter", "handle": "about"}]

    assert {pair: level for pair, (level, _) in tell(Account(), customers, profiles).items()} == {(0, 0): "same"}


def test_a_known_account_is_close_to_proof(tell: Any) -> None:
    customers = [{"handles": [f"twitter:user{number}"]} for number in range(100)]

    assert tell(Account(), customers, [{"handle": "user7"}])[0, 7][1] == pytest.approx(1e-6)


def test_an_account_of_two_customers_is_worth_less(tell: Any) -> None:
    customers = [{"handles": ["twitter:shop"]}, {"handles": ["twitter:shop"]}, {"handles": ["twitter:jane"]}]

    told = tell(Account(), customers, [{"handle": "shop"}])

    assert told[0, 0][1] == pytest.approx(1 / 3, rel=0.01)
    assert told[0, 2] == ("other", pytest.approx(2 / 3, rel=0.01))


def test_own_and_named_accounts_are_keys(met: Any) -> None:
    customers = [{"handles": ["twitter:jane"]}, {"handles": ["github:john"]}, {"handles": ["zoe"]}]
    profiles = [{"handle": "Jane"}, {"handle": "y", "bio": "github.com/john"}, {"platform": "github", "handle": "Zoe"}]

    assert met(Account(), customers, profiles) == {(0, 0), (1, 1), (2, 2)}
