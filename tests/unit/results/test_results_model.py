"""Models are saved and read without loss; damaged, foreign and newer ones are refused in words."""

from __future__ import annotations

import errno
import json
import os
from dataclasses import FrozenInstanceError, replace
from pathlib import Path
from typing import Any

import pytest

from sociolink.errors import ModelError, OutputError
from sociolink.results.model import FORMAT, Coverage, LinkModel

MODEL = LinkModel.from_dict(
    {
        "format": FORMAT,
        "kind": "sociolink.model",
        **{name: {} for name in LinkModel.__slots__},
        "families": ["name", "place"],
        "population": {"name": {"theta": 0.1 + 0.2, "words": ["zoe", "al"]}, "place": {}},
        "weights": {
            "name.handle": {"opaque": 0.1, "given_family": 0.7, "family": 0.2},
            "place": {"same": 1 / 3, "other": 2 / 3},
        },
        "other": {"name": 0.02},
        "coverage": [0.3, 0.2, 0.4],
        "findable": [0.25, 0.15, 0.35],
        "profiles": 9,
        "customers": 8,
        "rounds": 7,
        "converged": True,
    }
)


def saved(folder: Path, **changes: Any) -> Path:
    """A file with the model, some of its parts changed."""
    path = folder / "model.json"
    data = {**MODEL.to_dict(), **changes}
    path.write_text(json.dumps({name: value for name, value in data.items() if value is not ...}), "utf-8")
    return path


def test_what_is_saved_is_read(tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    MODEL.save(path)
    again = LinkModel.load(path)
    assert again == MODEL
    assert again.model_id == MODEL.model_id
    assert [list(parts) for parts in again.weights.values()] == [list(parts) for parts in MODEL.weights.values()]
    assert again.population["name"]["theta"] == 0.1 + 0.2
    assert again.coverage == Coverage(0.3, 0.2, 0.4)
    assert str(again.coverage) == "30.0% (20.0% to 40.0%)"


def test_models_of_the_first_format_are_read_for_ever(tmp_path: Path) -> None:
    path = Path(__file__).parents[2] / "fixtures" / "model_format_1.json"
    model = LinkModel.load(path)
    assert model.corrections == {}
    assert model.weights["name.handle"]["given_family"] == 0.75
    model.save(tmp_path / "new.json")
    assert LinkModel.load(tmp_path / "new.json") == model

    damaged = tmp_path / "damaged.json"
    damaged.write_text(path.read_text("utf-8").replace("0.75", "0.7"), "utf-8")
    with pytest.raises(ModelError, match="damaged"):
        LinkModel.load(damaged)


@pytest.mark.parametrize("bad", [{"name": [1.0]}, {"name": [1.0, 0.0]}, {"name": 1.0}, [1.0, 1.0]])
def test_corrections_are_two_numbers_above_zero(tmp_path: Path, bad: Any) -> None:
    with pytest.raises(ModelError, match="corrections"):
        LinkModel.load(saved(tmp_path, corrections=bad))


def test_the_same_model_gives_the_same_bytes(tmp_path: Path) -> None:
    MODEL.save(tmp_path / "one.json")
    LinkModel.load(tmp_path / "one.json").save(tmp_path / "two.json")
    assert (tmp_path / "one.json").read_bytes() == (tmp_path / "two.json").read_bytes()


def test_id_changes_with_the_content() -> None:
    others = [
        replace(MODEL, rounds=8),
        replace(MODEL, other={"name": 0.03}),
        replace(MODEL, families=("place", "name")),
    ]
    assert len({one.model_id for one in (MODEL, *others)}) == 4
    assert len(MODEL.model_id) == 16


def test_models_are_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        MODEL.rounds = 3  # type: ignore[misc]


def test_a_newer_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=rf"format {FORMAT + 1}; this version reads up to {FORMAT}. Update sociolink"):
        LinkModel.load(saved(tmp_path, format=FORMAT + 1))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"weights": ...}, "weights is missing"),
        ({"coverage": ..., "rounds": ...}, "coverage is missing, rounds is missing"),
        ({"coverage": 0.3}, "coverage is not three shares"),
        ({"coverage": [0.3, 0.2, 1.4]}, "coverage is not three shares"),
        ({"findable": [0.3, 0.2]}, "findable is not three shares"),
        ({"findable": [0.3, 0.2, "x"]}, "findable is not three shares"),
        ({"weights": []}, "weights is not weights"),
        ({"weights": {"place": {"same": "much"}}}, "weights is not weights"),
        ({"weights": {"place": {"same": -1}}}, "weights is not weights"),
        ({"other": None}, "other is not a share"),
        ({"population": {"name": 3}}, "population is not a table"),
        ({"families": "name"}, "families is not a list"),
        ({"converged": 1}, "converged is not true or false"),
        ({"customers": -1}, "customers is not a number"),
        ({"profiles": True}, "profiles is not a number"),
    ],
)
def test_a_damaged_model_is_refused(tmp_path: Path, changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ModelError, match=f"damaged: {message}.*Fit it again"):
        LinkModel.load(saved(tmp_path, **changes))


def test_a_changed_number_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    MODEL.save(path)
    path.write_text(path.read_text("utf-8").replace("0.7", "0.6"), "utf-8")
    with pytest.raises(ModelError, match="damaged: what it says is not what was saved"):
        LinkModel.load(path)


@pytest.mark.parametrize("cut", [0, 1, 30, 200, -2])
def test_a_model_that_was_cut_is_refused(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "model.json"
    MODEL.save(path)
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(ModelError, match="is not JSON; it may be damaged"):
        LinkModel.load(path)


@pytest.mark.parametrize("content", [b"{}", b'{"kind": "links"}', b"[]", b"7", b"null", b'"model"'])
def test_other_json_is_no_model(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "model.json"
    path.write_bytes(content)
    with pytest.raises(ModelError, match="not a sociolink model"):
        LinkModel.load(path)


@pytest.mark.parametrize("version", [None, "1", 1.5])
def test_a_format_that_is_no_number(tmp_path: Path, version: Any) -> None:
    with pytest.raises(ModelError, match="format"):
        LinkModel.load(saved(tmp_path, format=version))


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    path.write_bytes(b"\xff\xfe\x00PAR1")
    with pytest.raises(ModelError, match="not JSON"):
        LinkModel.load(path)


def test_a_model_that_is_not_there(tmp_path: Path) -> None:
    for path in (tmp_path / "nosuch.json", tmp_path):
        with pytest.raises(ModelError, match="cannot be read"):
            LinkModel.load(path)


def test_a_full_disk_leaves_the_old_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "model.json"
    MODEL.save(path)
    before = path.read_bytes()

    def run_out(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", run_out)
    with pytest.raises(OutputError, match=r"model\.json was not written: the disk is full"):
        replace(MODEL, rounds=8).save(path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_cannot_be_written_to(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for path in (tmp_path / "nosuch" / "model.json", tmp_path / "file" / "model.json", tmp_path):
        with pytest.raises(OutputError, match="was not written"):
            MODEL.save(path)
    assert [one.name for one in tmp_path.iterdir()] == ["file"]


def test_a_model_tells_what_it_learned_and_not_all_it_holds() -> None:
    said = repr(MODEL)

    assert said.startswith(f"Model {MODEL.model_id}: learned from 9 profiles and 8 customers.")
    assert "30.0% (20.0% to 40.0%) of the profiles are customers'" in said
    assert "zoe" not in said


def test_a_model_is_a_card_in_a_notebook() -> None:
    card = replace(MODEL, families=("<b>", "name"), converged=False)._repr_html_()

    assert "&lt;b&gt;, name" in card
    assert "<b>" not in card
    assert "25.0% (15.0% to 35.0%)" in card
    assert "did not come to rest" in card
    assert "did not come to rest" not in MODEL._repr_html_()
