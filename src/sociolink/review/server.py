"""The review server: the standard library's, on this machine only unless another address is asked for."""

from __future__ import annotations

import ipaddress
import secrets
import socket
import sys
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from sociolink.errors import InvalidParameterError, OutputError
from sociolink.review.pages import HEADERS, MOST_BYTES, Request, Response, Site
from sociolink.review.session import ReviewSession

__all__ = ["ReviewServer", "is_loopback", "make_server"]

_TIMEOUT_SECONDS: Final = 60


class ReviewServer(ThreadingHTTPServer):
    """Serves one review; `site` is what it answers."""

    daemon_threads = True
    site: Site

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Nothing: a browser that goes away in the middle is no mistake."""

    @property
    def url(self) -> str:
        """The address to open; whoever knows it may review."""
        host = f"[{self.site.host}]" if ":" in self.site.host else self.site.host
        return f"http://{host}:{self.site.port}/{self.site.token}/"


class _Handler(BaseHTTPRequestHandler):
    server: ReviewServer
    timeout = _TIMEOUT_SECONDS

    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isascii() or not length.isdigit():
            self._send(Response(411, b"How long is it?\n"))
        elif int(length) > MOST_BYTES:
            self._send(Response(413, b"Too long.\n"))
        else:
            self._answer(self.rfile.read(int(length)))

    def _answer(self, body: bytes) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            response = self.server.site.answer(Request(self.command, self.path, headers, body))
        except Exception as error:  # its message may hold personal data
            print(f"sociolink: a mistake inside sociolink ({type(error).__name__})", file=sys.stderr)
            response = Response(500, b"A mistake inside sociolink.\n")
        self._send(response)

    def _send(self, response: Response) -> None:
        self.send_response(response.status)
        told = {"Content-Type": response.kind, "Content-Length": str(len(response.body))}
        for name, value in {**told, **HEADERS, **response.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(response.body)

    def version_string(self) -> str:
        return "sociolink"

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: addresses hold the token."""


def make_server(
    session: ReviewSession,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    token: Callable[[], str] = lambda: secrets.token_urlsafe(32),
) -> ReviewServer:
    """A server that is bound and has yet to be run with `serve_forever`.

    Args:
        session: The review.
        host: Address to serve. Any but a loopback address lets others see the people in the review.
        port: Port; 0 for any that is free.
        token: Makes the secret in the address.

    Raises:
        InvalidParameterError: The port is out of range.
        OutputError: The address cannot be served.
    """
    if not 0 <= port <= 65535:
        raise InvalidParameterError(f"port is {port}; it must lie between 0 and 65535")
    kind = type("_Server", (ReviewServer,), {"address_family": socket.AF_INET6 if ":" in host else socket.AF_INET})
    try:
        server: ReviewServer = kind((host, port), _Handler)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise OutputError(f"{host}:{port} cannot be served ({reason}). Choose another port or address.") from None
    server.site = Site(session, token(), host.lower(), int(server.server_address[1]))
    return server


def is_loopback(host: str) -> bool:
    """Whether an address can be reached from this machine only.

    Examples:
        >>> is_loopback("127.0.0.1"), is_loopback("localhost"), is_loopback("0.0.0.0")
        (True, True, False)
    """
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
