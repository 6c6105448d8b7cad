"""A world that holds nothing but 200 given names and 200 family names, small enough to be enumerated."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from unittest.mock import patch

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sociolink.blocking.candidates import index_keys, propose_pairs
from sociolink.evidence.name import accounts
from sociolink.evidence.name import channel as channels
from sociolink.evidence.name import family as families
from sociolink.evidence.name.accounts import KeyFloor
from sociolink.evidence.name.channel import ChannelModel
from sociolink.evidence.name.family import Name
from sociolink.evidence.name.grammar import FORM_NAMES, FORMS, VARIANTS, Slot
from sociolink.evidence.name.people import People, prepare_people
from sociolink.population.association import no_classes
from sociolink.population.characters import fit_characters
from sociolink.population.decorations import DecorationModel
from sociolink.population.names import PREFIX_LENGTHS, PREFIX_SHARE, NameVocabulary
from sociolink.records.readers import read_table
from sociolink.reference.facts import nickname_pairs
from sociolink.scoring.weights import sum_channel
from sociolink.text.hashing import hash_strings, string_bytes
from sociolink.text.substrings import index_words

Floats = npt.NDArray[np.float64]

FORMS_PLAYED = {
    "given_family": 0.3,
    "family_given": 0.05,
    "given_middle_family": 0.05,
    "initial_family": 0.15,
    "family_initial": 0.05,
    "initials_family": 0.05,
    "prefix_family": 0.05,
    "given_initial": 0.05,
    "given_prefix": 0.05,
    "family": 0.1,
    "given": 0.05,
}
OPAQUE = 0.05
WEIGHTS = np.array([FORMS_PLAYED.get(form, 0.0) for form in FORM_NAMES] + [OPAQUE])
COMPONENTS = np.insert(WEIGHTS, len(FORM_NAMES), np.ones(len(VARIANTS)))
"""Weights of the components: names that are not on record are components of weight 1 of their own."""


@dataclass(frozen=True)
class ClosedWorld:
    """Names and how often people bear them; every given name goes with every family name."""

    given: list[str]
    family: list[str]
    of_given: Floats
    of_family: Floats

    @property
    def chance(self) -> Floats:
        """(customers,) P(a random person is called like this customer)."""
        return np.outer(self.of_given, self.of_family).ravel()

    def customers(self) -> pa.Table:
        rows = {
            "customer_id": [f"c{at}" for at in range(len(self.given) * len(self.family))],
            "given_name": np.repeat(self.given, len(self.family)).tolist(),
            "family_name": np.tile(self.family, len(self.given)).tolist(),
        }
        return read_table(pa.table(rows), "customers").table


@dataclass(frozen=True)
class Scored:
    """Handles of the world against all its customers: every likelihood ratio that is not that of nobody's pairs.

    `at` is the handle, `customer` the customer (-1: all others), `ratio` the likelihood ratio of the pair.
    """

    stranger: Floats
    at: npt.NDArray[np.int64]
    customer: npt.NDArray[np.int64]
    ratio: Floats
    mass: Floats


def closed_world(size: int = 200, *, seed: int = 0) -> ClosedWorld:
    """Made-up names of 3 to 9 letters, a tenth of them both given and family names, none with a short form."""
    rng = np.random.default_rng(seed)
    words: list[str] = []
    short_forms = {name for column in nickname_pairs() for name in column.to_pylist()}
    while len(words) < 2 * size:
        syllables = ["".join(rng.choice(list(letters)) for letters in ("bdfgklmnprst", "aeiou")) for _ in range(4)]
        word = "".join(syllables[: rng.integers(1, 5)]) + rng.choice(list("lnrst"))
        if word not in words and word not in short_forms and 3 <= len(word) <= 9:
            words.append(word)
    shared = size // 10
    given, family = words[:size], words[:shared] + words[size : 2 * size - shared]
    fall = 1.0 / np.arange(1, size + 1)
    return ClosedWorld(given, family, fall / fall.sum(), rng.permutation(fall) / fall.sum())


def _vocabulary(world: ClosedWorld) -> NameVocabulary:
    """The exact frequencies of this world; no name is unknown."""
    chances: list[dict[str, float]] = [{}, {}, {}, {}]
    letters = np.zeros((2, 256))
    for side, names, share in ((0, world.given, world.of_given), (1, world.family, world.of_family)):
        for name, p in zip(names, share.tolist(), strict=True):
            chances[side][name] = chances[side].get(name, 0.0) + p
            letters[side, ord(name[0])] += p
            for length in PREFIX_LENGTHS:
                if len(name) > length:
                    chances[2 + side][name[:length]] = chances[2 + side].get(name[:length], 0.0) + p * PREFIX_SHARE
    words = sorted({word for one in chances for word in one})
    key, _ = hash_strings(pa.array(words))
    order = np.argsort(key)
    columns = [np.array([one.get(words[at], 0.0) for at in order]) for one in chances]
    spelling = fit_characters(string_bytes(pa.array(words)))
    return NameVocabulary(index_words(key[order]), *columns, letters[0], letters[1], 0.0, 0.0, spelling, no_classes())


def handles(world: ClosedWorld, *, seed: int = 0, middle: int = 4000) -> list[str]:
    """Every handle of the played forms, those with a middle initial apart: of these, as many as are asked for."""
    out: set[str] = set()
    for form in FORMS:
        if form.name in FORMS_PLAYED and Slot.MIDDLE_INITIAL not in form.slots:
            parts = [_fillings(world, slot) for slot in form.slots]
            out.update("".join(pieces) for pieces in np.array(np.meshgrid(*parts)).reshape(len(parts), -1).T.tolist())
    rng = np.random.default_rng(seed)
    drawn = draw_handles(world, middle, rng, forms=("given_middle_family", "initials_family"))
    return sorted(out | set(drawn))


def _fillings(world: ClosedWorld, slot: Slot) -> list[str]:
    names = world.given if slot in (Slot.GIVEN, Slot.GIVEN_INITIAL, Slot.GIVEN_PREFIX) else world.family
    if slot in (Slot.GIVEN, Slot.FAMILY):
        return names
    if slot in (Slot.GIVEN_PREFIX, Slot.FAMILY_PREFIX):
        return sorted({name[:length] for name in names for length in PREFIX_LENGTHS if len(name) > length})
    return sorted({name[0] for name in names})


def draw_handles(
    world: ClosedWorld, size: int, rng: np.random.Generator, *, forms: tuple[str, ...] = tuple(FORMS_PLAYED)
) -> list[str]:
    """Handles of strangers, made by hand: a person, a form, and the form filled; names too short for it are left."""
    share = np.array([FORMS_PLAYED[form] for form in forms])
    given = rng.choice(world.given, size, p=world.of_given).tolist()
    family = rng.choice(world.family, size, p=world.of_family).tolist()
    middle = rng.choice(world.given, size, p=world.of_given).tolist()
    chosen = rng.choice(forms, size, p=share / share.sum()).tolist()
    cuts = rng.choice(PREFIX_LENGTHS, size).tolist()
    slots = {form.name: form.slots for form in FORMS}
    out = []
    for one, two, three, form, cut in zip(given, family, middle, chosen, cuts, strict=True):
        pieces = {
            Slot.GIVEN: one,
            Slot.FAMILY: two,
            Slot.GIVEN_INITIAL: one[0],
            Slot.FAMILY_INITIAL: two[0],
            Slot.MIDDLE_INITIAL: three[0],
            Slot.GIVEN_PREFIX: one[:cut] if len(one) > cut else "",
            Slot.FAMILY_PREFIX: two[:cut] if len(two) > cut else "",
        }
        parts = [pieces[slot] for slot in slots[form]]
        if all(parts):
            out.append("".join(parts))
    return out


def score(world: ClosedWorld, strings: list[str]) -> Scored:
    """Read the handles and compare them with all customers, by the code that links.

    No reading is too weak for a key, and nobody goes by a name that is not on record: readings of such names are worth
    less than is kept, and what that loses is counted in `tests/unit/evidence/test_name_family.py`.
    """
    customers = world.customers()
    priors = {"given_prior": [1.0, 0.5], "family_prior": [1.0, 0.5]}
    background = People(customers.num_rows, _vocabulary(world), (), *_empty_people())
    people = prepare_people(customers, priors, background=background)
    bare = DecorationModel((1.0, 1.0), ({}, {}), (0.0, 0.0), (0.0, 0.0))
    channel = ChannelModel(bare, fit_characters(string_bytes(pa.array(strings[::50]))), WEIGHTS, False).to_dict()
    population = priors | {"handle": channel, "display": channel, "platforms": []}
    rows = {"profile_id": [f"p{at}" for at in range(len(strings))], "platform": ["x"] * len(strings), "handle": strings}
    profiles = read_table(pa.table(rows), "profiles").table
    name = Name()
    with (
        patch.object(accounts, "_ALONE", KeyFloor(0.0, 0.0)),
        patch.object(channels, "_OTHER_NAMES", np.zeros(len(VARIANTS))),
    ):
        read = name.prepare_profiles(profiles, people, population)
    found = propose_pairs(
        [index_keys(name.customer_keys(people))],
        [name.profile_keys(read)],
        profiles=len(strings),
        customers=customers.num_rows,
        max_block=customers.num_rows,
        confirm=[partial(name.confirm_keys, people, read)],
    )
    with patch.object(families, "_BY_RECORDED_NAMES", 1.0):
        handle = name.compare(people, read, found.pairs, found.hits[0])[0]
    ratio = 2.0 ** sum_channel(handle, COMPONENTS).bits
    at, customer = found.pairs.profile.astype(np.int64), found.pairs.customer.astype(np.int64)
    chance = world.chance
    mass = np.where(customer >= 0, chance[np.maximum(customer, 0)], 0.0)
    rest = 1 - np.bincount(at, weights=mass, minlength=len(strings))
    mass = np.where(customer >= 0, mass, rest[at])
    stranger = read.handles.strangers @ WEIGHTS[:-1] + WEIGHTS[-1] * read.handles.opaque
    return Scored(stranger, at, customer, ratio, mass)


def _empty_people() -> tuple[None, ...]:
    return (None,) * 4
