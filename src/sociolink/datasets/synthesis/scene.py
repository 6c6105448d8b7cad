"""What there is to write about, and who writes."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from sociolink.datasets.synthesis.accounts import Accounts
from sociolink.datasets.synthesis.events import Events
from sociolink.datasets.synthesis.incidents import Incidents
from sociolink.datasets.synthesis.references import Numbering
from sociolink.datasets.synthesis.wording import Wording

__all__ = ["Scene"]


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """All that posts are made from.

    Attributes:
        wording: How people read.
        accounts: The accounts that write.
        events: What customers did.
        references: (events,) reference numbers.
        numberings: The numbers of each kind of event.
        incidents: Outages and launches.
        email: (people,) e-mail addresses.
    """

    wording: Wording
    accounts: Accounts
    events: Events
    references: pa.Array
    numberings: tuple[Numbering, ...]
    incidents: Incidents
    email: pa.Array
