"""Names of places as plain words, the same for the bundled gazetteer and for what people type."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from sociolink.text.folding import fold
from sociolink.text.patterns import replace_pattern

__all__ = ["plain_place"]

_SHORTENED = ((r"\bst\b", "saint"), (r"\bste\b", "sainte"), (r"\bft\b", "fort"))


def plain_place(values: pa.Array) -> pa.Array:
    """Place names as small ASCII words with single spaces; commas stay, for they part one place from another.

    Args:
        values: Strings; null counts as empty.

    Returns:
        As many strings of `[a-z0-9 ,]`, with "saint", "sainte" and "fort" written out.

    Examples:
        >>> plain_place(pa.array(["St. Paul", "L'Haÿ-les-Roses"])).to_pylist()
        ['saint paul', 'l hay les roses']
    """
    plain = replace_pattern(fold(values), r"[^a-z0-9,]+", " ")
    for short, word in _SHORTENED:
        plain = replace_pattern(plain, short, word)
    return pc.utf8_trim(plain, " ")
