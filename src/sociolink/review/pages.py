"""What the review server answers: its own page and orders of it, and nothing to anybody else."""

from __future__ import annotations

import hmac
import ipaddress
import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from sociolink.records.writers import write_table
from sociolink.rendering.assets import read_asset
from sociolink.rendering.card import card_style
from sociolink.review.session import ReviewSession

__all__ = ["MOST_BYTES", "Request", "Response", "Site"]

MOST_BYTES: Final = 1 << 16
"""Of an order."""

_PAGES: Final = {
    "": ("review.html", "text/html; charset=utf-8"),
    "page.js": ("page.js", "text/javascript; charset=utf-8"),
    "board.js": ("board.js", "text/javascript; charset=utf-8"),
    "review.css": ("review.css", "text/css; charset=utf-8"),
}
_EXPORTS: Final = {
    "labels.csv": "text/csv; charset=utf-8",
    "labels.jsonl": "application/x-ndjson",
    "labels.parquet": "application/vnd.apache.parquet",
}
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS: Final = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""On every answer. There is no CORS: other sites are not allowed to read any of it."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a browser asks.

    Attributes:
        method: GET, POST or another.
        path: Path and query as they came.
        headers: By name in lower case.
        body: At most `MOST_BYTES`.
    """

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Response:
    """What it gets.

    Attributes:
        status: HTTP status.
        body: The content.
        kind: Its media type.
        headers: More headers; `HEADERS` are on every answer.
    """

    status: int
    body: bytes = b""
    kind: str = "text/plain; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Site:
    """One review for those who know its token.

    Attributes:
        session: The review.
        token: The first part of every path; who does not know it gets nothing.
        host: The address that is served.
        port: Its port.
    """

    session: ReviewSession
    token: str
    host: str
    port: int

    def answer(self, request: Request) -> Response:
        """Answer a request; refuse whoever is not the page itself.

        The Host must be the address that is served, or a site elsewhere could point its own name here (DNS rebinding).
        Orders must be JSON and, where the browser says so, come from the page itself.
        """
        if not self._is_own_host(request.headers.get("host", "")):
            return _refuse(403, "This address is not served here.")
        token, slash, name = request.path.partition("?")[0].removeprefix("/").partition("/")
        if not slash or not hmac.compare_digest(token.encode(), self.token.encode()):
            return _refuse(403, "Open the address that sociolink review printed.")
        if request.method == "POST" and name == "answer":
            return self._take_order(request)
        if request.method != "GET":
            return _refuse(405, "Only GET, and orders.")
        return self._give(name)

    def _give(self, name: str) -> Response:
        if name in _PAGES:
            asset, kind = _PAGES[name]
            return Response(200, read_asset(asset, "review").encode(), kind)
        if name == "card.css":
            return Response(200, card_style().encode(), "text/css; charset=utf-8")
        if name in _EXPORTS:
            return Response(
                200, self._export(name), _EXPORTS[name], {"Content-Disposition": f'attachment; filename="{name}"'}
            )
        return _refuse(404, "There is no such page.")

    def _take_order(self, request: Request) -> Response:
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            return _refuse(415, "Orders are JSON.")
        origin, site = request.headers.get("origin"), request.headers.get("sec-fetch-site", "same-origin")
        if origin not in (None, f"http://{request.headers['host']}") or site != "same-origin":
            return _refuse(403, "Orders come from the page itself.")
        try:
            order = json.loads(request.body)
        except (ValueError, RecursionError):
            order = None
        if not isinstance(order, dict):
            return _refuse(400, "An order is one JSON object.")
        told = json.dumps(self.session.answer(order), ensure_ascii=False).encode("utf-8", "replace")
        return Response(200, told, "application/json; charset=utf-8")

    def _export(self, name: str) -> bytes:
        with tempfile.TemporaryDirectory() as folder:
            return write_table(self.session.export(), Path(folder) / name).read_bytes()

    def _is_own_host(self, host: str) -> bool:
        name, port = _split(host)
        if (80 if port is None else port) != self.port:
            return False
        if name in (self.host, "localhost", "127.0.0.1", "::1"):
            return True
        # a number cannot be rebound: it may name a served address only where all addresses are served
        return self.host in ("0.0.0.0", "::") and _is_number(name)


def _split(host: str) -> tuple[str, int | None]:
    """Name and port of a Host header; the brackets of IPv6 are taken off."""
    name, colon, port = host.rpartition(":")
    if not colon or host.endswith("]"):
        return host.strip("[]").lower(), None
    return name.strip("[]").lower(), int(port) if port.isascii() and port.isdigit() else -1


def _is_number(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _refuse(status: int, why: str) -> Response:
    return Response(status, f"{why}\n".encode())
