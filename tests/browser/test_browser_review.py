"""The review page in a real browser: keys, labels on the disk, undo, blind mode, hostile text, and who is let in."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from contrast import LEAST_CONTRAST, WORST_CONTRAST

from sociolink.governance.policy import Policy
from sociolink.linking.link import link
from sociolink.results.links import Links
from sociolink.review.server import ReviewServer, make_server
from sociolink.review.session import open_session

HOSTILE = (
    "<script>window.hit = 1</script>",
    "<img src=x onerror='window.hit=1'>",
    "\u202eevil\u202c \u2066isolate",
    "</article><svg onload=window.hit=1>",
)
NAMES = ("Wilhelmina Farquharson", "Bartholomew Okonkwo", "Anneliese Zimmermann", "Thaddeus Quillfeather")
CUSTOMERS = pa.table(
    {
        "customer_id": ["c1", "c2", "c3", "c4"],
        "given_name": [name.split()[0] for name in NAMES],
        "family_name": [name.split()[1] for name in NAMES],
        "job_title": HOSTILE,
    }
)
PROFILES = pa.table(
    {
        "profile_id": ["p1", "p2", "p3", "p4<b>x"],
        "platform": ["x"] * 4,
        "handle": [name.replace(" ", "").lower() for name in NAMES],
        "display_name": NAMES,
        "bio": HOSTILE,
    }
)
OWNERS = dict(zip(PROFILES["profile_id"].to_pylist(), CUSTOMERS["customer_id"].to_pylist(), strict=True))

Serve = Callable[..., ReviewServer]


@pytest.fixture(scope="session")
def few_links() -> Links:
    """Four profiles, each one customer's by name; whatever else is in the tables is hostile."""
    return link(PROFILES, CUSTOMERS, policy=Policy.research(who="tests"))


@pytest.fixture
def serve(few_links: Links, tmp_path: Path) -> Iterator[Serve]:
    """Serves a review of the four profiles; options are those of `open_session`."""
    running = []

    def start(**options: Any) -> ReviewServer:
        options = {"reviewer": "ann", "profiles": PROFILES, "customers": CUSTOMERS, **options}
        server = make_server(open_session(few_links, tmp_path / "labels.jsonl", size=4, **options))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        running.append(server)
        return server

    yield start
    for server in running:
        server.shutdown()
        server.server_close()


def labels(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "labels.jsonl").read_text("utf-8").splitlines()]


def shown(page: Any) -> str:
    """The profile on the card."""
    return str(page.locator("article h2 bdi").first.text_content())


def press(page: Any, key: str) -> None:
    """Press a key and wait until the board has changed."""
    page.evaluate("window.before = document.querySelector('.sl-place').firstChild")
    page.keyboard.press(key)
    page.wait_for_function("() => document.querySelector('.sl-place').firstChild !== window.before")


def open_board(watched: Any, server: ReviewServer) -> Any:
    page = watched.open(server.url)
    page.wait_for_selector(".sl-place > *")
    return page


def test_cards_are_judged_with_keys_alone(watched: Any, serve: Serve, tmp_path: Path) -> None:
    server = serve(advice=("use them",))
    page = open_board(watched, server)
    told = []

    for key in "inos":
        told.append((shown(page), {"i": "is", "n": "is_not", "o": "nobody", "s": "skip"}[key]))
        press(page, key)

    assert [(row["profile_id"], row["verdict"]) for row in labels(tmp_path)] == told
    assert len({profile for profile, _ in told}) == 4
    assert [row["customer_id"] for row in labels(tmp_path)] == [OWNERS[told[0][0]], OWNERS[told[1][0]], None, None]
    assert {row["reviewer"] for row in labels(tmp_path)} == {"ann"}
    assert {row["inclusion_probability"] for row in labels(tmp_path)} == {1.0}
    assert "Nothing is left to review" in page.locator("h2").first.inner_text()
    assert "use them" in page.locator(".sl-done").inner_text()
    assert page.locator(".sl-count").inner_text() == "4 of 4 profiles judged"
    assert watched.errors == []
    assert all(one.startswith((server.url, "data:")) for one in watched.requests)


def test_undo_shows_the_card_again_and_empties_the_file(watched: Any, serve: Serve, tmp_path: Path) -> None:
    page = open_board(watched, serve())
    first = shown(page)
    press(page, "i")
    assert shown(page) != first

    press(page, "u")

    assert shown(page) == first
    assert labels(tmp_path) == []
    press(page, "o")
    assert [(row["profile_id"], row["verdict"]) for row in labels(tmp_path)] == [(first, "nobody")]


def test_blind_review_shows_and_sends_no_score(watched: Any, serve: Serve) -> None:
    sent: list[str] = []
    watched.page.on("response", lambda reply: sent.append(reply.text()) if reply.url.endswith("/answer") else None)
    page = open_board(watched, serve(blind=True))
    text = page.locator(".sl-middle").inner_text()

    assert "Farquharson" in text or "Okonkwo" in text or "Zimmermann" in text or "Quillfeather" in text
    assert "%" not in text
    assert "bits" not in text
    assert "linked" not in text
    press(page, "i")
    item = json.dumps([json.loads(one)["item"] for one in sent])
    assert "%" not in item.replace("%3", "")
    assert not any(word in item for word in ("bits", "probability", "sl-chip"))


def test_hostile_text_is_inert(watched: Any, serve: Serve) -> None:
    page = open_board(watched, serve(reviewer="<i>ann</i>"))

    for _ in range(4):
        assert page.locator("article img, article script, article svg[onload], b, i").count() == 0
        assert "\u202e" not in page.content()
        press(page, "i")

    assert page.evaluate("window.hit") is None
    assert "<i>ann</i>" in page.locator(".sl-aside").inner_text()
    assert watched.errors == []


def test_reviewers_who_disagree_are_told(watched: Any, serve: Serve, tmp_path: Path) -> None:
    page = open_board(watched, serve(looks=2))
    first = shown(page)
    press(page, "i")
    page.locator("input").fill("bob")
    page.locator("input").blur()
    page.wait_for_function("p => document.querySelector('article h2 bdi').textContent === p", arg=first)
    assert page.locator(".sl-clashes").count() == 0
    press(page, "o")

    clash = page.locator(".sl-clashes li").inner_text()
    assert "ann: is" in clash
    assert "bob: nobody's" in clash
    page.locator(".sl-clashes button").click()
    page.wait_for_selector(".sl-said")
    assert shown(page) == first
    press(page, "i")
    assert page.locator(".sl-clashes").count() == 0
    assert [row["reviewer"] for row in labels(tmp_path)] == ["ann", "bob"]


def test_typing_a_name_judges_nothing(watched: Any, serve: Serve, tmp_path: Path) -> None:
    page = open_board(watched, serve())
    page.locator("input").fill("")
    page.locator("input").press_sequentially("nino s")
    page.locator("input").blur()
    page.wait_for_timeout(100)

    assert not (tmp_path / "labels.jsonl").exists()
    assert page.locator("input").input_value() == "nino s"


def test_a_card_that_was_not_seen_is_not_judged(watched: Any, serve: Serve, tmp_path: Path) -> None:
    """Keys that come before the next card is there are passed over."""
    page = open_board(watched, serve())

    page.evaluate("""() => { for (const key of "iso") document.dispatchEvent(new KeyboardEvent("keydown", {key})); }""")
    page.wait_for_function("() => document.querySelector('progress').value === 1")
    page.wait_for_timeout(100)

    assert [row["verdict"] for row in labels(tmp_path)] == ["is"]


def test_labels_are_exported(watched: Any, serve: Serve, tmp_path: Path) -> None:
    page = open_board(watched, serve())
    press(page, "i")

    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()

    text = Path(download.value.path()).read_text("utf-8")
    assert text.splitlines()[0].replace('"', "").startswith("profile_id,customer_id,verdict,source,reviewer,decided_at")
    assert len(text.splitlines()) == 2
    assert watched.errors == []


def test_another_token_opens_nothing(watched: Any, serve: Serve) -> None:
    server = serve()
    address = server.url.replace(server.site.token, "A" * len(server.site.token))

    reply = watched.page.goto(address)

    assert reply.status == 403
    assert watched.page.locator("main").count() == 0


def test_another_site_cannot_order(watch: Callable[..., Any], serve: Serve, tmp_path: Path) -> None:
    """A page of another origin that even knows the token: the browser lets it read and write nothing."""
    server = serve()
    other = watch().page
    other.route("http://elsewhere.example/", lambda route: route.fulfill(body="<p>elsewhere", content_type="text/html"))
    other.goto("http://elsewhere.example/")
    order = """async ([url, type]) => {
      const body = JSON.stringify({do: "judge", profile_id: "p1", verdict: "nobody"});
      try { return (await fetch(url, {method: "POST", headers: {"Content-Type": type}, body})).status; }
      catch (error) { return "refused"; }
    }"""

    for kind in ("application/json", "text/plain"):
        assert other.evaluate(order, [f"{server.url}answer", kind]) == "refused"
    assert not (tmp_path / "labels.jsonl").exists()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_board_can_be_read_and_used(watch: Callable[..., Any], serve: Serve, scheme: str) -> None:
    page = open_board(watch(color_scheme=scheme, viewport={"width": 390, "height": 800}), serve(looks=2))
    press(page, "i")

    worst = page.evaluate(WORST_CONTRAST)
    assert worst["ratio"] >= LEAST_CONTRAST, worst
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.get_by_role("progressbar", name="Profiles judged").count() == 1
    assert page.get_by_role("textbox", name="Reviewer").count() == 1
    for name in ("Is c", "Is not c", "Nobody's", "Skip", "Undo"):
        assert page.get_by_role("button", name=name).first.get_attribute("aria-keyshortcuts")
    assert page.get_by_role("status").inner_text().startswith("Saved: p")
    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.locator("h1").count() == 1


def test_the_focus_stays_on_the_answer(watched: Any, serve: Serve, tmp_path: Path) -> None:
    page = open_board(watched, serve())
    page.get_by_role("button", name="Nobody's").focus()

    press(page, "Enter")

    assert page.evaluate("document.activeElement.dataset.verdict") == "nobody"
    assert [row["verdict"] for row in labels(tmp_path)] == ["nobody"]


KERNEL = """async ([script, style]) => {
  const sheet = document.createElement("style");
  sheet.textContent = style;
  document.head.append(sheet);
  const heard = [];
  const model = {
    on: (name, call) => name === "msg:custom" && heard.push(call),
    off: () => heard.splice(0),
    send: ({number, order}) => window.kernel(order).then((state) => heard.forEach((call) => call({number, state}))),
  };
  const url = URL.createObjectURL(new Blob([script], {type: "text/javascript"}));
  const widget = (await import(url)).default;
  window.stop = widget.render({model, el: document.getElementById("el")});
  document.addEventListener("keydown", () => { window.reached = true; });
}"""


def test_the_widget_is_the_same_board(watched: Any, few_links: Links, tmp_path: Path) -> None:
    """In a page that stands for a notebook: a kernel that answers, and keys that mean something else outside."""
    pytest.importorskip("anywidget")
    from sociolink.review.jupyter import widget

    made = widget(few_links, tmp_path / "labels.jsonl", size=4, profiles=PROFILES, reviewer="ann")
    page = watched.page
    page.goto("about:blank")
    page.set_content("<p tabindex=0>notebook</p><div id=el></div>")
    page.expose_function("kernel", lambda order: made.session.answer(order))
    page.evaluate(KERNEL, [str(made._esm), str(made._css)])
    page.wait_for_selector("article")

    page.locator("p").first.press("s")
    page.wait_for_timeout(100)
    assert page.evaluate("window.reached")
    assert not (tmp_path / "labels.jsonl").exists()
    page.evaluate("window.reached = false")
    page.locator(".sl-board").focus()
    first = shown(page)
    press(page, "i")
    press(page, "s")
    press(page, "u")
    assert [(row["profile_id"], row["verdict"]) for row in labels(tmp_path)] == [(first, "is")]
    assert not page.evaluate("window.reached")
    page.get_by_role("button", name="Nobody's").click()
    page.wait_for_function("() => document.querySelector('progress').value === 2")
    press(page, "s")
    assert page.locator(".sl-count").inner_text() == "3 of 4 profiles judged"
    assert page.locator(".sl-aside a").count() == 0
    assert watched.errors == []
