"""What accounts say they are, as evidence for nobody."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sociolink.evidence.nature import COMPONENTS, Nature
from sociolink.records.columns import Kind, arrow_schema
from sociolink.reference.account_signs import account_signs
from sociolink.scoring.weights import start_weights, sum_channel
from sociolink.testing.family_checks.trial import run_family

PEOPLE = [{"full_name": "Jane Doe", "kind": "person"}, {"full_name": "John Roe"}]
COMPANY = {"full_name": "Doe Rockets", "kind": "organisation"}
UNSAID = {"organisation": ["Roe Rockets"]}


def make_table(kind: Kind, rows: list[dict[str, Any]]) -> pa.Table:
    base = {} if kind == "customers" else {"platform": "twitter", "handle": "somebody"}
    numbered = [{f"{kind[:-1]}_id": str(number)} | base | row for number, row in enumerate(rows)]
    return pa.Table.from_pylist(numbered, schema=arrow_schema(kind))


def bits(customers: list[dict[str, Any]], profiles: list[dict[str, Any]]) -> np.ndarray:
    """(profiles, customers and everybody else) bits under the first guesses."""
    own, theirs = make_table("customers", customers), make_table("profiles", profiles)
    return run_family(Nature(), own, profiles=theirs, population={}).bits


@pytest.mark.parametrize("profile", [{"bio": "Parody"}, {"display_name": "Jane Doe Fans"}, {"handle": "JaneDoeFans"}])
def test_imitations_are_nobodys(profile: dict[str, Any]) -> None:
    assert bits([*PEOPLE, COMPANY], [profile])[0].tolist() == pytest.approx([-8.0] * 4)


def test_machines_are_seldom_somebodys() -> None:
    assert bits([*PEOPLE, COMPANY], [{"bio": "I am a bot"}])[0].tolist() == pytest.approx([-3.0] * 4)


def test_what_learning_finds_does_not_soften_an_imitation() -> None:
    """Fans bear the names of those they admire: learned from names, they would pass for owners."""
    own, theirs = make_table("customers", PEOPLE), make_table("profiles", [{"bio": "Parody"}])
    (channel,) = run_family(Nature(), own, profiles=theirs, population={}).channels
    random = np.random.default_rng(5)

    for _ in range(5):
        weights = start_weights(channel.group, random.random(len(channel.components)) + 0.01)
        assert sum_channel(channel, weights).bits.tolist() == pytest.approx([-8.0] * 3)


def test_organisations_speak_against_people_and_for_organisations() -> None:
    found = bits([*PEOPLE, COMPANY, UNSAID], [{"bio": "We are a library. Follow us!"}, {"bio": "he/him"}, {"bio": "?"}])

    assert (found[0, :2] < -1).all()
    assert (found[0, 2:4] > 2).all()
    assert (found[1, :2] > 0).all()
    assert (found[1, 2:4] < -1).all()
    assert (np.abs(found[2, :2]) < 0.1).all()


def test_everybody_else_is_the_mean_of_the_customers() -> None:
    found = bits([*PEOPLE, COMPANY], [{"bio": "We are a library"}, {"bio": "Parody"}, {"bio": "my cat"}])

    assert np.log2((2.0 ** found[:, :3]).mean(1)) == pytest.approx(found[:, 3], abs=1e-5)


_PHRASES = sorted({phrase.removeprefix("^") for found in account_signs().values() for phrase in found})
_TEXT = st.one_of(st.just(""), st.sampled_from(_PHRASES), st.text(max_size=20))


@given(st.lists(st.tuples(_TEXT, _TEXT), min_size=1, max_size=5))
def test_all_people_get_the_same_bits_and_no_text_says_nothing(rows: list[tuple[str, str]]) -> None:
    profiles = [{"bio": bio or None, "display_name": name or None} for bio, name in rows]

    found = bits([*PEOPLE, {"given_name": "Ann", "organisation": ["Acme"]}], profiles)

    assert (found == found[:, :1]).all()
    assert ((found >= -8) & (found < 3)).all()
    assert all((row == 0).all() for row, (bio, name) in zip(found, rows, strict=True) if not bio and not name)


@given(st.lists(st.sampled_from(["Parody", "I am a bot", "We are us", "my cat", "?", ""]), min_size=1, max_size=5))
def test_bits_are_the_formula(bios: list[str]) -> None:
    """(1 - u) m / s + u for learned levels, m and s the shares among the customer's kind and among strangers."""
    own, theirs = make_table("customers", [*PEOPLE, COMPANY]), make_table("profiles", [{"bio": one} for one in bios])
    (channel,) = run_family(Nature(), own, profiles=theirs, population={}).channels
    weights = start_weights(channel.group, np.random.default_rng(3).random(len(channel.components)) + 0.01)
    share = dict(zip(channel.components, weights.tolist(), strict=True))
    level = {"Parody": "imitation", "I am a bot": "automated", "We are us": "organisation", "my cat": "person"}
    wanted = []
    for bio in bios:
        said = level.get(bio, "plain")
        for of_company in (0.0, 0.0, 1.0, 1 / 3):
            if bio == "":
                ratio = 1.0
            elif said in ("imitation", "automated"):
                ratio = 2.0**-8 if said == "imitation" else 2.0**-3
            else:
                kinds = ((1 - of_company, "person"), (of_company, "organisation"))
                m = sum(part * share[f"{kind}_bio_{said}"] for part, kind in kinds)
                ratio = 0.875 * m / share[f"stranger_bio_{said}"] + 0.125
            wanted.append(np.log2(ratio))

    assert sum_channel(channel, weights).bits == pytest.approx(wanted, abs=1e-9)


def test_every_component_has_a_phrase() -> None:
    for one in COMPONENTS:
        assert Nature().describe("_".join(one)).startswith("the ")
