"""What follows from one frozen value alone, made once and kept."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any, TypeVar

__all__ = ["keep_made"]

Made = TypeVar("Made")


class _Same:
    """A value known by being the same object, however large it is."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __hash__(self) -> int:
        return id(self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.value is self.value


def keep_made(make: Callable[..., Made]) -> Callable[..., Made]:
    """Let a function of one frozen value, and perhaps of others, remember what it made last.

    Tuples among the others are known by being the same object too, the rest by what they are: to hash a long tuple
    takes longer than to look up what was made of it.

    Args:
        make: The function; its first value must never change afterwards, and must hold no person.

    Returns:
        The same function; it remembers the last 64.

    Examples:
        >>> sizes = []
        >>> count = keep_made(lambda words: sizes.append(len(words)) or len(words))
        >>> words = {"a": 1.0}
        >>> count(words), count(words), sizes
        (1, 1, [1])
    """
    kept = lru_cache(maxsize=64)(
        lambda same, *others: make(same.value, *(one.value if isinstance(one, _Same) else one for one in others))
    )

    @wraps(make)
    def remember(value: Any, *others: Any) -> Made:
        return kept(_Same(value), *(_Same(one) if isinstance(one, tuple) else one for one in others))

    return remember
