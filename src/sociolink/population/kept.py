"""What follows from one frozen value alone, made once and kept."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar

__all__ = ["keep_made"]

Value = TypeVar("Value")
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


def keep_made(make: Callable[[Value], Made]) -> Callable[[Value], Made]:
    """Let a function of one frozen value remember what it made of the last sixteen.

    Args:
        make: The function; its value must never change afterwards, and must hold no person.

    Returns:
        The same function.

    Examples:
        >>> sizes = []
        >>> count = keep_made(lambda words: sizes.append(len(words)) or len(words))
        >>> words = {"a": 1.0}
        >>> count(words), count(words), sizes
        (1, 1, [1])
    """
    kept = lru_cache(maxsize=16)(lambda same: make(same.value))
    return lambda value: kept(_Same(value))
