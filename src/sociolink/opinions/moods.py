"""What is not said to be so: wished, supposed, asked."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sociolink.opinions.marks import RELATIVE_ADJECTIVE, Mark
from sociolink.opinions.neighbours import (
    Bools,
    at_or_after,
    at_or_before,
    close_behind,
    count_before,
    first_of_run,
    shift,
)
from sociolink.opinions.stream import Stream
from sociolink.text.runs import starts_of_runs

__all__ = ["find_asked", "find_supposed"]

_HYPOTHESIS_REACH = 7


def find_supposed(stream: Stream) -> Bools:
    """In a clause that begins with a condition, or behind a word that makes it a wish or a plan."""
    condition = at_or_before(stream.has(Mark.CONDITION))
    boundary = at_or_before(stream.has(Mark.COMMA | Mark.CONTRAST | Mark.STOP))
    conditional = (
        (condition >= 0) & (condition > boundary) & (stream.sentence[np.maximum(condition, 0)] == stream.sentence)
    )
    hypothesis = stream.has(Mark.HYPOTHETICAL) & ~stream.has(Mark.FACTUAL)
    breaks = stream.has(Mark.COMMA | Mark.CONTRAST | Mark.STOP | Mark.FACTUAL)
    answer: Bools = conditional | close_behind(hypothesis, breaks, _HYPOTHESIS_REACH)
    return answer


def find_asked(stream: Stream, polarity: npt.NDArray[np.float32]) -> Bools:
    """Within a question that is no reproach: from the last clause that begins like a question to its mark."""
    end = np.minimum(at_or_after(stream.has(Mark.STOP)), len(stream) - 1)
    question = stream.has(Mark.QUESTION)[end] & (stream.sentence[end] == stream.sentence)
    new_clause = starts_of_runs(stream.clause)
    linked = shift(new_clause & stream.has(Mark.CONTRAST | Mark.COORDINATOR), 1)
    start = (new_clause | linked) & stream.has(Mark.INTERROGATIVE)
    first = first_of_run(stream.sentence)
    starts = count_before(start)
    begun = (starts[np.arange(len(stream)) + 1] - starts[first]) > 0
    any_start = (starts[end + 1] - starts[first]) > 0
    reproach = count_before(stream.has(Mark.REPROACH))
    reproached = ((reproach[end + 1] - reproach[first]) > 0) & ((polarity < 0) | stream.has(RELATIVE_ADJECTIVE))
    answer: Bools = question & (begun | ~any_start) & ~reproached
    return answer
