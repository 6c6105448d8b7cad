"""Nickname pairs: folded, distinct, in several languages."""

from __future__ import annotations

import re

import pytest

from sociolink.reference.facts import nickname_pairs

PAIRS = list(zip(*(side.to_pylist() for side in nickname_pairs()), strict=True))


def test_pairs_are_folded_distinct_and_never_reflexive() -> None:
    assert len(PAIRS) == len(set(PAIRS)) > 3000
    assert all(
        re.fullmatch("[a-z]+", formal) and re.fullmatch("[a-z]+", nick) and formal != nick for formal, nick in PAIRS
    )


@pytest.mark.parametrize(
    "pair",
    [
        ("elizabeth", "liz"),
        ("william", "bill"),
        ("jeanpierre", "jp"),
        ("francisco", "paco"),
        ("wolfgang", "wolfi"),
        ("giuseppe", "beppe"),
        ("salvatore", "toto"),
        ("aleksandr", "sasha"),
    ],
)
def test_pair_is_known(pair: tuple[str, str]) -> None:
    assert pair in PAIRS
