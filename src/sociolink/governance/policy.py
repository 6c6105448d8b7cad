"""Under which rules people are linked: purpose, lawful basis, and who answers for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sociolink.errors import PolicyError

__all__ = ["LAWFUL_BASES", "Policy", "may_answer"]

LAWFUL_BASES = (
    "consent",
    "contract",
    "legal_obligation",
    "vital_interests",
    "public_task",
    "legitimate_interests",
    "research",
)
"""The grounds that a policy can rest on: Article 6 of the GDPR, and research on public, synthetic or consented data."""

_PRESETS = ("research", "support")
_MOST_CHARS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What linking is done for; stamped into every output.

    Attributes:
        purpose: What the links are for, in a word or a sentence.
        lawful_basis: One of `LAWFUL_BASES`.
        who: Team or person who answers for it.

    Raises:
        PolicyError: A field is empty or too long, or the basis is not one of the list; all are named together.

    Examples:
        >>> Policy.support(who="crm-data", lawful_basis="contract").purpose
        'support'
    """

    purpose: str
    lawful_basis: str
    who: str

    def __post_init__(self) -> None:
        problems = []
        for name in ("purpose", "lawful_basis", "who"):
            value = getattr(self, name)
            if not isinstance(value, str) or not value.strip():
                problems.append(f"{name} is empty: say {_ASKS[name]}")
            elif len(value) > _MOST_CHARS or not value.isprintable():
                problems.append(f"{name} must be one line of at most {_MOST_CHARS} characters")
        if isinstance(self.lawful_basis, str) and self.lawful_basis.strip() and self.lawful_basis not in LAWFUL_BASES:
            problems.append(f"lawful_basis must be one of {', '.join(LAWFUL_BASES)}")
        if problems:
            raise PolicyError("policy: " + "; ".join(problems))

    @classmethod
    def research(cls, *, who: str = "unnamed researcher") -> Policy:
        """Research on public figures, or on synthetic or consented data.

        Args:
            who: Team or person who answers for it.

        Examples:
            >>> Policy.research(who="lab").lawful_basis
            'research'
        """
        return cls(purpose="research", lawful_basis="research", who=who)

    @classmethod
    def support(cls, *, who: str, lawful_basis: str) -> Policy:
        """Answering customers who write in public.

        Args:
            who: Team or person who answers for it.
            lawful_basis: One of `LAWFUL_BASES`; "research" does not carry support.

        Raises:
            PolicyError: The basis does not carry support, or a field is empty.

        Examples:
            >>> Policy.support(who="crm-data", lawful_basis="contract").who
            'crm-data'
        """
        if lawful_basis == "research":
            raise PolicyError(
                "policy: support of customers cannot rest on research; name the basis, such as 'contract'"
            )
        return cls(purpose="support", lawful_basis=lawful_basis, who=who)

    @classmethod
    def from_name(cls, name: str, *, who: str = "", lawful_basis: str = "") -> Policy:
        """The preset of that name, for the command line.

        Args:
            name: "research" or "support".
            who: Team or person who answers for it.
            lawful_basis: For "support".

        Raises:
            PolicyError: There is no such preset, or it needs more.

        Examples:
            >>> Policy.from_name("research").purpose
            'research'
        """
        if name == "research":
            return cls.research(who=who) if who else cls.research()
        if name == "support":
            return cls.support(who=who, lawful_basis=lawful_basis)
        raise PolicyError(f"there is no policy {name!r}; presets are {', '.join(_PRESETS)}")

    def as_dict(self) -> dict[str, Any]:
        """The policy as plain values, for files.

        Examples:
            >>> sorted(Policy.research(who="lab").as_dict())
            ['lawful_basis', 'purpose', 'who']
        """
        return {"purpose": self.purpose, "lawful_basis": self.lawful_basis, "who": self.who}


def may_answer(policy: Mapping[str, Any]) -> bool:
    """Whether people may be written to for this purpose: research reads what people say and does not answer them.

    Args:
        policy: As plain values; where it names no basis, nothing allows it.

    Examples:
        >>> may_answer(Policy.support(who="crm-data", lawful_basis="contract").as_dict())
        True
        >>> may_answer(Policy.research().as_dict()), may_answer({})
        (False, False)
    """
    basis = policy.get("lawful_basis")
    return basis in LAWFUL_BASES and "research" not in (basis, policy.get("purpose"))


_ASKS = {
    "purpose": "what the links are for",
    "lawful_basis": f"one of {', '.join(LAWFUL_BASES)}",
    "who": "which team or person answers for it",
}
