"""The tables behind pictures of links: what is drawn, as rows that can be read without the picture."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.errors import InputError, Problem
from sociolink.rendering.numbers import say_count, say_share
from sociolink.results.best_answers import BestAnswers, exact_total
from sociolink.results.explanation import Explanation, say_levels
from sociolink.results.parity.bands import Bands, each_band
from sociolink.results.parity.parity import Parity
from sociolink.results.report import RunReport
from sociolink.results.score_bands import count_scores, score_bands

__all__ = [
    "blocking_table",
    "coverage_table",
    "parity_table",
    "posterior_table",
    "risk_table",
    "scores_table",
    "seen_rows",
    "unlinkable_table",
    "waterfall_table",
]

Floats = npt.NDArray[np.float64]

_POINTS: Final = 400
_MOST_FALSE: Final = 0.3
"""Share of false links up to which risk is drawn; nobody wants more."""

_MEASURES: Final = (("recall", "recall"), ("precision", "precision"), ("false_rate", "strangers linked"))


def waterfall_table(found: Explanation) -> pa.Table:
    """label, bits, begin, end, right and kind of each fact in order, and of their sum."""
    rows, end = [], 0.0
    for fact in found.facts:
        begin, end = end, end + fact.bits
        label = f"{fact.family}: {fact.phrase}" if fact.phrase else fact.family
        rows.append(_bar(label, fact.bits, begin, end, "for" if fact.bits >= 0 else "against"))
    rows.append(_bar("all facts together", found.match_weight, 0.0, found.match_weight, "total"))
    return pa.Table.from_pylist(rows)


def _bar(label: str, bits: float, begin: float, end: float, kind: str) -> dict[str, Any]:
    return {"label": label, "bits": bits, "begin": begin, "end": end, "right": max(begin, end), "kind": kind}


def posterior_table(found: Explanation) -> pa.Table:
    """answer, kind, probability and the probability in words."""
    rows = [
        {"answer": one.name, "kind": one.kind, "probability": one.probability, "said": say_share(one.probability)}
        for one in found.posterior
    ]
    return pa.Table.from_pylist(rows)


def risk_table(best: BestAnswers, report: RunReport) -> pa.Table:
    """links, false_expected and probability of the last link, the surest first; `chosen` is what was decided."""
    chance = np.sort(best.chance[best.chance > 0])[::-1]
    false = np.cumsum(1 - chance)
    made = best.linked
    far = np.flatnonzero(false <= _MOST_FALSE * np.arange(1, len(chance) + 1))
    last = max(int(far[-1]) if len(far) else 0, int(made.sum()) - 1, 0)
    kept = np.unique(np.linspace(0, last, min(_POINTS, len(chance))).astype(np.int64))
    size = len(kept) + 1
    own = [None] * (size - 1)
    return pa.table(
        {
            "links": pa.array([*(kept + 1).tolist(), int(made.sum())], pa.int64()),
            "false_expected": pa.array([*np.round(false[kept], 6).tolist(), exact_total(1 - best.chance[made])]),
            "probability": pa.array([*chance[kept].tolist(), float(best.chance[made].min()) if made.any() else None]),
            "chosen": pa.array([*([False] * (size - 1)), True]),
            "decoys": pa.array([*own, report.false_links_decoys], pa.float64()),
            "decoys_low": pa.array([*own, report.false_links_decoys_low], pa.float64()),
            "decoys_high": pa.array([*own, report.false_links_decoys_high], pa.float64()),
        }
    ).sort_by([("links", "ascending"), ("chosen", "ascending")])


def scores_table(best: BestAnswers, report: RunReport) -> pa.Table:
    """Ends of each band of scores, series, and profiles in it: customers', strangers', and decoys as many as strangers.

    A profile counts for its customer with the probability of the customer, and for strangers with that of nobody.
    """
    some = best.chance > 0
    chance, nobody = best.chance[some], best.nobody[some]
    series = {
        "customers', expected": count_scores(chance, chance),
        "strangers', expected": count_scores(chance, nobody),
    }
    if report.decoy_scores:
        series["decoys"] = np.array(report.decoy_scores) * float(nobody.sum())
    rows = [
        {"low": low, "high": high, "series": name, "profiles": round(float(value), 6)}
        for name, values in series.items()
        for (low, high), value in zip(score_bands(), values, strict=True)
    ]
    return pa.Table.from_pylist(rows)


def unlinkable_table(best: BestAnswers) -> pa.Table:
    """probability that is asked for, kind, place of the kind and share of all profiles that are not linked."""
    order = np.argsort(best.chance, kind="stable")
    chance = best.chance[order]
    strangers = np.append(0.0, np.cumsum(best.nobody[order]))
    missed = np.append(0.0, np.cumsum(1 - best.nobody[order]))
    asked = np.round(np.linspace(0, 1, 101), 2)
    below = np.searchsorted(chance, asked, side="left")
    size = max(len(chance), 1)
    rows = [
        {"probability": float(at), "kind": kind, "place": place, "share": round(float(total[cut]) / size, 9)}
        for place, (kind, total) in enumerate((("strangers' profiles", strangers), ("customers' profiles", missed)))
        for at, cut in zip(asked, below, strict=True)
    ]
    return pa.Table.from_pylist(rows)


def coverage_table(best: BestAnswers, bands: Bands) -> pa.Table:
    """label (platform and how many profiles), platform, measure and share.

    Raises:
        InputError: Platforms are not known.
    """
    if "platform" not in bands.profiles:
        what = "is not known, or the same for all"
        raise InputError(Problem("platform", what, "Give the profiles: links.plots.coverage(profiles=...)."))
    rows = []
    for platform, (here,) in each_band(bands.of_profiles("platform", best.profile)):
        size = int(here.sum())
        for measure, values in (("customers', expected", 1 - best.nobody[here]), ("linked", best.linked[here])):
            share = exact_total(values.astype(np.float64)) / size
            label = f"{platform} ({say_count(size)})"
            rows.append({"label": label, "platform": platform, "measure": measure, "share": share, "profiles": size})
    return pa.Table.from_pylist(rows)


def blocking_table(report: RunReport) -> pa.Table:
    """panel, label, count, share of all, and the count in words.

    Raises:
        InputError: The links were made before this was kept.
    """
    told = report.blocking
    if not told:
        raise InputError(Problem("blocking", "was not kept for these links", "Link the profiles again."))
    rows = [
        _counted("candidates", say_count(low) if low == high else f"{low}-{high}", held, report.profiles)
        for low, high, held in told["candidates"]
    ]
    proposed = sorted(told["proposed_by"].items(), key=lambda one: (-one[1], one[0]))
    rows += [_counted("keys", family, pairs, report.candidates) for family, pairs in proposed if pairs]
    return pa.Table.from_pylist(rows)


def _counted(panel: str, label: str, count: int, total: int) -> dict[str, Any]:
    share = count / max(total, 1)
    return {"panel": panel, "label": label, "count": count, "share": share, "said": f"{say_count(count)} pairs"}


def parity_table(parity: Parity) -> pa.Table:
    """by, band, label, measure, share, low, high and count."""
    rows: list[Mapping[str, Any]] = []
    for one in (parity.overall, *parity.bands):
        label = "all" if one.key == "all" else f"{one.key}: {one.band}"
        for name, measure in _MEASURES:
            rate = getattr(one, name)
            if rate is not None:
                own = {"share": rate.value, "low": rate.low, "high": rate.high, "count": rate.count}
                rows.append({"by": one.key, "band": one.band, "label": label, "measure": measure, **own})
    return pa.Table.from_pylist(rows)


def seen_rows(table: pa.Table, phrases: Mapping[str, Mapping[str, str]], most: int) -> Iterator[dict[str, Any]]:
    """What evidence is worth in the links: of each family what is seen most, levels of the same words together."""
    for family in (name.removeprefix("level_") for name in table.column_names if name.startswith("level_")):
        level, bits = table[f"level_{family}"].combine_chunks(), table[f"bits_{family}"].combine_chunks()
        coded = level.filter(pc.is_valid(level)).dictionary_encode()
        told = np.asarray(pc.fill_null(bits.filter(pc.is_valid(level)), 0.0), np.float64)
        words = [say_levels(one, phrases.get(family, {})) for one in coded.dictionary.to_pylist()]
        kinds = {said: number for number, said in enumerate(sorted(set(words)))}
        kind = np.array([kinds[said] for said in words], np.int64)[np.asarray(coded.indices, np.int64)]
        count = np.bincount(kind, minlength=len(kinds))
        names = list(kinds)
        for number in np.argsort(-count, kind="stable")[:most].tolist():
            low, middle, high = np.quantile(told[kind == number], [0.1, 0.5, 0.9]).tolist()
            levels = [
                one for one, said in zip(coded.dictionary.to_pylist(), words, strict=True) if said == names[number]
            ]
            level_alone = levels[0] if len(levels) == 1 else None
            worth = {"bits": middle, "bits_low": low, "bits_high": high, "links": int(count[number])}
            yield {"family": family, "level": level_alone, "said": names[number], **worth}
