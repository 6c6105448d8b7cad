"""What happened: verbs that say nothing of a thing by themselves, and do by who did it to whom.

"I cancelled my order" is no complaint, "they cancelled my order" is; "he shrugged" says something of a cashier, "it
froze" of a telephone, and nothing of a lake. Verbs are known by class (events.txt), subjects by theirs: the writer,
others, a thing. These are the frames of Fillmore (1976) with two roles.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sociolink.opinions.amounts import find_amounts
from sociolink.opinions.lexicon import CATEGORIES
from sociolink.opinions.marks import RELATIVE_ADJECTIVE, Event, Mark
from sociolink.opinions.neighbours import Bools, at_or_after, at_or_before, count_before, first_of_run, shift
from sociolink.opinions.stream import Stream
from sociolink.opinions.vocabulary import Vocabulary

__all__ = ["Events", "find_events"]

Floats = npt.NDArray[np.float32]

_WRITER = ("i", "we", "ive", "weve", "id", "im", "ill")
_OTHERS = ("they", "he", "she", "theyve", "hes", "shes", "you", "youve", "youre", "nobody", "no one", "someone", "none")
_THEY = ("they", "theyve")
_PEOPLE = (*_THEY, "he", "she", "hes", "shes", "theyre")
_NO_ONE = ("nobody", "no one", "noone")
_KNOWS = (
    "know",
    "knows",
    "knew",
    "thinks",
    "thought",
    "says",
    "wants",
    "wanted",
    "expects",
    "expected",
    "died",
    "dies",
)
_WAS = ("was", "were", "been", "has been", "have been", "had been", "hasnt been")
_TO_ME = ("me", "us", "my", "our")
_ALL = ("all", "both", "half", "everything", "every")
_IT = ("it", "its", "this one", "they")
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
    event = vocabulary.entries.event[stream.entry].astype(np.int64)
    roles = _roles(stream, vocabulary)

    def has(bits: int) -> Bools:
        answer: Bools = (event & bits) != 0
        return answer

    polarity = find_amounts(stream, event)
    harm, kind, worked = _acts(stream, event, roles)
    polarity[has(Event.SERVE) & worked] = _GOOD
    polarity[has(Event.KIND) & kind] = _GOOD
    many = roles.they | (roles.others & ~roles.pronoun & shift(stream.has(Mark.PLURAL), 1))
    usual = (has(Event.BASE) & many) | (has(Event.THIRD) & roles.others)
    polarity[has(Event.HABIT) & usual & ~roles.suffered] = _GOOD
    polarity[has(Event.FAULT) & worked] = _BAD
    polarity[has(Event.HARM) & harm] = _BAD
    polarity[has(Event.STATE) & _left(stream, vocabulary, roles)] = _BAD
    going = shift(stream.has(Mark.VERB) & ~stream.has(Mark.ADJECTIVE | Mark.COPULA) & (stream.polarity >= 0), -1)
    polarity[has(Event.CEASE) & worked & going] = _BAD
    polarity[has(Event.FORCE) & _forced(stream, event, roles)] = _BAD
    polarity[_obliged(stream, vocabulary, polarity)] = _BAD
    polarity[_no_one(stream, vocabulary, polarity)] = _BAD
    noun = shift(stream.has(Mark.DETERMINER | Mark.NUMBER) & ~stream.has(Mark.BOOSTER), 1) & has(_FORMS)
    polarity[noun & (shift(stream.sentence, 1) == stream.sentence)] = 0
    own = has(Event.KIND | Event.HARM) & has(Event.PAST) & roles.writer & ~roles.suffered & ~stream.has(Mark.PHRASE)
    polarity[(stream.polarity != 0) | stream.has(RELATIVE_ADJECTIVE | Mark.NEUTRAL)] = 0
    polarity[own] = -stream.polarity[own]
    return Events(
        polarity,
        roles.they,
        roles.people,
        (polarity != 0) & roles.pronoun & has(Event.KIND),
        (polarity != 0) & roles.shared,
    )


def _acts(stream: Stream, event: npt.NDArray[np.int64], roles: _Roles) -> tuple[Bools, Bools, Bools]:
    """Whether it is an act that harms, one that helps, or something that a thing does, were it a verb of that class."""

    def has(bits: int) -> Bools:
        answer: Bools = (event & bits) != 0
        return answer

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


def _obliged(stream: Stream, vocabulary: Vocabulary, polarity: Floats) -> Bools:
    """What somebody had to do, with no opinion word in the clause: "had to send the soup back"."""
    number = vocabulary.entries.number
    ended = np.searchsorted(stream.clause, stream.clause, side="right")
    said = count_before((polarity != 0) | (stream.polarity != 0))
    silent = said[ended] == said[first_of_run(stream.clause)]
    acts = Event.ASK | Event.KIND | Event.HARM | Event.WAIT
    costs = (vocabulary.entries.event[stream.entry].astype(np.int64) & acts) != 0
    had = shift(stream.entry == number["to"], 1) & shift(stream.entry == number["had"], 2)
    answer: Bools = had & silent & stream.has(Mark.VERB) & costs & (shift(stream.clause, 2) == stream.clause)
    return answer


def _no_one(stream: Stream, vocabulary: Vocabulary, polarity: Floats) -> Bools:
    """What nobody does, with no opinion word in the clause behind: "nobody at the branch picks up"."""
    number = vocabulary.entries.number
    nobody = np.isin(stream.entry, [number[word] for word in _NO_ONE if word in number])
    ended = np.searchsorted(stream.clause, stream.clause, side="right")
    here = np.arange(len(stream))
    said = count_before((polarity != 0) | (stream.polarity != 0) | stream.has(Mark.ADJECTIVE | Mark.CONTRAST))
    knows = np.isin(stream.entry, [number[word] for word in _KNOWS if word in number])
    verbs = count_before(stream.has(Mark.VERB) & ~stream.has(Mark.FEELING) & ~knows)
    answer: Bools = nobody & (said[ended] == said[here]) & (verbs[ended] > verbs[here])
    return answer


def _left(stream: Stream, vocabulary: Vocabulary, roles: _Roles) -> Bools:
    """In what state a thing was found: "the heating was off", not "off the menu"."""
    number = vocabulary.entries.number
    was = np.isin(stream.entry, [number[word] for word in _WAS if word in number])
    after = shift(stream.has(Mark.NOUN | Mark.DETERMINER | Mark.ADJECTIVE) | (stream.category >= 0), -1)
    by_itself = ~after | shift(stream.has(Mark.BOOSTER), -1) | (shift(stream.sentence, -1) != stream.sentence)
    answer: Bools = shift(was, 1) & (roles.thing | roles.others) & ~roles.pronoun & by_itself
    return answer


def _forced(stream: Stream, event: npt.NDArray[np.int64], roles: _Roles) -> Bools:
    """What others make the writer do: "they made me fill in the form again"."""
    verb = shift(stream.has(Mark.VERB) & ~stream.has(Mark.ADJECTIVE | Mark.COPULA) & (stream.polarity == 0), -2)
    answer: Bools = ((event & Event.FORCE) != 0) & roles.to_me & ~roles.writer & verb
    return answer


def _roles(stream: Stream, vocabulary: Vocabulary) -> _Roles:
    number = vocabulary.entries.number

    def among(words: tuple[str, ...]) -> Bools:
        return np.isin(stream.entry, [number[word] for word in words if word in number])

    size = len(stream)
    writer, others = among(_WRITER), among(_OTHERS)
    noun = (stream.category >= 0) | (stream.has(Mark.NOUN) & ~stream.has(Mark.UNSPOKEN))
    body = np.isin(stream.category, _BODIES) | stream.has(Mark.MENTION)
    helping = stream.has(Mark.COPULA | Mark.ADVERB | Mark.BOOSTER | Mark.DAMPER | Mark.NEGATOR)
    helping &= ~writer & ~others & ~noun
    concerned = count_before(writer | among(_TO_ME) | body)
    last = np.searchsorted(stream.sentence, stream.sentence, side="right")
    concerned = concerned[last] > concerned[first_of_run(stream.sentence)]
    others &= concerned | ~among(_PEOPLE)
    at = shift(at_or_before(~helping) + 1, 1) - 1
    first = first_of_run(stream.sentence)
    place = np.maximum(at, 0)
    inside = (at >= first) & (at >= 0)
    linked = inside & stream.has(Mark.COORDINATOR | Mark.COMMA)[place]
    subject = at_or_after(writer | others | noun)
    led = linked & (subject[first] < np.arange(size))
    place = np.where(led, np.minimum(subject[first], size - 1), place)
    inside &= ~linked | led
    passive = stream.has(Mark.COPULA)
    adverb = stream.has(Mark.ADVERB | Mark.BOOSTER | Mark.DAMPER | Mark.NEGATOR) & ~passive
    before = shift(at_or_before(~adverb) + 1, 1) - 1
    to_me = among(_TO_ME)
    to_me |= among(_ALL) & shift(to_me, -1)
    return _Roles(
        inside & writer[place],
        inside & (others | body)[place],
        inside & others[place],
        inside & among(_THEY)[place],
        inside & among(_PEOPLE)[place],
        inside & ((noun & ~body) | among(_IT))[place],
        (at < first) | (at < 0),
        shift(to_me, -1) & (shift(stream.sentence, -1) == stream.sentence),
        (before >= first) & passive[np.maximum(before, 0)],
        led,
    )
