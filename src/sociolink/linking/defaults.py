"""The default tuple of evidence families: adding a kind of evidence means naming it here."""

from __future__ import annotations

from typing import Final

from sociolink.evidence.account import Account
from sociolink.evidence.birth import Birth
from sociolink.evidence.contact import Contact
from sociolink.evidence.employer import Employer
from sociolink.evidence.name.family import Name
from sociolink.evidence.nature import Nature
from sociolink.evidence.place import Place
from sociolink.evidence.protocol import EvidenceFamily

__all__ = ["DEFAULT_EVIDENCE"]

DEFAULT_EVIDENCE: Final[tuple[EvidenceFamily, ...]] = (
    Name(),
    Contact(),
    Account(),
    Place(),
    Employer(),
    Birth(),
    Nature(),
)
