"""False links counted without labels: made-up customers whom no profile can belong to, in a second pass."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.linking.gallery import Gallery, build_gallery, content_order
from sociolink.linking.kernel import observe, parameters_of
from sociolink.population.characters import draw_strings, fit_characters
from sociolink.reference.facts import surname_counts
from sociolink.results.model import LinkModel
from sociolink.scoring.em import score_pairs
from sociolink.text.folding import squash
from sociolink.text.hashing import string_bytes

__all__ = ["DecoyEstimate", "draw_decoys", "estimate_false_links", "gamma_interval"]

Floats = npt.NDArray[np.float64]

MIN_DECOYS, MAX_DECOYS = 5_000, 50_000
MAX_PROFILES = 10_000
BATCH_PROFILES = 10_000
FEW_HITS = 5

_COPIED = ("middle_name", "birth_date", "city", "region", "postcode", "country", "organisation", "job_title", "kind")


@dataclass(frozen=True, slots=True)
class DecoyEstimate:
    """How many of the links made are false, by decoys.

    Attributes:
        value: The estimate.
        low: Lower end of a 95% interval.
        high: Upper end.
        note: "" or why the estimate says little.
        decoys: Number of decoys.
        hits: Profiles that would have been linked to a decoy.
    """

    value: float
    low: float
    high: float
    note: str
    decoys: int
    hits: int


def gamma_interval(hits: int) -> tuple[float, float]:
    """Central 95% interval of a Poisson mean after `hits` events, under Jeffreys' prior.

    Quantiles of Gamma(hits + 1/2) by the cube-root approximation.

    References:
        Wilson & Hilferty (1931), The distribution of chi-square, PNAS 17.

    Examples:
        >>> [round(end, 1) for end in gamma_interval(50)]
        [37.5, 65.4]
    """
    shape = hits + 0.5
    ends = [shape * max(1 - 1 / (9 * shape) + z / (3 * shape**0.5), 0.0) ** 3 for z in (-1.96, 1.96)]
    return (0.0 if hits == 0 else ends[0]), ends[1]


def _donors(customers: pa.Table, like: npt.NDArray[np.int64], rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """For each decoy a random other customer of the same country and region as the one it is like.

    Where there is no other, one of anywhere: a decoy that got both names of one customer would be that customer.
    """
    places = [
        pc.fill_null(customers.column(name).combine_chunks().cast(pa.string()), "") for name in ("country", "region")
    ]
    place = pc.binary_join_element_wise(*places, "|").dictionary_encode().indices.to_numpy()
    order = np.argsort(place, kind="stable")
    spot = np.empty(len(order), np.int64)
    spot[order] = np.arange(len(order))
    size = np.bincount(place)
    alone = size[place] == 1
    first = np.where(alone, 0, (np.cumsum(size) - size)[place])
    count = np.where(alone, len(order), size[place])
    step = 1 + (rng.random(len(like)) * (count[like] - 1)).astype(np.int64)
    donor: npt.NDArray[np.int64] = order[first[like] + (spot[like] - first[like] + step) % count[like]]
    return donor


def _family_names(
    customers: pa.Table, model: LinkModel, like: npt.NDArray[np.int64], rng: np.random.Generator
) -> pa.Array:
    """Family names as the smoothed name model draws them: of this CRM, bundled, or spelled."""
    own = customers.column("family_name").combine_chunks().cast(pa.string())
    people, size = len(own), len(like)
    strength, bundled_share = model.population.get("name", {}).get("family_prior", (float(people), 0.5))
    kind = rng.random(size)
    background = strength / (max(people, 1) - 1 + strength)
    names = surname_counts()
    chosen = rng.choice(len(names.counts), size, p=names.counts / names.total)
    listed = pa.array(np.asarray(names.names)[chosen].astype(str)).cast(pa.string())
    spelled = draw_strings(fit_characters(string_bytes(pc.drop_null(squash(own)))), size, rng)
    source = np.where(kind >= background, 0, np.where(kind < background * bundled_share, 1, 2))
    return pc.choose(pa.array(source), own.take(pa.array(_donors(customers, like, rng))), listed, spelled)


def draw_decoys(customers: pa.Table, model: LinkModel, size: int, *, seed: int) -> pa.Table:
    """Made-up customers.

    Args:
        customers: Canonical customers, in content order.
        model: The model, for the smoothed frequencies.
        size: Number of decoys.
        seed: Seed.

    Returns:
        Canonical customers: given name, middle name, region and cohort of one random customer, family name of another
        of the same region or of the smoothed background; no contact and no account.
    """
    rng = np.random.default_rng(seed)
    chosen = rng.integers(0, customers.num_rows, size)
    like = pa.array(chosen)
    columns: dict[str, pa.Array] = {}
    for field in customers.schema:
        if field.name == "given_name" or field.name in _COPIED:
            columns[field.name] = customers.column(field.name).take(like).combine_chunks()
        elif field.name == "family_name":
            columns[field.name] = _family_names(customers, model, chosen, rng)
        else:
            columns[field.name] = pa.nulls(size, field.type)
    columns["customer_id"] = pc.binary_join_element_wise("decoy", pa.array(np.arange(size)).cast(pa.string()), "-")
    return pa.table([columns[name] for name in customers.schema.names], names=customers.schema.names)


def _decoy_gallery(decoys: pa.Table, gallery: Gallery, model: LinkModel) -> Gallery:
    """The decoys under the frequencies of the real customers."""
    like = build_gallery(decoys, gallery.families, model.population, background=gallery.states)
    return replace(like, people=gallery.people)


def estimate_false_links(
    profiles: pa.Table,
    customers: pa.Table,
    links: pa.Table,
    gallery: Gallery,
    model: LinkModel,
    *,
    known: pa.Table | None = None,
    seed: int = 0,
) -> DecoyEstimate:
    """Estimate how many links are false by competition with decoys; model, coverage and N stay as they are.

    Args:
        profiles: Canonical profiles.
        customers: Canonical customers, in content order.
        links: The links, with decisions.
        gallery: The customers, prepared.
        model: The model.
        known: Existing links; their profiles cannot be given to a decoy.
        seed: Seed of the decoys.

    Returns:
        Decoys that would have been linked, scaled to the number of customers; "diagnostic only" below its resolution.

    References:
        Elias & Gygi (2007), Target-decoy search strategy, Nature Methods 4: a stranger's profile is as likely to meet
        a decoy as a customer who is not its owner.
    """
    best = links.filter(pc.less_equal(links.column("rank"), 1))
    linked = best.filter(pc.equal(best.column("decision"), "link"))
    if linked.num_rows == 0 or customers.num_rows == 0:
        return DecoyEstimate(0.0, 0.0, 0.0, "no links were made", 0, 0)
    threshold = float(pc.min(linked.column("group_probability")).as_py())
    size = int(min(max(gallery.people, MIN_DECOYS), MAX_DECOYS))
    decoys = _decoy_gallery(draw_decoys(customers, model, size, seed=seed), gallery, model)
    order = content_order(profiles, "profile_id")
    if known is not None:
        told = pc.is_in(profiles.column("profile_id"), value_set=known.column("profile_id").combine_chunks())
        order = order[~told.to_numpy()[order]]
    chosen = order[:MAX_PROFILES]
    mass = _total_mass(best, gallery, model)[chosen]
    sample = profiles.take(pa.array(chosen))
    hits = 0
    for start in range(0, len(chosen), BATCH_PROFILES):
        batch = sample.slice(start, BATCH_PROFILES).combine_chunks()
        hits += _count_hits(batch, mass[start : start + BATCH_PROFILES], decoys, model, threshold)
    scale = gallery.people / size * len(order) / max(len(chosen), 1)
    low, high = gamma_interval(hits)
    note = "diagnostic only: too few decoys were hit" if hits < FEW_HITS else ""
    return DecoyEstimate(hits * scale, low * scale, high * scale, note, size, hits)


def _total_mass(best: pa.Table, gallery: Gallery, model: LinkModel) -> Floats:
    """(profiles,) what the probabilities of each profile were divided by."""
    coverage = model.coverage.value
    customer = pc.fill_null(pc.index_in(best.column("customer_id"), value_set=gallery.ids), 0).to_numpy()
    weight = pc.fill_null(best.column("match_weight"), 0.0).to_numpy()
    probability = pc.fill_null(best.column("probability"), 0.0).to_numpy()
    own = coverage / gallery.people * gallery.share[customer] * 2.0 ** np.clip(weight, -900, 900)
    alone = (1 - coverage) / np.maximum(best.column("nobody_probability").to_numpy(), 1e-300)
    mass: Floats = np.divide(own, probability, out=alone.astype(np.float64), where=probability > 0)
    return mass


def _count_hits(batch: pa.Table, mass: Floats, decoys: Gallery, model: LinkModel, threshold: float) -> int:
    """Profiles of a batch that would have been linked to a decoy, had it stood among the customers."""
    observed, _ = observe(batch, decoys, model.population)
    bits, _, _, _ = score_pairs(observed, parameters_of(model, observed))
    real = np.flatnonzero(observed.pairs.customer >= 0)
    profile = observed.pairs.profile[real]
    coverage = model.coverage.value
    own = coverage / max(decoys.people, 1) * 2.0 ** np.clip(bits[real], -900, 900)
    lookalike = sum(model.lookalike.values()) * (1 - coverage) / coverage
    probability = own / (mass[profile] + own * (1 + lookalike))
    return len(np.unique(profile[probability >= threshold]))
