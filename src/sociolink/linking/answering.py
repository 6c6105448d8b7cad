"""A process that answers questions about authors, line by line; see `ProcessAsker`."""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from sociolink.errors import SociolinkError
from sociolink.index.storage import FolderStorage
from sociolink.linking.asking import Question, answer_question, encode_answers
from sociolink.linking.defaults import DEFAULT_EVIDENCE
from sociolink.linking.live_index import LiveIndex

__all__ = ["serve_answers"]


def serve_answers(folder: Path, question: Question, *, questions: BinaryIO, answers: BinaryIO) -> None:
    """Answer until there are no more questions.

    Args:
        folder: Folder of the index.
        question: How authors are answered.
        questions: Lines of JSON, each a list of authors.
        answers: Where a line goes for each of them.
    """
    index = LiveIndex(FolderStorage(folder), DEFAULT_EVIDENCE)
    with suppress(SociolinkError):
        index.current()
    for line in questions:
        try:
            said = encode_answers(answer_question(index, json.loads(line), question))
        except SociolinkError as error:
            said = json.dumps({"error": str(error)}).encode() + b"\n"
        answers.write(said)
        answers.flush()


if __name__ == "__main__":
    with suppress(BrokenPipeError):
        serve_answers(
            Path(sys.argv[1]),
            Question.from_dict(json.loads(sys.argv[2])),
            questions=sys.stdin.buffer,
            answers=sys.stdout.buffer,
        )
