"""All that was found for one profile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from sociolink.rendering.card import answers_grid, card_html
from sociolink.rendering.card_data import CardData
from sociolink.rendering.grid import Grid, tame
from sociolink.results.explanation import Explanation

__all__ = ["Answer"]


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """All that was found for one profile.

    Attributes:
        profile_id: The profile.
        table: Its rows of the links, best first.
        explanation: Of the best customer.
    """

    profile_id: str
    table: pa.Table
    explanation: Explanation

    @property
    def sentence(self) -> str:
        """The best answer and why, in a few sentences."""
        return self.explanation.sentence

    def card(
        self, *, profile: Mapping[str, object] | None = None, customer: Mapping[str, object] | None = None
    ) -> CardData:
        """What `rendering.card` draws; see `Explanation.card`."""
        return self.explanation.card(profile=profile, customer=customer)

    def grid(self) -> Grid:
        """Every answer with its probability."""
        return answers_grid(self.explanation.posterior)

    def to_pandas(self) -> Any:
        """The rows as a pandas frame."""
        return self.table.to_pandas()

    def __str__(self) -> str:
        return f"{tame(self.sentence)}\n\n{self.grid().text()}"

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        return card_html(self.card(), styled=True)
