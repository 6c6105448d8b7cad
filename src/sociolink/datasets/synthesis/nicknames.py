"""Short forms of given names, drawn for whole columns of people."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.datasets.synthesis.bundled import load_toml
from sociolink.datasets.synthesis.strings import Ints
from sociolink.reference import facts

__all__ = ["Nicknames", "gather_nicknames"]


@dataclass(frozen=True, slots=True, eq=False)
class Nicknames:
    """Short forms by given name.

    Attributes:
        short: (short forms,) lower-case strings.
        starts: (given names + 1,) rows of `short` that belong to each given name.
    """

    short: pa.Array
    starts: npt.NDArray[np.int64]

    def draw(self, rng: np.random.Generator, given: Ints) -> npt.NDArray[np.int32]:
        """A short form for each given name; -1 where there is none."""
        counts = self.starts[given + 1] - self.starts[given]
        chosen = self.starts[given] + (rng.random(len(given)) * counts).astype(np.int64)
        return np.where(counts > 0, chosen, -1).astype(np.int32)


def gather_nicknames(given: pa.Array) -> Nicknames:
    """Find the short forms of every given name of the lexicon.

    Args:
        given: (given names,) folded names.

    Returns:
        Their short forms, from the bundled pairs and a short list for other languages.
    """
    forms = load_toml("names.toml")["short_forms"]
    own = [(name, short) for name, shorts in forms.items() for short in shorts.split()]
    bundled_formal, bundled_short = facts.nickname_pairs()
    formal = pa.concat_arrays([pa.array([name for name, _ in own]), bundled_formal.cast(pa.string())])
    short = pa.concat_arrays([pa.array([nick for _, nick in own]), bundled_short.cast(pa.string())])
    plain = pc.and_(pc.match_substring_regex(short, "^[a-z]{2,9}$"), pc.not_equal(short, formal))
    formal, short = formal.filter(plain), short.filter(plain)
    distinct = pc.unique(formal)
    name_of_pair = pc.index_in(formal, distinct).to_numpy()
    order = np.argsort(name_of_pair, kind="stable")
    first = np.searchsorted(name_of_pair[order], np.arange(len(distinct) + 1))
    name_of_given = pc.fill_null(pc.index_in(given, distinct), -1).to_numpy()
    counts = np.where(name_of_given >= 0, (first[1:] - first[:-1])[name_of_given], 0)
    starts = np.concatenate(([0], np.cumsum(counts)))
    within = np.arange(starts[-1]) - np.repeat(starts[:-1], counts)
    flat = np.repeat(np.where(name_of_given >= 0, first[name_of_given], 0), counts) + within
    return Nicknames(short.take(pa.array(order[flat])), starts)
