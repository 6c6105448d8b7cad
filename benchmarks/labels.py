"""What labels do for links of the real tasks: recalibration, estimates and certificates.

usage: python benchmarks/labels.py [--tasks us_congress ...] [--write-docs] [--from-results]

Links are made with default settings. Labels are a sample that `sample_for_review` draws, with the truth as verdict,
over three seeds. Recalibrated links are judged by the profiles that were not labelled, and so are the ones before;
no sample is larger than half a task.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import tables
from accuracy import ROOT
from tables import Sheet, print_sheet, to_markdown
from task_records import report_tasks

Record = Mapping[str, Any]
OUTPUT = ROOT / "benchmarks" / "results" / "labels.json"
PAGE = ROOT / "docs" / "calibration.md"
SIZES = (50, 200, 500, 1000)
SEEDS = (0, 1, 2)
RISKS = (0.1, 0.05)


def measure_labels(folder: Path) -> dict[str, Any]:
    """Everything about one task.

    Args:
        folder: The task's folder.

    Returns:
        For each number of labels and seed log loss and band error before and after, what was estimated, and what was
        certified.
    """
    import open_world
    import pyarrow.parquet as pq

    import sociolink as sl

    owners = open_world.Owners.read(folder)
    truth, groups = (pq.read_table(folder / f"{name}.parquet") for name in ("truth", "groups"))
    policy = sl.Policy.research(who=open_world.POLICY)
    links = sl.link(folder / "profiles.parquet", folder / "customers.parquet", policy=policy)
    runs = []
    for size in (one for one in SIZES if one <= truth.num_rows / 2):
        for seed in SEEDS:
            labels = _judge(links.sample_for_review(size, seed=seed), links, owners, truth)
            runs.append({"labels": size, "seed": seed, **_measure(links, labels, truth, groups, owners)})
    record = {"task": folder.name, "runs": runs}
    return {name: open_world.round_floats(value) for name, value in record.items()}


def _judge(sample: Any, links: Any, owners: Any, truth: Any) -> Any:
    """The sample with verdicts: the listed record of the owner where there is one, else that of the truth."""
    import pyarrow as pa
    import pyarrow.compute as pc

    ids = sample["profile_id"]
    own = links.table.filter(pc.is_in(links.table["profile_id"], value_set=ids.combine_chunks()))
    listed: dict[tuple[str, str], str] = {}
    pairs = zip(own["profile_id"].to_pylist(), own["customer_id"].to_pylist(), strict=True)
    for profile, customer in pairs:
        if customer is not None:
            listed.setdefault((profile, owners.person(customer)), customer)
    record = dict(zip(truth["profile_id"].to_pylist(), truth["customer_id"].to_pylist(), strict=True))
    verdicts, customers = [], []
    for profile in ids.to_pylist():
        owner = owners.of_profile.get(profile)
        verdicts.append("nobody" if owner is None else "is")
        customers.append(None if owner is None else listed.get((profile, owner), record[profile]))
    return pa.table(
        {
            "profile_id": ids,
            "customer_id": pa.array(customers, pa.string()),
            "verdict": verdicts,
            "inclusion_probability": sample["inclusion_probability"],
        }
    )


def _measure(links: Any, labels: Any, truth: Any, groups: Any, owners: Any) -> dict[str, Any]:
    """One set of labels: what recalibration, estimates and certificates make of it."""
    import pyarrow.compute as pc

    import sociolink as sl

    unseen = truth.filter(pc.invert(pc.is_in(truth["profile_id"], value_set=labels["profile_id"].combine_chunks())))
    after = links.recalibrate(labels)
    found = links.estimate(labels)
    said = {}
    for name, one in (("before", links), ("after", after)):
        score = sl.evaluate(one, unseen, groups=groups, bootstrap=0)
        said[name] = {"log_loss": score.log_loss, "band_error": _band_error(score), **_claim(one, unseen, owners)}
    actual = _actual(links, owners)
    inside = {
        name: bool(share.low <= actual[name] <= share.high)
        for name, share in (("precision", found.precision), ("recall", found.recall), ("coverage", found.coverage))
        if share is not None
    }
    proofs = [_certificate(links, labels, owners, risk) for risk in RISKS]
    return {**said, "map": after.calibration.parameters, "inside": inside, "certificates": proofs}


def _band_error(score: Any) -> float:
    """Mean distance between claimed and right over the bands and nobody, by their answers."""
    bands = [band for band in (*score.bands, score.nobody) if band is not None and band.answers]
    return sum(abs(band.right - band.claimed) * band.answers for band in bands) / sum(band.answers for band in bands)


def _made(links: Any) -> tuple[dict[str, str], float]:
    """The links made, and the mean probability that they state."""
    import pyarrow.compute as pc

    table = links.table.filter(pc.and_(pc.equal(links.table["rank"], 1), pc.equal(links.table["decision"], "link")))
    stated = table["group_probability"].to_pylist()
    pairs = zip(table["profile_id"].to_pylist(), table["customer_id"].to_pylist(), strict=True)
    return dict(pairs), sum(sorted(stated)) / max(len(stated), 1)


def _false(made: Mapping[str, str], owners: Any) -> int:
    return sum(owners.of_profile.get(profile) != owners.person(customer) for profile, customer in made.items())


def _claim(links: Any, unseen: Any, owners: Any) -> dict[str, Any]:
    """Links made among the profiles that were not labelled, and how many are false."""
    kept = set(unseen["profile_id"].to_pylist())
    made = {profile: customer for profile, customer in _made(links)[0].items() if profile in kept}
    return {"links": len(made), "false": _false(made, owners), "claimed": _made(links)[1]}


def _actual(links: Any, owners: Any) -> dict[str, float]:
    made, _ = _made(links)
    right = len(made) - _false(made, owners)
    customers = sum(owner is not None for owner in owners.of_profile.values())
    return {"precision": right / len(made), "recall": right / customers, "coverage": owners.coverage}


def _certificate(links: Any, labels: Any, owners: Any, risk: float) -> dict[str, Any]:
    accepted = links.accept(max_false=risk, confidence=0.95, labels=labels)
    made, _ = _made(accepted)
    told = accepted.acceptance
    share = _false(made, owners) / max(len(made), 1)
    return {
        "max_false": risk,
        "certified": told.certified,
        "links": len(made),
        "false_share": share,
        "upper": told.upper,
    }


def recalibration_sheet(records: Sequence[Record]) -> Sheet:
    """Log loss and band error, before and after."""
    header = ("task", "labels", "log loss before", "after", "band error before", "after", "false links before", "after")
    rows = []
    for record in records:
        for size in sorted({one["labels"] for one in record["runs"]}):
            runs = [one for one in record["runs"] if one["labels"] == size]
            cells = []
            for name, form in (("log_loss", ".3f"), ("band_error", ".4f")):
                cells += [f"{_mean(one[side][name] for one in runs):{form}}" for side in ("before", "after")]
            for side in ("before", "after"):
                links, false = (_mean(one[side][name] for one in runs) for name in ("links", "false"))
                cells.append(f"{false / max(links, 1):.1%} of {links:,.0f}")
            rows.append((record["task"], f"{size:,}", *cells))
    title = "Recalibrated by a sample of labels; judged by the profiles that were not labelled, mean of three samples"
    return Sheet(title, header, tuple(rows))


def certificate_sheet(records: Sequence[Record]) -> Sheet:
    """What was certified, and whether the estimates held."""
    risks = tuple(f"at most {risk:.0%} false" for risk in RISKS)
    header = ("task", "labels", *risks, "estimates whose 95% interval holds the truth")
    rows = []
    for record in records:
        for size in sorted({one["labels"] for one in record["runs"]}):
            runs = [one for one in record["runs"] if one["labels"] == size]
            cells = []
            for place in range(len(RISKS)):
                proofs = [one["certificates"][place] for one in runs if one["certificates"][place]["certified"]]
                links, share = (_mean(one[name] for one in proofs) for name in ("links", "false_share"))
                said = f": {links:,.0f} links, {share:.1%} false" if proofs else ""
                cells.append(f"certified in {len(proofs)} of {len(runs)}{said}")
            held = [held for one in runs for held in one["inside"].values()]
            rows.append((record["task"], f"{size:,}", *cells, f"{sum(held)} of {len(held)}"))
    return Sheet("Links certified with 95% confidence, by the same samples", header, tuple(rows))


def _mean(values: Any) -> float:
    values = list(values)
    return sum(values) / len(values) if values else 0.0


def show(records: Sequence[Record], write_docs: bool) -> None:
    """Print the tables, and put them into the page that was asked for."""
    sheets = [recalibration_sheet(records), certificate_sheet(records)]
    for sheet in sheets:
        print_sheet(sheet)
    if write_docs:
        tables.insert_block(PAGE, to_markdown(sheets))


if __name__ == "__main__":
    report_tasks(__doc__, measure_labels, OUTPUT, show)
