"""Names of customers and display names, case by case."""

# ruff: noqa: RUF001

import numpy as np
import pyarrow as pa
import pytest

from sociolink.text.names import NameKind, NameParts, customer_names, name_tokens_of_display, split_full_names


def parts_of(
    given: str | None = None,
    family: str | None = None,
    *,
    middle: str | None = None,
    full: str | None = None,
    nickname: str | None = None,
) -> dict[tuple[str, str], float]:
    columns = [pa.array([value], pa.string()) for value in (given, middle, family, full, nickname)]
    return as_dict(customer_names(*columns))


def as_dict(parts: NameParts) -> dict[tuple[str, str], float]:
    names = [NameKind(kind).name for kind in parts.kind.tolist()]
    return dict(zip(zip(names, parts.value.to_pylist(), strict=True), parts.weight.tolist(), strict=True))


def values_of(parts: dict[tuple[str, str], float], kind: str) -> list[str]:
    return [value for name, value in parts if name == kind]


@pytest.mark.parametrize(
    ("full", "expected"),
    [
        ("Jean Dupont", {"given": "Jean", "family": "Dupont"}),
        ("John Q. Public", {"given": "John", "middle": "Q.", "family": "Public"}),
        ("John Quincy Adams", {"given": "John", "middle": "Quincy", "family": "Adams"}),
        ("Smith, John A.", {"given": "John", "middle": "A.", "family": "Smith"}),
        ("Smith, Jr., John", {"given": "John", "family": "Smith", "suffix": "Jr."}),
        ("John Smith III", {"given": "John", "family": "Smith", "suffix": "III"}),
        ("John Smith, MD, PhD", {"given": "John", "family": "Smith", "suffix": "MD PhD"}),
        ("John Smith (MD)", {"given": "John", "family": "Smith", "suffix": "MD"}),
        ("Yo Q. Ma", {"given": "Yo", "middle": "Q.", "family": "Ma"}),
        ("Dr. Sen. Mary O’Brien", {"given": "Mary", "family": "O’Brien", "title": "Dr. Sen."}),
        ("Mme Anne Roy", {"given": "Anne", "family": "Roy", "title": "Mme"}),
        ("Don Young", {"given": "Don", "family": "Young"}),
        ('Xuejie "Rafael" Xiao', {"given": "Xuejie", "family": "Xiao", "nickname": "Rafael"}),
        ("Xuejie (Rafael) Xiao", {"given": "Xuejie", "family": "Xiao", "nickname": "Rafael"}),
        ("Jean-Paul 'JP' Gaultier", {"given": "Jean-Paul", "family": "Gaultier", "nickname": "JP"}),
        (
            'Edward C. "Ted" James, II',
            {"given": "Edward", "middle": "C.", "family": "James", "nickname": "Ted", "suffix": "II"},
        ),
        ("Anna Schmidt (née Meier)", {"given": "Anna", "family": "Schmidt", "maiden": "Meier"}),
        ("Anna Schmidt geb. Meier", {"given": "Anna", "family": "Schmidt", "maiden": "Meier"}),
        (
            "Anna Schmidt (Meier)",
            {"given": "Anna", "family": "Schmidt", "nickname": "Meier", "maiden": "Meier"},
        ),
        ("John Smith (he/him)", {"given": "John", "family": "Smith"}),
        ("DUPONT Jean", {"given": "Jean", "family": "DUPONT"}),
        ("DUPONT-MORETTI Éric Paul", {"given": "Éric", "middle": "Paul", "family": "DUPONT-MORETTI"}),
        ("Jean DUPONT", {"given": "Jean", "family": "DUPONT"}),
        ("LI Wei", {"given": "Wei", "family": "LI"}),
        ("JD Vance", {"given": "JD", "family": "Vance"}),
        ("JOHN SMITH", {"given": "JOHN", "family": "SMITH"}),
        ("Ludwig von der Leyen", {"given": "Ludwig", "family": "von der Leyen"}),
        ("Eddie Van Halen", {"given": "Eddie", "family": "Van Halen"}),
        ("Maria de la Cruz", {"given": "Maria", "family": "de la Cruz"}),
        ("José Ortega y Gasset", {"given": "José", "family": "Ortega y Gasset"}),
        ("Jill St. John", {"given": "Jill", "family": "St. John"}),
        ("John Al Smith", {"given": "John", "middle": "Al", "family": "Smith"}),
        ("李小龍", {"given": "小龍", "family": "李"}),
        ("欧阳修文", {"given": "修文", "family": "欧阳"}),
        ("山田 太郎", {"given": "太郎", "family": "山田"}),
        ("ジョン・スミス", {"given": "ジョン", "family": "スミス"}),
        ("Madonna", {"given": "Madonna"}),
        ("((", {}),
        ("", {}),
    ],
)
def test_full_names_are_taken_apart(full: str, expected: dict[str, str]) -> None:
    row = split_full_names(pa.array(["Ann Lee", full])).to_pylist()[1]
    assert {column: value for column, value in row.items() if value} == expected


def test_split_full_names_keeps_rows_and_repeats() -> None:
    table = split_full_names(pa.array(["Ann Lee", None, "Lee, Ann", "Ann Lee"]))
    assert table["family"].to_pylist() == ["Lee", None, "Lee", "Lee"]
    assert table.column_names == ["given", "middle", "family", "nickname", "maiden", "title", "suffix"]


def test_compound_given_names_come_whole_in_parts_and_as_initials() -> None:
    parts = parts_of("Jean-Paul", "Sartre")
    assert values_of(parts, "GIVEN") == ["jeanpaul", "jean", "paul"]
    assert values_of(parts, "NICKNAME") == ["jp"]
    assert parts["GIVEN", "jeanpaul"] == 1 > parts["GIVEN", "jean"] > parts["NICKNAME", "jp"]


@pytest.mark.parametrize(
    ("family", "values"),
    [
        ("Harris-Talley", ["harristalley", "harris", "talley"]),
        ("de la Cruz", ["delacruz", "cruz"]),
        ("van der Berg", ["vanderberg", "berg"]),
        ("O'Brien", ["obrien", "brien"]),
        ("Müller", ["muller", "mueller"]),
        ("Smith Jr.", ["smith"]),
        ("Le", ["le"]),
        ("de La", ["dela"]),
    ],
)
def test_family_names_come_with_their_variants(family: str, values: list[str]) -> None:
    assert values_of(parts_of("Ann", family), "FAMILY") == values


def test_umlauts_are_spelt_out_in_parts_too() -> None:
    found = values_of(parts_of("Ann", "Müller-Lüders"), "FAMILY")
    assert set(found) == {"mullerluders", "muellerlueders", "muller", "mueller", "luders", "lueders"}


def test_initials_are_middle_names() -> None:
    parts = parts_of("Charles R.", "Smith", middle="E")
    assert set(values_of(parts, "MIDDLE")) == {"e", "r"}
    assert values_of(parts, "GIVEN") == ["charlesr", "charles"]


def test_missing_names_are_read_from_the_full_name() -> None:
    parts = parts_of(full="Sen. Anna B. Schmidt (née Meier), PhD")
    assert set(parts) == {("GIVEN", "anna"), ("FAMILY", "schmidt"), ("MIDDLE", "b"), ("MAIDEN", "meier")}


def test_full_names_add_what_the_columns_lack() -> None:
    parts = parts_of("Edward", "James", full='Edward C. "Ted" James, II')
    assert set(parts) == {("GIVEN", "edward"), ("FAMILY", "james"), ("MIDDLE", "c"), ("NICKNAME", "ted")}
    parts = parts_of("Maria", "Lopez", full="Maria Lopez Garcia")
    assert parts["FAMILY", "garcia"] < parts["FAMILY", "lopez"] == 1
    assert not values_of(parts, "MIDDLE")


def test_a_full_name_that_repeats_the_columns_adds_nothing() -> None:
    assert parts_of("Ann", "Lee", full="Ann Lee") == parts_of("Ann", "Lee")
    assert parts_of("Zico", None, full="Zico") == {("GIVEN", "zico"): 1.0}
    assert parts_of(None, "Zico", full="Zico") == {("FAMILY", "zico"): 1.0}


def test_nicknames_are_listed_and_found_in_other_fields() -> None:
    parts = parts_of('Robert "Rob"', "Smith (Jones)", nickname="Bob; Bobby")
    assert {"bob", "bobby", "rob"} <= set(values_of(parts, "NICKNAME"))
    assert values_of(parts, "GIVEN") == ["robert"]
    assert values_of(parts, "FAMILY") == ["smith"]
    assert values_of(parts, "MAIDEN") == ["jones"]


def test_titles_in_the_given_name_are_no_names() -> None:
    assert values_of(parts_of("Dr. Ann", "Lee"), "GIVEN") == ["ann"]


def test_parts_are_in_order_and_distinct() -> None:
    given = pa.array(["Ann", "Jean-Paul", None, "Ann"])
    family = pa.array(["Lee", "Lee-Lee", None, "Müller"])
    none = pa.nulls(4)
    parts = customer_names(given, none, family, none, none)
    assert set(parts.row.tolist()) == {0, 1, 3}
    keys = list(zip(parts.row.tolist(), parts.kind.tolist(), (-parts.weight).tolist(), strict=True))
    assert keys == sorted(keys)
    triples = list(zip(parts.row.tolist(), parts.kind.tolist(), parts.value.to_pylist(), strict=True))
    assert len(set(triples)) == len(triples)
    assert (parts.row.dtype, parts.kind.dtype, parts.weight.dtype) == (np.int32, np.uint8, np.float32)


def test_no_customers_and_no_names() -> None:
    for count in (0, 3):
        none = [pa.nulls(count) for _ in range(5)]
        assert len(customer_names(*none)) == 0


def test_display_names_keep_their_titles() -> None:
    tokens = name_tokens_of_display(pa.array(["Sen. Pat O’Neil 🇺🇸", None, "Jean-Paul 'JP' Sartre"]))
    assert tokens.value.to_pylist() == ["sen", "pat", "oneil", "jean", "paul", "jp", "sartre"]
    assert tokens.row.tolist() == [0, 0, 0, 2, 2, 2, 2]
    assert tokens.position.tolist() == [0, 1, 2, 0, 1, 2, 3]
