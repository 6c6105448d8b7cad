"""The door: links, posts, events and customers in; the customer beside the conversation out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa

from sociolink.enrichment.authors import find_pairs, list_post_customers
from sociolink.enrichment.channels import find_platforms, list_channels
from sociolink.enrichment.complaints import count_complaints
from sociolink.enrichment.customer_view import view_aspects, view_customers
from sociolink.enrichment.enrichment import Enrichment
from sociolink.enrichment.history import read_history
from sociolink.enrichment.inputs import read_inputs
from sociolink.enrichment.summary import sum_up
from sociolink.enrichment.tallies import count_opinions, count_posts
from sociolink.governance.policy import Policy
from sociolink.opinions.read import read_posts

__all__ = ["enrich"]


def enrich(
    links: Any,
    posts: Any = None,
    *,
    events: Any = None,
    customers: Any = None,
    opinions: Callable[[Any], pa.Table] | None = None,
    catalogue: Any = None,
    policy: Policy | None = None,
    mapping: Any = None,
) -> Enrichment:
    """The customer beside the conversation."""
    inputs = read_inputs(links, posts, events=events, customers=customers, policy=policy, mapping=mapping)
    if opinions is None and catalogue is None and inputs.events.num_rows:
        catalogue = inputs.events
    said, kinds = read_posts(inputs.posts, catalogue=catalogue, reader=opinions)
    authors = find_pairs(inputs)
    tally = count_posts(inputs.posts, authors, kinds)
    by_profile = count_opinions(inputs.posts, authors, said)
    history = read_history(inputs.events, authors.customers)
    writes = (tally.posts + tally.reposts) > 0
    platforms = find_platforms(inputs.posts, authors, inputs.keys)
    aspects = view_aspects(authors, by_profile)
    view = view_customers(
        authors,
        tally,
        by_profile,
        history=history,
        channels=list_channels(authors, platforms, writes),
        complaints=count_complaints(authors, tally, kinds, history=history),
        aspects=aspects,
    )
    nothing = pa.table({})
    return Enrichment(
        post_customers=list_post_customers(inputs.posts, authors),
        opinions=said,
        customer_view=view,
        customer_aspects=aspects,
        aspect_view=nothing,
        respond=nothing,
        customer_value=nothing,
        summary=sum_up(inputs, authors, tally, opinions=said.num_rows, customers=view.num_rows),
        policy=inputs.policy,
        sources=inputs.sources,
        model_id=inputs.model_id,
    )
