"""Runs of words against a loop."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from sociolink.text.hashing import hash_strings
from sociolink.text.word_runs import hash_runs

TEXTS = st.lists(st.lists(st.sampled_from(["a", "bc", "def"]), max_size=5), max_size=6)


@given(TEXTS, st.integers(1, 4))
def test_runs_are_those_of_a_loop(texts: list[list[str]], most: int) -> None:
    words = [word for text in texts for word in text]
    row = np.repeat(np.arange(len(texts)), [len(text) for text in texts])
    place = [at for text in texts for at in range(len(text))]
    begin = np.flatnonzero(np.array([word != "bc" for word in words], np.bool_))
    word, length = hash_strings(pa.array(words, pa.string()))

    begins, runs = hash_runs(row, word, length, begin, most=most)

    for size, (at, run) in enumerate(zip(begins, runs, strict=True), start=1):
        expected = [first for first in begin.tolist() if place[first] + size <= len(texts[row[first]])]
        joined = pa.array(["".join(words[first : first + size]) for first in expected], pa.string())
        assert at.tolist() == expected
        assert run.tolist() == hash_strings(joined)[0].tolist()
    assert len(begins) == most
