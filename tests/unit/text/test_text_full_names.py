"""Names that are read at once, against the reading of one name after the other; sets of names against single rows."""

# ruff: noqa: RUF001
import random

import numpy as np
import pyarrow as pa
import pytest

from sociolink.text import full_names
from sociolink.text.full_names import COLUMNS, split_full_names
from sociolink.text.names import NameKind, customer_names, name_sets

TEXT = """
Smith Jones o'neil O’Brien née né nee geb Jr Jr. II V v PhD MD Dr Dr. Sir Ｊｏ ﬁn 李 Иван ÷÷ J. J A. de van born Born
aka a.k.a. Dit dite ép. ép Mc-Donald 'x x' ª Ann María Ma. Esq (x) ß Æ Prof Mrs III Sr da
"""
WORDS = TEXT.split()


@pytest.fixture(scope="module")
def names() -> list[str]:
    rng = random.Random(7)
    made = [
        " ".join(rng.choices(WORDS, k=rng.choice([1, 1, 2, 3])))
        + rng.choice([", ", ", ", ",", " , ", ",, ", "  ,"])
        + rng.choice([" ", " ", "\u00a0"]).join(rng.choices(WORDS, k=rng.choice([1, 1, 2, 3])))
        + rng.choice(["", "", " ", ",", ", Jr"])
        for _ in range(3_000)
    ]
    return [*made, "Smith, Ann", "García Lorca, María José", "Sokolov, Сергей", "Petrov, Valentina V"]


def test_names_with_the_family_name_first_are_read_as_one_by_one(names: list[str]) -> None:
    words, simple = full_names._read_family_first(pa.array(names))
    assert simple[-4:].all()
    assert simple.sum() > 50
    for row in np.flatnonzero(simple).tolist():
        slow = full_names._split(names[row])
        expected = {column: getattr(slow, column) or None for column in COLUMNS}
        assert {column: words[column][row].as_py() if column in words else None for column in COLUMNS} == expected


def test_every_name_is_read_in_its_own_row(names: list[str]) -> None:
    rows = [*names[:200], *names[-4:], None, "", "Ann Lee", *names[:10]]
    together = split_full_names(pa.array(rows, pa.string())).to_pylist()
    assert together == [split_full_names(pa.array([name], pa.string())).to_pylist()[0] for name in rows]


def test_sets_hold_what_each_customer_has_alone(names: list[str]) -> None:
    rng = random.Random(3)
    given, nick = ["Ann", "Jean-Luc", "Mary née Ray", 'Jo "Joe"', None, "J."], ["Annie; Nan", None, None]
    columns = [
        [rng.choice(values) for _ in range(150)]
        for values in (given, ["J", None, "Marie"], ["Lee", "de la Cruz", "Müller", "Ray (Roy)", None], names, nick)
    ]
    columns[3] = [
        rng.choice([full, None, f"{one} {two}"]) for one, two, full in zip(*columns[:2], columns[3], strict=True)
    ]
    arrays = [pa.array(column, pa.string()) for column in columns]
    sets, spread = name_sets(*arrays), customer_names(*arrays)
    assert len(sets.given) < (spread.kind != NameKind.FAMILY).sum()
    for row in range(150):
        alone = customer_names(*(column.slice(row, 1) for column in arrays))
        own = np.flatnonzero(spread.row == row)
        assert spread.take(own).value.to_pylist() == alone.value.to_pylist()
        assert spread.kind[own].tolist() == alone.kind.tolist()
        assert spread.weight[own].tolist() == alone.weight.tolist()
        one, two = sets.given.row == sets.given_of[row], sets.family.row == sets.family_of[row]
        values = sorted(sets.given.filter(one).value.to_pylist() + sets.family.filter(two).value.to_pylist())
        assert values == sorted(alone.value.to_pylist())
