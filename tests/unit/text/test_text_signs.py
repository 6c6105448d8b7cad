"""What profiles say of themselves."""

from __future__ import annotations

import re
from functools import cache

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sociolink.reference.account_signs import SIGNS, account_signs
from sociolink.text.folding import fold
from sociolink.text.signs import NO_SIGN, read_signs


def say(*, bio: str = "", name: str = "", handle: str = "somebody") -> tuple[str | None, str | None]:
    signs = read_signs(pa.array([bio]), pa.array([name]), pa.array([handle]))
    text, of_handle = int(signs.text[0]), int(signs.handle[0])
    return (None if text == NO_SIGN else SIGNS[text]), (None if of_handle == NO_SIGN else SIGNS[of_handle])


@pytest.mark.parametrize(
    ("bio", "sign"),
    [
        ("PARODY account. Not affiliated with anyone.", "imitation"),
        ("Compte parodique", "imitation"),
        ("Inoffizieller Fan-Account", "imitation"),
        ("Cuenta de fans de Juana", "imitation"),
        ("Perfil de fãs", "imitation"),
        ("Profilo non ufficiale", "imitation"),
        ("Football fan, father of two", "person"),
        ("Huge fan of good coffee", None),
        ("I'm a bot. Beep boop.", "automated"),
        ("Ich bin ein Bot", "automated"),
        ("Compte automatisé", "automated"),
        ("I'm not a bot", "person"),
        ("Ce n'est pas une parodie", None),
        ("I write bots", "person"),
        ("We're hiring! Follow us for news", "organisation"),
        ("Wir sind ein kleiner Verlag", "organisation"),
        ("Nous sommes une librairie", "organisation"),
        ("Síguenos", "organisation"),
        ("Siamo una libreria", "organisation"),
        ("Atendimento ao cliente: 9h-17h", "organisation"),
        ("Founder. We're hiring, views my own", None),
        ("she/her, views mine", "person"),
        ("Mes propos n'engagent que moi", "person"),
        ("Hier privat", "person"),
        ("Maths, tea, mountains", None),
        ("", None),
    ],
)
def test_bios(bio: str, sign: str | None) -> None:
    assert say(bio=bio)[0] == sign


@pytest.mark.parametrize(
    ("name", "sign"),
    [
        ("Jane Doe Fans", "imitation"),
        ("Jane Doe (Parodie)", "imitation"),
        ("Not Jane Doe", "imitation"),
        ("Forget me not", None),
        ("News Bot", "automated"),
        ("Doe & Söhne GmbH", "organisation"),
        ("Musée de Nulle Part", "organisation"),
        ("Jane Doe (she/her)", "person"),
        ("Jane Doe", None),
        ("Robotham Botha", None),
        ("Jane Doe, my own words", None),
    ],
)
def test_display_names(name: str, sign: str | None) -> None:
    assert say(name=name)[0] == sign


@pytest.mark.parametrize(
    ("handle", "sign"),
    [
        ("JaneDoeFans", "imitation"),
        ("jane_doe_fans", "imitation"),
        ("janedoeparody", "imitation"),
        ("janedoefanclub2", "imitation"),
        ("FakeJaneDoe", "imitation"),
        ("stefans", None),
        ("jfakenham", None),
        ("talbot", None),
        ("janedoe", None),
    ],
)
def test_handles(handle: str, sign: str | None) -> None:
    assert say(handle=handle)[1] == sign


@cache
def plain_words(text: str) -> str:
    return " ".join(re.findall("[a-z0-9]+", fold(pa.array([text]))[0].as_py()))


def slow_sign(bio: str, name: str) -> int:
    """The same by plain regular expressions, without what is denied."""
    found = []
    for sign in SIGNS:
        hit = False
        for place, text in (("bio", bio), ("name", name)):
            words = plain_words(text)
            for phrase in account_signs().get((sign, place), ()):
                plain = plain_words(phrase)
                start = (
                    f" {words} ".startswith(f" {plain} ") if phrase.startswith("^") else f" {plain} " in f" {words} "
                )
                hit |= start
        found.append(hit)
    imitation, automated, organisation, person = found
    if imitation:
        return 0
    if automated:
        return 1
    return NO_SIGN if organisation == person else 2 if organisation else 3


_PIECES = sorted({phrase.removeprefix("^") for found in account_signs().values() for phrase in found})
_TEXTS = st.lists(
    st.one_of(st.sampled_from(_PIECES), st.text(st.characters(categories=("L", "P")), max_size=6)), max_size=4
).map(" ".join)


@given(st.lists(st.tuples(_TEXTS, _TEXTS), max_size=4))
def test_the_fast_way_reads_what_the_slow_way_reads(rows: list[tuple[str, str]]) -> None:
    denials = {"not", "no", "pas", "kein", "keine", "nicht", "non", "nao", "never"}
    plain = [row for row in rows if not denials & set(fold(pa.array([" ".join(row)]))[0].as_py().split())]
    bios, names = (pa.array([row[side] for row in plain], pa.string()) for side in (0, 1))

    signs = read_signs(bios, names, pa.array(["x"] * len(plain), pa.string()))

    assert signs.text.tolist() == [slow_sign(bio, name) for bio, name in plain]
    assert np.array_equal(signs.has_bio, [bio != "" for bio, _ in plain])


def test_no_profiles() -> None:
    none = pa.array([], pa.string())

    assert len(read_signs(none, none, none).text) == 0
