"""What `link` is given besides tables, checked; and what is odd about the tables in the light of it."""

from __future__ import annotations

import os
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from sociolink.errors import InvalidParameterError, ModelError, NothingToLinkError
from sociolink.evidence.protocol import EvidenceFamily
from sociolink.results.model import LinkModel

__all__ = ["check_known", "check_parameters", "check_rows", "load_model"]


def load_model(model: Any) -> LinkModel | None:
    """The model that was given, or that of the path that was given."""
    if isinstance(model, str | os.PathLike):
        return LinkModel.load(os.fspath(model))
    if model is None or isinstance(model, LinkModel):
        return model
    raise InvalidParameterError(f"model is a {type(model).__name__}; it must be a LinkModel or the path of one.")


def check_parameters(top: int, model: LinkModel | None, evidence: tuple[EvidenceFamily, ...]) -> tuple[str, ...]:
    """Refuse what cannot be; a warning for each family that the model does not know.

    Raises:
        InvalidParameterError: `top` or `evidence` cannot be used.
        ModelError: The model was fitted with evidence that is not given.
    """
    if not isinstance(top, int) or not 1 <= top <= 1000:
        raise InvalidParameterError(f"top is {top!r}; it must be a whole number from 1 to 1000.")
    names = [family.name for family in evidence]
    if not names:
        raise InvalidParameterError("evidence is empty; it must name at least one family.")
    if len(set(names)) < len(names):
        raise InvalidParameterError(f"evidence names a family twice: {', '.join(sorted(names))}.")
    if model is None:
        return ()
    unknown = [name for name in names if name not in model.families]
    gone = [name for name in model.families if name not in names]
    if gone:
        raise ModelError(f"The model was fitted with evidence that is not given: {', '.join(gone)}. Pass evidence=...")
    return tuple(f"the model does not know the evidence {name}: its weight is 0" for name in unknown)


def check_known(known: pa.Table | None, profiles: pa.Table, customers: pa.Table) -> tuple[str, ...]:
    """A warning for each kind of id that existing links name and that is not there."""
    warnings = []
    for key, table in (("profile_id", profiles), ("customer_id", customers)):
        if known is None:
            continue
        named = pc.unique(pc.drop_null(known.column(key)))
        absent = len(named) - (pc.sum(pc.is_in(named, value_set=table.column(key).combine_chunks())).as_py() or 0)
        if absent:
            warnings.append(f"known names {absent} ids of column {key} that are not there; they were passed over")
    return tuple(warnings)


def check_rows(profiles: pa.Table, customers: pa.Table) -> None:
    """Refuse tables without rows.

    Raises:
        NothingToLinkError: There are no profiles, or no customers.
    """
    for name, table in (("profiles", profiles), ("customers", customers)):
        if table.num_rows == 0:
            raise NothingToLinkError.without_rows(name)
