"""The word lists by which opinions are read."""

from __future__ import annotations

import re

import pytest

from sociolink.reference.opinion_words import LISTS, opinion_languages, opinion_words

LANGUAGES = opinion_languages()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", LISTS)
def test_every_language_has_every_list(language: str, name: str) -> None:
    assert sum(map(len, opinion_words(language, name).values())) > 10


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", [name for name in LISTS if name != "emoji"])
def test_phrases_are_written_as_tokens(language: str, name: str) -> None:
    """Lower case, single spaces, no apostrophes or hyphens, numbers as such: otherwise they would never be found."""
    odd = [
        phrase
        for phrases in opinion_words(language, name).values()
        for phrase in phrases
        if not re.fullmatch(r"[a-z0-9&/%'.]+(?: [a-z0-9&/%'.]+)*", phrase.replace("<number>", "2"))
        or re.search(r"[a-z]'(?!all)", phrase)
    ]

    assert odd == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_levels_are_those_that_are_known(language: str) -> None:
    levels = {"+3", "+2", "+1", "-1", "-2", "-3"}

    assert set(opinion_words(language, "polarity")) == levels | {"0", "none"}
    assert set(opinion_words(language, "general")) <= levels
    assert set(opinion_words(language, "emoji")) <= levels


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_is_good_and_bad(language: str) -> None:
    own = opinion_words(language, "polarity")
    good = {word for key in ("+1", "+2", "+3") for word in own[key]}
    bad = {word for key in ("-1", "-2", "-3") for word in own[key]}

    assert good & bad == set()
