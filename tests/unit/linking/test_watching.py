"""A stream is answered in order and as `find` answers; nothing is lost or told twice; who is erased is not named."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

import sociolink as sl
from sociolink import CustomerIndex, Links, Policy
from sociolink.datasets import World
from sociolink.errors import InputError, InvalidParameterError, OutputError, PolicyError
from sociolink.linking import asking, watching

POLICY = Policy.research(who="tests")


@pytest.fixture(scope="module")
def folder(world: World, links: Links, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("watched") / "crm.index"
    assert links.model is not None
    CustomerIndex.build(world.customers, model=links.model, policy=POLICY, path=path)
    return path


@pytest.fixture(scope="module")
def index(folder: Path) -> CustomerIndex:
    return CustomerIndex.open(folder, policy=POLICY)


@pytest.fixture(scope="module")
def authors(world: World) -> list[dict[str, Any]]:
    """What posts can say of the authors."""
    return [
        {name: value for name, value in row.items() if value is not None and name not in ("created_at", "language")}
        for row in world.profiles.to_pylist()
        if row["consent"] is not False
    ][:80]


@pytest.fixture(scope="module")
def posts(authors: list[dict[str, Any]]) -> list[dict[str, Any]]:
    chosen = random.Random(3)
    return [{"post_id": f"t{n}", "text": "hello", **chosen.choice(authors)} for n in range(300)]


def write(path: Path, posts: list[Any]) -> Path:
    path.write_text("".join(one if isinstance(one, str) else json.dumps(one) + "\n" for one in posts))
    return path


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_answers_come_in_order_and_are_those_of_find(
    index: CustomerIndex, posts: list[dict[str, Any]], authors: list[dict[str, Any]]
) -> None:
    found = {one.profile_id: one for one in index.find_many(authors)}
    answers = list(index.watch(posts, batch=17))

    assert [one.post_id for one in answers] == [post["post_id"] for post in posts]
    for answer in answers:
        alone = found[answer.profile_id]
        assert answer.customer_id == alone.customer_id
        assert answer.nobody == alone.nobody_probability
        best = alone.nobody_probability if alone.customer_id is None else alone.matches[0].probability
        assert answer.probability == best
        assert answer.decision == alone.answer.explanation.decision
    assert {"link", "none"} <= {answer.decision for answer in answers}


@pytest.mark.parametrize("batch", [1, 64])
def test_batches_change_no_answer(index: CustomerIndex, posts: list[dict[str, Any]], batch: int) -> None:
    some = posts[:15]

    assert list(index.watch(some, batch=batch, remember=3)) == list(index.watch(some))


def test_cards_are_those_of_find(index: CustomerIndex, authors: list[dict[str, Any]]) -> None:
    some = authors[:5]
    answers = list(index.watch([{"post_id": str(n), **one} for n, one in enumerate(some)], cards=True))

    for answer, author in zip(answers, some, strict=True):
        assert answer.card == index.find(**author).answer.explanation.to_dict()
        assert json.loads(answer.to_json())["card"]["profile_id"] == answer.profile_id


def test_the_index_is_asked_for_an_author_once_until_the_profile_changes(
    index: CustomerIndex, authors: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[dict[str, Any]] = []
    plain = asking.answer_authors

    def count(opened: Any, some: Any, *rest: Any, **named: Any) -> Any:
        asked.extend(some)
        return plain(opened, some, *rest, **named)

    monkeypatch.setattr(asking, "answer_authors", count)
    one, other = authors[:2]
    shown = [one, other, one, {**one, "bio": "Something else"}, other]
    list(index.watch([{"post_id": str(n), **author} for n, author in enumerate(shown)], batch=1))

    assert [author["profile_id"] for author in asked] == [one["profile_id"], other["profile_id"], one["profile_id"]]


def test_bad_lines_go_to_the_rejects_and_stop_nothing(
    index: CustomerIndex, posts: list[dict[str, Any]], tmp_path: Path
) -> None:
    lines = [posts[0], "not json\n", {"post_id": "7", "platform": "x"}, "\n", posts[1], {**posts[2], "consent": False}]
    source = write(tmp_path / "posts.jsonl", lines)
    report = sl.watch(source, index, output=tmp_path / "answers.jsonl", rejects=tmp_path / "rejects.jsonl")

    assert [one["post_id"] for one in read(tmp_path / "answers.jsonl")] == [posts[0]["post_id"], posts[1]["post_id"]]
    rejects = [(one["line"], one["post_id"], one["reason"]) for one in read(tmp_path / "rejects.jsonl")]
    assert rejects == [(2, None, "unreadable JSON"), (3, "7", "no author"), (6, posts[2]["post_id"], "refused")]
    assert (report.lines, report.posts, report.rejected, report.refused) == (6, 2, 3, 1)
    assert report.link + report.review + report.none == report.posts


def test_a_stopped_stream_goes_on_where_it_was(
    index: CustomerIndex, posts: list[dict[str, Any]], tmp_path: Path
) -> None:
    posts = [{**post, "text": "a long story " * 300} for post in posts[:60]]  # more than what is read ahead
    source = write(tmp_path / "posts.jsonl", posts)
    whole = sl.watch(source, index, output=tmp_path / "whole.jsonl")
    given = {"output": tmp_path / "answers.jsonl", "state": tmp_path / "state", "batch": 2}
    stops = iter([False, False, True])
    first = sl.watch(source, index, stopped=lambda: next(stops, True), **given)
    last = sl.watch(source, index, **given)

    assert 0 < first.posts < len(posts)
    assert last.posts == whole.posts == len(posts)
    assert (tmp_path / "answers.jsonl").read_bytes() == (tmp_path / "whole.jsonl").read_bytes()
    assert sl.watch(source, index, **given) == last


def test_posts_that_come_again_are_passed_over(
    index: CustomerIndex, posts: list[dict[str, Any]], tmp_path: Path
) -> None:
    given = {"output": tmp_path / "answers.jsonl", "state": tmp_path / "state"}
    sl.watch(posts[:30], index, **given)
    report = sl.watch([*posts[20:50], posts[49]], index, **given)

    assert [one["post_id"] for one in read(tmp_path / "answers.jsonl")] == [one["post_id"] for one in posts[:50]]
    assert report.repeated == 11


def test_another_file_is_read_from_its_beginning(
    index: CustomerIndex, posts: list[dict[str, Any]], tmp_path: Path
) -> None:
    given = {"output": tmp_path / "answers.jsonl", "state": tmp_path / "state"}
    source = write(tmp_path / "posts.jsonl", posts[:20])
    sl.watch(source, index, **given)
    with source.open("a") as file:
        file.write(json.dumps(posts[20]) + "\n")
    sl.watch(source, index, **given)
    sl.watch(write(source, posts[10:30]), index, **given)

    assert [one["post_id"] for one in read(tmp_path / "answers.jsonl")] == [one["post_id"] for one in posts[:30]]


def test_an_output_that_lost_what_was_committed_is_refused(
    index: CustomerIndex, posts: list[dict[str, Any]], tmp_path: Path
) -> None:
    given = {"output": tmp_path / "answers.jsonl", "state": tmp_path / "state"}
    sl.watch(posts[:5], index, **given)
    (tmp_path / "answers.jsonl").write_text("")
    with pytest.raises(OutputError, match=r"answers\.jsonl has 0 bytes, but"):
        sl.watch(posts[5:9], index, **given)
    (tmp_path / "answers.jsonl").unlink()
    sl.watch(posts[5:9], index, **given)

    assert [one["post_id"] for one in read(tmp_path / "answers.jsonl")] == [one["post_id"] for one in posts[5:9]]


def test_an_input_that_became_shorter_is_refused(
    index: CustomerIndex, posts: list[dict[str, Any]], tmp_path: Path
) -> None:
    given = {"output": tmp_path / "answers.jsonl", "state": tmp_path / "state"}
    source = write(tmp_path / "posts.jsonl", posts[:100])
    sl.watch(source, index, **given)
    source.write_bytes(source.read_bytes()[:5000])

    with pytest.raises(InputError, match="were read of it"):
        sl.watch(source, index, **given)


def test_several_processes_give_the_same_answers(
    folder: Path, index: CustomerIndex, posts: list[dict[str, Any]], tmp_path: Path
) -> None:
    source = write(tmp_path / "posts.jsonl", posts)
    alone = sl.watch(source, index, output=tmp_path / "alone.jsonl", batch=16)
    given = {"policy": POLICY, "state": tmp_path / "state", "batch": 16, "processes": 2}
    together = sl.watch(source, folder, output=tmp_path / "together.jsonl", **given)

    assert (tmp_path / "together.jsonl").read_bytes() == (tmp_path / "alone.jsonl").read_bytes()
    assert together.posts == alone.posts
    with pytest.raises(InvalidParameterError, match="processes is 0"):
        sl.watch(source, folder, output=tmp_path / "x.jsonl", policy=POLICY, processes=0)


class Killed(Exception):  # noqa: N818
    """The process is gone."""


@pytest.mark.parametrize(
    ("at", "after"), [("unlink", 0), *((at, after) for at in ("write", "fsync") for after in (0, 1, 3, 6, 8))]
)
def test_a_crash_at_any_write_loses_and_repeats_nothing(
    index: CustomerIndex, posts: list[dict[str, Any]], tmp_path: Path, at: str, after: int, monkeypatch: Any
) -> None:
    from sociolink.streams import outputs, run

    posts = [{**posts[n % 6], "post_id": f"c{n}"} for n in range(30)]
    source = write(tmp_path / "posts.jsonl", [*posts[:20], "broken\n", *posts[20:]])
    given = {"output": tmp_path / "answers.jsonl", "rejects": tmp_path / "rejects.jsonl", "state": tmp_path / "state"}
    monkeypatch.setattr(run, "COMMIT_SECONDS", 0.0)
    calls = iter(range(1000))

    def dying(name: str) -> Any:
        plain = getattr(outputs.os, name)

        def call(*arguments: Any, **named: Any) -> Any:
            if next(calls) >= after:
                if name == "write":
                    plain(arguments[0], bytes(arguments[1])[: len(arguments[1]) // 2])
                raise Killed
            return plain(*arguments, **named)

        return call

    with monkeypatch.context() as patch:
        patch.setattr(outputs.os, at, dying(at))
        with suppress(Killed):
            sl.watch(source, index, batch=7, **given)
    sl.watch(source, index, batch=7, **given)

    assert [one["post_id"] for one in read(given["output"])] == [one["post_id"] for one in posts]
    assert [one["line"] for one in read(given["rejects"])] == [21]


def test_a_post_that_is_half_written_is_neither_lost_nor_set_aside(
    index: CustomerIndex, posts: list[dict[str, Any]], tmp_path: Path
) -> None:
    whole = "".join(json.dumps(post) + "\n" for post in posts[:4])
    given: dict[str, Any] = {"state": tmp_path / "state", "output": tmp_path / "o", "rejects": tmp_path / "r"}
    source = tmp_path / "posts.jsonl"
    for size in (len(whole) // 3, len(whole) // 2, len(whole) - 1, len(whole)):
        source.write_text(whole[:size])
        sl.watch(source, index, **given)

    assert [one["post_id"] for one in read(given["output"])] == [post["post_id"] for post in posts[:4]]
    assert read(given["rejects"]) == []


def test_killed_at_random_moments_nothing_is_lost_or_told_twice(
    folder: Path, index: CustomerIndex, posts: list[dict[str, Any]], tmp_path: Path
) -> None:
    many = [{**posts[n % len(posts)], "post_id": f"k{n}"} for n in range(3000)]
    many[2000] = {**many[2000], "bio": "changed"}
    source = write(tmp_path / "posts.jsonl", [*many[:500], "broken\n", *many[500:]])
    code = "from sociolink.cli.app import main; raise SystemExit(main())"
    command = [sys.executable, "-c", code, "watch", "--index", folder, "--posts", source]
    command += ["--output", tmp_path / "answers.jsonl", "--state", tmp_path / "state", "--policy", "research"]
    command += ["--rejects", tmp_path / "rejects.jsonl", "--batch", "3"]
    chosen = random.Random(5)
    kills = 0
    for _ in range(2):
        running = subprocess.Popen([str(part) for part in command], stderr=subprocess.DEVNULL)
        before = size(tmp_path / "answers.jsonl")
        while running.poll() is None and size(tmp_path / "answers.jsonl") <= before:
            time.sleep(0.005)
        time.sleep(chosen.random() * 0.2)
        kills += running.poll() is None
        running.kill()
        running.wait()
    sl.watch(
        source, index, output=tmp_path / "answers.jsonl", state=tmp_path / "state", rejects=tmp_path / "rejects.jsonl"
    )

    assert kills
    assert [one["post_id"] for one in read(tmp_path / "answers.jsonl")] == [one["post_id"] for one in many]
    assert [one["line"] for one in read(tmp_path / "rejects.jsonl")] == [501]


def size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


@pytest.fixture
def own(world: World, links: Links, tmp_path: Path) -> CustomerIndex:
    """An index that is changed."""
    assert links.model is not None
    return CustomerIndex.build(world.customers, model=links.model, policy=POLICY, path=tmp_path / "own.index")


def linked_post(index: CustomerIndex, posts: list[dict[str, Any]]) -> tuple[dict[str, Any], str]:
    answer = next(one for one in index.watch(posts) if one.decision == "link")
    assert answer.customer_id is not None
    return next(post for post in posts if post["post_id"] == answer.post_id), answer.customer_id


def test_whoever_is_erased_is_not_named_in_the_next_answer(
    own: CustomerIndex, posts: list[dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "_IDLE_SECONDS", 60.0)  # else it would see the change while it waits
    post, customer = linked_post(own, posts)
    other = CustomerIndex.open(tmp_path / "own.index", policy=POLICY)
    told: list[str] = []

    def stream() -> Iterator[dict[str, Any]]:
        yield {**post, "post_id": "before"}
        yield {**post, "post_id": "again"}
        while not told:
            time.sleep(0.001)
        own.erase([customer])
        yield {**post, "post_id": "after"}

    answers = []
    for answer in other.watch(stream(), batch=1):
        answers.append(answer.customer_id)
        if len(answers) == 2:
            told.append("now")

    assert answers[:2] == [customer, customer]
    assert answers[2] != customer


def test_the_state_forgets_whoever_is_erased(own: CustomerIndex, posts: list[dict[str, Any]], tmp_path: Path) -> None:
    post, customer = linked_post(own, posts)
    given = {"output": tmp_path / "answers.jsonl", "state": tmp_path / "state"}
    sl.watch([post], own, **given)
    held = b"".join(path.read_bytes() for path in (tmp_path / "state").iterdir())
    assert customer.encode() in held
    assert str(post["handle"]).encode() not in held
    assert str(post["post_id"]).encode() not in held

    own.erase([customer])
    sl.watch([{**post, "post_id": "later"}], own, **given)

    assert customer.encode() not in b"".join(path.read_bytes() for path in (tmp_path / "state").iterdir())
    assert read(tmp_path / "answers.jsonl")[1]["customer_id"] != customer


def test_whoever_takes_consent_back_is_forgotten(
    index: CustomerIndex, posts: list[dict[str, Any]], tmp_path: Path
) -> None:
    post, customer = linked_post(index, posts)
    given = {"output": tmp_path / "answers.jsonl", "state": tmp_path / "state"}
    sl.watch([post], index, **given)
    sl.watch([{**post, "post_id": "no", "consent": False}], index, **given)

    assert customer.encode() not in b"".join(path.read_bytes() for path in (tmp_path / "state").iterdir())


def test_what_was_learned_is_known_after_a_restart(
    index: CustomerIndex, posts: list[dict[str, Any]], tmp_path: Path
) -> None:
    given = {"output": tmp_path / "answers.jsonl", "state": tmp_path / "state"}
    first = sl.watch(posts[:30], index, **given)
    again = [{**post, "post_id": f"again{n}"} for n, post in enumerate(posts[:30])]
    second = sl.watch(again, index, **given)

    assert second.asked == first.asked
    assert [one["probability"] for one in read(given["output"])[30:]] == [
        one["probability"] for one in read(given["output"])[:30]
    ]


def test_who_asks_otherwise_after_a_restart_gets_other_answers(
    index: CustomerIndex, posts: list[dict[str, Any]], tmp_path: Path
) -> None:
    given = {"output": tmp_path / "answers.jsonl", "state": tmp_path / "state"}
    sl.watch(posts[:20], index, **given)
    again = [{**post, "post_id": f"again{n}"} for n, post in enumerate(posts[:20])]
    sl.watch(again, index, **given, cards=True, max_false=0.5)

    answers = read(tmp_path / "answers.jsonl")[20:]
    assert answers == [json.loads(one.to_json()) for one in index.watch(again, cards=True, max_false=0.5)]
    assert all("card" in one for one in answers)


def test_who_stops_taking_answers_stops_the_reading(index: CustomerIndex, authors: list[dict[str, Any]]) -> None:
    read_so_far = []

    def stream() -> Iterator[dict[str, Any]]:
        for number in range(10**6):
            read_so_far.append(number)
            yield {"post_id": str(number), **authors[0]}

    answers = index.watch(stream(), batch=4)
    for _ in range(10):
        next(answers)
    time.sleep(0.05)

    assert len(read_so_far) < 10 + 2 * 4 * 9
    answers.close()  # type: ignore[attr-defined]


def test_bad_parameters_are_told_together(index: CustomerIndex, folder: Path, tmp_path: Path) -> None:
    with pytest.raises(InvalidParameterError, match=r"batch is 0.*\n.*max_delay_ms is -1"):
        index.watch([], batch=0, max_delay_ms=-1)
    with pytest.raises(PolicyError):
        sl.watch([], folder, output=tmp_path / "out.jsonl")
    with pytest.raises(InputError, match="cannot be read"):
        sl.watch(tmp_path / "nothing.jsonl", index, output=tmp_path / "out.jsonl")
