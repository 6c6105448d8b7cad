"""Opinion words: their polarity under negation, their strength, and what is only asked or supposed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sociolink.opinions.events import find_events
from sociolink.opinions.marks import RELATIVE_ADJECTIVE, Mark
from sociolink.opinions.moods import find_asked, find_supposed
from sociolink.opinions.neighbours import (
    Bools,
    Ints,
    at_or_after,
    at_or_before,
    close_behind,
    count_before,
    first_of_run,
    last_before,
    shift,
)
from sociolink.opinions.stream import Stream
from sociolink.opinions.vocabulary import Vocabulary

__all__ = ["Units", "find_units"]

Floats = npt.NDArray[np.float32]

_NEGATION_REACH = 5
_DENIED_GOOD, _DENIED_BAD = -0.75, -0.55
"""What negation leaves of a polarity: less than the opposite (Taboada et al., 2011, shift it likewise)."""

_BOOST, _DAMP, _BANG = 1.25, 0.7, 1.1
_TOO_MUCH = -0.55
_MANNER_REACH, _THANKS_REACH = 4, 4

_ENOUGH_REACH = 7
_CANNOT = ("cant", "cannot", "couldnt", "cant recommend", "cannot recommend", "couldnt recommend")


@dataclass(frozen=True, slots=True, eq=False)
class Units:
    """Opinion words in the order of the stream.

    Attributes:
        at: (opinions,) unit of the stream.
        polarity: (opinions,) -1 to 1, with everything around it; 0 for words whose polarity depends on the thing.
        factor: (opinions,) what negation and strength would make of a polarity of 1.
        neutral: (opinions,) whether it is a verdict in the middle.
        relative: (opinions,) whether its polarity depends on the thing.
        absent: (opinions,) whether it only says that there is none of something.
        event: (opinions,) whether it tells only what happened.
        theirs: (opinions,) whether "they" are the subject of it.
        people: (opinions,) whether "he", "she" or "they" are.
        kind: (opinions,) whether it is an act that helps, of people who are not named.
        shared: (opinions,) whether its subject is that of the verb before.
    """

    at: Ints
    polarity: Floats
    factor: Floats
    neutral: Bools
    relative: Bools
    absent: Bools
    event: Bools
    theirs: Bools
    people: Bools
    kind: Bools
    shared: Bools

    def __len__(self) -> int:
        return len(self.at)


def find_units(stream: Stream, vocabulary: Vocabulary) -> Units:
    """Opinion words of all posts, those left out that are asked, wished or supposed."""
    events = find_events(stream, vocabulary)
    polarity = stream.polarity + events.polarity
    never_enough = _never_enough(stream, vocabulary)
    polarity[never_enough] = np.abs(polarity[never_enough])
    polarity[_name_like(stream)] = 0
    liked = shift(stream.has(Mark.SUBJECT | Mark.PERSON | Mark.NEGATOR | Mark.BOOSTER | Mark.DAMPER), 1)
    polarity[stream.has(Mark.PREPOSITION) & stream.has(Mark.OBJECT_VERB) & ~liked] = 0
    adjective = stream.has(Mark.ADJECTIVE | RELATIVE_ADJECTIVE)
    too = shift(stream.has(Mark.TOO), 1) & (shift(stream.sentence, 1) == stream.sentence)
    too_much = too & (adjective | (polarity > 0)) & (polarity < 0.7) & ~shift(stream.has(Mark.NEGATOR), 2)
    polarity[too_much & (polarity >= 0)] = _TOO_MUCH
    relative = stream.has(RELATIVE_ADJECTIVE) & ~too_much
    polarity[_of_degree(stream, polarity)] = 0
    polarity[_hollow(stream, polarity)] = 0
    silent = _silent(stream, polarity)
    absent = _lacking(stream, silent)
    lacking = absent | _elliptic(stream, polarity, silent) | _failing(stream, polarity)
    lacking |= silent & (_persisting(stream) | _needing(stream) | _going_without(stream))
    neutral = stream.has(Mark.NEUTRAL)
    chosen = (polarity != 0) | relative | neutral | lacking
    chosen &= ~(find_supposed(stream) & ~(lacking & stream.has(Mark.LACKING))) & ~find_asked(stream, polarity)
    denied = _denied(stream, (polarity != 0) | neutral, idle=shift(never_enough, -1))
    denied &= (polarity >= 0) | ~_short(stream)
    denied &= ~too_much & ~lacking & ~neutral & ~never_enough
    polarity = np.where(lacking & (polarity == 0), -0.5, polarity)
    strength = _strength(stream)
    factor = np.where(denied, np.where(polarity >= 0, _DENIED_GOOD, _DENIED_BAD), 1.0) * np.where(
        denied & (strength > 1), 1.0, strength
    )
    at = np.flatnonzero(chosen)
    final = np.clip(polarity[at] * factor[at], -1, 1).astype(np.float32)
    event = events.polarity[at] != 0
    strong = factor[at].astype(np.float32)
    who = events.theirs[at], events.people[at], events.kind[at], events.shared[at]
    return Units(at, final, strong, neutral[at], relative[at], absent[at], event, *who)


def _never_enough(stream: Stream, vocabulary: Vocabulary) -> Bools:
    """Praise for which no words suffice: "cannot recommend this machine enough", "can't thank the nurses enough"."""
    number, size = vocabulary.entries.number, len(stream)
    cannot = np.isin(stream.entry, [number[word] for word in _CANNOT if word in number])
    praise = (cannot & (stream.polarity < 0)) | (shift(cannot, 1) & (stream.polarity > 0))
    ending = np.ones(size, np.bool_)
    ending[:-1] = stream.has(Mark.STOP | Mark.COMMA | Mark.COORDINATOR | Mark.CONTRAST | Mark.PREPOSITION)[1:]
    ending[:-1] |= stream.sentence[1:] != stream.sentence[:-1]
    enough = at_or_after((stream.entry == number.get("enough", -1)) & ending)
    place, breaks = np.minimum(enough, size - 1), count_before(stream.has(Mark.COMMA | Mark.CONTRAST | Mark.STOP))
    here = np.arange(size)
    near = (enough < size) & (enough - here <= _ENOUGH_REACH) & (breaks[place] == breaks[here])
    answer: Bools = praise & near & (stream.sentence[place] == stream.sentence)
    return answer


def _name_like(stream: Stream) -> Bools:
    """Single words with a capital amid a sentence that is written in small letters: "moving over to Swiftly"."""
    amid = (shift(stream.sentence, 1) == stream.sentence) & (np.arange(len(stream)) > 0)
    amid &= ~shift(stream.capital | stream.has(Mark.COMMA | Mark.EMOJI | Mark.STOP), 1)
    answer: Bools = stream.capital & amid & (stream.stress == 1) & ~stream.has(Mark.PHRASE | Mark.EMOJI)
    return answer


def _of_degree(stream: Stream, polarity: Floats) -> Bools:
    """Words that judge, but before another judgement only say how much: "pretty average", "terribly good"."""
    judged = shift((polarity != 0) | stream.has(Mark.NEUTRAL | RELATIVE_ADJECTIVE), -1)
    judged &= shift(stream.sentence, -1) == stream.sentence
    judged &= ~shift(stream.has(Mark.NOUN | Mark.EMOJI), -1) | shift(stream.has(Mark.ADJECTIVE | Mark.NEUTRAL), -1)
    answer: Bools = stream.has(Mark.BOOSTER | Mark.DAMPER) & judged
    return answer


def _hollow(stream: Stream, polarity: Floats) -> Bools:
    """Good words that only say how bad something is: "drains fast", "thanks for losing my bag"."""
    bad, here = polarity < 0, np.arange(len(stream))
    stops = stream.has(Mark.COMMA | Mark.COORDINATOR | Mark.CONTRAST | Mark.STOP)
    after, breaks = np.minimum(at_or_after(bad), len(stream) - 1), count_before(stops)
    of_manner = stream.has(Mark.ADVERB) & close_behind(bad, stops, _MANNER_REACH)
    thanks = stream.has(Mark.GRATITUDE) & bad[after] & (after - here <= _THANKS_REACH) & (breaks[after] == breaks[here])
    answer: Bools = (polarity > 0) & (of_manner | thanks)
    return answer


def _lacking(stream: Stream, silent: Bools) -> Bools:
    """ "No" and its like directly before a thing that is named, with no opinion word in the clause behind it."""
    no = stream.has(Mark.NEGATOR) & stream.has(Mark.DETERMINER | Mark.PHRASE)
    following = shift(stream.category, -1)
    same = shift(stream.clause, -1) == stream.clause
    answer: Bools = no & (following >= 0) & same & silent
    return answer


def _elliptic(stream: Stream, polarity: Floats, silent: Bools) -> Bools:
    """A negator in a clause without an opinion word, behind one with a good one: "the other isn't", "not the price"."""
    named = (shift(stream.category, 1) >= 0) | shift(stream.has(Mark.NOUN), 1)
    named |= shift(stream.has(Mark.COPULA), 1) & (shift(stream.has(Mark.NOUN), 2) | (shift(stream.category, 2) >= 0))
    last = stream.has(Mark.NEGATOR) & shift(stream.has(Mark.STOP | Mark.COMMA), -1) & named
    good = at_or_before(polarity > 0)
    place = np.maximum(good, 0)
    begun = (good >= 0) & (stream.sentence[place] == stream.sentence) & (stream.clause[place] < stream.clause)
    own = at_or_before(polarity != 0)
    alone = (own < 0) | (stream.clause[np.maximum(own, 0)] < stream.clause)
    opening = (
        stream.has(Mark.NEGATOR)
        & ~stream.has(Mark.SHORTFALL | Mark.DETERMINER)
        & shift(stream.has(Mark.DETERMINER), -1)
    )
    opening &= shift(stream.has(Mark.COMMA | Mark.CONTRAST), 1)
    opening &= silent
    answer: Bools = (last | opening) & begun & alone
    return answer


def _failing(stream: Stream, polarity: Floats) -> Bools:
    """A negated verb directly behind a thing, in a clause without an opinion word: "the app won't sync"."""
    doer = (shift(stream.category, 1) >= 0) | shift(stream.has(Mark.THING_PRONOUN), 1)
    doer |= shift(stream.has(Mark.NOUN) & ~stream.has(Mark.UNSPOKEN | Mark.VERB | Mark.ADJECTIVE), 1)
    negated = stream.has(Mark.FAILING) & doer & ~shift(stream.has(Mark.PERSON), 1)
    negated &= shift(stream.clause, 1) == stream.clause
    helping = shift(stream.has(Mark.COPULA | Mark.ADVERB), -1) & (shift(stream.clause, -2) == stream.clause)
    following = np.where(helping, shift(stream.marks, -2), shift(stream.marks, -1))
    verb = ((following & Mark.VERB) != 0) | (((following & Mark.NOUN) != 0) & ~helping & ~stream.has(Mark.COPULA))
    verb &= shift(stream.clause, -1) == stream.clause
    many = count_before(polarity != 0)
    begun = first_of_run(stream.clause)
    ended = np.searchsorted(stream.clause, stream.clause, side="right")
    answer: Bools = negated & verb & (many[ended] == many[begun])
    return answer


def _silent(stream: Stream, polarity: Floats) -> Bools:
    """Whether no opinion word follows in the clause."""
    following = np.minimum(at_or_after(polarity != 0), len(stream) - 1)
    answer: Bools = (polarity[following] == 0) | (stream.clause[following] != stream.clause)
    return answer


def _of_thing(stream: Stream) -> Bools:
    """Whether a thing that is named stands directly before, in the same clause."""
    answer: Bools = (shift(stream.category, 1) >= 0) & (shift(stream.clause, 1) == stream.clause)
    return answer & (np.arange(len(stream)) > 0)


def _persisting(stream: Stream) -> Bools:
    """What a thing or they keep doing: "it keeps adding charges"."""
    doer = _of_thing(stream) | (shift(stream.has(Mark.PRONOUN), 1) & ~shift(stream.has(Mark.PERSON), 1))
    doing = shift(stream.has(Mark.VERB), -1) & ~shift(stream.has(Mark.COPULA | Mark.ADJECTIVE), -1)
    answer: Bools = stream.has(Mark.LACKING) & ~stream.has(Mark.HYPOTHETICAL) & doer & doing
    return answer


def _needing(stream: Stream) -> Bools:
    """What a thing needs, it lacks: "the lasagna needs salt"."""
    need = stream.has(Mark.LACKING) & stream.has(Mark.HYPOTHETICAL)
    answer: Bools = need & _of_thing(stream) & ~shift(stream.has(Mark.SUBJECT), -1)
    return answer


def _going_without(stream: Stream) -> Bools:
    """ "No" before any noun, a thing being the subject: "this case offers no protection"."""
    noun = shift(stream.has(Mark.NOUN), -1) & ~shift(stream.has(Mark.UNSPOKEN), -1)
    thing = at_or_before(stream.category >= 0)
    place = np.maximum(thing, 0)
    subject = (thing >= 0) & (stream.clause[place] == stream.clause) & ~stream.has(Mark.PHRASE)
    answer: Bools = stream.has(Mark.NEGATOR) & stream.has(Mark.DETERMINER) & noun & subject
    return answer


def _denied(stream: Stream, opinion: Bools, *, idle: Bools) -> Bools:
    """Whether a negator that is not idle stands before, in the clause and within reach, no other opinion between."""
    negator = stream.has(Mark.NEGATOR) & (stream.polarity == 0) & ~idle
    before = last_before(negator)
    place = np.maximum(before, 0)
    here = np.arange(len(stream))
    near = (before >= 0) & (here - before <= _NEGATION_REACH)
    unbroken = stream.sentence[place] == stream.sentence
    breaks = count_before(stream.has(Mark.CONTRAST | Mark.COMMA | Mark.CONDITION | Mark.NOT_NEGATOR))
    unbroken &= breaks[here] == breaks[place + 1]
    others = count_before(opinion & ~stream.has(Mark.FEELING))
    between = others[here] - others[place + 1]
    coordinated = shift(stream.has(Mark.COORDINATOR), 1)
    negators = count_before(negator & ~stream.has(Mark.COORDINATOR))
    window = np.maximum(at_or_before(stream.has(Mark.CONTRAST | Mark.COMMA | Mark.STOP)) + 1, here - _NEGATION_REACH)
    odd = (negators[here] - negators[np.minimum(window, here)]) % 2 == 1
    odd |= stream.has(Mark.COORDINATOR)[place]
    odd &= ~_beyond_its_thing(stream, place, breaks_at=count_before(stream.has(Mark.COORDINATOR) & ~negator))
    answer: Bools = near & unbroken & odd & ((between == 0) | (coordinated & (between == 1)))
    return answer


def _beyond_its_thing(stream: Stream, place: Ints, *, breaks_at: Ints) -> Bools:
    """Whether the negator denies a thing only, and another thought follows: "no fees and instant"."""
    here = np.arange(len(stream))
    determiner = stream.has(Mark.DETERMINER)[place]
    thing = stream.category[np.minimum(place + 1, len(stream) - 1)] >= 0
    answer: Bools = determiner & thing & (breaks_at[here] > breaks_at[np.minimum(place + 1, len(stream))])
    return answer


def _short(stream: Stream) -> Bools:
    """Whether the negator before only says that something falls short: "could be better", not "could be broken"."""
    before = np.maximum(last_before(stream.has(Mark.NEGATOR)), 0)
    answer: Bools = stream.has(Mark.SHORTFALL)[before]
    return answer


def _strength(stream: Stream) -> Floats:
    """What degree words around, its writing and the end of the sentence make of an opinion word."""
    factor = stream.stress.copy()
    for back in (1, 2):
        same = shift(stream.clause, back) == stream.clause
        factor *= np.where(same & shift(stream.has(Mark.BOOSTER), back), _BOOST if back == 1 else 1.1, 1.0)
        factor *= np.where(same & shift(stream.has(Mark.DAMPER), back), _DAMP if back == 1 else 0.9, 1.0)
    end = np.minimum(at_or_after(stream.has(Mark.STOP)), len(stream) - 1)
    factor *= np.where(stream.has(Mark.BANG)[end] & (stream.sentence[end] == stream.sentence), _BANG, 1.0)
    return factor.astype(np.float32)
