"""The conformance checks of engines: every verb, on everything that is known to go wrong, against obvious answers."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from sociolink.engines.protocol import Engine
from sociolink.testing.engine_checks.kernels import check_map_batches, check_map_groups
from sociolink.testing.engine_checks.relational import check_aggregate, check_join, check_unique
from sociolink.testing.engine_checks.transport import check_collect, check_scan, check_write

__all__ = ["assert_engine_conforms"]


CHECKS: tuple[tuple[str, Callable[[Engine, Path], None]], ...] = (
    ("scan", check_scan),
    ("collect", check_collect),
    ("unique", check_unique),
    ("join", check_join),
    ("aggregate", check_aggregate),
    ("map_batches", check_map_batches),
    ("map_groups", check_map_groups),
    ("write", check_write),
)


def assert_engine_conforms(engine: Engine) -> None:
    """Check that an engine keeps the promises of `sociolink.engines.protocol`.

    Every verb is run on small tables that hold what engines get wrong (null keys, 64 bits, NaN, NUL in strings, lists,
    dictionaries, empty tables, names that differ in case) and its answer compared with that of nested loops.

    Args:
        engine: An engine that is open; it stays open.

    Raises:
        AssertionError: Says which verb failed, on what, what was expected and what came.

    Examples:
        >>> from sociolink.engines.duckdb import DuckDBEngine
        >>> with DuckDBEngine(threads=1) as engine:
        ...     assert_engine_conforms(engine)
    """
    with tempfile.TemporaryDirectory(prefix="sociolink-") as folder:
        for verb, check in CHECKS:
            try:
                check(engine, Path(folder))
            except AssertionError as error:
                raise AssertionError(f"{type(engine).__name__}.{verb}: {error}") from None
            except Exception as error:
                raise AssertionError(
                    f"{type(engine).__name__}.{verb} raised {type(error).__name__}: {error}"
                ) from error
