"""The door: links, posts, events and customers in; the customer beside the conversation out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from sociolink.enrichment.aspect_view import compare_aspects
from sociolink.enrichment.authors import list_post_customers
from sociolink.enrichment.channels import find_platforms, list_channels
from sociolink.enrichment.conversation import Conversation, read_conversation
from sociolink.enrichment.customer_value import value_customers
from sociolink.enrichment.customer_view import view_customers
from sociolink.enrichment.enrichment import Enrichment
from sociolink.enrichment.groups import Grouping, group_customers
from sociolink.enrichment.history import OWNING_KINDS
from sociolink.enrichment.inputs import Inputs, read_inputs
from sociolink.enrichment.responses import RESPOND_SCHEMA, rank_posts
from sociolink.enrichment.settings import Settings, check_settings
from sociolink.enrichment.spoken import view_aspects
from sociolink.enrichment.summary import sum_up
from sociolink.enrichment.terms import Urgency, ValueTerms
from sociolink.governance.policy import Policy, may_answer

__all__ = ["enrich"]

_NO_ANSWER = "Posts to answer are not listed: the policy is research, or none. Give policy=Policy.support(...)."


def enrich(
    links: Any,
    posts: Any = None,
    *,
    events: Any = None,
    customers: Any = None,
    opinions: Callable[[Any], pa.Table] | None = None,
    catalogue: Any = None,
    segment: str | None = None,
    tenure_years: Sequence[float] = (1, 2, 5),
    owning: Sequence[str] = OWNING_KINDS,
    k: int = 10,
    urgency: Urgency | Mapping[str, float] | None = None,
    value: ValueTerms | Mapping[str, float] | None = None,
    as_of: Any = None,
    policy: Policy | None = None,
    mapping: Any = None,
) -> Enrichment:
    """The customer beside the conversation: what was said beside what was bought, weighted by how likely each link is.

    No link is taken as a fact. A customer's figures are expectations over what links may turn out to be; all posts of a
    profile turn out together. Reposts are counted apart, and posts of unknown authors stay, without a customer.

    Args:
        links: `Links`, or a Parquet file of them.
        posts: Posts, as for `link`; those that came with the links by default.
        events: Events of the customers: orders, tickets; those that came with the links by default.
        customers: Customers, for their consent, `customer_since` and segment.
        opinions: Any callable from texts to opinions (`opinions.reader.OpinionReader`); rules for English by default.
        catalogue: Names that opinions are looked for under, as for `read_opinions`; by default the products of the
            events.
        segment: Column of the customers by which the aspect view is split too.
        tenure_years: Where its bands of tenure end, in years, ascending.
        owning: Kinds of events after which a customer has the product.
        k: Fewest people that a row of the aspect view may tell about.
        urgency: How posts to answer are put in order: `Urgency`, or some of its values by name.
        value: What customers and referrals are worth: `ValueTerms`, or all of its values by name.
        as_of: The moment from which ages and tenure are counted; that of the last post by default.
        policy: Instead of that of the links; it says whether posts may be answered.
        mapping: Column mapping; see `Mapping`.

    Returns:
        Tables; docs/enrichment.md says what each column is.

    Raises:
        InputError: A table cannot be read, or a parameter is out of range or does not fit; names all of it.

    Examples:
        >>> from sociolink import datasets, link, Policy
        >>> world = datasets.synthetic(300, 200, coverage=0.4, seed=5)
        >>> policy = Policy.support(who="crm-data", lawful_basis="contract")
        >>> links = link(world.profiles, world.customers, policy=policy)
        >>> enrich(links, world.posts, events=world.events)
        Enrichment: ... posts are expected to be by ... listed customers, ... by nobody in the CRM.
          Tables: post_customers (...), ...
    """
    settings, check = check_settings(
        opinions=opinions,
        catalogue=catalogue,
        segment=segment,
        tenure_years=tenure_years,
        owning=owning,
        k=k,
        urgency=urgency,
        value=value,
        as_of=as_of,
    )
    inputs = read_inputs(links, posts, events=events, customers=customers, policy=policy, mapping=mapping, check=check)
    return _put_together(inputs, settings, read_conversation(inputs, settings, reader=opinions, catalogue=catalogue))


def _put_together(inputs: Inputs, settings: Settings, talk: Conversation) -> Enrichment:
    authors = talk.authors
    writes = (talk.tally.posts + talk.tally.reposts) > 0
    channels = list_channels(authors, find_platforms(inputs.posts, authors, inputs.keys), writes)
    aspects = view_aspects(authors, talk.said, talk.spoken)
    view = view_customers(talk, channels=channels, aspects=aspects)
    compared = compare_aspects(talk, _group(inputs, settings, talk), k=settings.k)
    allowed = may_answer(inputs.policy)
    respond = rank_posts(talk, settings.urgency) if allowed else RESPOND_SCHEMA.empty_table()
    summary = sum_up(
        inputs,
        talk,
        customers=view.num_rows,
        to_answer=respond.num_rows,
        withheld=int(np.asarray(compared["withheld"], np.bool_).sum()),
        note="" if allowed else _NO_ANSWER,
    )
    return Enrichment(
        post_customers=list_post_customers(inputs.posts, authors),
        opinions=talk.opinions,
        customer_view=view,
        customer_aspects=aspects,
        aspect_view=compared,
        respond=respond,
        customer_value=value_customers(talk, settings.value),
        summary=summary,
        settings=settings.to_dict(talk.as_of),
        policy=inputs.policy,
        sources=inputs.sources,
        model_id=inputs.model_id,
    )


def _group(inputs: Inputs, settings: Settings, talk: Conversation) -> list[Grouping]:
    return group_customers(
        talk.authors.customers,
        inputs.customers,
        history=talk.history,
        as_of=talk.as_of,
        tenure_years=settings.tenure_years,
        segment=settings.segment,
    )
