"""Runs that are killed at random moments and go on from their checkpoint: the links must be the same, byte for byte.

usage: python benchmarks/kills.py [--kills 200] [--profiles 600] [--customers 1500] [--seed 1]

Each round starts the run in a process of its own and kills it (SIGKILL) at a random moment, until `--kills` runs have
been killed; a run that ends before its moment comes is compared, and the next begins anew. Prints one JSON line.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

__all__ = ["count_kills"]

BATCH = 50
_RUN = """
import sys
import sociolink as sl
from sociolink.linking import batches
batches.BATCH_PROFILES = {batch}
folder, checkpoint, output = sys.argv[1:]
given = dict(model=f"{{folder}}/model.json", checkpoint=checkpoint or None)
if {quick}:
    from sociolink.evidence.account import Account
    from sociolink.evidence.contact import Contact
    from sociolink.evidence.place import Place
    given["evidence"] = (Contact(), Account(), Place())
links = sl.link(f"{{folder}}/profiles.parquet", f"{{folder}}/customers.parquet", policy=sl.Policy.research(who="kills"),
                **given)
links.write(output)
"""


def _start(folder: Path, checkpoint: Path | str, output: Path, quick: bool) -> subprocess.Popen[bytes]:
    code = _RUN.format(batch=BATCH, quick=quick)
    return subprocess.Popen([sys.executable, "-c", code, str(folder), str(checkpoint), str(output)])


def count_kills(folder: Path, kills: int, seed: int, *, quick: bool = False) -> dict[str, int | float]:
    """Kill runs on a world with a model.

    Args:
        folder: Holds profiles.parquet, customers.parquet and model.json; is written to.
        kills: How many runs to kill.
        seed: Says when.
        quick: Link by contacts, accounts and places alone, as the model does: names take longest to prepare.

    Returns:
        Runs killed; runs that came to an end; those of them whose links differ; batches left by killed runs.
    """
    whole, began = folder / "whole.parquet", time.perf_counter()
    if _start(folder, "", whole, quick).wait():
        raise RuntimeError("the run without a checkpoint failed")
    expected, usual = whole.read_bytes(), time.perf_counter() - began
    rng, checkpoint, output = random.Random(seed), folder / "checkpoint", folder / "links.parquet"
    killed = ended = different = kept = 0
    while killed < kills or ended == 0:
        run = _start(folder, checkpoint, output, quick)
        try:
            failed = run.wait(rng.uniform(0.3, 1.0) * usual if killed < kills else None)
        except subprocess.TimeoutExpired:
            run.kill()
            run.wait()
            killed += 1
            if checkpoint.is_dir():
                kept = max(kept, sum(1 for _ in checkpoint.glob("*.arrow")))
            if output.exists():  # killed after its end: then its links are whole
                different += output.read_bytes() != expected
                output.unlink()
            continue
        ended += 1
        different += bool(failed) or output.read_bytes() != expected
        shutil.rmtree(checkpoint)
        output.unlink(missing_ok=True)
    return {"killed": killed, "ended": ended, "different": different, "batches_kept": kept, "seconds": round(usual, 2)}


def main() -> None:
    """Make a small world and kill runs on it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--profiles", type=int, default=600)
    parser.add_argument("--customers", type=int, default=1500)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    import sociolink as sl

    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        world = sl.datasets.synthetic(given.customers, given.profiles, coverage=0.3, posts=0, events=0, seed=given.seed)
        world.write(folder)
        model = sl.fit(
            folder / "profiles.parquet", folder / "customers.parquet", policy=sl.Policy.research(who="kills")
        )
        model.save(folder / "model.json")
        print(json.dumps(count_kills(folder, given.kills, given.seed)))


if __name__ == "__main__":
    main()
