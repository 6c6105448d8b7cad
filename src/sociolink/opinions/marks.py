"""What a word can be to a sentence, as bits of one number."""

from __future__ import annotations

__all__ = ["EVENTS", "GRAMMAR", "RELATIVE_ADJECTIVE", "Event", "Mark"]


class Mark:
    """Bits; those up to `WANTS_LOUD`, `TAKES_NO_OBJECT`, `SHORTFALL` and `LACKING` are keys of grammar.txt, the others
    follow from other lists and from writing."""

    NEGATOR = 1 << 0
    BOOSTER = 1 << 1
    DAMPER = 1 << 2
    TOO = 1 << 3
    CONTRAST = 1 << 4
    COORDINATOR = 1 << 5
    SUBORDINATOR = 1 << 6
    CONDITION = 1 << 7
    HYPOTHETICAL = 1 << 8
    FACTUAL = 1 << 9
    INTERROGATIVE = 1 << 10
    REPROACH = 1 << 11
    DETERMINER = 1 << 12
    PRONOUN = 1 << 13
    THING_PRONOUN = 1 << 14
    RELATIVE = 1 << 15
    PERSON = 1 << 16
    SUBJECT = 1 << 17
    COPULA = 1 << 18
    SENSE = 1 << 19
    PREPOSITION = 1 << 20
    THAN = 1 << 21
    OBJECT_VERB = 1 << 22
    FEELING = 1 << 23
    GRATITUDE = 1 << 24
    COMPARATIVE = 1 << 25
    GENERIC = 1 << 26
    FAILING = 1 << 27
    ADVERB = 1 << 28
    AFFIRMER = 1 << 29
    NOT_NEGATOR = 1 << 30
    UP = 1 << 31
    DOWN = 1 << 32
    HOT = 1 << 33
    COLD = 1 << 34
    LOUD = 1 << 35
    LIGHT = 1 << 36
    HARD = 1 << 37
    CHEAP = 1 << 38
    WANTS_MORE = 1 << 39
    WANTS_LESS = 1 << 40
    WANTS_HOT = 1 << 41
    WANTS_COLD = 1 << 42
    WANTS_LOUD = 1 << 43
    UNSPOKEN = 1 << 44
    VERB = 1 << 45
    ADJECTIVE = 1 << 46
    NOUN = 1 << 47
    NUMBER = 1 << 48
    MENTION = 1 << 49
    PLURAL = 1 << 50
    PHRASE = 1 << 51
    TAKES_NO_NOUN = 1 << 52
    TAKES_NO_OBJECT = 1 << 53
    NEUTRAL = 1 << 54
    EMOJI = 1 << 55
    STOP = 1 << 56
    COMMA = 1 << 57
    QUESTION = 1 << 58
    BANG = 1 << 59
    SHORTFALL = 1 << 60
    REFERENCE = 1 << 61
    LACKING = 1 << 62


_OTHER_KEYS = (Mark.TAKES_NO_OBJECT, Mark.SHORTFALL, Mark.LACKING)

GRAMMAR = {
    name.lower(): bit
    for name, bit in vars(Mark).items()
    if name.isupper() and (bit <= Mark.WANTS_LOUD or bit in _OTHER_KEYS)
}
"""Keys of grammar.txt."""

RELATIVE_ADJECTIVE = Mark.UP | Mark.DOWN | Mark.HOT | Mark.COLD | Mark.LOUD | Mark.LIGHT | Mark.HARD | Mark.CHEAP
"""Adjectives that are good of one thing and bad of another (Ding, Liu & Yu, 2008, WSDM)."""


class Event:
    """What a word tells of what happened, and the form of a verb, as bits of another number.

    Those before `BASE` are keys of events.txt.
    """

    KIND = 1 << 0
    HARM = 1 << 1
    FAULT = 1 << 2
    SERVE = 1 << 3
    STATE = 1 << 4
    MINUTES = 1 << 5
    HOURS = 1 << 6
    DAYS = 1 << 7
    YEARS = 1 << 8
    WAIT = 1 << 9
    TAKE = 1 << 10
    LAST = 1 << 11
    WITHIN = 1 << 12
    NTH = 1 << 13
    TRY = 1 << 14
    ASK = 1 << 15
    AGAIN = 1 << 16
    FORCE = 1 << 17
    COUNT = 1 << 18
    CEASE = 1 << 19
    HABIT = 1 << 20
    MONEY = 1 << 21
    DEMAND = 1 << 22
    MERELY = 1 << 23
    WRITER = 1 << 24
    OTHERS = 1 << 25
    THEY = 1 << 26
    PEOPLE = 1 << 27
    NO_ONE = 1 << 28
    KNOWS = 1 << 29
    WAS = 1 << 30
    TO_ME = 1 << 31
    WHOLE = 1 << 32
    IT = 1 << 33
    BASE = 1 << 34
    THIRD = 1 << 35
    PAST = 1 << 36
    GOING = 1 << 37


EVENTS = {name.lower(): bit for name, bit in vars(Event).items() if name.isupper() and bit < Event.BASE}
"""Keys of events.txt."""
