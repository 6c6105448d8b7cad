"""Whatever holds links can be evaluated; what cannot be compared is refused with the ids."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from sociolink.errors import InputError, InvalidParameterError
from sociolink.evaluation.evaluate import evaluate
from sociolink.evaluation.scores import score_links

LINKS = pa.table(
    {
        "profile_id": ["p1", "p1", "p2", "p3"],
        "rank": [1, 2, 1, 0],
        "customer_id": ["c1", "c2", "c9", None],
        "probability": [0.7, 0.1, 0.6, None],
        "nobody_probability": [0.2, 0.2, 0.3, 0.9],
        "bits_name": [[1.0], None, None, None],
        "decision": ["link", "none", "review", "none"],
    }
)
TRUTH = pa.table({"profile_id": ["p1", "p2", "p3"], "customer_id": ["c1", None, None]})
EXPECTED = score_links(LINKS, TRUTH, bootstrap=5)


def test_a_result_a_table_a_data_frame_and_files_give_the_same(tmp_path: Path) -> None:
    pq.write_table(LINKS, tmp_path / "links.parquet")
    pa.csv.write_csv(LINKS.drop_columns("bits_name"), tmp_path / "links.csv")
    pq.write_table(TRUTH, tmp_path / "truth.parquet")
    pa.csv.write_csv(TRUTH, tmp_path / "truth.csv")
    for links in (
        LINKS,
        SimpleNamespace(table=LINKS),
        LINKS.drop_columns("bits_name").to_pandas(),
        tmp_path / "links.parquet",
        str(tmp_path / "links.csv"),
    ):
        for truth in (TRUTH, tmp_path / "truth.parquet", tmp_path / "truth.csv"):
            assert evaluate(links, truth, bootstrap=5) == EXPECTED


def test_ids_that_are_integers_on_one_side_and_strings_on_the_other() -> None:
    links = pa.table({"profile_id": [1, 2], "customer_id": pa.array([7, None], pa.int64()), "probability": [0.9, None]})
    truth = pa.table({"profile_id": ["1", "2"], "customer_id": ["7", None]})
    assert evaluate(links, truth, bootstrap=0).recall_at_1 == 1


def test_groups_are_read_too() -> None:
    groups = pa.table({"customer_id": ["c1", "c2"], "group_id": ["g", "g"]})
    found = evaluate(LINKS, TRUTH, groups=groups, bootstrap=0)
    assert found.customers_listed == pytest.approx(2 / 3)
    assert EXPECTED.customers_listed == 1


def test_a_truth_that_names_unknown_profiles_is_refused_with_their_ids() -> None:
    truth = pa.table({"profile_id": ["p1", "q7", "q8"], "customer_id": ["c1", None, "c2"]})
    with pytest.raises(InputError, match=r"truth.profile_id: names 2 of 3 profiles .*\(rows q7, q8\)"):
        evaluate(LINKS, truth)


def test_links_without_ranks_need_not_list_every_profile() -> None:
    truth = pa.table({"profile_id": ["p1", "q7"], "customer_id": ["c1", None]})
    links = LINKS.drop_columns("rank")
    assert evaluate(links, truth, bootstrap=0) == score_links(links, truth, bootstrap=0)
    with pytest.raises(InputError, match="names 1 of 1 profiles"):
        evaluate(links, truth.slice(1, 1))


def test_a_truth_about_some_profiles_only_is_fine() -> None:
    assert evaluate(LINKS, TRUTH.slice(0, 1), bootstrap=0).profiles == 1


def test_rows_of_the_truth_that_cannot_be_read_are_counted() -> None:
    truth = pa.concat_tables([TRUTH, pa.table({"profile_id": ["p3"], "customer_id": ["c1"]})])
    found = evaluate(LINKS, truth, bootstrap=5)
    assert (found.rejects, found.profiles) == (1, 3)


@pytest.mark.parametrize(
    ("links", "words"),
    [
        (LINKS.drop_columns(["customer_id", "probability"]), r"(?s)links.customer_id.*links.probability"),
        (LINKS.set_column(3, "probability", pa.array(["high", "low", "low", ""])), "links.probability: .* no number"),
        (Path("/nowhere/links.parquet"), "no such file"),
        (42, "int"),
    ],
)
def test_links_that_cannot_be_read(links: object, words: str) -> None:
    with pytest.raises(InputError, match=words):
        evaluate(links, TRUTH)


def test_a_truth_without_its_columns() -> None:
    with pytest.raises(InputError, match="profile_id"):
        evaluate(LINKS, pa.table({"x": [1]}))


def test_a_truth_without_rows() -> None:
    with pytest.raises(InputError, match="no rows"):
        evaluate(LINKS, TRUTH.slice(0, 0))


def test_a_negative_number_of_resamples() -> None:
    with pytest.raises(InvalidParameterError, match="bootstrap=-1"):
        evaluate(LINKS, TRUTH, bootstrap=-1)
