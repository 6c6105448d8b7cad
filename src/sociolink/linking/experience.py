"""What populations with known owners taught: the shipped default model, and others trained like it."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sociolink.errors import ModelError
from sociolink.records.writers import write_bytes
from sociolink.scoring.weights import Correction

__all__ = ["FORMAT", "DefaultModel", "shipped_default"]

FORMAT = 1
"""Version of the file; older ones are read for ever, newer ones are refused."""

_SHIPPED = Path(__file__).parents[1] / "reference" / "data" / "default_model.json"


@dataclass(frozen=True, slots=True)
class DefaultModel:
    """Where learning starts from: what EM cannot learn without known owners.

    Attributes:
        other: For each family P(what a profile shows of this kind is not about its owner).
        lookalike: For each family P(a stranger shows what a random customer would show, beyond chance).
        corrections: For each family how much its bits count.
        learned_from: Names of the populations.
        left_out: Names of the populations that it must not have seen, because it is to be judged on them.
    """

    other: Mapping[str, float]
    lookalike: Mapping[str, float]
    corrections: Mapping[str, Correction]
    learned_from: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "format": FORMAT,
            "kind": "sociolink.default",
            "other": dict(self.other),
            "lookalike": dict(self.lookalike),
            "corrections": {
                family: [one.for_customer, one.against_customer] for family, one in self.corrections.items()
            },
            "learned_from": list(self.learned_from),
            "left_out": list(self.left_out),
        }

    @staticmethod
    def from_dict(data: Mapping[str, Any]) -> DefaultModel:
        """The default model of `to_dict`.

        Raises:
            ModelError: It is none, is damaged, or was written by a newer version.
        """
        if data.get("kind") != "sociolink.default":
            raise ModelError("This is not a default model. Make one with benchmarks/train_default.py.")
        version = data.get("format")
        if not isinstance(version, int) or version > FORMAT:
            raise ModelError(f"The default model has format {version}; this version reads up to {FORMAT}.")
        try:
            corrections = {family: Correction(float(a), float(b)) for family, (a, b) in data["corrections"].items()}
            other, lookalike = (
                {family: float(share) for family, share in data[name].items()} for name in ("other", "lookalike")
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ModelError(f"The default model is damaged ({type(error).__name__}). Make it again.") from error
        shares = [*other.values(), *lookalike.values()]
        slopes = [end for one in corrections.values() for end in (one.for_customer, one.against_customer)]
        if not all(0 <= share < 1 for share in shares) or not all(0 < slope <= 2 for slope in slopes):
            raise ModelError("The default model is damaged: shares lie in [0, 1), corrections in (0, 2].")
        return DefaultModel(
            other, lookalike, corrections, tuple(data.get("learned_from", ())), tuple(data.get("left_out", ()))
        )

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write it as JSON.

        Raises:
            OutputError: The file cannot be written.
        """
        write_bytes((json.dumps(self.to_dict(), indent=1) + "\n").encode(), path)

    @staticmethod
    def load(path: str | os.PathLike[str]) -> DefaultModel:
        """Read a default model.

        Raises:
            ModelError: The file cannot be read, is no default model, is damaged, or is newer than this version.
        """
        try:
            data = json.loads(Path(path).read_text("utf-8"))
        except OSError as error:
            raise ModelError(f"The default model {Path(path).name} cannot be read: {error.strerror}.") from error
        except ValueError as error:
            raise ModelError(f"The default model {Path(path).name} is not JSON.") from error
        if not isinstance(data, dict):
            raise ModelError(f"{Path(path).name} is not a default model.")
        return DefaultModel.from_dict(data)


@cache
def shipped_default() -> DefaultModel:
    """The default model that comes with this version; `docs/model-card.md` says what it was learned from."""
    return DefaultModel.load(_SHIPPED)
