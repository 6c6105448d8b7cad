"""First links in five minutes: from two tables to customers, reasons, and posts that have a ticket.

Run it with `python examples/first_links.py`. All people are made up.
"""

from __future__ import annotations

import pyarrow.compute as pc

import sociolink as sl


def main() -> None:
    """Make up a world, link it, and look at it from several sides."""
    world = sl.datasets.synthetic(600, 500, coverage=0.4, seed=5, fields={"profiles.consent": 0})
    policy = sl.Policy.research(who="examples")
    links = sl.link(world.profiles, world.customers, policy=policy, posts=world.posts, events=world.events)
    print(links, "\n")
    print(links.report, "\n")

    # Which links to make is a question of risk, not of a threshold.
    for risk in (0.01, 0.02, 0.05):
        accepted = links.accept(max_false=risk)
        print(f"at most {risk:.0%} expected to be false: {len(accepted)} links")

    # Why is this profile that customer's? And why is that one nobody's?
    best = links.best()
    linked = best.filter(pc.equal(best["decision"], "link"))["profile_id"][0].as_py()
    nobody = best.filter(pc.is_null(best["customer_id"]))["profile_id"][0].as_py()
    print("\n", links.explain(linked), "\n\n", links[nobody].sentence, "\n", sep="")

    # From profiles to posts: what customers said, beside what is known about them.
    posts = links.for_posts()
    of_customers = posts.filter(pc.fill_null(pc.equal(posts["decision"], "link"), False))
    for post in of_customers.slice(0, 3).select(["customer_id", "text"]).to_pylist():
        print(f"{post['customer_id']}: {post['text']}")
    print(links.value_sentence())

    # The world is made up, so the truth is known; linking never saw it.
    truth = world.truth.select(["profile_id", "customer_id"])
    print("\n", sl.evaluate(links, truth, groups=world.groups, bootstrap=0), sep="")


if __name__ == "__main__":
    main()
