"""Building the files of an index: from customers that are given, or again from those that it holds."""

from __future__ import annotations

from typing import Any

from sociolink.errors import NothingToLinkError
from sociolink.evidence.protocol import EvidenceFamily
from sociolink.governance.consent import set_aside_refused
from sociolink.index.storage import Storage
from sociolink.linking.index_events import usable_families, with_record
from sociolink.linking.index_state import read_customers_of, write_new
from sociolink.linking.inputs import read_all
from sociolink.linking.limits import Limits, scratch_of
from sociolink.linking.mapped_gallery import order_within
from sociolink.linking.sections import Section, build_section, kept_columns
from sociolink.results.model import LinkModel

__all__ = ["prepare_base", "renew_files"]


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
    scratch = scratch_of(limits)
    given = read_all(sources, mapping=mapping, needed=("customers",), scratch=scratch)
    table = set_aside_refused(given["customers"].table, scratch=scratch).kept
    if table.num_rows == 0:
        raise NothingToLinkError.without_rows("customers", to="index")
    events = given["events"].table if "events" in given else None
    families = usable_families(evidence, model, events=events is not None)
    customers = with_record(order_within(kept_columns(table, families), limits), events, scratch=scratch)
    return build_section(customers, families, model.population, limits=limits), families


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
    scratch = scratch_of(limits)
    customers, families, model, manifest = read_customers_of(storage, evidence, scratch=scratch)
    if customers.num_rows == 0:
        raise NothingToLinkError("There is nothing to index: all customers are erased. Remove the folder.")
    base = build_section(order_within(customers, limits), families, model.population, limits=limits)
    write_new(storage, base, families, model, generation=manifest.generation + 1, scratch=scratch)
