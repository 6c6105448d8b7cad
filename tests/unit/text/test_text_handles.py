"""Handles, platform by platform."""

# ruff: noqa: RUF001

import numpy as np
import pyarrow as pa
import pytest

from sociolink.text.handles import MAX_CORE, Handles, Repair, parse_accounts, parse_handles


def parse_one(platform: str | None, handle: str | None) -> Handles:
    return parse_handles(pa.array([platform], pa.string()), pa.array([handle], pa.string()))


@pytest.mark.parametrize(
    ("platform", "handle", "canonical", "cleaned", "core"),
    [
        ("x", "JaneDoe", "twitter", "JaneDoe", "janedoe"),
        ("Twitter", "@@JaneDoe", "twitter", "JaneDoe", "janedoe"),
        ("", "https://x.com/JaneDoe/status/12", "twitter", "JaneDoe", "janedoe"),
        (None, "twitter.com/#!/JaneDoe", "twitter", "JaneDoe", "janedoe"),
        ("x", "https://mobile.twitter.com/@jane?lang=en#top", "twitter", "jane", "jane"),
        ("", "https://www.linkedin.com/in/jos%C3%A9-diaz/", "linkedin", "josé-diaz", "josediaz"),
        ("linkedin", "frank-carroll-b1b2a821", "linkedin", "frank-carroll-b1b2a821", "frankcarroll"),
        ("LinkedIn", "in/x-85663258", "linkedin", "x-85663258", "x"),
        ("linkedin", "anna-miller-1984", "linkedin", "anna-miller-1984", "annamiller1984"),
        ("linkedin", "anna-facade", "linkedin", "anna-facade", "annafacade"),
        ("linkedin", "--85663258", "linkedin", "--85663258", "85663258"),
        ("facebook", "Paul-Vannier-345772339118855", "facebook", "Paul-Vannier-345772339118855", "paulvannier"),
        ("fb", "https://facebook.com/profile.php?id=1000123", "facebook", "1000123", "1000123"),
        ("", "facebook.com/people/Ann-Lee/100012345", "facebook", "Ann-Lee-100012345", "annlee"),
        (
            "",
            "https://www.facebook.com/pages/category/Artist/Ann-Lee-100012345",
            "facebook",
            "Ann-Lee-100012345",
            "annlee",
        ),
        ("youtube", "https://www.youtube.com/channel/UCabc", "youtube", "UCabc", "ucabc"),
        ("youtube", "c/SomeOne", "youtube", "SomeOne", "someone"),
        ("", "youtube.com/user/SomeOne", "youtube", "SomeOne", "someone"),
        ("", "https://youtube.com/@SomeOne/videos", "youtube", "SomeOne", "someone"),
        ("bluesky", "jane.bsky.social", "bluesky", "jane", "jane"),
        ("", "https://bsky.app/profile/jane.bsky.social", "bluesky", "jane", "jane"),
        ("bluesky", "@jane.example.co.uk", "bluesky", "jane.example.co.uk", "janeexample"),
        ("bluesky", "pansarin.bsky.social\u202c", "bluesky", "pansarin", "pansarin"),
        ("mastodon", "@jane@ruby.social", "mastodon", "jane", "jane"),
        ("", "jane@ruby.social", "mastodon", "jane", "jane"),
        ("", "https://some.server/@jane", "mastodon", "jane", "jane"),
        ("", "https://ruby.social/users/jane", "mastodon", "jane", "jane"),
        ("", "https://jane.substack.com/", "substack", "jane", "jane"),
        ("", "https://github.com/jane/repo", "github", "jane", "jane"),
        ("github", " jane ", "github", "jane", "jane"),
        ("reddit", "u/jane", "reddit", "jane", "jane"),
        ("", "t.me/jane", "telegram", "jane", "jane"),
        ("My Forum", "ＪＡＮＥ", "my forum", "JANE", "jane"),
        ("x", "🎉", "twitter", "🎉", ""),
        ("x", None, "twitter", "", ""),
        ("x", "/@?#", "twitter", "", ""),
    ],
)
def test_platform_rules(platform: str | None, handle: str | None, canonical: str, cleaned: str, core: str) -> None:
    parsed = parse_one(platform, handle)
    assert (parsed.platform[0].as_py(), parsed.handle[0].as_py()) == (canonical, cleaned)
    assert parsed.core[0].as_py() == core


@pytest.mark.parametrize(
    ("handle", "tokens"),
    [
        ("janeDoe", ["jane", "doe"]),
        ("JDoe", ["j", "doe"]),
        ("RepJSmith", ["rep", "j", "smith"]),
        ("jane_doe-84", ["jane", "doe", "84"]),
        ("jane84doe", ["jane", "84", "doe"]),
        ("JANEDOE", ["janedoe"]),
        ("_jane_", ["jane"]),
        ("HRClinton", ["hr", "clinton"]),
        ("ÉmileZola", ["emile", "zola"]),
    ],
)
def test_boundaries_are_where_tokens_start(handle: str, tokens: list[str]) -> None:
    parsed = parse_one("x", handle)
    core, bits = parsed.core[0].as_py(), int(parsed.boundaries[0])
    starts = [i for i in range(len(core)) if bits >> i & 1]
    assert [core[a:b] for a, b in zip(starts, [*starts[1:], len(core)], strict=True)] == tokens


def test_what_was_repaired_is_named() -> None:
    handles = ["jane", "@jane", "https://x.com/jane", "@jane@a.social", "jos%C3%A9", "ja\u200bne", "github.com/jane"]
    platforms = ["x", "x", "x", "mastodon", "x", "x", ""]
    codes = [Repair(int(code)) for code in parse_handles(pa.array(platforms), pa.array(handles)).repaired]
    assert codes == [
        Repair.NONE,
        Repair.AT_SIGN,
        Repair.URL,
        Repair.AT_SIGN | Repair.SERVER,
        Repair.ESCAPES,
        Repair.CHARACTERS,
        Repair.URL | Repair.PLATFORM,
    ]


def test_domains_and_tails_are_kept_apart() -> None:
    parsed = parse_handles(
        pa.array(["bluesky", "bluesky", "mastodon", "mastodon", "linkedin", "x"]),
        pa.array(["Jane.Example.com", "jane", "jane@ruby.social", "jane", "ann-lee-1a2b3c4d", "ann-lee-1a2b3c4d"]),
    )
    assert parsed.domain.to_pylist() == ["jane.example.com", "jane.bsky.social", "ruby.social", None, None, None]
    assert parsed.tail.to_pylist() == [None] * 4 + ["1a2b3c4d", None]


def test_rows_keep_their_order_and_repeats() -> None:
    parsed = parse_handles(pa.array(["x", "github", "x"]), pa.array(["@b", "b", "@b"]))
    assert parsed.platform.to_pylist() == ["twitter", "github", "twitter"]
    assert parsed.repaired.tolist() == [Repair.AT_SIGN, Repair.NONE, Repair.AT_SIGN]
    assert parsed.boundaries.dtype == np.uint64
    assert parsed.repaired.dtype == np.uint8


def test_a_long_handle_is_cut_at_the_longest_core() -> None:
    parsed = parse_one("x", "aB" * 60)
    assert len(parsed.core[0].as_py()) == MAX_CORE
    assert int(parsed.boundaries[0]).bit_length() <= MAX_CORE


def test_empty_and_null_columns() -> None:
    assert len(parse_handles(pa.array([], pa.string()), pa.array([], pa.string()))) == 0
    assert parse_handles(pa.nulls(2), pa.nulls(2, pa.int64())).core.to_pylist() == ["", ""]
    assert parse_handles(pa.array(["x"]), pa.array([12])).core.to_pylist() == ["12"]


def test_accounts_name_their_platform() -> None:
    parsed = parse_accounts(
        pa.array(
            ["X: @jane", "linkedin:ann-lee-1a2b3c4d", "https://x.com/j", "jane", "ig:https://instagram.com/j", None]
        )
    )
    assert parsed.platform.to_pylist() == ["twitter", "linkedin", "twitter", "", "instagram", ""]
    assert parsed.handle.to_pylist() == ["jane", "ann-lee-1a2b3c4d", "j", "jane", "j", ""]
