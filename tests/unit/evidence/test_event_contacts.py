"""E-mail addresses and telephone numbers in posts."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from event_tables import accounts, attached, event, post

from sociolink.evidence.contact import collect_reached
from sociolink.evidence.events.family import Events
from sociolink.testing.family_checks.trial import run_family

ANN = {"customer_id": "c0", "full_name": "A", "email": ["ann@mail.example"], "phone": ["+1 202-555-0143"]}
BOB = {"customer_id": "c1", "full_name": "B", "email": ["bob@mail.example"], "phone": ["06 12 34 56 78"]}
OTHERS = [
    {"customer_id": f"c{number}", "full_name": "C", "email": [f"x{number}@y{number}.example"]}
    for number in range(2, 40)
]
CUSTOMERS = pa.Table.from_pylist([ANN, BOB | {"country": "FR"}, *OTHERS])
SAID = ["ann@mail.example", "+12025550143"]
_, _, (PHONE,), (EMAIL,) = (
    one.key.tolist()
    for one in collect_reached(
        1, email=(np.zeros(1, np.int32), pa.array(SAID[:1])), phone=(np.zeros(1, np.int32), pa.array(SAID[1:]))
    )
)
HASHES = {EMAIL: SAID[0], PHONE: SAID[1]}
EVENTS = [event(1, "c1", product="Lamp", reference="AB-123456")]


def columns(text: str, **more: str) -> tuple[list[str], list[str]]:
    """Addresses and numbers of customers that the first of some profiles is found to write."""
    profiles = accounts("a", "b")
    if more:
        profiles = pa.Table.from_pylist([profiles.to_pylist()[0] | more, profiles.to_pylist()[1] | dict.fromkeys(more)])
    told, _ = attached([post(1, "a", text)], EVENTS, profiles=profiles, customers=CUSTOMERS)
    return tuple([HASHES[one] for one in told[name][0].as_py()] for name in ("_post_email", "_post_phone"))  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Write to ann@mail.example please", (["ann@mail.example"], [])),
        ("call me: +1 202 555 0143", ([], ["+12025550143"])),
        ("nobody@mail.example, +44 20 7946 0000", ([], [])),
        ("RT @b: ann@mail.example", ([], [])),
        ("order 12025550143", ([], [])),
    ],
)
def test_only_what_a_customer_has_is_kept(text: str, found: tuple[list[str], list[str]]) -> None:
    assert columns(text) == found


def test_what_the_profile_states_anyway_is_told_once() -> None:
    assert columns("ann@mail.example", bio="mail: Ann@mail.example") == ([], [])


def test_what_many_write_is_nobodys() -> None:
    names = [f"p{number}" for number in range(5)]
    posts = [post(number, name, "ask ann@mail.example") for number, name in enumerate(names)]
    told, _ = attached(posts, EVENTS, profiles=accounts(*names), customers=CUSTOMERS)
    assert told["_post_email"].to_pylist() == [[]] * 5


def test_an_address_in_a_post_points_at_its_customer() -> None:
    told, asked = attached(
        [post(1, "a", "I am ann@mail.example")], EVENTS, profiles=accounts("a", "b"), customers=CUSTOMERS
    )
    trial = run_family(Events(), asked, profiles=told, population=Events().learn(told, asked))
    assert trial.bits[0].argmax() == 0
    assert trial.bits[0, 0] > 8
    assert (trial.bits[1] == 0).all()
    keys = set(trial.profile_keys.key.tolist())
    met = [key in keys for key in trial.customer_keys.key.tolist()]
    assert 0 in trial.customer_keys.row[met].tolist()
    assert "e-mail" in Events().describe("email")
