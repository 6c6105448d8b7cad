"""Splink 5 as its best user would run it: a folder's profiles and customers in, links out, all Parquet.

usage, in the peer's environment: python -m peers.splink_peer FOLDER LINKS [--drop-weak BITS] [--disk FOLDER] [--em]

Nine comparisons: handle, given name, family name, city, region, country, e-mail, phone, site. Names are read from
display names and from handles, with the customers' own names as vocabulary (`splink_preparation.py`). Rare given and
family names count more, by the CRM's term frequencies. `u` comes from random pairs, `m` and the prior are set by hand.
EM over pairs of one family name (`--em`) gave no gain (`peer_accuracy.py`). What a handle tells beyond the names that
are read from it is set by hand too, lest one fact count twice. The odds of a profile's pairs share one answer with
"nobody": odds / (1 + their sum). Comparisons without values on both sides are left out.

Splink 5.0.0 asks for some care, which is taken: it writes DuckDB's old lambda syntax; a null level needs values on both
sides unless it is written by hand; levels that no random pair reaches get `u` by hand.
"""

from __future__ import annotations

import argparse
import json
import logging
import time
from pathlib import Path
from typing import Any

__all__ = ["link"]

_LISTED = 10
_COVERAGE = 0.5
_U_PAIRS, _EM_PAIRS = 2e6, 5e5
_PLACES = {"city": 0.6, "region": 0.4, "country": 0.8}
_CONTACTS = {"email": 0.7, "phone": 0.7, "website": 0.4}
_WHOLE = "list_contains(whole_r, hash(core_l))"
_SHORTENED = "list_contains(shortened_r, hash(core_l))"
_NEAR = "jaro_winkler_similarity(core_l, given_r || family_r) > 0.9"


def _level(sql: str, label: str, m: float, u: float | None = None, rarity: str | None = None) -> Any:
    """A level with `m` by hand; with `u` by hand where random pairs cannot tell it, and rarity by a column."""
    from splink import comparison_level_library as cll

    level = cll.CustomLevel(sql, label).configure(m_probability=m)
    if u is not None:
        level = level.configure(u_probability=u, fix_u_probability=True, fix_m_probability=True)
    return level if rarity is None else level.configure(tf_adjustment_column=rarity)


def _names() -> list[Any]:
    """Given and family name; the exact level first, "else" last."""
    import splink.comparison_library as cl
    from splink import comparison_level_library as cll

    def exact(name: str, m: float) -> Any:
        return cll.ExactMatchLevel(name, term_frequency_adjustments=True).configure(m_probability=m)

    given = [
        cll.NullLevel("given"),
        exact("given", 0.5),
        _level("list_has_any(variants_l, variants_r)", "a form of it", 0.1, rarity="given"),
        _level("given_l = given_r[1]", "initial alone", 0.1),
        cll.JaroWinklerLevel("given", 0.9).configure(m_probability=0.1),
        _level("given_l[1] = given_r[1]", "same initial", 0.1),
        cll.ElseLevel().configure(m_probability=0.1),
    ]
    family = [
        cll.NullLevel("family"),
        exact("family", 0.8),
        _level("list_has_any(families_l, families_r)", "a part of it", 0.05, rarity="family"),
        cll.JaroWinklerLevel("family", 0.9).configure(m_probability=0.05),
        _level("family_l = given_r", "in the given name's place", 0.02),
        cll.ElseLevel().configure(m_probability=0.08),
    ]
    return [
        cl.CustomComparison(output_column_name=name, comparison_levels=levels)
        for name, levels in (("given", given), ("family", family))
    ]


def _comparisons(used: set[str], customers: int) -> list[Any]:
    """The comparisons for what both sides hold."""
    import splink.comparison_library as cl
    from splink import comparison_level_library as cll

    handle = [
        cll.CustomLevel("core_l IS NULL", "none").configure(is_null_level=True),
        _level("list_has_any(aliases_l, aliases_r)", "known account, e-mail or site", 0.2, 1.5 / customers),
        _level(_WHOLE, "whole name", 0.25, 0.03),
        _level(_SHORTENED, "initial and name", 0.1, 0.02),
        _level(_NEAR, "near the whole name", 0.15, 0.05),
        cll.ElseLevel().configure(m_probability=0.3),
    ]
    found = [cl.CustomComparison(output_column_name="handle", comparison_levels=handle), *_names()]
    for name, m in _PLACES.items():
        if name in used:
            found.append(cl.ExactMatch(name).configure(m_probabilities=[m, 1 - m]))
    for name, m in _CONTACTS.items():
        if name in used:
            same = _level(f"list_has_any({name}_l, {name}_r)", "same", m, 1 / customers)
            levels = [cll.NullLevel(name), same, cll.ElseLevel().configure(m_probability=1 - m, fix_m_probability=True)]
            found.append(cl.CustomComparison(output_column_name=name, comparison_levels=levels))
    return found


def _make_linker(connection: Any, used: set[str], customers: int) -> Any:
    """A linker whose `u` is estimated."""
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    settings = SettingsCreator(
        link_type="link_only",
        probability_two_random_records_match=_COVERAGE / customers,
        comparisons=_comparisons(used, customers),
        blocking_rules_to_generate_predictions=[block_on("keys", arrays_to_explode=["keys"])],
        retain_intermediate_calculation_columns=False,
        retain_matching_columns=False,
    )
    api = DuckDBAPI(connection=connection)
    tables = [api.register(name, dataset_display_name=name) for name in ("a", "b")]
    linker = Linker(tables, settings)
    for name in ("given", "family"):  # how rare a name is among customers, not among all rows of both tables
        connection.execute(
            f"CREATE OR REPLACE TABLE tf_{name} AS SELECT {name}, count(*) / sum(count(*)) OVER () AS tf_{name} "
            f"FROM b WHERE {name} IS NOT NULL GROUP BY {name}"
        )
        linker.table_management.register_term_frequency_lookup(api.register(f"tf_{name}"), name)
    linker.training.estimate_u_using_random_sampling(max_pairs=_U_PAIRS, seed=1)
    return linker


def _write(connection: Any, pairs: str, folder: Path, target: Path) -> None:
    """One answer per profile: its pairs' odds against each other and nobody."""
    connection.execute(f"""
        COPY (WITH pair AS (
            SELECT unique_id_l AS profile, unique_id_r AS customer,
                pow(2, greatest(least(max(match_weight), 60), -60)) AS odds
            FROM {pairs} GROUP BY ALL),
        share AS (
            SELECT *, odds / (1 + sum(odds) OVER (PARTITION BY profile)) AS probability,
                row_number() OVER (PARTITION BY profile ORDER BY odds DESC, customer) AS place FROM pair)
        SELECT p.profile_id, c.customer_id, probability FROM share
        JOIN read_parquet('{folder}/profiles.parquet', file_row_number=true) p ON p.file_row_number = profile
        JOIN read_parquet('{folder}/customers.parquet', file_row_number=true) c ON c.file_row_number = customer
        WHERE place <= {_LISTED} ORDER BY profile, place)
        TO '{target}' (FORMAT parquet)""")


def link(
    folder: Path, target: Path, *, drop_weak: float | None = None, disk: Path | None = None, em: bool = False
) -> dict[str, Any]:
    """Link a folder's profiles to its customers.

    Args:
        folder: Holds `profiles.parquet` and `customers.parquet`.
        target: File for the links: profile_id, customer_id, probability.
        drop_weak: Least match weight of a pair that is kept, in bits; all by default.
        disk: Folder for the database; in memory by default.
        em: Also train `m` by EM.

    Returns:
        Pairs, what was compared and seconds by stage.
    """
    began = time.perf_counter()
    import duckdb
    from splink import block_on

    from peers.splink_preparation import prepare

    logging.disable(logging.WARNING)
    marks = [("import", time.perf_counter())]
    connection = duckdb.connect(str(disk / "splink.duckdb") if disk else ":memory:")
    connection.execute("SET GLOBAL lambda_syntax = 'ENABLE_SINGLE_ARROW'")
    prepare(connection, folder)
    marks.append(("prepare", time.perf_counter()))
    columns = [row[0] for row in connection.execute("DESCRIBE a").fetchall()]
    counts = ", ".join(f"count({name})" for name in columns)
    held = [connection.execute(f"SELECT {counts} FROM {table}").fetchall()[0] for table in ("a", "b")]
    used = {name for name, *both in zip(columns, *held, strict=True) if all(both)}
    customers = connection.execute("SELECT count(*) FROM b").fetchall()[0][0]
    linker = _make_linker(connection, used, customers)
    if em:
        linker.training.estimate_parameters_using_expectation_maximisation(block_on("family"), max_pairs=_EM_PAIRS)
    marks.append(("fit", time.perf_counter()))
    pairs = linker.inference.predict(threshold_match_weight=drop_weak).physical_name
    marks.append(("predict", time.perf_counter()))
    _write(connection, pairs, folder, target)
    marks.append(("write", time.perf_counter()))
    ends = [began, *(end for _, end in marks)]
    stages = {name: round(end - start, 2) for (name, end), start in zip(marks, ends, strict=False)}
    kept = connection.execute(f"SELECT count(*) FROM {pairs}").fetchall()[0][0]
    return {
        "pairs": kept,
        "compared": ["handle", "given", "family", *(n for n in (*_PLACES, *_CONTACTS) if n in used)],
    } | {"stages": stages}


def main() -> None:
    """Link one folder; the last line says what was done."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("links", type=Path)
    parser.add_argument("--drop-weak", type=float, metavar="BITS", help="drop pairs below this match weight")
    parser.add_argument("--disk", type=Path, help="folder for a database on disk")
    parser.add_argument("--em", action="store_true", help="train m by EM as well")
    given = parser.parse_args()
    print(json.dumps(link(given.folder, given.links, drop_weak=given.drop_weak, disk=given.disk, em=given.em)))


if __name__ == "__main__":
    main()
