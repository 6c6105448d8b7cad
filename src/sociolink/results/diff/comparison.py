"""Compare the links of two runs."""

from __future__ import annotations

import os
from typing import Any

from sociolink.errors import InvalidParameterError
from sociolink.results.diff.answer_changes import Answers, align_answers, change_table
from sociolink.results.diff.drift import measure_drift
from sociolink.results.diff.links_diff import LinksDiff
from sociolink.results.diff.row_changes import compare_rows
from sociolink.results.diff.run_changes import RunFacts, compare_facts, compare_models, say_rows
from sociolink.results.links import Links
from sociolink.results.model import LinkModel

__all__ = ["diff_links"]

_PREFIX = "bits_"


def diff_links(
    old: Links | str | os.PathLike[str],
    new: Links | str | os.PathLike[str],
    *,
    moved: float = 0.1,
    models: tuple[LinkModel | str | os.PathLike[str], LinkModel | str | os.PathLike[str]] | None = None,
    profiles: tuple[Any, Any] | None = None,
    customers: tuple[Any, Any] | None = None,
    mapping: Any = None,
) -> LinksDiff:
    """Which answers are not what they were, why, and how far scores have drifted.

    The change of the log odds of a customer against everything else is taken apart exactly: what the evidence says more
    (by family), what the odds before any evidence have become (coverage, number of customers, calibration), and how
    likely the others are. What was different between the runs is read from what links say about themselves.

    Args:
        old: Links of before, or a Parquet file of them.
        new: Links of now, likewise.
        moved: Least difference of a probability that counts as a change, from 0 to 1.
        models: The models of before and of now, or their paths, to say which weights are not the same; by default
            those of the links, which files do not hold.
        profiles: The profiles of before and of now, to say which of their columns have changed.
        customers: The customers, likewise.
        mapping: Column mapping, where columns are not canonical.

    Returns:
        The difference; it shows itself in a terminal and in a notebook.

    Raises:
        InputError: A file cannot be read or holds no links.
        InvalidParameterError: `moved` is out of range.
        ModelError: A model cannot be read.

    Examples:
        >>> import sociolink as sl
        >>> people = [{"customer_id": "c1", "given_name": "Xenia", "family_name": "Quartermain"}]
        >>> accounts = [{"profile_id": "p1", "platform": "github", "handle": "xeniaquartermain"}]
        >>> links = sl.link(accounts, people, policy=sl.Policy.research(who="docs"))
        >>> diff_links(links, links).sentence
        'No answer has changed: 1 links, as before.'
    """
    if not 0 <= moved <= 1:
        raise InvalidParameterError(f"moved is {moved!r}; it must be from 0 to 1.")
    before, after = (one if isinstance(one, Links) else Links.read(one) for one in (old, new))
    facts = _facts(before), _facts(after)
    families = tuple(dict.fromkeys([*facts[0].families, *facts[1].families]))
    answers = align_answers(before.table, after.table)
    causes = compare_facts(*facts)
    known = (before.model, after.model) if models is None else tuple(map(_load, models))
    if known[0] is not None and known[1] is not None:
        causes += compare_models(known[0], known[1])
    table = change_table(before.table, after.table, answers, moved=moved, families=families)
    for kind, name, pair in (("profiles", "profile_id", profiles), ("customers", "judged", customers)):
        if pair is not None:
            rows = compare_rows(kind, *pair, mapping=mapping)
            table = table.append_column(f"{kind[:-1]}_changes", rows.say(table[name].combine_chunks()))
            causes += say_rows(rows)
    return LinksDiff(
        table,
        causes,
        measure_drift(before.table, after.table, families),
        before.report,
        after.report,
        _count_links(answers),
        _count_profiles(answers),
    )


def _facts(links: Links) -> RunFacts:
    names = links.table.column_names
    return RunFacts(
        report=links.report,
        model_id=links.made_by,
        families=tuple(name.removeprefix(_PREFIX) for name in names if name.startswith(_PREFIX)),
        calibration=links.calibration.to_dict(),
        resolved="joint_bits" in names,
        accepted=links.acceptance is not None,
    )


def _load(model: LinkModel | str | os.PathLike[str]) -> LinkModel:
    return model if isinstance(model, LinkModel) else LinkModel.load(os.fspath(model))


def _count_links(answers: Answers) -> tuple[int, int, int]:
    """Profiles linked before, now and in either."""
    made = [answers.decided(new=new) == 0 for new in (False, True)]
    return int(made[0].sum()), int(made[1].sum()), int((made[0] | made[1]).sum())


def _count_profiles(answers: Answers) -> tuple[int, int, int]:
    there = answers.at_old >= 0, answers.at_new >= 0
    return int(there[0].sum()), int(there[1].sum()), int((there[0] & there[1]).sum())
