"""What a customer may be called, one customer and one name at a time, in plain Python."""

from __future__ import annotations

from collections import defaultdict

import pyarrow as pa

from sociolink.reference.facts import nickname_pairs
from sociolink.text.hashing import hash_strings
from sociolink.text.names import NameKind, NameParts

CUSTOMERS = [
    {"given_name": "Anna", "family_name": "Smith"},
    {"given_name": "William", "middle_name": "Quincy", "family_name": "O'Connor"},
    {"given_name": "Jean-Luc", "family_name": "de la Cruz", "nickname": "JL"},
    {"given_name": "Jürgen", "family_name": "Müller (née Größe)"},
    {"given_name": None, "family_name": "Lee"},
    {"given_name": "Bo", "family_name": None},
    {"full_name": "Smith, Elizabeth M."},
    {"given_name": "J", "family_name": "S"},
    {"given_name": "Bill", "family_name": "Smith-Jones"},
    {},
    {"given_name": "玉龙", "family_name": "陈"},
]
_WORTH = {
    NameKind.GIVEN: 1.0,
    NameKind.NICKNAME: 1.0,
    NameKind.MIDDLE: 0.12,
    NameKind.FAMILY: 1.0,
    NameKind.MAIDEN: 0.25,
}
PartWeights = dict[int, dict[str, float]]


def hash_of(text: str) -> int:
    return int(hash_strings(pa.array([text]))[0][0])


def _added_up(parts: NameParts, kinds: set[NameKind]) -> PartWeights:
    out: PartWeights = defaultdict(lambda: defaultdict(float))
    for row, kind, value, weight in zip(
        parts.row.tolist(), parts.kind.tolist(), parts.value.to_pylist(), parts.weight.tolist(), strict=True
    ):
        if NameKind(kind) in kinds:
            out[row][value] += weight * _WORTH[NameKind(kind)]
    return out


def _scaled(people: PartWeights) -> PartWeights:
    return {
        row: {part: weight / sum(weights.values()) for part, weight in weights.items()}
        for row, weights in people.items()
    }


def slow_family_parts(parts: NameParts) -> PartWeights:
    """Family and maiden names of each customer, weights summing to 1."""
    return _scaled(_added_up(parts, {NameKind.FAMILY, NameKind.MAIDEN}))


def other_forms() -> dict[str, list[str]]:
    """Short and long forms of each name."""
    partners: dict[str, list[str]] = defaultdict(list)
    for formal, nick in zip(*(column.to_pylist() for column in nickname_pairs()), strict=True):
        partners[formal].append(nick)
        partners[nick].append(formal)
    return partners


def slow_given_parts(parts: NameParts) -> PartWeights:
    """Given names of each customer: a fifth of the weight of a name goes to its short or long forms alike."""
    partners = other_forms()
    out: PartWeights = defaultdict(lambda: defaultdict(float))
    for row, weights in _added_up(parts, {NameKind.GIVEN, NameKind.NICKNAME, NameKind.MIDDLE}).items():
        for part, weight in weights.items():
            others = partners[part]
            out[row][part] += weight * (0.8 if others else 1.0)
            for other in others:
                out[row][other] += weight * 0.2 / len(others)
    return _scaled(out)
