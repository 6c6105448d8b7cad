"""Folding, checked against known spellings and a slow reference."""

# ruff: noqa: RUF001

import pyarrow as pa
import pytest

from sociolink.text.folding import MAX_FOLDED, fold, fold_variants, squash, transliterate


@pytest.mark.parametrize(
    ("value", "folded"),
    [
        ("  Jean   Dupont ", "jean dupont"),
        ("O’Brien", "o'brien"),
        ("O´Brien", "o'brien"),
        ("O`Brien", "o'brien"),
        ("ＪＯＨＮ", "john"),
        ("𝓙𝓸𝓱𝓷", "john"),
        ("Ⓙⓞⓗⓝ", "john"),
        ("Jоhn Ѕmith", "john smith"),
        ("Иван Жуков", "ivan zhukov"),
        ("Αlex", "alex"),
        ("Łódź", "lodz"),
        ("José", "jose"),
        ("Straße", "strasse"),
        ("李小龍", "lixiaolong"),
        ("Jean🎉Paul", "jean paul"),
        ("👩‍💻 Ann", "ann"),
        ("🇫🇷 Zoé ❤️", "zoe"),
        ("a\u200bb\u202ec\ufeff", "abc"),
        ("a\tb\r\nc\x07", "a b c"),
        ("Ç̷a̶ ̸v̷a", "ca va"),
        ("🎉", ""),
        ("", ""),
    ],
)
def test_fold_gives_the_ascii_spelling(value: str, folded: str) -> None:
    assert fold(pa.array([value])).to_pylist() == [folded]


def test_null_columns_of_any_type_fold_to_empty_strings() -> None:
    for kind in (pa.null(), pa.string(), pa.large_string(), pa.int64()):
        assert fold(pa.nulls(2, kind)).to_pylist() == ["", ""]


def test_sliced_chunked_and_dictionary_arrays_fold_like_plain_ones() -> None:
    values = pa.array(["Zoë", None, "Ann", "Zoë"])
    expected = ["", "ann", "zoe"]
    assert fold(values.slice(1)).to_pylist() == expected
    assert fold(pa.chunked_array([values.slice(1, 1), values.slice(2)])).to_pylist() == expected
    assert fold(values.dictionary_encode().slice(1)).to_pylist() == expected
    assert fold(pa.array([], pa.string())).to_pylist() == []


def test_transliterate_keeps_case() -> None:
    assert transliterate(pa.array(["ÉricMcDonald_é"])).to_pylist() == ["EricMcDonald_e"]


def test_squash_keeps_letters_and_digits_only() -> None:
    assert squash(pa.array(["Anne-Marie O'Neil 3rd!", "—"])).to_pylist() == ["anne" + "marieoneil3rd", ""]


def test_a_very_long_value_is_cut() -> None:
    assert fold(pa.array(["ab" * 50_000])).to_pylist() == ["ab" * (MAX_FOLDED // 2)]
    assert len(fold(pa.array(["ﷺ" * 50_000]))[0].as_py()) <= MAX_FOLDED


@pytest.mark.parametrize(
    ("value", "spellings"),
    [
        ("Jäger", ["jager", "jaeger"]),
        ("Sørensen", ["sorensen", "soerensen"]),
        ("Åse", ["ase", "aase", "ose"]),
        ("Müller-Groß", ["mullergross", "muellergross", "mullergros"]),
        ("Æther", ["aether", "ather"]),
        ("Peña", ["pena", "penya", "penna"]),
        ("Mu\u0308ller", ["muller", "mueller"]),
        ("Smith", ["smith"]),
        ("", [""]),
    ],
)
def test_fold_variants_lists_each_spelling_once_the_plain_one_first(value: str, spellings: list[str]) -> None:
    rows, values = fold_variants(pa.array(["x", value]))
    assert rows.tolist() == [0] + [1] * len(spellings)
    assert values.to_pylist()[1:] == spellings
