"""Questions that are answered elsewhere, out of turn: answers still come in order, and no author is asked for twice."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from sociolink.linking.asking import Answers
from sociolink.linking.live_index import CHANGING
from sociolink.linking.watching import Watcher
from sociolink.streams.answers import AuthorAnswer, AuthorMemory, SeenPosts
from sociolink.streams.batches import Answered, Pace
from sociolink.streams.feed import LineFeed
from sociolink.streams.lines import number_items
from sociolink.streams.posts import PostReader


class LateAsker:
    """Three questions at a time, of which later ones are answered sooner. What it says names the state that was asked.

    Args:
        changes: After how many authors the index is changing, and changed.
    """

    pause = 0.0

    def __init__(self, changes: int = 10**9) -> None:
        self.threads = ThreadPoolExecutor(3)
        self.open: list[Future[Answers]] = []
        self.asked: list[str] = []
        self.most = 0
        self.changes = changes

    @property
    def idle(self) -> bool:
        self.open = [one for one in self.open if not one.done()]
        return len(self.open) < 3

    def ask(self, authors: Sequence[Mapping[str, Any]]) -> Future[Answers]:
        handles = [str(one["handle"]) for one in authors]
        state = self.state()  # of when it was asked: a change comes while it is being answered
        self.asked += handles
        self.open.append(self.threads.submit(self.answer, handles, state, 0.02 - 0.008 * len(self.open)))
        self.most = max(self.most, len(self.open))
        return self.open[-1]

    def answer(self, handles: list[str], state: int, seconds: float) -> Answers:
        time.sleep(max(seconds, 0.001))
        return state, [AuthorAnswer(f"{one} in {state}", 0.9, 0.1, "review") for one in handles]

    def state(self) -> int:
        return 1 if len(self.asked) < self.changes else 2

    def stamp(self) -> int:
        if self.changes <= len(self.asked) and self.changes > 0 and not hasattr(self, "told"):
            self.told = True
            return CHANGING
        return self.state()

    def close(self) -> None:
        self.threads.shutdown()


def watch(asker: LateAsker, handles: str, remember: int = 100) -> list[Answered]:
    posts = [{"post_id": str(n), "platform": "x", "handle": one} for n, one in enumerate(handles)]
    feed = LineFeed(lambda stopped: number_items(posts, stopped=stopped), most_lines=100)
    watcher = Watcher(asker, PostReader(), memory=AuthorMemory(remember), seen=SeenPosts(100), stamp=1)
    found = list(watcher.batches(feed, Pace(batch=2)))
    asker.close()
    return found


def test_answers_come_in_order_and_authors_are_asked_for_once() -> None:
    asker = LateAsker()
    handles = "ababcdcdabefghijklmnop"
    answers = [answer for answered in watch(asker, handles) for answer in answered.answers]

    assert [answer.post_id for answer in answers] == [str(n) for n in range(len(handles))]
    assert [answer.customer_id for answer in answers] == [f"{one} in 1" for one in handles]
    assert sorted(asker.asked) == sorted(set(handles))
    assert asker.most == 3


def test_what_was_asked_of_an_earlier_state_is_asked_again() -> None:
    asker = LateAsker(changes=12)
    handles = "abcdefghijklmnopqrstuvwxyz"
    found = watch(asker, handles)
    answers = [answer for answered in found for answer in answered.answers]

    assert [answer.post_id for answer in answers] == [str(n) for n in range(len(handles))]
    states = [str(answer.customer_id)[-1] for answer in answers]
    assert states == sorted(states)
    assert set(states) == {"1", "2"}
    assert sum(answered.forgotten for answered in found) == 1


def test_nothing_that_is_remembered_is_needed() -> None:
    asker = LateAsker()
    answers = [answer for answered in watch(asker, "abababababababab", remember=0) for answer in answered.answers]

    assert [answer.customer_id for answer in answers] == [f"{one} in 1" for one in "abababababababab"]
