"""Building the files of an index: from customers that are given, or again from those that it holds."""

from __future__ import annotations

from typing import Any

from sociolink.errors import NothingToLinkError
from sociolink.evidence.events.record import RECORD_COLUMN
from sociolink.evidence.protocol import EvidenceFamily
from sociolink.governance.consent import set_aside_refused
from sociolink.index.storage import Storage
from sociolink.linking.index_events import usable_families, with_record
from sociolink.linking.index_state import read_customers_of, write_new
from sociolink.linking.inputs import read_all
from sociolink.linking.limits import Limits
from sociolink.linking.mapped_gallery import order_within
from sociolink.linking.section_views import view_sections
from sociolink.linking.sections import Section, build_section, kept_columns
from sociolink.results.model import LinkModel

__all__ = ["prepare_base", "renew_files", "write_base"]


def prepare_base(
    sources: dict[str, Any],
    model: LinkModel,
    evidence: tuple[EvidenceFamily, ...],
    *,
    mapping: Any = None,
    limits: Limits | None = None,
) -> tuple[Section, tuple[EvidenceFamily, ...]]:
    """Read customers, with their events where there are any, and prepare them.

    Args:
        sources: Customers and events, as they were given.
        model: What the index is built for.
        evidence: Evidence families; those that the model knows are used.
        mapping: Column mapping.
        limits: What all this may take of the memory; all that it needs by default.

    Returns:
        The section, and the families that it was prepared by.

    Raises:
        InputError: A table cannot be used; lists all problems.
        NothingToLinkError: There are no usable customers.
        ModelError: The model does not know events that are given.
    """
    scratch = None if limits is None else limits.scratch
    given = read_all(sources, mapping=mapping, needed=("customers",), scratch=scratch)
    table = set_aside_refused(given["customers"].table, scratch=scratch).kept
    if table.num_rows == 0:
        raise NothingToLinkError.without_rows("customers", to="index")
    events = given["events"].table if "events" in given else None
    families = usable_families(evidence, model, events=events is not None)
    customers = with_record(order_within(kept_columns(table, families), limits), events)
    if scratch is not None and events is not None:
        place = customers.column_names.index(RECORD_COLUMN)
        customers = customers.set_column(place, RECORD_COLUMN, scratch.keep(customers.column(place).combine_chunks()))
    return build_section(customers, families, model.population, limits=limits), families


def write_base(
    storage: Storage,
    base: Section,
    families: tuple[EvidenceFamily, ...],
    model: LinkModel,
    *,
    generation: int = 1,
    limits: Limits | None = None,
) -> None:
    """Make a base the state of the index; the lock must be held."""
    scratch = None if limits is None else limits.scratch
    write_new(storage, base, view_sections(base), families, model, generation=generation, scratch=scratch)


def renew_files(storage: Storage, evidence: tuple[EvidenceFamily, ...], *, limits: Limits | None = None) -> None:
    """Build the base again from the customers that the files hold, whichever version wrote them; with the lock held.

    Args:
        storage: The files.
        evidence: Evidence families, among them those of the index.
        limits: What all this may take of the memory; all that it needs by default.

    Raises:
        IndexFileError: There is no index, or it is damaged, newer, or made with other evidence.
        NothingToLinkError: Nobody is left.
    """
    scratch = None if limits is None else limits.scratch
    customers, families, model, manifest = read_customers_of(storage, evidence, scratch=scratch)
    if customers.num_rows == 0:
        raise NothingToLinkError("There is nothing to index: all customers are erased. Remove the folder.")
    base = build_section(order_within(customers, limits), families, model.population, limits=limits)
    write_base(storage, base, families, model, generation=manifest.generation + 1, limits=limits)
