"""One string counts once: where an account is known, its handle says nothing besides."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from sociolink.evidence.protocol import Denominator, Mixture
from sociolink.evidence.settled import silence_settled
from sociolink.linking.link import link

NAMES = ["Wilhelmina Farquharson", "Bartholomew Okonkwo", "Anneliese Zimmermann", "Ingeborg Quist", "Teodoro Vasquez"]


def channel(name: str, *, about: str = "", settles: dict[str, list[bool]] | None = None) -> Mixture:
    """A channel with an entry for each of four pairs."""
    four = np.arange(4, dtype=np.int32)
    below = Denominator(four, four, np.zeros(4, np.int32), np.ones(4), np.zeros(4, np.int32))
    flags = {kind: np.array(pairs, np.bool_) for kind, pairs in (settles or {}).items()}
    zero = np.zeros(1, np.int32)
    component = np.zeros(4, np.int32)
    return Mixture(name, ("a",), zero, four, component, np.arange(4) + 1.0, 4, below, about, flags)


def test_what_is_settled_is_passed_over() -> None:
    families = {
        "account": (channel("account", settles={"handle": [False, True, False, True]}),),
        "name": (channel("name.handle", about="handle"), channel("name.display", about="display")),
        "badge": (channel("badge", settles={"handle": [True, False, False, False], "shoe": [True] * 4}),),
    }
    found = silence_settled(families)
    handle, display = found["name"]
    assert handle.pair.tolist() == [2]
    assert handle.likelihood.tolist() == [3.0]
    assert handle.denominator is not None
    assert handle.denominator.of_pair.tolist() == [-1, -1, 2, -1]
    assert display is families["name"][1]
    assert found["account"][0].pair.tolist() == [0, 1, 2, 3]
    assert not any(one.settles for own in found.values() for one in own)


def test_nothing_settled_changes_nothing() -> None:
    families = {"account": (channel("account", settles={"handle": [False] * 4}),), "name": (channel("name.handle"),)}
    found = silence_settled(families)
    assert found["name"][0] is families["name"][0]
    assert found["account"][0].pair.tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("handles", "shown", "both"),
    [
        ("github:wilhelminafarquharson", None, False),
        ("github:wilhelminafarquharson", "Wilhelmina Farquharson", True),
        ("https://github.com/wilhelminafarquharson", None, False),
        ("mastodon:wilhelminafarquharson", None, True),
    ],
)
def test_a_known_account_is_one_fact(handles: str, shown: str | None, both: bool) -> None:
    """The account speaks, the handle does not; a display name, and the handle elsewhere, do."""
    customers = pa.table(
        {
            "customer_id": [f"c{number}" for number in range(len(NAMES))],
            "full_name": NAMES,
            "handles": pa.array([[handles], ["github:bokonkwo"], [], [], ["mastodon:tv"]], pa.list_(pa.string())),
        }
    )
    profiles = pa.table(
        {
            "profile_id": ["p0", "p1", "p2"],
            "platform": ["github"] * 3,
            "handle": ["wilhelminafarquharson", "annelieseZ", "xx_q7"],
            "display_name": pa.array([shown, None, None], pa.string()),
        }
    )
    best = link(profiles, customers, policy="research").table.to_pylist()[0]
    assert best["customer_id"] == "c0"
    assert bool(best["bits_account"]) is (not handles.startswith("mastodon"))
    assert bool(best["bits_name"]) is both
    assert best["probability"] > 0.5
