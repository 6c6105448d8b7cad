"""Opinions with their targets: polarity by the thing spoken of, shared among what is named together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sociolink.opinions.lexicon import CATEGORIES
from sociolink.opinions.marks import Mark
from sociolink.opinions.mentions import Mentions
from sociolink.opinions.neighbours import Bools, Ints, at_or_after, at_or_before, count_before, first_of_run
from sociolink.opinions.stream import Stream
from sociolink.opinions.targets import NO_THING, Targets
from sociolink.opinions.units import Units
from sociolink.opinions.vocabulary import Vocabulary
from sociolink.text.runs import starts_of_runs

__all__ = ["Verdicts", "judge"]

Floats = npt.NDArray[np.float32]

_RELATIVE = 0.5
_SHARED = 0.9
_COMPARED = -0.6
_UNDECIDED = 0.1
"""Where good and bad words balance, the bad ones count: good ones are then said of something else more often."""

_PRICE, _PRODUCT, _SERVICE, _STAFF = (CATEGORIES.index(name) for name in ("price", "product", "service", "staff"))
_UP_DOWN = (
    (Mark.UP, Mark.WANTS_MORE, 1), (Mark.UP, Mark.WANTS_LESS, -1), (Mark.DOWN, Mark.WANTS_MORE, -1),
    (Mark.DOWN, Mark.WANTS_LESS, 1), (Mark.HOT, Mark.WANTS_HOT, 1), (Mark.HOT, Mark.WANTS_COLD, -1),
    (Mark.COLD, Mark.WANTS_COLD, 1), (Mark.COLD, Mark.WANTS_HOT, -1), (Mark.LOUD, Mark.WANTS_LOUD, 1),
    (Mark.CHEAP, Mark.WANTS_MORE, -1),
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Verdicts:
    """Opinions about things.

    Attributes:
        at: (opinions,) unit of the stream that says it.
        mention: (opinions,) row of the mentions, or -1 where nothing is named.
        category: (opinions,) int8 category of what it is about.
        polarity: (opinions,) -1 to 1; 0 for a verdict in the middle.
    """

    at: Ints
    mention: Ints
    category: npt.NDArray[np.int8]
    polarity: Floats

    def __len__(self) -> int:
        return len(self.at)

    def only(self, keep: Bools | Ints) -> Verdicts:
        """Some of them."""
        return Verdicts(self.at[keep], self.mention[keep], self.category[keep], self.polarity[keep])


def judge(stream: Stream, units: Units, targets: Targets, *, mentions: Mentions, vocabulary: Vocabulary) -> Verdicts:
    """Opinions about things, in the order of the posts.

    Args:
        stream: The posts.
        units: Their opinion words.
        targets: What these are about.
        mentions: What the posts name.
        vocabulary: What the stream was read with.
    """
    targets = _address(stream, units, targets, mentions=mentions, vocabulary=vocabulary)
    polarity, category = _by_thing(stream, units, targets, mentions)
    implied = vocabulary.entries.implied[stream.entry[units.at]]
    nothing = targets.mention < 0
    category = np.where(nothing | ((implied == _PRICE) & (category != _STAFF)), implied, category)
    category = np.where(nothing & (implied < 0) & _of_it(stream, units.at), _PRODUCT, category)
    category = np.where(nothing & (category < 0) & (units.event | units.people), _SERVICE, category)
    category = np.where(targets.mention == NO_THING, -1, category).astype(np.int8)
    emoji = stream.has(Mark.EMOJI)[units.at]
    spoken = np.zeros(int(stream.row[-1]) + 1 if len(stream) else 0, np.bool_)
    says = (polarity != 0) | units.neutral
    spoken[stream.row[units.at[says & ~emoji]]] = True
    keep = says & (category >= 0) & ~(emoji & spoken[stream.row[units.at]])
    found = Verdicts(units.at, np.maximum(targets.mention, -1), category, polarity).only(keep)
    found = _add_joined(found, mentions)
    found = _add_compared(found, stream, mentions)
    return _one_a_clause(found, stream, mentions)


def _of_it(stream: Stream, at: Ints) -> Bools:
    """Whether "it" is the subject or the object: a thing that the post itself does not name."""
    it = stream.has(Mark.THING_PRONOUN)
    before = at_or_before(it)[np.maximum(at - 1, 0)]
    subject = (before >= 0) & (stream.clause[np.maximum(before, 0)] == stream.clause[at])
    following, second = np.minimum(at + 1, len(stream) - 1), np.minimum(at + 2, len(stream) - 1)
    this = stream.has(Mark.DETERMINER)[following] & stream.has(Mark.PREPOSITION | Mark.STOP | Mark.COMMA)[second]
    after = (stream.has(Mark.PRONOUN)[following] | this) & stream.has(Mark.OBJECT_VERB)[at]
    first = first_of_run(stream.clause)[at]
    left_out = (first == first_of_run(stream.sentence)[at]) & stream.has(Mark.VERB | Mark.COPULA)[first]
    left_out &= ~stream.has(Mark.OBJECT_VERB | Mark.FEELING | Mark.INTERROGATIVE | Mark.PERSON)[first] & (
        at - first <= 2
    )
    answer: Bools = subject | after | left_out
    return answer


def _address(stream: Stream, units: Units, targets: Targets, *, mentions: Mentions, vocabulary: Vocabulary) -> Targets:
    """What is said of nothing else is said of the account that is spoken to, if it is a brand's.

    Where the catalogue names no brand, any account can be one.
    """
    brands = "brand" in vocabulary.catalogue.categories
    known = np.flatnonzero(mentions.address & ((mentions.entity >= 0) | (not brands)))
    if not len(known):
        return targets
    of_row = np.full(int(stream.row[-1]) + 1, -1, np.int64)
    of_row[stream.row[mentions.first[known]][::-1]] = known[::-1]
    implied = vocabulary.entries.implied[stream.entry[units.at]]
    following = np.minimum(units.at + 1, len(stream) - 1)
    thanked = stream.has(Mark.GRATITUDE)[units.at] & (
        stream.entry[following] == vocabulary.entries.number.get("for", -1)
    )
    open_ = ((targets.mention == -1) & (implied < 0)) | (thanked & (of_row[stream.row[units.at]] >= 0))
    return Targets(np.where(open_, of_row[stream.row[units.at]], targets.mention), targets.before_noun)


def _by_thing(
    stream: Stream, units: Units, targets: Targets, mentions: Mentions
) -> tuple[Floats, npt.NDArray[np.int8]]:
    """Polarity where it depends on the thing (Ding, Liu & Yu, 2008, WSDM), and the category of the thing."""
    there = targets.mention >= 0
    thing = np.maximum(targets.mention, 0)
    category = np.where(there, mentions.category[thing], -1) if len(mentions) else np.full(len(units), -1)
    polarity = units.polarity.copy()
    own = stream.marks[units.at]
    of_thing = mentions.marks[thing] if len(mentions) else np.zeros(len(units), np.int64)
    sign = np.zeros(len(units), np.float32)
    for how, wanted, value in _UP_DOWN:
        hit = ((own & how) != 0) & ((of_thing & wanted) != 0) & (sign == 0) & there
        sign[hit] = value
    degree = stream.has(Mark.BOOSTER | Mark.DAMPER) & ~stream.has(Mark.COPULA)
    place = at_or_before(~degree)[np.maximum(units.at - 1, 0)]
    inside = stream.sentence[np.maximum(place, 0)] == stream.sentence[units.at]
    before = stream.marks[np.maximum(units.at - 1, 0)]
    after_copula = inside & stream.has(Mark.COPULA)[np.maximum(place, 0)] & (units.at > 0)
    sign[(own & Mark.LOUD != 0) & (sign == 0) & there & after_copula] = -1
    sign[(own & Mark.HARD != 0) & (sign == 0) & there & after_copula] = -1
    cheap = (own & Mark.CHEAP) != 0
    sensed = (before & Mark.SENSE) != 0
    sign[cheap & there & ((category == _PRICE) | (after_copula & ~sensed))] = 1
    sign[cheap & sensed] = -1
    sign[cheap & ~there & ~sensed & ((before & (Mark.COPULA | Mark.BOOSTER)) != 0)] = 1
    absent = units.absent & ((of_thing & Mark.WANTS_LESS) != 0)
    polarity = np.where(absent, 0.5, polarity)
    turned = units.relative & (sign != 0)
    polarity = np.where(turned, np.clip(sign * _RELATIVE * units.factor, -1, 1), polarity)
    return polarity.astype(np.float32), category.astype(np.int8)


def _add_compared(found: Verdicts, stream: Stream, mentions: Mentions) -> Verdicts:
    """The other side of "better than": what is named by the catalogue or as a name of its own behind `than`."""
    if not len(found) or not len(mentions):
        return found
    size = len(stream)
    better = (stream.has(Mark.COMPARATIVE | Mark.OBJECT_VERB)[found.at]) & (found.polarity > 0) & (found.mention >= 0)
    than = at_or_after(stream.has(Mark.THAN))[np.minimum(found.at + 1, size - 1)]
    than = np.where(stream.has(Mark.THAN)[found.at], found.at, than)
    place = np.minimum(than, size - 1)
    near = better & (than < size) & (stream.sentence[place] == stream.sentence[found.at]) & (than - found.at <= 6)
    near &= stream.has(Mark.COMPARATIVE)[found.at] | (stream.entry[place] != stream.entry[found.at])
    usable = np.flatnonzero(mentions.candidate)
    following = np.searchsorted(mentions.first[usable], place, side="right")
    other = usable[np.minimum(following, len(usable) - 1)] if len(usable) else np.zeros(len(place), np.int64)
    named = (mentions.entity[other] >= 0) | (stream.capital[mentions.first[other]])
    close = mentions.first[other] - place
    near &= (following < len(usable)) & (close > 0) & (close <= 3) & named & (other != found.mention)
    at = np.flatnonzero(near)
    return Verdicts(
        np.concatenate([found.at, place[at]]),
        np.concatenate([found.mention, other[at]]),
        np.concatenate([found.category, mentions.category[other[at]]]),
        np.concatenate([found.polarity, _COMPARED * found.polarity[at]]),
    )


def _add_joined(found: Verdicts, mentions: Mentions) -> Verdicts:
    """What is said of one of several things that are named together is said of those that nothing else is said of."""
    if not len(found) or not len(mentions):
        return found
    group = np.cumsum(~mentions.joined)
    has_own = np.zeros(len(mentions), np.bool_)
    has_own[found.mention[found.mention >= 0]] = True
    lonely = np.flatnonzero(mentions.candidate & ~has_own)
    named = np.flatnonzero(found.mention >= 0)
    order = named[np.argsort(found.mention[named], kind="stable")]
    groups = group[found.mention[order]]
    place = np.searchsorted(groups, group[lonely])
    hit = (
        (place < len(groups)) & (groups[np.minimum(place, len(groups) - 1)] == group[lonely])
        if len(groups)
        else np.zeros(len(lonely), np.bool_)
    )
    source, things = order[place[hit]], lonely[hit]
    further = mentions.behind[things] & (found.mention[source] > things)
    source, things = source[~further], things[~further]
    return Verdicts(
        np.concatenate([found.at, found.at[source]]),
        np.concatenate([found.mention, things]),
        np.concatenate([found.category, mentions.category[things]]),
        np.concatenate([found.polarity, (_SHARED * found.polarity[source]).astype(np.float32)]),
    )


def _one_a_clause(found: Verdicts, stream: Stream, mentions: Mentions) -> Verdicts:
    """One opinion for each thing between contrasts and ends; of several words, their sum over the root of the count."""
    if not len(found):
        return found
    stretch = count_before(stream.has(Mark.CONTRAST | Mark.STOP))[found.at + 1]
    row = stream.row[found.at].astype(np.int64)
    order = np.lexsort((found.at, found.category, found.mention, stretch, row))
    found, stretch, row = found.only(order), stretch[order], row[order]
    new = starts_of_runs(row, stretch, found.mention, found.category)
    edges = np.flatnonzero(new)
    total = np.add.reduceat(found.polarity.astype(np.float64), edges)
    worst = np.minimum(np.minimum.reduceat(found.polarity, edges), 0)
    mean = total / np.sqrt(np.diff(np.append(edges, len(found))))
    mean = np.where((np.abs(mean) < _UNDECIDED) & (worst < 0), worst / 2, mean)
    summed = np.clip(mean, -1, 1).astype(np.float32)
    out = Verdicts(found.at[edges], found.mention[edges], found.category[edges], summed)
    return _say_once(out, stream, mentions)


def _say_once(found: Verdicts, stream: Stream, mentions: Mentions) -> Verdicts:
    """What a post says of a thing again, to the same effect, is one opinion: the strongest, where it was first.

    A product and its price are two; a company that charges twice is one.
    """
    row, sign = stream.row[found.at].astype(np.int64), np.sign(found.polarity)
    of_thing = mentions.category[np.maximum(found.mention, 0)] if len(mentions) else found.category
    kind = np.where((found.mention >= 0) & (of_thing != _PRODUCT), -1, found.category)
    order = np.lexsort((found.at, sign, kind, found.mention, row))
    found, row, sign, kind = found.only(order), row[order], sign[order], kind[order]
    new = starts_of_runs(row, found.mention, kind, sign)
    edges = np.flatnonzero(new)
    strength = np.maximum.reduceat(np.abs(found.polarity), edges)
    once = Verdicts(
        found.at[edges], found.mention[edges], found.category[edges], (strength * sign[edges]).astype(np.float32)
    )
    return once.only(np.lexsort((once.mention, once.at)))
