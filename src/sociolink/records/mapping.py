"""Which of a source's columns feeds which canonical column: stated by the user, known, or only guessed."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from collections.abc import Mapping as MappingType
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz, process

from sociolink.errors import InputError, Problem
from sociolink.records.aliases import find_service, fold_header, header_aliases, platform_of_header
from sociolink.records.columns import KINDS, table_spec

__all__ = ["Header", "Mapping", "Proposal", "likeliest_headers", "propose_mapping"]

_LEAST_LIKENESS = 75.0


@dataclass(frozen=True, slots=True)
class Header:
    """One column of a source, or a constant.

    Attributes:
        name: The source's name of the column; empty for a constant.
        prefix: Platform to put before each value, for a customer's handles.
        value: The constant.
    """

    name: str
    prefix: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A guess which column feeds a canonical one.

    Attributes:
        canonical: The canonical column.
        header: The source's column.
        confidence: How sure, from 0 to 1.
        reason: Why, in words.
        sure: Applied without asking, where no mapping says otherwise.
    """

    canonical: str
    header: Header
    confidence: float
    reason: str
    sure: bool


@dataclass(frozen=True, slots=True)
class Mapping:
    """Columns of sources for canonical columns, per table.

    Attributes:
        entries: (table, canonical column, its headers; none to leave it empty).
    """

    entries: tuple[tuple[str, str, tuple[Header, ...]], ...] = ()

    def columns(self, kind: str) -> dict[str, tuple[Header, ...]]:
        """The headers of each canonical column of one table.

        Args:
            kind: One of `KINDS`.

        Examples:
            >>> Mapping.from_dict({"truth": {"profile_id": "Account"}}).columns("truth")["profile_id"][0].name
            'Account'
        """
        return {canonical: headers for table, canonical, headers in self.entries if table == kind}

    def as_dict(self) -> dict[str, dict[str, Any]]:
        """The mapping as `from_dict` takes it.

        Examples:
            >>> Mapping.from_dict({"truth": {"profile_id": ["A", "B"]}}).as_dict()
            {'truth': {'profile_id': ['A', 'B']}}
        """
        result: dict[str, dict[str, Any]] = {}
        for table, canonical, headers in self.entries:
            result.setdefault(table, {})[canonical] = _written(headers)
        return result

    @classmethod
    def from_dict(cls, stated: MappingType[str, Any], *, kind: str | None = None) -> Mapping:
        """Take a mapping as written in a dict.

        Args:
            stated: `{"customers": {"given_name": "First"}}`, or only `{"given_name": "First"}` for the table `kind`. A
                column may name several headers in a list, platforms with headers (`handles = {x = "Twitter"}`), a
                constant (`platform = {value = "x"}`), or "" for none.
            kind: Table that a dict without sections is about.

        Raises:
            InputError: A table or column does not exist; lists all of them.

        Examples:
            >>> Mapping.from_dict({"given_name": "Prénom"}, kind="customers").as_dict()
            {'customers': {'given_name': 'Prénom'}}
        """
        sections = (
            stated if all(isinstance(v, MappingType) and k in KINDS for k, v in stated.items()) else {kind: stated}
        )
        entries: list[tuple[str, str, tuple[Header, ...]]] = []
        problems: list[Problem] = []
        for table, columns in sections.items():
            if table not in KINDS or not isinstance(columns, MappingType):
                what = "a mapping needs a section for each table"
                problems.append(Problem("mapping", what, f"Tables are {', '.join(KINDS)}."))
                continue
            for canonical, value in columns.items():
                headers = _headers(value)
                if canonical not in table_spec(table).names:
                    near = ", ".join(_nearest(str(canonical), table_spec(table).names))
                    remedy = f"Columns are named canonical = 'your header'; the nearest canonical names are {near}."
                    problems.append(Problem(f"mapping.{table}", f"there is no column {canonical!r}", remedy))
                elif headers is None:
                    remedy = "Give a header, a list of headers, {platform = header}, {value = constant} or ''."
                    problems.append(Problem(f"mapping.{table}.{canonical}", "not a header", remedy))
                else:
                    entries.append((str(table), str(canonical), headers))
        if problems:
            raise InputError(problems)
        return cls(tuple(entries))

    @classmethod
    def from_toml(cls, path: str | Path) -> Mapping:
        """Read a mapping from a TOML file with a section for each table.

        Args:
            path: The file.

        Raises:
            InputError: The file cannot be read, or a table or column in it does not exist.
        """
        name = Path(path).name
        try:
            stated = tomllib.loads(Path(path).read_text(encoding="utf-8-sig"))
        except OSError as error:
            raise InputError(Problem(name, f"cannot be opened ({error.strerror})", "Check the path.")) from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError):
            raise InputError(
                Problem(name, "is not TOML", "Write [customers] and lines such as email = 'E-Mail'.")
            ) from None
        return cls.from_dict(stated)


def propose_mapping(column_names: Sequence[str], kind: str) -> tuple[Proposal, ...]:
    """Guess which columns of a source feed the canonical columns that it lacks.

    Args:
        column_names: The source's columns.
        kind: One of `KINDS`.

    Returns:
        Guesses in canonical order; sure ones rest on a known header, the others on likeness of names only.

    Examples:
        >>> [(p.canonical, p.header.name, p.sure) for p in propose_mapping(["customer_id", "FirstName"], "customers")]
        [('given_name', 'FirstName', True)]
    """
    spec = table_spec(kind)
    service = find_service(column_names, kind)
    special = dict(service.aliases) if service else {}
    free = {name: fold_header(name) for name in column_names if name not in spec.names}
    guesses: dict[str, list[Proposal]] = {}
    taken: set[str] = set()

    def propose(canonical: str, header: Header, confidence: float, reason: str, sure: bool) -> None:
        guesses.setdefault(canonical, []).append(Proposal(canonical, header, confidence, reason, sure))
        taken.add(header.name)

    for canonical, aliases in special.items():
        if canonical in column_names and spec.columns[0].name in column_names:
            continue  # the table is in canonical form already
        for name in _with_folded(column_names, aliases):
            if name not in taken:
                propose(canonical, Header(name), 0.97, f"header of a {service.name if service else ''}", True)
        if [guess.header.name for guess in guesses.get(canonical, ())] == [canonical]:
            del guesses[canonical]
    for column in spec.columns:
        if column.name in column_names or column.name in guesses or special.get(column.name) == ():
            continue  # it is there, or found, or the service has nothing of the kind whatever its headers say
        known = (fold_header(column.name), *header_aliases(kind).get(column.name, ()))
        for name in _with_folded([n for n in free if n not in taken and n not in spec.names], known):
            same = free[name] == fold_header(column.name)
            reason = "the same name, written differently" if same else "a known header"
            propose(column.name, Header(name), 0.99 if same else 0.95, reason, True)
            if not column.multi:
                break
    if kind == "customers" and "handles" not in column_names:
        for name in [n for n in free if n not in taken and platform_of_header(n)]:
            propose("handles", Header(name, platform_of_header(name)), 0.95, "accounts on one platform", True)
    for column in spec.columns:
        if column.name in column_names or column.name in guesses or special.get(column.name) == ():
            continue  # it is there, or found, or the service has nothing of the kind whatever its headers say
        for name, likeness in _alike(column.name, kind, [n for n in free if n not in taken]):
            propose(column.name, Header(name), round(0.8 * likeness / 100, 2), "a similar name", False)
            break
    return tuple(guess for column in spec.columns for guess in guesses.get(column.name, ()))


def likeliest_headers(canonical: str, kind: str, column_names: Iterable[str]) -> list[str]:
    """The columns of a source that are most likely meant by a missing canonical one.

    Args:
        canonical: The missing column.
        kind: One of `KINDS`.
        column_names: The columns there are.

    Examples:
        >>> likeliest_headers("handle", "profiles", ["usrname", "day"])
        ['usrname']
    """
    return [name for name, _ in _alike(canonical, kind, list(column_names))][:3]


def _alike(canonical: str, kind: str, names: Sequence[str]) -> list[tuple[str, float]]:
    known = (fold_header(canonical), *(alias for alias in header_aliases(kind).get(canonical, ()) if len(alias) > 2))
    scored = []
    for name in names:
        best = process.extractOne(fold_header(name), known, scorer=fuzz.ratio)
        if best is not None and best[1] >= _LEAST_LIKENESS:
            scored.append((name, float(best[1])))
    return sorted(scored, key=lambda pair: (-pair[1], pair[0]))


def _nearest(name: str, names: Sequence[str]) -> list[str]:
    return [found for found, _, _ in process.extract(name, names, scorer=fuzz.ratio, limit=3)]


def _with_folded(names: Sequence[str], folded: Sequence[str]) -> list[str]:
    """Names whose folding is among those, in the order of the foldings."""
    rank = {alias: place for place, alias in reversed(list(enumerate(folded)))}
    found = [name for name in names if fold_header(name) in rank]
    return sorted(found, key=lambda name: rank[fold_header(name)])


def _headers(value: Any) -> tuple[Header, ...] | None:
    if isinstance(value, str):
        return (Header(value),) if value else ()
    if isinstance(value, MappingType):
        if set(value) == {"value"}:
            return (Header("", value=str(value["value"])),)
        if all(isinstance(header, str) for header in value.values()):
            return tuple(Header(header, prefix=str(platform)) for platform, header in value.items())
        return None
    if isinstance(value, (list, tuple)) and all(isinstance(header, str) for header in value):
        return tuple(Header(header) for header in value)
    return None


def _written(headers: tuple[Header, ...]) -> Any:
    if len(headers) == 1 and headers[0].value:
        return {"value": headers[0].value}
    if headers and all(header.prefix for header in headers):
        return {header.prefix: header.name for header in headers}
    names = [header.name for header in headers]
    return names[0] if len(names) == 1 else names or ""
