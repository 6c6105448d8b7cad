"""Other forms of phrases, and what they inherit."""

from __future__ import annotations

import pytest

from sociolink.opinions.forms import inflected, other_phrases, plural, with_numbers
from sociolink.opinions.lexicon import lexicon


@pytest.mark.parametrize(
    ("phrase", "wanted"),
    [
        ("wont charge", "will not charge"),
        ("doesnt fit", "didnt fit"),
        ("hung up on me", "hanging up on us"),
        ("ripped off", "ripping off"),
        ("overpriced", "over priced"),
    ],
)
def test_other_forms_say_the_same(phrase: str, wanted: str) -> None:
    assert wanted in other_phrases(phrase, "en", base=True)
    assert lexicon("en")[wanted].polarity * lexicon("en")[phrase].polarity > 0


def test_the_base_of_praise_is_a_request() -> None:
    assert "helped us out" in other_phrases("helped me out", "en", base=False)
    assert "help me out" not in other_phrases("helped me out", "en", base=False)


def test_forms_that_the_lists_state_keep_what_these_say() -> None:
    assert lexicon("en")["fixed it"].polarity > 0 > lexicon("en")["fix it"].polarity


def test_numbers_stand_for_any_number() -> None:
    assert list(with_numbers("late again", "en")) == ["late again"]
    assert lexicon("en")["took three weeks"].polarity == lexicon("en")["took <number> weeks"].polarity < 0


def test_words() -> None:
    assert plural("tray") == "trays"
    assert {"crashes", "crashing", "crashed"} <= {form for form, _ in inflected("crash")}
