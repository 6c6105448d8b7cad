"""What stands in for a thing: pronouns, "which" and "that", and clauses whose subject is left out."""

from __future__ import annotations

import numpy as np

from sociolink.opinions.lexicon import CATEGORIES
from sociolink.opinions.marks import Mark
from sociolink.opinions.mentions import Mentions
from sociolink.opinions.neighbours import Bools, Ints, at_or_after, at_or_before, count_before, first_of_run
from sociolink.opinions.stream import Stream

__all__ = [
    "antecedent",
    "pronoun_next",
    "pronoun_subject",
    "relative_subject",
    "subject_left_out",
    "thing_spoken_of",
]

_STAFF = CATEGORIES.index("staff")


def subject_left_out(stream: Stream, at: Ints) -> Bools:
    """Whether the clause begins with its verb: "not happy with the case, gets stuck in my pocket"."""
    first = first_of_run(stream.clause)[at]
    answer: Bools = stream.has(Mark.COPULA | Mark.VERB)[first] & ~stream.has(Mark.OBJECT_VERB | Mark.FEELING)[at]
    return answer


def pronoun_next(stream: Stream, at: Ints, right_at: Ints) -> Bools:
    """Whether a pronoun is the object, the next mention being something else."""
    pronoun = at_or_after(stream.has(Mark.PRONOUN))
    after = pronoun[np.minimum(at + 1, len(stream) - 1)]
    return (after < right_at) & (after - at <= 3)


def pronoun_subject(stream: Stream, at: Ints) -> Bools:
    """Whether a pronoun stands before the opinion word in its clause."""
    pronoun = at_or_before(stream.has(Mark.PRONOUN))[np.maximum(at - 1, 0)]
    answer: Bools = (pronoun >= 0) & (stream.clause[np.maximum(pronoun, 0)] == stream.clause[at])
    return answer


def relative_subject(stream: Stream, at: Ints) -> Bools:
    """Whether "that", "which" or "who" is the subject: it opens the clause, with nothing but a helping word between."""
    first = first_of_run(stream.clause)[at]
    infinitive = stream.has(Mark.PREPOSITION) & stream.has(Mark.SUBJECT)
    helping = count_before(~(infinitive | stream.has(Mark.COPULA | Mark.ADVERB | Mark.NEGATOR | Mark.BOOSTER)))
    answer: Bools = stream.has(Mark.RELATIVE)[first] & (at > first) & (helping[at] == helping[first + 1])
    return answer


def antecedent(stream: Stream, at: Ints, spoken: Ints, mentions: Mentions) -> Ints:
    """What stands directly before a clause that "which" or "that" opens, a comma between or not; else the subject."""
    first = first_of_run(stream.clause)[at]
    usable = np.flatnonzero(mentions.candidate)
    place = np.searchsorted(mentions.first[usable], first) - 1
    before = usable[np.maximum(place, 0)]
    gap = first - mentions.last[before]
    near = (place >= 0) & (gap >= 1) & ((gap == 1) | ((gap == 2) & stream.has(Mark.COMMA)[np.maximum(first - 1, 0)]))
    return np.where(near, before, spoken)


def thing_spoken_of(stream: Stream, at: Ints, spoken: Ints, mentions: Mentions) -> Ints:
    """What "it" is where a person was the subject before: the thing that was named last."""
    pronoun = at_or_before(stream.has(Mark.THING_PRONOUN))[np.maximum(at - 1, 0)]
    place = np.maximum(pronoun, 0)
    it = (pronoun >= 0) & (stream.clause[place] == stream.clause[at])
    person = (spoken >= 0) & (mentions.category[np.maximum(spoken, 0)] == _STAFF)
    things = np.flatnonzero(mentions.candidate & (mentions.category != _STAFF))
    if not len(things):
        return spoken
    before = np.searchsorted(mentions.first[things], place) - 1
    last = things[np.maximum(before, 0)]
    same = (before >= 0) & (stream.sentence[mentions.first[last]] == stream.sentence[at])
    return np.where(it & person & same, last, spoken)
