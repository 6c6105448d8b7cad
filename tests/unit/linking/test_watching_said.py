"""What posts say in a stream, against an index that holds events."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pytest
from event_indexes import EVIDENCE, POLICY, SILENT, build, told_model

import sociolink as sl
from sociolink.evidence.events.posts import PRODUCT
from sociolink.evidence.events.scanning import TAG
from sociolink.linking import asking
from sociolink.streams.author_said import MOST_POSTS, AuthorSaid
from sociolink.streams.said import StreamSaid

FIELDS = ("post_id", "text", "created_at", "place", "kind")


@pytest.fixture(scope="module")
def world() -> Any:
    consent = {"customers.consent": 0.0, "profiles.consent": 0.0}
    return sl.datasets.synthetic(
        300, 200, coverage=0.5, seed=5, posts=2000, events=900, opaque=0.9, about_events=0.6, fields=SILENT | consent
    )


@pytest.fixture(scope="module")
def model(world: Any) -> sl.LinkModel:
    return told_model(world)


@pytest.fixture(scope="module")
def index(world: Any, model: sl.LinkModel) -> sl.CustomerIndex:
    return build(world, model)


@pytest.fixture(scope="module")
def stream(world: Any) -> list[dict[str, Any]]:
    """Posts in the order of their times, with their authors."""
    handles = {one["profile_id"]: (one["platform"], one["handle"]) for one in world.profiles.to_pylist()}
    rows = []
    for one in world.posts.sort_by([("created_at", "ascending"), ("post_id", "ascending")]).to_pylist():
        platform, handle = handles[one["profile_id"]]
        told = {name: one[name] for name in FIELDS if one[name] is not None}
        told["created_at"] = one["created_at"].isoformat()
        rows.append({**told, "profile_id": one["profile_id"], "platform": platform, "handle": handle})
    return rows


@pytest.fixture(scope="module")
def answers(index: sl.CustomerIndex, stream: list[dict[str, Any]]) -> list[Any]:
    """What the index says of the whole stream."""
    return list(index.watch(stream))


def author_of(post: dict[str, Any]) -> dict[str, Any]:
    return {name: post[name] for name in ("profile_id", "platform", "handle")}


def write(path: Path, posts: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(post) + "\n" for post in posts))
    return path


def test_answers_are_those_of_find_with_all_posts_so_far(
    index: sl.CustomerIndex, stream: list[dict[str, Any]], answers: list[Any]
) -> None:
    telling = [place for place, one in enumerate(answers) if one.told]
    kinds = {kind for place in telling for kind in answers[place].told}
    assert {"number", "product"} <= kinds
    numbered, placed = ([place for place in telling if kind in answers[place].told] for kind in ("number", "place"))
    assert len(placed) > 10
    for place in [*telling[:4], *telling[-4:], *numbered[:8], *placed[:3], *placed[-12:]]:
        post, answer = stream[place], answers[place]
        found = index.find_many([author_of(post)], posts=stream[: place + 1])[0]
        assert answer.nobody == found.nobody_probability
        assert answer.customer_id == found.customer_id
        assert answer.decision == found.answer.explanation.decision


def test_silent_posts_change_nothing_and_are_not_asked_for(answers: list[Any]) -> None:
    last: dict[str, Any] = {}
    for answer in answers:
        if not answer.told and answer.profile_id in last:
            assert (answer.customer_id, answer.probability) == last[answer.profile_id]
        if answer.told and answer.profile_id in last:
            assert answer.before is not None
            assert (answer.before.customer_id, answer.before.probability) == last[answer.profile_id]
        last[answer.profile_id] = (answer.customer_id, answer.probability)
    assert sum(1 for one in answers if one.told) < len(answers) / 2
    assert sum(one.before is not None and one.before.customer_id != one.customer_id for one in answers) > 10


@pytest.mark.parametrize("batch", [1, 50])
def test_batches_change_no_answer(index: sl.CustomerIndex, stream: list[dict[str, Any]], batch: int) -> None:
    assert list(index.watch(stream[:250], batch=batch)) == list(index.watch(stream[:250], batch=7))


def quote(number: int, handle: str, reference: str, day: int) -> dict[str, Any]:
    at = f"2027-03-{day:02}T10:00:00Z"
    return {"post_id": str(number), "platform": "x", "handle": handle, "text": f"no {reference}?", "created_at": at}


def reference_of(world: Any) -> tuple[str, str]:
    """A number and whose it is."""
    known = world.events.filter(pc.is_valid(world.events["reference"])).to_pylist()
    one = next(one for one in known if sum(sign.isdigit() for sign in one["reference"]) >= 6)
    return one["reference"], one["customer_id"]


def lonely_number(world: Any) -> tuple[str, str]:
    """A number that is not one slip away from another one, and whose it is."""
    known = [
        one for one in world.events.to_pylist() if one["reference"] and sum(map(str.isdigit, one["reference"])) >= 6
    ]
    for one in known:
        others = [other["reference"] for other in known if len(other["reference"]) == len(one["reference"])]
        near = [sum(a != b for a, b in zip(other, one["reference"], strict=True)) for other in others]
        if sum(distance <= 2 for distance in near) == 1:
            return one["reference"], one["customer_id"]
    raise AssertionError


def test_a_copy_is_worth_nothing(index: sl.CustomerIndex, world: Any) -> None:
    number, owner = reference_of(world)
    posts = [quote(1, "qq8123", number, 1), quote(2, "zz9917", number, 2), quote(3, "qq8123", number, 3)]
    first, copied, again = index.watch(posts)
    assert (first.customer_id, first.told) == (owner, ("number",))
    assert copied.told == ()
    assert copied.customer_id is None
    assert again.customer_id == owner
    assert first.to_dict()["told"] == ["number"]
    assert "before" not in first.to_dict()
    assert again.to_dict()["before"]["customer_id"] == owner


def test_a_stream_goes_on_with_what_was_said(
    index: sl.CustomerIndex, stream: list[dict[str, Any]], tmp_path: Path
) -> None:
    some = stream[:400]
    sl.watch(write(tmp_path / "all.jsonl", some), index, output=tmp_path / "whole.jsonl")
    source = tmp_path / "posts.jsonl"
    for end in (150, 151, 290, 400):
        write(source, some[:end])
        sl.watch(source, index, output=tmp_path / "parts.jsonl", state=tmp_path / "state", batch=32)
    assert (tmp_path / "parts.jsonl").read_text() == (tmp_path / "whole.jsonl").read_text()
    assert not any(one["text"].encode() in path.read_bytes() for path in (tmp_path / "state").iterdir() for one in some)


def test_erasing_reaches_what_was_said(world: Any, model: sl.LinkModel, tmp_path: Path) -> None:
    index = build(world, model, path=tmp_path / "index")
    number, owner = reference_of(world)
    posts = [quote(1, "qq8123", number, 1)]
    given = {"output": tmp_path / "answers.jsonl", "state": tmp_path / "state"}
    source = write(tmp_path / "posts.jsonl", posts)
    sl.watch(source, index, **given)
    said = b"".join(path.read_bytes() for path in (tmp_path / "state").iterdir())
    keys = [key for key in map(str, index._state.record.book.number.tolist()) if key.encode() in said]
    assert len(keys) == 1

    index.erase([owner])
    write(source, [*posts, {**quote(2, "qq8123", number, 2), "text": "hello"}])
    sl.watch(source, index, **given)

    said = b"".join(path.read_bytes() for path in (tmp_path / "state").iterdir())
    assert keys[0].encode() not in said
    assert owner.encode() not in said
    last = json.loads((tmp_path / "answers.jsonl").read_text().splitlines()[-1])
    assert last["customer_id"] != owner


def test_a_number_that_is_on_record_later_is_known_then(world: Any, model: sl.LinkModel, tmp_path: Path) -> None:
    number, owner = lonely_number(world)
    theirs = pc.fill_null(pc.equal(world.events["reference"], number), False)
    index = build(world, model, path=tmp_path / "index", events=world.events.filter(pc.invert(theirs)))
    given = {"output": tmp_path / "answers.jsonl", "state": tmp_path / "state"}
    source = write(tmp_path / "posts.jsonl", [quote(1, "qq8123", number, 1)])
    sl.watch(source, index, **given)
    assert json.loads((tmp_path / "answers.jsonl").read_text())["told"] == ["other number"]

    index.upsert(events=world.events.filter(theirs))
    write(source, [quote(1, "qq8123", number, 1), {**quote(2, "qq8123", number, 2), "text": "hello"}])
    sl.watch(source, index, **given)

    assert json.loads((tmp_path / "answers.jsonl").read_text().splitlines()[-1])["customer_id"] == owner


def test_a_contact_is_told_and_one_that_many_write_is_not(index: sl.CustomerIndex, world: Any) -> None:
    owner = next(one for one in world.customers.to_pylist() if one["email"])
    said = [{**quote(n, f"qz{n}81x", "", 1 + n), "text": f"write to {owner['email'][0]}"} for n in range(1, 6)]
    answers = list(index.watch(said))
    assert [one.told for one in answers] == [("contact",)] * 3 + [()] * 2
    assert answers[0].customer_id == owner["customer_id"]


def test_who_refuses_is_forgotten(index: sl.CustomerIndex, world: Any, tmp_path: Path) -> None:
    number, _ = reference_of(world)
    posts = [quote(1, "qq8123", number, 1), {**quote(2, "qq8123", "", 2), "consent": False}, quote(3, "qq8123", "x", 3)]
    sl.watch(write(tmp_path / "p.jsonl", posts), index, output=tmp_path / "a.jsonl", state=tmp_path / "state")
    last = json.loads((tmp_path / "a.jsonl").read_text().splitlines()[-1])
    assert last["customer_id"] is None
    assert "told" not in last


def test_an_index_without_events_hears_nothing(world: Any, model: sl.LinkModel) -> None:
    index = sl.CustomerIndex.build(world.customers, model=model, policy=POLICY, evidence=EVIDENCE[:-1])
    number, _ = reference_of(world)
    (answer,) = index.watch([quote(1, "qq8123", number, 1)])
    assert answer.told == ()


def test_other_processes_are_told_all_that_was_said(
    index: sl.CustomerIndex, stream: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = list(index.watch(stream[:200]))
    plain = asking.answer_authors

    def as_lines(opened: Any, authors: Any, *rest: Any, **named: Any) -> Any:
        return plain(opened, json.loads(json.dumps(list(authors))), *rest, **named)

    monkeypatch.setattr(asking, "answer_authors", as_lines)
    assert list(index.watch(stream[:200])) == expected


PLACE = "Castrop-Rauxel"
"""Where one customer was, and nobody else."""


def test_erasing_reaches_places(world: Any, model: sl.LinkModel, tmp_path: Path) -> None:
    """The name of a place that a customer was at goes with the customer; who wrote there is at home there still."""
    owner = world.customers["customer_id"][7].as_py()
    visit = {"event_id": "visit", "customer_id": owner, "kind": "visit", "place": PLACE, "occurred_at": "2027-03-01"}
    index = build(world, model, path=tmp_path / "index")
    index.upsert(events=[visit])
    given = {"output": tmp_path / "answers.jsonl", "state": tmp_path / "state"}
    at_place = [{**quote(n, "qq8123", "", n), "text": f"so nice, {PLACE} {n}"} for n in (1, 2)]
    written = [{**quote(n, "zz9917", "", n), "text": f"hello {n}", "place": "Bochum"} for n in (3, 4)]
    source = write(tmp_path / "posts.jsonl", [*at_place, *written])
    sl.watch(source, index, **given)
    told = [json.loads(line).get("told") for line in (tmp_path / "answers.jsonl").read_text().splitlines()]
    assert told == [["place"], ["place"], None, ["place"]]
    said = b"".join(path.read_bytes() for path in (tmp_path / "state").iterdir())
    assert PLACE.encode() in said

    index.erase([owner])
    write(source, [*at_place, *written, {**quote(5, "qq8123", "", 5), "text": "hello"}])
    sl.watch(source, index, **given)

    said = b"".join(path.read_bytes() for path in (tmp_path / "state").iterdir())
    assert PLACE.encode() not in said
    assert b"Bochum" in said


def test_what_is_kept_of_an_author_is_bounded() -> None:
    """Of posts that say more than where one was the newest, and of the others, neither in the place of the other."""
    telling = [(at, at, ((PRODUCT, 7, 0.0),)) for at in range(60)]
    placed = [(at, -at, ((TAG, at, 0.0),)) for at in range(200)]
    said = AuthorSaid().with_posts([*placed, *telling], [(at, f"town {at}") for at in range(200)])
    assert len(said.posts) == 2 * MOST_POSTS
    assert [post[0] for post in said.posts if post[2][0][0] == PRODUCT] == list(range(10, 60))
    assert [key for key, _ in said.tags] == list(range(150, 200))
    assert AuthorSaid.of(json.loads(json.dumps(said.plain()))) == said
    assert AuthorSaid.of(said.plain()[:6]).tags == ()


def test_numbers_and_contacts_that_a_journal_holds_are_bounded() -> None:
    said = StreamSaid(3)
    said.remember([["number", key, ["a", key, True]] for key in range(9)])
    said.remember([["contact", key, ["a"]] for key in range(9)])
    kept = [(kind, key) for kind, key, _ in said.everything()]
    assert kept == [*(("number", key) for key in (6, 7, 8)), *(("contact", key) for key in (6, 7, 8)), ("time", "")]
