"""In which language a text is written: by its script, and by short words where many languages share a script."""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.reference.locales import function_words, locales
from sociolink.text.buffers import plain_strings
from sociolink.text.scripts import find_scripts

__all__ = ["find_languages", "normalise_languages"]

_BY_SCRIPT: Final = {
    "cyrillic": "ru",
    "greek": "el",
    "arabic": "ar",
    "hebrew": "he",
    "devanagari": "hi",
    "bengali": "bn",
    "tamil": "ta",
    "thai": "th",
    "han": "zh",
    "kana": "ja",
    "hangul": "ko",
    "armenian": "hy",
    "georgian": "ka",
}
"""The language that most of what is written in a script is in."""

_BY_LETTER: Final = (
    ("han", "ja", r"[\p{Hiragana}\p{Katakana}]"),
    ("cyrillic", "uk", "[іїєґ]"),
    ("cyrillic", "sr", "[јљњћђџ]"),
    ("arabic", "ur", "[ٹڈڑےں]"),
    ("arabic", "fa", "[پچژگ]"),
)
"""Letters that tell another language of the same script; the last that is there counts."""

_LETTERS: Final = {
    "ca": "·l", "cs": "ěřů", "da": "æø", "de": "ßäöü", "es": "ñ¿¡áíóú", "et": "õäöü", "fi": "äö", "fr": "çœêèàùûîôé",
    "hr": "čćđšž", "hu": "őűáéíóöü", "it": "èàùòì", "lt": "ėįųūčšž", "lv": "āēīūģķļņ", "no": "æøå", "pl": "ąęłńśźżó",
    "pt": "ãõçáéíóúâêà", "ro": "ăâîșțşţ", "sk": "ľĺŕôčšžáéíú", "sl": "čšž", "sv": "åäö", "tr": "ğışçöü",
    "vi": "ơưđạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ",
}  # fmt: skip
"""Letters beyond a to z, and marks, that languages in Latin letters are written with; our own list."""

_OLD_CODES: Final = {"iw": "he", "in": "id", "nb": "no", "nn": "no", "fil": "tl", "ji": "yi", "yue": "zh"}
_MAX_READ = 500
_OTHERS = r"(?:https?://|www\.|[@#])\S+"
_LEAST, _LEAD = 2.0, 1.0


@cache
def _known_words() -> tuple[pa.Array, npt.NDArray[np.float64], tuple[str, ...]]:
    """Words in order, (words, languages) how much each speaks for a language, and the languages.

    A word of n of the L languages speaks for each with log(L / n): what it tells if each has it alike. So does a letter
    or mark that is none of a to z.
    """
    lists = {name: (*of, *_LETTERS.get(name, "")) for name, of in function_words().items()}
    languages = tuple(sorted(lists))
    words = sorted({word for of in lists.values() for word in of})
    row = {word: number for number, word in enumerate(words)}
    there = np.zeros((len(words), len(languages)))
    for number, language in enumerate(languages):
        there[[row[word] for word in lists[language]], number] = 1.0
    return pa.array(words), there * np.log(len(languages) / there.sum(1, keepdims=True)), languages


def _by_words(texts: pa.Array) -> pa.Array:
    """The language whose short words a text in Latin letters holds; null where none is ahead of the others."""
    words, weight, languages = _known_words()
    marks = pc.replace_substring_regex(pc.replace_substring_regex(texts, r"[\x00-\x7f]+", ""), "(.)", r"\1 ")
    parts = [pc.split_pattern_regex(texts, r"[^\p{L}]+"), pc.split_pattern(marks, " ")]
    row = np.concatenate([np.asarray(pc.list_parent_indices(one), np.int64) for one in parts])
    place = pc.index_in(pa.concat_arrays([pc.list_flatten(one) for one in parts]), value_set=words)
    met = np.asarray(pc.is_valid(place), np.bool_)
    row, at = row[met], np.asarray(pc.drop_null(place), np.int64)
    fresh = np.unique(row * len(words) + at)
    row, at = np.divmod(fresh, len(words))
    score = np.stack(
        [np.bincount(row, weights=weight[at, number], minlength=len(texts)) for number in range(len(languages))], axis=1
    )
    ordered = np.sort(score, axis=1)
    hits = np.bincount(row, minlength=len(texts))
    told = (ordered[:, -1] >= _LEAST) & (ordered[:, -1] - ordered[:, -2] >= _LEAD) & (hits > 1)
    return pa.array(languages).take(pa.array(score.argmax(1), mask=~told))


def find_languages(values: pa.Array | pa.ChunkedArray) -> pa.Array:
    """The language of each text, as far as it tells.

    Texts in Latin letters are told by short words of 28 languages; of other scripts the most frequent language is
    taken, unless letters tell another. A short text often tells nothing, and near languages (Danish and Norwegian)
    are mistaken for each other: ask several texts of one author.

    Args:
        values: (rows,) texts; addresses of pages, mentions and hashtags are passed over.

    Returns:
        (rows,) ISO 639 codes; null where the text does not tell.

    Examples:
        >>> texts = pa.array(["Das ist aber nicht schlecht", "je ne sais pas où il est", "コーヒー", "ok", None])
        >>> find_languages(texts).to_pylist()
        ['de', 'fr', 'ja', None, None]
    """
    encoded = plain_strings(values).dictionary_encode()
    texts = pc.utf8_lower(pc.utf8_slice_codeunits(encoded.dictionary, 0, _MAX_READ))
    texts = pc.replace_substring_regex(texts, _OTHERS, " ")
    script = pc.fill_null(find_scripts(texts), "")
    found = pa.array(list(_BY_SCRIPT.values())).take(pc.index_in(script, pa.array(list(_BY_SCRIPT))))
    for of, language, letters in _BY_LETTER:
        there = pc.and_(pc.equal(script, of), pc.match_substring_regex(texts, letters))
        found = pc.if_else(there, language, found)
    latin = pc.equal(script, "latin")
    found = pc.replace_with_mask(found, latin, _by_words(texts.filter(latin)))
    return found.take(encoded.indices)


@cache
def _names() -> tuple[pa.Array, pa.Array]:
    """What a language may be called, and its code."""
    known = locales()
    names = dict(zip(known.language, known.language, strict=True)) | _OLD_CODES
    names |= {name.lower(): code for code, name in zip(known.language, known.language_name, strict=True)}
    return pa.array(list(names)), pa.array(list(names.values()))


def normalise_languages(values: pa.Array | pa.ChunkedArray) -> pa.Array:
    """ISO 639 codes of languages, from tags such as "pt-BR" and from English names.

    Args:
        values: (rows,) the contents of a column of languages.

    Returns:
        (rows,) codes of `locales().language`; null where nothing known is said.

    Examples:
        >>> normalise_languages(pa.array(["pt-BR", "EN_us", "French", "iw", "und", None])).to_pylist()
        ['pt', 'en', 'fr', 'he', None, None]
    """
    encoded = plain_strings(values).dictionary_encode()
    plain = pc.utf8_lower(pc.utf8_trim_whitespace(encoded.dictionary))
    said, code = _names()
    whole = pc.index_in(plain, said)
    tag = pc.struct_field(pc.extract_regex(plain, "^(?P<tag>[a-z]{2,3})[-_]"), "tag")
    return code.take(pc.coalesce(whole, pc.index_in(tag, said))).take(encoded.indices)
