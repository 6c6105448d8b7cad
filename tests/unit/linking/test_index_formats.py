"""Indexes of earlier formats and versions are read for ever; newer ones are refused."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from sociolink import CustomerIndex, Policy
from sociolink.errors import IndexFileError
from sociolink.index.manifest import MANIFEST, load_manifest, save_manifest
from sociolink.index.storage import FolderStorage
from sociolink.linking.defaults import DEFAULT_EVIDENCE

POLICY = Policy.research(who="tests")
EVIDENCE = DEFAULT_EVIDENCE[1:]
FIRST = Path(__file__).parents[2] / "fixtures" / "index-format-1"
PROFILE = {"platform": "x", "handle": "xenia_0", "location": "Leeds"}


@pytest.fixture
def first(tmp_path: Path) -> Path:
    shutil.copytree(FIRST, tmp_path / "first")
    return tmp_path / "first"


def opened(folder: Path) -> CustomerIndex:
    return CustomerIndex.open(folder, policy=POLICY, evidence=EVIDENCE)


def test_the_first_format_is_read(first: Path) -> None:
    """As it is, while customers are prepared as they were; renewed from its own customers after that."""
    try:
        index = opened(first)
    except IndexFileError:
        index = CustomerIndex.renew(first, policy=POLICY, evidence=EVIDENCE)

    assert index.info(verify=True).customers == 4
    assert index.find(**PROFILE).customer_id == "c0"
    assert index.find(platform="x", handle="mei_4").customer_id == "c4"
    assert index.find(platform="x", handle="bart_3").matches == ()


def test_who_was_erased_stays_erased_when_an_index_is_renewed(first: Path) -> None:
    index = CustomerIndex.renew(first, policy=POLICY, evidence=EVIDENCE)

    assert index.info(verify=True).customers == 4
    assert index.find(platform="x", handle="bart_3").matches == ()
    data = b"".join(path.read_bytes() for path in first.iterdir())
    assert b"okonkwo" not in data.lower()
    assert b"Abuja" in data
    assert b"Lagos" not in data


def test_customers_who_are_prepared_otherwise_are_refused_until_renewed(first: Path) -> None:
    CustomerIndex.renew(first, policy=POLICY, evidence=EVIDENCE)
    expected = opened(first).find(**PROFILE)
    storage = FolderStorage(first)
    manifest = load_manifest(storage)
    save_manifest(storage, replace(manifest, facts={**manifest.facts, "layout": "0-1-00000000"}))

    with pytest.raises(IndexFileError, match="sociolink index renew"):
        opened(first)
    renewed = CustomerIndex.renew(first, policy=POLICY, evidence=EVIDENCE)

    assert renewed.find(**PROFILE).rows.equals(expected.rows)
    assert opened(first).find(**PROFILE).rows.equals(expected.rows)


def test_a_newer_format_is_refused_and_not_touched(first: Path) -> None:
    said = json.loads((first / MANIFEST).read_text())
    (first / MANIFEST).write_text(json.dumps({**said, "format": 99}))
    before = {path.name: path.read_bytes() for path in first.iterdir()}

    with pytest.raises(IndexFileError, match="format 99; this version reads up to 1"):
        opened(first)
    with pytest.raises(IndexFileError, match="format 99"):
        CustomerIndex.renew(first, policy=POLICY, evidence=EVIDENCE)

    assert before == {path.name: path.read_bytes() for path in first.iterdir() if path.name != "lock"}


@pytest.mark.parametrize("name", ["base-1.data", "later-3.tree", "view-3.sums", "model-c7c99b6375f60831.json"])
def test_damage_is_found(first: Path, name: str) -> None:
    path = first / name
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)

    with pytest.raises(IndexFileError, match=r"damaged|prepares customers otherwise"):
        opened(first).info(verify=True)
    path.unlink()
    with pytest.raises(IndexFileError, match=r"lacks its file|prepares customers otherwise"):
        opened(first)
