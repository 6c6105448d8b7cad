"""Places out of free text: countries, regions and cities that people say they are in."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.reference.facts import cities, countries, regions
from sociolink.text.buffers import (
    FEW,
    are_filled,
    cut_strings,
    distinct_of,
    join_strings,
    number_strings,
    plain_strings,
)
from sociolink.text.gazetteer import CITY, COUNTRY, REGION, WHOLE, Gazetteer, load_gazetteer
from sociolink.text.hashing import hash_strings
from sociolink.text.patterns import holds_pattern, replace_pattern
from sociolink.text.placenames import plain_place
from sociolink.text.placespans import Spans, Tokens, choose_senses, find_spans, find_tokens

__all__ = ["MAX_PLACE_LENGTH", "normalise_countries", "normalise_regions", "parse_places", "wider_regions"]

MAX_PLACE_LENGTH = 200
"""Characters of a text that are looked at; what is beyond is not read."""

_MAX_TOWN_WORDS = 4
_SEPARATORS = r"[^\pL\pM\pN\p{Cf}'\x{2019}\x{b4}`.\- \t]+| [\-]+ "
_FLAGS = "[\U0001f1e6-\U0001f1ff]{2}"
_SUBDIVISION_FLAGS = {"gbeng": ", England ,", "gbsct": ", Scotland ,", "gbwls": ", Wales ,"}
_SCHEMA = pa.schema(
    [
        ("row", pa.int32()),
        ("country", pa.string()),
        ("region", pa.string()),
        ("city", pa.string()),
        ("city_id", pa.int64()),
    ]
)

Ints = npt.NDArray[np.int64]


def parse_places(values: pa.Array | pa.ChunkedArray) -> pa.Table:
    """The places that free texts name, each once, in their order.

    Args:
        values: (rows,) texts such as "Lyon, France", "NYC ✈️ LDN", "Austin, TX" or a flag.

    Returns:
        row (int32), country (ISO 3166-1 alpha-2), region (folded, as `normalise_regions` writes it), city (folded) and
        city_id (GeoNames); null where the text does not tell. A town that is not in the gazetteer has a name and no
        id, where region or country follow it. No line for a text that names no place, any number for others.

    Examples:
        >>> table = parse_places(pa.array(["NYC ✈️ LDN", "Paris, TX", "nowhere"]))
        >>> [(p["row"], p["country"], p["region"], p["city"]) for p in table.to_pylist()]
        [(0, 'US', 'new york', 'new york city'), (0, 'GB', 'england', 'london'), (1, 'US', 'texas', 'paris')]
    """
    given = plain_strings(values)
    if not are_filled(given).any():
        return _SCHEMA.empty_table()
    strings, codes = number_strings(given)
    texts = _plain_texts(strings)
    found = _parse_unique(texts)
    starts = np.searchsorted(found["row"].to_numpy(), np.arange(len(texts) + 1))
    counts = starts[codes + 1] - starts[codes] if len(codes) else codes
    rows = np.repeat(np.arange(len(codes)), counts)
    take = np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts) + np.repeat(starts[codes], counts)
    return found.take(pa.array(take)).set_column(0, _SCHEMA.field("row"), pa.array(rows.astype(np.int32)))


def _plain_texts(values: pa.Array) -> pa.Array:
    """Texts with flags spelt out and every separator a comma, folded."""
    texts = cut_strings(values, MAX_PLACE_LENGTH)
    flagged = holds_pattern(texts, "[\U0001f1e6-\U0001f1ff\U0001f3f4]")
    if True in distinct_of(flagged):
        spelt = pa.array([_spell_flags(text) for text in texts.filter(flagged).to_pylist()], pa.string())
        texts = pc.replace_with_mask(texts, flagged, spelt)
    return plain_place(replace_pattern(texts, _SEPARATORS, " , "))


@cache
def _flag_names() -> dict[str, str]:
    """What each flag is a flag of."""
    states = dict(zip(countries()["country"].to_pylist(), countries()["name"].to_pylist(), strict=True))
    columns = (regions()[name].to_pylist() for name in ("country", "code", "region"))
    parts = {(country, code): region for country, code, region in zip(*columns, strict=True)}
    american = {code: parts["US", code] for code in ("AS", "GU", "MP", "PR", "VI")}
    french = {"GF": "973", "GP": "971", "MQ": "972", "NC": "988", "PF": "987", "PM": "975", "RE": "974", "YT": "976"}
    return states | american | {code: parts["FR", number] for code, number in french.items()}


def _spell_flags(text: str) -> str:
    for code, name in _SUBDIVISION_FLAGS.items():
        text = text.replace("\U0001f3f4" + "".join(chr(0xE0000 + ord(letter)) for letter in code) + "\U000e007f", name)

    def spell(flag: re.Match[str]) -> str:
        code = "".join(chr(ord(letter) - 0x1F1E6 + ord("A")) for letter in flag.group())
        return f", {_flag_names().get(code, '')} ,"

    return re.sub(_FLAGS, spell, text)


def _parse_unique(texts: pa.Array) -> pa.Table:
    gazetteer = load_gazetteer()
    tokens = find_tokens(texts)
    spans = find_spans(tokens, gazetteer)
    sense = choose_senses(spans, gazetteer)
    kind, country, place = sense.kind, sense.country, sense.place
    region = _narrowed(spans, kind, sense.region, gazetteer)
    keep = _kept(spans, kind, country, region, place, gazetteer) & ~_stray(tokens, spans, kind, country, gazetteer)
    towns = _unknown_towns(texts, tokens, spans, keep, kind)
    city_row = np.where(kind == CITY, place, -1)
    table = pa.table(
        [
            pa.array(spans.row.astype(np.int32)),
            _take("country", country),
            _take("region", region),
            pc.coalesce(_take("city", city_row), towns),
            _take("city_id", city_row).cast(pa.int64()),
        ],
        schema=_SCHEMA,
    )
    return table.filter(pa.array(keep))


@cache
def _known(column: str) -> pa.Array:
    """A column of the bundled tables by its name."""
    table = {"country": countries, "region": regions, "city": cities, "city_id": cities}[column]()
    return table[column].combine_chunks()


def _take(column: str, rows: Ints) -> pa.Array:
    return _known(column).take(pa.array(rows, mask=rows < 0))


def _narrowed(spans: Spans, kind: Ints, region: Ints, gazetteer: Gazetteer) -> Ints:
    """Regions of the cities, narrowed to a part of theirs that the same text names."""
    part = np.where(region >= 0, gazetteer.wider[region], -1)
    named = ((kind == REGION) & (region != part)).nonzero()[0]
    key = spans.row * 4096 + part
    wide = ((kind == CITY) & (region >= 0) & (region == part)).nonzero()[0]
    if not len(named) or not len(wide):
        return region
    known, first = np.unique(key[named], return_index=True)
    at = np.minimum(np.searchsorted(known, key[wide]), len(known) - 1)
    hit = known[at] == key[wide]
    narrowed = region.copy()
    narrowed[wide[hit]] = region[named[first[at[hit]]]]
    return narrowed


def _kept(
    spans: Spans, kind: Ints, country: Ints, region: Ints, place: Ints, gazetteer: Gazetteer
) -> npt.NDArray[np.bool_]:
    """Spans that add a place: neither said twice nor the wider place of another span."""
    part = np.where(region >= 0, gazetteer.wider[region], -1)
    row = spans.row
    identity = (row * 4 + kind) * 2**20 + place
    keep = np.zeros(len(row), np.bool_)
    keep[np.unique(identity, return_index=True)[1]] = True
    keep &= kind >= 0
    if len(row) < 2:
        return keep
    at_region, at_part = row * 4096 + region, row * 4096 + part
    city, narrow = keep & (kind == CITY), keep & (kind == REGION) & (region != part)
    in_city = np.isin(at_region, np.r_[at_region[city], at_part[city]]) | np.isin(at_region, at_part[narrow])
    keep &= (kind != REGION) | ~in_city
    at_country = row * 1024 + country
    return np.asarray(keep & ((kind != COUNTRY) | ~np.isin(at_country, at_country[keep & (kind != COUNTRY)])))


def _stray(tokens: Tokens, spans: Spans, kind: Ints, country: Ints, gazetteer: Gazetteer) -> npt.NDArray[np.bool_]:
    """Small towns that share a segment with other places, none of them of their country: words, not towns."""
    if len(spans.row) < 2:
        return np.zeros(len(spans.row), np.bool_)
    segment = tokens.segment[spans.token]
    _, of_segment, in_segment = np.unique(segment, return_inverse=True, return_counts=True)
    _, of_country, in_country = np.unique(spans.row * 1024 + country, return_inverse=True, return_counts=True)
    crowded = (in_segment[of_segment] > 1) & (in_country[of_country] == 1)
    return np.asarray(crowded & (kind == CITY) & (gazetteer.manner[spans.name] == WHOLE) & (spans.words == 1))


def _unknown_towns(texts: pa.Array, tokens: Tokens, spans: Spans, keep: npt.NDArray[np.bool_], kind: Ints) -> pa.Array:
    """For the first kept span of a text without a city: what stands before the first comma, if that is unknown."""
    towns = pa.nulls(len(spans.row), pa.string())
    if not len(spans.row):
        return towns
    kept = keep.nonzero()[0]
    kept = kept[np.unique(spans.row[kept], return_index=True)[1]]
    kept = kept[~np.isin(spans.row[kept], spans.row[keep & (kind == CITY)])]
    first_token = np.searchsorted(tokens.row, spans.row[kept])
    first_segment = tokens.segment[first_token]
    words = np.searchsorted(tokens.segment, first_segment, side="right") - first_token
    spoken = np.isin(first_segment, tokens.segment[spans.token])
    kept = kept[(words <= _MAX_TOWN_WORDS) & ~spoken & ~tokens.filler[first_token]]
    if not len(kept):
        return towns
    before = pc.utf8_trim(
        pc.list_element(pc.split_pattern(pc.utf8_trim(texts.take(pa.array(spans.row[kept])), " ,"), ","), 0), " "
    )
    mask = np.zeros(len(spans.row), np.bool_)
    mask[kept] = True
    return pc.replace_with_mask(towns, pa.array(mask), before)


def _first_senses(plain: pa.Array, fits: Callable[[Gazetteer, Ints, Ints], npt.NDArray[np.bool_]]) -> Ints:
    """For each name the likeliest sense that fits, -1 where none does."""
    gazetteer = load_gazetteer()
    found = gazetteer.find(hash_strings(plain)[0])
    asked = (found >= 0).nonzero()[0]
    counts = gazetteer.starts[found[asked] + 1] - gazetteer.starts[found[asked]]
    asked = np.repeat(asked, counts)
    sense = gazetteer.starts[found[asked]] + np.arange(len(asked)) - np.repeat(np.cumsum(counts) - counts, counts)
    good = fits(gazetteer, sense, asked)
    first, at = np.unique(asked[good], return_index=True)
    best = np.full(len(plain), -1, np.int64)
    best[first] = sense[good][at]
    return best


def normalise_countries(values: pa.Array | pa.ChunkedArray) -> pa.Array:
    """ISO codes of countries, from names in several languages and codes of two or three letters.

    Args:
        values: (rows,) the contents of a column of countries.

    Returns:
        (rows,) ISO 3166-1 alpha-2, null where nothing known is said.

    Examples:
        >>> normalise_countries(pa.array(["US", "U.S.A.", "Deutschland", "Narnia", None])).to_pylist()
        ['US', 'US', 'DE', None, None]
    """
    encoded = plain_strings(values).dictionary_encode()
    plain = plain_place(pc.utf8_slice_codeunits(encoded.dictionary, 0, MAX_PLACE_LENGTH))
    rows = _first_senses(plain, lambda gazetteer, sense, _: gazetteer.kind[sense] == COUNTRY)
    places = np.where(rows >= 0, load_gazetteer().place[rows], -1)
    return _take("country", places).take(encoded.indices)


def normalise_regions(
    values: pa.Array | pa.ChunkedArray, country: pa.Array | pa.ChunkedArray | None = None
) -> pa.Array:
    """Folded names of regions, so that "MI" and "Michigan", "59" and "Nord" are one.

    Args:
        values: (rows,) the contents of a column of regions.
        country: (rows,) ISO codes of their countries; null, or nothing at all, means any.

    Returns:
        (rows,) the folded name; the folded text where the region is not known, null where there is none.

    Examples:
        >>> normalise_regions(pa.array(["MI", "Michigan", "Île-de-France", "Gondor"])).to_pylist()
        ['michigan', 'michigan', 'ile de france', 'gondor']
        >>> normalise_regions(pa.array(["CA", "WA"]), pa.array(["US", "AU"])).to_pylist()
        ['california', 'western australia']
    """
    texts = plain_strings(values)
    states = plain_strings(country) if country is not None else pa.array([""] * len(texts), pa.string())
    joined = pc.binary_join_element_wise(states, texts, "\x1f").dictionary_encode()
    split = pc.split_pattern(joined.dictionary, "\x1f", max_splits=1)
    codes, names = (pc.list_element(split, place) for place in (0, 1))
    plain = plain_place(pc.utf8_slice_codeunits(names, 0, MAX_PLACE_LENGTH))
    plain = pc.utf8_trim(replace_pattern(plain, "[ ,]+", " "), " ")
    wanted = pc.fill_null(pc.index_in(codes, value_set=_known("country")), -1).to_numpy()

    def fits(gazetteer: Gazetteer, sense: Ints, asked: Ints) -> npt.NDArray[np.bool_]:
        inside = (wanted[asked] < 0) | (wanted[asked] == gazetteer.country[sense])
        return np.asarray((gazetteer.kind[sense] == REGION) & inside)

    rows = _first_senses(plain, fits)
    known = _take("region", np.where(rows >= 0, load_gazetteer().place[rows], -1))
    return pc.coalesce(known, pc.if_else(pc.equal(plain, ""), None, plain)).take(joined.indices)


def wider_regions(values: pa.Array, country: pa.Array) -> pa.Array:
    """The region that holds a region, which only the departments of France have here.

    Args:
        values: (rows,) regions as `normalise_regions` writes them.
        country: (rows,) ISO codes of their countries.

    Returns:
        (rows,) the folded name of the wider region, null where none is known.

    Examples:
        >>> wider_regions(pa.array(["nord", "texas"]), pa.array(["FR", "US"])).to_pylist()
        ['hauts de france', None]
    """
    known, wider = _wider_regions()
    asked = join_strings(plain_strings(country), plain_strings(values), separator=":")
    if len(asked) < FEW:
        places = _numbered_regions()
        return wider.take(pa.array([places.get(one) for one in asked.to_pylist()], pa.int32()))
    return wider.take(pc.index_in(asked, value_set=known))


@cache
def _numbered_regions() -> dict[str, int]:
    """The place of each region in `_wider_regions`."""
    names = _wider_regions()[0].to_pylist()
    return {name: number for number, name in reversed(list(enumerate(names)))}


@cache
def _wider_regions() -> tuple[pa.Array, pa.Array]:
    """Country and region of all regions of the gazetteer, and the region that holds each."""
    table = regions()
    known = pc.binary_join_element_wise(table["country"], table["region"], ":").combine_chunks()
    return known, table["wider_region"].combine_chunks()
