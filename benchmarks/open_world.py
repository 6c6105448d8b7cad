"""One real task: linked with default settings and without labels, then measured against its truth."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from memory import peak_memory_mib

import sociolink as sl
from sociolink.evidence.protocol import EvidenceFamily
from sociolink.linking.decoys import draw_decoys
from sociolink.linking.defaults import DEFAULT_EVIDENCE
from sociolink.linking.experience import DefaultModel
from sociolink.linking.gallery import build_gallery, in_content_order
from sociolink.linking.inputs import read_inputs
from sociolink.linking.kernel import observe

__all__ = ["Measured", "Owners", "find_tasks", "measure_decoy_crm", "measure_strangers", "measure_task"]

POLICY = "benchmark"
TOP = 5
BATCH_PROFILES = 10_000
_DIGITS = 4


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """A measured task.

    Attributes:
        record: All figures, as plain values.
        links: The links that were measured.
    """

    record: dict[str, Any]
    links: sl.Links


@dataclass(frozen=True, slots=True, eq=False)
class Owners:
    """Who owns what in a task; records of one person are one.

    Attributes:
        of_profile: For each profile id its owner, None for nobody.
        of_customer: For each customer id the person; ids in no group stand for themselves.
    """

    of_profile: Mapping[str, str | None]
    of_customer: Mapping[str, str]

    @classmethod
    def read(cls, folder: Path) -> Owners:
        """The truth and the groups of a task's folder."""
        truth, groups = pq.read_table(folder / "truth.parquet"), pq.read_table(folder / "groups.parquet")
        person = dict(zip(_strings(groups, "customer_id"), _strings(groups, "group_id"), strict=True))
        owner = zip(_strings(truth, "profile_id"), _strings(truth, "customer_id"), strict=True)
        return cls({profile: None if one is None else person.get(one, one) for profile, one in owner}, person)

    def person(self, customer: str | None) -> str | None:
        """The person of a record."""
        return None if customer is None else self.of_customer.get(customer, customer)

    @property
    def coverage(self) -> float:
        """Share of profiles that are a customer's."""
        return sum(owner is not None for owner in self.of_profile.values()) / max(len(self.of_profile), 1)


def find_tasks(folder: Path) -> list[Path]:
    """Folders of the tasks, by name: those with customers, profiles, truth and groups."""
    names = ("customers", "profiles", "truth", "groups")
    return sorted(one for one in folder.iterdir() if all((one / f"{name}.parquet").is_file() for name in names))


def measure_task(
    folder: Path,
    *,
    evidence: tuple[EvidenceFamily, ...] = DEFAULT_EVIDENCE,
    default: DefaultModel | None = None,
    bootstrap: int = 200,
    top: int = TOP,
) -> Measured:
    """Link a task by the public door, and measure the answer.

    Args:
        folder: The task's folder.
        evidence: The evidence families; all by default.
        default: What other populations taught; what is shipped by default.
        bootstrap: Resamples for the intervals.
        top: Customers listed for a profile.

    Returns:
        The figures and the links. What is learned comes from the task's own rows, without their truth.
    """
    started = time.perf_counter()
    links = sl.link(
        folder / "profiles.parquet",
        folder / "customers.parquet",
        policy=sl.Policy.research(who=POLICY),
        evidence=evidence,
        default=default,
        top=top,
    )
    seconds, memory = time.perf_counter() - started, peak_memory_mib()
    owners = Owners.read(folder)
    found = sl.evaluate(links, folder / "truth.parquet", groups=folder / "groups.parquet", bootstrap=bootstrap)
    candidates = measure_candidates(folder, links, owners, evidence)
    record = {
        "task": folder.name,
        "evidence": [family.name for family in evidence],
        "people": links.report.people,
        "evaluation": _plain_evaluation(found),
        "candidates": candidates,
        "coverage": _coverage(links, owners, candidates["owner_among"]),
        "links": count_links(links, owners),
        "rejects": dict(links.report.rejects),
        "seconds": seconds,
        "stages": {name: spent for name, spent in links.report.stages if spent >= 0.01},
        "peak_memory_mib": memory,
    }
    return Measured(_rounded(record), links)


def _plain_evaluation(found: sl.Evaluation) -> dict[str, Any]:
    """All measures, and whether each band is as claimed."""
    plain = found.to_dict()
    for one, band in zip((*plain["bands"], plain["nobody"]), (*found.bands, found.nobody), strict=True):
        if band is not None:
            one["within"] = band.within
    return plain


def measure_candidates(
    folder: Path, links: sl.Links, owners: Owners, evidence: tuple[EvidenceFamily, ...]
) -> dict[str, Any]:
    """What blocking proposes, before anything is ranked or cut.

    Args:
        folder: The task's folder.
        links: Its links, for their model.
        owners: Its truth.
        evidence: The evidence families of the links.

    Returns:
        Mean number of customers compared one by one for a profile; share of customers' profiles whose owner is among
        them; large blocks met, on average.
    """
    model = links.model
    assert model is not None
    tables = read_inputs({kind: folder / f"{kind}.parquet" for kind in ("profiles", "customers")}).tables
    profiles = tables["profiles"]
    gallery = build_gallery(in_content_order(tables["customers"], "customer_id"), evidence, model.population)
    persons = [owners.person(one) for one in gallery.ids.to_pylist()]
    number = {person: place for place, person in enumerate(dict.fromkeys(persons))}
    person = np.array([number[one] for one in persons], np.int64)
    owner = np.array([_number(number, owners, one) for one in profiles.column("profile_id").to_pylist()], np.int64)
    among = np.zeros(profiles.num_rows, np.bool_)
    proposed = capped = 0
    for start in range(0, profiles.num_rows, BATCH_PROFILES):
        _, found = observe(profiles.slice(start, BATCH_PROFILES).combine_chunks(), gallery, model.population)
        pairs = found.pairs
        single = np.flatnonzero(pairs.customer >= 0)
        at = start + pairs.profile[single].astype(np.int64)
        among[at[person[pairs.customer[single]] == owner[at]]] = True
        proposed, capped = proposed + found.proposed, capped + found.capped
    return {
        "per_profile": proposed / max(profiles.num_rows, 1),
        "owner_among": _mean(among[owner != _NOBODY]),
        "capped_per_profile": capped / max(profiles.num_rows, 1),
    }


_NOBODY, _ELSEWHERE = -1, -2


def _number(number: Mapping[str | None, int], owners: Owners, profile: str) -> int:
    owner = owners.of_profile.get(profile)
    return _NOBODY if owner is None else number.get(owner, _ELSEWHERE)


def count_links(links: sl.Links, owners: Owners) -> dict[str, Any]:
    """Links made, how many of them are false, and what the run itself said about that."""
    table, report = links.table, links.report
    made = table.filter(pc.and_(pc.equal(table["decision"], "link"), pc.equal(table["rank"], 1)))
    pairs = zip(_strings(made, "profile_id"), _strings(made, "customer_id"), strict=True)
    false = sum(owners.of_profile.get(profile) != owners.person(customer) for profile, customer in pairs)
    return {
        "made": made.num_rows,
        "false": false,
        "review": report.review,
        "false_by_model": report.false_links_expected,
        "false_by_decoys": report.false_links_decoys,
        "false_by_decoys_interval": [report.false_links_decoys_low, report.false_links_decoys_high],
        "decoy_note": report.decoy_note,
    }


def measure_decoy_crm(folder: Path, links: sl.Links, *, seed: int = 0) -> dict[str, Any]:
    """Coverage that is learned where no customer exists: the task's profiles against made-up people only.

    Args:
        folder: The task's folder.
        links: Its links, for the model of names that the made-up people are drawn from.
        seed: Seed of the drawing.

    Returns:
        The task, the number of made-up customers and the learned coverage with its interval. The truth is 0.
    """
    assert links.model is not None
    tables = read_inputs({kind: folder / f"{kind}.parquet" for kind in ("profiles", "customers")}).tables
    customers = draw_decoys(tables["customers"], links.model, tables["customers"].num_rows, seed=seed)
    return _learn_coverage(folder.name, tables["profiles"], customers)


def measure_strangers(name: str, **settings: Any) -> dict[str, Any]:
    """Coverage that is learned in a made-up world where no profile is a customer's.

    Args:
        name: What to call the world.
        **settings: Settings of `datasets.synthetic`.

    Returns:
        As `measure_decoy_crm`.
    """
    from sociolink import datasets

    consent = {"customers.consent": 0.0, "profiles.consent": 0.0}
    world = datasets.synthetic(5_000, 3_000, coverage=0, fields=consent, posts=0, events=0, **settings)
    return _learn_coverage(name, world.profiles, world.customers)


def _learn_coverage(name: str, profiles: pa.Table, customers: pa.Table) -> dict[str, Any]:
    model = sl.fit(profiles, customers, policy=sl.Policy.research(who=POLICY))
    learned, findable = model.coverage, model.findable
    record = {
        "task": name,
        "customers": customers.num_rows,
        "learned": learned.value,
        "interval": [learned.low, learned.high],
        "findable": findable.value,
    }
    return _rounded(record)


def _coverage(links: sl.Links, owners: Owners, owner_among: float) -> dict[str, Any]:
    report = links.report
    return {
        "learned": report.coverage,
        "learned_interval": [report.coverage_low, report.coverage_high],
        "true": owners.coverage,
        "findable": report.findable,
        "findable_interval": [report.findable_low, report.findable_high],
        "findable_true": owners.coverage * owner_among,
    }


def _strings(table: pa.Table, column: str) -> list[Any]:
    values: list[Any] = table.column(column).cast(pa.string()).to_pylist()
    return values


def _mean(flags: npt.NDArray[np.bool_]) -> float:
    return float(flags.mean()) if len(flags) else 0.0


def _rounded(record: Mapping[str, Any]) -> dict[str, Any]:
    return {name: round_floats(one) for name, one in record.items()}


def round_floats(value: Any) -> Any:
    """The same plain values with floats of four decimals."""
    if isinstance(value, float):
        return round(value, _DIGITS)
    if isinstance(value, Mapping):
        return {name: round_floats(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [round_floats(one) for one in value]
    return value
