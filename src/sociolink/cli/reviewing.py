"""The command `review`: a page on this machine where people judge links."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from sociolink.cli.outputs import check_outputs
from sociolink.cli.screen import Screen
from sociolink.results.links import Links
from sociolink.review.server import is_loopback, make_server
from sociolink.review.session import ReviewSession, open_session

__all__ = ["ReviewOrder", "advise", "prepare_review", "run_review"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewOrder:
    """What the command was told; see the options of `sociolink review`."""

    links: Path
    labels: Path
    profiles: Path | None = None
    customers: Path | None = None
    map_file: Path | None = None
    size: int = 200
    order: str = "sample"
    seed: int = 0
    reviewer: str = ""
    blind: bool = False
    looks: int = 1
    host: str = "127.0.0.1"
    port: int = 0
    as_json: bool = False


def run_review(order: ReviewOrder) -> None:
    """Serve the page until the user stops it.

    Args:
        order: What to review and where to serve it.

    Raises:
        SociolinkError: A file cannot be read or written, a parameter is out of range, or the port is taken.
    """
    session = prepare_review(order)
    server = make_server(session, host=order.host, port=order.port)
    screen = Screen()
    strange = session.queue.strange_to(session.labels.read())
    if strange:
        print(
            f"sociolink: warning: {strange} labels in {order.labels.name} are of another sample. Give the --size and "
            "--seed of that one, or another file: estimates must not mix them.",
            file=sys.stderr,
        )
    if not is_loopback(order.host):
        print(
            f"sociolink: warning: {order.host} can be reached from other machines. Whoever knows the address below "
            "sees the profiles and customers, and nothing is encrypted on the way.",
            file=sys.stderr,
        )
    if order.as_json:
        screen.data({"address": server.url, "profiles": len(session.queue), "labels": str(order.labels)})
    else:
        screen.say(f"{len(session.queue):,} profiles to review. Judgements are saved in {order.labels} one by one.")
        screen.say("Open this address; it is secret. Ctrl-C ends the review.")
        screen.plain(server.url)
    sys.stdout.flush()
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()
    if order.as_json:
        return
    judged = session.export()
    screen.say(f"\n{judged.num_rows:,} judgements of this review are in {order.labels}. What they are good for:")
    for line in session.advice:
        screen.plain(f"  {line}")


def prepare_review(order: ReviewOrder) -> ReviewSession:
    """Read everything that the page needs.

    Args:
        order: What to review.

    Raises:
        SociolinkError: A file cannot be read or written, or a parameter is out of range.
    """
    check_outputs([(order.labels, (".jsonl", ".ndjson"))])
    return open_session(
        Links.read(order.links),
        order.labels,
        size=order.size,
        order=order.order,
        seed=order.seed,
        profiles=order.profiles,
        customers=order.customers,
        mapping=order.map_file,
        reviewer=order.reviewer,
        blind=order.blind,
        looks=order.looks,
        advice=advise(order.links.name, order.labels.name),
    )


def advise(links: str, labels: str) -> tuple[str, ...]:
    """Commands that use the labels.

    Examples:
        >>> advise("links.parquet", "labels.jsonl")[0]
        'sociolink recalibrate --links links.parquet --labels labels.jsonl --output better.parquet'
    """
    return (
        f"sociolink recalibrate --links {links} --labels {labels} --output better.parquet",
        f"sociolink link --labels {labels} ...  (the same tables again, with corrected probabilities)",
        f'links.recalibrate("{labels}"), links.estimate("{labels}")  (in Python)',
    )
