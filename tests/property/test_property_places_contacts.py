"""Whatever the text: no crash, as many answers as values, and doing it twice changes nothing."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from sociolink.text.contacts import extract_contacts, normalise_emails, normalise_phones, normalise_urls
from sociolink.text.placenames import plain_place
from sociolink.text.places import normalise_countries, normalise_regions, parse_places

SIGNS = (
    "@",
    ".",
    " at ",
    " dot ",
    "[at]",
    "(dot)",
    "+33",
    "0",
    "(0)",
    "1",
    "http://",
    "www.",
    "x.com/",
    "mailto:",
    "<",
    ">",
)
WORDS = (
    "Paris",
    "TX",
    "🇫🇷",
    "🇺",
    "✈️",
    "la",
    "st",
    " - ",
    "İ",
    "ß",
    "ﬀ",
    "\u200d",
    "\u0301",
    "名",
    "ig:",
    "?",
    "#",
    "٣",
    "\x00",
)
PIECES = st.sampled_from(SIGNS + WORDS)
ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
TEXTS = st.lists(
    st.one_of(st.none(), ANY, st.lists(st.one_of(PIECES, st.text(max_size=3)), max_size=8).map("".join)), max_size=6
)


def _array(values: list[str | None]) -> pa.Array:
    clean = [None if value is None else value.encode("utf-8", "ignore").decode() for value in values]
    return pa.array(clean, pa.string())


@settings(max_examples=150, deadline=None)
@given(TEXTS)
def test_places_never_crash(values: list[str | None]) -> None:
    texts = _array(values)
    table = parse_places(texts)
    assert all(0 <= row < len(texts) for row in table["row"].to_pylist())
    assert table["country"].null_count == 0
    plain = plain_place(texts)
    assert plain_place(plain).equals(plain)


@settings(max_examples=150, deadline=None)
@given(TEXTS)
def test_normal_forms_are_idempotent(values: list[str | None]) -> None:
    texts = _array(values)
    for normalise in (normalise_emails, normalise_regions, normalise_countries, normalise_phones):
        once = normalise(texts)
        assert len(once) == len(texts)
        assert normalise(once).equals(once)
    countries = pa.array(["FR"] * len(texts), pa.string())
    numbers = normalise_phones(texts, countries)
    assert normalise_phones(numbers, countries).equals(numbers)


@settings(max_examples=150, deadline=None)
@given(TEXTS)
def test_hosts_are_idempotent_and_bios_never_crash(values: list[str | None]) -> None:
    texts = _array(values)
    hosts = normalise_urls(texts)["host"]
    assert normalise_urls(hosts)["host"].equals(hosts)
    found = extract_contacts(texts)
    assert found["value"].null_count == 0
