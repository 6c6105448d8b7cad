"""Who asks the index for authors: this process, or some others so that one question need not wait for another."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, astuple, dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Protocol

from sociolink.calibration.decisions import DecisionRule
from sociolink.errors import EngineError, IndexFileError
from sociolink.linking.author_answers import answer_authors
from sociolink.linking.live_index import LiveIndex
from sociolink.streams.answers import AuthorAnswer

__all__ = ["Answers", "Asker", "LocalAsker", "ProcessAsker", "Question", "answer_question", "encode_answers"]

_MODULE = "sociolink.linking.answering"
_PATIENCE_SECONDS = 5.0
_NEWEST = 0.2
"""What the last answer counts in the mean of how long an answer takes."""

Answers = tuple[int, list[AuthorAnswer]]
"""The state of the index that was asked, and an answer for each author."""


@dataclass(frozen=True, slots=True)
class Question:
    """How authors are answered.

    Attributes:
        rule: How to decide.
        top: Most customers that a card lists.
        cards: Whether to explain.
    """

    rule: DecisionRule
    top: int = 3
    cards: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)

    @staticmethod
    def from_dict(data: Mapping[str, Any]) -> Question:
        """The question of `to_dict`."""
        return Question(DecisionRule.from_dict(data["rule"]), data["top"], data["cards"])


class Asker(Protocol):
    """Who asks the index."""

    @property
    def idle(self) -> bool:
        """Whether a question would be answered at once."""

    @property
    def pause(self) -> float:
        """Seconds that the next question should wait, so that answers come at even distances."""

    def ask(self, authors: Sequence[Mapping[str, Any]]) -> Future[Answers]:
        """Put a question."""

    def stamp(self) -> int:
        """The state of the index now; see `LiveIndex.stamp`."""

    def close(self) -> None:
        """Ask no more."""


def answer_question(index: LiveIndex, authors: Sequence[Mapping[str, Any]], question: Question) -> Answers:
    """Ask the newest state of an index."""
    opened = index.current()
    return opened.stamp, answer_authors(opened, authors, question.rule, top=question.top, cards=question.cards)


class LocalAsker:
    """Asks in this process, at once.

    Args:
        index: The index.
        question: How authors are answered.
    """

    idle = True
    pause = 0.0

    def __init__(self, index: LiveIndex, question: Question) -> None:
        self._index = index
        self._question = question

    def ask(self, authors: Sequence[Mapping[str, Any]]) -> Future[Answers]:
        """The answer."""
        done: Future[Answers] = Future()
        done.set_result(answer_question(self._index, authors, self._question))
        return done

    def stamp(self) -> int:
        """The state of the index now."""
        return self._index.stamp()

    def close(self) -> None:
        """There is nothing to close."""


class ProcessAsker:
    """Asks in other processes, so that a question can be put while others are being answered.

    Args:
        index: The index, to see whether it has changed.
        folder: Its folder.
        question: How authors are answered.
        processes: How many.
    """

    def __init__(self, index: LiveIndex, folder: Path, question: Question, processes: int) -> None:
        self._index = index
        command = [sys.executable, "-m", _MODULE, str(folder), json.dumps(question.to_dict())]
        pipe = subprocess.PIPE
        self._workers = [
            subprocess.Popen(command, stdin=pipe, stdout=pipe, start_new_session=True) for _ in range(processes)
        ]
        self._free: SimpleQueue[subprocess.Popen[bytes]] = SimpleQueue()
        for worker in self._workers:
            self._free.put(worker)
        self._threads = ThreadPoolExecutor(processes, "sociolink-ask")
        self._open: list[Future[Answers]] = []
        self._took = 0.0
        self._asked = 0.0

    @property
    def idle(self) -> bool:
        """Whether a process waits for a question."""
        self._open = [one for one in self._open if not one.done()]
        return len(self._open) < len(self._workers)

    @property
    def pause(self) -> float:
        """Until a share of what an answer takes has passed since the last question: else one process would get the
        first post alone, the other the next, and both the many that come while they are at work."""
        return self._asked + self._took / len(self._workers) - time.monotonic()

    def ask(self, authors: Sequence[Mapping[str, Any]]) -> Future[Answers]:
        """Put a question to the next process that is free."""
        self._asked = time.monotonic()
        asked = self._threads.submit(self._talk, authors)
        self._open.append(asked)
        return asked

    def _talk(self, authors: Sequence[Mapping[str, Any]]) -> Answers:
        worker = self._free.get()
        began = time.monotonic()
        try:
            said = _exchange(worker, json.dumps(list(authors)).encode() + b"\n")
        finally:
            self._free.put(worker)
        self._took += _NEWEST * (time.monotonic() - began - self._took)
        if not said:
            raise EngineError("A process that asks the index has ended. Watch again; the stream goes on where it was.")
        told = json.loads(said)
        if "error" in told:
            raise IndexFileError(told["error"])
        return int(told["stamp"]), [AuthorAnswer(*answer) for answer in told["answers"]]

    def stamp(self) -> int:
        """The state of the index now."""
        return self._index.stamp()

    def close(self) -> None:
        """End the processes."""
        for worker in self._workers:
            assert worker.stdin is not None
            with suppress(OSError):
                worker.stdin.close()
        for worker in self._workers:
            try:
                worker.wait(timeout=_PATIENCE_SECONDS)
            except subprocess.TimeoutExpired:
                worker.kill()
                worker.wait()
            assert worker.stdout is not None
            worker.stdout.close()
        self._threads.shutdown()


def _exchange(worker: subprocess.Popen[bytes], line: bytes) -> bytes:
    """Say a line and hear one; nothing where nobody is there any more."""
    assert worker.stdin is not None
    assert worker.stdout is not None
    try:
        worker.stdin.write(line)
        worker.stdin.flush()
        return worker.stdout.readline()
    except (OSError, ValueError):
        return b""


def encode_answers(answers: Answers) -> bytes:
    """Answers as a line of JSON, every number to its last digit."""
    said = {"stamp": answers[0], "answers": [astuple(one) for one in answers[1]]}
    return json.dumps(said).encode() + b"\n"
