"""What holds of opinions for every text."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sociolink.opinions import reader as reading
from sociolink.opinions.reader import RuleReader

READER = RuleReader({"product": ["iPhone"], "brand": ["AT&T"]})
WORDS = [
    "love",
    "hate",
    "the",
    "my",
    "iPhone",
    "AT&T",
    "service",
    "battery",
    "is",
    "not",
    "never",
    "but",
    "and",
    ",",
    ".",
    "!",
    "?",
    "very",
    "too",
    "cold",
    "long",
    "because",
    "if",
    "would",
    "it",
    "they",
    "great",
    "bad",
    "staff",
    "@x",
    "😍",
    ":(",
    "RT",
    "better",
    "than",
    "with",
    "of",
    "no",
    "cheap",
    "price",
    "&",
    "\n",
]
SAID = st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join)
ANY = st.one_of(SAID, st.text(max_size=40))


@given(st.lists(ANY, max_size=5))
@settings(max_examples=150)
def test_every_text_is_read(texts: list[str]) -> None:
    for one in READER(texts).to_pylist():
        assert -1 <= one["polarity"] <= 1
        assert one["strength"] == abs(one["polarity"])
        assert (
            one["sentiment"] == ("negative", "neutral", "positive")[(one["polarity"] > 0) - (one["polarity"] < 0) + 1]
        )
        if one["aspect_term"] is not None:
            assert texts[one["text"]][one["start"] : one["end"]] == one["aspect_term"]


@given(st.lists(ANY, min_size=1, max_size=5))
@settings(max_examples=100)
def test_posts_are_read_each_for_itself(texts: list[str]) -> None:
    together = READER(texts).to_pylist()
    apart = [{**one, "text": place} for place, text in enumerate(texts) for one in READER([text]).to_pylist()]

    assert together == apart


def test_batches_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = pa.array([f"Great camera number {number}, bad battery but @x{number} is kind" for number in range(50)])
    whole = READER(texts)

    monkeypatch.setattr(reading, "_BATCH", 7)

    assert READER(texts).combine_chunks().equals(whole.combine_chunks())
