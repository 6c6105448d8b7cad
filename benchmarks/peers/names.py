"""Names, readings of handles and places as plain columns, in pandas, for the peers that work on data frames."""

from __future__ import annotations

from pathlib import Path
from typing import Any

__all__ = ["read_frames"]


def read_frames(folder: Path) -> tuple[Any, Any]:
    """A folder's profiles and customers as data frames of strings of one schema, ids as their index.

    Names of profiles are read from display names and, where there are none, from handles, with the customers' family
    names as vocabulary: the longest that stands at an end of the handle.

    Args:
        folder: Holds `profiles.parquet` and `customers.parquet`.

    Returns:
        Profiles and customers with given, family, city, region, email, phone, website and core, the handle without
        digits (for customers given and family name). Missing values are None.
    """
    import pandas as pd
    import pyarrow.parquet as pq

    source = pq.read_table(folder / "customers.parquet").to_pandas()
    full = _fold(_text(source, "full_name")).str.split()
    customers = pd.DataFrame(index=source["customer_id"].astype(str).rename("customer_id"))
    for name, place in (("given", 0), ("family", -1)):
        own = _squash(_text(source, f"{name}_name"))
        customers[name] = own.where(own != "", full.str[place].fillna("")).to_numpy()
    _add_rest(customers, source, "website")
    customers["core"] = customers["given"] + customers["family"]

    source = pq.read_table(folder / "profiles.parquet").to_pandas()
    profiles = pd.DataFrame(index=source["profile_id"].astype(str).rename("profile_id"))
    profiles["core"] = _squash(_text(source, "handle")).str.replace(r"\d+", "", regex=True).to_numpy()
    shown = _fold(_text(source, "display_name")).str.split()
    two = (shown.str.len() > 1).to_numpy()
    given, family = _read_handles(profiles["core"], set(customers["family"]))
    for name, place, read in (("given", 0, given), ("family", -1, family)):
        profiles[name] = shown.str[place].where(two, read).fillna("").to_numpy()
    place = _fold(_text(source, "location").str.split(",").str[0])
    source = source.assign(city=place, region=_fold(_text(source, "location").str.split(",").str[-1]))
    _add_rest(profiles, source, "url")
    return tuple(frame.where(frame != "", None) for frame in (profiles, customers))


def _add_rest(frame: Any, source: Any, site: str) -> None:
    frame["city"] = _fold(_text(source, "city")).to_numpy()
    frame["region"] = _fold(_text(source, "region")).to_numpy()
    frame["email"] = _text(source, "email").str.lower().to_numpy()
    frame["phone"] = _text(source, "phone").str.replace(r"\D", "", regex=True).str[-9:].to_numpy()
    address = _text(source, site).str.lower().str.replace(r"^(https?://)?(www\.)?", "", regex=True)
    frame["website"] = address.str.rstrip("/").to_numpy()


def _text(source: Any, name: str) -> Any:
    """A column as ASCII strings, of lists the first; "" for what is missing."""
    import numpy as np
    import pandas as pd
    from anyascii import anyascii

    if name not in source:
        return pd.Series("", index=source.index)
    values = source[name]
    if any(isinstance(one, np.ndarray | list) for one in values.head(1000)):
        values = values.str[0]
    text = values.fillna("").astype(str)
    foreign = {one: anyascii(one) for one in text[~text.map(str.isascii)].unique()}
    return text.replace(foreign) if foreign and len(foreign) < 1000 else text.map(lambda one: foreign.get(one, one))


def _fold(text: Any) -> Any:
    return text.str.lower().str.replace(r"[^a-z0-9]+", " ", regex=True).str.strip()


def _squash(text: Any) -> Any:
    return text.str.lower().str.replace(r"[^a-z0-9]+", "", regex=True)


def _read_handles(cores: Any, families: set[str]) -> tuple[Any, Any]:
    """Given and family name as handles spell them; by length of the family name, all handles at once."""
    given, family = cores.str[:0].copy(), cores.str[:0].copy()
    for size in range(int(cores.str.len().max() or 0), 3, -1):
        for end, rest in ((cores.str[-size:], cores.str[:-size]), (cores.str[:size], cores.str[size:])):
            hit = (family == "") & end.isin(families) & (end.str.len() == size)
            given, family = given.where(~hit, rest), family.where(~hit, end)
    return given.to_numpy(), family.to_numpy()
