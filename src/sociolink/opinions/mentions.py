"""What a post names: noun phrases that an opinion can be about."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sociolink.opinions.lexicon import CATEGORIES
from sociolink.opinions.marks import RELATIVE_ADJECTIVE, Mark
from sociolink.opinions.neighbours import Bools, Ints, at_or_before, count_before, first_of_run, shift
from sociolink.opinions.stream import Stream
from sociolink.opinions.vocabulary import Vocabulary
from sociolink.text.runs import starts_of_runs

__all__ = ["Mentions", "find_mentions"]

_PRODUCT = CATEGORIES.index("product")
_FUNCTION = (
    Mark.DETERMINER | Mark.PRONOUN | Mark.PERSON | Mark.COPULA | Mark.PREPOSITION | Mark.NEGATOR | Mark.CONTRAST
    | Mark.COORDINATOR | Mark.SUBORDINATOR | Mark.CONDITION | Mark.HYPOTHETICAL | Mark.STOP | Mark.COMMA | Mark.EMOJI
    | Mark.INTERROGATIVE | Mark.BOOSTER | Mark.DAMPER | Mark.SUBJECT | Mark.THAN | Mark.NUMBER | Mark.VERB
    | Mark.ADJECTIVE | Mark.ADVERB
)  # fmt: skip
_BEFORE_NOUN = Mark.DETERMINER | Mark.ADJECTIVE | Mark.NUMBER | Mark.BOOSTER | Mark.DAMPER


@dataclass(frozen=True, slots=True, eq=False)
class Mentions:
    """Noun phrases in the order of the stream.

    Attributes:
        first: (mentions,) first unit.
        last: (mentions,) last unit.
        head: (mentions,) unit that says what it is.
        category: (mentions,) int8 category.
        entity: (mentions,) row of the catalogue that it names or belongs to, or -1.
        listed: (mentions,) whether word lists or catalogue know it.
        candidate: (mentions,) whether an opinion can be about it.
        behind: (mentions,) whether a preposition stands before it.
        address: (mentions,) whether it is an account (@name).
        joined: (mentions,) whether only "and", "or", commas and adjectives stand between it and the mention before.
        marks: (mentions,) marks of all its units together.
    """

    first: Ints
    last: Ints
    head: Ints
    category: np.typing.NDArray[np.int8]
    entity: Ints
    listed: Bools
    candidate: Bools
    behind: Bools
    address: Bools
    joined: Bools
    marks: Ints

    def __len__(self) -> int:
        return len(self.first)


def _beside_reference(stream: Stream, vocabulary: Vocabulary) -> Bools:
    """Unknown words beside a number as orders and tickets have: "PO-4437144" is no product."""
    number = stream.has(Mark.REFERENCE)
    row = np.asarray(stream.row)
    before, after = shift(number, 1) & (shift(row, 1) == row), shift(number, -1) & (shift(row, -1) == row)
    return np.asarray((stream.entry == vocabulary.entries.number["<noun>"]) & (before | after), np.bool_)


def _nouns(stream: Stream, entity: Ints) -> Bools:
    """Units that are part of a noun phrase, by their class and what stands before them."""
    aspect = (stream.category >= 0) | (entity >= 0)
    before = shift(stream.marks, 1)
    new_sentence = starts_of_runs(stream.sentence)
    before[new_sentence] = 0
    polar = stream.polarity != 0
    polar_before = shift(polar, 1) & ~new_sentence
    verb_place = ((before & Mark.SUBJECT) != 0) & ((before & Mark.DETERMINER) == 0) & ~stream.capital
    noun_place = (
        before & (_BEFORE_NOUN | Mark.PREPOSITION | Mark.NOUN | Mark.NEGATOR | Mark.COORDINATOR | Mark.COMMA)
    ) != 0
    noun_place |= polar_before | new_sentence
    two_faced = stream.has(Mark.COPULA | Mark.VERB | Mark.PERSON | Mark.PREPOSITION | Mark.SUBORDINATOR | Mark.BOOSTER)
    third_person = stream.has(Mark.PLURAL) & ((before & Mark.NOUN) != 0) & ~shift(stream.has(Mark.COPULA), -1)
    third_person &= shift(stream.has(Mark.ADVERB | Mark.ADJECTIVE), -1)
    verb_place |= third_person
    judged = shift((polar & ~stream.has(Mark.VERB)) | stream.has(Mark.ADJECTIVE | Mark.BOOSTER), -1)
    verb_place |= stream.has(Mark.SENSE) & judged & (new_sentence | ((before & Mark.COMMA) != 0))
    verb_place |= stream.has(Mark.SENSE) & ((before & Mark.NOUN) != 0) & ~shift(stream.has(Mark.COPULA), -1)
    named = aspect & ~verb_place & (~two_faced | noun_place)
    plain = stream.has(Mark.NOUN) & ~stream.has(RELATIVE_ADJECTIVE) & ~stream.has(_FUNCTION) & ~polar & ~verb_place
    used_as_noun = stream.has(Mark.VERB) & ~stream.has(_FUNCTION & ~Mark.VERB) & ~polar
    opening = new_sentence | ((before & (Mark.CONTRAST | Mark.COORDINATOR | Mark.COMMA)) != 0)
    led = ((before & Mark.DETERMINER) != 0) | (stream.capital & ~new_sentence & ((before & Mark.ADJECTIVE) != 0))
    used_as_noun &= led | (opening & shift(stream.has(Mark.COPULA), -1))
    answer: Bools = named | plain | used_as_noun | stream.has(Mark.MENTION)
    return answer


def find_mentions(stream: Stream, vocabulary: Vocabulary) -> Mentions:
    """Noun phrases of all posts.

    Args:
        stream: The posts.
        vocabulary: What the stream was read with.
    """
    entity = vocabulary.entries.entity[stream.entry].astype(np.int64)
    noun = _nouns(stream, entity) & ~_beside_reference(stream, vocabulary)
    after_noun = shift(noun, 1)
    noun |= (
        stream.has(Mark.NUMBER)
        & after_noun
        & (shift(stream.capital, 1) | (shift(entity, 1) >= 0))
        & (shift(stream.sentence, 1) == stream.sentence)
    )
    alone = stream.has(Mark.MENTION)
    begin = noun & (~shift(noun, 1) | alone | shift(alone, 1) | (shift(stream.sentence, 1) != stream.sentence))
    if not begin.any():
        nothing = np.zeros(0, np.int64)
        no = np.zeros(0, np.bool_)
        return Mentions(nothing, nothing, nothing, nothing.astype(np.int8), nothing, no, no, no, no, no, nothing)
    first = np.flatnonzero(begin)
    count = count_before(noun)
    last = np.flatnonzero(noun & ~(shift(noun, -1) & ~shift(begin, -1)))
    span = np.repeat(np.arange(len(first)), count[last + 1] - count[first])
    units = np.flatnonzero(noun)
    edges = np.flatnonzero(np.diff(span, prepend=-1))
    aspect = (stream.category >= 0) | (entity >= 0)
    plain = np.where(stream.has(Mark.NUMBER), -1, np.arange(len(stream)))
    head = np.maximum.reduceat(plain[units], edges)
    known = np.maximum.reduceat(np.where(aspect, np.arange(len(stream)), -1)[units], edges)
    entities = np.maximum.reduceat(entity[units], edges)
    marks = np.bitwise_or.reduceat(stream.marks[units], edges)
    listed = known >= 0
    head = np.where(head >= 0, head, last)
    category = np.where(listed, stream.category[np.maximum(known, 0)], _PRODUCT).astype(np.int8)
    open_ = stream.has(Mark.NOUN | Mark.VERB)[head] & ~stream.has(Mark.UNSPOKEN)[head]
    address = alone[first]
    category[address & (entities < 0)] = CATEGORIES.index("brand")
    spoken_to = address & ~_in_sentence(stream, first, last)
    candidate = (listed | open_) & ~(address & (entities < 0)) & ~spoken_to
    skip = stream.has(_BEFORE_NOUN) | (stream.polarity != 0)
    before = at_or_before(~skip)[np.maximum(first - 1, 0)]
    inside = (before >= 0) & (stream.sentence[np.maximum(before, 0)] == stream.sentence[first]) & (first > 0)
    behind = inside & stream.has(Mark.PREPOSITION | Mark.THAN)[np.maximum(before, 0)]
    mentions = Mentions(first, last, head, category, entities, listed, candidate, behind, address, behind, marks)
    return _relate(mentions, stream, vocabulary)


def _in_sentence(stream: Stream, first: Ints, last: Ints) -> Bools:
    """Whether an account is part of the sentence, and not only spoken to before or behind it."""
    size = len(stream)
    before, after = np.maximum(first - 1, 0), np.minimum(last + 1, size - 1)
    led = stream.has(Mark.PREPOSITION | Mark.OBJECT_VERB | Mark.FEELING | Mark.PERSON | Mark.DETERMINER | Mark.THAN)[
        before
    ]
    led &= stream.sentence[before] == stream.sentence[first]
    leads = stream.has(Mark.COPULA | Mark.VERB)[after] & (stream.sentence[after] == stream.sentence[first])
    answer: Bools = (led & (first > 0)) | leads
    return answer


def _new_thought(stream: Stream, first: Ints, last: Ints) -> Bools:
    """Whether the mention before is an object and this one a subject: "it lacks salt and the bread was stale"."""
    verbs = count_before(stream.has(Mark.COPULA | Mark.VERB))
    begun = first_of_run(stream.clause)
    object_ = verbs[first[:-1]] > verbs[begun[first[:-1]]]
    after = np.minimum(last[1:] + 1, len(stream) - 1)
    subject = stream.has(Mark.COPULA)[after] & (stream.sentence[after] == stream.sentence[last[1:]])
    answer: Bools = object_ & subject
    return answer


def _relate(mentions: Mentions, stream: Stream, vocabulary: Vocabulary) -> Mentions:
    """Which mentions belong together: owners, what stands behind a preposition, and coordination."""
    first, last = mentions.first, mentions.last
    size = len(mentions)
    joined, owner = np.zeros(size, np.bool_), np.zeros(size, np.bool_)
    entity = mentions.entity.copy()
    if size > 1:
        gap_from, gap_to = last[:-1] + 1, first[1:]
        same = stream.sentence[last[:-1]] == stream.sentence[first[1:]]

        def only(allowed: Bools) -> Bools:
            count = count_before(~allowed)
            answer: Bools = same & (count[gap_to] == count[gap_from])
            return answer

        def some(wanted: Bools) -> Bools:
            count = count_before(wanted)
            return count[gap_to] > count[gap_from]

        light = stream.has(_BEFORE_NOUN) | (stream.polarity != 0)
        links = stream.has(Mark.COORDINATOR | Mark.COMMA) & ~stream.has(Mark.CONTRAST)
        modifier = stream.has(_BEFORE_NOUN) & (stream.polarity == 0)
        joined[1:] = only(modifier | links | stream.has(Mark.NEGATOR)) & some(links)
        joined[1:] &= ~_new_thought(stream, first, last)
        after = np.minimum(last[1:] + 1, len(stream) - 1)
        acts = stream.has(Mark.VERB)[after] & (stream.sentence[after] == stream.sentence[last[1:]])
        joined[1:] &= ~acts | some(stream.has(Mark.COORDINATOR))
        possessive = stream.entry == vocabulary.entries.number.get("s", -1)
        owned = only(light | possessive) & some(possessive) & possessive[np.minimum(gap_from, len(stream) - 1)]
        owner[:-1] = owned
        entity[1:] = np.where(owned & (entity[1:] < 0), entity[:-1], entity[1:])
        prepositions = stream.has(Mark.PREPOSITION)
        attached = only(light | prepositions) & some(prepositions)
        entity[:-1] = np.where(attached & (entity[:-1] < 0), entity[1:], entity[:-1])
    return Mentions(
        first, last, mentions.head, mentions.category, entity, mentions.listed, mentions.candidate & ~owner,
        mentions.behind, mentions.address, joined, mentions.marks,
    )  # fmt: skip
