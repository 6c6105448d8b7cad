"""dedupe as its documentation shows it, with the labelled pairs it needs taken from the truth of part of the task.

usage, in the peer's environment: python -m peers.dedupe_peer FOLDER LINKS [--labels 300] [--gib 8]

dedupe learns from pairs that a person labels; here `--labels` of them, right and wrong in equal numbers, come from
`truth.parquet`, which no other program sees. Version 3.0.3 passed 14 GiB on 5,000 x 5,000 records with eight fields
(`prepare_training` ignores its sample size), so its memory is limited: where it fails, that is the result.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import resource
import time
from pathlib import Path
from typing import Any

__all__ = ["link"]

_FIELDS = ("given", "family", "core", "city", "region")
_SAMPLE = 1000


def link(folder: Path, target: Path, *, labels: int) -> dict[str, Any]:
    """Link a folder's profiles to its customers; the links go to `target` as Parquet.

    Args:
        folder: Holds `profiles.parquet`, `customers.parquet` and `truth.parquet`.
        target: File for the links: profile_id, customer_id, probability.
        labels: Number of labelled pairs.

    Returns:
        Pairs and seconds by stage.
    """
    began = time.perf_counter()
    import dedupe
    import pyarrow as pa
    import pyarrow.parquet as pq

    from peers.names import read_frames

    frames = (frame[list(_FIELDS)].astype(object) for frame in read_frames(folder))
    profiles, customers = (frame.where(frame.notna(), None).to_dict("index") for frame in frames)
    owners = pq.read_table(folder / "truth.parquet").to_pydict()
    owned = [(a, b) for a, b in zip(owners["profile_id"], owners["customer_id"], strict=True) if b in customers]
    drawn = random.Random(1).sample(owned, min(labels // 2, len(owned)))
    others = random.Random(2).sample(sorted(customers), len(drawn))
    marked = {
        "match": [_tuple(profiles[a], customers[b]) for a, b in drawn],
        "distinct": [_tuple(profiles[a], customers[b]) for (a, _), b in zip(drawn, others, strict=True)],
    }
    fields = [dedupe.variables.String(name, has_missing=True) for name in _FIELDS]
    linker = dedupe.RecordLink(fields, num_cores=1)
    pairs_file = io.StringIO(json.dumps(marked))
    linker.prepare_training(profiles, customers, training_file=pairs_file, sample_size=_SAMPLE)
    linker.train(recall=0.9)
    trained = time.perf_counter()
    pairs = linker.score(linker.pairs(profiles, customers))
    best: dict[str, list[tuple[float, str]]] = {}
    for (one, two), score in zip(pairs["pairs"], pairs["score"], strict=True):
        best.setdefault(one, []).append((float(score), two))
    rows = []
    for one, found in best.items():
        odds = [(score / max(1 - score, 1e-9), two) for score, two in found]
        total = 1 + sum(each for each, _ in odds)
        rows += [(one, two, each / total) for each, two in sorted(odds, reverse=True)[:10]]
    names = ("profile_id", "customer_id", "probability")
    pq.write_table(pa.table(dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))), target)
    stages = {"train": round(trained - began, 2), "score": round(time.perf_counter() - trained, 2)}
    return {"pairs": len(pairs), "compared": list(_FIELDS), "labels": 2 * len(drawn), "stages": stages}


def _tuple(*records: Any) -> dict[str, Any]:
    """As a tuple is written in dedupe's training files."""
    return {"__class__": "tuple", "__value__": list(records)}


def main() -> None:
    """Link one folder within the memory allowed; the last line says what was done."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("links", type=Path)
    parser.add_argument("--labels", type=int, default=300)
    parser.add_argument("--gib", type=float, default=8.0, help="address space it may take")
    given = parser.parse_args()
    size = int(given.gib * 2**30)
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    print(json.dumps(link(given.folder, given.links, labels=given.labels)))


if __name__ == "__main__":
    main()
