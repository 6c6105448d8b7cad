"""A review from the outside: orders in, cards and labels out."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from sociolink.errors import InputError, InvalidParameterError
from sociolink.results.links import Links
from sociolink.review.session import ReviewSession, name_reviewer

Open = Callable[..., ReviewSession]

SHOW = {"do": "show"}


def judge(session: ReviewSession, item: dict[str, Any], verdict: str, **more: Any) -> dict[str, Any]:
    return session.answer({"do": "judge", "profile_id": item["profile_id"], "verdict": verdict, **more})


def judge_all(session: ReviewSession, **more: Any) -> dict[str, Any]:
    state = session.answer({**SHOW, **more})
    while state["item"]:
        state = judge(session, state["item"], "is" if state["item"]["best"] else "nobody", **more)
    return state


def test_cards_come_in_the_order_of_the_queue(open_review: Open) -> None:
    session = open_review()
    seen = []
    state = session.answer(SHOW)
    while state["item"]:
        seen.append(state["item"]["profile_id"])
        state = judge(session, state["item"], "skip")

    assert tuple(seen) == session.queue.profile
    assert state["judged"] == state["total"] == 20


def test_a_judgement_keeps_the_chance_to_be_drawn(open_review: Open, links: Links, label_path: Path) -> None:
    judge_all(open_review())
    drawn = links.sample_for_review(20)
    chance = dict(zip(drawn["profile_id"].to_pylist(), drawn["inclusion_probability"].to_pylist(), strict=True))

    rows = [json.loads(line) for line in label_path.read_text().splitlines()]
    assert {row["profile_id"]: row["inclusion_probability"] for row in rows} == chance
    assert {row["decided_at"] for row in rows} == {"2026-03-01T12:00:00Z"}


def test_what_reads_labels_reads_the_file(open_review: Open, links: Links, label_path: Path) -> None:
    judge_all(open_review())

    assert links.estimate(label_path).labels == 20
    assert links.recalibrate(label_path).calibration.size == 20
    assert links.accept(labels=label_path, max_false=0.5).acceptance is not None


def test_the_estimate_shown_is_that_of_the_exported_labels(open_review: Open, links: Links, tmp_path: Path) -> None:
    """And half a sample tells less than the whole."""
    session = open_review()
    state = session.answer(SHOW)
    for _ in range(10):
        state = judge(session, state["item"], "is" if state["item"]["best"] else "nobody")
    estimate = links.estimate(session.export())

    assert estimate.precision is not None
    assert state["estimate"]["steps"][-1] == [
        10,
        estimate.precision.value,
        estimate.precision.low,
        estimate.precision.high,
    ]
    done = judge_all(session)["estimate"]["steps"]
    assert [step[0] for step in done] == [5, 10, 15, 20]
    assert done[-1][3] - done[-1][2] < done[0][3] - done[0][2]


def test_another_listed_customer_can_be_named(open_review: Open, label_path: Path) -> None:
    session = open_review()
    item = next(
        session.answer({**SHOW, "profile_id": one})["item"]
        for one, best in zip(session.queue.profile, session.queue.customer, strict=True)
        if best
    )
    shown = session.answer({**SHOW, "profile_id": item["profile_id"], "customer_id": "x"})["item"]

    assert item["customers"] == [item["best"], f"{item['best']}b", "x"]
    assert shown["customer_id"] == "x"
    judge(session, item, "is", customer_id="x")
    assert json.loads(label_path.read_text())["customer_id"] == "x"
    judge(session, item, "is_not", customer_id="x")
    assert json.loads(label_path.read_text())["customer_id"] == item["best"]
    assert "not among the customers listed" in judge(session, item, "is", customer_id="c")["error"]


def test_undo_gives_the_card_back(open_review: Open, label_path: Path) -> None:
    session = open_review()
    first = session.answer(SHOW)["item"]
    judge(session, first, "skip")
    assert session.answer({**SHOW, "profile_id": first["profile_id"]})["item"]["verdict"] == "skip"

    state = session.answer({"do": "undo"})

    assert state["item"]["profile_id"] == first["profile_id"]
    assert state["item"]["verdict"] is None
    assert state["judged"] == 0
    assert label_path.read_text() == ""
    assert session.answer({"do": "undo"})["note"] == "There is nothing to take back."


def test_a_review_goes_on_where_it_was_left(open_review: Open) -> None:
    first = open_review()
    state = judge(first, first.answer(SHOW)["item"], "skip")

    assert open_review().answer(SHOW)["item"]["profile_id"] == state["item"]["profile_id"]


def test_reviewers_share_the_work(open_review: Open) -> None:
    ann, bob = open_review(), open_review(reviewer="bob")
    first = ann.answer(SHOW)["item"]
    judge(ann, first, "skip")

    assert bob.answer(SHOW)["item"]["profile_id"] != first["profile_id"]
    assert bob.answer({"do": "undo"})["note"]
    assert bob.answer(SHOW)["judged_by"] == {"ann": 1}


def test_a_second_look_does_not_see_the_first(open_review: Open) -> None:
    session = open_review(looks=2)
    first = session.answer(SHOW)["item"]
    judge(session, first, "is" if first["best"] else "nobody")
    second = session.answer({**SHOW, "reviewer": "bob"})

    assert second["item"]["profile_id"] == first["profile_id"]
    assert second["item"]["verdict"] is None
    assert second["disagreements"] == []


def test_disagreements_are_told_to_those_who_have_judged(open_review: Open) -> None:
    session = open_review(looks=2)
    item = session.answer(SHOW)["item"]
    assert item["best"]
    judge(session, item, "is")

    state = judge(session, item, "nobody", reviewer="bob")

    assert [one["profile_id"] for one in state["disagreements"]] == [item["profile_id"]]
    assert session.answer({**SHOW, "reviewer": "eve"})["disagreements"] == []
    assert judge(session, item, "is", reviewer="bob")["disagreements"] == []


def test_blind_tells_no_score_at_all(open_review: Open) -> None:
    session, seen = open_review(blind=True), open_review()
    item = session.answer(SHOW)["item"]
    told = json.dumps(item)

    assert "the full name" in told
    assert "%" not in told
    assert not any(word in told for word in ("12.0", "bits", "probab", "linked"))
    assert "bits" in json.dumps(seen.answer(SHOW)["item"])


def test_the_two_sides_are_shown_and_made_harmless(open_review: Open, links: Links) -> None:
    profiles = pa.table(
        {"profile_id": ["p000"], "platform": ["x"], "handle": ["jo"], "bio": ["<script>alert(1)</script>\u202e"]}
    )
    customers = pa.table({"customer_id": ["c000"], "family_name": ['"><img src=x>'], "email": [["a@b.example"]]})
    session = open_review(size=60, profiles=profiles, customers=customers)

    card = session.answer({**SHOW, "profile_id": "p000"})["item"]["card"]

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in card
    assert "<script" not in card
    assert "<img" not in card
    assert "\u202e" not in card
    assert "a@b.example" in card


@pytest.mark.parametrize(
    "order",
    [
        {},
        {"do": "drop"},
        {"do": "judge"},
        {"do": "judge", "profile_id": "p000", "verdict": "maybe"},
        {"do": "judge", "profile_id": "nobody knows", "verdict": "skip"},
        {"do": "judge", "profile_id": ["p000"], "verdict": {"is": 1}},
        {"do": "show", "profile_id": "\ud800"},
        {"do": "show", "reviewer": "x" * 61},
        {"do": "show", "reviewer": "\u202e"},
    ],
)
def test_a_bad_order_is_answered_with_a_sentence(open_review: Open, label_path: Path, order: dict[str, Any]) -> None:
    told = open_review(size=60).answer(order)

    assert set(told) == {"error"}
    assert not label_path.exists()


def test_a_profile_without_a_candidate_is_nobodys_or_skipped(open_review: Open) -> None:
    session = open_review(size=60)

    assert "say nobody or skip" in judge(session, {"profile_id": "p004"}, "is")["error"]
    assert "error" not in judge(session, {"profile_id": "p004"}, "nobody")
    item = session.answer({**SHOW, "profile_id": "p004"})["item"]
    assert item["customers"] == []
    assert "nobody proposed" in item["card"]


def test_the_doubtful_are_not_estimated(open_review: Open, links: Links, label_path: Path) -> None:
    state = judge_all(open_review(order="doubt"))

    assert not state["is_sample"]
    assert state["estimate"] == {"shares": [], "steps": []}
    assert links.recalibrate(label_path).calibration.size == 20
    with pytest.raises(InputError, match="inclusion_probability"):
        links.estimate(label_path)


def test_advice_comes_in_the_end(open_review: Open) -> None:
    session = open_review(advice=("use them",))

    assert session.answer(SHOW)["advice"] == []
    assert judge_all(session)["advice"] == ["use them"]


def test_looks_must_be_a_number(open_review: Open) -> None:
    for looks in (0, True, 1.5):
        with pytest.raises(InvalidParameterError, match="looks"):
            open_review(looks=looks)


def test_a_reviewer_without_a_name_is_the_user(open_review: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("getpass.getuser", lambda: "maria")
    assert open_review(reviewer="").reviewer == "maria"

    def fail() -> str:
        raise OSError

    monkeypatch.setattr("getpass.getuser", fail)
    assert open_review(reviewer="").reviewer == "reviewer"
    assert name_reviewer("Ann\nLee") == "Ann Lee"
