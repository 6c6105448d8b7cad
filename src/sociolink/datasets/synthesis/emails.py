"""E-mail addresses of made-up people, all under the reserved domain `.example`."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.datasets.synthesis.handle_makers import numbers
from sociolink.datasets.synthesis.handle_parts import HandleParts
from sociolink.datasets.synthesis.places import load_words
from sociolink.datasets.synthesis.strings import Ints, by_kind, choose, draw, join, piece, words, zipf

__all__ = ["make_emails"]

_WORK_SHARE = 0.3


def make_emails(
    rng: np.random.Generator,
    parts: HandleParts,
    *,
    name_alias: pa.Array,
    opaque_alias: pa.Array,
    employer_slug: pa.Array,
) -> pa.Array:
    """One e-mail address a person: mostly from the name, sometimes from the handle that they like.

    Args:
        rng: Source of chance.
        parts: (people,) folded names.
        name_alias: (people,) words of a handle made from the name.
        opaque_alias: (people,) words of a handle that says nothing.
        employer_slug: (people,) the employer as in a web domain.

    Returns:
        (people,) addresses.
    """
    size = len(parts)

    def glued(words_of_handle: pa.Array) -> pa.Array:
        return lambda rows: pc.replace_substring(words_of_handle.take(pa.array(rows)), " ", "")

    def first_dot_last(rows: Ints) -> pa.Array:
        own = parts.take(rows)
        return join(own.given, own.family, separator=".")

    ways = (
        (36, first_dot_last),
        (13, lambda rows: join(piece(parts.take(rows).given, 0, 1), parts.take(rows).family)),
        (13, lambda rows: join(parts.take(rows).given, parts.take(rows).family)),
        (10, lambda rows: join(first_dot_last(rows), numbers(parts.take(rows), rng))),
        (4, lambda rows: join(parts.take(rows).family, parts.take(rows).given, separator=".")),
        (4, lambda rows: join(parts.take(rows).nickname, ".", parts.take(rows).family)),
        (14, glued(name_alias)),
        (6, glued(opaque_alias)),
    )
    local = by_kind(draw(rng, [weight for weight, _ in ways], size), [way for _, way in ways])
    domains = words(load_words()["mail_domains"])
    private = domains.take(pa.array(draw(rng, zipf(len(domains), slope=1.2), size)))
    domain = choose(rng.random(size) < _WORK_SHARE, join(employer_slug, ".example"), private)
    return join(local, domain, separator="@")
