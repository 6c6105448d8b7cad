"""A review: what is shown next, and what becomes of an answer; the page and the widget both ask here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, TypedDict

import pyarrow as pa
import pyarrow.compute as pc

from sociolink.errors import InputError, InvalidParameterError, Problem, SociolinkError
from sociolink.rendering.card import card_html
from sociolink.rendering.grid import tame
from sociolink.results.labels.estimate import Estimate
from sociolink.results.links import Links
from sociolink.review.agreement import find_disagreements, people_of
from sociolink.review.labels import VERDICTS, Judgement, LabelFile
from sociolink.review.narrowing import slim_links, trace_estimate
from sociolink.review.queue import ReviewQueue, make_queue
from sociolink.review.sides import Sides, read_sides

__all__ = ["ReviewOptions", "ReviewSession", "open_session"]

_NAME_CHARS: Final = 60
_MOST_CUSTOMERS: Final = 9
"""As many as there are keys for."""

Clock = Callable[[], datetime]


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, eq=False)
class ReviewSession:
    """Cards out, judgements in. What was judged stands in the label file alone, so that several sessions may share it.

    Attributes:
        links: The links that are reviewed.
        queue: What is reviewed.
        labels: Where judgements are saved.
        sides: What is known of profiles and customers.
        reviewer: Who reviews, unless an order names another.
        blind: Whether scores are hidden.
        looks: How many reviewers are to look at each profile.
        people: The person behind each listed customer; see `people_of`.
        measured: What estimates are made from; see `slim_links`.
        advice: What can be done with the labels in the end.
        clock: What time it is.
    """

    links: Links
    queue: ReviewQueue
    labels: LabelFile
    sides: Sides
    reviewer: str
    blind: bool
    looks: int
    people: Mapping[tuple[str, str], str]
    measured: Links
    advice: tuple[str, ...] = ()
    clock: Clock = _now
    _known: dict[Any, Estimate | None] = field(default_factory=dict)

    def answer(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """Carry out an order and say how things stand.

        Args:
            order: `do` is "show" (with `profile_id` and `customer_id` for a certain card; else the next one), "judge"
                (with `profile_id`, `verdict`, and `customer_id` where it is not the best of those listed) or "undo";
                `reviewer` says who, where it is not the reviewer of the session.

        Returns:
            Plain values for JSON: the card to show (`item`, None where all is done), counts, disagreements, the
            estimate; or `error`, a sentence.
        """
        try:
            return self._carry_out(order)
        except SociolinkError as error:
            return {"error": str(error)}

    def export(self) -> pa.Table:
        """The judgements of this queue as a labels table, as those of the smaller sample that they are so far."""
        return self.queue.labels_so_far(self.labels.read())

    def _carry_out(self, order: Mapping[str, Any]) -> dict[str, Any]:
        reviewer = name_reviewer(order.get("reviewer") or self.reviewer)
        do, wanted = order.get("do"), order.get("profile_id")
        if do == "judge":
            self._judge(order, reviewer)
            return self._state(reviewer, None, None)
        if do == "undo":
            wanted = self.labels.take_back(reviewer)
            note = "There is nothing to take back." if wanted is None else ""
            known = wanted if wanted in self.queue.profile else None
            return {**self._state(reviewer, known, None), "note": note}
        if do != "show":
            raise InvalidParameterError("do must be show, judge or undo")
        customer = order.get("customer_id")
        return self._state(reviewer, None if wanted is None else str(wanted), customer)

    def _judge(self, order: Mapping[str, Any], reviewer: str) -> None:
        verdict, profile_id = str(order.get("verdict")), str(order.get("profile_id"))
        if verdict not in VERDICTS:
            raise InvalidParameterError(f"verdict must be one of {', '.join(VERDICTS)}")
        place = self.queue.place(profile_id)
        customer = self.queue.customer[place]
        if verdict == "is" and order.get("customer_id") is not None:
            customer = self._listed(profile_id, str(order["customer_id"]))
        if verdict in ("is", "is_not") and customer is None:
            raise InvalidParameterError("no customer is proposed here: say nobody or skip")
        self.labels.add(
            Judgement(
                profile_id=profile_id,
                customer_id=customer if verdict in ("is", "is_not") else None,
                verdict=verdict,
                reviewer=reviewer,
                decided_at=self.clock().strftime("%Y-%m-%dT%H:%M:%SZ"),
                inclusion_probability=self.queue.drawn_with(place),
            )
        )

    def _listed(self, profile_id: str, customer_id: str) -> str:
        if customer_id not in self._customers(profile_id):
            what = f"is not among the customers listed for {profile_id}"
            raise InputError(Problem("customer_id", what, "Choose a listed one."))
        return customer_id

    def _customers(self, profile_id: str) -> list[str]:
        listed: list[str | None] = self.links[profile_id].table["customer_id"].to_pylist()
        return [one for one in listed if one is not None][:_MOST_CUSTOMERS]

    def _state(self, reviewer: str, profile_id: str | None, customer_id: Any) -> dict[str, Any]:
        labels = self.labels.read()
        own = labels.filter(pc.is_in(labels["profile_id"], pa.array(self.queue.profile, pa.string())))
        judged = list(zip(own["profile_id"].to_pylist(), own["reviewer"].to_pylist(), strict=True))
        mine = {profile for profile, who in judged if who == reviewer}
        if profile_id is None:
            profile_id = self.queue.next_for(reviewer, judged, looks=self.looks)
        clashes = find_disagreements(own, self.people)
        finished = self.queue.next_for(reviewer, judged, looks=self.looks) is None
        narrowing = trace_estimate(self.measured, self.queue, labels, known=self._known)
        return {
            "reviewer": reviewer,
            "blind": self.blind,
            "looks": self.looks,
            "total": len(self.queue),
            "judged": len({profile for profile, _ in judged}),
            "judged_by": _count([who or "" for _, who in judged]),
            "is_sample": self.queue.inclusion is not None,
            "item": None if profile_id is None else self._item(profile_id, customer_id, own, reviewer),
            "disagreements": [
                {"profile_id": profile, "said": [one.as_dict() for one in said]}
                for profile, said in clashes
                if finished or profile in mine
            ],
            "estimate": narrowing.to_dict(),
            "advice": list(self.advice) if profile_id is None else [],
            "file": self.labels.path.name,
        }

    def _item(self, profile_id: str, customer_id: Any, own: pa.Table, reviewer: str) -> dict[str, Any]:
        place = self.queue.place(profile_id)
        customers = self._customers(profile_id)
        shown = self.queue.customer[place] if customer_id is None else self._listed(profile_id, str(customer_id))
        why = self.links.explain(profile_id, customer_id=shown)
        data = why.card(profile=self.sides.profiles.get(profile_id), customer=self.sides.customers.get(shown or ""))
        said = own.filter(pc.and_(pc.equal(own["profile_id"], profile_id), pc.equal(own["reviewer"], reviewer)))
        return {
            "profile_id": profile_id,
            "number": place + 1,
            "customers": customers,
            "customer_id": shown,
            "best": self.queue.customer[place],
            "verdict": said["verdict"][0].as_py() if said.num_rows else None,
            "card": card_html(data, blind=self.blind, level=2),
        }


class ReviewOptions(TypedDict, total=False):
    """What `open_session` takes, and whoever opens one passes on."""

    size: int
    order: str
    seed: int
    profiles: Any
    customers: Any
    mapping: Any
    reviewer: str
    blind: bool
    looks: int


def open_session(
    links: Links,
    labels: str | Path,
    *,
    size: int = 200,
    order: str = "sample",
    seed: int = 0,
    profiles: Any = None,
    customers: Any = None,
    mapping: Any = None,
    reviewer: str = "",
    blind: bool = False,
    looks: int = 1,
    advice: tuple[str, ...] = (),
    clock: Clock = _now,
) -> ReviewSession:
    """Prepare a review.

    Args:
        links: The links to review.
        labels: File of labels, ending in .jsonl; made where it is not there, continued where it is.
        size: How many profiles.
        order: "sample" for a random sample, on which `links.estimate` and `links.accept` can rest; "doubt" for the
            profiles whose label would teach most.
        seed: Start of the random numbers.
        profiles: The profiles that were linked, to show them.
        customers: The customers, likewise.
        mapping: Column mapping, where their columns are not canonical.
        reviewer: Who reviews; the name of the user by default.
        blind: Hide scores.
        looks: How many reviewers are to look at each profile.
        advice: What can be done with the labels in the end.
        clock: What time it is.

    Raises:
        InvalidParameterError: A parameter is out of range.
        InputError: The labels or a table cannot be read.
    """
    if not isinstance(looks, int) or isinstance(looks, bool) or looks < 1:
        raise InvalidParameterError(f"looks is {looks!r}; it must be a whole number of at least 1")
    file = LabelFile(Path(labels))
    file.read()
    queue = make_queue(links, size, order=order, seed=seed)
    people = people_of(links, list(queue.profile))
    shown = {"profile_ids": set(queue.profile), "customer_ids": {customer for _, customer in people}}
    sides = read_sides(profiles=profiles, customers=customers, mapping=mapping, **shown)
    return ReviewSession(
        links=links,
        queue=queue,
        labels=file,
        sides=sides,
        reviewer=name_reviewer(reviewer or _user()),
        blind=blind,
        looks=looks,
        people=people,
        measured=slim_links(links, queue),
        advice=advice,
        clock=clock,
    )


def name_reviewer(name: Any) -> str:
    """The name of a reviewer as it stands in labels: on one line, without signs that are not seen.

    Raises:
        InvalidParameterError: Nothing is left of it, or it is too long.

    Examples:
        >>> name_reviewer("  Ann \\u202e ")
        'Ann'
    """
    said = tame(str(name)).strip()
    if not said or len(said) > _NAME_CHARS:
        raise InvalidParameterError(f"a reviewer needs a name of 1 to {_NAME_CHARS} characters")
    return said


def _user() -> str:
    from getpass import getuser

    try:
        return getuser()
    except (OSError, KeyError, ImportError):
        return "reviewer"


def _count(names: list[str]) -> dict[str, int]:
    return {name: names.count(name) for name in sorted(set(names))}
