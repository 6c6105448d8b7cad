"""A stream that is written and committed: nothing is lost or told twice, whenever it is killed."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import replace
from pathlib import Path
from typing import Any

from sociolink.streams.answers import AuthorAnswer, AuthorMemory, SeenPosts
from sociolink.streams.batches import Answered, Pace
from sociolink.streams.journal import Progress, Record, StreamJournal
from sociolink.streams.outputs import LineOutput
from sociolink.streams.report import WatchReport
from sociolink.streams.said import StreamSaid

__all__ = ["COMMIT_SECONDS", "StreamRun"]

COMMIT_SECONDS = 0.25
"""How long written answers may wait until they are committed."""

_STDOUT = 1


class StreamRun:
    """Writes answers and rejects, and keeps a journal of how far it has come.

    First the lines are made safe, then the journal says so. After a crash the files are cut back to what it says, and
    reading goes on from there. What went into a pipe cannot be cut back: what was not committed comes again.

    Args:
        state: Folder of the journal; None keeps none.
        output: Path of the answers, or "-" for standard output.
        rejects: Path of what is set aside; None tells it nobody.
        pace: How much is remembered.
    """

    def __init__(self, state: Path | None, output: Any, rejects: Any, *, pace: Pace) -> None:
        self._journal = None if state is None else StreamJournal(state, keep=pace.remember)
        self._outputs: dict[str, LineOutput] = {}
        records = [] if self._journal is None else self._journal.records
        self.progress = records[-1].progress if records else Progress()
        self.seen = SeenPosts(pace.remember, (post for record in records for post in record.posts))
        self._kept = deque(self.seen, maxlen=pace.remember)
        self.memory = AuthorMemory(pace.remember)
        for record in records:
            for author, shown, answer in record.answers:
                self.memory.put(author, shown, AuthorAnswer(*answer))
        self.said = StreamSaid(pace.remember)
        self.said.remember(one for record in records for one in record.said)
        self.report = WatchReport.from_dict(self.progress.counts)
        self._said: list[Any] = []
        self._posts: list[str] = []
        self._learned: list[tuple[str, str, tuple[Any, ...]]] = []
        self._dirty = False
        self._committed = time.monotonic()
        try:
            self._outputs["output"] = self._open("output", output)
            if rejects is not None:
                self._outputs["rejects"] = self._open("rejects", rejects)
        except BaseException:
            self.close()
            raise

    def begin(self, said: str, stamp: int, question: str) -> None:
        """Write the journal anew, as a whole: of what was remembered only what still holds.

        Args:
            said: What is kept of the input.
            stamp: The state of the index.
            question: How it is asked.
        """
        same = said == self.progress.input
        line, read = (self.progress.line, self.progress.read) if same else (0, 0)
        if (stamp, question) != (self.progress.index, self.progress.question):
            self.memory.clear()
        self.progress = replace(self.progress, line=line, read=read, input=said, index=stamp, question=question)
        self._restart()

    def write(self, answered: Answered, stamp: int) -> None:
        """Write what came of a batch, and commit it when it is time."""
        for answer in answered.answers:
            self._outputs["output"].add(answer.to_json())
        if "rejects" in self._outputs:
            for rejection in answered.rejections:
                self._outputs["rejects"].add(rejection.to_json())
        for one in self._outputs.values():
            one.flush()
        if answered.lines:
            self.report = self.report.plus(answered.counts)
            self.progress = replace(self.progress, line=answered.line, read=answered.end)
            self._dirty = True
            self._posts += answered.posts
            self._kept.extend(answered.posts)
            self._learned += [
                (author, shown, _plain(answer)) for author, shown, answer in answered.learned if answer.card is None
            ]
        self._said += answered.said
        if answered.forgotten or stamp != self.progress.index:
            self.progress = replace(self.progress, index=stamp)
            self._restart()
        elif self._dirty and time.monotonic() - self._committed >= COMMIT_SECONDS:
            self.commit()

    def commit(self) -> None:
        """Make all that was written count."""
        if self._dirty and self._journal is not None:
            self._settle()
            self._journal.commit(Record(self.progress, self._posts, self._learned, said=self._said))
        self._done()

    def close(self) -> None:
        """Close all files; what was not committed does not count."""
        for one in self._outputs.values():
            one.close()
        if self._journal is not None:
            self._journal.close()

    def _restart(self) -> None:
        """Commit by a journal that says all anew, so that nothing void stays on the disk."""
        if self._journal is not None:
            self._settle()
            learned = [(author, shown, _plain(one)) for author, shown, one in self.memory if one.card is None]
            said = self.said.everything()
            self._journal.restart(Record(self.progress, list(self._kept), learned, fresh=True, said=said))
        self._done()

    def _settle(self) -> None:
        for one in self._outputs.values():
            one.settle()
        written = {kind: [one.name, one.size] for kind, one in self._outputs.items() if one.name}
        self.progress = replace(self.progress, written=written, counts=self.report.to_dict())

    def _done(self) -> None:
        self._posts, self._learned, self._said, self._dirty = [], [], [], False
        self._committed = time.monotonic()

    def _open(self, kind: str, target: Any) -> LineOutput:
        if target == "-":
            return LineOutput(_STDOUT)
        path = Path(target)
        name, size = self.progress.written.get(kind, ("", 0))
        return LineOutput(path, written=size if name == path.name and path.exists() else 0)


def _plain(answer: AuthorAnswer) -> tuple[Any, ...]:
    return (answer.customer_id, answer.probability, answer.nobody, answer.decision)
