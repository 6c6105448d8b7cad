"""Small tables that hold everything an engine is known to get wrong, and kernels to run over them."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

__all__ = ["Factor", "count_runs", "customer_keys", "every_type", "multiply_key", "odd_floats", "profile_keys"]

ODD_TEXTS = ["a\0b", "a", "", "Zoë 😀", None, "a\0b", "é", "'; DROP TABLE t1; --"]
LARGEST = 2**64 - 1


def every_type() -> pa.Table:
    """Eight rows with a column of each type that sociolink's own tables and kernels use, and an id."""
    times = [0, 1, None, -1, 1_700_000_000_000_001, 1, None, 0]
    chunked = pa.chunked_array(
        [pa.array(ODD_TEXTS[:3]).dictionary_encode(), pa.array(ODD_TEXTS[3:]).dictionary_encode()]
    )
    return pa.table(
        {
            "id": pa.array(range(8), pa.int32()),
            "key": pa.array([0, LARGEST, None, 2**63, 7, LARGEST, None, 1], pa.uint64()),
            "form": pa.array([0, 255, None, 1, 2, 3, 4, 5], pa.uint8()),
            "small": pa.array([-128, 127, None, 0, 1, 2, 3, 4], pa.int8()),
            "code": pa.array([0, 65535, None, 1, 2, 3, 4, 5], pa.uint16()),
            "slot": pa.array([0, 2**32 - 1, None, 1, 2, 3, 4, 5], pa.uint32()),
            "big": pa.array([-(2**63), 2**63 - 1, None, 0, 1, 2, 3, 4], pa.int64()),
            "p": pa.array(
                [float("nan"), 0.1, None, -0.0, float("inf"), float("-inf"), 5e-324, float("nan")], pa.float64()
            ),
            "single": pa.array([0.1, float("nan"), None, 1, 2, 3, 4, 5], pa.float32()),
            "flag": pa.array([True, False, None, True, True, False, None, False]),
            "text": pa.array(ODD_TEXTS, pa.string()),
            "large": pa.array(ODD_TEXTS, pa.large_string()),
            "city": chunked,
            "raw": pa.array([b"\0", b"", None, b"\xff\xfe", b"a", b"b", b"c", b"d"], pa.binary()),
            "at": pa.array(times, pa.timestamp("us", "UTC")),
            "local": pa.array(times, pa.timestamp("us")),
            "seconds": pa.array([0, 1, None, -1, 2, 3, 4, 5], pa.timestamp("s", "UTC")),
            "born": pa.array([None, *(datetime.date(1900 + i, 2, 28) for i in range(7))], pa.date32()),
            "emails": pa.array(
                [["a\0b", None], [], None, ["😀"], ["x"], [""], [None], ["y", "y"]], pa.list_(pa.string())
            ),
            "codes": pa.array([[1], [], None, [2, 3], [4], [5], [6], [7]], pa.large_list(pa.uint64())),
            "nothing": pa.nulls(8),
        }
    )


def odd_floats() -> pa.Table:
    """Floats that are equal to nothing else in most languages, with repeats."""
    values = [float("nan"), 0.0, -0.0, None, 1.5, float("nan"), None, float("inf"), float("-inf")]
    return pa.table({"p": pa.array(values, pa.float64()), "id": pa.array(range(len(values)), pa.int32())})


def profile_keys(rows: int = 60, seed: int = 1) -> pa.Table:
    """Keys of profiles: few values, so that they repeat, some null, the largest 64-bit number among them."""
    rng = np.random.default_rng(seed)
    keys = rng.choice(np.array([0, 1, 2, 3, 5, 2**63, LARGEST], np.uint64), rows)
    return pa.table(
        {
            "key": pa.array(keys, pa.uint64(), mask=rng.random(rows) < 0.1),
            "platform": pa.array(rng.choice(["x", "a\0b", "😀"], rows), pa.string(), mask=rng.random(rows) < 0.1),
            "profile": pa.array(np.arange(rows, dtype=np.int32)),
            "form": pa.array(rng.integers(0, 4, rows).astype(np.uint8)),
        }
    )


def customer_keys(rows: int = 40, seed: int = 2) -> pa.Table:
    """Keys of customers, which meet some of the keys of `profile_keys`, with a list to carry along."""
    keys = profile_keys(rows, seed).select(["key", "platform"])
    slots = pa.array(np.arange(rows, dtype=np.int32))
    emails = pa.array(
        [None if i % 7 == 0 else [f"{i}@example.org"] * (i % 3) for i in range(rows)], pa.list_(pa.string())
    )
    return keys.append_column("slot", slots).append_column("emails", emails)


@dataclass(frozen=True, slots=True)
class Factor:
    """A kernel's state: small, frozen, serialisable.

    Attributes:
        by: What to multiply with.
        fail: Whether to raise instead.
    """

    by: int
    fail: bool = False


def multiply_key(batch: pa.RecordBatch, state: Factor) -> pa.RecordBatch:
    """A kernel that drops odd rows and multiplies the rest; it also says how large its batch was."""
    if state.fail:
        raise ZeroDivisionError("the kernel's own")
    ids = np.asarray(batch.column("id"))
    kept = ids[ids % 2 == 0]
    sizes = np.full(len(kept), batch.num_rows, np.int32)
    products = pa.array(kept.astype(np.uint64) * np.uint64(state.by), pa.uint64())
    return pa.record_batch({"id": pa.array(kept, pa.int32()), "product": products, "size": pa.array(sizes, pa.int32())})


def count_runs(batch: pa.RecordBatch, state: tuple[str, ...]) -> pa.RecordBatch:
    """A kernel that gives a row for each run of equal values of the columns in `state`: its length and its ends."""
    rows: list[dict[str, Any]] = batch.select(list(state)).to_pylist()
    starts = [i for i, row in enumerate(rows) if i == 0 or row != rows[i - 1]]
    ends = [*starts[1:], len(rows)]
    ids = batch.column("id")
    return pa.record_batch(
        {
            **{name: batch.column(name).take(pa.array(starts, pa.int64())) for name in state},
            "rows": pa.array([end - start for start, end in zip(starts, ends, strict=False)], pa.int32()),
            "first": ids.take(pa.array(starts, pa.int64())),
            "last": ids.take(pa.array([end - 1 for end in ends if rows], pa.int64())),
            "place": pa.array(range(len(starts)), pa.int32()),
        }
    )
