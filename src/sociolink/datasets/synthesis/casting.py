"""Who plays in the world: the people whom the CRM knows, the strangers, and what they all like to be called."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sociolink.datasets.synthesis.accounts import AccountKind, make_tokens
from sociolink.datasets.synthesis.handle_parts import HandleParts, gather_parts
from sociolink.datasets.synthesis.lexicon import load_lexicon
from sociolink.datasets.synthesis.name_lists import name_lists
from sociolink.datasets.synthesis.people import People, PopulationShape, draw_people
from sociolink.datasets.synthesis.places import load_places, load_words, make_organisations
from sociolink.datasets.synthesis.settings import Settings
from sociolink.datasets.synthesis.strings import words
from sociolink.datasets.synthesis.wording import Wording
from sociolink.errors import InvalidParameterError

__all__ = ["Cast", "OnlineNames", "chance", "count_kinds", "gather_cast", "gather_names"]

_STRANGERS_PER_ACCOUNT = 0.7
_SHIFT_YEARS = 12


def chance(settings: Settings, stage: str) -> np.random.Generator:
    """A source of chance of its own for each stage, so that more posts do not change the customers.

    Args:
        settings: Settings of the world, with its seed.
        stage: Name of the stage.

    Returns:
        The source.
    """
    return np.random.default_rng([settings.seed, zlib.crc32(stage.encode())])


@dataclass(frozen=True, slots=True, eq=False)
class Cast:
    """Everybody in the world.

    Attributes:
        wording: How people read; holds the people.
        crm: Rows of the people whom the CRM knows, companies first.
        company: How many of these are companies.
        same, shifted: Rows of the strangers of the same and of another population.
    """

    wording: Wording
    crm: npt.NDArray[np.int64]
    company: int
    same: npt.NDArray[np.int64]
    shifted: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class OnlineNames:
    """What people call themselves online, one row a person."""

    parts: HandleParts
    name_alias: pa.Array
    opaque_alias: pa.Array
    employer_slug: pa.Array


def count_kinds(settings: Settings) -> dict[AccountKind, int]:
    """How many profiles belong to customers and to each kind of stranger.

    Args:
        settings: Settings of the world.

    Returns:
        Profiles by kind; together as many as were asked for.

    Raises:
        InvalidParameterError: All customers are organisations, but profiles are to be those of customers.
    """
    shares = settings.shares
    owned = round(shares.coverage * settings.profiles)
    strangers = settings.profiles - owned
    wanted = {
        AccountKind.SHIFTED: shares.shifted_strangers,
        AccountKind.ORGANISATION: shares.organisations,
        AccountKind.BOT: shares.bots,
        AccountKind.FAN: shares.fans,
        AccountKind.PARODY: shares.parodies,
    }
    ends = np.round(np.cumsum(list(wanted.values())) * strangers).astype(int).tolist()
    counts = {kind: end - start for kind, end, start in zip(wanted, ends, [0, *ends[:-1]], strict=True)}
    known = _count_known(settings)
    if known == _count_companies(settings, known) and owned + counts[AccountKind.FAN] + counts[AccountKind.PARODY]:
        what = "leaves no customer who could have a profile, fans or parodies"
        raise InvalidParameterError(f"companies is {shares.companies}; that {what}. Take a smaller one.")
    return {AccountKind.CUSTOMER: owned, AccountKind.SAME: strangers - ends[-1], **counts}


def _count_known(settings: Settings) -> int:
    """Customers, each once."""
    return settings.customers - min(round(settings.shares.entered_twice * settings.customers), settings.customers // 2)


def _count_companies(settings: Settings, known: int) -> int:
    return round(settings.shares.companies * known)


def gather_cast(settings: Settings, counts: Mapping[AccountKind, int]) -> Cast:
    """Draw everybody in the world, and who of them is a customer.

    Args:
        settings: Settings of the world.
        counts: Profiles by kind of owner.

    Returns:
        The cast.
    """
    lexicon, places, vocabulary = load_lexicon(), load_places(), load_words()
    known = _count_known(settings)
    same = max(1, round(_STRANGERS_PER_ACCOUNT * counts[AccountKind.SAME]))
    shifted = max(1, round(_STRANGERS_PER_ACCOUNT * counts[AccountKind.SHIFTED]))
    employers = make_organisations(
        chance(settings, "employers"), max(150, (known + same) // 12), families=lexicon.family.latin.slice(0, 20_000)
    )

    def draw(stage: str, size: int, shape: PopulationShape) -> People:
        return draw_people(
            chance(settings, stage),
            size,
            shape=shape,
            lexicon=lexicon,
            places=places,
            double_family=tuple(entry.double_family for entry in name_lists().values()),
            organisations=len(employers.name),
            jobs=len(words(vocabulary["jobs"], by="|")),
            hobbies=len(words(vocabulary["hobbies"])),
        )

    shares = settings.shares
    here = PopulationShape(settings.cultures, shares.households, shares.namesakes)
    elsewhere = tuple((1.1 * max(settings.cultures) - share) for share in settings.cultures)
    there = PopulationShape(elsewhere, shares.households, shares.namesakes, _SHIFT_YEARS)
    people = draw("people", known + same, here).join(draw("other people", shifted, there))
    order = chance(settings, "who is a customer").permutation(known + same)
    return Cast(
        Wording(people, lexicon, places, employers),
        crm=order[:known],
        company=_count_companies(settings, known),
        same=order[known:],
        shifted=np.arange(known + same, len(people)),
    )


def gather_names(settings: Settings, cast: Cast) -> OnlineNames:
    """What everybody likes to be called online.

    Args:
        settings: Settings of the world.
        cast: Everybody.

    Returns:
        The parts of handles, and the two handles that each person likes to reuse.
    """
    people, rng = cast.wording.people, chance(settings, "aliases")
    parts = gather_parts(rng, people, lexicon=cast.wording.lexicon, places=cast.wording.places)
    plain, nothing = np.zeros(len(people), dtype=bool), np.ones(len(people), dtype=bool)
    return OnlineNames(
        parts,
        make_tokens(rng, parts, plain),
        make_tokens(rng, parts, nothing),
        cast.wording.organisations.slug.take(pa.array(people.organisation)),
    )
