"""Answer a stream of posts: from a file or pipe into a file or pipe, going on where it was stopped."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from sociolink.calibration.decisions import MAX_FALSE, DecisionRule, check_rule
from sociolink.errors import InvalidParameterError
from sociolink.linking.asking import Asker, LocalAsker, ProcessAsker, Question
from sociolink.linking.customer_index import CustomerIndex
from sociolink.linking.defaults import DEFAULT_EVIDENCE
from sociolink.linking.listening import Listener
from sociolink.linking.live_index import LiveIndex
from sociolink.linking.watching import Watcher
from sociolink.streams.batches import BATCH, REMEMBER, Pace, check_pace
from sociolink.streams.feed import LineFeed
from sociolink.streams.inputs import open_input
from sociolink.streams.posts import PostReader, read_mapping
from sociolink.streams.report import WatchReport
from sociolink.streams.run import StreamRun

__all__ = ["watch"]

_MOST_PROCESSES = 64


def watch(
    posts: Any,
    index: CustomerIndex | str | os.PathLike[str],
    *,
    output: str | os.PathLike[str],
    policy: Any = None,
    state: str | os.PathLike[str] | None = None,
    rejects: str | os.PathLike[str] | None = None,
    cards: bool = False,
    mapping: Any = None,
    max_false: float = MAX_FALSE,
    batch: int = BATCH,
    max_delay_ms: float = 0.0,
    remember: int = REMEMBER,
    processes: int = 1,
    stopped: Callable[[], bool] = lambda: False,
) -> WatchReport:
    """Say of each post of a stream whose customer wrote it, in order, until the stream ends or is stopped.

    Posts carry what is known of their author: platform and handle, and display_name, bio, location ... as they are. An
    author who shows what was seen before is answered from memory; the others are asked for together. Memory is void as
    soon as the index changes: whoever is erased from it is not named again.

    With a state folder the stream goes on where it was stopped or killed. Between files nothing is lost or told twice.
    From a pipe what was read and not committed must be sent again; what was answered is known by its post_id, among
    the last `remember`. Into a pipe what was not committed comes again.

    Args:
        posts: JSON lines: a path, "-" for standard input, or an iterable of texts, bytes or dicts.
        index: The index, or its folder.
        output: Path for the answers, one line of JSON for each post, or "-" for standard output.
        policy: Why and by whom people are linked; needed where the index is given by its folder.
        state: Folder for what is remembered; None begins anew each time, and writes the files anew.
        rejects: Path for what is set aside: line, post_id, column, reason, severity.
        cards: Add the explanation to each answer. Such answers are remembered in memory alone.
        mapping: Column mapping, where columns are not canonical.
        max_false: Largest chance that a link is false; each profile by itself.
        batch: Lines that are answered together at most.
        max_delay_ms: How long a line waits for others.
        remember: Posts and authors that are remembered.
        processes: Processes that ask the index; with more than one, new authors need not wait for each other.
        stopped: Asked between batches; True ends the stream after what was read.

    Returns:
        Counts; with a state folder, since it began.

    Raises:
        InputError: The posts, the mapping or the state folder cannot be read.
        InvalidParameterError: Parameters are out of range.
        IndexFileError: There is no index, or it is damaged.
        OutputError: An output cannot be written; what was committed before counts.
        PolicyError: No policy was given.

    Examples:
        >>> import sociolink as sl, tempfile, pathlib
        >>> people = [{"customer_id": "c1", "given_name": "Xenia", "family_name": "Quartermain"}]
        >>> posts = [{"post_id": "1", "text": "Hi!", "platform": "github", "handle": "xeniaquartermain"}]
        >>> policy = sl.Policy.research(who="docs")
        >>> index = sl.CustomerIndex.build(people, model=sl.fit(posts, people, policy=policy), policy=policy)
        >>> answers = pathlib.Path(tempfile.mkdtemp()) / "answers.jsonl"
        >>> sl.watch(posts, index, output=answers).posts
        1
    """
    pace = check_pace(Pace(batch=batch, max_delay_ms=max_delay_ms, remember=remember))
    rule = check_rule(DecisionRule(max_false=max_false))
    opened = index if isinstance(index, CustomerIndex) else CustomerIndex.open(index, policy=policy)
    with ExitStack() as closing:
        run = StreamRun(None if state is None else Path(state), output, rejects, pace=pace)
        closing.callback(run.close)
        source = open_input(posts, run.progress, grows=state is not None)
        closing.callback(source.close)
        question = Question(rule, cards=cards)
        live, asker = _asker(opened, question, processes)
        closing.callback(asker.close)
        reader = PostReader(read_mapping(mapping), also=live.columns(), texts=live.hears())
        listener = Listener(live, run.said)
        watcher = Watcher(asker, reader, memory=run.memory, seen=run.seen, listener=listener, stamp=run.progress.index)
        watcher.follow()
        run.begin(source.said, watcher.stamp, json.dumps(question.to_dict(), sort_keys=True))
        feed = LineFeed(source.source, most_lines=pace.queue)
        closing.callback(feed.close)
        for answered in watcher.batches(feed, pace):
            run.write(answered, watcher.stamp)
            if stopped():
                feed.stop()
        run.commit()
        return run.report


def _asker(index: CustomerIndex, question: Question, processes: int) -> tuple[LiveIndex, Asker]:
    """Who asks the index: this process where it is to be one."""
    live = index.live()
    if not isinstance(processes, int) or not 1 <= processes <= _MOST_PROCESSES:
        raise InvalidParameterError(f"processes is {processes!r}; it must be from 1 to {_MOST_PROCESSES}.")
    if processes == 1:
        return live, LocalAsker(live, question)
    if index.path is None or live.evidence != DEFAULT_EVIDENCE:
        raise InvalidParameterError("processes: more than one needs an index in a folder, with the default evidence.")
    return live, ProcessAsker(live, index.path, question, processes)
