"""Whether more posts of a profile are worth reading."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sociolink.errors import InvalidParameterError
from sociolink.results.links import Links
from sociolink.results.model import Coverage, LinkModel
from sociolink.results.more_posts import weigh_more_posts

SOME = Coverage(0.5, 0.4, 0.6)
MODEL = LinkModel(("name",), {"events": {"telling": 0.25}}, {}, {}, {}, SOME, SOME, 9, 9, 1, True)


def test_the_gain_is_bounded_by_what_is_not_known(links: Links) -> None:
    found = weigh_more_posts(replace(links, model=MODEL), least_gain=0.06).to_pylist()

    entropy = -sum(one * np.log2(one) for one in (0.97, 0.01, 0.015, 0.005))
    assert [row["profile_id"] for row in found] == ["p1", "p2", "p3", "p4"]
    assert (found[0]["entropy"], found[0]["expected_gain"]) == pytest.approx((entropy, entropy / 4))
    assert found[3]["entropy"] == pytest.approx(-(0.9 * np.log2(0.9) + 0.1 * np.log2(0.1)))
    assert [row["worth"] for row in found] == [False, True, True, True]


def test_no_links_are_worth_no_posts(links: Links) -> None:
    none = replace(links, model=MODEL).accept(max_false=1e-9)

    assert len(none) == 0
    assert weigh_more_posts(none).to_pylist() == []


@pytest.mark.parametrize("least", [0, -1, float("nan")])
def test_a_gain_of_nothing_is_refused(links: Links, least: float) -> None:
    with pytest.raises(InvalidParameterError, match="least_gain is"):
        weigh_more_posts(replace(links, model=MODEL), least_gain=least)
