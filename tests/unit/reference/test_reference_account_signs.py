"""Phrases by which accounts say what they are."""

from __future__ import annotations

import pyarrow as pa
import pytest

from sociolink.reference.account_signs import PLACES, SIGNS, account_signs
from sociolink.reference.facts import given_name_counts, surname_counts
from sociolink.text.folding import fold

MANY_BEARERS = 2_000


def test_every_sign_and_place_is_known() -> None:
    assert {sign for sign, _ in account_signs()} == set(SIGNS)
    assert {place for _, place in account_signs()} == set(PLACES)


@pytest.mark.parametrize("key", sorted(account_signs()), ids=".".join)
def test_phrases_are_there_and_short(key: tuple[str, str]) -> None:
    folded = fold(pa.array(account_signs()[key])).to_pylist()

    assert all(folded)
    assert max(len(phrase.split()) for phrase in folded) <= 5


def test_no_phrase_means_two_things() -> None:
    for place in PLACES:
        phrases = [phrase for (_, one), found in account_signs().items() if one == place for phrase in found]
        assert len(phrases) == len(set(phrases))


@pytest.mark.parametrize("place", ["name", "handle"])
def test_single_words_in_names_are_not_common_names(place: str) -> None:
    words = [word for (_, one), found in account_signs().items() if one == place for word in found if " " not in word]
    folded = fold(pa.array(words))

    assert words
    assert surname_counts().lookup(folded).max() < MANY_BEARERS
    assert given_name_counts().lookup(folded).max() < MANY_BEARERS
