"""Examples of links that are worth showing: why, what was said, what was bought, and whether it is right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from sociolink.datasets.world import World
from sociolink.results.explanation import Explanation
from sociolink.results.links import Links

__all__ = ["Example", "pick_linked", "pick_nobodies"]

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Example:
    """A profile, the best answer for it, and what is known beside it.

    Attributes:
        profile: Row of the profile.
        customer: Row of the best customer.
        explanation: Why.
        posts: What the profile said, the post about an event first.
        events: What the customer did, likewise.
        right: Whether the truth says so too.
    """

    profile: Row
    customer: Row
    explanation: Explanation
    posts: Sequence[Row]
    events: Sequence[Row]
    right: bool


def pick_linked(world: World, links: Links, *, count: int) -> list[Example]:
    """Linked profiles that wrote about something their customer did, each linked for another reason.

    Args:
        world: The tables.
        links: Their links.
        count: How many examples.
    """
    best = links.best()
    made = best.filter(pc.equal(best["decision"], "link"))
    told = _told_events(world, made)
    levels = [name for name in links.table.column_names if name.startswith("level_")]
    top = links.table.filter(pc.and_(pc.equal(links.table["rank"], 1), pc.is_in(links.table["profile_id"], told)))
    examples: list[Example] = []
    seen: set[tuple[str, ...]] = set()
    for row in top.select(["profile_id", *levels]).to_pylist():
        reason = tuple(sorted(_reasons(row, levels)))
        if reason in seen or len(examples) == count:
            continue
        seen.add(reason)
        examples.append(_example(world, links, row["profile_id"]))
    return examples


def pick_nobodies(world: World, links: Links, *, count: int) -> list[Example]:
    """Profiles that look most like a customer's and still are more likely nobody's.

    Args:
        world: The tables.
        links: Their links.
        count: How many examples.
    """
    first = links.table.filter(pc.equal(links.table["rank"], 1))
    apart = first.filter(pc.greater(first["nobody_probability"], 0.5))
    named = world.profiles.filter(pc.is_valid(world.profiles["display_name"]))["profile_id"].combine_chunks()
    apart = apart.filter(pc.is_in(apart["profile_id"], named))
    order = pc.sort_indices(apart, [("match_weight", "descending"), ("profile_id", "ascending")])
    ids = apart["profile_id"].take(order.slice(0, count)).to_pylist()
    return [_example(world, links, profile) for profile in ids]


def _reasons(row: Row, levels: Sequence[str]) -> set[str]:
    """What explains a link, without the platforms."""
    parts = (part.strip() for name in levels for part in str(row[name] or "").split(","))
    return {f"{part.partition(':')[0]}:{part.rpartition(':')[2]}" for part in parts if part}


def _told_events(world: World, made: pa.Table) -> pa.Array:
    """Linked profiles that wrote a post about a ticket of their customer's."""
    tickets = world.events.filter(pc.equal(world.events["kind"], "ticket")).select(["customer_id", "product"])
    pairs = made.select(["profile_id", "customer_id"]).join(tickets, "customer_id", join_type="inner")
    joined = world.posts.select(["profile_id", "text"]).join(pairs, "profile_id", join_type="inner")
    joined = joined.filter(pc.is_valid(joined["product"]))
    products = pc.unique(joined["product"]).to_pylist()
    about = [
        joined.filter(pc.and_(pc.equal(joined["product"], product), pc.match_substring(joined["text"], product)))
        for product in products
    ]
    found = pa.concat_tables(about)["profile_id"] if about else joined["profile_id"]
    return pc.unique(found.combine_chunks())


def _example(world: World, links: Links, profile_id: str) -> Example:
    explanation = links.explain(profile_id)
    customer = explanation.customer_id
    posts = _rows(world.posts, "profile_id", profile_id)
    events = _rows(world.events, "customer_id", customer) if customer else []
    products = [event["product"] for event in events if event["product"]]
    posts.sort(key=lambda post: (not any(product in post["text"] for product in products), post["post_id"]))
    said = " ".join(post["text"] for post in posts[:2])
    events.sort(key=lambda event: (str(event["product"]) not in said, event["event_id"]))
    truth = _rows(world.truth, "profile_id", profile_id)[0]["customer_id"]
    person = {row["customer_id"]: row["group_id"] for row in world.groups.to_pylist()}
    linked = explanation.group_probability >= explanation.nobody_probability
    right = person.get(truth) == person.get(customer) if linked else truth is None
    return Example(
        _rows(world.profiles, "profile_id", profile_id)[0],
        _rows(world.customers, "customer_id", customer)[0] if customer else {},
        explanation,
        posts,
        events,
        right,
    )


def _rows(table: pa.Table, column: str, value: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = table.filter(pc.equal(table[column], value)).to_pylist()
    return rows
