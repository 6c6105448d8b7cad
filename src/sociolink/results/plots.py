"""Pictures: `links.plots`, `model.plots` and `evaluation.plots`; what draws them is loaded when one is asked for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.errors import InputError, Problem
from sociolink.plots.evidence import draw_posterior, draw_waterfall, draw_weights
from sociolink.plots.picture import Picture
from sociolink.plots.reach import draw_blocking, draw_coverage, draw_parity
from sociolink.plots.risk import draw_reliability, draw_risk, draw_scores, draw_unlinkable
from sociolink.rendering.numbers import say_count, say_share
from sociolink.results import plot_tables
from sociolink.results.best_answers import read_best
from sociolink.results.parity.bands import read_bands

if TYPE_CHECKING:
    from sociolink.results.evaluation import Band, Evaluation
    from sociolink.results.links import Links
    from sociolink.results.model import LinkModel

__all__ = ["EvaluationPlots", "LinkPlots", "ModelPlots"]

_MOST_PREFIXES: Final = 4
"""A channel whose components stand under more words than these has them for every platform."""

_MOST_SEEN: Final = 4
_ROUNDING: Final = 1e-3
_LEAST_SHOWN: Final = 0.01
_WEIGHTS: Final = pa.schema(
    [
        *((name, pa.string()) for name in ("panel", "family", "label")),
        *((name, pa.float64()) for name in ("m", "m_low", "m_high", "u", "bits", "bits_low", "bits_high")),
        ("links", pa.int64()),
        ("note", pa.string()),
    ]
)


@dataclass(frozen=True, slots=True)
class LinkPlots:
    """Pictures of links; each has `.chart`, `.data` and `.save(path)`.

    Attributes:
        links: The links.
    """

    links: Links

    def waterfall(self, profile_id: str, *, customer_id: str | None = None) -> Picture:
        """How the facts of one profile add up, and how many bits are needed.

        Args:
            profile_id: The profile.
            customer_id: One of its listed customers; the best one by default.

        Raises:
            InputError: There is no such profile, no customer was proposed for it, or the customer is not listed.
        """
        found = self.links.explain(profile_id, customer_id=customer_id)
        if found.customer_id is None:
            raise InputError(Problem("profile_id", "has no candidate to be explained", "Ask for another profile."))
        title = f"Why profile {found.profile_id} is, or is not, customer {found.customer_id}'s"
        return draw_waterfall(plot_tables.waterfall_table(found), needed=found.bits_needed, title=title)

    def posterior(self, profile_id: str) -> Picture:
        """Every answer for one profile with its probability, nobody among them.

        Raises:
            InputError: There is no such profile.
        """
        found = self.links.explain(profile_id)
        return draw_posterior(plot_tables.posterior_table(found), title=f"Whose profile is {found.profile_id}?")

    def risk(self) -> Picture:
        """Links that can be made against false links among them, by the stated probabilities; with what was decided."""
        report = self.links.report
        data = plot_tables.risk_table(read_best(self.links.table), report)
        said = (
            f"Decided: {say_count(report.linked)} links, {say_count(float(report.false_links_expected))} of them "
            f"expected to be false ({say_share(report.false_share_expected)})."
        )
        if report.false_links_decoys is not None:
            said = f"{said}\nDiamond: as measured by decoys, with its 95% interval."
        return draw_risk(data, subtitle=said.split("\n"))

    def scores(self) -> Picture:
        """How the scores of customers' profiles, of strangers' and of decoys are spread.

        Which profile is whose is not known: each counts by its probabilities. Decoys are what the run measured; they
        are left out where links were decided anew.
        """
        return draw_scores(plot_tables.scores_table(read_best(self.links.table), self.links.report))

    def coverage(self, *, profiles: Any = None) -> Picture:
        """Of each platform how many profiles are customers', and how many are linked.

        Args:
            profiles: The profiles, where the links were read from a file.

        Raises:
            InputError: Platforms are not known, or the table cannot be read.
        """
        bands = read_bands(profiles=profiles, keys=self.links.profile_keys)
        return draw_coverage(plot_tables.coverage_table(read_best(self.links.table), bands))

    def blocking(self) -> Picture:
        """How many candidates profiles have, and which families' keys proposed them.

        Raises:
            InputError: The links were made by a version that did not keep this.
        """
        return draw_blocking(plot_tables.blocking_table(self.links.report))

    def parity(self, *, profiles: Any = None, customers: Any = None) -> Picture:
        """How bands of people are expected to be served; see `Links.parity`.

        Raises:
            InputError: A table cannot be read, or there is nothing to band by.
        """
        found = self.links.parity(profiles=profiles, customers=customers)
        return draw_parity(plot_tables.parity_table(found), expected=True)

    def unlinkable(self) -> Picture:
        """Which share of the profiles is not linked when a probability is asked for, strangers' and customers'."""
        return draw_unlinkable(plot_tables.unlinkable_table(read_best(self.links.table)))

    def weights(self) -> Picture:
        """What owners show, and what it is worth in these links; see `ModelPlots.weights`."""
        return draw_weights(_weights(self.links.model, self.links))


@dataclass(frozen=True, slots=True)
class ModelPlots:
    """Pictures of a model.

    Attributes:
        model: The model.
    """

    model: LinkModel

    def weights(self, links: Links | None = None) -> Picture:
        """What owners show (m), and with links what it is worth there (bits) and how often strangers show it (u).

        u and bits are those of the very value (a rare name is worth more than a common one), so a model alone has none:
        with links their median and spread are shown, and u where one component makes the level.

        Args:
            links: Links that the model made.
        """
        return draw_weights(_weights(self.model, links))


@dataclass(frozen=True, slots=True)
class EvaluationPlots:
    """Pictures of an evaluation.

    Attributes:
        evaluation: The evaluation.
    """

    evaluation: Evaluation

    def reliability(self) -> Picture:
        """Whether claims are true, by band, with two standard errors."""
        found = self.evaluation
        rows = [_claim(band, "customer") for band in found.bands if band is not None]
        rows += [_claim(found.nobody, "nobody")] if found.nobody is not None else []
        if not rows:
            raise InputError(Problem("evaluation", "has no answer of .5 or more", "Evaluate more profiles."))
        return draw_reliability(pa.Table.from_pylist(rows))

    def parity(self) -> Picture:
        """How bands of people are served, as measured.

        Raises:
            InputError: Nothing was known to band people by.
        """
        if self.evaluation.parity is None:
            remedy = "Give them: evaluate(links, truth, profiles=..., customers=...)."
            raise InputError(Problem("parity", "was not measured: profiles and customers were not given", remedy))
        return draw_parity(plot_tables.parity_table(self.evaluation.parity), expected=False)


def _claim(band: Band, kind: str) -> dict[str, Any]:
    spread = 2 * (band.standard_error or 0.0)
    return {
        "band": f"{band.low:g} to {band.high:g}",
        "kind": kind,
        "claimed": band.claimed,
        "right": band.right,
        "low": max(band.right - spread, 0.0),
        "high": min(band.right + spread, 1.0),
        "answers": band.answers,
        "said": f"{say_count(band.answers)} answers",
    }


def _weights(model: LinkModel | None, links: Links | None) -> pa.Table:
    """Rows of `_WEIGHTS`: what owners show, the most common first, then what levels are worth."""
    rows = [] if model is None else _shown_rows(model.weights)
    if links is not None:
        rows += _worth_rows(links, {} if model is None else model.weights)
    if not rows:
        raise InputError(Problem("model", "is not there, nor are links", "Give links: model.plots.weights(links)."))
    return pa.Table.from_pylist(rows, schema=_WEIGHTS)


def _shown_rows(weights: Mapping[str, Mapping[str, float]]) -> list[dict[str, Any]]:
    """m of the components; those of one meaning on several platforms are one, with least and most."""
    held: dict[tuple[str, str], list[float]] = defaultdict(list)
    for channel, parts in weights.items():
        prefixes = {part.partition(":")[0] for part in parts if ":" in part}
        for part, weight in parts.items():
            shown = part.partition(":")[2] if len(prefixes) > _MOST_PREFIXES else part
            held[channel, shown].append(weight)
    named: list[tuple[tuple[str, str], list[float]]] = []
    for channel in weights:
        own = [(key, values) for key, values in held.items() if key[0] == channel]
        own = [one for one in own if _LEAST_SHOWN <= float(np.mean(one[1])) < 1]
        named += sorted(own, key=lambda one: (-float(np.mean(one[1])), one[0]))[:_MOST_SEEN]
    return [
        {
            "panel": "shown",
            "family": channel.partition(".")[0],
            "label": f"{channel.replace('.', ' ')}: {part.replace('_', ' ').replace(':', ', ')}",
            "m": float(np.mean(values)),
            "m_low": min(values),
            "m_high": max(values),
        }
        for (channel, part), values in named
    ]


def _worth_rows(links: Links, weights: Mapping[str, Mapping[str, float]]) -> list[dict[str, Any]]:
    """Bits of what is seen most between profiles and their best customers; m and u where that is one component.

    A family of which some u would be above 1 does not weigh owners against strangers level by level; it gets none.
    """
    best = links.table.filter(pc.equal(links.table["rank"], 1))
    seen = list(plot_tables.seen_rows(best, links.phrases, _MOST_SEEN))
    chances = [weights.get(one["family"], {}).get(one["level"] or "") for one in seen]
    shares = [None if m is None else m * 2.0 ** -one["bits"] for m, one in zip(chances, seen, strict=True)]
    other = {one["family"] for u, one in zip(shares, seen, strict=True) if u is not None and u > 1 + _ROUNDING}
    rows = []
    for one, m, u in zip(seen, chances, shares, strict=True):
        known = {} if m is None or u is None or one["family"] in other else {"m": m, "u": u}
        note = f"{say_count(one['links'])} pairs" + (f", m {m:.2g}, u {u:.2g}" if known else "")
        rows.append({**one, **known, "panel": "worth", "label": f"{one['family']}: {one['said']}", "note": note})
    return sorted(rows, key=lambda row: -float(row["bits"]))
