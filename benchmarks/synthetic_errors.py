"""Why links of a synthetic world are wrong: counts by what the profile is, what it shows and how common that name is.

usage: python benchmarks/synthetic_errors.py WORLD LINKS [LINKS ...] [--least 0.5]

WORLD is a folder of `synthetic_accuracy.py --keep`, LINKS a file of links there (ours, a peer's). Two tables a file:
the false answers of probability `--least` and more, and the customers' profiles whose owner is not on top. Only counts
are printed.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from tables import Sheet, print_sheet

from sociolink.text.folding import fold, squash

NAMES = {2: "both names", 1: "one name", 0: "no name"}


def read_world(folder: Path) -> dict[str, Any]:
    """Folded names and places of both sides, the truth, and how many customers bear a name."""
    columns = ["customer_id", "given_name", "family_name", "full_name", "email", "city", "country"]
    customers = pq.read_table(folder / "customers.parquet", columns=columns)
    full = pd.Series(_folded(customers["full_name"])).str.split()
    people = pd.DataFrame({"customer_id": customers["customer_id"].to_pylist()})
    for name, place in (("given", 0), ("family", -1)):
        own = pd.Series(_squashed(customers[f"{name}_name"]))
        people[name] = own.where(own != "", full.str[place]).fillna("")
    people["city"], people["country"] = _folded(customers["city"]), _folded(customers["country"])
    mails = pd.Series(customers["email"].to_pylist()).map(lambda one: one[0] if one is not None and len(one) else "")
    people["mail"] = _squashed(pa.chunked_array([pa.array(mails.str.split("@").str[0].tolist(), pa.string())]))
    people["bearers"] = people.groupby(["given", "family"]).customer_id.transform("size")
    group = pq.read_table(folder / "groups.parquet").to_pandas().astype(str)
    people = people.merge(group, on="customer_id", how="left").set_index("customer_id")
    source = pq.read_table(folder / "profiles.parquet", columns=["profile_id", "handle", "display_name", "location"])
    profiles = pd.DataFrame({"profile_id": source["profile_id"].to_pylist(), "handle": _squashed(source["handle"])})
    profiles["shown"] = _folded(source["display_name"])
    profiles["location"] = _folded(source["location"])
    truth = pq.read_table(folder / "truth.parquet").to_pandas()
    truth = truth.astype(object).where(truth.notna(), None)
    return {"people": people, "profiles": profiles.merge(truth, on="profile_id").set_index("profile_id")}


def _folded(column: pa.ChunkedArray) -> list[str]:
    return fold(column.combine_chunks().fill_null("")).to_pylist()


def _squashed(column: pa.ChunkedArray) -> list[str]:
    return squash(column.combine_chunks().fill_null("")).to_pylist()


def describe(world: Mapping[str, Any], pairs: pd.DataFrame) -> pd.DataFrame:
    """What a profile shows of a customer; `pairs` has profile_id and customer_id."""
    p = world["profiles"].reindex(pairs.profile_id).reset_index(drop=True)
    c = world["people"].reindex(pairs.customer_id).reset_index(drop=True)
    rows = list(zip(p.handle, p.shown, c.given, c.family, strict=True))
    in_handle = [(len(g) > 1 and g in h) + (len(f) > 2 and f in h) for h, _, g, f in rows]
    words = [set(s.split()) for _, s, _, _ in rows]
    in_shown = [(g in w) + (f in w) if w else -1 for w, (_, _, g, f) in zip(words, rows, strict=True)]
    mail = [bool(m) and h == m for h, m in zip(p.handle, c.mail, strict=True)]
    city = [
        "unknown" if not ct or not at else "same" if ct in at else "other"
        for ct, at in zip(c.city.fillna(""), p.location, strict=True)
    ]
    return pd.DataFrame(
        {
            "shown": [
                f"display name has {NAMES[s]}" if s >= 0 else f"no display name, handle has {NAMES[h]}"
                for s, h in zip(in_shown, in_handle, strict=True)
            ],
            "mail": mail,
            "city": city,
            "bearers": pd.cut(c.bearers, [0, 1, 3, 10, 10**9], labels=["1", "2-3", "4-10", "more"]).astype(str),
            "kind": p.stranger_kind.fillna("customer").to_numpy(),
        }
    )


def count_false(world: Mapping[str, Any], links: pd.DataFrame, least: float) -> pd.DataFrame:
    """The top answers of this probability and more that are wrong, described."""
    top = links[(links.place == 0) & (links.probability >= least)]
    wrong = top[~top.right]
    facts = describe(world, wrong)
    facts["kind"] = facts["kind"].replace("customer", "another customer's")
    return facts


def count_missed(world: Mapping[str, Any], links: pd.DataFrame) -> pd.DataFrame:
    """The customers' profiles whose owner is not on top, described with the owner."""
    profiles = world["profiles"].reset_index()
    owned = profiles[profiles.customer_id.notna()][["profile_id", "customer_id"]]
    best = set(links[(links.place == 0) & links.right].profile_id)
    listed = set(links[links.right].profile_id)
    lost = owned[~owned.profile_id.isin(best)]
    facts = describe(world, lost)
    facts["kind"] = ["listed lower" if one in listed else "not listed" for one in lost.profile_id]
    return facts


def read_links(world: Mapping[str, Any], file: Path) -> pd.DataFrame:
    """Links with their place and whether they name the owner or another record of the same person."""
    table = pq.read_table(file, columns=["profile_id", "customer_id", "probability"]).to_pandas()
    links = table[table.customer_id.notna()].sort_values(["profile_id", "probability"], ascending=[True, False])
    links = links.assign(place=links.groupby("profile_id").cumcount())
    group = world["people"].group_id
    owner = world["profiles"].customer_id.reindex(links.profile_id).map(group).to_numpy()
    return links.assign(right=(links.customer_id.map(group).to_numpy() == owner) & pd.notna(owner))


def sheet(title: str, facts: pd.DataFrame) -> Sheet:
    """Counts by each description."""
    rows = [("all", "", f"{len(facts):,}")]
    for column in ("kind", "shown", "bearers", "city", "mail"):
        for value, count in facts[column].astype(str).value_counts().items():
            rows.append((column, str(value), f"{count:,}"))
    return Sheet(title, ("by", "", "profiles"), tuple(rows))


def main() -> None:
    """Count for each file of links."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("world", type=Path)
    parser.add_argument("links", nargs="+", type=Path)
    parser.add_argument("--least", type=float, default=0.5)
    given = parser.parse_args()
    world = read_world(given.world)
    for file in given.links:
        links = read_links(world, file)
        print_sheet(
            sheet(f"{file.stem}: false answers of {given.least} and more", count_false(world, links, given.least))
        )
        print_sheet(sheet(f"{file.stem}: owner not on top", count_missed(world, links)))


if __name__ == "__main__":
    main()
