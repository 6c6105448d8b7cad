"""The server over a real socket."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Callable, Iterator

import pytest

from sociolink.errors import InvalidParameterError, OutputError
from sociolink.review.pages import HEADERS, MOST_BYTES
from sociolink.review.server import ReviewServer, make_server
from sociolink.review.session import ReviewSession

Open = Callable[..., ReviewSession]


@pytest.fixture
def server(open_review: Open) -> Iterator[ReviewServer]:
    made = make_server(open_review())
    threading.Thread(target=made.serve_forever, daemon=True).start()
    yield made
    made.shutdown()
    made.server_close()


def ask(
    server: ReviewServer, method: str, path: str, body: bytes | None = None, **headers: str
) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", server.site.port, timeout=20)
    connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
    reply = connection.getresponse()
    told = reply.status, dict(reply.getheaders()), reply.read()
    connection.close()
    return told


def test_it_is_bound_to_this_machine_under_a_secret(server: ReviewServer, open_review: Open) -> None:
    other = make_server(open_review())
    other.server_close()

    assert server.server_address[0] == "127.0.0.1"
    assert server.url == f"http://127.0.0.1:{server.site.port}/{server.site.token}/"
    assert len(server.site.token) >= 40
    assert other.site.token != server.site.token


def test_every_answer_has_the_headers(server: ReviewServer) -> None:
    for method, path in (("GET", f"/{server.site.token}/"), ("GET", "/"), ("POST", "/")):
        _, headers, _ = ask(server, method, path, b"" if method == "POST" else None)
        assert headers["Server"] == "sociolink"
        assert HEADERS.items() <= headers.items()


def test_orders_go_through(server: ReviewServer, capsys: pytest.CaptureFixture[str]) -> None:
    path = f"/{server.site.token}/answer"

    status, _, body = ask(server, "POST", path, b'{"do": "show"}', Content_Type="application/json")

    assert (status, json.loads(body)["total"]) == (200, 20)
    assert capsys.readouterr() == ("", "")


def test_orders_have_an_end(server: ReviewServer) -> None:
    path = f"/{server.site.token}/answer"

    assert ask(server, "POST", path, b"x" * (MOST_BYTES + 1), Content_Type="application/json")[0] == 413
    connection = http.client.HTTPConnection("127.0.0.1", server.site.port, timeout=20)
    connection.putrequest("POST", path)
    connection.endheaders()
    assert connection.getresponse().status == 411


def test_there_is_no_other_method(server: ReviewServer) -> None:
    for method in ("PUT", "DELETE", "OPTIONS", "TRACE"):
        status, headers, _ = ask(server, method, f"/{server.site.token}/")
        assert status == 501
        assert not [name for name in headers if name.lower().startswith("access-control")]


def test_a_mistake_tells_its_kind_only(
    server: ReviewServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("Jane Doe")

    monkeypatch.setattr(ReviewSession, "answer", fail)
    status, _, body = ask(server, "POST", f"/{server.site.token}/answer", b"{}", Content_Type="application/json")

    assert status == 500
    told = capsys.readouterr().err + body.decode()
    assert "RuntimeError" in told
    assert "Jane" not in told


def test_a_port_that_is_taken_is_said(server: ReviewServer, open_review: Open) -> None:
    with pytest.raises(OutputError, match="cannot be served"):
        make_server(open_review(), host="203.0.113.1")
    with pytest.raises(InvalidParameterError, match="port"):
        make_server(open_review(), port=70_000)
