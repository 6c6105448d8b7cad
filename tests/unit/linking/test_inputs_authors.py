"""Posts that name their authors stand in for a table of profiles."""

from __future__ import annotations

import sociolink as sl

POSTS = [
    {"post_id": "1", "platform": "x", "handle": "xeniaquartermain", "text": "love the phone"},
    {"post_id": "2", "platform": "x", "handle": "XeniaQuartermain", "text": "hate the network"},
    {"post_id": "3", "platform": "x", "handle": "qqzzy77", "text": "hello"},
]
PEOPLE = [
    {"customer_id": "c1", "given_name": "Xenia", "family_name": "Quartermain"},
    {"customer_id": "c2", "given_name": "Bob", "family_name": "Smith"},
]


def test_authors_of_posts_are_linked_and_their_posts_follow() -> None:
    links = sl.link(None, PEOPLE, posts=POSTS, policy=sl.Policy.research(who="tests"))

    assert links.best()["profile_id"].to_pylist() == ["x:qqzzy77", "x:xeniaquartermain"]
    posts = links.for_posts()
    assert posts["customer_id"].to_pylist() == ["c1", "c1", None]
