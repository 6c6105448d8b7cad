"""One tree of errors; each says what is wrong, where, and what to do about it.

Messages hold column names, row ids, counts and classes of values, never personal data.
"""

from __future__ import annotations

from collections.abc import Sequence

__all__ = [
    "EngineError",
    "IndexFileError",
    "InputError",
    "InvalidParameterError",
    "ModelError",
    "NothingToLinkError",
    "OutputError",
    "PolicyError",
    "Problem",
    "SociolinkError",
]


class Problem:
    """One thing that is wrong with an input.

    Attributes:
        where: The table, column or parameter that is concerned.
        what: What is wrong, without personal data.
        remedy: What the user can do about it.
        rows: Ids or row numbers that are concerned (the first few).
    """

    __slots__ = ("remedy", "rows", "what", "where")

    def __init__(self, where: str, what: str, remedy: str, rows: Sequence[str | int] = ()) -> None:
        self.where = where
        self.what = what
        self.remedy = remedy
        self.rows = tuple(rows)

    def __str__(self) -> str:
        shown = ", ".join(str(row) for row in self.rows[:5])
        more = f" and {len(self.rows) - 5} more" if len(self.rows) > 5 else ""
        rows = f" (rows {shown}{more})" if self.rows else ""
        return f"{self.where}: {self.what}{rows}. {self.remedy}"

    def __repr__(self) -> str:
        return f"Problem({str(self)!r})"


class SociolinkError(Exception):
    """Base of every error that sociolink raises on purpose."""


class InputError(SociolinkError):
    """Tables, files or mappings that cannot be used; lists all problems together.

    Attributes:
        problems: Every problem found, in the order of the columns.
    """

    def __init__(self, problems: Problem | Sequence[Problem]) -> None:
        self.problems = (problems,) if isinstance(problems, Problem) else tuple(problems)
        lines = [str(problem) for problem in self.problems]
        super().__init__(lines[0] if len(lines) == 1 else "\n".join(f"- {line}" for line in lines))


class InvalidParameterError(SociolinkError, ValueError):
    """A parameter has a value outside its range; the message names it and the range."""


class PolicyError(SociolinkError):
    """What was asked is not allowed by the policy, or no policy was given."""


class ModelError(SociolinkError):
    """A model file that is damaged, newer than this version, or does not fit the evidence."""


class EngineError(SociolinkError):
    """The engine could not do its work; foreign errors are mapped to this at one seam."""


class IndexFileError(SociolinkError):
    """An index that is damaged, newer than this version, in use by another writer, or does not fit the evidence."""


class NothingToLinkError(SociolinkError):
    """The input is sound but holds nothing that could be linked."""

    @classmethod
    def without_rows(cls, table: str, *, to: str = "link") -> NothingToLinkError:
        """The error for a table that has no row which could be used.

        Examples:
            >>> print(NothingToLinkError.without_rows("customers"))  # doctest: +ELLIPSIS
            There is nothing to link: no usable rows in customers. It is empty, or all rows were set ...
        """
        why = "It is empty, or all rows were set aside: `sociolink check` or sociolink.check says why."
        return cls(f"There is nothing to {to}: no usable rows in {table}. {why}")


class OutputError(SociolinkError):
    """An output could not be written; nothing half-written was left behind."""
