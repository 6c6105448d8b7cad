"""Learn the default model from populations with known owners: what EM cannot learn without them.

usage: python benchmarks/train_default.py                      writes the shipped default, learned from all tasks
       python benchmarks/train_default.py --leave-out us_congress ...   one more file for each, in benchmarks/defaults/
       python benchmarks/train_default.py --all                  the shipped default and one file for every task

A population is never judged by a default that saw its people: leaving out a task leaves out every task that shares
people with it (RELATED). Each task counts the same, at its own coverage and thinned to THIN of its customers' people;
the loss is the mean of -log2 of the probability of the true answer among the compared customers, everybody else and
nobody. Of tasks with the same people only one is learned from.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import open_world

from sociolink.linking.defaults import DEFAULT_EVIDENCE
from sociolink.linking.experience import DefaultModel
from sociolink.linking.gallery import build_gallery, in_content_order
from sociolink.linking.inputs import read_inputs
from sociolink.linking.kernel import observe
from sociolink.scoring.em import Observations, answer_profiles, fit_parameters, score_pairs
from sociolink.scoring.weights import Correction

ROOT = Path(__file__).parents[1]
SHIPPED = ROOT / "src" / "sociolink" / "reference" / "data" / "default_model.json"
DEFAULTS = ROOT / "benchmarks" / "defaults"
THIN = 0.25
"""Share of the customers' people whose profiles stay in the thinned variant of a task: coverage falls to about .27."""

RELATED: tuple[frozenset[str], ...] = (
    frozenset({"us_congress", "us_congress_known", "us_openstates"}),
    frozenset({"rubyevents_speakers", "rubyevents_speakers_known"}),
)
"""Tasks that share people."""

GRID: Mapping[str, tuple[float, ...]] = {
    "other": (0.01, 0.015, 0.02, 0.03, 0.05),
    "lookalike": (0.01, 0.015, 0.02, 0.03, 0.04),
    "for_customer": (0.9, 0.95, 1.0, 1.05),
    "against_customer": (0.7, 0.85, 1.0, 1.1),
}
"""Values that are tried, one parameter at a time, twice around.

A value is taken only where it gains more than `TIE` bits over the present one, and more than two standard errors of the
gain, paired by profile: smaller gains are noise, and say nothing of other people (Breiman et al. 1984, Classification
and Regression Trees, on the rule of the standard error).
"""

START = {"other": 0.02, "lookalike": 0.02, "for_customer": 1.0, "against_customer": 1.0}
TIE = 0.005
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Int64s = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """A task, compared once.

    Attributes:
        observed: The compared pairs.
        prior: Pseudo-counts of EM.
        truth: (pairs,) whether the pair is (or stands for) the true answer; all False where it is nobody.
        stranger: (profiles,) whether the true answer is nobody.
    """

    observed: Observations
    prior: Mapping[str, Mapping[str, float]]
    truth: Bools
    stranger: Bools


def know(folder: Path, share: float) -> Known:
    """Compare a task's pairs, with a share of its customers' people."""
    tables = read_inputs({kind: folder / f"{kind}.parquet" for kind in ("profiles", "customers")}).tables
    owners = open_world.Owners.read(folder)
    customers = in_content_order(tables["customers"], "customer_id")
    profiles = in_content_order(tables["profiles"], "profile_id")
    owner = np.array([owners.of_profile.get(one) or "" for one in profiles.column("profile_id").to_pylist()])
    _, number = np.unique(owner, return_inverse=True)
    kept = (owner == "") | ((number * 0.6180339887498949) % 1.0 < share)
    profiles, owner = profiles.filter(kept).combine_chunks(), owner[kept]
    population = {family.name: family.learn(profiles, customers) for family in DEFAULT_EVIDENCE}
    gallery = build_gallery(customers, DEFAULT_EVIDENCE, population)
    observed, _ = observe(profiles, gallery, population)
    prior = {key: value for one in DEFAULT_EVIDENCE for key, value in one.prior(population[one.name]).items()}
    person = np.array([owners.person(one) for one in customers.column("customer_id").to_pylist()])
    pairs = observed.pairs
    named = pairs.customer >= 0
    right = named & (person[np.maximum(pairs.customer, 0)] == owner[pairs.profile])
    found = np.bincount(pairs.profile[right], minlength=profiles.num_rows) > 0
    elsewhere = ~named & ~found[pairs.profile] & (owner != "")[pairs.profile]
    return Known(observed, prior, right | elsewhere, owner == "")


def losses(task: Known, default: DefaultModel) -> Floats:
    """(profiles,) -log2 of the probability of the true answer, floored at 1e-4."""
    fitted = fit_parameters(
        task.observed, task.prior, other=default.other, lookalike=default.lookalike, corrections=default.corrections
    )
    bits, by_family, _, _ = score_pairs(task.observed, fitted.parameters)
    posterior = answer_profiles(task.observed, fitted.parameters, bits, by_family)
    size = task.observed.profiles
    known = np.bincount(task.observed.pairs.profile, weights=posterior.pair * task.truth, minlength=size)
    return np.asarray(-np.log2(np.maximum(np.where(task.stranger, posterior.nobody, known), 1e-4)), np.float64)


def as_default(values: Mapping[str, float]) -> DefaultModel:
    """The default model of these values of the grid."""
    correction = Correction(values["for_customer"], values["against_customer"])
    return DefaultModel({"name": values["other"]}, {"name": values["lookalike"]}, {"name": correction})


Memory = dict[tuple[str | float, ...], list[Floats]]


def train(tasks: Mapping[str, Sequence[Known]], memory: Memory) -> dict[str, float]:
    """The values of the grid that lose least, every task alike; `memory` spares what was tried before."""

    def tried(values: Mapping[str, float]) -> list[Floats]:
        found: list[Floats] = []
        for name, variants in tasks.items():
            key = (name, *(values[part] for part in START))
            if key not in memory:
                memory[key] = [losses(one, as_default(values)) for one in variants]
            found += memory[key]
        return found

    values = dict(START)
    for turn in range(2):
        for name, grid in GRID.items():
            present = tried(values)
            gains = {value: gain(present, tried(values | {name: value})) for value in grid if value != values[name]}
            best = max(gains, key=lambda value: gains[value][0])
            bits, error = gains[best]
            if bits > max(TIE, 2 * error):
                values[name] = best
            said = f"{best:g} would gain {bits:.4f} bits (standard error {error:.4f})"
            print(f"  turn {turn + 1}: {name} {values[name]:g}; {said}", flush=True)
    return values


def gain(present: Sequence[Floats], other: Sequence[Floats]) -> tuple[float, float]:
    """How much less the other loses, every task alike, and the standard error of that, paired by profile."""
    differences = [one - two for one, two in zip(present, other, strict=True)]
    error = np.sqrt(sum(one.var() / len(one) for one in differences)) / len(differences)
    return float(np.mean([one.mean() for one in differences])), float(error)


def related(task: str) -> frozenset[str]:
    """The task and all that share people with it."""
    return next((group for group in RELATED if task in group), frozenset({task}))


def learn(
    known: Mapping[str, Sequence[Known]],
    memory: Memory,
    left_out: frozenset[str],
    path: Path,
) -> None:
    """Train on the tasks that are not left out and write the file."""
    tasks = {name: one for name, one in known.items() if name not in left_out}
    print(f"learning from {', '.join(tasks)}", flush=True)
    values = train(tasks, memory)
    default = replace(as_default(values), learned_from=tuple(tasks), left_out=tuple(sorted(left_out)))
    path.parent.mkdir(parents=True, exist_ok=True)
    default.save(path)
    print(f"wrote {path.relative_to(ROOT)}", flush=True)


def plan(given: argparse.Namespace, names: Sequence[str]) -> Iterator[tuple[frozenset[str], Path]]:
    """What to learn: the tasks left out, and where the default goes."""
    if not given.leave_out:
        yield frozenset(), SHIPPED
    groups = {related(task) for task in (names if given.all else given.leave_out)}
    for group in sorted(groups, key=sorted):
        yield group, DEFAULTS / f"without_{sorted(group)[0]}.json"


def default_without(task: str) -> DefaultModel:
    """The default model that has not seen a task's people."""
    return DefaultModel.load(DEFAULTS / f"without_{sorted(related(task))[0]}.json")


def main() -> None:
    """Learn what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    root = Path(os.environ.get("SOCIOLINK_DATA", "../shared/data"))
    parser.add_argument("--data", type=Path, default=root / "open_world")
    parser.add_argument("--leave-out", nargs="+", default=[], metavar="TASK")
    parser.add_argument("--all", action="store_true", help="the shipped default, and one without each task")
    given = parser.parse_args()
    folders = {one.name: one for one in open_world.find_tasks(given.data)}
    known = {
        name: [know(folder, 1.0), know(folder, THIN)] for name, folder in folders.items() if not name.endswith("_known")
    }
    memory: Memory = {}
    for left_out, path in plan(given, list(folders)):
        learn(known, memory, left_out, path)


if __name__ == "__main__":
    main()
