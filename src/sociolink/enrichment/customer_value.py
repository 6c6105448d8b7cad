"""What a customer is worth: by what they bought, and by whom they may bring."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.enrichment.authors import Authors
from sociolink.enrichment.chances import add_up, count_intervals
from sociolink.enrichment.conversation import Conversation
from sociolink.enrichment.dates import LATE, YEAR
from sociolink.enrichment.tallies import Tally
from sociolink.enrichment.terms import ValueTerms
from sociolink.opinions.kinds import POST_KINDS
from sociolink.records.columns import table_spec
from sociolink.records.strings import as_strings
from sociolink.records.values import read_values

__all__ = ["lifetime_value", "referral_worth", "value_customers"]

Floats = npt.NDArray[np.float64]

_FOLLOWERS = table_spec("profiles").column("followers")


def lifetime_value(spent: Floats, years: Floats, terms: ValueTerms) -> Floats:
    """Value of future purchases: `sum over t = 1 ... T of m * r^t / (1 + d)^t`.

    Args:
        spent: (customers,) sum of the amounts so far.
        years: (customers,) over how many years.
        terms: m is `margin * spent / years`, r `retention`, d `discount_rate`, T `years`.

    Returns:
        (customers,) in the currency of the amounts.

    References:
        Gupta & Lehmann (2003), Customers as assets, Journal of Interactive Marketing 17(1).

    Examples:
        >>> terms = ValueTerms(margin=0.5, retention=0.8, discount_rate=0.0, years=2, least_years=1,
        ...     referrals_per_advocacy=0.01, share_anyway=0.5, referred_margin=100, referral_cost=0, marketing_cost=0,
        ...     acquisition_saved=50, acquisition_saved_anyway=20)
        >>> lifetime_value(np.array([200.0]), np.array([1.0]), terms)
        array([144.])
    """
    kept = terms.retention / (1 + terms.discount_rate)
    value: Floats = terms.margin * spent / np.maximum(years, terms.least_years) * _total(kept, int(terms.years))
    return value


def referral_worth(terms: ValueTerms) -> float:
    """Value of one post of praise or advice a year: what the customers bring whom it brings.

    `g * sum over t = 1 ... T of [(1 - s) (A - a - M + ACQ1) + s ACQ2] / (1 + d)^t`: the customer referral value of
    the paper, with the same expected number of referred customers each year.

    Args:
        terms: g is `referrals_per_advocacy`, s `share_anyway`, A `referred_margin`, a `referral_cost`, M
            `marketing_cost`, ACQ1 `acquisition_saved`, ACQ2 `acquisition_saved_anyway`, d `discount_rate`, T `years`.

    Returns:
        In the currency of the terms.

    References:
        Kumar, Petersen & Leone (2007), How valuable is word of mouth?, Harvard Business Review 85(10); (2010), Driving
        profitability by encouraging customer referrals: who, when, and how, Journal of Marketing 74(5).

    Examples:
        >>> terms = ValueTerms(margin=0.5, retention=0.8, discount_rate=0.0, years=2, least_years=1,
        ...     referrals_per_advocacy=0.01, share_anyway=0.5, referred_margin=100, referral_cost=0, marketing_cost=0,
        ...     acquisition_saved=50, acquisition_saved_anyway=20)
        >>> round(referral_worth(terms), 9)
        1.7
    """
    brings = terms.referred_margin - terms.referral_cost - terms.marketing_cost + terms.acquisition_saved
    each = (1 - terms.share_anyway) * brings + terms.share_anyway * terms.acquisition_saved_anyway
    return terms.referrals_per_advocacy * each * _total(1 / (1 + terms.discount_rate), int(terms.years))


def value_customers(talk: Conversation, terms: ValueTerms | None) -> pa.Table:
    """Advocacy, reach, lifetime value and referral value.

    Args:
        talk: The conversation; `followers` (of the author) may be among the other columns of its posts.
        terms: What things are worth; without them there are no values.

    Returns:
        A row for each customer listed for a profile that wrote, in the order of their ids.
    """
    authors, tally, history, as_of = talk.authors, talk.tally, talk.history, talk.as_of
    size, profiles = len(authors.customers), len(authors.profiles)
    named = {kind: talk.kinds[:, POST_KINDS.index(kind)] for kind in ("praise", "advice", "complaint")}
    speaks_for = (authors.of_post >= 0) & ~tally.is_repost & (named["praise"] | named["advice"]) & ~named["complaint"]
    advocacy = np.bincount(authors.of_post[speaks_for], minlength=profiles)[authors.profile]
    low, high = count_intervals(advocacy, authors.chance, authors.customer, size=size)
    expected = add_up(authors.chance * advocacy, authors.customer, size)
    writes = ((tally.posts + tally.reposts) > 0)[authors.profile]
    present = pa.array(np.bincount(authors.customer[writes], minlength=size) > 0)
    columns: dict[str, object] = {
        "customer_id": authors.customers,
        "advocacy": expected,
        "advocacy_low": low,
        "advocacy_high": high,
        "reach": _reach(talk.posts, authors, size),
        "spent": history.spent,
    }
    names = ("lifetime_value", "referral_value", "referral_value_low", "referral_value_high")
    if terms is None or as_of is None:
        return pa.table({**columns, **dict.fromkeys(names, pa.nulls(size, pa.float64()))}).filter(present)
    years = np.where(history.first < LATE, as_of - np.minimum(history.first, as_of), 0) / YEAR
    worth = referral_worth(terms) / max(_span(tally, as_of), terms.least_years)
    ends = np.sort(np.stack([low * worth, high * worth]), axis=0)
    values = (lifetime_value(history.spent, years, terms), expected * worth, ends[0], ends[1])
    return pa.table({**columns, **dict(zip(names, values, strict=True))}).filter(present).combine_chunks()


def _total(factor: float, years: int) -> float:
    """`factor + factor^2 + ...`, so many terms."""
    return float(np.sum(factor ** np.arange(1, years + 1)))


def _span(tally: Tally, as_of: int) -> float:
    """Years over which the posts were written."""
    dated = tally.moment[tally.has_moment]
    return float(as_of - dated.min()) / YEAR if len(dated) else 0.0


def _reach(posts: pa.Table, authors: Authors, size: int) -> pa.Array:
    """(customers,) expected followers of their profiles; null where posts do not tell them."""
    if "followers" not in posts.column_names:
        return pa.nulls(size, pa.float64())
    told = read_values(_FOLLOWERS, as_strings(posts["followers"])).values
    if told.null_count == len(told):
        return pa.nulls(size, pa.float64())
    count = np.asarray(pc.fill_null(told, 0), np.int64)
    most = np.zeros(len(authors.profiles), np.int64)
    known = authors.of_post >= 0
    np.maximum.at(most, authors.of_post[known], np.maximum(count[known], 0))
    return pa.array(add_up(authors.chance * most[authors.profile], authors.customer, size))
