"""Each verb says what it gives, and refuses what it cannot do with a sentence that helps."""

from __future__ import annotations

import pyarrow as pa
import pytest

from sociolink.engines.schemas import aggregate_schema, check_columns, join_schema, plain_schema, unique_schema
from sociolink.errors import EngineError

LEFT = pa.schema({"key": pa.uint64(), "row": pa.int32(), "names": pa.list_(pa.string())})
RIGHT = pa.schema({"key": pa.uint64(), "slot": pa.int32()})


@pytest.mark.parametrize(
    ("stored", "plain"),
    [
        (pa.dictionary(pa.int8(), pa.large_string()), pa.string()),
        (pa.string_view(), pa.string()),
        (pa.large_binary(), pa.binary()),
        (pa.large_list(pa.dictionary(pa.int32(), pa.string())), pa.list_(pa.string())),
        (pa.list_view(pa.uint8()), pa.list_(pa.uint8())),
        (pa.run_end_encoded(pa.int32(), pa.string()), pa.string()),
        (pa.struct({"a": pa.large_string()}), pa.struct({"a": pa.string()})),
        (pa.list_(pa.large_string(), 2), pa.list_(pa.string(), 2)),
        (pa.uint64(), pa.uint64()),
        (pa.timestamp("ms", "Europe/Paris"), pa.timestamp("ms", "Europe/Paris")),
    ],
)
def test_plain_schema_drops_encodings_only(stored: pa.DataType, plain: pa.DataType) -> None:
    schema = pa.schema([pa.field("a", stored, nullable=False, metadata={"x": "y"})], metadata={"x": "y"})
    found = plain_schema(schema)
    assert found.equals(pa.schema({"a": plain}), check_metadata=True)
    assert plain_schema(found).equals(found, check_metadata=True)


@pytest.mark.parametrize("kind", [pa.float16(), pa.duration("s"), pa.map_(pa.string(), pa.int32()), pa.uuid()])
def test_plain_schema_refuses_what_engines_do_not_carry(kind: pa.DataType) -> None:
    with pytest.raises(EngineError, match=r"'a'.*Cast it"):
        plain_schema(pa.schema({"a": kind}))


def test_plain_schema_refuses_a_table_without_columns() -> None:
    with pytest.raises(EngineError, match="without columns"):
        plain_schema(pa.schema([]))


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ("key", "is a string"),
        ([], "names no column"),
        (["key", "nobody", "none"], r"\['nobody', 'none'\] that are not there"),
        (["key", "key"], "twice"),
        (["names"], "lists or structs"),
    ],
)
def test_check_columns(columns: list[str], words: str) -> None:
    with pytest.raises(EngineError, match=words):
        check_columns(LEFT, columns, parameter="by", keys=True)


def test_unique_schema_keeps_the_order_of_the_columns() -> None:
    assert unique_schema(LEFT, ["row", "key"]).names == ["row", "key"]


@pytest.mark.parametrize(
    ("how", "names"),
    [
        ("inner", ["key", "row", "names", "slot"]),
        ("left", ["key", "row", "names", "slot"]),
        ("semi", ["key", "row", "names"]),
        ("anti", ["key", "row", "names"]),
    ],
)
def test_join_schema(how, names: list[str]) -> None:
    assert join_schema(LEFT, RIGHT, ["key"], how=how).names == names


def test_join_schema_refuses_columns_that_the_kind_of_join_does_not_give() -> None:
    with pytest.raises(EngineError, match="slot"):
        join_schema(LEFT, RIGHT, ["key"], how="semi", columns=["slot"])


def test_join_schema_names_both_types_of_a_key() -> None:
    with pytest.raises(EngineError, match="uint64 on the left and int32 on the right"):
        join_schema(LEFT, pa.schema({"key": pa.int32()}), ["key"])


@pytest.mark.parametrize(
    ("output", "words"),
    [
        (("key", "median"), "is no function"),
        (("names", "min"), "not defined"),
        (("nobody", "min"), "not there"),
    ],
)
def test_aggregate_schema_refuses(output, words: str) -> None:
    with pytest.raises(EngineError, match=words):
        aggregate_schema(LEFT, ["key"], {"x": output})


def test_aggregate_schema_with_nothing_to_do() -> None:
    with pytest.raises(EngineError, match="nothing to do"):
        aggregate_schema(LEFT, [], {})


def test_aggregate_schema_types() -> None:
    outputs = {"n": ("names", "count"), "s": ("key", "sum"), "t": ("row", "sum"), "m": ("row", "max")}
    found = aggregate_schema(LEFT, ["key"], outputs)  # type: ignore[arg-type]
    assert found.equals(
        pa.schema({"key": pa.uint64(), "n": pa.int64(), "s": pa.uint64(), "t": pa.int64(), "m": pa.int32()})
    )
