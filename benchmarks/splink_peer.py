"""Link a task with Splink 5, as its best user would write the model, and measure it by the same evaluation.

usage: python benchmarks/splink_peer.py FOLDER [FOLDER ...] [--links FILE]

The model: names read from display names and, where there are none, from handles with the customers' own family names
as vocabulary; blocking on shared name patterns, nicknames and family names; Jaro-Winkler levels of the handle against
the best pattern; term frequency of family names; a prior set by hand. `u` comes from random pairs, `m` from EM over
pairs of one family name, with hand-set starting values, which stay for the family name and where EM fails.
Comparisons without values on both sides are left
out. The odds of a profile's pairs share one answer with "nobody": odds / (1 + their sum).

Splink runs in `.venv-peers` (`peer_environment.py`).
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from peer_environment import make_peers

_AFFIXES = ("official", "senator", "governor", "congress", "real", "iam", "its", "the", "rep", "sen", "mr", "dr")
_COMMON_FAMILY = 300  # customers; a family name borne by more is no blocking key of its own
_LISTED = 10


def link_splink(folder: Path, target: Path) -> dict[str, Any]:
    """Write Splink's links of a task to `target`, in a process with Splink; say how the model was trained."""
    command = [str(make_peers()), __file__, "--inside", str(folder), "--links", str(target)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"Splink failed: {done.stderr.strip().splitlines()[-1:]}")
    notes: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return notes


def _fold(text: Any) -> str:
    from anyascii import anyascii

    return re.sub(r"[^a-z0-9]+", " ", anyascii(text).lower()).strip() if isinstance(text, str) else ""


def _first(value: Any) -> Any:
    return (
        value
        if isinstance(value, str)
        else value[0]
        if value is not None and hasattr(value, "__len__") and len(value)
        else None
    )


def _domain(value: Any) -> str | None:
    value = _first(value)
    return re.sub(r"^(https?://)?(www\.)?", "", value.lower()).rstrip("/") if value else None


def _phone(value: Any) -> str | None:
    return re.sub(r"\D", "", _first(value) or "")[-9:] or None


def _customer(row: Any, nicknames: Any) -> dict[str, Any]:
    full = _fold(row.full_name).split()
    given = _fold(row.given_name).replace(" ", "") or (full[0] if full else "")
    family = _fold(row.family_name).replace(" ", "") or (full[-1] if len(full) > 1 else "")
    variants = {given, _fold(row.nickname).replace(" ", ""), *nicknames.nicknames_of(given)} - {""}
    patterns = {g + family for g in variants} | {family + g for g in variants}
    patterns |= {given[:1] + family, family + given[:1], given + family[:1], family}
    patterns = {p for p in patterns if len(p) > 2}
    return {
        "given": given or None,
        "family": family or None,
        "variants": sorted(variants) or None,
        "patterns": sorted(patterns) or None,
        "city": _fold(row.city) or None,
        "region": _fold(row.region) or None,
        "country": _fold(row.country) or None,
        "email": (_first(row.email) or "").lower() or None,
        "phone": _phone(row.phone),
        "website": _domain(row.website),
    }


def _read_handle(parts: list[str], core: str, families: Counter[str]) -> tuple[str, str]:
    """Given and family name as a handle spells them; the customers' family names are the vocabulary."""
    if len(parts) > 1 and parts[-1] in families:
        return parts[0], parts[-1]
    for size in range(len(core), 3, -1):
        if core[-size:] in families:
            return core[:-size], core[-size:]
        if core[:size] in families:
            return core[size:], core[:size]
    return "", ""


def _profile(row: Any, families: Counter[str]) -> dict[str, Any]:
    parts = [p for p in re.sub(r"\d+", " ", _fold(row.handle)).split() if p]
    core = "".join(parts)
    for affix in _AFFIXES:
        core = core.removeprefix(affix) if len(core) - len(affix) > 3 else core
        core = core.removesuffix(affix) if len(core) - len(affix) > 3 else core
    shown = _fold(row.display_name).split()
    given, family = (shown[0], shown[-1]) if len(shown) > 1 else _read_handle(parts, core, families)
    location = [_fold(p) for p in row.location.split(",")] if isinstance(row.location, str) else []
    keys = {core, "".join(shown), given + family, *({"f:" + family} if family else ())}
    return {
        "given": given or None,
        "family": family or None,
        "variants": [given] if given else None,
        "patterns": [core] if len(core) > 2 else None,
        "city": location[0] if location else None,
        "region": location[-1] if len(location) > 1 else None,
        "country": location[-1] if len(location) > 1 else None,
        "email": (_first(getattr(row, "email", None)) or "").lower() or None,
        "phone": _phone(getattr(row, "phone", None)),
        "website": _domain(row.url),
        "keys": sorted(k for k in keys if len(k) > 2),
    }


def _prepare(folder: Path) -> tuple[Any, Any]:
    import pandas as pd
    from nicknames import NickNamer

    nicknames = NickNamer()
    source = pd.read_parquet(folder / "customers.parquet").astype(object)
    source = source.where(source.notna(), None)
    customers = pd.DataFrame([_customer(row, nicknames) for row in source.itertuples()])
    customers.insert(0, "unique_id", source.customer_id.astype(str).to_numpy())
    families = Counter(f for f in customers.family if isinstance(f, str) and len(f) > 3)
    customers["keys"] = [
        list(p or []) + (["f:" + f] if isinstance(f, str) and families[f] <= _COMMON_FAMILY else [])
        for p, f in zip(customers.patterns, customers.family, strict=True)
    ]
    source = pd.read_parquet(folder / "profiles.parquet").astype(object)
    profiles = pd.DataFrame([_profile(row, families) for row in source.itertuples()])
    profiles.insert(0, "unique_id", source.profile_id.astype(str).to_numpy())
    return profiles, customers


def _comparisons(used: set[str]) -> list[Any]:
    """The comparisons, with `m` as a careful user would set it before EM; best level first, "else" last."""
    import splink.comparison_library as cl
    from splink import comparison_level_library as cll

    handle = cl.PairwiseStringDistanceFunctionAtThresholds("patterns", "jaro_winkler", [0.95, 0.9, 0.8])
    found = [handle.configure(m_probabilities=[0.35, 0.2, 0.15, 0.15, 0.15])] if "patterns" in used else []
    given = cl.CustomComparison(
        output_column_name="given",
        comparison_levels=[
            cll.NullLevel("given"),
            cll.ExactMatchLevel("given").configure(m_probability=0.6),
            cll.ArrayIntersectLevel("variants", 1).configure(m_probability=0.1),
            cll.JaroWinklerLevel("given", 0.9).configure(m_probability=0.1),
            cll.CustomLevel('substr("given_l", 1, 1) = substr("given_r", 1, 1)').configure(m_probability=0.1),
            cll.ElseLevel().configure(m_probability=0.1),
        ],
    )
    family = cl.JaroWinklerAtThresholds("family", [0.9]).configure(
        term_frequency_adjustments=True, m_probabilities=[0.85, 0.05, 0.1]
    )
    found += [given] if "given" in used else []
    found += [family] if "family" in used else []
    for name, m in (("city", 0.6), ("region", 0.3), ("country", 0.4), ("email", 0.7), ("phone", 0.7), ("website", 0.4)):
        if name in used:
            found.append(cl.ExactMatch(name).configure(m_probabilities=[m, 1 - m]))
    return found


def _typed(frame: Any) -> Any:
    """An Arrow table whose columns of nulls are strings, not integers."""
    import pyarrow as pa

    lists = {"keys", "patterns", "variants"}
    fields = [(c, pa.list_(pa.string()) if c in lists else pa.string()) for c in frame.columns]
    return pa.Table.from_pandas(frame, schema=pa.schema(fields), preserve_index=False)


def _inside(folder: Path, target: Path) -> dict[str, Any]:
    import duckdb
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    profiles, customers = _prepare(folder)
    used = {c for c in customers.columns if c in profiles and customers[c].notna().any() and profiles[c].notna().any()}
    keep = ["unique_id", "keys", *sorted(used | {"given", "variants", "family", "patterns"})]
    keep = list(dict.fromkeys(keep))
    by_keys = block_on("keys", arrays_to_explode=["keys"])
    settings = SettingsCreator(
        link_type="link_only",
        probability_two_random_records_match=0.5 / len(customers),
        comparisons=_comparisons(used),
        blocking_rules_to_generate_predictions=[by_keys],
        retain_intermediate_calculation_columns=False,
        retain_matching_columns=False,
    )
    connection = duckdb.connect()
    connection.execute("SET GLOBAL lambda_syntax = 'ENABLE_SINGLE_ARROW'")  # Splink 5.0.0 writes the old syntax
    api = DuckDBAPI(connection=connection)
    tables = [
        api.register(_typed(frame[keep]), dataset_display_name=name)
        for frame, name in ((profiles, "a_p"), (customers, "b_c"))
    ]
    linker = Linker(tables, settings)
    notes: dict[str, Any] = {"comparisons": sorted(used - {"unique_id", "keys", "variants"}), "em": "done"}
    linker.training.estimate_u_using_random_sampling(max_pairs=2e6, seed=1)
    try:
        linker.training.estimate_parameters_using_expectation_maximisation(block_on("family"))
    except Exception as error:  # m by hand stays; a failed session may have changed it, so a new model is made
        notes["em"] = f"failed: {type(error).__name__}"
        linker = Linker(tables, settings)
        linker.training.estimate_u_using_random_sampling(max_pairs=2e6, seed=1)
    pairs = linker.inference.predict().as_pandas_dataframe()
    _share(pairs).to_parquet(target, index=False)
    return notes | {"pairs": len(pairs)}


def _share(pairs: Any) -> Any:
    """One answer per profile: its pairs' odds against each other and nobody."""
    import numpy as np
    import pandas as pd

    swapped = (pairs.source_dataset_l == "b_c").to_numpy()
    left, right = pairs.unique_id_l.astype(str).to_numpy(), pairs.unique_id_r.astype(str).to_numpy()
    odds = np.exp2(pairs.match_weight.astype(float).clip(-60, 60).to_numpy())
    frame = pd.DataFrame(
        {"profile_id": np.where(swapped, right, left), "customer_id": np.where(swapped, left, right), "odds": odds}
    )
    frame = frame.drop_duplicates(["profile_id", "customer_id"])
    frame["probability"] = frame.odds / (1 + frame.groupby("profile_id").odds.transform("sum"))
    frame = frame.sort_values(["profile_id", "probability", "customer_id"], ascending=[True, False, True])
    return frame.groupby("profile_id").head(_LISTED)[["profile_id", "customer_id", "probability"]]


def measure_splink(folder: Path, target: Path | None = None) -> dict[str, Any]:
    """Link a task with Splink and evaluate it."""
    import sociolink as sl

    with tempfile.TemporaryDirectory() as temporary:
        links = target or Path(temporary) / "links.parquet"
        notes = link_splink(folder, links)
        found = sl.evaluate(links, folder / "truth.parquet", groups=folder / "groups.parquet", bootstrap=0)
    figures = {n: round(getattr(found, n), 4) for n in ("recall_at_1", "recall_at_p95", "log_loss", "false_links")}
    claim = found.claim95
    return figures | {"claim95": None if claim is None else round(claim.precision, 4), **notes}


def main() -> None:
    """Measure the tasks given."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--links", type=Path, help="file for the links, of one folder")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.inside:
        print(json.dumps(_inside(given.folders[0], given.links)))
        return
    for folder in given.folders:
        print(json.dumps({"task": folder.name} | measure_splink(folder, given.links)), flush=True)


if __name__ == "__main__":
    main()
