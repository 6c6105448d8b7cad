"""What happened: verbs that say nothing of a thing by themselves, and do by who did it to whom.

"I cancelled my order" is no complaint, "they cancelled my order" is; "he shrugged" says something of a cashier, "it
froze" of a telephone, and nothing of a lake. Verbs are known by class (events.txt), subjects by theirs: the writer,
others, a thing. These are the frames of Fillmore (1976) with two roles.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sociolink.opinions.lexicon import CATEGORIES
from sociolink.opinions.marks import RELATIVE_ADJECTIVE, Event, Mark
from sociolink.opinions.neighbours import Bools, Ints, at_or_after, at_or_before, first_of_run, shift
from sociolink.opinions.stream import Stream
from sociolink.opinions.vocabulary import Vocabulary

__all__ = ["find_events"]

Floats = npt.NDArray[np.float32]

_WRITER = ("i", "we", "ive", "weve", "id", "im", "ill")
_OTHERS = ("they", "he", "she", "theyve", "hes", "shes", "you", "youve", "youre", "nobody", "no one", "someone", "none")
_TO_ME = ("me", "us", "my", "our")
_IT = ("it", "its", "this one", "they")
_BODIES = tuple(CATEGORIES.index(name) for name in ("service", "brand", "delivery", "staff"))
_GOOD, _BAD = 0.4, -0.5


@dataclass(frozen=True, slots=True, eq=False)
class _Roles:
    """Who does what to whom, for each unit as if it were a verb.

    Attributes:
        writer: Whether the writer is the subject.
        others: Whether people or a company are.
        thing: Whether a thing is.
        opening: Whether the sentence begins with it.
        to_me: Whether the writer, or what is the writer's, is the object.
        suffered: Whether a form of "be" or "get" stands before it.
    """

    writer: Bools
    others: Bools
    thing: Bools
    opening: Bools
    to_me: Bools
    suffered: Bools


def find_events(stream: Stream, vocabulary: Vocabulary) -> Floats:
    """(units,) polarity of what happened; 0 where nothing did.

    Args:
        stream: The posts.
        vocabulary: What the stream was read with.
    """
    event = vocabulary.entries.event[stream.entry].astype(np.int64)
    if not event.any():
        return np.zeros(len(stream), np.float32)
    roles = _roles(stream, vocabulary)

    def has(bits: int) -> Bools:
        answer: Bools = (event & bits) != 0
        return answer

    negated = shift(stream.has(Mark.NEGATOR), 1) & ~roles.writer
    finite = has(Event.PAST) | (has(Event.THIRD) & ~roles.writer) | (has(Event.GOING) & roles.suffered)
    done = finite & ~(roles.suffered & has(Event.PAST))
    borne = has(Event.PAST) & roles.suffered
    harm = roles.to_me & ~roles.writer & (done | (has(Event.BASE) & roles.others))
    told = (done & ~has(Event.THIRD)) & roles.others
    harm |= (borne & (roles.writer | roles.thing | roles.opening)) | told
    kind = told | (borne & roles.writer) | (has(Event.BASE) & negated & (roles.others | roles.opening))
    kind |= has(Event.PAST) & roles.opening & roles.to_me
    worked = (roles.thing & (finite | borne)) | (has(Event.THIRD) & roles.opening & ~roles.to_me)
    polarity = np.zeros(len(stream), np.float32)
    polarity[has(Event.SERVE) & worked] = _GOOD
    polarity[has(Event.KIND) & kind] = _GOOD
    polarity[has(Event.FAULT) & worked] = _BAD
    polarity[has(Event.HARM) & harm] = _BAD
    polarity[(stream.polarity != 0) | stream.has(RELATIVE_ADJECTIVE | Mark.NEUTRAL)] = 0
    return polarity


def _roles(stream: Stream, vocabulary: Vocabulary) -> _Roles:
    number = vocabulary.entries.number

    def among(words: tuple[str, ...]) -> Bools:
        return np.isin(stream.entry, [number[word] for word in words if word in number])

    size = len(stream)
    writer, others = among(_WRITER), among(_OTHERS)
    noun = (stream.category >= 0) | (stream.has(Mark.NOUN) & ~stream.has(Mark.UNSPOKEN))
    body = np.isin(stream.category, _BODIES) | (stream.has(Mark.MENTION))
    helping = stream.has(Mark.COPULA | Mark.ADVERB | Mark.BOOSTER | Mark.DAMPER | Mark.NEGATOR) & ~writer & ~others & ~noun
    at = shift(at_or_before(~helping) + 1, 1) - 1
    first = first_of_run(stream.sentence)
    place = np.maximum(at, 0)
    inside = (at >= first) & (at >= 0)
    linked = inside & stream.has(Mark.COORDINATOR | Mark.COMMA)[place]
    subject = at_or_after(writer | others | noun)
    begun = np.minimum(subject[first], size - 1)
    led = linked & (subject[first] < np.arange(size))
    place = np.where(led, begun, place)
    inside &= ~linked | led
    passive = stream.has(Mark.COPULA)
    adverb = stream.has(Mark.ADVERB | Mark.BOOSTER | Mark.DAMPER | Mark.NEGATOR) & ~passive
    before = shift(at_or_before(~adverb) + 1, 1) - 1
    suffered = (before >= first) & passive[np.maximum(before, 0)]
    return _Roles(
        inside & writer[place],
        inside & (others | body)[place],
        inside & ((noun & ~body) | among(_IT))[place],
        (at < first) | (at < 0),
        shift(among(_TO_ME), -1) & (shift(stream.sentence, -1) == stream.sentence),
        suffered,
    )
