"""Models of single rows, made from the declared columns, for what comes in one at a time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache, partial
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError, create_model, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError
from pydantic_core.core_schema import ValidationInfo

from sociolink.errors import InputError, Problem
from sociolink.records.columns import Column, TableSpec, table_spec
from sociolink.records.scalars import RejectedValueError, ascii_lower, platform_of_address, read_list, read_scalar

__all__ = ["Row", "read_row", "row_model"]

_PYTHON_TYPES: dict[str, type] = {"consent": bool, "flag": bool, "count": int, "number": float, "moment": datetime}


class Row(BaseModel):
    """Base of the row models: frozen, silent about values, unknown columns kept."""

    model_config = ConfigDict(frozen=True, extra="allow", hide_input_in_errors=True, validate_default=True)

    @model_validator(mode="wrap")
    @classmethod
    def _follow_rules(cls, data: Any, handler: Any) -> Any:
        """Fill what can be made, and report rules across columns together with the bad values."""
        if not isinstance(data, Mapping) or not hasattr(cls, "spec"):
            return handler(data)
        spec: TableSpec = cls.spec()
        given = _filled(spec, data)
        problems = [_detail(column, reason) for column, reason in _broken_rules(spec, given)]
        try:
            row = handler(given)
        except ValidationError as error:
            details = [
                InitErrorDetails(type=_kind(line["msg"]), loc=line["loc"], input=None) for line in error.errors()
            ]
            problems = [*details, *problems]
        if problems:
            raise ValidationError.from_exception_data(cls.__name__, problems, hide_input=True)
        return row


@cache
def row_model(kind: str) -> type[Row]:
    """The model of one row of a table.

    Args:
        kind: One of `KINDS`.

    Raises:
        InvalidParameterError: There is no such kind.

    Examples:
        >>> row_model("profiles")(platform="Twitter", handle="@JSmith84").profile_id
        'x:jsmith84'
    """
    spec = table_spec(kind)
    fields: dict[str, Any] = {}
    for column in spec.columns:
        base: Any = list[str] if column.multi else _PYTHON_TYPES.get(column.type, str)
        fields[column.name] = (Annotated[base | None, BeforeValidator(partial(_read, column))], None)
    model = create_model(f"{kind.capitalize()}Row", __base__=Row, **fields)
    model.spec = staticmethod(partial(table_spec, kind))  # type: ignore[attr-defined]
    return model


def read_row(kind: str, values: Mapping[str, object]) -> dict[str, Any]:
    """Check one row and return its canonical columns.

    Args:
        kind: One of `KINDS`.
        values: Canonical columns as given; those that are absent are null.

    Returns:
        All canonical columns, in order, in their declared types, followed by unknown columns unchanged.

    Raises:
        InputError: Something is missing or not allowed; lists every problem.

    Examples:
        >>> read_row("truth", {"profile_id": 7})
        {'profile_id': '7', 'customer_id': None}
    """
    try:
        return row_model(kind)(**{str(name): value for name, value in values.items()}).model_dump()
    except ValidationError as error:
        problems = [
            Problem(f"{kind}.{'.'.join(map(str, line['loc']))}", line["msg"], "Correct the value or leave it out.")
            for line in error.errors(include_input=False, include_url=False)
        ]
    raise InputError(problems)


def _read(column: Column, value: object, info: ValidationInfo) -> Any:
    try:
        if column.multi:
            read: Any = read_list(column, value)
        else:
            read = read_scalar(column, value, platform=info.data.get("platform"))
    except RejectedValueError as error:
        raise _kind(str(error)) from None
    if read is None and column.required and not column.made:
        raise _kind("missing")
    return read


def _filled(spec: TableSpec, data: Mapping[str, object]) -> dict[str, object]:
    """The row with its platform named after the handle's address, and its profile id made, where missing."""
    given = dict(data)
    names = spec.names
    if "handle" in names and "platform" in names and _quietly(spec, given, "platform") == (None, True):
        given["platform"] = platform_of_address(given.get("handle")) or given.get("platform")
    if spec.makes_profile_id and _quietly(spec, given, "profile_id") == (None, True):
        platform, handle = _quietly(spec, given, "platform")[0], _quietly(spec, given, "handle")[0]
        if platform is not None and handle is not None:
            given["profile_id"] = f"{platform}:{ascii_lower(handle)}"
    return given


def _broken_rules(spec: TableSpec, given: Mapping[str, object]) -> list[tuple[str, str]]:
    broken = []
    for name, words, other in spec.needs:
        if _quietly(spec, given, name)[0] in words and _quietly(spec, given, other)[0] is None:
            broken.append((other, "missing for this verdict"))
    groups = [all(_quietly(spec, given, name)[0] is not None for name in group) for group in spec.one_of]
    if groups and not any(groups):
        broken.append((spec.one_of[0][0], "no author"))
    return broken


def _quietly(spec: TableSpec, given: Mapping[str, object], name: str) -> tuple[Any, bool]:
    """A value read without complaint, and whether there was nothing to complain about."""
    column = spec.column(name)
    platform = _quietly(spec, given, "platform")[0] if column.type == "handle" else None
    try:
        return read_scalar(column, given.get(name), platform=platform), True
    except RejectedValueError:
        return None, False


def _kind(reason: str) -> PydanticCustomError:
    return PydanticCustomError("rejected_value", reason)


def _detail(column: str, reason: str) -> InitErrorDetails:
    return InitErrorDetails(type=_kind(reason), loc=(column,), input=None)
