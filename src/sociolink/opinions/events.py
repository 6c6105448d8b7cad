"""What happened: verbs that say nothing of a thing by themselves, and do by who did it to whom.

"I cancelled my order" is no complaint, "they cancelled my order" is; "he shrugged" says something of a cashier, "it
froze" of a telephone, and nothing of a lake. Verbs are known by class (events.txt), subjects by theirs: the writer,
others, a thing. These are the frames of Fillmore (1976) with two roles.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from sociolink.opinions.amounts import find_amounts
from sociolink.opinions.lexicon import CATEGORIES
from sociolink.opinions.marks import RELATIVE_ADJECTIVE, Event, Mark
from sociolink.opinions.neighbours import Bools, Ints, at_or_after, count_before, first_of_run, last_before, shift
from sociolink.opinions.stream import Stream
from sociolink.opinions.vocabulary import Vocabulary

__all__ = ["Events", "find_events"]

Floats = npt.NDArray[np.float32]

_BODIES = tuple(CATEGORIES.index(name) for name in ("service", "brand", "delivery", "staff"))
_FORMS = Event.BASE | Event.THIRD | Event.PAST | Event.GOING
_GOOD, _BAD = 0.4, -0.5


@dataclass(frozen=True, slots=True, eq=False)
class Events:
    """What happened, for each unit of the stream.

    Attributes:
        polarity: -1 to 1; 0 where nothing did.
        theirs: Whether "they" are the subject.
        people: Whether "he", "she" or "they" are.
        kind: Whether it is an act that helps, of people who are not named.
        shared: Whether its subject is that of the verb before.
    """

    polarity: Floats
    theirs: Bools
    people: Bools
    kind: Bools
    shared: Bools


@dataclass(frozen=True, slots=True, eq=False)
class _Roles:
    """Who does what to whom, for each unit as if it were a verb.

    Attributes:
        writer: Whether the writer is the subject.
        others: Whether people or a company are.
        pronoun: Whether these are not named.
        they: Whether "they" are.
        people: Whether "he", "she" or "they" are.
        thing: Whether a thing is.
        opening: Whether the sentence begins with it.
        to_me: Whether the writer, or what is the writer's, is the object.
        suffered: Whether a form of "be" or "get" stands before it.
        shared: Whether the subject is that of the verb before.
    """

    writer: Bools
    others: Bools
    pronoun: Bools
    they: Bools
    people: Bools
    thing: Bools
    opening: Bools
    to_me: Bools
    suffered: Bools
    shared: Bools


def find_events(stream: Stream, vocabulary: Vocabulary) -> Events:
    """What happened.

    Args:
        stream: The posts.
        vocabulary: What the stream was read with.
    """
    event = vocabulary.entries.event[stream.entry]
    roles = _roles(stream, event)
    has = partial(_has, event)
    polarity = find_amounts(stream, event)
    harm, kind, worked = _acts(stream, event, roles)
    polarity[has(Event.SERVE) & worked] = _GOOD
    polarity[has(Event.KIND) & kind] = _GOOD
    polarity[has(Event.HABIT) & _usual(stream, event, roles)] = _GOOD
    polarity[has(Event.FAULT) & worked] = _BAD
    polarity[has(Event.HARM) & harm] = _BAD
    polarity[has(Event.STATE) & _left(stream, event, roles)] = _BAD
    verb = stream.has(Mark.VERB) & ~stream.has(Mark.ADJECTIVE | Mark.COPULA)
    polarity[has(Event.CEASE) & worked & shift(verb & (stream.polarity >= 0), -1)] = _BAD
    forced = roles.to_me & ~roles.writer & shift(verb & (stream.polarity == 0), -2)
    polarity[has(Event.FORCE) & forced] = _BAD  # "they made me fill in the form again"
    polarity[_obliged(stream, vocabulary, event, polarity)] = _BAD
    polarity[_no_one(stream, event, polarity)] = _BAD
    noun = shift(stream.has(Mark.DETERMINER | Mark.NUMBER) & ~stream.has(Mark.BOOSTER), 1) & has(_FORMS)
    polarity[noun & (shift(stream.sentence, 1) == stream.sentence)] = 0
    polarity[(stream.polarity != 0) | stream.has(RELATIVE_ADJECTIVE | Mark.NEUTRAL)] = 0
    own = has(Event.KIND | Event.HARM) & has(Event.PAST) & roles.writer & ~roles.suffered & ~stream.has(Mark.PHRASE)
    polarity[own] = -stream.polarity[own]
    told = polarity != 0
    return Events(
        polarity, roles.they, roles.people, told & roles.pronoun & has(Event.KIND), told & roles.shared
    )  # fmt: skip


def _has(event: Ints, bits: int) -> Bools:
    answer: Bools = (event & bits) != 0
    return answer


def _acts(stream: Stream, event: Ints, roles: _Roles) -> tuple[Bools, Bools, Bools]:
    """Whether it is an act that harms, one that helps, or something that a thing does, were it a verb of that class."""
    has = partial(_has, event)
    negated = shift(stream.has(Mark.NEGATOR), 1) & ~roles.writer
    finite = has(Event.PAST) | (has(Event.THIRD) & ~roles.writer) | (has(Event.GOING) & roles.suffered)
    done = finite & ~(roles.suffered & has(Event.PAST))
    borne = has(Event.PAST) & roles.suffered
    told = done & ~has(Event.THIRD) & roles.others
    harm = roles.to_me & ~roles.writer & (done | (has(Event.BASE) & roles.others))
    harm |= (borne & (roles.writer | roles.thing | roles.others | roles.opening)) | told
    kind = told | (borne & roles.writer) | (has(Event.BASE) & negated & (roles.others | roles.opening))
    kind |= has(Event.PAST) & roles.opening & roles.to_me
    worked = (roles.thing & (finite | borne)) | (has(Event.THIRD) & roles.opening & ~roles.to_me)
    return harm, kind, worked


def _usual(stream: Stream, event: Ints, roles: _Roles) -> Bools:
    """What people do as a habit: "doctors listen here"."""
    many = roles.they | (roles.others & ~roles.pronoun & shift(stream.has(Mark.PLURAL), 1))
    answer: Bools = (_has(event, Event.BASE) & many) | (_has(event, Event.THIRD) & roles.others)
    return answer & ~roles.suffered


def _left(stream: Stream, event: Ints, roles: _Roles) -> Bools:
    """In what state a thing was found: "the heating was off", not "off the menu"."""
    after = shift(stream.has(Mark.NOUN | Mark.DETERMINER | Mark.ADJECTIVE) | (stream.category >= 0), -1)
    by_itself = ~after | shift(stream.has(Mark.BOOSTER), -1) | (shift(stream.sentence, -1) != stream.sentence)
    subject = (roles.thing | roles.others) & ~roles.pronoun
    answer: Bools = shift(_has(event, Event.WAS), 1) & subject & by_itself
    return answer


def _obliged(stream: Stream, vocabulary: Vocabulary, event: Ints, polarity: Floats) -> Bools:
    """What somebody had to do, with no opinion word in the clause: "had to send the soup back"."""
    number = vocabulary.entries.number
    ended = np.searchsorted(stream.clause, stream.clause, side="right")
    said = count_before((polarity != 0) | (stream.polarity != 0))
    silent = said[ended] == said[first_of_run(stream.clause)]
    costs = _has(event, Event.ASK | Event.KIND | Event.HARM | Event.WAIT)
    had = shift(stream.entry == number["to"], 1) & shift(stream.entry == number["had"], 2)
    answer: Bools = had & silent & stream.has(Mark.VERB) & costs & (shift(stream.clause, 2) == stream.clause)
    return answer


def _no_one(stream: Stream, event: Ints, polarity: Floats) -> Bools:
    """What nobody does, with no opinion word in the clause behind: "nobody at the branch picks up"."""
    ended = np.searchsorted(stream.clause, stream.clause, side="right")
    here = np.arange(len(stream))
    said = count_before((polarity != 0) | (stream.polarity != 0) | stream.has(Mark.ADJECTIVE | Mark.CONTRAST))
    verbs = count_before(stream.has(Mark.VERB) & ~stream.has(Mark.FEELING) & ~_has(event, Event.KNOWS))
    answer: Bools = _has(event, Event.NO_ONE) & (said[ended] == said[here]) & (verbs[ended] > verbs[here])
    return answer


def _roles(stream: Stream, event: Ints) -> _Roles:
    has = partial(_has, event)
    first = first_of_run(stream.sentence)
    noun = (stream.category >= 0) | (stream.has(Mark.NOUN) & ~stream.has(Mark.UNSPOKEN))
    body = np.isin(stream.category, _BODIES) | stream.has(Mark.MENTION)
    concerned = count_before(has(Event.WRITER | Event.TO_ME) | body)
    last = np.searchsorted(stream.sentence, stream.sentence, side="right")
    others = has(Event.OTHERS) & ((concerned[last] > concerned[first]) | ~has(Event.PEOPLE))
    named = has(Event.WRITER) | others | noun
    at, led, opening = _subject(stream, named, first)
    inside = at >= 0
    passive = stream.has(Mark.COPULA)
    adverb = stream.has(Mark.ADVERB | Mark.BOOSTER | Mark.DAMPER | Mark.NEGATOR) & ~passive
    before = last_before(~adverb)
    to_me = has(Event.TO_ME) | (has(Event.WHOLE) & shift(has(Event.TO_ME), -1))
    return _Roles(
        inside & has(Event.WRITER)[at],
        inside & (others | body)[at],
        inside & others[at],
        inside & has(Event.THEY)[at],
        inside & has(Event.PEOPLE)[at],
        inside & ((noun & ~body) | has(Event.IT))[at],
        opening,
        shift(to_me, -1) & (shift(stream.sentence, -1) == stream.sentence),
        (before >= first) & passive[np.maximum(before, 0)],
        led,
    )


def _subject(stream: Stream, named: Bools, first: Ints) -> tuple[Ints, Bools, Bools]:
    """What stands before each but helping words, or the subject of the verb before; whether that; whether none."""
    helping = stream.has(Mark.COPULA | Mark.ADVERB | Mark.BOOSTER | Mark.DAMPER | Mark.NEGATOR) & ~named
    at = last_before(~helping)
    inside = (at >= first) & (at >= 0)
    linked = inside & stream.has(Mark.COORDINATOR | Mark.COMMA)[np.maximum(at, 0)]
    subject = at_or_after(named)[first]
    led = linked & (subject < np.arange(len(stream)))
    place = np.where(led, np.minimum(subject, len(stream) - 1), at)
    return np.where(inside & (~linked | led), place, -1), led, ~inside
