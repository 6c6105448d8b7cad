"""Decoys: customers to whom a profile cannot belong, and how many false links they show."""

from __future__ import annotations

from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.linking.fit import MAX_PROFILES
from sociolink.linking.gallery import Gallery, content_order
from sociolink.linking.orphans import (
    Half,
    OrphanHits,
    OwnedSample,
    build_halves,
    find_owners,
    orphan_alone,
    orphan_with_half,
)
from sociolink.linking.threads import count_threads
from sociolink.population.characters import draw_strings, fit_characters
from sociolink.reference.facts import surname_counts
from sociolink.results.model import Coverage, LinkModel
from sociolink.results.score_bands import count_scores
from sociolink.scoring.weights import round_bits
from sociolink.text.folding import squash
from sociolink.text.hashing import string_bytes

__all__ = ["DecoyEstimate", "draw_decoys", "estimate_false_links", "gamma_interval", "predict_count"]

Floats = npt.NDArray[np.float64]

FEWEST_OWNED = 50.0
FEWEST_HITS = 5.0

_Z = 1.96
_COPIED = ("middle_name", "birth_date", "city", "region", "postcode", "country", "organisation", "job_title", "kind")


@dataclass(frozen=True, slots=True)
class DecoyEstimate:
    """How many of the links made are false, by decoys.

    Attributes:
        value: The estimate.
        low: Lower end of a 95% interval for the number of false links.
        high: Upper end.
        note: "" or why the estimate says little.
        decoys: Customers who stood in as decoys.
        hits: Profiles that were linked to a decoy, weighted by P(their owner was taken out).
        scores: For each band of `score_bands` the share of decoys in it; empty where none were measured.
    """

    value: float
    low: float
    high: float
    note: str
    decoys: int
    hits: float
    scores: tuple[float, ...] = ()


def gamma_interval(mean: float, variance: float) -> tuple[float, float]:
    """Central 95% interval of a gamma distribution, by the cube-root approximation.

    Args:
        mean: Mean, above 0.
        variance: Variance, above 0.

    Returns:
        The ends.

    References:
        Wilson & Hilferty (1931), The distribution of chi-square, PNAS 17.

    Examples:
        >>> [round(end, 1) for end in gamma_interval(50.5, 50.5)]
        [37.5, 65.4]
    """
    shape = max(mean**2 / variance, 1e-9)
    low, high = (mean * max(1 - 1 / (9 * shape) + z / (3 * shape**0.5), 0.0) ** 3 for z in (-_Z, _Z))
    return low, high


def predict_count(
    alone: OrphanHits, with_half: OrphanHits, *, strangers: float, owned: float, others: float, coverage: Coverage
) -> tuple[float, float, float]:
    """How many false links to expect, with a 95% interval for the number that there are.

    The truth lies between the two measures, one of which finds too few hits and one too many; anywhere between is as
    likely. Hits come in clusters, the accounts of one owner: their number is Poisson, half a cluster is added as in
    Jeffreys' prior, and the false links are another draw of such clusters. Mean and variance are matched by a gamma
    distribution.

    Args:
        alone: Orphans whose owner alone was taken out.
        with_half: Orphans whose owner was taken out with half of the CRM.
        strangers: Profiles expected to be nobody's.
        owned: Profiles expected to be customers'.
        others: Links expected to be on profiles of another customer.
        coverage: Coverage, with its interval.

    Returns:
        The estimate, and the ends of the interval.

    References:
        Anscombe (1950), Sampling theory of the negative binomial and logarithmic series distributions, Biometrika 37.

    Examples:
        >>> hits = OrphanHits(np.ones(20), np.ones(20), np.ones(20), 1000)
        >>> known = Coverage(0.5, 0.5, 0.5)
        >>> [round(x, 1) for x in predict_count(hits, hits, strangers=500, owned=500, others=0, coverage=known)]
        [20.0, 9.9, 34.8]
    """
    ratio = strangers / max(owned, 1.0)
    measures = (alone, with_half)
    totals = np.array([float((one.hits * one.scale).sum()) for one in measures])
    errors = np.array([float((one.hits * one.size * one.scale**2).sum()) for one in measures])
    spread = float(np.mean([(one.hits * one.size * one.scale).sum() for one in measures]))
    middle, cluster = float(totals.mean()), max(spread / max(float(totals.mean()), 1e-9), 1.0)
    share = min(max(coverage.value, 1e-3), 1 - 1e-3)
    doubt = (coverage.high - coverage.low) / (2 * _Z) / (share * (1 - share))
    measured = float(np.sqrt(errors).mean()) ** 2 + 0.5 * cluster**2 + float(np.ptp(totals)) ** 2 / 12
    variance = ratio**2 * (measured + (doubt * middle) ** 2) + ratio * (spread + 0.5 * cluster**2) + others
    value = ratio * middle + others
    mean = value + 0.5 * ratio * cluster
    low, high = gamma_interval(mean, variance) if mean > 0 else (0.0, 0.0)
    return value, min(low, value), max(high, value)


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


def estimate_false_links(
    profiles: pa.Table,
    customers: pa.Table,
    links: pa.Table,
    gallery: Gallery,
    model: LinkModel,
    *,
    known: pa.Table | None = None,
    halves: Future[tuple[Half, ...]] | None = None,
    sample: OwnedSample | None = None,
    seed: int = 0,
    threads: int | None = None,
) -> DecoyEstimate:
    """Estimate how many links are false: strangers are linked as often as profiles whose owner was taken out.

    Links on the profiles of other customers are added as the model expects them. Not seen is what the owners' profiles
    do not show: fans and parodies, wrong labels, strangers who are more or less like customers than customers are like
    one another.

    Args:
        profiles: Canonical profiles.
        customers: Canonical customers, in content order.
        links: The links, with decisions.
        gallery: The customers, prepared.
        model: The model.
        known: Existing links; their profiles are left out.
        halves: The halves of the CRM, if somebody builds them already.
        sample: The first `MAX_PROFILES` profiles in content order and their likely owners, where they were scored
            already and nothing is known.
        seed: Says which half of the people stays.
        threads: How many threads may be used; as many as there are cores by default.

    Returns:
        The estimate; "diagnostic only" below its resolution.
    """
    open_links = links if known is None else links.filter(pc.invert(_told(links, known)))
    best = open_links.filter(pc.less_equal(open_links.column("rank"), 1))
    linked = best.filter(pc.equal(best.column("decision"), "link"))
    if linked.num_rows == 0 or customers.num_rows == 0:
        return DecoyEstimate(0.0, 0.0, 0.0, "no links were made", 0, 0.0)
    strangers = _total(best.column("nobody_probability"))
    owned = best.num_rows - strangers
    false = 1 - linked.column("group_probability").to_numpy()
    others = _total(np.maximum(false - linked.column("nobody_probability").to_numpy(), 0.0))
    if owned < FEWEST_OWNED:
        note = "diagnostic only: too few owners are known to measure by"
        return DecoyEstimate(_total(false), 0.0, float(linked.num_rows), note, 0, 0.0)
    threshold = float(pc.min(linked.column("group_probability")).as_py())
    with ThreadPoolExecutor(max_workers=count_threads(threads)) as pool:
        drawn, rows = (sample, profiles.num_rows) if sample else _draw(profiles, known, gallery, model, pool)
        owners = drawn.owners
        halves = halves or pool.submit(build_halves, customers, gallery, model.population, seed=seed, threads=threads)
        half = orphan_with_half(drawn.profiles, owners, halves.result(), gallery, model, threshold=threshold, pool=pool)
    alone = orphan_alone(owners, gallery, threshold=threshold)
    part = drawn.profiles.num_rows / rows
    value, low, high = predict_count(
        alone, half, strangers=strangers, owned=part * owned, others=others, coverage=model.coverage
    )
    hits = _total(alone.hits)
    note = "diagnostic only: too few decoys were hit" if min(hits, _total(half.hits)) < FEWEST_HITS else ""
    shares = count_scores(owners.heir, owners.weight) / max(_total(owners.weight), 1e-9)
    scores = tuple(np.round(shares, 6).tolist())
    return DecoyEstimate(value, low, min(high, float(linked.num_rows)), note, half.decoys, hits, scores)


def _draw(
    profiles: pa.Table, known: pa.Table | None, gallery: Gallery, model: LinkModel, pool: Executor
) -> tuple[OwnedSample, int]:
    """A sample of the profiles whose owner is not known, with their likely owners; and how many such there are."""
    order = content_order(profiles, "profile_id")
    order = order if known is None else order[~np.asarray(_told(profiles, known))[order]]
    few = profiles.take(pa.array(order[:MAX_PROFILES])).combine_chunks()
    return OwnedSample(few, find_owners(few, gallery, model, pool=pool)), len(order)


def _total(values: npt.ArrayLike | pa.ChunkedArray) -> float:
    """A sum that does not depend on the order of the rows."""
    return float(round_bits(np.asarray(values, np.float64)).sum())


def _told(table: pa.Table, known: pa.Table) -> pa.Array:
    """(rows,) whether the owner of the profile is known."""
    ids = known.column("profile_id").combine_chunks()
    return pc.is_in(table.column("profile_id").combine_chunks(), value_set=ids)
