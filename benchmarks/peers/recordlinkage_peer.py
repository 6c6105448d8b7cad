"""The recordlinkage toolkit as its documentation shows it: blocks, comparisons, the unsupervised ECM classifier.

usage, in the peer's environment: python -m peers.recordlinkage_peer FOLDER LINKS

Blocks are the family name with the given name's first letter, and the handle's letters as given and family name.
The classifier gives each pair a probability; the odds of a profile's pairs share one answer with "nobody". It has no
frequencies of values and no prior by hand.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

__all__ = ["link"]

_LISTED = 10
_COMPARED = ("city", "region", "email", "phone", "website")


def link(folder: Path, target: Path) -> dict[str, Any]:
    """Link a folder's profiles to its customers; the links go to `target` as Parquet.

    Args:
        folder: Holds `profiles.parquet` and `customers.parquet`.
        target: File for the links: profile_id, customer_id, probability.

    Returns:
        Pairs, what was compared and seconds by stage.
    """
    began = time.perf_counter()
    import pandas as pd
    import recordlinkage

    from peers.names import read_frames

    profiles, customers = read_frames(folder)
    for frame in (profiles, customers):
        frame["initial"] = frame["given"].str[:1]
    prepared = time.perf_counter()
    indexer = recordlinkage.Index()
    indexer.block(["family", "initial"])
    indexer.block("core")
    pairs = indexer.index(profiles, customers)
    compare = recordlinkage.Compare()
    compare.string("given", "given", method="jarowinkler", threshold=0.9, label="given")
    compare.string("core", "core", method="jarowinkler", threshold=0.9, label="handle")
    compare.exact("family", "family", label="family")
    used = [one for one in _COMPARED if profiles[one].notna().any() and customers[one].notna().any()]
    for name in used:
        compare.exact(name, name, label=name)
    features = compare.compute(pairs, profiles, customers)
    compared = time.perf_counter()
    classifier = recordlinkage.ECMClassifier(binarize=None)
    classifier.fit(features)
    chance = classifier.prob(features).clip(1e-12, 1 - 1e-12)
    frame = pd.DataFrame({"odds": chance / (1 - chance)}).reset_index()
    frame.columns = ["profile_id", "customer_id", "odds"]
    frame["probability"] = frame.odds / (1 + frame.groupby("profile_id").odds.transform("sum"))
    frame = frame.sort_values(["profile_id", "probability", "customer_id"], ascending=[True, False, True])
    frame = frame.groupby("profile_id").head(_LISTED)[["profile_id", "customer_id", "probability"]]
    frame.to_parquet(target, index=False)
    ends = {"prepare": prepared - began, "compare": compared - prepared, "classify": time.perf_counter() - compared}
    stages = {name: round(seconds, 2) for name, seconds in ends.items()}
    return {"pairs": len(pairs), "compared": ["given", "handle", "family", *used], "stages": stages}


def main() -> None:
    """Link one folder; the last line says what was done."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("links", type=Path)
    given = parser.parse_args()
    print(json.dumps(link(given.folder, given.links)))


if __name__ == "__main__":
    main()
