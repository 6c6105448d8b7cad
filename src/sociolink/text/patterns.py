"""Regular expressions over arrays of strings: by RE2 where there are many strings, by `re` where there are few.

Arrow compiles an expression at each call, which for a handful of strings takes a hundred times as long as reading them.
`re` keeps what it has compiled. An expression is written once, for RE2; `translate` says it in the words of `re`.
"""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.text.buffers import FEW, LONG, as_strings

__all__ = ["FEW", "LONG", "extract_groups", "holds_pattern", "match_pattern", "replace_pattern", "translate"]

_SPACE = r" \t\n\r\f"
_TOKEN = re.compile(r"\\x\{([0-9A-Fa-f]+)\}|\\p\{(\w+)\}|\\p([A-Z])|\\(.)|(\[\^?)|(\])|(\$)|(.)", re.S)
_IN_ASCII = {"L": "A-Za-z", "N": "0-9", "M": "", "Cf": "", "Pd": r"\-", "Lu": "A-Z", "Ll": "a-z"}
_CLASSES = {"d": "0-9", "w": "0-9A-Za-z_", "s": _SPACE}
_WIDE = (range(0x3000), range(0x1F000, 0x1FB00))
"""Characters whose general categories few strings are read by: letters of most alphabets, signs, emoji."""

_BEYOND = re.compile("[^\\x00-\u2fff\U0001f000-\U0001faff]")
_UNLIKE = re.compile("[\u0130\u0131]")
"""Letters that `re` takes for an i where case does not count, and RE2 does not."""


@lru_cache(maxsize=32)
def _members(category: str) -> str:
    """The characters of `_WIDE` that are of a general category, as RE2 has it: what stands between brackets."""
    codes = np.concatenate([np.arange(one.start, one.stop) for one in _WIDE])
    there = pc.match_substring_regex(pa.array([chr(code) for code in codes.tolist()]), rf"^\p{{{category}}}$")
    found = codes[np.asarray(there, np.bool_)]
    first = np.flatnonzero(np.diff(found, prepend=-2) != 1)
    ends = np.append(found[first[1:] - 1], found[-1:])
    return "".join(
        f"{_spell(begin)}-{_spell(end)}" for begin, end in zip(found[first].tolist(), ends.tolist(), strict=True)
    )


def _spell(code: int) -> str:
    return f"\\U{code:08x}"


@lru_cache(maxsize=512)
def translate(pattern: str, *, wide: bool = False) -> tuple[re.Pattern[str], bool]:
    r"""An expression for RE2 as one for `re`.

    Args:
        pattern: The expression; it must not match the empty string where it is used for replacing.
        wide: Spell general categories out for the characters of most alphabets, and not for ASCII only.

    Returns:
        The compiled expression, and whether it holds for ASCII only: general categories (`\pL`) are spelt out.

    Raises:
        ValueError: The expression uses something that has no translation here.

    Examples:
        >>> translate(r"\x{2192}\s+\pL$")[0].pattern
        '→[ \\t\\n\\r\\f]+[A-Za-z]\\Z'
    """
    out: list[str] = []
    inside = ascii_only = False
    for code, named, letter, escaped, begin, end, last, plain in _TOKEN.findall(pattern):
        if code:
            out.append(re.escape(chr(int(code, 16))))
        elif named or letter:
            ascii_only = True
            spelt = _IN_ASCII.get(named or letter)
            if spelt is None:
                raise ValueError(f"no translation of a general category in {pattern!r}")
            spelt = _members(named or letter) if wide else spelt
            out.append(spelt if inside else f"[{spelt}]" if spelt else "(?!)")
        elif escaped in _CLASSES:
            out.append(_CLASSES[escaped] if inside else f"[{_CLASSES[escaped]}]")
        elif escaped == "S" and not inside:
            out.append(f"[^{_SPACE}]")
        elif escaped and escaped in "SWDBAzQEC":
            raise ValueError(f"no translation of \\{escaped} in {pattern!r}")
        elif escaped == "b":
            out.append(r"(?a:\b)")
        elif escaped:
            out.append("\\" + escaped)
        elif begin and not inside:
            inside = True
            out.append(begin)
        elif begin:
            out.append("\\" + begin)
        elif end:
            inside = False
            out.append(end)
        elif last and not inside:
            out.append(r"\Z")
        else:
            out.append(plain or last)
    return re.compile("".join(out)), ascii_only


def _for_few(values: pa.Array, pattern: str) -> tuple[re.Pattern[str], list[str | None]] | None:
    """The compiled expression and the strings, where `re` reads them; None where RE2 does."""
    if len(values) >= FEW:
        return None
    texts: list[str | None] = values.to_pylist()
    compiled, ascii_only = translate(pattern)
    wide = False
    for text in texts:
        if not text:
            continue
        if len(text) > LONG:
            return None
        if not text.isascii():
            if "(?i" in pattern and (ascii_only or _UNLIKE.search(text)):
                return None
            if ascii_only and _BEYOND.search(text):
                return None
            wide = True
    return translate(pattern, wide=True)[0] if ascii_only and wide else compiled, texts


def holds_pattern(values: pa.Array, pattern: str) -> pa.Array:
    """Whether strings hold what an expression describes; null for null.

    Examples:
        >>> holds_pattern(pa.array(["a1", "b"]), "[0-9]").to_pylist()
        [True, False]
    """
    few = _for_few(values, pattern)
    if few is None:
        return pc.match_substring_regex(values, pattern)
    search = few[0].search
    return pa.array([None if text is None else search(text) is not None for text in few[1]], pa.bool_())


def match_pattern(values: pa.Array, pattern: str) -> npt.NDArray[np.bool_]:
    """What `holds_pattern` says, as flags; null holds nothing.

    Examples:
        >>> match_pattern(pa.array(["a1", None]), "[0-9]").tolist()
        [True, False]
    """
    few = _for_few(values, pattern)
    if few is None:
        return np.asarray(pc.fill_null(pc.match_substring_regex(values, pattern), False), np.bool_)
    search = few[0].search
    return np.array([text is not None and search(text) is not None for text in few[1]], np.bool_)


def replace_pattern(values: pa.Array, pattern: str, replacement: str) -> pa.Array:
    r"""Strings with everything replaced that an expression describes; null for null.

    Args:
        values: Strings.
        pattern: The expression; it matches no empty string.
        replacement: What comes in its place; `\1` is what stood in the first brackets.

    Examples:
        >>> replace_pattern(pa.array(["a1b22"]), "([0-9]+)", r"<\1>").to_pylist()
        ['a<1>b<22>']
    """
    few = _for_few(values, pattern)
    if few is None:
        return pc.replace_substring_regex(values, pattern, replacement)
    substitute = few[0].sub
    if None not in few[1]:
        return as_strings([substitute(replacement, text) for text in few[1] if text is not None])
    return pa.array([None if text is None else substitute(replacement, text) for text in few[1]], pa.string())


def extract_groups(values: pa.Array, pattern: str) -> dict[str, pa.Array]:
    """What stands in the named groups of the first match in each string.

    Returns:
        For each group (values,) strings: empty where the group took no part, null where nothing matches.

    Examples:
        >>> {name: one.to_pylist() for name, one in extract_groups(pa.array(["a1", "b"]), "(?P<digit>[0-9])").items()}
        {'digit': ['1', None]}
    """
    few = _for_few(values, pattern)
    if few is None:
        found = pc.extract_regex(values, pattern)
        return {field.name: pc.struct_field(found, field.name) for field in found.type}
    search = few[0].search
    matches = [None if text is None else search(text) for text in few[1]]
    return {
        name: pa.array([None if one is None else one.group(name) or "" for one in matches], pa.string())
        for name in few[0].groupindex
    }
