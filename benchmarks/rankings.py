"""Top answers of several worlds as one ranking: recall at 95% precision and what is claimed, with intervals."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sociolink.evaluation.answers import Answers

__all__ = ["Ranking"]

Flags = npt.NDArray[np.bool_]
_RESAMPLES, _ERROR = 400, 0.05


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """Top answers of some profiles, surest first.

    Attributes:
        top: What each claims.
        right: Whether it is right.
        owned: Whether the profile is a customer's.
        owner: Number of the owner.
    """

    top: npt.NDArray[np.float64]
    right: Flags
    owned: Flags
    owner: npt.NDArray[np.int64]

    @classmethod
    def of(cls, worlds: Iterable[tuple[Answers, Flags]]) -> Ranking:
        """The answers of several worlds together."""
        parts, before = [], 0
        for answers, kept in worlds:
            parts.append(
                (answers.top[kept], answers.right[kept], answers.is_customer[kept], answers.owner[kept] + before)
            )
            before += int(answers.owner.max()) + 1
        top, right, owned, owner = (np.concatenate(column) for column in zip(*parts, strict=True))
        order = np.argsort(-top, kind="stable")
        return cls(top[order], right[order], owned[order], np.unique(owner[order], return_inverse=True)[1])

    def measures(self, times: npt.NDArray[np.int64]) -> tuple[float, float, float]:
        """Recall at 95% precision, precision and recall of the largest head with a mean stated error of 5%."""
        links, right = np.cumsum(times), np.cumsum(times * self.right)
        owned = max(int((times * self.owned).sum()), 1)
        last = np.append(self.top[1:] != self.top[:-1], True) & (self.top > 0) & (links > 0)
        good = last & (right >= 0.95 * links)
        stated = np.cumsum(times * (1 - self.top)) / np.maximum(links, 1)
        within = np.flatnonzero((stated <= _ERROR) & (self.top > 0) & (links > 0))
        recall = right[good].max(initial=0) / owned
        if not len(within):
            return float(recall), float("nan"), 0.0
        head = within[-1]
        return float(recall), float(right[head] / links[head]), float(right[head] / owned)

    def measure(self) -> dict[str, Any]:
        """The measures with 95% intervals; owners are drawn with all their profiles."""
        rng, owners = np.random.default_rng(0), int(self.owner.max()) + 1
        drawn = [
            self.measures(np.bincount(rng.integers(0, owners, owners), minlength=owners)[self.owner])
            for _ in range(_RESAMPLES)
        ]
        found = self.measures(np.ones(len(self.top), np.int64))
        names = ("recall_at_p95", "claim95_precision", "claim95_recall")
        out: dict[str, Any] = {"profiles": len(self.top), "owned": int(self.owned.sum())}
        for name, value, many in zip(names, found, np.array(drawn).T, strict=True):
            known = many[~np.isnan(many)]
            ends = np.quantile(known, [0.025, 0.975]).round(4).tolist() if len(known) else None
            out[name] = None if np.isnan(value) else round(value, 4)
            out[f"{name}_interval"] = ends
        return out
