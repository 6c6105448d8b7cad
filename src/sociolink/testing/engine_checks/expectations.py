"""What a check expects of an engine, and the sentence that says what came instead."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pyarrow as pa

from sociolink.errors import EngineError
from sociolink.testing.engine_checks.answers import Row, rows_of, same_rows

__all__ = ["expect_error", "expect_rows"]


def expect_rows(
    case: str, found: pa.Table, expected: Sequence[Row], schema: pa.Schema, *, ordered: bool = False
) -> None:
    """Complain unless the table has this schema and these rows, in any order unless `ordered`."""
    assert isinstance(found, pa.Table), f"{case}: collect gave a {type(found).__name__} and not a pyarrow.Table"
    assert found.schema.equals(schema), f"{case}: expected the schema\n{schema}\nand got\n{found.schema}"
    rows = rows_of(found)
    if not same_rows(rows, expected, ordered=ordered):
        raise AssertionError(f"{case}: {_difference(rows, expected)}")


def _difference(found: Sequence[Row], expected: Sequence[Row]) -> str:
    missing, extra = [repr(row) for row in expected], []
    for text in map(repr, found):
        if text in missing:
            missing.remove(text)
        else:
            extra.append(text)
    lines = [f"expected {len(expected)} rows and got {len(found)}."]
    lines += [f"missing: {text}" for text in missing[:5]] + [f"not expected: {text}" for text in extra[:5]]
    return "\n".join(lines if missing or extra else ["the right rows in the wrong order."])


def expect_error(case: str, action: Callable[[], Any], kind: type[Exception] = EngineError) -> None:
    """Complain unless the action raises this kind of error."""
    try:
        action()
    except kind:
        return
    except Exception as error:
        raise AssertionError(f"{case}: expected a {kind.__name__} and got a {type(error).__name__}: {error}") from error
    raise AssertionError(f"{case}: expected a {kind.__name__} and none came")
