"""What a word can be to a sentence, as bits of one number."""

from __future__ import annotations

__all__ = ["GRAMMAR", "RELATIVE", "Mark"]


class Mark:
    """Bits; each is what grammar.txt of a language calls it, or follows from how a token is written."""

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
    PERSON = 1 << 14
    SUBJECT = 1 << 15
    COPULA = 1 << 16
    PREPOSITION = 1 << 17
    OBJECT_VERB = 1 << 18
    FEELING = 1 << 19
    COMPARATIVE = 1 << 20
    THAN = 1 << 21
    UP = 1 << 22
    DOWN = 1 << 23
    HOT = 1 << 24
    COLD = 1 << 25
    LOUD = 1 << 26
    LIGHT = 1 << 27
    HARD = 1 << 28
    CHEAP = 1 << 29
    WANTS_MORE = 1 << 30
    WANTS_LESS = 1 << 31
    WANTS_HOT = 1 << 32
    WANTS_COLD = 1 << 33
    WANTS_LOUD = 1 << 34
    UNSPOKEN = 1 << 35
    AFFIRMER = 1 << 36
    NOT_NEGATOR = 1 << 37
    SENSE = 1 << 38
    VERB = 1 << 40
    ADJECTIVE = 1 << 41
    ADVERB = 1 << 42
    NOUN = 1 << 43
    NUMBER = 1 << 44
    MENTION = 1 << 45
    STOP = 1 << 46
    COMMA = 1 << 47
    QUESTION = 1 << 48
    BANG = 1 << 49
    EMOJI = 1 << 50
    PHRASE = 1 << 51
    TAKES_NO_NOUN = 1 << 53
    TAKES_NO_OBJECT = 1 << 54
    GRATITUDE = 1 << 55
    THING_PRONOUN = 1 << 56
    FAILING = 1 << 57
    PLURAL = 1 << 58
    GENERIC = 1 << 59
    RELATIVE = 1 << 60
    NEUTRAL = 1 << 52


GRAMMAR = {
    name.lower(): bit
    for name, bit in vars(Mark).items()
    if (name.isupper() and bit <= Mark.SENSE)
    or name in ("ADVERB", "GRATITUDE", "THING_PRONOUN", "FAILING", "GENERIC", "RELATIVE")
}
"""Keys of grammar.txt."""

RELATIVE = Mark.UP | Mark.DOWN | Mark.HOT | Mark.COLD | Mark.LOUD | Mark.LIGHT | Mark.HARD | Mark.CHEAP
"""Adjectives that are good of one thing and bad of another."""
