"""Kinds of posts."""

from __future__ import annotations

import numpy as np
import pytest

from sociolink.opinions.kinds import POST_KINDS
from sociolink.opinions.lexicon import lexicon
from sociolink.opinions.reader import RuleReader

READER = RuleReader()


def kinds(text: str) -> set[str]:
    return {POST_KINDS[place] for place in np.flatnonzero(READER.read([text]).kinds[0])}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("The app keeps crashing", {"complaint"}),
        ("Thank you, brilliant service", {"praise"}),
        ("What time do you close today?", {"question"}),
        ("anyone know how to reset this router", {"question"}),
        ("thinking of getting the new tablet", {"intent_to_buy"}),
        ("I am cancelling my plan", {"intent_to_leave"}),
        ("Avoid this place, the food is awful", {"complaint", "advice"}),
        ("Why is the app so slow?", {"complaint", "question"}),
        ("On the train to Leeds", set()),
    ],
)
def test_kinds(text: str, wanted: set[str]) -> None:
    assert kinds(text) == wanted


def test_lexicon_of_an_unknown_language() -> None:
    from sociolink.errors import InvalidParameterError

    with pytest.raises(InvalidParameterError, match="'xx'; there are word lists for en"):
        lexicon("xx")
