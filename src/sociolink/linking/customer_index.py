"""Customers prepared once and kept: linked against, asked for one profile at a time, kept up to date."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from sociolink.calibration.decisions import MAX_FALSE, DecisionRule, check_rule
from sociolink.engines.protocol import Engine
from sociolink.errors import InvalidParameterError, PolicyError
from sociolink.evidence.protocol import EvidenceFamily
from sociolink.governance.consent import set_aside_refused
from sociolink.governance.policy import Policy
from sociolink.index.journal import JOURNAL, finish_journal
from sociolink.index.manifest import load_manifest, sweep
from sociolink.index.storage import FolderStorage, MemoryStorage, Storage
from sociolink.linking.asking import LocalAsker, Question
from sociolink.linking.companions import phrases_of
from sociolink.linking.defaults import DEFAULT_EVIDENCE
from sociolink.linking.index_building import prepare_base, renew_files
from sociolink.linking.index_changes import IndexChange, add_customers
from sociolink.linking.index_erasure import erase_customers
from sociolink.linking.index_events import read_changes, require_hearing, require_record
from sociolink.linking.index_folder import existing_folder, new_folder
from sociolink.linking.index_info import IndexInfo, describe_index
from sociolink.linking.index_posts import read_posts_of, read_time
from sociolink.linking.index_search import find_rows, known_accounts, link_profiles
from sociolink.linking.index_state import IndexState, open_state, write_new
from sociolink.linking.inputs import require_policy
from sociolink.linking.limits import limits_of, scratch_of
from sociolink.linking.listening import Listener
from sociolink.linking.live_index import LiveIndex
from sociolink.linking.parameters import load_model
from sociolink.linking.watching import Watcher, watch_lines
from sociolink.records.single import read_profile
from sociolink.rendering.progress import Progress
from sociolink.results.found import Found
from sociolink.results.links import Links
from sociolink.results.model import LinkModel
from sociolink.streams.answers import AuthorMemory, PostAnswer, SeenPosts
from sociolink.streams.batches import BATCH, REMEMBER, Pace, check_pace
from sociolink.streams.posts import PostReader, Rejection, read_mapping
from sociolink.streams.said import StreamSaid

__all__ = ["CustomerIndex"]


class CustomerIndex:
    """A CRM, prepared for linking and kept in a folder of plain arrays that are mapped into memory.

    Make one with `build`, come back to it with `open`. `find` answers for one profile, `find_many` for some, `link`
    for a table; all give the numbers that `link` gives under the same model. An opened index stays as it was opened:
    what another process changes shows once it is opened again.

    Examples:
        >>> import sociolink as sl
        >>> people = [{"customer_id": "c1", "given_name": "Xenia", "family_name": "Quartermain"}]
        >>> accounts = [{"platform": "github", "handle": "xeniaquartermain"}]
        >>> policy = sl.Policy.research(who="docs")
        >>> model = sl.fit(accounts, people, policy=policy)
        >>> index = sl.CustomerIndex.build(people, model=model, policy=policy)
        >>> index.find(platform="github", handle="xeniaquartermain").customer_id
        'c1'
    """

    __slots__ = ("_accounts", "_evidence", "_phrases", "_policy", "_state", "_storage", "path")

    def __init__(
        self, storage: Storage, policy: Policy | None, evidence: tuple[EvidenceFamily, ...], path: Path | None = None
    ) -> None:
        self._storage = storage
        self._policy = policy
        self._evidence = evidence
        self.path = path
        self._load(open_state(storage, evidence))

    def _load(self, state: IndexState) -> None:
        self._state = state
        self._phrases = phrases_of(state.whole, state.model)
        self._accounts: pa.Table | None = None

    @classmethod
    def build(
        cls,
        customers: Any,
        *,
        model: LinkModel | str | os.PathLike[str],
        policy: Any,
        path: str | os.PathLike[str] | None = None,
        events: Any = None,
        mapping: Any = None,
        evidence: tuple[EvidenceFamily, ...] = DEFAULT_EVIDENCE,
        memory_limit: str | None = None,
    ) -> CustomerIndex:
        """Prepare customers for one model and keep them.

        Args:
            customers: Customers, as for `link`.
            model: A fitted model, or its path. How frequent names are was learned with it: an index serves one model.
            policy: Why and by whom people are linked.
            path: A folder, new, empty, or with an index that is replaced; by default the index is in memory only.
            events: Events of the customers, to be kept on record: posts are then evidence. The model must have been
                fitted with posts and events.
            mapping: Column mapping, where columns are not canonical.
            evidence: Evidence families; those that the model knows are used.
            memory_limit: Memory that building may take, e.g. "4GiB" or "50%"; what exceeds it goes to temporary files,
                and the index is the same to the last byte. An index without `path` lies in memory besides.

        Returns:
            The index, opened.

        Raises:
            InputError: The table cannot be used; lists all problems.
            NothingToLinkError: There are no usable customers.
            ModelError: The model does not fit, or does not know events that are given.
            OutputError: The folder cannot be written, or holds something else.
            PolicyError: No policy was given.
        """
        checked, loaded = require_policy(policy), load_model(model)
        if loaded is None:
            raise InvalidParameterError("model is None; an index is built for one model. Fit one with sociolink.fit.")
        limits = limits_of(memory_limit)
        sources = {"customers": customers, "events": events}
        base, families = prepare_base(sources, loaded, evidence, mapping=mapping, limits=limits)
        storage: Storage = MemoryStorage() if path is None else new_folder(path)
        with storage.lock():
            write_new(storage, base, families, loaded, scratch=scratch_of(limits))
        del base
        return cls(storage, checked, evidence, None if path is None else Path(path))

    @classmethod
    def open(
        cls,
        path: str | os.PathLike[str],
        *,
        policy: Any = None,
        evidence: tuple[EvidenceFamily, ...] = DEFAULT_EVIDENCE,
    ) -> CustomerIndex:
        """Open an index; nothing is read before it is needed.

        Args:
            path: The folder.
            policy: Why and by whom people are linked; not needed for `info`, `upsert`, `compact` and `erase`.
            evidence: Evidence families, among them those it was built with.

        Raises:
            IndexFileError: There is no index, or it is damaged, newer, or made with other evidence.
            PolicyError: The policy is none.
        """
        checked = None if policy is None else require_policy(policy)
        folder = existing_folder(path)
        return cls(FolderStorage(folder), checked, evidence, folder)

    @classmethod
    def renew(
        cls,
        path: str | os.PathLike[str],
        *,
        policy: Any = None,
        evidence: tuple[EvidenceFamily, ...] = DEFAULT_EVIDENCE,
        memory_limit: str | None = None,
    ) -> CustomerIndex:
        """Bring an index that another version wrote up to date, from the customers and the model that it holds.

        Args:
            path: The folder.
            policy: As for `open`.
            evidence: As for `open`.
            memory_limit: As for `build`.

        Returns:
            The index, opened; frequencies are counted anew, as by `compact`.

        Raises:
            IndexFileError: There is no index, or it is damaged, newer than this version, or made with other evidence.
        """
        storage = FolderStorage(existing_folder(path))
        with storage.lock():
            finish_journal(storage)
            renew_files(storage, evidence, limits=limits_of(memory_limit))
        return cls.open(path, policy=policy, evidence=evidence)

    @property
    def model(self) -> LinkModel:
        """The model that it was built for."""
        return self._state.model

    def __len__(self) -> int:
        return int(self._state.manifest.facts["customers"])

    def find(
        self, *, top: int = 3, posts: Any = None, posts_time: tuple[Any, Any] | None = None, **profile: Any
    ) -> Found:
        """The customers whom one profile may belong to.

        Args:
            top: Most customers listed.
            posts: Posts of the profile, as dicts or as a table in memory: text, created_at and place count. They are
                evidence where the index holds events; without events, where and how the profile writes.
            posts_time: From when to when posts of the profile were read; the time of these posts by default.
            profile: Canonical columns of the profile: platform and handle, display_name, bio, location ...

        Returns:
            What was found; its numbers are those of `link`.

        Raises:
            InputError: A column is missing, unknown or not allowed; lists all problems.
            InvalidParameterError: There are posts, and they say nothing to this index.
            PolicyError: The profile refused consent, or the index was opened without a policy.
        """
        return self._find([profile], top, None if posts is None else (posts, True), posts_time)[0]

    def find_many(
        self,
        profiles: Iterable[Mapping[str, Any]],
        *,
        top: int = 3,
        posts: Any = None,
        posts_time: tuple[Any, Any] | None = None,
    ) -> tuple[Found, ...]:
        """`find` for several profiles at once, in their order.

        Args:
            profiles: For each profile its columns, as for `find`.
            top: Most customers listed for a profile.
            posts: Posts of these profiles and of others, as for `link`; whose they are is found as there.
            posts_time: From when to when the posts were read; the time of these posts by default.
        """
        return self._find(profiles, top, None if posts is None else (posts, False), posts_time)

    def _find(
        self,
        profiles: Iterable[Mapping[str, Any]],
        top: int,
        posts: tuple[Any, bool] | None,
        posts_time: tuple[Any, Any] | None,
    ) -> tuple[Found, ...]:
        """What is found; of posts it is said whether all are of the one profile."""
        _check_top(top)
        require_policy(self._policy)
        time = read_time(posts_time)
        extra = tuple(family.column for family in self._state.families if hasattr(family, "column"))
        tables = [read_profile(one, also=extra) for one in profiles]
        if not tables:
            return ()
        table = tables[0] if len(tables) == 1 else pa.concat_tables(tables, promote_options="permissive")
        if set_aside_refused(table).count:
            raise PolicyError("consent: refused for one of the profiles; such profiles are not linked. Leave it out.")
        if posts is not None:
            require_hearing(self._state)
            of_one = table["profile_id"][0].as_py() if posts[1] else None
            table = self._state.record.attach(table, read_posts_of(posts[0], profile_id=of_one), time=time)
        return find_rows(self._state, table, top=top, phrases=self._phrases)

    def link(
        self,
        profiles: Any = None,
        *,
        posts: Any = None,
        events: Any = None,
        known: Any = None,
        mapping: Any = None,
        top: int = 5,
        engine: Engine | None = None,
        threads: int | None = None,
        memory_limit: str | None = None,
        progress: Progress | None = None,
    ) -> Links:
        """Link a table of profiles against these customers; see `link` for the arguments.

        Returns:
            The links that `link(..., model=index.model)` gives for these customers. Two things differ: false links are
            not counted on decoys, and frequencies are those of the last `build` or `compact`.

        Raises:
            InputError: A table cannot be used; lists all problems.
            NothingToLinkError: There are no usable profiles.
        """
        _check_top(top)
        policy = require_policy(self._policy)
        sources = {"profiles": profiles, "posts": posts, "events": events, "truth": known}
        if self._accounts is None:
            self._accounts = known_accounts(self._state)
        return link_profiles(
            self._state,
            sources,
            policy=policy,
            accounts=self._accounts,
            mapping=mapping,
            top=top,
            engine=engine,
            threads=threads,
            memory_limit=memory_limit,
            progress=progress,
        )

    def watch(
        self,
        posts: Iterable[str | bytes | Mapping[str, Any]],
        *,
        cards: bool = False,
        mapping: Any = None,
        max_false: float = MAX_FALSE,
        batch: int = BATCH,
        max_delay_ms: float = 0.0,
        remember: int = REMEMBER,
        rejected: Callable[[Rejection], object] | None = None,
    ) -> Iterator[PostAnswer]:
        """Answer posts as they come, in order; see `sociolink.watch`, which also goes on where it was stopped.

        Args:
            posts: Lines of JSON, or mappings. They are read ahead, in a thread, by some batches.
            cards: Add the explanation to each answer.
            mapping: Column mapping, where columns are not canonical.
            max_false: Largest chance that a link is false; each profile by itself.
            batch: Lines that are answered together at most.
            max_delay_ms: How long a line waits for others.
            remember: Posts and authors that are remembered.
            rejected: Called with what is set aside.

        Returns:
            An iterator of answers; the index is asked again where another process has changed it.

        Raises:
            InvalidParameterError: Parameters are out of range.
            PolicyError: The index was opened without a policy.
        """
        pace = check_pace(Pace(batch=batch, max_delay_ms=max_delay_ms, remember=remember))
        rule = check_rule(DecisionRule(max_false=max_false))
        live = self.live()
        watcher = Watcher(
            LocalAsker(live, Question(rule, cards=cards)),
            PostReader(read_mapping(mapping), also=live.columns(), texts=live.hears()),
            memory=AuthorMemory(remember),
            seen=SeenPosts(remember),
            listener=Listener(live, StreamSaid(remember)),
        )
        return watch_lines(watcher, posts, pace, rejected)

    def live(self) -> LiveIndex:
        """The newest state of this index, whoever changes it.

        Raises:
            PolicyError: The index was opened without a policy.
        """
        require_policy(self._policy)
        return LiveIndex(self._storage, self._evidence)

    def upsert(self, customers: Any = None, *, events: Any = None, mapping: Any = None) -> IndexChange:
        """Add customers, and replace those whose id is there already; customers who refused consent are erased.

        Events are put on record beside those that are there; one whose `event_id` is on record replaces that one. A
        customer who is replaced keeps the events on record.

        Until `compact`, the frequencies of names, places and the like stay those of the last count. What nobody had
        then counts as rare.

        Args:
            customers: Customers, as for `link`; may be left out where events are given.
            events: Events of customers who are there, or come now; those of others are passed over, and counted.
            mapping: Column mapping, where columns are not canonical.

        Returns:
            What changed. What was there before is safe until the new state is, and readers keep what they opened.

        Raises:
            InputError: A table cannot be used; lists all problems.
            IndexFileError: Another process is writing.
            InvalidParameterError: Nothing is given, or events for an index that was built without.
            OutputError: The files cannot be written; nothing has changed.
        """
        given = read_changes({"customers": customers, "events": events}, mapping=mapping)
        consented = set_aside_refused(given["customers"].table) if "customers" in given else None
        later = given["events"].table if "events" in given else None
        with self._storage.lock():
            self._refresh()
            if later is not None:
                require_record(self._state)
            change = add_customers(self._storage, self._state, None if consented is None else consented.kept, later)
            self._refresh()
            rejected = sum(one.rejects.num_rows for one in given.values())
            change = replace(change, rejected=rejected)
            if consented is not None:
                gone = erase_customers(self._storage, self._state, consented.refused)
                change = replace(change, refused=consented.count, erased=gone.erased)
                self._refresh()
        return change

    def erase(self, ids: Iterable[object]) -> IndexChange:
        """Erase customers: their strings, keys and what nobody else has in any dictionary, from every file.

        Customers of these ids who were replaced are erased with them. Copies outside the folder (snapshots, backups,
        what another process has opened) are not reached; see `docs/indexing.md`.

        Args:
            ids: Ids of customers; those that are not there are passed over, and counted.

        Returns:
            How many were erased, and how many were not there. Once this returns they are gone; after a crash they are
            gone, or all still there.

        Raises:
            IndexFileError: Another process is writing.
            OutputError: The files cannot be written; open the index again to finish.
        """
        wanted = pa.array([str(one) for one in ids], pa.string())
        with self._storage.lock():
            self._refresh()
            change = erase_customers(self._storage, self._state, wanted)
            self._refresh()
        return replace(change, absent=len(wanted.unique()) - change.erased)

    def compact(self, *, memory_limit: str | None = None) -> None:
        """Build the index again from the customers who count, all in one section, with frequencies counted anew.

        Answers are then those of an index that was built with these customers; the model stays.

        Args:
            memory_limit: As for `build`.

        Raises:
            IndexFileError: Another process is writing.
            OutputError: The files cannot be written; nothing has changed.
        """
        with self._storage.lock():
            self._refresh()
            renew_files(self._storage, self._evidence, limits=limits_of(memory_limit))
            self._refresh()

    def _refresh(self) -> None:
        """Go on from the newest state; the lock must be held."""
        unfinished = JOURNAL in self._storage.names()
        if unfinished or load_manifest(self._storage).generation != self._state.manifest.generation:
            self._load(open_state(self._storage, self._evidence, locked=True))
        sweep(self._storage, self._state.manifest)

    def info(self, *, verify: bool = False) -> IndexInfo:
        """What the index holds, how large it is, and whether `compact` would help.

        Args:
            verify: Read everything and compare it with its checksums.

        Raises:
            IndexFileError: Something is damaged.
        """
        return describe_index(self._storage, self._state, verify=verify)

    def __repr__(self) -> str:
        return str(self.info())

    def _repr_html_(self) -> str:
        return self.info()._repr_html_()


def _check_top(top: int) -> None:
    if not isinstance(top, int) or not 1 <= top <= 1000:
        raise InvalidParameterError(f"top is {top!r}; it must be a whole number from 1 to 1000.")
