"""A fitted model: how people make handles and how often owners are customers; it holds no person."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sociolink.errors import ModelError
from sociolink.records.writers import write_bytes
from sociolink.results.model_overview import draw_model, say_model

if TYPE_CHECKING:
    from sociolink.results.plots import ModelPlots

__all__ = ["FORMAT", "Coverage", "LinkModel"]

FORMAT = 2
"""Version of the model file; older ones are read for ever, newer ones are refused."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """A share of profiles, with a 95% interval.

    Attributes:
        value: The estimate.
        low: Lower end.
        high: Upper end.
    """

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.1%} ({self.low:.1%} to {self.high:.1%})"


def _is_share(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1


def _are_shares(value: Any) -> bool:
    return isinstance(value, dict) and all(_is_share(share) for share in value.values())


def _is_coverage(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 3 and all(_is_share(end) for end in value)


def _are_corrections(value: Any) -> bool:
    pairs = value.values() if isinstance(value, dict) else [None]
    return all(
        isinstance(pair, list | tuple)
        and len(pair) == 2
        and all(isinstance(end, int | float) and end > 0 for end in pair)
        for pair in pairs
    )


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


_SHAPES: Final[tuple[tuple[str, str, Callable[[Any], bool]], ...]] = (
    ("families", "a list of names", lambda value: isinstance(value, list) and all(isinstance(x, str) for x in value)),
    (
        "population",
        "a table for each family",
        lambda value: isinstance(value, dict) and all(isinstance(x, dict) for x in value.values()),
    ),
    (
        "weights",
        "weights from 0 to 1 for each channel",
        lambda value: isinstance(value, dict) and all(_are_shares(x) for x in value.values()),
    ),
    ("other", "a share for each family", _are_shares),
    ("lookalike", "a share for each family", _are_shares),
    ("coverage", "three shares", _is_coverage),
    ("findable", "three shares", _is_coverage),
    ("profiles", "a number", _is_count),
    ("customers", "a number", _is_count),
    ("rounds", "a number", _is_count),
    ("converged", "true or false", lambda value: isinstance(value, bool)),
    ("corrections", "two numbers for each family", _are_corrections),
)
"""What each part of a model file must be."""


def _digest(content: Mapping[str, Any]) -> str:
    text = json.dumps(content, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True, repr=False)
class LinkModel:
    """What `fit` learned; a plain value that is saved as JSON.

    Attributes:
        families: Names of the evidence families, in order.
        population: For each family what it learned about strangers and customers.
        weights: For each channel the weight of every component.
        other: For each family P(what is shown of this kind is not about the owner).
        lookalike: For each family P(a stranger looks like a customer beyond chance).
        coverage: pi, share of profiles whose owner is in the CRM at all.
        findable: Share of profiles whose owner is in the CRM and can be proposed.
        profiles: Number of profiles it was fitted on.
        customers: Number of customers it was fitted on.
        rounds: Rounds of EM.
        converged: Whether EM came to rest.
        corrections: For each family how much a bit for and a bit against a customer counts; as it is where not listed.

    Examples:
        >>> some = Coverage(0.3, 0.2, 0.4)
        >>> model = LinkModel(("name",), {"name": {}}, {}, {}, {}, some, some, 9, 9, 1, True)
        >>> LinkModel.from_dict(model.to_dict()) == model
        True
    """

    families: tuple[str, ...]
    population: Mapping[str, Mapping[str, Any]]
    weights: Mapping[str, Mapping[str, float]]
    other: Mapping[str, float]
    lookalike: Mapping[str, float]
    coverage: Coverage
    findable: Coverage
    profiles: int
    customers: int
    rounds: int
    converged: bool
    corrections: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    @property
    def model_id(self) -> str:
        """Sixteen hexadecimal digits that change with the content."""
        return _digest(self.to_dict())

    @property
    def plots(self) -> ModelPlots:
        """Pictures of the model; they need the extra `plots`."""
        from sociolink.results.plots import ModelPlots

        return ModelPlots(self)

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        out: dict[str, Any] = {"format": FORMAT, "kind": "sociolink.model"}
        for name in self.__slots__:
            value = getattr(self, name)
            out[name] = [value.value, value.low, value.high] if isinstance(value, Coverage) else value
        out["corrections"] = {family: list(pair) for family, pair in self.corrections.items()}
        out["families"] = list(self.families)
        return out

    @staticmethod
    def from_dict(data: Mapping[str, Any]) -> LinkModel:
        """The model of `to_dict`.

        Raises:
            ModelError: It is no model, is damaged, or was written by a newer version.
        """
        if data.get("kind") != "sociolink.model":
            raise ModelError("This is not a sociolink model. Save one with LinkModel.save or --save-model.")
        version = data.get("format")
        if not isinstance(version, int) or version > FORMAT:
            raise ModelError(f"The model has format {version}; this version reads up to {FORMAT}. Update sociolink.")
        saved = _digest({name: value for name, value in data.items() if name != "model_id"})
        if data.get("model_id", saved) != saved:
            raise ModelError("The model is damaged: what it says is not what was saved. Fit it again.")
        data = {"corrections": {}, **data}
        problems = [f"{name} is missing" for name in LinkModel.__slots__ if name not in data]
        problems += [f"{name} is not {what}" for name, what, good in _SHAPES if name in data and not good(data[name])]
        if problems:
            raise ModelError(f"The model is damaged: {', '.join(problems)}. Fit it again.")
        values = {name: data[name] for name in LinkModel.__slots__}
        values["families"] = tuple(values["families"])
        values["corrections"] = {family: (float(a), float(b)) for family, (a, b) in values["corrections"].items()}
        for name in ("coverage", "findable"):
            values[name] = Coverage(*(float(value) for value in values[name]))
        return LinkModel(**values)

    def save(self, path: str | Path) -> None:
        """Write the model as JSON.

        Raises:
            OutputError: The file cannot be written; nothing half-written is left behind.
        """
        write_bytes(json.dumps({**self.to_dict(), "model_id": self.model_id}, indent=1).encode(), path)

    @staticmethod
    def load(path: str | Path) -> LinkModel:
        """Read a model.

        Raises:
            ModelError: The file cannot be read, is no model, is damaged, or is newer than this version.
        """
        try:
            data = json.loads(Path(path).read_text("utf-8"))
        except OSError as error:
            raise ModelError(f"The model {Path(path).name} cannot be read: {error.strerror}.") from error
        except ValueError as error:
            raise ModelError(f"The model {Path(path).name} is not JSON; it may be damaged. Fit it again.") from error
        if not isinstance(data, dict):
            raise ModelError(f"The model {Path(path).name} is not a sociolink model.")
        return LinkModel.from_dict(data)

    def __repr__(self) -> str:
        return say_model(self)

    def _repr_html_(self) -> str:
        return draw_model(self)
