"""The default tuple of evidence families: adding a kind of evidence means naming it here."""

from __future__ import annotations

from typing import Final

from sociolink.evidence.name.family import Name
from sociolink.evidence.protocol import EvidenceFamily

__all__ = ["DEFAULT_EVIDENCE", "NOT_ABOUT_OWNER"]

DEFAULT_EVIDENCE: Final[tuple[EvidenceFamily, ...]] = (Name(),)

NOT_ABOUT_OWNER: Final = {"name": 0.02}
"""P(what a profile shows of a kind is about somebody else than its owner), by family; 0 where not listed."""
