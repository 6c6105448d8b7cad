"""In which script a text is written, by its letters."""

from __future__ import annotations

from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.text.buffers import plain_strings

__all__ = ["SCRIPTS", "find_scripts"]

SCRIPTS: Final = {
    "latin": r"\p{Latin}",
    "cyrillic": r"\p{Cyrillic}",
    "greek": r"\p{Greek}",
    "arabic": r"\p{Arabic}",
    "hebrew": r"\p{Hebrew}",
    "devanagari": r"\p{Devanagari}",
    "bengali": r"\p{Bengali}",
    "tamil": r"\p{Tamil}",
    "thai": r"\p{Thai}",
    "han": r"\p{Han}",
    "kana": r"[\p{Hiragana}\p{Katakana}]",
    "hangul": r"\p{Hangul}",
    "armenian": r"\p{Armenian}",
    "georgian": r"\p{Georgian}",
}
"""Scripts that are told apart, with RE2's word for their letters; every other letter is of script "other"."""

_MAX_READ = 200


def find_scripts(values: pa.Array | pa.ChunkedArray) -> pa.Array:
    """The script that most letters of each text are of: a script, never an origin.

    Args:
        values: (rows,) strings.

    Returns:
        (rows,) names of `SCRIPTS` or "other"; null where there is no letter. Equals go to the first in `SCRIPTS`.

    Examples:
        >>> find_scripts(pa.array(["Łukasz", "Иван (Jo)", "日本", "4711 !", None])).to_pylist()
        ['latin', 'cyrillic', 'han', None, None]
    """
    encoded = plain_strings(values).dictionary_encode()
    texts = pc.utf8_normalize(pc.utf8_slice_codeunits(encoded.dictionary, 0, _MAX_READ), "NFKC")
    counts = [np.asarray(pc.count_substring_regex(texts, pattern), np.int64) for pattern in SCRIPTS.values()]
    letters = np.asarray(pc.count_substring_regex(texts, r"\p{L}"), np.int64)
    every = np.stack([*counts, letters - sum(counts)]) if len(letters) else np.zeros((len(SCRIPTS) + 1, 0), np.int64)
    names = pa.array([*SCRIPTS, "other"])
    found = names.take(pa.array(every.argmax(axis=0), mask=letters == 0))
    return found.take(encoded.indices)
