"""How long a large synthetic world takes, and how much memory.

usage: python benchmarks/synthetic_scale.py [--customers 1000000] [--profiles 1000000] [--json OUT]
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from pathlib import Path

from sociolink import datasets


def main() -> None:
    """Make one world and print its size, seconds and peak memory."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--profiles", type=int, default=1_000_000)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    start = time.perf_counter()
    world = datasets.synthetic(given.customers, given.profiles)
    seconds = time.perf_counter() - start
    result = {
        "customers": len(world.customers),
        "profiles": len(world.profiles),
        "posts": len(world.posts),
        "events": len(world.events),
        "seconds": round(seconds, 1),
        "peak_gib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, 2),
    }
    print(json.dumps(result))
    if given.json:
        given.json.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
