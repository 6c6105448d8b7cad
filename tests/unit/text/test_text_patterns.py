"""Expressions read by `re` where strings are few, against RE2, which reads them where they are many."""

# ruff: noqa: RUF001

import random

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from sociolink.evidence.birthdays import read_births
from sociolink.text import patterns
from sociolink.text.contacts import extract_contacts, normalise_emails, normalise_phones, normalise_urls
from sociolink.text.emails import email_keys
from sociolink.text.handles import parse_accounts, parse_handles
from sociolink.text.patterns import FEW, LONG, extract_groups, holds_pattern, replace_pattern, translate
from sociolink.text.places import parse_places
from sociolink.text.signs import read_signs

PIECES = [
    *"abcikstxABIKS0195 \t\n\x0b-_.,:;@/#?()[]<>{}|'\"+*é",
    *["É", "ñ", "Ñ", "ſ", "K", "İ", "ı", "à", "ß", "→", "🎂", "🇫🇷", "д", "李", "\u200b", " "],
    *["http://", "www.", "x.com", ".bsky.social", "mailto:", " at ", " dot ", "[at]", "(dot)", "github.io", ".co.uk"],
    *["born ", "née ", "est. ", "since ", "1984", "31.12.1984", "1990-01-02", "25 y/o", "age: 33", "años", "élu"],
    *["not a bot", "parody", "fan account", "official", "ceo", "she/her", "news", "st ", "Paris", "ext 12", "tel."],
    *["jo", "Smith", "jane-doe-1a2b3c4d", "/in/", "index.html", "+44 (0)20", "06 12 34 56 78", "gmail.com", "ig: "],
]


@pytest.fixture(scope="module")
def texts() -> list[str]:
    chance = random.Random(7)
    return ["".join(chance.choices(PIECES, k=chance.randrange(9))) for _ in range(1500)]


@pytest.fixture(scope="module")
def in_use(texts: list[str]) -> set[tuple[str, str | None]]:
    """The expressions that profiles are read with, and what each puts in the place of what it finds."""
    found: set[tuple[str, str | None]] = set()
    held, replaced, extracted = patterns.holds_pattern, patterns.replace_pattern, patterns.extract_groups
    modules = [
        module
        for name, module in __import__("sys").modules.items()
        if name.startswith("sociolink.") and hasattr(module, "__dict__")
    ]
    with pytest.MonkeyPatch.context() as patch:
        for name, spy in (
            ("holds_pattern", lambda values, one: (found.add((one, None)), held(values, one))[1]),
            ("replace_pattern", lambda values, one, by: (found.add((one, by)), replaced(values, one, by))[1]),
            ("extract_groups", lambda values, one: (found.add((one, None)), extracted(values, one))[1]),
        ):
            for module in modules:
                if module is not patterns and name in module.__dict__:
                    patch.setattr(module, name, spy)
        read_everything(pa.array(texts[:300]))
    return found


def read_everything(values: pa.Array) -> None:
    extract_contacts(values)
    normalise_emails(values)
    email_keys(values)
    normalise_phones(values)
    normalise_urls(values)
    parse_accounts(values)
    parse_places(values)
    read_signs(values, values, values)
    for platform in ("linkedin", "facebook", "bluesky", "x"):
        parse_handles(pa.array([platform] * len(values)), values)
    read_births(pa.table({"platform": ["x"] * len(values), "handle": values, "bio": values}))


def in_pieces(values: list[str]) -> list[pa.Array]:
    return [pa.array(values[at : at + FEW - 1], pa.string()) for at in range(0, len(values), FEW - 1)]


def test_profiles_are_read_with_dozens_of_expressions(in_use: set[tuple[str, str | None]]) -> None:
    assert len({pattern for pattern, _ in in_use}) > 40


def test_few_strings_are_read_as_many_are(in_use: set[tuple[str, str | None]], texts: list[str]) -> None:
    many = pa.array(texts, pa.string())
    pieces = in_pieces(texts)
    for pattern, replacement in sorted(in_use, key=str):
        expected = pc.match_substring_regex(many, pattern)
        assert pa.concat_arrays([holds_pattern(one, pattern) for one in pieces]).equals(expected), pattern
        if replacement is not None:
            expected = pc.replace_substring_regex(many, pattern, replacement)
            assert pa.concat_arrays([replace_pattern(one, pattern, replacement) for one in pieces]).equals(expected)
        if translate(pattern)[0].groupindex:
            found = pc.extract_regex(many, pattern)
            parts = [extract_groups(one, pattern) for one in pieces]
            for name in translate(pattern)[0].groupindex:
                got = pa.concat_arrays([part[name] for part in parts])
                assert got.to_pylist() == pc.struct_field(found, name).to_pylist(), (pattern, name)


def test_letters_have_the_same_capitals_for_both() -> None:
    every = [chr(code) for code in range(0x80, 0x20000) if not 0xD800 <= code < 0xE000]
    for letter in "ksiéñ":
        expected = [
            one for one in every if one in (letter.upper(), letter, "\u212a" * (letter == "k"), "ſ" * (letter == "s"))
        ]
        pattern = f"(?i){letter}"
        by_re2 = pa.array(every).filter(pc.match_substring_regex(pa.array(every), pattern)).to_pylist()
        alone = [one for one in every if translate(pattern)[0].search(one)]
        assert by_re2 == [one for one in expected if one]
        assert [one for one in alone if one not in "\u0130\u0131"] == by_re2


def test_nulls_stay_and_long_strings_are_left_to_re2() -> None:
    values = pa.array([None, "a1", "é" * (LONG + 1) + "1"])
    assert holds_pattern(values, "[0-9]").to_pylist() == [None, True, True]
    assert replace_pattern(values.slice(0, 2), "[0-9]", "").to_pylist() == [None, "a"]
    assert extract_groups(values.slice(0, 2), "(?P<d>[0-9])")["d"].to_pylist() == [None, "1"]


@pytest.mark.parametrize("pattern", [r"\p{Greek}", r"[\S]", r"\Q.\E", r"\W"])
def test_what_has_no_translation_is_said(pattern: str) -> None:
    with pytest.raises(ValueError, match="no translation"):
        translate(pattern)


@pytest.mark.parametrize("category", ["L", "N", "M", "Cf", "Pd", "Lu", "Ll"])
def test_general_categories_are_those_of_re2(category: str) -> None:
    every = [chr(code) for code in (*range(0x3000), *range(0x1F000, 0x1FB00))]
    by_re2 = pa.array(every).filter(pc.match_substring_regex(pa.array(every), rf"^\p{{{category}}}$")).to_pylist()

    inside, _ = translate(rf"[_\p{{{category}}}]", wide=True)
    alone, _ = translate(rf"\p{{{category}}}", wide=True)

    assert [one for one in every if alone.search(one)] == by_re2
    assert [one for one in every if inside.search(one) and one != "_"] == [one for one in by_re2 if one != "_"]


@pytest.mark.parametrize("text", ["Žofie", "Ὀδυσσεύς", "Жуков", "李四", "\ufb01n", "\U0001d4d0", "a\u0301"])
def test_letters_of_other_alphabets_are_letters(text: str) -> None:
    assert replace_pattern(pa.array([f"{text}!"]), r"[^\pL\pM]+", " ").to_pylist() == [f"{text} "]
