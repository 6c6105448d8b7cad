"""Make the name counts that the package bundles, from published government figures.

    python scripts/build_reference.py SOURCE_FOLDER [TARGET_FOLDER]

SOURCE_FOLDER holds `surnames.parquet` and `given_names.parquet` (name, count: US Census 2020) and
`given_name_birth_years.parquet` (name, birth_year_from, count: US Social Security, bins of five years). The arrays are
written without compression, so that the package maps them instead of reading them.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

TARGET = Path(__file__).resolve().parents[1] / "src" / "sociolink" / "reference" / "data"
REMAINDER = "all other names"


def build_counts(source: Path, target: Path, stem: str) -> None:
    """Write sorted names, their counts and the total (which holds the names too rare to be listed) of one table."""
    table = pq.read_table(source).sort_by("name")
    total = pc.sum(table["count"]).as_py()
    listed = table.filter(pc.not_equal(table["name"], REMAINDER))
    np.save(target / f"{stem}_names.npy", np.array(listed["name"].to_pylist(), dtype="S"))
    np.save(target / f"{stem}_counts.npy", listed["count"].to_numpy().astype(np.int32))
    np.save(target / f"{stem}_total.npy", np.array(total, dtype=np.int64))


def build_births(source: Path, target: Path) -> None:
    """Write sorted names and a matrix of counts, one row a name and one column a bin of birth years."""
    table = pq.read_table(source)
    names = pa.array(sorted(set(table["name"].to_pylist())))
    bins = np.unique(table["birth_year_from"].to_numpy())
    counts = np.zeros((len(names), len(bins)), dtype=np.int32)
    rows = pc.index_in(table["name"], value_set=names).to_numpy()
    counts[rows, np.searchsorted(bins, table["birth_year_from"].to_numpy())] = table["count"].to_numpy()
    np.save(target / "birth_names.npy", np.array(names.to_pylist(), dtype="S"))
    np.save(target / "birth_counts.npy", counts)
    np.save(target / "birth_bins.npy", bins.astype(np.int16))


def main() -> None:
    """Build every array of names."""
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    source = Path(sys.argv[1])
    target = Path(sys.argv[2]) if len(sys.argv) == 3 else TARGET
    target.mkdir(parents=True, exist_ok=True)
    build_counts(source / "surnames.parquet", target, "surname")
    build_counts(source / "given_names.parquet", target, "given_name")
    build_births(source / "given_name_birth_years.parquet", target)


if __name__ == "__main__":
    main()
