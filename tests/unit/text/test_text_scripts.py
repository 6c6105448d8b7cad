"""Texts are of the script of most of their letters."""

# ruff: noqa: RUF001
from __future__ import annotations

import pyarrow as pa
import pytest

from sociolink.text.scripts import SCRIPTS, find_scripts

TEXTS = {
    "Æsa Ñandú": "latin",
    "Ольга": "cyrillic",
    "Νίκος": "greek",
    "محمد علي": "arabic",
    "דוד": "hebrew",
    "राम कुमार": "devanagari",
    "রহিম": "bengali",
    "தமிழ்": "tamil",
    "สมชาย": "thai",
    "王伟": "han",
    "さくら": "kana",
    "김철수": "hangul",
    "Արամ": "armenian",
    "გიორგი": "georgian",
    "សុខ": "other",
    "𝓙𝓸𝓱𝓷": "latin",
    "Ｊｏｈｎ": "latin",
    "王 (Wei Wang)": "latin",
    "😀 42": None,
    "": None,
}


@pytest.mark.parametrize("text", TEXTS)
def test_script(text: str) -> None:
    assert find_scripts(pa.array([text])).to_pylist() == [TEXTS[text]]


def test_every_script_is_tried() -> None:
    assert set(TEXTS.values()) == {*SCRIPTS, "other", None}


def test_arrays_of_any_kind() -> None:
    values = pa.chunked_array([["a", None], [], ["ж", "a"]])
    assert find_scripts(values).to_pylist() == ["latin", None, "cyrillic", "latin"]
    assert find_scripts(pa.array([], pa.string())).to_pylist() == []
    assert find_scripts(pa.nulls(2)).to_pylist() == [None, None]
    long = pa.array(["я" + "a" * 300 + "я" * 1000])
    assert find_scripts(long).to_pylist() == ["latin"]
