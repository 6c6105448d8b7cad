"""The commands that only read: `evaluate`, `explain` and `check`."""

from __future__ import annotations

from pathlib import Path

from sociolink.cli.screen import Screen

__all__ = ["run_check", "run_evaluate", "run_explain"]


def run_evaluate(
    links: Path,
    truth: Path,
    *,
    groups: Path | None = None,
    profiles: Path | None = None,
    customers: Path | None = None,
    as_json: bool = False,
) -> None:
    """Measure links against the truth and print it; by band, where profiles or customers are given."""
    from sociolink.evaluation.evaluate import evaluate

    found = evaluate(links, truth, groups=groups, profiles=profiles, customers=customers)
    screen = Screen()
    if as_json:
        screen.data(found.to_dict())
    else:
        screen.show(found.grid())
        if found.parity is not None:
            screen.title("How bands are served")
            screen.show(found.parity.grid())
            screen.paragraphs("\n".join(found.parity.warnings))


def run_explain(links: Path, profile: str, *, customer: str | None = None, as_json: bool = False) -> None:
    """Print why a profile is, or is not, a customer's."""
    from sociolink.results.links import Links

    read = Links.read(links)
    answer = read[profile]
    explanation = answer.explanation if customer is None else read.explain(profile, customer_id=customer)
    screen = Screen()
    if as_json:
        screen.data({**explanation.to_dict(), "answers": answer.table.to_pylist()})
        return
    screen.say(explanation.sentence)
    screen.title("Evidence")
    screen.show(explanation.grid())
    if explanation.turning_point is not None:
        screen.space()
        screen.say(explanation.turning_point.sentence)
    screen.title("Answers")
    screen.show(answer.grid())


def run_check(
    profiles: Path,
    customers: Path,
    *,
    posts: Path | None = None,
    map_file: Path | None = None,
    memory_limit: str | None = None,
    as_json: bool = False,
) -> None:
    """Print what could be linked at all."""
    from sociolink.linking.check import check

    found = check(profiles, customers, posts=posts, mapping=map_file, memory_limit=memory_limit)
    screen = Screen()
    if as_json:
        screen.data(found.to_dict())
    else:
        screen.paragraphs(str(found))
