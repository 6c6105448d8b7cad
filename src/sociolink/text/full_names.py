"""Full names in one column taken apart into given, middle and family names, and what else they tell."""

# ruff: noqa: RUF001
from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.text.buffers import plain_strings
from sociolink.text.folding import squash
from sociolink.text.name_order import FullName, order_words, squash_word
from sociolink.text.name_words import (
    PARTICLES,
    PARTICLES_IN_LOWER_CASE,
    PRONOUNS,
    SUFFIXES,
    SUFFIXES_IN_CAPITALS,
    TITLES,
)
from sociolink.text.patterns import extract_groups

__all__ = ["ADDITIONS", "COLUMNS", "MAX_FULL_NAME", "peel", "peel_fields", "split_full_names"]

COLUMNS = ("given", "middle", "family", "nickname", "maiden", "title", "suffix")
MAX_FULL_NAME = 200
"""Characters of a full name that are read."""

ADDITIONS = (
    "[\"“”„«»()\\[\\]（）,‘]|(?:^|\\s)['’]|['’](?:\\s|$)"
    r"|\b(?:née?|nee|geb|geborene|born|formerly|épouse|aka|alias|dit|dite)\b"
    r"|(?i:\b(?:jr|sr|ii|iii|iv|phd|md|esq)\b)"
)
"""RE2: marks a name that says more than names in order."""

_PARTICLES_OF_ANY_CASE = PARTICLES - PARTICLES_IN_LOWER_CASE
_LETTER = r"[^\x00-@\[-`{-\x{BF}\x{2000}-\x{2BFF}\x{3000}-\x{303F}\x{1F000}-\x{1FFFF}]"
_WORD = rf"{_LETTER}(?:{_LETTER}|['’-])*{_LETTER}"
_IN_ORDER = rf"^\s*(?P<given>{_WORD})(?:\s+(?P<middle>{_WORD}|{_LETTER}\.?))?\s+(?P<family>{_WORD})\s*$"
_PLAIN = r"\pL(?:(?:\pL|['’-])*\pL)?"
_FAMILY_FIRST = (
    rf"^(?P<family>(?:{_PLAIN} )*(?P<last>{_PLAIN})) ?, ?(?P<given>{_PLAIN}\.?)"
    rf"(?: (?P<middle>{_PLAIN}\.?(?: {_PLAIN}\.?)*))?$"
)
_BIRTH_NAME = r"(?i:(?:^|[ ,])(?:née?|nee|geb|geborene|born|formerly|épouse|ép|aka|a\.?k\.?a|alias|dite?)\.?(?:[ ,]|$))"
_CAPITALS = r"\p{Lu}['’-]?\p{Lu}(?:\s|$)"
_LOWER_CASE = r"\p{Ll}"
_TITLE_FIRST = rf"(?i:^\s*(?:{'|'.join(sorted(TITLES))})\.?\s)"
_NOT_IN_ORDER = "|".join(
    (
        r"[\p{Han}\p{Hangul}\p{Hiragana}\p{Katakana}]",
        _TITLE_FIRST,
        rf"(?i:\s(?:{'|'.join(sorted(_PARTICLES_OF_ANY_CASE))})\s)",
        rf"\s(?:{'|'.join(sorted(PARTICLES_IN_LOWER_CASE))})\s",
        rf"(?i:\s(?:{'|'.join(sorted(SUFFIXES))})\s*$)",
        ADDITIONS,
    )
)

_ADDITIONS = re.compile(ADDITIONS)
_BRACKETS = re.compile(r"[(\[（]([^()\[\]（）]*)[)\]）]?")
_DOUBLE_QUOTES = re.compile('["“”„«»]([^"“”„«»]*)["“”„«»]')
_SINGLE_QUOTES = re.compile(r"(?:(?<=\s)|^)['‘’]([^'‘’]+)['‘’](?=[\s,]|$)")
_MAIDEN = re.compile(r"(?:^|\s)(?:née?|nee|geb\.?|geborene|born|formerly|épouse|ép\.)\s+(.+)$")
_ALIAS = re.compile(r"\s(?:a\.?k\.?a\.?|alias|dite?)\s+(.+)$")


def split_full_names(full: pa.Array) -> pa.Table:
    """Take full names apart.

    Understands "Family, Given", titles, suffixes, nicknames in quotes or brackets, maiden names, family names in
    capitals or of East Asian order, and particles. Where the order is open, the given name comes first.

    Args:
        full: Full names; null counts as empty.

    Returns:
        A table with the string columns given, middle, family, nickname, maiden, title and suffix, one row a name, null
        where absent. A word in brackets after the name is listed as nickname and maiden name alike: it can be either.

    Examples:
        >>> names = split_full_names(pa.array(["Dr. Ann van der Berg", "DUPONT Jean", 'Xuejie "Rafael" Xiao']))
        >>> names["family"].to_pylist(), names["nickname"].to_pylist()
        (['van der Berg', 'DUPONT', 'Xiao'], [None, None, 'Rafael'])
    """
    strings = plain_strings(full)
    if len(strings) and pc.max(pc.binary_length(strings)).as_py() > MAX_FULL_NAME:
        strings = pc.utf8_slice_codeunits(strings, 0, MAX_FULL_NAME)
    encoded = strings.dictionary_encode()
    names = encoded.dictionary
    fast = [_read_in_order, _read_family_first]
    left = np.arange(len(names))
    source = np.empty(len(names), np.int64)
    read: dict[str, list[pa.Array]] = {column: [] for column in COLUMNS}
    done = 0
    for reader in fast:
        words, simple = reader(names.take(pa.array(left)))
        source[left] = done + np.arange(len(left))
        done += len(left)
        for column, values in read.items():
            values.append(words.get(column, pa.nulls(len(left), pa.string())))
        left = left[~simple]
    source[left] = done + np.arange(len(left))
    slow = [_split(name) for name in names.take(pa.array(left)).to_pylist()]
    index = pa.array(source).take(encoded.indices)
    for column, values in read.items():
        values.append(pa.array([getattr(name, column) or None for name in slow], pa.string()))
    return pa.table({column: pa.concat_arrays(values).take(index) for column, values in read.items()})


def _read_in_order(names: pa.Array) -> tuple[dict[str, pa.Array], npt.NDArray[np.bool_]]:
    """Given, middle and family of names that are plain words in that order, and which names these are."""
    parts = extract_groups(names, _IN_ORDER)
    simple = np.asarray(pc.is_valid(parts["given"]), dtype=np.bool_)
    capitals = pc.and_(pc.match_substring_regex(names, _CAPITALS), pc.match_substring_regex(names, _LOWER_CASE))
    simple &= ~np.asarray(capitals, dtype=np.bool_)
    simple &= ~np.asarray(pc.match_substring_regex(names, _NOT_IN_ORDER), dtype=np.bool_)
    given, middle, family = (parts[column] for column in ("given", "middle", "family"))
    middle = pc.if_else(pc.equal(middle, ""), None, middle)
    return {"given": given, "middle": middle, "family": family}, simple


def _read_family_first(names: pa.Array) -> tuple[dict[str, pa.Array], npt.NDArray[np.bool_]]:
    """The same of names that are plain words with one comma after the family name."""
    parts = extract_groups(names, _FAMILY_FIRST)
    plain = pc.and_(pc.is_valid(parts["given"]), pc.equal(names, pc.utf8_normalize(names, "NFKC")))
    plain = pc.and_(plain, pc.invert(pc.match_substring_regex(names, _BIRTH_NAME)))
    found = {column: parts[column] for column in ("given", "middle", "family", "last")}
    first, last = squash(found["given"]), squash(found["last"])
    titled = pc.is_in(first, value_set=pa.array(sorted(TITLES | SUFFIXES)))
    ended = pc.and_(pc.is_in(last, value_set=pa.array(sorted(SUFFIXES))), pc.not_equal(found["last"], found["family"]))
    simple = np.asarray(pc.fill_null(pc.and_(plain, pc.invert(pc.or_(titled, ended))), False), dtype=np.bool_)
    rows = np.flatnonzero(simple & ~np.asarray(pc.string_is_ascii(names), dtype=np.bool_))
    lists = pc.split_pattern_regex(names.take(pa.array(rows)), "[ ,]+")
    unread = np.asarray(pc.equal(squash(pc.list_flatten(lists)), ""), dtype=np.bool_)
    simple[rows[np.asarray(pc.list_parent_indices(lists))[unread]]] = False
    middle = pc.if_else(pc.equal(found["middle"], ""), None, found["middle"])
    return {"given": found["given"], "middle": middle, "family": found["family"]}, simple


def peel(text: str) -> tuple[str, FullName]:
    """Take off what stands in a name beside the names in order: quotes, brackets, maiden names.

    Args:
        text: A full name, or one field of a name.

    Returns:
        What is left, and a name that holds what was taken off.

    Examples:
        >>> peel("Anna Schmidt (née Meier)")
        ('Anna Schmidt', FullName(given='', middle='', family='', nickname='', maiden='Meier', title='', suffix=''))
    """
    text = unicodedata.normalize("NFKC", text)
    if not _ADDITIONS.search(text):
        return " ".join(text.split()), FullName()
    nicknames: list[str] = []
    maidens: list[str] = []
    suffixes: list[str] = []
    text = _BRACKETS.sub(partial(_take_bracket, nicknames, maidens, suffixes), text)
    for quotes in (_DOUBLE_QUOTES, _SINGLE_QUOTES):
        nicknames += [found.strip() for found in quotes.findall(text)]
        text = quotes.sub(" ", text)
    for pattern, found in ((_MAIDEN, maidens), (_ALIAS, nicknames)):
        match = pattern.search(text)
        if match:
            found.append(match.group(1))
            text = text[: match.start()]
    taken = FullName(nickname=";".join(filter(None, nicknames)), maiden=" ".join(maidens), suffix=" ".join(suffixes))
    return " ".join(word for word in text.split() if squash_word(word) or "," in word), taken


def peel_fields(values: pa.Array) -> tuple[pa.Array, pa.Array, pa.Array]:
    """Take titles, suffixes, nicknames and maiden names off columns that should hold a given or a family name only.

    Args:
        values: Strings without nulls.

    Returns:
        What is left, the nicknames and the maiden names, empty where absent.

    Examples:
        >>> [column.to_pylist() for column in peel_fields(pa.array(['Edward "Ted"', "James, II"]))]
        [['Edward', 'James'], ['Ted', ''], ['', '']]
    """
    hit = pc.match_substring_regex(values, f"{ADDITIONS}|{_TITLE_FIRST}")
    encoded = values.filter(hit).dictionary_encode()
    peeled = [_read_field(text) for text in encoded.dictionary.to_pylist()]
    nothing = pc.if_else(hit, "", "")
    columns = [
        pc.replace_with_mask(old, hit, pa.array([getattr(name, column) for name in peeled]).take(encoded.indices))
        if peeled
        else old
        for old, column in ((values, "given"), (nothing, "nickname"), (nothing, "maiden"))
    ]
    return columns[0], columns[1], columns[2]


def _read_field(text: str) -> FullName:
    rest, taken = peel(text)
    _, words = _without_titles(rest.replace(",", " ").split())
    words, _ = _without_suffixes(words, least=1)
    return replace(taken, given=" ".join(words))


def _take_bracket(nicknames: list[str], maidens: list[str], suffixes: list[str], match: re.Match[str]) -> str:
    inside = match.group(1).strip(" \"'“”„«»‘’")
    words = [squash_word(word) for word in inside.replace("/", " ").split()]
    maiden = _MAIDEN.match(inside)
    if maiden:
        maidens.append(maiden.group(1))
    elif words and all(_is_suffix(word) for word in inside.split()):
        suffixes.append(inside)
    elif len("".join(words)) > 2 and "/" not in inside and not PRONOUNS.issuperset(words):
        nicknames.append(inside)
        if len(words) == 1 and not match.string[match.end() :].strip(" ,.") and match.string[: match.start()].strip():
            maidens.append(inside)
    return " "


def _is_suffix(word: str) -> bool:
    squashed = squash_word(word)
    return squashed in SUFFIXES and (word.isupper() or squashed not in SUFFIXES_IN_CAPITALS)


def _split(full: str) -> FullName:
    text, taken = peel(full)
    sides = [side.strip() for side in text.split(",") if side.strip(" .")]
    suffixes = taken.suffix.split()
    for side in sides[1:]:
        words = side.split()
        if all(_is_suffix(word) for word in words):
            sides.remove(side)
            suffixes += words
    if len(sides) > 1:
        titles, given = _without_titles(" ".join(sides[1:]).split())
        family, more = _without_suffixes(sides[0].split(), least=1)
        name = FullName(" ".join(given[:1]), " ".join(given[1:]), " ".join(family))
    else:
        titles, words = _without_titles(sides[0].split() if sides else [])
        words, more = _without_suffixes(words, least=2 if len(words) > 2 else len(words))
        name = order_words(words)
    return replace(
        name, nickname=taken.nickname, maiden=taken.maiden, title=" ".join(titles), suffix=" ".join([*more, *suffixes])
    )


def _without_titles(words: Sequence[str]) -> tuple[list[str], list[str]]:
    count = 0
    while count < len(words) - 1 and squash_word(words[count]) in TITLES:
        count += 1
    return list(words[:count]), list(words[count:])


def _without_suffixes(words: Sequence[str], *, least: int) -> tuple[list[str], list[str]]:
    end = len(words)
    while end > least and _is_suffix(words[end - 1]):
        end -= 1
    return list(words[:end]), list(words[end:])
