"""Kinds of posts."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from sociolink.opinions.catalogue import Catalogue
from sociolink.opinions.kinds import POST_KINDS, classify
from sociolink.opinions.lexicon import lexicon
from sociolink.opinions.stream import index_phrases, index_purposes, read_stream
from sociolink.opinions.units import find_units
from sociolink.opinions.vocabulary import build_vocabulary

VOCABULARY = build_vocabulary("en", Catalogue())
TABLES = {"phrases": index_phrases(VOCABULARY), "purposes": index_purposes(VOCABULARY)}


def kinds(text: str) -> set[str]:
    stream = read_stream(pa.array([text]), vocabulary=VOCABULARY, **TABLES)
    return {POST_KINDS[place] for place in np.flatnonzero(classify(stream, find_units(stream))[0])}


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
