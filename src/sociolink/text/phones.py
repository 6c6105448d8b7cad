"""Telephone numbers in their international form."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.reference.addressing import NUMBERING
from sociolink.text.buffers import flatten, plain_strings, restore, select
from sociolink.text.patterns import holds_pattern, replace_pattern

__all__ = ["normalise_phones"]

_MAX_READ = 64
_MIN_DIGITS, _MAX_DIGITS = 7, 15
_PLAIN = rf"^[0-9+(][0-9+() ./-]{{0,{_MAX_READ - 1}}}$"
_EXTENSION = r"(?i)\s*(?:ext\.?|extension|x|poste|durchwahl|#|;ext=)\s*:?\s*[0-9]{1,6}\s*$"


def normalise_phones(values: pa.Array | pa.ChunkedArray, country: pa.Array | pa.ChunkedArray | None = None) -> pa.Array:
    """Numbers as "+" and digits (E.164), national ones by the rules of their country.

    Args:
        values: (rows,) one number each.
        country: (rows,) ISO 3166-1 alpha-2 codes, null or nothing at all where unknown.

    Returns:
        (rows,) numbers; the bare digits where neither number nor row tells the country; null where it is no number of
        7 to 15 digits. Doing it twice changes nothing.

    Examples:
        >>> numbers = pa.array(["(202) 225-2536 x12", "06 12 34 56 78", "+44 (0)20 7946 0958", "none"])
        >>> normalise_phones(numbers, pa.array(["US", "FR", None, "US"])).to_pylist()
        ['+12022252536', '+33612345678', '+442079460958', None]
    """
    texts = plain_strings(values)
    if not pc.any(pc.not_equal(texts, "")).as_py():
        return pa.nulls(len(texts), pa.string())
    states = plain_strings(country) if country is not None else pa.array([""] * len(texts), pa.string())
    states = pc.if_else(pc.is_in(states, value_set=pa.array(sorted(NUMBERING))), states, "")
    joined = pc.binary_join_element_wise(states, texts, "\x1f").dictionary_encode()
    split = pc.split_pattern(joined.dictionary, "\x1f", max_splits=1)
    states, texts = (pc.list_element(split, place) for place in (0, 1))
    odd = pc.invert(holds_pattern(texts, _PLAIN))
    texts = pc.replace_with_mask(texts, odd, _read_odd(texts.filter(odd)))
    spelt = pc.and_(odd, holds_pattern(texts, r"[\pL]"))
    prefix = holds_pattern(texts, r"^[^0-9]*\+")
    texts = pc.if_else(prefix, pc.replace_substring(texts, "(0)", ""), texts)
    flat = flatten(texts)
    digits = restore(select(flat, (flat.data >= ord("0")) & (flat.data <= ord("9"))))
    dialled = holds_pattern(digits, "^(?:00|011)[1-9][0-9]{7}")
    dialled = pc.and_(dialled, pc.invert(prefix))
    digits = pc.if_else(dialled, replace_pattern(digits, "^(?:00|011)", ""), digits)
    abroad = pc.or_(prefix, dialled)
    out = pc.if_else(abroad, _without_trunk(pc.binary_join_element_wise("+", digits, "")), digits)
    at_home = pc.and_(pc.not_equal(states, ""), pc.invert(abroad))
    out = pc.replace_with_mask(out, at_home, _from_inside(digits.filter(at_home), states.filter(at_home)))
    lengths = pc.utf8_length(pc.replace_substring(out, "+", ""))
    valid = pc.and_(pc.greater_equal(lengths, _MIN_DIGITS), pc.less_equal(lengths, _MAX_DIGITS))
    return pc.if_else(pc.and_(valid, pc.invert(spelt)), out, None).take(joined.indices)


def _read_odd(texts: pa.Array) -> pa.Array:
    """Numbers without what stands before and behind them."""
    texts = pc.utf8_normalize(pc.utf8_slice_codeunits(texts, 0, _MAX_READ), "NFKC")
    texts = replace_pattern(texts, r"(?i)^\s*(?:tel|phone|mobile?|cell|t|m|p)?[.:\s]*", "")
    return replace_pattern(texts, _EXTENSION, "")


def _without_trunk(numbers: pa.Array) -> pa.Array:
    """International numbers without a national 0 written after the code of the country."""
    rules = [(code, most) for code, trunk, (_, most) in sorted(set(NUMBERING.values())) if trunk == "0"]
    wrong = holds_pattern(numbers, rf"^\+(?:{'|'.join(code for code, _ in rules)})0")
    out = numbers.filter(wrong)
    for code, most in rules:
        out = replace_pattern(out, rf"^\+{code}0([1-9][0-9]{{4,{most - 1}}})$", rf"+{code}\1")
    return pc.replace_with_mask(numbers, wrong, out)


def _from_inside(digits: pa.Array, states: pa.Array) -> pa.Array:
    """Digits as they are dialled inside a country, in the international form where their number fits."""
    encoded = states.dictionary_encode()
    codes = np.asarray(encoded.indices, np.int64)
    order = np.argsort(codes, kind="stable")
    digits = digits.take(pa.array(order))
    bounds = np.searchsorted(codes[order], np.arange(len(encoded.dictionary) + 1)).tolist()
    read = [pa.array([], pa.string())]
    for state, low, high in zip(encoded.dictionary.to_pylist(), bounds[:-1], bounds[1:], strict=True):
        code, trunk, (fewest, most) = NUMBERING[state]
        own = rf"([0-9]{{{fewest},{most}}})"
        some = digits.slice(low, high - low)
        for pattern in (rf"^{trunk}{own}$", rf"^{code}(?:{trunk or '0'})?{own}$", rf"^{own}$"):
            some = replace_pattern(some, pattern, rf"+{code}\1")
        read.append(some)
    back = np.empty(len(order), np.int64)
    back[order] = np.arange(len(order))
    return pa.concat_arrays(read).take(pa.array(back))
