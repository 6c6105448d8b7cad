"""Text of any script as plain lower-case ASCII, array in and array out."""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.text.buffers import Bytes, Flat, as_strings, few_strings, flatten, plain_strings, restore, select
from sociolink.text.characters import AsciiTable, replace_confusables
from sociolink.text.patterns import holds_pattern, replace_pattern

__all__ = ["MAX_FOLDED", "MAX_GROWTH", "fold", "fold_variants", "squash", "transliterate"]

MAX_FOLDED = 4096
"""No value is longer than this many characters before folding, or after; what is beyond is cut."""

MAX_GROWTH = 4
"""No value grows by more than this factor, in bytes."""

_SPACE, _DROP = ord(" "), 0
_APOSTROPHES = "[\u00b4\u02b9\u02bb\u02bc\u02bd\u02c8\u2018\u2019\u201b\u2032\u2035\uff07\ua78c]"
_LATIN = r"[A-Za-z\x{C0}-\x{24F}\x{1E00}-\x{1EFF}]"
_FOREIGN = r"[\x{370}-\x{52F}\x{1F00}-\x{1FFF}]"
_MIXED_SCRIPTS = f"{_LATIN}(?:{_LATIN}|{_FOREIGN})*{_FOREIGN}|{_FOREIGN}(?:{_LATIN}|{_FOREIGN})*{_LATIN}"
_DIGRAPHS = {"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "ñ": "ny", "đ": "dj", "ð": "dh"}
_SHORT_FORMS = {"æ": "a", "œ": "o", "ß": "s", "å": "o", "ñ": "nn"}


def _byte_table(*, lower: bool) -> Bytes:
    table = np.arange(256, dtype=np.uint8)
    table[:32] = _DROP
    table[127:] = _DROP
    table[[9, 10, 11, 12, 13]] = _SPACE
    table[ord("`")] = ord("'")
    if lower:
        table[ord("A") : ord("Z") + 1] += 32
    return table


_LOWER_TABLE = _byte_table(lower=True)
_CASED_TABLE = _byte_table(lower=False)
_LOWER_BYTES, _CASED_BYTES = _LOWER_TABLE.tobytes(), _CASED_TABLE.tobytes()
_ALPHANUMERIC = np.zeros(256, dtype=np.bool_)
_ALPHANUMERIC[[*b"abcdefghijklmnopqrstuvwxyz0123456789"]] = True
_WORDS = re.compile("[a-z0-9]+")


def fold(values: pa.Array) -> pa.Array:
    """Lower-case printable ASCII with single spaces, whatever the script.

    Compatibility forms (fullwidth, mathematical letters) become plain, letters are transliterated, look-alike letters
    inside Latin words become Latin, emoji and signs become spaces, controls and zero-width characters vanish.

    Args:
        values: Strings; null counts as empty.

    Returns:
        As many strings, never null, each at most `MAX_FOLDED` characters. `fold(fold(x))` equals `fold(x)`.

    Examples:
        >>> fold(pa.array(["  José  O'Neil 🎉", "ЖУКОВ", None])).to_pylist()
        ["jose o'neil", 'zhukov', '']
    """
    strings = plain_strings(values)
    few = few_strings(strings)
    if few is not None:
        return as_strings(_fold_few(few, _LOWER_BYTES))
    return restore(_to_ascii(strings, _LOWER_TABLE))


def transliterate(values: pa.Array) -> pa.Array:
    """The same as `fold`, but the case of letters stays.

    Args:
        values: Strings; null counts as empty.

    Returns:
        As many strings of printable ASCII.

    Examples:
        >>> transliterate(pa.array(["ÉmileZola_42"])).to_pylist()
        ['EmileZola_42']
    """
    strings = plain_strings(values)
    few = few_strings(strings)
    if few is not None:
        return as_strings(_fold_few(few, _CASED_BYTES))
    return restore(_to_ascii(strings, _CASED_TABLE))


def squash(values: pa.Array) -> pa.Array:
    """Folded, and only the letters and digits of it.

    Args:
        values: Strings; null counts as empty.

    Returns:
        As many strings of `[a-z0-9]`.

    Examples:
        >>> squash(pa.array(["Jean-Luc O'Hara", "_x_"])).to_pylist()
        ['jeanlucohara', 'x']
    """
    strings = plain_strings(values)
    few = few_strings(strings)
    if few is not None:
        return as_strings(["".join(_WORDS.findall(text)) for text in _fold_few(few, _LOWER_BYTES)])
    strings = _readable(strings)
    if pc.all(pc.string_is_ascii(strings)).as_py():
        flat = flatten(strings)
        flat = Flat(_LOWER_TABLE[flat.data], flat.offsets)
    else:
        flat = _to_ascii(strings, _LOWER_TABLE)
    return restore(select(flat, _ALPHANUMERIC[flat.data]))


def fold_variants(values: pa.Array) -> tuple[npt.NDArray[np.int32], pa.Array]:
    """Each value squashed, and the other ways its umlauts and ligatures are spelt in ASCII.

    Three spellings at most: the plain one (`a` for `ä`), the one with digraphs (`ae`), and the short or local one
    (`a` for `æ`, `s` for `ß`, `nn` for `ñ`); each is applied to all letters of the value together.

    Args:
        values: Strings; null counts as empty.

    Returns:
        Row numbers in order and the spellings, the plain one first, distinct within a row.

    Examples:
        >>> rows, spellings = fold_variants(pa.array(["Müller", "Groß", "Ray"]))
        >>> list(zip(rows.tolist(), spellings.to_pylist()))
        [(0, 'muller'), (0, 'mueller'), (1, 'gross'), (1, 'gros'), (2, 'ray')]
    """
    strings = plain_strings(values)
    base = squash(strings)
    rows = np.arange(len(base), dtype=np.int32)
    foreign = np.flatnonzero(~_is_ascii(strings)).astype(np.int32)
    composed = pc.utf8_lower(pc.utf8_normalize(strings.take(pa.array(foreign)), "NFC"))
    all_rows, all_values = [rows], [base]
    for letters in (_DIGRAPHS, _SHORT_FORMS):
        hit = holds_pattern(composed, f"[{''.join(letters)}]")
        encoded = composed.filter(hit).dictionary_encode()
        all_rows.append(foreign[np.asarray(hit, dtype=np.bool_)])
        all_values.append(_spelt(encoded.dictionary, letters).take(encoded.indices))
    merged = np.concatenate(all_rows)
    order = np.argsort(merged, kind="stable")
    return _distinct_in_row(merged[order], pa.concat_arrays(all_values).take(pa.array(order)))


def _distinct_in_row(rows: npt.NDArray[np.int32], values: pa.Array) -> tuple[npt.NDArray[np.int32], pa.Array]:
    """Without the values that their row held one or two places before."""
    codes = np.asarray(values.dictionary_encode().indices)
    fresh = np.ones(len(rows), np.bool_)
    for back in (1, 2):
        fresh[back:] &= (rows[back:] != rows[:-back]) | (codes[back:] != codes[:-back])
    return rows[fresh], values.filter(pa.array(fresh))


def _spelt(values: pa.Array, letters: dict[str, str]) -> pa.Array:
    """Values squashed after some of their letters are spelt out; they are joined so that one pass serves all."""
    text = "\n".join(pc.replace_substring(values, "\n", " ").to_pylist())
    spelt = re.sub(f"[{''.join(letters)}]", lambda match: letters[match.group()], text)
    return squash(pa.array(spelt.split("\n"), pa.string()))


def _is_ascii(strings: pa.Array) -> npt.NDArray[np.bool_]:
    return np.asarray(pc.string_is_ascii(strings), dtype=np.bool_)


def _readable(values: pa.Array) -> pa.Array:
    """The values without what is beyond `MAX_FOLDED` characters."""
    strings = plain_strings(values)
    if len(strings) and pc.max(pc.binary_length(strings)).as_py() > MAX_FOLDED:
        strings = pc.utf8_slice_codeunits(strings, 0, MAX_FOLDED)
    return strings


def _to_ascii(values: pa.Array, table: Bytes) -> Flat:
    """Bytes of the values in printable ASCII, single-spaced, stripped and bounded."""
    strings = _readable(values)
    limits = MAX_GROWTH * np.asarray(pc.binary_length(strings), dtype=np.int64)
    foreign = np.flatnonzero(~_is_ascii(strings))
    if len(foreign):
        encoded = strings.take(pa.array(foreign)).dictionary_encode()
        plain = _transliterate_unique(encoded.dictionary)
        source = np.arange(len(strings))
        source[foreign] = len(strings) + np.asarray(encoded.indices)
        strings = pa.concat_arrays([strings, plain]).take(pa.array(source))
    flat = flatten(strings)
    flat = Flat(table[flat.data], flat.offsets)
    flat = _single_spaces(select(flat, flat.data != _DROP))
    return _bounded(flat, np.minimum(limits, MAX_FOLDED)) if len(foreign) else flat


def _fold_few(texts: list[str], table: bytes) -> list[str]:
    """What `_to_ascii` makes of strings that are within `MAX_FOLDED`, one by one."""
    foreign = [text for text in texts if not text.isascii()]
    plain = iter(_transliterate_unique(pa.array(foreign, pa.string())).to_pylist() if foreign else ())
    out = []
    for text in texts:
        known = text.isascii()
        spelt = (text if known else next(plain)).encode("ascii").translate(table).replace(b"\0", b"")
        folded = " ".join(spelt.decode("ascii").split())
        most = len(folded) if known else min(MAX_GROWTH * len(text.encode()), MAX_FOLDED)
        out.append(folded if len(folded) <= most else folded[:most].removesuffix(" "))
    return out


def _transliterate_unique(values: pa.Array) -> pa.Array:
    """Distinct values outside ASCII in ASCII; they are joined so that one `translate` serves all."""
    values = replace_pattern(values, _APOSTROPHES, "'")
    values = pc.replace_substring(pc.utf8_normalize(values, "NFKC"), "\n", " ")
    mixed = np.asarray(holds_pattern(values, _MIXED_SCRIPTS), dtype=np.bool_)
    texts: list[str] = values.to_pylist()
    for row in np.flatnonzero(mixed).tolist():
        texts[row] = replace_confusables(texts[row])
    return pa.array("\n".join(texts).translate(AsciiTable()).split("\n"), pa.string())


def _single_spaces(flat: Flat) -> Flat:
    space = flat.data == _SPACE
    if not space.any():
        return flat
    after_space = np.zeros(len(space), np.bool_)
    after_space[1:] = space[:-1]
    flat = select(flat, ~(space & (after_space | flat.starts)))
    return select(flat, ~((flat.data == _SPACE) & flat.ends))


def _bounded(flat: Flat, limits: npt.NDArray[np.int64]) -> Flat:
    lengths = flat.lengths
    if not (lengths > limits).any():
        return flat
    within = np.arange(len(flat.data)) - np.repeat(flat.offsets[:-1], lengths)
    cut = select(flat, within < np.repeat(limits, lengths))
    return select(cut, ~((cut.data == _SPACE) & cut.ends))
