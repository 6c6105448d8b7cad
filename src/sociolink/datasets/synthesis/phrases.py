"""Phrases with blanks, filled for whole columns at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from string import Formatter

import pyarrow as pa

from sociolink.datasets.synthesis.strings import Ints, by_code, join

__all__ = ["Blanks", "fill_phrases"]

#: What fills each blank: row numbers in, strings out.
Blanks = Mapping[str, Callable[[Ints], pa.Array]]


def fill_phrases(templates: Sequence[str], template: Ints, blanks: Blanks) -> pa.Array:
    """Fill the template of each row.

    Args:
        templates: Phrases with blanks, as `I love {hobby}`.
        template: (rows,) number of the template of each row.
        blanks: What fills each blank.

    Returns:
        (rows,) phrases; null where a blank has no value.

    Examples:
        >>> import numpy as np
        >>> tea = {"hobby": lambda rows: pa.repeat("tea", len(rows))}
        >>> fill_phrases(["I love {hobby}", "Hi"], np.array([0, 1]), tea).to_pylist()
        ['I love tea', 'Hi']
    """

    def fill(code: int, rows: Ints) -> pa.Array:
        parts: list[pa.Array | str] = []
        for literal, name, _, _ in Formatter().parse(templates[code]):
            parts.append(literal)
            if name:
                parts.append(blanks[name](rows))
        if all(isinstance(part, str) for part in parts):
            return pa.repeat(pa.scalar("".join(map(str, parts))), len(rows))
        return join(*parts)

    return by_code(template, len(templates), fill)
