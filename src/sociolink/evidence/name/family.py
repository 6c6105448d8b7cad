"""Name evidence: handles and display names against what a customer is called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sociolink.evidence.erasing import Erasure
from sociolink.evidence.name.accounts import Accounts, learn_channels, prepare_accounts
from sociolink.evidence.name.channel import Reading
from sociolink.evidence.name.erasing import forget_people
from sociolink.evidence.name.grammar import FORM_NAMES, FORMS, READINGS, VARIANTS, KeyKind, Slot
from sociolink.evidence.name.growth import adopt_background, grow_people
from sociolink.evidence.name.parses import Parses
from sociolink.evidence.name.people import People, learn_names, prepare_people
from sociolink.evidence.name.sections import prepare_people_in_sections
from sociolink.evidence.name.shown import READABLE
from sociolink.evidence.protocol import Denominator, Hits, Keys, Mixture, Pairs
from sociolink.index.scratch import Scratch
from sociolink.population.names import PREFIX_LENGTHS, PREFIX_SHARE, NameVocabulary
from sociolink.text.hashing import UInt64s
from sociolink.text.runs import starts_of_runs

__all__ = ["Name"]

Floats = npt.NDArray[np.float64]
Int64s = npt.NDArray[np.int64]

_MIDDLE_AGREES = 0.95
_MIDDLE_SHOWN = 0.6
_PSEUDO_PROFILES = 20.0
_BY_RECORDED_NAMES = 1 - sum(form.prior for form in VARIANTS)
_FORMS = len(FORMS)
_WIDTH = len(READINGS) + 1
_OPAQUE = len(READINGS)
_SHORT = (Slot.GIVEN_PREFIX, Slot.FAMILY_PREFIX)
_POSITIONS = {
    slot: np.array([one.slots.index(slot) if slot in one.slots else -1 for one in READINGS]) for slot in _SHORT
}
_CHOSEN = {Slot.MIDDLE_INITIAL, Slot.BETWEEN, *_SHORT}
"""What a writer may show or leave out, of those who have it."""

_LABELS = (*FORM_NAMES, *(form.name for form in VARIANTS), "opaque")


@dataclass(frozen=True, slots=True)
class Name:
    """Handles and display names as readings of a person's name.

    A handle is explained either by a form of a name (with something around it) or as a string without a name. The
    customer's story fills the form with the customer's own parts, the stranger's with parts as frequent as they are
    among people; the weights of the forms and everything around the name are the same in both.
    """

    name: str = "name"

    def prior(self, population: Mapping[str, Any]) -> dict[str, dict[str, float]]:
        """Pseudo-counts: the weights that the profiles alone suggest."""
        handle = {
            f"{platform}:{form}": pseudo
            for platform in (*population["platforms"], "other")
            for form, pseudo in _pseudo_counts(population["handle"]["weights"])
        }
        display = dict(_pseudo_counts(population["display"]["weights"]))
        return {"name.handle": handle, "name.display": display}

    def learn(self, profiles: pa.Table, customers: pa.Table) -> dict[str, Any]:
        """Name background of the CRM, decorations and spelling of the profiles' strings."""
        (given, family), vocabulary = learn_names(customers)
        population: dict[str, Any] = {
            "given_prior": [given.strength, given.bundled_share],
            "family_prior": [family.strength, family.bundled_share],
        }
        return population | learn_channels(profiles, vocabulary)

    def prepare_customers(
        self, customers: pa.Table, population: Mapping[str, Any], *, background: People | None = None
    ) -> People:
        """Parts, vocabulary and keys of all customers."""
        return prepare_people(customers, population, background=background)

    def prepare_sections(
        self, sections: Sequence[pa.Table], population: Mapping[str, Any], scratch: Scratch, *, threads: int
    ) -> People:
        """The same, section by section."""
        return prepare_people_in_sections(sections, population, scratch, threads=threads)

    def grow(self, state: People, customers: pa.Table, population: Mapping[str, Any]) -> People:
        """Prepared customers as background for later ones, whose names it knows too."""
        return grow_people(state, customers, population)

    def adopt(self, state: People, background: People) -> People:
        """Prepared customers that read profiles as later ones do."""
        return adopt_background(state, background)

    def forget(self, state: People, erasure: Erasure) -> None:
        """Erase name parts and own strings that nobody else has."""
        forget_people(state, erasure)

    def prepare_profiles(self, profiles: pa.Table, customers: People, population: Mapping[str, Any]) -> Accounts:
        """Readings of handles and display names."""
        return prepare_accounts(profiles, customers.vocabulary, customers.strings, population, customers=customers.rows)

    def customer_keys(self, customers: People) -> Keys:
        """Names in the ways in which they are looked up."""
        return customers.name_keys.keys

    def profile_keys(self, profiles: Accounts) -> Keys:
        """One key for each reading."""
        return profiles.keys

    def confirm_keys(
        self, customers: People, profiles: Accounts, customer_key: Int64s, profile_key: Int64s
    ) -> npt.NDArray[np.bool_]:
        """A shortened name is found by its first letter; here the rest of it is compared."""
        first = starts_of_runs(profile_key)  # what a reading says is looked at once for all customers that it meets
        run = np.cumsum(first) - 1
        parse = profiles.parse[profile_key[first]].astype(np.int64)
        handles = len(profiles.handles.parses)
        of_handle = parse < handles
        out = np.ones(len(profile_key), np.bool_)
        for slot, table in ((Slot.GIVEN_PREFIX, customers.given_prefix), (Slot.FAMILY_PREFIX, customers.family_prefix)):
            column, word = np.full(len(parse), -1), np.zeros(len(parse), np.uint64)
            for reading, here, before in ((profiles.handles, of_handle, 0), (profiles.displays, ~of_handle, handles)):
                at = here.nonzero()[0]
                if len(at) == 0:
                    continue
                column[at], word[at] = _shortened(slot, customers.vocabulary, reading.parses, parse[at] - before)
            rows = (column >= 0)[run].nonzero()[0]
            if len(rows) == 0:
                continue
            told = run[rows]
            out[rows] &= table[customers.name_keys.keys.row[customer_key[rows]], column[told]] == word[told]
        return out

    def compare(self, customers: People, profiles: Accounts, pairs: Pairs, hits: Hits) -> tuple[Mixture, ...]:
        """Channels `name.handle` and `name.display`."""
        hits = Hits(hits.pair, hits.customer_key, profiles.parse[hits.profile_key])
        of_handle = hits.profile_key < len(profiles.handles.parses)
        columns = profiles.platform.astype(np.int64)
        first, second = _select(hits, of_handle), _select(hits, ~of_handle)
        second = Hits(second.pair, second.customer_key, second.profile_key - np.int32(len(profiles.handles.parses)))
        use = _uses(customers, first, profiles.handles.parses, pairs.customer[first.pair] >= 0)
        parts = profiles.handles.parses.slots_filled()[first.profile_key]
        told = profiles.handles.parses.shown[first.profile_key] & (use > 0)
        use = np.where(told, np.maximum(use, READABLE**parts), use)
        handle = _channel("name.handle", profiles.handles, columns, profiles.platforms, pairs, first, use)
        use = _uses(customers, second, profiles.displays.parses, pairs.customer[second.pair] >= 0)
        nowhere = np.zeros(profiles.rows, np.int64)
        return handle, _channel("name.display", profiles.displays, nowhere, ("",), pairs, second, use)

    def describe(self, component: str) -> str:
        """What a form means."""
        form = component.rpartition(":")[2]
        return next((one.phrase for one in READINGS if one.name == form), "no name that can be read")


def _select(hits: Hits, keep: npt.NDArray[np.bool_]) -> Hits:
    return Hits(hits.pair[keep], hits.customer_key[keep], hits.profile_key[keep])


def _shortened(slot: Slot, vocabulary: NameVocabulary, parses: Parses, at: Int64s) -> tuple[Int64s, UInt64s]:
    """The shortened names in readings: (n,) which of `PREFIX_LENGTHS` they have, -1 for none, and (n,) their hashes."""
    column, word = np.full(len(at), -1), np.zeros(len(at), np.uint64)
    position = _POSITIONS[slot][parses.form[at]]
    rows = (position >= 0).nonzero()[0]
    if len(rows) == 0:
        return column, word
    parse, where = at[rows], position[rows]
    begin = np.where(where == 0, parses.start[parse], parses.stops[parse, where - 1])
    length = parses.stops[parse, where] - begin
    column[rows] = np.clip(length - PREFIX_LENGTHS[0], 0, len(PREFIX_LENGTHS) - 1)
    word[rows] = vocabulary.index.keys[parses.words[parse, where]]
    return column, word


def _uses(people: People, hits: Hits, parses: Parses, one: npt.NDArray[np.bool_]) -> Floats:
    """P(the customer fills the form as it is read), for each hit; where it is not `one` customer but all who share a
    key, P(one of them does). A single customer's shortened names have been confirmed.
    """
    use = people.name_keys.weight[hits.customer_key].astype(np.float64)
    row = people.name_keys.keys.row[hits.customer_key]
    at = hits.profile_key
    vocabulary = people.vocabulary
    letters = vocabulary.given_initial
    forms = parses.form[at]
    for number in np.bincount(forms).nonzero()[0].tolist():
        form = READINGS[number]
        here = (forms == number).nonzero()[0]
        if form.name == "given_family":
            use[here] *= _BY_RECORDED_NAMES
        for position, slot in enumerate(form.slots):
            if slot not in _CHOSEN:
                continue
            letter = parses.letters[at[here], position]
            known = np.where(one[here], people.middle_initial[row[here]], 0)
            if slot is Slot.MIDDLE_INITIAL and form.key is not KeyKind.INITIALS:
                told = np.where(known == letter, _MIDDLE_AGREES, (1 - _MIDDLE_AGREES) * letters[letter])
                use[here] *= np.where(known == 0, letters[letter], told)
            elif slot is Slot.BETWEEN:
                told = _MIDDLE_SHOWN * (known == letter) / letters[letter] + 1 - _MIDDLE_SHOWN
                use[here] *= np.where(known == 0, 1.0, told)
            elif slot in _SHORT:
                given = slot is Slot.GIVEN_PREFIX
                chance = vocabulary.given_prefix if given else vocabulary.family_prefix
                initial = vocabulary.given_initial if given else vocabulary.family_initial
                so = np.minimum(chance[parses.words[at[here], position]] / initial[letter], PREFIX_SHARE)
                use[here] *= np.where(one[here], PREFIX_SHARE, so)
    return use


def _pseudo_counts(weights: Sequence[float]) -> list[tuple[str, float]]:
    """Pseudo-counts of the components of one platform from the weights that strings alone suggest."""
    scaled = _PSEUDO_PROFILES * np.asarray(weights)
    return list(zip(_LABELS, [*scaled[:-1], *(1.0 for _ in VARIANTS), scaled[-1]], strict=True))


@lru_cache(maxsize=64)
def _labels(platforms: tuple[str, ...]) -> tuple[str, ...]:
    """Names of the components: forms on each platform."""
    return tuple(f"{one}:{part}" if one else part for one in platforms for part in _LABELS)


@lru_cache(maxsize=64)
def _groups(platforms: int) -> npt.NDArray[np.int32]:
    """Forms and opaque strings of a platform are a group; each variant is one of its own, of weight 1."""
    out = np.repeat(np.arange(platforms), _WIDTH).reshape(platforms, _WIDTH)
    out[:, _FORMS:_OPAQUE] = platforms + np.arange(platforms * len(VARIANTS)).reshape(platforms, len(VARIANTS))
    groups = np.asarray(out.ravel(), np.int32)
    groups.setflags(write=False)
    return groups


def _channel(
    name: str,
    reading: Reading,
    platform: Int64s,
    platforms: tuple[str, ...],
    pairs: Pairs,
    hits: Hits,
    use: Floats,
) -> Mixture:
    """One kind of string as a mixture over forms, with weights for each platform."""
    parses = reading.parses
    filled = reading.places.strings.lengths > 0
    strangers = reading.strangers
    scale = reading.opaque + strangers.sum(1)
    row, form = np.nonzero(strangers)
    den_row = np.concatenate([row, filled.nonzero()[0]])
    den_form = np.concatenate([form, np.full(int(filled.sum()), _OPAQUE)])
    den_value = np.concatenate([strangers[row, form], reading.opaque[filled]])
    at = hits.profile_key
    string = parses.string[at]
    value = parses.around[at] * use / scale[string]
    some = value > 0
    profile = pairs.profile
    told = filled[profile].nonzero()[0]
    opaque = reading.opaque[profile[told]] / scale[profile[told]]
    component = platform[string[some]] * _WIDTH + parses.form[at][some]
    return Mixture(
        name,
        _labels(platforms),
        _groups(len(platforms)),
        np.concatenate([hits.pair[some], told]).astype(np.int32),
        np.concatenate([component, platform[profile[told]] * _WIDTH + _OPAQUE]).astype(np.int32),
        np.concatenate([value[some], opaque]),
        len(pairs),
        Denominator(
            np.where(filled[profile], profile, -1).astype(np.int32),
            den_row.astype(np.int32),
            (platform[den_row] * _WIDTH + den_form).astype(np.int32),
            den_value / scale[den_row],
            (platform * _WIDTH + _OPAQUE).astype(np.int32),
        ),
        about=name.rpartition(".")[2],
    )
