"""One line of a stream as a post with its author, or the reason why it is none."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from sociolink.evidence.events.records import NO_TIME
from sociolink.records.columns import Column, table_spec
from sociolink.records.mapping import Header, propose_mapping
from sociolink.records.mapping import Mapping as ColumnMapping
from sociolink.records.scalars import RejectedValueError, ascii_lower, platform_of_address, read_list, read_scalar
from sociolink.streams.lines import Line

__all__ = ["AUTHOR", "Post", "PostReader", "Rejection", "digest", "read_mapping"]

_OF_POST = ("created_at", "language")
"""Columns that posts and profiles both have; in a post they are the post's."""

_FLEETING = ("followers",)
"""Other with every post, and evidence of nothing: an author would never show what was seen before."""

AUTHOR = tuple(column for column in table_spec("profiles").columns if column.name not in (*_OF_POST, *_FLEETING))
"""What a post says about its author: the columns of profiles."""

_NEEDED = ("post_id", "platform", "handle")
_STRICT = (*_NEEDED, "consent")
"""A bad value here sets the post aside; elsewhere only itself."""

_SAID = ("text", "created_at", "place", "kind")
"""What a post says, when and where."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DEPTH = 5
_DIGEST_BYTES = 10


def digest(text: str) -> str:
    """Twenty hexadecimal digits that stand for a text.

    Examples:
        >>> digest("p1") == digest("p1"), len(digest("p1"))
        (True, 20)
    """
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_DIGEST_BYTES).hexdigest()


@dataclass(frozen=True, slots=True)
class Post:
    """A post and its author.

    Attributes:
        post_id: The post.
        author: What is known of the author: canonical columns of profiles with their values, nulls left out.
        refused: Whether the author refused consent.
        text: The text, where it was asked for.
        place: Where it was written; "" where that is not known.
        at: When, in seconds; `NO_TIME` where that is not known.
        repeats: Whether it is a repost.
    """

    post_id: str
    author: Mapping[str, Any]
    refused: bool = False
    text: str = ""
    place: str = ""
    at: int = NO_TIME
    repeats: bool = False

    @property
    def profile_id(self) -> str:
        """The author's profile."""
        return str(self.author["profile_id"])

    @property
    def shown(self) -> str:
        """Digest of all that is known of the author; changes when the profile does."""
        return digest(json.dumps(self.author, sort_keys=True))


@dataclass(frozen=True, slots=True)
class Rejection:
    """What was set aside.

    Attributes:
        line: Number of the line, from 1.
        post_id: The post, where that could be read.
        column: The column concerned; None for the whole line.
        reason: Why, in the words of `records.rejects`.
        severity: "row" where the post was set aside, "field" where only the value was.
    """

    line: int
    post_id: str | None
    column: str | None
    reason: str
    severity: str = "row"

    def to_json(self) -> str:
        """As one line of JSON."""
        return json.dumps({name: getattr(self, name) for name in Rejection.__slots__}, ensure_ascii=False)


class PostReader:
    """Reads lines as `read_table` reads a table of posts, each by itself.

    Args:
        mapping: Column mapping, where columns are not canonical; its sections posts and profiles count.
        also: Other columns that evidence asks for; they are kept as they are.
        texts: Whether what posts say is asked for, and when and where.

    Examples:
        >>> line = Line(1, 0, b'{"post_id": "1", "platform": "Twitter", "screen_name": "@JSmith84"}')
        >>> PostReader().read(line)[0].profile_id
        'x:jsmith84'
    """

    def __init__(
        self, mapping: ColumnMapping | None = None, *, also: Collection[str] = (), texts: bool = False
    ) -> None:
        stated = ColumnMapping() if mapping is None else mapping
        self._stated = {**stated.columns("profiles"), **stated.columns("posts")}
        self._also = tuple(also)
        names = ("post_id", *_SAID) if texts else ("post_id",)
        self._columns = (*(table_spec("posts").column(name) for name in names), *AUTHOR)
        self._chosen = lru_cache(maxsize=1024)(self._choose)

    def read(self, line: Line) -> tuple[Post | None, tuple[Rejection, ...]]:
        """The post of a line, if it is one, and what was set aside. An empty line is neither."""
        if isinstance(line.data, bytes) and not line.data.strip():
            return None, ()
        try:
            values = _flatten(_load(line))
        except RejectedValueError as error:
            return None, (Rejection(line.number, None, None, str(error)),)
        read, wrong = self._values(values)
        post_id = read.pop("post_id", None)
        said = {name: read.pop(name, None) for name in _SAID}
        for name in _NEEDED:
            if name not in wrong and (post_id if name == "post_id" else read.get(name)) is None:
                wrong[name] = "missing" if name == "post_id" else "no author"
        aside = any(name in wrong for name in _STRICT)
        found = tuple(
            Rejection(line.number, post_id, name, reason, "row" if name in _STRICT else "field")
            for name, reason in wrong.items()
        )
        if aside:
            return None, found
        refused = read.get("consent") is False
        read.setdefault("profile_id", f"{read['platform']}:{ascii_lower(read['handle'])}")
        read.update({name: values[name] for name in self._also if values.get(name) is not None})
        text, created_at, place, kind = (said[name] for name in _SAID)
        at = NO_TIME if created_at is None else (created_at - _EPOCH) // timedelta(seconds=1)
        return Post(str(post_id), read, refused, text or "", place or "", at, kind == "repost"), found

    def _values(self, values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
        """What the columns hold, and what is wrong with those that hold something bad."""
        chosen = self._chosen(tuple(values))
        read: dict[str, Any] = {}
        wrong: dict[str, str] = {}
        for column in sorted(self._columns, key=lambda one: one.name != "platform"):
            for header in chosen.get(column.name, ()):
                try:
                    value = _read(column, header.value or values.get(header.name), read.get("platform"))
                except RejectedValueError as error:
                    wrong[column.name] = str(error)
                    break
                if value is not None:
                    read[column.name] = value
                    break
            if column.name == "platform" and "platform" not in read:
                address = next((values.get(one.name) for one in chosen.get("handle", ())), None)
                if (known := platform_of_address(address)) is not None:
                    read["platform"] = known
        return read, wrong

    def _choose(self, names: tuple[str, ...]) -> dict[str, tuple[Header, ...]]:
        """The headers of each column, for a line with these names: stated, else of the same name, else surely known."""
        claimed = {header.name for headers in self._stated.values() for header in headers}
        out: dict[str, tuple[Header, ...]] = {}
        guesses = propose_mapping(names, "posts")
        for column in self._columns:
            sure = tuple(one.header for one in guesses if one.sure and one.canonical == column.name)
            if column.name in self._stated:
                out[column.name] = self._stated[column.name]
            elif column.name in names and column.name not in claimed:
                out[column.name] = (Header(column.name),)
            else:
                out[column.name] = tuple(header for header in sure if header.name not in claimed)
        return out


def read_mapping(stated: Any) -> ColumnMapping | None:
    """A mapping as it is given: a `Mapping`, a dict, the path of a TOML file, or None.

    Raises:
        InputError: The file cannot be read, or a table or column in it does not exist.

    Examples:
        >>> read_mapping({"handle": "nick"}).columns("posts")["handle"][0].name
        'nick'
    """
    if stated is None or isinstance(stated, ColumnMapping):
        return stated
    if isinstance(stated, Mapping):
        return ColumnMapping.from_dict(stated, kind="posts")
    return ColumnMapping.from_toml(os.fspath(stated))


def _read(column: Column, value: object, platform: str | None) -> Any:
    return read_list(column, value) if column.multi else read_scalar(column, value, platform=platform)


def _load(line: Line) -> Mapping[str, Any]:
    """The object of a line."""
    if line.data is None:
        raise RejectedValueError("too long")
    if isinstance(line.data, Mapping):
        return line.data
    data = line.data.removeprefix(b"\xef\xbb\xbf") if line.number == 1 else line.data
    try:
        found = json.loads(data.decode("utf-8"))
    except UnicodeDecodeError:
        raise RejectedValueError("not valid UTF-8") from None
    except (ValueError, RecursionError):
        raise RejectedValueError("unreadable JSON") from None
    if not isinstance(found, dict):
        raise RejectedValueError("unreadable JSON")
    return found


def _flatten(values: Mapping[str, Any], prefix: str = "", depth: int = 0) -> dict[str, Any]:
    """Nested names joined by dots."""
    out: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, Mapping) and depth < _DEPTH:
            out.update(_flatten(value, f"{prefix}{name}.", depth + 1))
        else:
            out[f"{prefix}{name}"] = value
    return out
