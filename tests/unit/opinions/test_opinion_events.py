"""What happened, by who did it to whom; what took how long, and what it costs."""

from __future__ import annotations

import pytest

from sociolink.opinions.forms import verb_forms
from sociolink.opinions.marks import EVENTS, Event
from sociolink.opinions.reader import RuleReader
from sociolink.reference.opinion_words import opinion_words

READER = RuleReader({"brand": ["Harbor Bank", "BlueTel"]})


def opinions(text: str) -> list[tuple[str | None, str]]:
    return [(one["aspect_term"], one["sentiment"][0]) for one in READER([text]).to_pylist()]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        # people and companies that help and harm
        ("The librarian explained everything twice", [("librarian", "p")]),
        ("The cashier shrugged", [("cashier", "n")]),
        ("Harbor Bank debited my card", [("Harbor Bank", "n")]),
        ("The insurer never replied", [("insurer", "n")]),
        ("Solicitors listen here", [("Solicitors", "p")]),
        ("they towed my car", [("car", "n")]),
        ("I was billed again", [(None, "n")]),
        ("The plumber came, sneered and walked away", [("plumber", "n")]),
        ("They made me fill in the form again", [("form", "n")]),
        ("nobody at the branch picks up", [("branch", "n")]),
        # things that fail and last
        ("The zip bobbled", [("zip", "n")]),
        ("My tablet conked out on day two", [("tablet", "n")]),
        ("the strap survived a fall", [("strap", "p")]),
        ("The trackpad stopped scrolling", [("trackpad", "n")]),
        ("The heating was off", [("heating", "n")]),
        # time, times, money
        ("These jeans have lasted me six years", [("jeans", "p")]),
        ("third engineer this month", [("engineer", "n")]),
        ("£8 for a pint", [("pint", "n")]),
        ("only £3 a month", [(None, "p")]),
    ],
)
def test_what_happened(text: str, wanted: list[tuple[str | None, str]]) -> None:
    assert opinions(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "I locked the car",
        "I fixed the fence",
        "She remembered the old days",
        "They replied that the museum opens at nine",
        "Nobody knows the way to the shop",
        "We spent a week in Cornwall",
        "It took me two hours to drive to Leeds",
        "He said the heating is off the menu",
        "Harbor Bank offers savings accounts",
        "I won £50",
    ],
)
def test_what_happened_otherwise_says_nothing(text: str) -> None:
    assert opinions(text) == []


def test_the_writer_is_not_complained_of() -> None:
    assert opinions("The agent debited my card") != opinions("I debited my card") == []


@pytest.mark.parametrize(
    "text",
    [
        "can't recommend this hotel enough",
        "honestly can't recommend this shop enough",
        "I cannot recommend this printer enough!",
        "can't thank you enough for the delivery",
        "couldn't praise the staff enough, really",
    ],
)
def test_praise_for_which_no_words_suffice(text: str) -> None:
    assert [sentiment for _, sentiment in opinions(text)] == ["p"]


def test_it_is_no_praise_without_enough_or_with_enough_of_another_word() -> None:
    assert opinions("can't recommend this hotel") == [("hotel", "n")]
    assert opinions("can't recommend this hotel, not clean enough") == [("hotel", "n")]


def test_beginnings_spoil_unknown_words() -> None:
    assert opinions("The fish was undersalted") == [("fish", "n")]
    assert opinions("We overheard the waiter") == []


def test_names_that_look_like_praise_are_names() -> None:
    assert opinions("I moved my account over to Swiftly") == []


def test_each_key_of_the_list_is_known_and_every_verb_has_its_forms() -> None:
    assert set(opinion_words("en", "events")) == set(EVENTS)
    tenses = dict(verb_forms("hang up", "en"))
    assert tenses == {
        "hang up": Event.BASE, "hangs up": Event.THIRD, "hanging up": Event.GOING, "hung up": Event.PAST
    }  # fmt: skip


def test_learned_words_go_before_no_other_list() -> None:
    learned = {word for words in opinion_words("en", "learned").values() for word in words}
    said = {word for key, words in opinion_words("en", "polarity").items() if key != "none" for word in words}

    assert len(learned) > 100
    assert not learned & said
    assert opinions("The soup was insipid") == [("soup", "n")]
