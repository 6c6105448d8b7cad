"""Employer evidence: the customer's organisation or job title in a profile's bio or display name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.evidence.erasing import Erasure, forget_words
from sociolink.evidence.fact_sections import collect_in_sections, sum_holders
from sociolink.evidence.facts import (
    Facts,
    Holders,
    KnownFacts,
    StatedFacts,
    any_agrees,
    collect_facts,
    find_sorted,
    index_facts,
    list_column,
    look_up,
    no_statements,
    says_nothing,
    sum_by_row,
    text_column,
)
from sociolink.evidence.levels import Level, complete_chances, level_mixture, level_phrase, level_prior, no_levels
from sociolink.evidence.mentions import count_words, find_mentions, opening_hashes, organisation_words, plain_phrases
from sociolink.evidence.protocol import Hits, Keys, Mixture, Pairs, no_keys
from sociolink.index.scratch import Scratch
from sociolink.text.buffers import are_filled
from sociolink.text.hashing import UInt64s, hash_strings, mix

__all__ = ["LEVELS", "CustomerEmployers", "Employer", "ProfileMentions"]

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Int8s = npt.NDArray[np.int8]

LEVELS = (
    Level("not_mentioned", "the customer's organisation or job title is not mentioned", 30.0),
    Level("part", "a rare word of the customer's organisation, or the job title, is mentioned", 8.0),
    Level("whole", "the customer's organisation is mentioned", 12.0),
)
_SALT = 160
_NAME, _WORD, _TITLE = range(3)
_KINDS = ("names", "words", "titles")
_MIN_SUPPORT = 10
_BACKGROUND = ((1.0, 1e4), (1.0, 1e3), (1.0, 1e3))
"""Mentions and bios that stand behind the counts of a name, a word, a title."""


@dataclass(frozen=True, slots=True)
class CustomerEmployers:
    """Where customers work.

    Attributes:
        known: Names of organisations, their rare words, job titles.
        openings: (n,) uint64, sorted hashes of the first words of names and titles.
        words: How common each word is in the names of organisations.
        chance: (customers, levels) P(level | a random bio).
    """

    known: tuple[KnownFacts, ...]
    openings: UInt64s
    words: Holders
    chance: Floats


@dataclass(frozen=True, slots=True)
class ProfileMentions:
    """What a batch of profiles mentions.

    Attributes:
        stated: Names of organisations, rare words, job titles.
        has_bio: (profiles,) whether there is a bio to mention anything.
    """

    stated: tuple[StatedFacts, ...]
    has_bio: Bools


@dataclass(frozen=True, slots=True)
class Employer:
    """Organisations and job titles that are mentioned in a bio or display name.

    Only profiles with a bio tell anything. How often a random bio mentions a name is learned; what fewer than ten
    profiles mention is stored only as an average.
    """

    name: str = "employer"

    def prior(self, population: Mapping[str, Any]) -> dict[str, dict[str, float]]:
        """Pseudo-counts of the levels."""
        return level_prior(self.name, LEVELS)

    def learn(self, profiles: pa.Table, customers: pa.Table) -> dict[str, Any]:
        """How often bios mention the names, words and titles of customers' organisations.

        Returns:
            For each kind the share of bios that mention what at least ten of them mention, and the mean share of all
            else.
        """
        strings = _strings(customers, _count_words(customers))
        known, openings = _index(strings, customers.num_rows)
        mentions = _mentions(profiles, known, openings)
        bios = int(mentions.has_bio.sum())
        out: dict[str, Any] = {}
        for kind, (name, (_, text)) in enumerate(zip(_KINDS, strings, strict=True)):
            stated = mentions.stated[kind]
            counted = mentions.has_bio[stated.facts.row]
            counts = np.bincount(stated.value[counted], minlength=len(known[kind].vocabulary))
            common = counts >= _MIN_SUPPORT
            encoded = text.dictionary_encode().dictionary
            keys = _keys(encoded, kind)
            place = np.minimum(np.searchsorted(known[kind].vocabulary, keys), len(common) - 1)
            often = (
                common[place] & (known[kind].vocabulary[place] == keys) if len(common) else np.zeros(len(keys), bool)
            )
            hits, exposure = _BACKGROUND[kind]
            rest = (counts[~common].sum() + hits) / (int((~common).sum()) * bios + exposure)
            shares = {
                word: round(float(counts[at] / bios), 9)
                for word, at in zip(encoded.filter(pa.array(often)).to_pylist(), place[often].tolist(), strict=True)
            }
            out[name] = {"common": dict(sorted(shares.items())), "rest": float(rest)}
        return out

    def prepare_customers(
        self, customers: pa.Table, population: Mapping[str, Any], *, background: CustomerEmployers | None = None
    ) -> CustomerEmployers:
        """Names, words and titles of all customers, and how often a random bio mentions any of a customer's."""
        words = _count_words(customers) if background is None else background.words
        known, openings = _index(_strings(customers, words), customers.num_rows)
        return CustomerEmployers(known, openings, words, _chances(known, population))

    def prepare_sections(
        self, sections: Sequence[pa.Table], population: Mapping[str, Any], scratch: Scratch, *, threads: int
    ) -> CustomerEmployers:
        """The same, section by section."""
        words = sum_holders([_count_words(section) for section in sections])
        openings: list[UInt64s] = []

        def collect(section: pa.Table) -> tuple[Facts, ...]:
            strings = _strings(section, words)
            openings.append(_openings(strings))
            return _collect(strings, section.num_rows)

        facts = collect_in_sections(collect, sections, scratch, threads=threads)
        known = tuple(scratch.keep(index_facts(one)) for one in facts)
        return CustomerEmployers(known, np.unique(np.concatenate(openings)), words, _chances(known, population))

    def forget(self, state: CustomerEmployers, erasure: Erasure) -> None:
        """Erase first words that no other name or title has."""
        _forget_openings(state, erasure)

    def prepare_profiles(
        self, profiles: pa.Table, customers: CustomerEmployers, population: Mapping[str, Any]
    ) -> ProfileMentions:
        """What is mentioned in bios and display names."""
        return _mentions(profiles, customers.known, customers.openings)

    def customer_keys(self, customers: CustomerEmployers) -> Keys:
        """None: colleagues are too many."""
        return no_keys()

    def profile_keys(self, profiles: ProfileMentions) -> Keys:
        """None."""
        return no_keys()

    def chances(self, customers: CustomerEmployers, profiles: ProfileMentions, pairs: Pairs) -> Floats:
        """(pairs, levels) P(level | a random bio), for the customer's organisation; 0 where nothing is told."""
        told = _told(customers, profiles, pairs)
        out = np.zeros((len(pairs), len(LEVELS)))
        out[told] = customers.chance[pairs.customer[told]]
        return out

    def compare(
        self, customers: CustomerEmployers, profiles: ProfileMentions, pairs: Pairs, hits: Hits
    ) -> tuple[Mixture, ...]:
        """Channel `employer`."""
        told = _told(customers, profiles, pairs)
        if not told.any():
            return (no_levels(self.name, LEVELS, len(pairs)),)
        name, word, title = (
            any_agrees(known, stated, pairs=pairs)
            for known, stated in zip(customers.known, profiles.stated, strict=True)
        )
        reached = np.where(name, 2, np.where(word | title, 1, 0))
        level: Int8s = np.where(told, reached, -1).astype(np.int8)
        u = np.ones(len(pairs))
        u[told] = customers.chance[pairs.customer[told], level[told]]
        return (level_mixture(self.name, LEVELS, level=level, u=u),)

    def describe(self, component: str) -> str:
        """What a level says."""
        return level_phrase(LEVELS, component)


_Strings = tuple[npt.NDArray[np.int32], pa.Array]


def _strings(customers: pa.Table, words: Holders) -> tuple[_Strings, ...]:
    """Names, rare words of names, and titles, each with its rows; what a name adds in brackets counts as a title."""
    row, organisation = list_column(customers, "organisation")
    name = plain_phrases(organisation)
    added = _added(organisation)
    title = plain_phrases(text_column(customers, "job_title"))
    every = np.arange(customers.num_rows, dtype=np.int32)
    titles = np.concatenate([every, row]), pa.concat_arrays([title, added])
    return (row, name), organisation_words(row, name, counts=words), titles


def _added(organisation: pa.Array) -> pa.Array:
    """What names of organisations add in brackets, as plain phrases."""
    return plain_phrases(pc.replace_substring_regex(organisation, r"^[^(]*\(?([^)]*)\)?.*$", r"\1"))


def _chances(known: tuple[KnownFacts, ...], population: Mapping[str, Any]) -> Floats:
    """(customers, levels) P(level | a random bio)."""
    shares = []
    for kind, (name, one) in enumerate(zip(_KINDS, known, strict=True)):
        learned = population.get(name, {"common": {}, "rest": _BACKGROUND[kind][0] / _BACKGROUND[kind][1]})
        share = np.full(len(one.vocabulary), float(learned["rest"]))
        mentioned = pa.array(list(learned["common"]), pa.string())
        at, met = find_sorted(one.vocabulary, _keys(mentioned, kind))
        share[at[met]] = np.array(list(learned["common"].values()))[met]
        shares.append(sum_by_row(one.facts, share[np.searchsorted(one.vocabulary, one.facts.key)]))
    whole = np.minimum(shares[_NAME], 0.5)
    inside = np.diff(known[_WORD].facts.start) * whole
    part = np.clip(np.maximum(shares[_WORD] - inside, 0.0) + shares[_TITLE], 1e-6, 0.5)
    part = np.where(known[_WORD].facts.stated | known[_TITLE].facts.stated, part, 0.0)
    return complete_chances(np.stack([np.zeros(len(whole)), part, whole], axis=1), 0)


def _count_words(customers: pa.Table) -> Holders:
    return count_words(plain_phrases(list_column(customers, "organisation")[1]))


def _forget_openings(state: CustomerEmployers, erasure: Erasure) -> None:
    """Erase the first words of names and titles, where no other one begins so or holds them."""
    names, _, titles = _strings(erasure.customers, state.words)
    wanted = opening_hashes(pa.concat_arrays([names[1], titles[1]]))
    wanted = wanted[state.words.of(wanted) == 0]
    if len(wanted):
        others = erasure.others("organisation", "job_title")
        added = list_column(others, "organisation")[1].dictionary_encode().dictionary
        added = added.filter(pc.match_substring(added, "("))
        title = text_column(others, "job_title").dictionary_encode().dictionary
        wanted = np.setdiff1d(wanted, opening_hashes(pa.concat_arrays([plain_phrases(title), _added(added)])))
    forget_words(erasure.draft, state.openings, wanted)


def _squashed(text: pa.Array) -> pa.Array:
    return pc.replace_substring(text, " ", "")


def _keys(text: pa.Array, kind: int) -> UInt64s:
    return mix(hash_strings(_squashed(text))[0], _SALT + kind)


def _index(strings: tuple[_Strings, ...], rows: int) -> tuple[tuple[KnownFacts, ...], UInt64s]:
    return tuple(index_facts(facts) for facts in _collect(strings, rows)), _openings(strings)


def _collect(strings: tuple[_Strings, ...], rows: int) -> tuple[Facts, ...]:
    return tuple(
        collect_facts(row, _squashed(text), rows=rows, salt=_SALT + kind) for kind, (row, text) in enumerate(strings)
    )


def _openings(strings: tuple[_Strings, ...]) -> UInt64s:
    return opening_hashes(pa.concat_arrays([strings[_NAME][1], strings[_TITLE][1]]))


def _mentions(profiles: pa.Table, known: tuple[KnownFacts, ...], openings: UInt64s) -> ProfileMentions:
    if says_nothing(profiles, "bio"):
        nothing = no_statements(profiles.num_rows)
        return ProfileMentions((nothing,) * len(known), np.zeros(profiles.num_rows, np.bool_))
    bio = text_column(profiles, "bio")
    found = find_mentions(bio, text_column(profiles, "display_name"), openings=openings)
    stated = []
    for kind, one in enumerate(known):
        row, key = found.words if kind == _WORD else found.phrases
        facts = Facts(key, row, np.searchsorted(row, np.arange(profiles.num_rows + 1)).astype(np.int64))
        salted = look_up(one, Facts(mix(facts.key, _SALT + kind), facts.row, facts.start))
        met = salted.value >= 0
        stated.append(look_up(one, salted.facts.only(met)) if met.any() else no_statements(profiles.num_rows))
    return ProfileMentions(tuple(stated), are_filled(bio))


def _told(customers: CustomerEmployers, profiles: ProfileMentions, pairs: Pairs) -> Bools:
    """(pairs,) whether the profile has a bio and the customer an organisation or title."""
    out = profiles.has_bio[pairs.profile] & (pairs.customer >= 0)
    asked = out.nonzero()[0]
    customer = pairs.customer[asked]
    out[asked] = customers.known[_NAME].facts.states(customer) | customers.known[_TITLE].facts.states(customer)
    return np.asarray(out, np.bool_)
