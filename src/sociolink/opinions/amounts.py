"""What took how long and how often: long waits, quick answers, the third engineer, a coat that lasted ten years."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sociolink.opinions.marks import Event, Mark
from sociolink.opinions.neighbours import Bools, Ints, close_behind, first_of_run, last_before, shift
from sociolink.opinions.stream import Stream

__all__ = ["find_amounts"]

_REACH = 4
_GOOD, _BAD = 0.45, -0.5
_SPANS = Event.MINUTES | Event.HOURS | Event.DAYS | Event.YEARS


def find_amounts(stream: Stream, event: Ints) -> npt.NDArray[np.float32]:
    """(units,) polarity of spans of time, of things that come again and of what is asked again; 0 elsewhere.

    Args:
        stream: The posts.
        event: (units,) bits of `Event`.
    """

    def has(bits: int) -> Bools:
        answer: Bools = (event & bits) != 0
        return answer

    breaks = stream.has(Mark.STOP | Mark.COMMA | Mark.CONTRAST | Mark.COORDINATOR)

    def behind(bits: int) -> Bools:
        """Whether one stands a few words before, no new thought between."""
        place = np.maximum(last_before(has(bits)), 0)
        answer: Bools = close_behind(has(bits), breaks, _REACH) & (stream.sentence[place] == stream.sentence)
        return answer

    number = stream.has(Mark.NUMBER) | has(Event.COUNT)
    counted = shift(number | stream.has(Mark.DETERMINER), 1) & (shift(stream.sentence, 1) == stream.sentence)
    counted &= ~shift(stream.has(Mark.THING_PRONOUN | Mark.PERSON), 1)
    many = counted & shift(number, 1)
    span = has(_SPANS) & counted
    polarity = np.zeros(len(stream), np.float32)
    polarity[span & behind(Event.WAIT)] = _BAD
    polarity[span & has(Event.DAYS) & many & behind(Event.TAKE)] = _BAD
    polarity[span & has(Event.YEARS) & many & behind(Event.LAST)] = _GOOD
    polarity[span & has(Event.MINUTES | Event.HOURS) & shift(has(Event.WITHIN), 2)] = _GOOD
    polarity[has(Event.TRY) & shift(has(Event.NTH), 1) & (shift(stream.sentence, 1) == stream.sentence)] = _BAD
    money = has(Event.MONEY) & (number | counted)
    before = np.where(number, shift(has(Event.MERELY), 1), shift(has(Event.MERELY), 2))
    opening = np.where(number, 0, 1) == np.arange(len(stream)) - first_of_run(stream.sentence)
    polarity[money & opening & shift(stream.has(Mark.PREPOSITION), -1)] = _BAD
    polarity[money & behind(Event.DEMAND)] = _BAD
    polarity[money & before] = _GOOD
    polarity[has(Event.AGAIN) & many & behind(Event.ASK)] = _BAD
    return polarity
