"""Policies say who links for what, and refuse to be vague."""

from __future__ import annotations

import dataclasses

import pytest

from sociolink.errors import PolicyError
from sociolink.governance.policy import LAWFUL_BASES, Policy


def test_presets() -> None:
    assert Policy.research(who="lab").as_dict() == {"purpose": "research", "lawful_basis": "research", "who": "lab"}
    assert Policy.support(who="crm", lawful_basis="contract") == Policy.from_name(
        "support", who="crm", lawful_basis="contract"
    )
    assert Policy.from_name("research") == Policy.research()


def test_every_problem_is_named() -> None:
    with pytest.raises(PolicyError) as caught:
        Policy(purpose=" ", lawful_basis="because", who="x" * 300)
    assert all(word in str(caught.value) for word in ("purpose is empty", "lawful_basis must be one of", "who must be"))


@pytest.mark.parametrize("name", ["", "Research", "marketing"])
def test_unknown_presets(name: str) -> None:
    with pytest.raises(PolicyError, match="research, support"):
        Policy.from_name(name)


def test_support_needs_a_basis_and_somebody() -> None:
    for who, basis in (("", "contract"), ("crm", ""), ("crm", "research"), ("crm", "curiosity")):
        with pytest.raises(PolicyError):
            Policy.support(who=who, lawful_basis=basis)
    assert {Policy(purpose="p", lawful_basis=basis, who="w").lawful_basis for basis in LAWFUL_BASES} == set(
        LAWFUL_BASES
    )


def test_a_policy_is_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Policy.research(who="lab").who = "other"  # type: ignore[misc]
