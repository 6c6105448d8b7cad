"""Tokens, leet and drawn-out letters."""

import pyarrow as pa
import pytest

from sociolink.text.tokens import collapse_repeats, leet, tokenise


def test_tokens_are_runs_of_letters_and_digits() -> None:
    tokens = tokenise(pa.array(["Anne-Marie  O'Noël", "", None, "-x2-"]))
    assert tokens.row.tolist() == [0, 0, 0, 0, 3]
    assert tokens.value.to_pylist() == ["anne", "marie", "o", "noel", "x2"]
    assert tokens.position.tolist() == [0, 1, 2, 3, 0]


def test_words_of_neighbouring_values_do_not_run_together() -> None:
    assert tokenise(pa.array(["ab", "cd"])).value.to_pylist() == ["ab", "cd"]
    assert len(tokenise(pa.array([], pa.string()))) == 0


@pytest.mark.parametrize(
    ("value", "readings"),
    [
        ("j0hn", ["john"]),
        ("5am_8", ["sam8"]),
        ("ann1e", ["annie", "annle"]),
        ("mik3", ["mike"]),
        ("l33t1984", ["leet1984"]),
        ("1984", []),
        ("ann84", []),
        ("", []),
    ],
)
def test_leet_reads_digits_as_letters(value: str, readings: list[str]) -> None:
    rows, values = leet(pa.array(["plain", value]))
    assert values.to_pylist() == readings
    assert rows.tolist() == [1] * len(readings)


@pytest.mark.parametrize(
    ("value", "readings"),
    [
        ("jooohn", ["john", "joohn"]),
        ("annnna", ["ana", "anna"]),
        ("anna", []),
        ("x2000", []),
        ("heyyy yyou", ["heyou", "heyyou"]),
    ],
)
def test_drawn_out_letters_stand_once_or_twice(value: str, readings: list[str]) -> None:
    rows, values = collapse_repeats(pa.array(["aa", value]))
    assert values.to_pylist() == readings
    assert rows.tolist() == [1] * len(readings)
