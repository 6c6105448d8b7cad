"""Second looks at suspects only, against asking every value."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sociolink.records.cells import SourceColumn, gather_values
from sociolink.records.columns import table_spec
from sociolink.records.patterns import CONTROL, CONTROL_IN_KEYS, FLOAT_ID, ITEM_EDGES, LOST_DIGITS, WHITESPACE
from sociolink.records.suspects import matches, trim

TEXTS = st.lists(st.none() | st.text(st.sampled_from(" \t\n\x00\x1f\x7f\x85\u00a0\u2003é«ß漢aB1.0eE+,;|"), max_size=6))


@given(TEXTS, st.sampled_from([WHITESPACE, ITEM_EDGES]), st.integers(0, 2))
def test_trimming_is_that_of_arrow(texts: list[str | None], characters: str, skipped: int) -> None:
    values = pa.array(texts, pa.string())[skipped:]
    assert trim(values, characters).equals(pc.utf8_trim(values, characters))


@given(TEXTS, st.integers(0, 2))
@pytest.mark.parametrize(
    ("pattern", "needs"), [(CONTROL, ""), (CONTROL_IN_KEYS, ""), (FLOAT_ID, "."), (LOST_DIGITS, "+")]
)
def test_matches_are_those_of_arrow(pattern: str, needs: str, texts: list[str | None], skipped: int) -> None:
    values = pa.array(["1.0", "1e+5", *texts], pa.string())[skipped:]
    expected = pc.fill_null(pc.match_substring_regex(values, pattern), False).to_pylist()
    assert matches(values, pattern, needs=needs).tolist() == expected


def test_bytes_under_a_null_are_not_looked_at() -> None:
    hidden = pa.StringArray.from_buffers(
        3, pa.array([0, 2, 4, 6], pa.int32()).buffers()[1], pa.py_buffer(b"a\x00\x00 b\x00"), pa.py_buffer(b"\x05")
    )
    assert hidden.to_pylist() == ["a\x00", None, "b\x00"]
    assert matches(hidden, CONTROL).tolist() == [True, False, True]
    assert trim(hidden, " ").to_pylist() == ["a\x00", None, "b\x00"]


@pytest.mark.parametrize("unit", ["s", "ms", "us"])
@pytest.mark.parametrize("zone", [None, "UTC", "Europe/Paris", "+05:30"])
def test_moments_are_read_as_if_they_were_written_out(unit: str, zone: str | None) -> None:
    column = table_spec("customers").column("updated_at")
    scale = {"s": 1, "ms": 1_000, "us": 1_000_000}[unit]
    seconds = np.random.default_rng(3).integers(-18 * 10**8, 8 * 10**9, 400)  # offsets of whole minutes
    numbers = [None, 0, -1, 253402300800 * scale, *(seconds * scale + scale // 3).tolist()]
    typed = pa.array(numbers, pa.timestamp(unit, tz=zone))
    read, slow = (gather_values(column, [SourceColumn(values)]) for values in (typed, typed.cast(pa.string())))
    assert read.values.equals(slow.values)
    assert read.codes.tolist() == slow.codes.tolist()
    assert read.classes.equals(slow.classes)
    assert {code for code in read.codes.tolist() if code}
    assert read.repairs == slow.repairs
