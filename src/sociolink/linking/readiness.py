"""What must be there before the first profile is linked: a model, and the customers prepared."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pyarrow as pa

from sociolink.evidence.protocol import EvidenceFamily
from sociolink.linking.checkpoint import Checkpoint
from sociolink.linking.experience import DefaultModel
from sociolink.linking.fit import fit_tables
from sociolink.linking.gallery import Gallery
from sociolink.linking.limits import Limits, exceeds
from sociolink.linking.mapped_gallery import build_within
from sociolink.linking.orphans import Half, build_halves
from sociolink.linking.parameters import check_rows
from sociolink.rendering.progress import Progress
from sociolink.results.model import LinkModel

__all__ = ["make_ready"]


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
) -> tuple[LinkModel, Gallery, Future[tuple[Half, ...]] | None]:
    """The model, fitted where none is given; the customers, prepared; and halves of them, if built meanwhile."""
    profiles, customers, known = tables
    if model is not None:
        check_rows(profiles, customers)
        clock("preparing customers")
        usable = tuple(family for family in evidence if family.name in model.families)
        return model, build_within(customers, usable, model.population, limits=limits, threads=threads), None
    halves: list[Future[tuple[Half, ...]]] = []
    with ThreadPoolExecutor(max_workers=1) as beside:

        def build(gallery: Gallery, population: Mapping[str, Mapping[str, Any]]) -> None:
            if threads != 1 and not exceeds(limits, customers.num_rows):
                halves.append(beside.submit(build_halves, customers, gallery, population, seed=seed, threads=1))

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
        )
    if saved is not None:
        saved.save_model(fitted)
    return fitted, gallery, next(iter(halves), None)
