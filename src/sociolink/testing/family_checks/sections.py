"""A family that prepares customers section by section gives the arrays that it gives for all at once."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from sociolink.evidence.protocol import EvidenceFamily, PreparesSections
from sociolink.index.scratch import Scratch
from sociolink.testing.family_checks.trial import learn_population

__all__ = ["check_sections", "differences"]

_ROWS = 3


def check_sections(family: EvidenceFamily, customers: pa.Table, *, profiles: pa.Table) -> None:
    """Check `prepare_sections`, where there is one."""
    if not isinstance(family, PreparesSections):
        return
    population = learn_population(family, customers, profiles=profiles)
    whole = family.prepare_customers(customers, population)
    sections = [customers.slice(begin, _ROWS) for begin in range(0, customers.num_rows, _ROWS)]
    joined = family.prepare_sections(sections, population, Scratch(1), threads=2)
    apart = list(differences(whole, joined))
    assert not apart, f"prepare_sections gives another {', '.join(apart)} than prepare_customers"


def differences(one: Any, other: Any, name: str = "state") -> Iterator[str]:
    """Names of the parts in which two trees of frozen dataclasses and tuples differ, down to the bits of arrays."""
    if isinstance(one, np.ndarray):
        alike = isinstance(other, np.ndarray) and (one.dtype, one.shape) == (other.dtype, other.shape)
        if not alike or one.tobytes() != other.tobytes():
            yield name
    elif isinstance(one, tuple):
        if not isinstance(other, tuple) or len(one) != len(other):
            yield name
        else:
            for number, (left, right) in enumerate(zip(one, other, strict=True)):
                yield from differences(left, right, f"{name}[{number}]")
    elif dataclasses.is_dataclass(one) and type(one) is type(other):
        for field in dataclasses.fields(one):
            yield from differences(getattr(one, field.name), getattr(other, field.name), f"{name}.{field.name}")
    elif isinstance(one, pa.Array | pa.Table):
        if not one.equals(other):
            yield name
    elif one != other:
        yield name
