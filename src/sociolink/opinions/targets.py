"""Which mention each opinion word is about.

The places where English puts the two decide, the first that fits: before the noun ("great camera"), the object of a
verb of liking or behind a feeling ("love the camera", "happy with the camera"), the subject of the clause ("the camera
on this phone is great"), the object of any verb ("broke my camera"), the subject that was spoken of last. These are the
relations of double propagation (Qiu et al., 2011, Computational Linguistics 37), read off the order of words.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sociolink.opinions.antecedents import (
    antecedent,
    pronoun_next,
    pronoun_subject,
    relative_subject,
    subject_left_out,
    thing_spoken_of,
)
from sociolink.opinions.lexicon import CATEGORIES
from sociolink.opinions.marks import Mark
from sociolink.opinions.mentions import Mentions
from sociolink.opinions.neighbours import Bools, Ints, at_or_after, at_or_before, count_before
from sociolink.opinions.stream import Stream
from sociolink.opinions.units import Units

__all__ = ["NO_THING", "Targets", "find_targets"]

_OBJECT_REACH, _BEHIND_REACH = 9, 7
_BACK = 6
_GENERAL_REACH = 4
NO_THING = -2
_ACTING = tuple(CATEGORIES.index(name) for name in ("service", "brand", "delivery", "staff"))
_INSIDE_PHRASE = Mark.ADJECTIVE | Mark.ADVERB | Mark.NUMBER | Mark.BOOSTER | Mark.DAMPER | Mark.NOUN


@dataclass(frozen=True, slots=True, eq=False)
class Targets:
    """What opinions are about.

    Attributes:
        mention: (opinions,) row of the mentions; -1 for none, -2 where something is meant that opinions are not about.
        before_noun: (opinions,) whether the word stands before its noun.
    """

    mention: Ints
    before_noun: Bools


@dataclass(frozen=True, slots=True, eq=False)
class _Places:
    """Mentions by their place in the stream; -1 for none."""

    usable: Ints
    first: Ints
    clause_subject: Ints
    last_subject: Ints


def _places(stream: Stream, mentions: Mentions) -> _Places:
    """The subject of each clause, and the one that was spoken of last before it."""
    usable = np.flatnonzero(mentions.candidate)
    first = mentions.first[usable]
    clauses = int(stream.clause[-1]) + 1 if len(stream) else 0
    subject = np.full(clauses, -1, np.int64)
    for chosen in (usable[mentions.behind[usable]], usable[~mentions.behind[usable]]):
        subject[stream.clause[mentions.first[chosen]][::-1]] = chosen[::-1]
    row = np.zeros(clauses, np.int64)
    row[stream.clause] = stream.row
    given = np.maximum.accumulate(np.where(subject >= 0, np.arange(clauses), -1))
    before = np.concatenate([np.full(1, -1, np.int64), given[:-1]])[:clauses]
    place = np.maximum(before, 0)
    valid = (before >= 0) & (row[place] == row) & (np.arange(clauses) - before <= _BACK)
    return _Places(usable, first, subject, np.where(valid, subject[place], -1))


def find_targets(stream: Stream, units: Units, mentions: Mentions) -> Targets:
    """The mention that each opinion word is about.

    Args:
        stream: The posts.
        units: Their opinion words.
        mentions: What they name.
    """
    size = len(units)
    if size == 0 or not mentions.candidate.any():
        return Targets(np.full(size, -1, np.int64), np.zeros(size, np.bool_))
    places = _places(stream, mentions)
    at = units.at
    ahead = _look_ahead(stream, at, mentions, places.usable)
    subject = places.clause_subject[stream.clause[at]]
    left = (subject >= 0) & (mentions.first[np.maximum(subject, 0)] < at)
    spoken = places.last_subject[stream.clause[at]]
    spoken = thing_spoken_of(stream, at, spoken, mentions)
    same_sentence = spoken >= 0
    same_sentence &= stream.sentence[mentions.first[np.maximum(spoken, 0)]] == stream.sentence[at]
    itself = _itself(mentions, at)
    beside = _itself(mentions, at - 1)
    beside = np.where(mentions.behind[np.maximum(beside, 0)] | (itself >= 0), -1, beside)
    verb = stream.has(Mark.VERB)[at]
    led = stream.has(Mark.PREPOSITION)[np.minimum(at + 1, len(stream) - 1)]
    without = left & stream.has(Mark.NEGATOR)[at] & ~stream.has(Mark.PHRASE)[at] & ~units.absent
    general = left & stream.has(Mark.GENERIC)[mentions.head[np.maximum(ahead.mention, 0)]]
    steps = [
        (ahead.before_noun & ~general & ~without, ahead.mention),
        (ahead.object, ahead.mention),
        (_turns(stream, units) & ahead.in_clause & _wants(mentions, ahead.mention), ahead.mention),
        (beside >= 0, beside),
        (units.kind, np.where(units.theirs, _doer(spoken, mentions), spoken)),
        (units.shared & same_sentence & ~left, spoken),
        (left, subject),
        (relative_subject(stream, at), antecedent(stream, at, spoken, mentions)),
        (pronoun_subject(stream, at) & ~verb, spoken),
        (subject_left_out(stream, at) & same_sentence & led, spoken),
        ((verb | units.absent | stream.has(Mark.NEGATOR)[at]) & ahead.in_clause, ahead.mention),
        (itself >= 0, itself),
        (_noun_with_preposition(stream, at) & ahead.near, ahead.mention),
        (units.theirs & verb, _doer(spoken, mentions)),
        (same_sentence, spoken),
        (ahead.in_clause | ahead.unbroken, ahead.mention),
        (spoken >= 0, spoken),
        (ahead.close, ahead.mention),
    ]
    chosen = np.select([fits for fits, _ in steps], [mention for _, mention in steps], -1)
    named = _named_behind(stream, at, chosen, mentions)
    chosen = np.where(named >= 0, named, chosen)
    thanks = stream.has(Mark.GRATITUDE)[at] & ~ahead.before_noun & ~ahead.object
    chosen = np.where(thanks, -1, chosen)
    chosen = np.where(_before_other_noun(stream, at, mentions), NO_THING, chosen)
    return Targets(chosen.astype(np.int64), ahead.before_noun)


def _doer(spoken: Ints, mentions: Mentions) -> Ints:
    """What was spoken of last where it can act: people, a company; else nothing that is named."""
    acts = np.isin(mentions.category[np.maximum(spoken, 0)], _ACTING)
    return np.where((spoken >= 0) & acts, spoken, -1)


def _named_behind(stream: Stream, at: Ints, chosen: Ints, mentions: Mentions) -> Ints:
    """What a general word is said to be: "the best part is the camera", "my only complaint is the cable"."""
    end = len(stream) - 1
    general = stream.has(Mark.GENERIC)
    of_thing = (chosen >= 0) & general[mentions.head[np.maximum(chosen, 0)]]
    copula = at_or_after(stream.has(Mark.COPULA))[np.minimum(at + 1, end)]
    usable = np.flatnonzero(mentions.candidate)
    place = np.searchsorted(mentions.first[usable], copula)
    mention = usable[np.minimum(place, len(usable) - 1)]
    begin = mentions.first[mention]
    near = (place < len(usable)) & (begin - copula <= _GENERAL_REACH) & (copula - at <= _GENERAL_REACH)
    near &= stream.sentence[begin] == stream.sentence[at]
    stop = count_before(stream.has(Mark.COMMA | Mark.CONTRAST))
    near &= stop[begin] == stop[at]
    return np.where(near & (of_thing | general[at]), mention, -1)


@dataclass(frozen=True, slots=True, eq=False)
class _Ahead:
    """The next mention behind each opinion word.

    Attributes:
        mention: Its row, or -1.
        before_noun: The opinion word stands before it as an adjective does.
        object: It is the object of a verb of liking, or stands behind a feeling and a preposition.
        in_clause: It can be the object of any verb.
        unbroken: It is further on, and nothing begins a new thought before it.
        near: It is in the same sentence, within a few words.
        close: It is in the same clause besides, behind a word that can have a complement.
    """

    mention: Ints
    before_noun: Bools
    object: Bools
    in_clause: Bools
    unbroken: Bools
    near: Bools
    close: Bools


def _look_ahead(stream: Stream, at: Ints, mentions: Mentions, usable: Ints) -> _Ahead:
    end = len(stream) - 1
    first = mentions.first[usable]
    following = np.searchsorted(first, at, side="right")
    mention = np.where(following < len(first), usable[np.minimum(following, len(first) - 1)], -1)
    begin = np.where(mention >= 0, mentions.first[np.maximum(mention, 0)], len(stream))
    place, away = np.minimum(begin, end), begin - at
    in_sentence = (mention >= 0) & (stream.sentence[place] == stream.sentence[at])
    in_clause = in_sentence & (stream.clause[place] == stream.clause[at])

    def clear(bits: int) -> Bools:
        many = count_before(stream.has(bits))
        answer: Bools = in_sentence & (many[place] == many[at + 1])
        return answer

    behind_next = stream.marks[np.minimum(at + 1, end)]
    feeling = stream.has(Mark.FEELING)[at]
    led = feeling & ((behind_next & (Mark.PREPOSITION | Mark.MENTION)) != 0)
    no_pronoun = ~pronoun_next(stream, at, begin)
    takes = stream.has(Mark.VERB | Mark.FEELING)[at] | ((behind_next & Mark.PREPOSITION) == 0)
    takes &= no_pronoun & ~stream.has(Mark.TAKES_NO_OBJECT)[at]
    takes &= clear(Mark.THAN) | stream.has(Mark.THAN)[at]
    in_clause &= clear(Mark.COORDINATOR) | ((behind_next & Mark.COORDINATOR) != 0)
    return _Ahead(
        mention,
        _before_noun(stream, at, begin, in_sentence),
        (stream.has(Mark.OBJECT_VERB)[at] | led) & clear(Mark.CONTRAST) & (away <= _OBJECT_REACH) & no_pronoun,
        in_clause & (away <= _BEHIND_REACH) & takes,
        clear(Mark.CONTRAST | Mark.COORDINATOR | Mark.COMMA) & (away <= _OBJECT_REACH) & takes,
        in_sentence & (away <= _GENERAL_REACH),
        in_clause & (away <= _GENERAL_REACH) & ~stream.has(Mark.TAKES_NO_OBJECT)[at],
    )


def _turns(stream: Stream, units: Units) -> Bools:
    """Whether it says that there is more or less of what stands behind it: "raised the price", "lots of choice"."""
    answer: Bools = units.relative & stream.has(Mark.VERB | Mark.TAKES_NO_NOUN)[units.at]
    return answer


def _wants(mentions: Mentions, mention: Ints) -> Bools:
    """Whether more or less of a thing is good or bad."""
    answer: Bools = (mentions.marks[np.maximum(mention, 0)] & (Mark.WANTS_MORE | Mark.WANTS_LESS)) != 0
    return answer


def _noun_with_preposition(stream: Stream, at: Ints) -> Bools:
    """Whether the opinion word is a noun that something has: "a scratch on the screen"."""
    noun = (stream.has(Mark.NOUN)[at] & ~stream.has(Mark.VERB | Mark.ADJECTIVE)[at]) | stream.has(Mark.NEUTRAL)[at]
    answer: Bools = noun & stream.has(Mark.PREPOSITION)[np.minimum(at + 1, len(stream) - 1)]
    return answer


def _before_noun(stream: Stream, at: Ints, right_at: Ints, in_sentence: Bools) -> Bools:
    """Whether only adjectives and the like stand between the opinion word and the mention."""
    inside = stream.has(_INSIDE_PHRASE) & ~stream.has(
        Mark.COPULA | Mark.CONTRAST | Mark.STOP | Mark.SUBJECT | Mark.THAN
    )
    inside |= (stream.polarity != 0) & ~stream.has(Mark.OBJECT_VERB | Mark.EMOJI | Mark.TAKES_NO_NOUN)
    other = count_before(~inside)
    end = np.minimum(right_at, len(stream))
    answer: Bools = in_sentence & (other[end] == other[at + 1]) & (right_at > at) & _can_modify(stream, at)
    return answer


def _can_modify(stream: Stream, at: Ints) -> Bools:
    """Whether the opinion word can stand before a noun as an adjective does; verbs can behind an article."""
    before = stream.marks[np.maximum(at - 1, 0)]
    opening = (at == 0) | (stream.sentence[np.maximum(at - 1, 0)] != stream.sentence[at])
    led = opening | (
        (before & (Mark.DETERMINER | Mark.ADJECTIVE | Mark.BOOSTER | Mark.COORDINATOR | Mark.PREPOSITION | Mark.COMMA))
        != 0
    )
    never = stream.has(Mark.OBJECT_VERB | Mark.EMOJI | Mark.TAKES_NO_NOUN)[at]
    answer: Bools = ~never & (led | ~stream.has(Mark.VERB)[at])
    return answer


def _before_other_noun(stream: Stream, at: Ints, mentions: Mentions) -> Bools:
    """Whether the opinion word stands before a noun that opinions are not about, and does not say what something is."""
    first = mentions.first
    place = np.searchsorted(first, at, side="right")
    nearest = np.minimum(place, len(first) - 1)
    there = (place < len(first)) & ~mentions.candidate[nearest] & ~mentions.address[nearest]
    same = stream.sentence[first[nearest]] == stream.sentence[at]
    copula = at_or_before(stream.has(Mark.COPULA))[np.maximum(at - 1, 0)]
    predicate = (copula >= 0) & (at - copula <= 4) & (stream.clause[np.maximum(copula, 0)] == stream.clause[at])
    answer: Bools = there & _before_noun(stream, at, first[nearest], same) & ~predicate
    return answer


def _itself(mentions: Mentions, at: Ints) -> Ints:
    """The mention that the opinion word is a part of, as in "bugs"."""
    place = np.searchsorted(mentions.first, at, side="right") - 1
    within = (place >= 0) & (mentions.last[np.maximum(place, 0)] >= at)
    return np.where(within & mentions.candidate[np.maximum(place, 0)], place, -1)
