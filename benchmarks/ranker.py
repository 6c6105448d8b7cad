"""A transfer ranker as a peer: plain features of a handle and a name, boosted trees that have learned on other tasks.

usage: SOCIOLINK_DATA=.../data python benchmarks/ranker.py [--tasks us_congress ...] [--draws 1000]

For each profile the 20 most alike customers by brute force (the mean of the best Jaro-Winkler likeness over six
patterns of the name and the partial ratio, and the display name's token_set_ratio where there is one), about thirty
features of each pair, gradient boosting trained on tasks that share no people with the judged one, odds renormalised
over the candidates and nobody. Then ours less the ranker's, paired by profile, with a bootstrap over owners. Runs in
.venv-peers-ranker, which it makes where it is missing.
"""

from __future__ import annotations

import argparse
import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from peers.environments import enter_environment

if __name__ == "__main__":
    enter_environment("ranker")

import numpy as np
import numpy.typing as npt
import open_world
import pandas as pd
import train_default
from rapidfuzz import fuzz, process
from rapidfuzz.distance import JaroWinkler, LCSseq
from sklearn.ensemble import HistGradientBoostingClassifier
from tables import insert_block

import sociolink as sl
from sociolink.text.folding import fold, squash

RESULTS = Path(__file__).parent / "results" / "ranker.json"
PAGE = Path(__file__).parents[1] / "docs" / "accuracy.md"
JUDGED = ("us_congress", "us_openstates", "fr_parlementaires", "rubyevents_speakers")
TRAINED = (*JUDGED, "digitalgov_authors")
CANDIDATES = 20
FLOOR = 1e-4
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """A task's profiles with their most alike customers.

    Attributes:
        features: (profiles, candidates, features).
        right: (profiles, candidates) whether the candidate is the owner.
        owner: (profiles,) the owner, "" for nobody.
        profile: (profiles,) ids.
    """

    features: Floats
    right: npt.NDArray[np.bool_]
    owner: npt.NDArray[np.str_]
    profile: npt.NDArray[np.str_]


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """What an approach says of each profile.

    Attributes:
        top: (profiles,) probability of the best person.
        right: (profiles,) whether that is the owner.
        true: (profiles,) probability of the true answer.
    """

    top: Floats
    right: npt.NDArray[np.bool_]
    true: Floats


def _plain(values: pd.Series) -> list[str]:
    import pyarrow as pa

    return squash(pa.array(values.fillna("").astype(str).tolist(), pa.string())).to_pylist()


def _spaced(values: pd.Series) -> list[str]:
    import pyarrow as pa

    return fold(pa.array(values.fillna("").astype(str).tolist(), pa.string())).to_pylist()


def compare(folder: Path) -> Compared:
    """All customers against all profiles, then the features of the best."""
    customers = pd.read_parquet(folder / "customers.parquet")
    profiles = pd.read_parquet(folder / "profiles.parquet")
    owners = open_world.Owners.read(folder)
    given, family = _plain(customers.given_name), _plain(customers.family_name)
    patterns = [
        [a + b for a, b in zip(given, family, strict=True)],
        [a[:1] + b for a, b in zip(given, family, strict=True)],
        [b + a[:1] for a, b in zip(given, family, strict=True)],
        [b + a for a, b in zip(given, family, strict=True)],
        given,
        family,
    ]
    full = [" ".join(pair) for pair in zip(_spaced(customers.given_name), _spaced(customers.family_name), strict=True)]
    handles, shown = _plain(profiles.handle), _spaced(profiles.display_name)
    person = np.array([owners.person(one) for one in customers.customer_id])
    owner = np.array([owners.of_profile.get(one) or "" for one in profiles.profile_id])
    counts = [pd.Series(names).map(pd.Series(names).value_counts()).to_numpy() for names in (given, family)]
    parts: list[Floats] = []
    chosen: list[npt.NDArray[np.int64]] = []
    for start in range(0, len(handles), 500):
        some = handles[start : start + 500]
        like = [process.cdist(some, one, scorer=JaroWinkler.similarity, dtype=np.float32) for one in patterns]
        partial = process.cdist(some, patterns[0], scorer=fuzz.partial_ratio, dtype=np.float32) / 100
        best = np.max(like, axis=0)
        score = (best + partial) / 2
        has = np.array([bool(one) for one in shown[start : start + 500]])
        display = process.cdist(shown[start : start + 500], full, scorer=fuzz.token_set_ratio, dtype=np.float32) / 100
        score[has] = (score[has] + display[has]) / 2
        top = np.argsort(-score, axis=1, kind="stable")[:, :CANDIDATES]
        take = [np.take_along_axis(one, top, 1) for one in (*like, partial, best, score, display)]
        take[-1] = np.where(has[:, None], take[-1], -1.0)
        parts.append(np.stack(take, 2).astype(np.float64))
        chosen.append(top)
    top, dense = np.concatenate(chosen), np.concatenate(parts)
    more = _pair_features(handles, given, family, top, counts)
    rank = np.broadcast_to(np.arange(CANDIDATES), top.shape)[..., None]
    gap = dense[..., 8:9] - np.max(dense[..., 8:9], axis=1, keepdims=True)
    second = np.sort(dense[..., 8], axis=1)[:, -2][:, None, None] - dense[..., 8:9]
    features = np.concatenate([dense, more, rank, gap, second], 2)
    return Compared(features, person[top] == owner[:, None], owner, profiles.profile_id.to_numpy(str))


def _pair_features(
    handles: Sequence[str],
    given: Sequence[str],
    family: Sequence[str],
    top: npt.NDArray[np.int64],
    counts: Sequence[npt.NDArray[np.int64]],
) -> Floats:
    """What the handle holds of the name, and how common the name is."""
    rows = []
    for handle, candidates in zip(handles, top.tolist(), strict=True):
        letters = re.sub("[0-9]", "", handle)
        for place in candidates:
            one, two = given[place], family[place]
            has_given, has_family = bool(one) and one in handle, bool(two) and two in handle
            explained = len(one) * has_given + len(two) * has_family
            rows.append(
                (
                    has_given,
                    has_family,
                    handle.startswith(one),
                    handle.endswith(two),
                    LCSseq.similarity(handle, one) / max(len(one), 1),
                    LCSseq.similarity(handle, two) / max(len(two), 1),
                    fuzz.partial_ratio(one, handle) / 100,
                    fuzz.partial_ratio(two, handle) / 100,
                    explained / max(len(letters), 1),
                    letters[:1] == one[:1],
                    letters[:1] == two[:1],
                    one[:3] in handle,
                    two[:3] in handle,
                    one[:1] + two in handle,
                    len(handle),
                    len(handle) - len(letters),
                    len(one),
                    len(two),
                    np.log(counts[0][place]),
                    np.log(counts[1][place]),
                )
            )
    return np.array(rows, np.float64).reshape(*top.shape, -1)


def rank_task(judged: Compared, learned: Sequence[Compared]) -> Answers:
    """Train on other tasks and answer for this one."""
    x = np.concatenate([one.features.reshape(-1, one.features.shape[2]) for one in learned])
    y = np.concatenate([one.right.ravel() for one in learned])
    weight = np.concatenate([np.full(one.right.size, 1.0 / one.right.size) for one in learned])
    model = HistGradientBoostingClassifier(
        max_iter=300, learning_rate=0.05, max_leaf_nodes=15, l2_regularization=1.0, random_state=0
    )
    model.fit(x, y, sample_weight=weight / weight.mean())
    chance = model.predict_proba(judged.features.reshape(-1, judged.features.shape[2]))[:, 1]
    odds = (chance / (1 - chance + 1e-12)).reshape(judged.right.shape)
    share = odds / (1 + odds.sum(1, keepdims=True))
    best = share.argmax(1)
    rows = np.arange(len(share))
    true = np.where(judged.owner == "", 1 - share.sum(1), (share * judged.right).sum(1))
    return Answers(share[rows, best], judged.right[rows, best] & (judged.owner != ""), true)


def link_task(folder: Path, judged: Compared) -> Answers:
    """Our own answers, by a default model that has not seen the task's people."""
    links = sl.link(
        folder / "profiles.parquet",
        folder / "customers.parquet",
        policy=sl.Policy.research(who="benchmark"),
        default=train_default.default_without(folder.name),
    )
    owners = open_world.Owners.read(folder)
    frame = links.table.to_pandas()
    frame["person"] = [owners.person(one) for one in frame.customer_id]
    place = pd.Series(np.arange(len(judged.profile)), judged.profile)
    at = frame.profile_id.map(place).to_numpy()
    first = (frame["rank"] <= 1).to_numpy()
    top, right, true = np.zeros(len(place)), np.zeros(len(place), np.bool_), np.zeros(len(place))
    person = frame.person.fillna("").to_numpy(str)
    top[at[first]] = frame.group_probability.fillna(0).to_numpy()[first]
    right[at[first]] = (person == judged.owner[at])[first] & (judged.owner[at] != "")[first]
    own = (person == judged.owner[at]) & (person != "")
    np.add.at(true, at[own], frame.probability.fillna(0).to_numpy()[own])
    stranger = judged.owner == ""
    nobody = np.zeros(len(place))
    nobody[at] = frame.nobody_probability.to_numpy()
    return Answers(top, right, np.where(stranger, nobody, true))


def recall_at(
    top: Floats, right: npt.NDArray[np.bool_], weight: Floats, owned: Floats, precision: float = 0.95
) -> float:
    """Largest share of customers' profiles linked rightly at this precision, for weighted profiles."""
    order = np.argsort(-top, kind="stable")
    made, good = np.cumsum(weight[order]), np.cumsum((weight * right)[order])
    last = np.append(top[order][1:] != top[order][:-1], True) & (top[order] > 0)
    fine = last & (good >= precision * made) & (made > 0)
    return float(good[fine].max() / max((weight * owned).sum(), 1)) if fine.any() else 0.0


def log_loss(true: Floats, weight: Floats) -> float:
    """Mean of -log2 of the probability of the true answer, floored."""
    return float((weight * -np.log2(np.maximum(true, FLOOR))).sum() / weight.sum())


def judge(name: str, ours: Answers, theirs: Answers, owner: npt.NDArray[np.str_], draws: int) -> dict[str, Any]:
    """Both, and the paired difference with a bootstrap over owners."""
    alone = np.where(owner == "", np.arange(len(owner)).astype(str), owner)
    _, cluster = np.unique(np.where(owner == "", np.char.add("stranger ", alone), owner), return_inverse=True)
    owned = (owner != "").astype(np.float64)
    rng = np.random.default_rng(0)
    size = int(cluster.max()) + 1
    found: dict[str, list[float]] = {"recall": [], "loss": []}
    even = np.ones(len(owner))
    for _ in range(draws):
        weight = np.bincount(rng.integers(0, size, size), minlength=size)[cluster].astype(np.float64)
        recalls = [recall_at(one.top, one.right, weight, owned) for one in (ours, theirs)]
        losses = [log_loss(one.true, weight) for one in (ours, theirs)]
        found["recall"].append(recalls[0] - recalls[1])
        found["loss"].append(losses[0] - losses[1])
    interval = {key: [round(float(end), 4) for end in np.quantile(one, [0.025, 0.975])] for key, one in found.items()}
    return {
        "task": name,
        "ours": {
            "recall_at_p95": round(recall_at(ours.top, ours.right, even, owned), 4),
            "log_loss": round(log_loss(ours.true, even), 4),
        },
        "ranker": {
            "recall_at_p95": round(recall_at(theirs.top, theirs.right, even, owned), 4),
            "log_loss": round(log_loss(theirs.true, even), 4),
            "recall_at_1": round(float((theirs.right * owned).sum() / owned.sum()), 4),
        },
        "difference_recall_interval": interval["recall"],
        "difference_loss_interval": interval["loss"],
    }


def show(records: Sequence[Mapping[str, Any]]) -> str:
    """A Markdown table."""
    lines = [
        "| task | R@P95: ours | ranker | difference (95%) | log loss: ours | ranker | difference (95%) |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for one in records:
        recall, loss = one["difference_recall_interval"], one["difference_loss_interval"]
        lines.append(
            f"| {one['task']} | {one['ours']['recall_at_p95']:.3f} | {one['ranker']['recall_at_p95']:.3f} "
            f"| {recall[0]:+.3f} to {recall[1]:+.3f} | {one['ours']['log_loss']:.2f} | {one['ranker']['log_loss']:.2f} "
            f"| {loss[0]:+.2f} to {loss[1]:+.2f} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Compare, train, judge."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    root = Path(os.environ.get("SOCIOLINK_DATA", "../shared/data"))
    parser.add_argument("--data", type=Path, default=root / "open_world")
    parser.add_argument("--tasks", nargs="+", default=list(JUDGED))
    parser.add_argument("--draws", type=int, default=1000)
    parser.add_argument("--write-docs", action="store_true", help="put the table into docs/accuracy.md")
    parser.add_argument("--from-results", action="store_true", help="measure nothing; show what was measured last")
    given = parser.parse_args()
    if not given.from_results:
        measure_all(given)
    table = show(json.loads(RESULTS.read_text(encoding="utf-8")))
    print(table)
    if given.write_docs:
        insert_block(PAGE, table, "ranker")


def measure_all(given: argparse.Namespace) -> None:
    """Compare all tasks, then train and judge; the records go to `RESULTS`."""
    compared = {name: compare(given.data / name) for name in TRAINED}
    records = []
    for name in given.tasks:
        others = [one for task, one in compared.items() if task not in train_default.related(name)]
        theirs = rank_task(compared[name], others)
        ours = link_task(given.data / name, compared[name])
        records.append(judge(name, ours, theirs, compared[name].owner, given.draws))
        print(json.dumps(records[-1]), flush=True)
    RESULTS.write_text(
        "[\n" + ",\n".join(json.dumps(one, sort_keys=True) for one in records) + "\n]\n", encoding="utf-8"
    )


if __name__ == "__main__":
    main()
