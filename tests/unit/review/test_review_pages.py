"""Who is let in, and what the server says to whom."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sociolink.rendering.assets import read_asset
from sociolink.review.pages import HEADERS, Request, Site
from sociolink.review.session import ReviewSession

Open = Callable[..., ReviewSession]
TOKEN = "t0ken"
HOST = {"host": "127.0.0.1:8000"}
JSON = {**HOST, "content-type": "application/json"}
SHOW = json.dumps({"do": "show"}).encode()


@pytest.fixture
def site(open_review: Open) -> Site:
    return Site(open_review(), TOKEN, "127.0.0.1", 8000)


def get(site: Site, path: str, **headers: str) -> Any:
    return site.answer(Request("GET", path, {**HOST, **headers}))


def post(site: Site, body: bytes = SHOW, path: str = f"/{TOKEN}/answer", **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return site.answer(Request("POST", path, {**JSON, **named}, body))


@pytest.mark.parametrize("name", ["", "page.js", "board.js", "review.css", "card.css"])
def test_the_page_and_its_parts_are_given(site: Site, name: str) -> None:
    reply = get(site, f"/{TOKEN}/{name}")

    assert reply.status == 200
    assert reply.body
    assert reply.kind.split(";")[0] in ("text/html", "text/javascript", "text/css")


@pytest.mark.parametrize(
    "path", ["/", "", f"/{TOKEN}", "/other/", f"/{TOKEN}x/", f"/x{TOKEN}/", f"//{TOKEN}/", "/é/", f"/?{TOKEN}/"]
)
def test_without_the_token_nothing_is_given(site: Site, path: str) -> None:
    assert get(site, path).status == 403
    assert site.answer(Request("POST", f"{path}answer", JSON, SHOW)).status == 403


@pytest.mark.parametrize(
    "host",
    [
        "",
        "evil.example",
        "evil.example:8000",
        "127.0.0.1:8001",
        "127.0.0.1",
        "127.0.0.1.evil.example:8000",
        "127.0.0.1:8000:8000",
        "10.0.0.1:8000",
        "127.0.0.1:",
    ],
)
def test_another_host_is_refused(site: Site, host: str) -> None:
    """DNS rebinding: a foreign name that leads to this machine."""
    assert get(site, f"/{TOKEN}/", host=host).status == 403
    assert post(site, host=host).status == 403


def test_names_of_this_machine_are_allowed(open_review: Open) -> None:
    for host in ("localhost:8000", "127.0.0.1:8000", "[::1]:8000", "LOCALHOST:8000"):
        assert get(Site(open_review(), TOKEN, "127.0.0.1", 8000), f"/{TOKEN}/", host=host).status == 200
    open_to_all = Site(open_review(), TOKEN, "0.0.0.0", 8000)
    assert get(open_to_all, f"/{TOKEN}/", host="192.168.1.7:8000").status == 200
    assert get(open_to_all, f"/{TOKEN}/", host="evil.example:8000").status == 403
    assert get(Site(open_review(), TOKEN, "box.lan", 80), f"/{TOKEN}/", host="box.lan").status == 200


def test_orders_are_answered(site: Site) -> None:
    told = json.loads(post(site).body)

    assert told["total"] == 20
    assert json.loads(post(site, origin="http://127.0.0.1:8000", sec_fetch_site="same-origin").body)["item"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "https://127.0.0.1:8000"}, 403),
        ({"sec_fetch_site": "cross-site"}, 403),
        ({"sec_fetch_site": "same-site"}, 403),
        ({"content_type": "text/plain"}, 415),
        ({"content_type": "application/x-www-form-urlencoded"}, 415),
    ],
)
def test_orders_of_other_sites_are_refused(site: Site, label_path: Path, headers: dict[str, str], status: int) -> None:
    order = json.dumps({"do": "judge", "profile_id": site.session.queue.profile[0], "verdict": "skip"}).encode()

    assert post(site, order, **headers).status == status
    assert not label_path.exists()
    assert post(site, order).status == 200
    assert label_path.exists()


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b"[" * 40_000])
def test_an_order_that_is_none_is_refused(site: Site, body: bytes) -> None:
    assert post(site, body).status == 400


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "HEAD"])
def test_other_methods_are_refused(site: Site, method: str) -> None:
    assert site.answer(Request(method, f"/{TOKEN}/", HOST)).status == 405


@pytest.mark.parametrize("name", ["nothing", "../session.py", "labels.exe", "assets/board.js", "answer"])
def test_there_are_no_other_pages(site: Site, name: str) -> None:
    assert get(site, f"/{TOKEN}/{name}").status == 404


def test_labels_are_exported_whole(site: Site) -> None:
    profile = site.session.queue.profile[0]
    post(site, json.dumps({"do": "judge", "profile_id": profile, "verdict": "skip", "reviewer": "=1+1"}).encode())

    for kind in ("csv", "jsonl", "parquet"):
        reply = get(site, f"/{TOKEN}/labels.{kind}")
        assert reply.status == 200
        assert reply.headers["Content-Disposition"] == f'attachment; filename="labels.{kind}"'
    assert "'=1+1" in get(site, f"/{TOKEN}/labels.csv").body.decode()
    assert json.loads(get(site, f"/{TOKEN}/labels.jsonl").body)["profile_id"] == profile


def test_the_policy_allows_nothing_but_the_page_itself() -> None:
    rules = dict(rule.strip().split(" ", 1) for rule in HEADERS["Content-Security-Policy"].split(";"))

    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == rules["connect-src"] == "'self'"
    assert rules["frame-ancestors"] == rules["base-uri"] == rules["form-action"] == "'none'"
    assert "unsafe" not in HEADERS["Content-Security-Policy"]
    assert not [name for name in HEADERS if name.lower().startswith("access-control")]


def test_the_page_holds_no_script_and_no_style_of_its_own() -> None:
    page = read_asset("review.html", "review")

    assert re.findall(r"<script(?![^>]*src=)[^>]*>|<style|\son\w+=|\sstyle=|https?:", page) == []
    for name in ("board.js", "page.js", "widget.js", "review.css"):
        text = read_asset(name, "review").replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"https?:|\beval\b|new Function|document\.write|localStorage|cookie", text)
    assert read_asset("board.js", "review").count("innerHTML") == 1
