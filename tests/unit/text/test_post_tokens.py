"""Tokens of posts, against a reference that reads one post at a time."""

from __future__ import annotations

import re

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sociolink.text.post_tokens import FROWN, SMILE, tokenise_posts

POSTS = st.lists(st.text(alphabet="aAbBzZ09 '.!?,-#@&\né😍:)(", max_size=30), max_size=6)


def words_of(*texts: str | None) -> list[list[str]]:
    tokens = tokenise_posts(pa.array(texts, pa.string()))
    out: list[list[str]] = [[] for _ in texts]
    for row, word in zip(tokens.row.tolist(), tokens.words.take(pa.array(tokens.code)).to_pylist(), strict=True):
        out[row].append(word)
    return [words[:-1] if words[-1:] == ["\n"] else words for words in out]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("it's the phone's don't", ["it", "s", "the", "phone", "s", "dont"]),
        ("AT&T AT&amp;T R & D", ["at&t", "at&t", "r", "d"]),
        ("4.5 10/10 $5 50% 1,000", ["4.5", "10/10", "$5", "50%", "1,000"]),
        ("check-in - well", ["check", "in", "-", "well"]),
        ("#WorstServiceEver #iPhone #fail", ["worst", "service", "ever", "iphone", "fail"]),
        ("@BlueTel me@x.com", ["@bluetel", "me", "x", ".", "com"]),
        ("so:) bad :( <3 :-D", ["so", SMILE, "bad", FROWN, SMILE, SMILE]),
        ("10:30 at C:/x", ["10:30", "at", "c", ":", "x"]),
        ("see https://t.co/aB1 now", ["see", "now"]),
        ("wow!!! ok... 😍❤️👍🏽", ["wow", "!", "ok", ".", "😍", "❤", "👍"]),
        ("\u201cdon\u2019t\u201d \u2014 no", ["dont", "-", "no"]),
        ("Café ÉCOLE", ["café", "école"]),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    found = words_of(text)[0]

    assert [word.lower() for word in found] == words


def test_no_posts_and_empty_posts() -> None:
    assert words_of() == []
    assert words_of("", None, " ") == [[], [], []]


def test_places_are_those_of_the_text() -> None:
    text = "It\u2019s 😍 AT&amp;T #LoveIt"
    tokens = tokenise_posts(pa.array([text]))
    raw = text.encode() + b"\n"

    said = [raw[a:b].decode() for a, b in zip(tokens.start.tolist(), tokens.end.tolist(), strict=True)]

    assert said == ["It", "s", "😍", "AT&amp;T", "Love", "It", "\n"]


def test_capitals() -> None:
    tokens = tokenise_posts(pa.array(["GREAT Phone a A1 AT&T"]))

    assert tokens.capital.tolist()[:5] == [True, True, False, True, True]
    assert tokens.shouted.tolist()[:5] == [True, False, False, False, True]


@given(POSTS)
def test_posts_do_not_touch_each_other(texts: list[str]) -> None:
    assert words_of(*texts) == [words_of(text)[0] for text in texts]


@given(st.text(alphabet="abcXYZ09 !?.", max_size=40))
def test_plain_text_is_runs_of_letters_and_marks(text: str) -> None:
    slow = [
        re.sub(r"(.)\1*$", r"\1", found) if found[0] in "!?." else found
        for found in re.findall(r"(?:\d[.]?(?=\d)|[a-zA-Z0-9])+|!+|\?+|\.+", text)
    ]

    assert words_of(text)[0] == [word.lower() for word in slow]
