"""Those who refused are set aside and counted."""

from __future__ import annotations

import pyarrow as pa
import pytest

from sociolink.errors import InputError
from sociolink.governance.consent import set_aside_refused


def test_only_false_is_a_refusal() -> None:
    table = pa.table({"profile_id": ["a", "b", "c", "d"], "consent": [None, False, True, False]})
    done = set_aside_refused(table)
    assert done.kept["profile_id"].to_pylist() == ["a", "c"]
    assert (done.refused.to_pylist(), done.count) == (["b", "d"], 2)
    assert table.num_rows == 4


@pytest.mark.parametrize("consent", [pa.nulls(2), pa.nulls(2, pa.bool_()), pa.array([True, None])])
def test_nobody_refused(consent: pa.Array) -> None:
    table = pa.table({"customer_id": ["a", "b"], "consent": consent})
    done = set_aside_refused(table)
    assert done.kept.equals(table)
    assert done.count == 0


def test_no_consent_column_and_no_rows() -> None:
    table = pa.table({"customer_id": ["a"]})
    assert set_aside_refused(table).kept.equals(table)
    assert (
        set_aside_refused(
            pa.table({"customer_id": pa.array([], pa.string()), "consent": pa.array([], pa.bool_())})
        ).count
        == 0
    )


def test_words_are_not_consent() -> None:
    with pytest.raises(InputError):
        set_aside_refused(pa.table({"customer_id": ["a"], "consent": ["false"]}))
