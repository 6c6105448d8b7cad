"""What must be there before the first profile is linked: a model, and the customers prepared."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from sociolink.evidence.protocol import EvidenceFamily
from sociolink.linking.checkpoint import Checkpoint
from sociolink.linking.experience import DefaultModel
from sociolink.linking.fit import fit_tables
from sociolink.linking.gallery import Gallery
from sociolink.linking.kernel import Scored
from sociolink.linking.limits import Limits, exceeds
from sociolink.linking.mapped_gallery import build_within
from sociolink.linking.orphans import Half, OwnedSample, build_halves, owners_of
from sociolink.linking.parameters import check_rows
from sociolink.rendering.progress import Progress
from sociolink.results.model import LinkModel

__all__ = ["Ready", "make_ready"]


@dataclass(frozen=True, slots=True)
class Ready:
    """What linking goes by, and what fitting has found out for the decoys on the way.

    Attributes:
        model: The model.
        gallery: The customers, prepared.
        halves: Halves of the customers, if they are being built.
        sample: Profiles with their likely owners, if they were scored.
    """

    model: LinkModel
    gallery: Gallery
    halves: Future[tuple[Half, ...]] | None = None
    sample: OwnedSample | None = None


def make_ready(
    tables: tuple[pa.Table, pa.Table, pa.Table | None],
    model: LinkModel | None,
    evidence: tuple[EvidenceFamily, ...],
    *,
    saved: Checkpoint | None,
    default: DefaultModel | None,
    seed: int,
    threads: int | None,
    limits: Limits | None,
    clock: Progress,
) -> Ready:
    """The model, fitted where none is given, and the customers, prepared."""
    profiles, customers, known = tables
    if model is not None:
        check_rows(profiles, customers)
        clock("preparing customers")
        usable = tuple(family for family in evidence if family.name in model.families)
        return Ready(model, build_within(customers, usable, model.population, limits=limits, threads=threads))
    halves: list[Future[tuple[Half, ...]]] = []
    owned: list[OwnedSample] = []
    with ThreadPoolExecutor(max_workers=1) as beside:

        def build(gallery: Gallery, population: Mapping[str, Mapping[str, Any]]) -> None:
            if threads != 1 and not exceeds(limits, customers.num_rows):
                halves.append(beside.submit(build_halves, customers, gallery, population, seed=seed, threads=1))

        def own(sample: pa.Table, scored: Scored, gallery: Gallery, model: LinkModel) -> None:
            if known is None:
                owned.append(OwnedSample(sample, owners_of(scored, gallery, model)))

        fitted, gallery = fit_tables(
            profiles,
            customers,
            evidence=evidence,
            known=known,
            default=default,
            threads=threads,
            limits=limits,
            progress=clock,
            prepared=build,
            scored=own,
        )
    if saved is not None:
        saved.save_model(fitted)
    return Ready(fitted, gallery, next(iter(halves), None), next(iter(owned), None))
