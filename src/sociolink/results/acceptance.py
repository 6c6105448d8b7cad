"""Which links to make at a stated risk: the largest set whose expected share of false links is small enough."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sociolink.errors import InvalidParameterError
from sociolink.rendering.numbers import say_count, say_share

__all__ = ["Acceptance", "choose_links"]

_LEAST = 0.5


@dataclass(frozen=True, slots=True)
class Acceptance:
    """The risk at which links were accepted, and what stands behind it.

    Attributes:
        max_false: Largest share of false links that was asked for.
        confidence: Confidence that was asked for.
        certified: Whether audited links show it with that confidence; False where only the model says so.
        links: Links accepted.
        false_expected: False links among them, by the model's own probabilities.
        min_probability: Least probability among them; None where none is accepted.
    """

    max_false: float
    confidence: float
    certified: bool
    links: int
    false_expected: float
    min_probability: float | None

    @property
    def sentence(self) -> str:
        """What was accepted, and how far that can be trusted.

        Examples:
            >>> print(Acceptance(0.05, 0.95, False, 100, 3.21, 0.71).sentence)
            100 links accepted, 3.2 of them expected to be false (at most 5.0%). Not certified: ...
        """
        said = (
            f"{say_count(self.links)} links accepted, {say_count(float(self.false_expected))} of them expected to be "
            f"false (at most {say_share(self.max_false)})."
        )
        if self.certified:
            return said
        return (
            f"{said} Not certified: this rests on the model's own probabilities; labels of at least "
            f"{say_count(self.labels_needed)} of these links are needed to certify it with "
            f"{say_share(self.confidence)} confidence."
        )

    @property
    def labels_needed(self) -> int:
        """Audited links that bound the false share if all are right: log(1 - confidence) / log(1 - max_false)."""
        return int(np.ceil(np.log1p(-self.confidence) / np.log1p(-self.max_false) + 1e-9))


def choose_links(
    probability: npt.NDArray[np.float64], *, max_false: float, confidence: float
) -> tuple[npt.NDArray[np.bool_], Acceptance]:
    """The largest set of links, best first, whose mean stated error is small enough.

    Equals go together, and a link is likelier to be right than not.

    Args:
        probability: (n,) probability of each link.
        max_false: Largest share of false links, in (0, 1).
        confidence: With which that is to hold, in (0, 1).

    Returns:
        (n,) whether each link is accepted, and the account of it.

    Raises:
        InvalidParameterError: A parameter is out of range.

    Examples:
        >>> chosen, account = choose_links(np.array([0.99, 0.6, 0.95]), max_false=0.05, confidence=0.95)
        >>> chosen.tolist(), account.links
        ([True, False, True], 2)
    """
    for name, value in (("max_false", max_false), ("confidence", confidence)):
        if not 0 < value < 1:
            raise InvalidParameterError(f"{name} is {value}; it must lie between 0 and 1")
    falling = np.sort(probability)[::-1]
    mean_error = np.cumsum(1.0 - falling) / np.arange(1, len(falling) + 1)
    last_of_equals = np.append(falling[1:] != falling[:-1], True) if len(falling) else np.empty(0, np.bool_)
    fitting = np.flatnonzero(last_of_equals & (mean_error <= max_false) & (falling >= _LEAST))
    least = float(falling[fitting[-1]]) if len(fitting) else None
    chosen = np.zeros(len(probability), np.bool_) if least is None else probability >= least
    false_expected = float((1.0 - np.sort(probability[chosen])).sum())
    return chosen, Acceptance(max_false, confidence, False, int(chosen.sum()), false_expected, least)
