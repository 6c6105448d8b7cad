"""The measures agree with the scorer beside the real data, and with what they say in words."""

from __future__ import annotations

import importlib.util
import math
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sociolink.errors import InputError
from sociolink.evaluation.answers import read_answers
from sociolink.evaluation.scores import score_links

TRUTH = pa.table({"profile_id": ["p1", "p2", "p3", "p4"], "customer_id": ["c1", "c2", None, "c4"]})


def links_of(*rows: tuple[str, str | None, float | None]) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [[], [], []]
    return pa.table(
        {
            "profile_id": pa.array(columns[0], pa.string()),
            "customer_id": pa.array(columns[1], pa.string()),
            "probability": pa.array(columns[2], pa.float64()),
        }
    )


def random_links(truth: pa.Table, *, seed: int, kind: str) -> pa.Table:
    """A few customers for most profiles, the owner often among them; on a grid, so that there are ties."""
    rng = np.random.default_rng(seed)
    owners = truth["customer_id"].to_pylist()
    customers = sorted({owner for owner in owners if owner}) + [f"stranger{i}" for i in range(20)]
    rows: list[dict[str, Any]] = []
    for profile, owner in zip(truth["profile_id"].to_pylist(), owners, strict=True):
        size = int(rng.integers(0, 4))
        named = list(rng.choice(customers, size, replace=False)) + ([owner] if owner and rng.random() < 0.7 else [])
        rng.shuffle(named)
        shares = rng.multinomial(64, np.ones(len(named) + 1) / (len(named) + 1)) / 64
        if rng.random() < 0.3:
            shares = np.sort(rng.multinomial(64, [0.05 / (len(named) or 1)] * len(named) + [0.95]) / 64)
        if kind == "scores":
            shares = rng.integers(-20, 100, len(named) + 1) / 64
        stated = float(shares[-1]) if kind == "stated" else None
        if not named and kind == "stated":
            rows.append({"profile_id": profile, "nobody_probability": 0.75})
        for name, share in zip(named, reversed(shares[: len(named)].tolist()), strict=True):
            missing = rng.random() < 0.03
            row = {"profile_id": profile, "customer_id": str(name), "probability": None if missing else share}
            rows.append(row | {"nobody_probability": stated})
    rows += [{"profile_id": "unknown", "customer_id": "stranger1", "probability": 0.5}]
    names = ["profile_id", "customer_id", "probability"] + ["nobody_probability"] * (kind == "stated")
    kinds = {name: pa.string() if name.endswith("id") else pa.float64() for name in names}
    return pa.Table.from_pylist([{name: row.get(name) for name in names} for row in rows], pa.schema(kinds))


def random_truth(profiles: int, *, seed: int) -> pa.Table:
    rng = np.random.default_rng(seed)
    owners = [f"c{i}" if rng.random() < 0.6 else None for i in rng.integers(0, profiles // 2, profiles)]
    return pa.table(
        {"profile_id": [f"p{i}" for i in rng.permutation(profiles)], "customer_id": pa.array(owners, pa.string())}
    )


@pytest.fixture(scope="session")
def scorer(shared_data: Path) -> Any:
    path = shared_data.resolve().parent / "bench" / "score.py"
    spec = importlib.util.spec_from_file_location("bench_score", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def assert_scored_alike(scorer: Any, folder: Path, links: pa.Table, truth: pa.Table, groups: pa.Table | None) -> None:
    pq.write_table(truth, folder / "truth.parquet")
    if groups is not None:
        pq.write_table(groups, folder / "groups.parquet")
    table = links.to_pandas()
    p, ok, inn, true, brier, nobody, pc = scorer.answers(str(folder), table)
    answers = read_answers(links, truth, groups=groups)
    for mine, theirs in (
        (answers.top, p),
        (answers.right, ok),
        (answers.is_customer, inn),
        (answers.true, true),
        (answers.brier, brier),
        (answers.nobody, nobody),
    ):
        np.testing.assert_allclose(mine.astype(float), np.asarray(theirs, float), rtol=0, atol=1e-9)
    found = score_links(links, truth, groups=groups, bootstrap=0)
    near = {"rel": 0, "abs": 1e-9}
    assert found.log_loss == pytest.approx(float(-np.log2(np.maximum(true, 1e-4)).mean()), **near)
    assert found.brier == pytest.approx(float(brier.mean()), **near)
    assert found.owner_listed == pytest.approx(pc, **near)
    assert found.recall_at_p95 == pytest.approx(scorer.r_at(p, ok, inn), **near)
    assert found.recall_at_p99 == pytest.approx(scorer.r_at(p, ok, inn, 0.99), **near)
    assert found.ece == pytest.approx(scorer.ece(p, ok), **near)
    theirs = scorer.score(str(folder), table, boot=0)
    claim, bands = found.claim95, [*found.bands, found.nobody]
    assert theirs == {
        "profiles": found.profiles,
        "customers_profiles": found.customers_profiles,
        "nll": round(found.log_loss, 4),
        "brier": round(found.brier, 4),
        "R1": round(found.recall_at_1, 4),
        "PC": round(found.owner_listed, 4),
        "R_at_P95": round(found.recall_at_p95, 4),
        "R_at_P99": round(found.recall_at_p99, 4),
        "claim95": claim and [claim.links, round(claim.precision, 4), round(claim.share_of_oracle, 3)],
        "bands": [band and [round(band.claimed, 4), round(band.right, 4), band.answers] for band in bands[:3]],
        "nobody": bands[3] and [round(bands[3].claimed, 4), round(bands[3].right, 4), bands[3].answers],
        "ece": round(found.ece, 4),
        "ece_net": round(found.ece_net, 4),
        "fl": None if found.false_links is None else round(found.false_links, 4),
    }


@pytest.mark.parametrize("grouped", [False, True])
@pytest.mark.parametrize("kind", ["probabilities", "stated", "scores"])
@pytest.mark.parametrize("seed", range(4))
def test_random_links_score_as_the_scorer_says(
    scorer: Any, tmp_path: Path, seed: int, kind: str, grouped: bool
) -> None:
    truth = random_truth(300, seed=seed)
    links = random_links(truth, seed=seed, kind=kind)
    groups = None
    if grouped:
        customers = sorted({owner for owner in truth["customer_id"].to_pylist() if owner})
        groups = pa.table({"customer_id": customers, "group_id": [f"g{i // 3}" for i in range(len(customers))]})
        groups = groups.slice(0, len(customers) - 15)
    assert_scored_alike(scorer, tmp_path, links, truth, groups)


@pytest.mark.parametrize("truth", [TRUTH.slice(0, 2), TRUTH.slice(2, 1)], ids=["all customers", "no customer"])
def test_populations_of_one_kind_score_as_the_scorer_says(scorer: Any, tmp_path: Path, truth: pa.Table) -> None:
    assert_scored_alike(
        scorer, tmp_path, links_of(("p1", "c1", 0.96), ("p3", "c1", 0.97), ("p2", "c9", 0.5)), truth, None
    )


@pytest.mark.parametrize("task", ["us_congress", "rubyevents_speakers"])
def test_links_of_real_profiles_score_as_the_scorer_says(
    scorer: Any, shared_data: Path, tmp_path: Path, task: str
) -> None:
    truth, groups = (
        pq.read_table(shared_data / "open_world" / task / f"{name}.parquet") for name in ("truth", "groups")
    )
    assert_scored_alike(scorer, tmp_path, random_links(truth, seed=1, kind="probabilities"), truth, groups)


def test_an_empty_answer() -> None:
    found = score_links(links_of(), TRUTH, bootstrap=10)
    assert found.log_loss == pytest.approx(0.75 * -math.log2(1e-4))
    assert (found.ece, found.recall_at_p95, found.claim95, found.false_links) == (0, 0, None, 0)
    assert found.bands == (None, None, None)
    assert found.nobody is not None
    assert (found.nobody.claimed, found.nobody.right, found.nobody.answers) == (1, 0.25, 4)


def test_a_perfect_answer() -> None:
    found = score_links(links_of(("p1", "c1", 1), ("p2", "c2", 1), ("p4", "c4", 1)), TRUTH, bootstrap=10)
    assert (found.log_loss, found.brier, found.ece) == (0, 0, 0)
    assert (found.recall_at_1, found.recall_at_p95, found.recall_at_p99, found.owner_listed) == (1, 1, 1, 1)
    assert found.claim95 is not None
    assert (found.claim95.links, found.claim95.precision, found.claim95.share_of_oracle) == (3, 1, 1)
    assert found.recall_at_p95_interval == (1, 1)


def test_equal_scores_cannot_be_cut_apart() -> None:
    """Two right and two wrong answers of one score: no threshold keeps only the right ones."""
    links = links_of(("p1", "c1", 0.9), ("p2", "c2", 0.9), ("p3", "c1", 0.9), ("p4", "c1", 0.9))
    assert score_links(links, TRUTH, bootstrap=0).recall_at_p95 == 0
    surer = links_of(("p1", "c1", 0.91), ("p2", "c2", 0.91), ("p3", "c1", 0.9), ("p4", "c1", 0.9))
    assert score_links(surer, TRUTH, bootstrap=0).recall_at_p95 == pytest.approx(2 / 3)


def test_records_of_one_person_add_up_and_any_of_them_is_right() -> None:
    groups = pa.table({"customer_id": ["c1", "twin"], "group_id": ["g", "g"]})
    links = links_of(("p1", "twin", 0.4), ("p1", "c1", 0.3), ("p1", "c2", 0.3))
    found = read_answers(links, TRUTH.slice(0, 1), groups=groups)
    assert (found.top.tolist(), found.right.tolist(), found.customers.tolist()) == ([0.7], [True], [2])
    scores = links_of(("p1", "twin", 4), ("p1", "c1", 3), ("p1", "c2", 3))
    assert read_answers(scores, TRUTH.slice(0, 1), groups=groups).top.tolist() == [1]


def test_scores_that_are_text_are_read_as_numbers() -> None:
    links = links_of(("p1", "c1", 0.5))
    text = links.set_column(2, "probability", pa.array(["0.5"]))
    assert score_links(text, TRUTH, bootstrap=0) == score_links(links, TRUTH, bootstrap=0)


def test_the_order_of_the_links_changes_nothing() -> None:
    truth = random_truth(200, seed=7)
    links = random_links(truth, seed=7, kind="stated")
    shuffled = links.take(pa.array(np.random.default_rng(0).permutation(links.num_rows)))
    assert score_links(shuffled, truth, bootstrap=20) == score_links(links, truth, bootstrap=20)


def test_owners_are_drawn_with_all_their_profiles() -> None:
    """Ten profiles of one owner are one draw: the interval is as wide as for one profile, not ten times as sure."""
    truth = pa.table({"profile_id": [f"p{i}" for i in range(200)], "customer_id": [f"c{i // 10}" for i in range(200)]})
    links = links_of(*((f"p{i}", f"c{i // 10}", 0.9 if i // 10 % 2 else 0.1) for i in range(200)))
    alone = pa.table({"profile_id": [f"p{10 * i}" for i in range(20)], "customer_id": [f"c{i}" for i in range(20)]})
    many, few = (score_links(links, one, bootstrap=400).log_loss_interval for one in (truth, alone))
    assert many is not None
    assert many == pytest.approx(few)
    assert many[1] - many[0] > 1.0


def test_intervals_hold_the_measure_and_repeat() -> None:
    truth = random_truth(300, seed=2)
    links = random_links(truth, seed=2, kind="probabilities")
    found = score_links(links, truth, bootstrap=200, seed=5)
    assert found == score_links(links, truth, bootstrap=200, seed=5)
    for value, interval in (
        (found.log_loss, found.log_loss_interval),
        (found.recall_at_p95, found.recall_at_p95_interval),
    ):
        assert interval is not None
        assert interval[0] <= value <= interval[1]


def test_a_truth_without_rows_is_refused() -> None:
    with pytest.raises(InputError, match="truth: has no rows"):
        score_links(links_of(), TRUTH.slice(0, 0))


def test_bands_know_that_an_owner_has_several_profiles() -> None:
    """Four profiles each of 30 owners who are linked rightly or not as one: the error is that of 30, not of 120."""
    luck = np.random.default_rng(3).random(30) < 0.6
    profile = [f"p{at}" for at in range(120)]
    owner = [f"c{at // 4}" for at in range(120)]
    named = [one if luck[at // 4] else "stranger" for at, one in enumerate(owner)]
    links = links_of(*((p, c, 0.7) for p, c in zip(profile, named, strict=True)))
    found = score_links(links, pa.table({"profile_id": profile, "customer_id": owner}), bootstrap=0).bands[0]
    apart = score_links(links, pa.table({"profile_id": profile, "customer_id": named}), bootstrap=0).bands[0]
    assert found is not None
    assert apart is not None
    assert found.standard_error == pytest.approx(math.sqrt(luck.mean() * (1 - luck.mean()) / 29))
    assert found.within is (abs(found.right - 0.7) <= max(0.02, 2 * found.standard_error))
    assert apart.standard_error == pytest.approx(math.sqrt(0.7 * 0.3 / 120))
    assert apart.within is False


def test_a_few_answers_that_are_all_right_prove_little() -> None:
    links = links_of(*((f"p{at}", f"c{at}", 0.75) for at in range(4)))
    truth = pa.table({"profile_id": [f"p{at}" for at in range(4)], "customer_id": [f"c{at}" for at in range(4)]})
    band = score_links(links, truth, bootstrap=0).bands[0]
    assert band is not None
    assert (band.right, band.within) == (1.0, True)
    assert band.standard_error == pytest.approx(math.sqrt(0.75 * 0.25 / 4))
