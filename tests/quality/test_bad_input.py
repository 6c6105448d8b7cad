"""Bad input through the public door: linked as well as can be, or refused in words; no traceback from inside."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import sociolink as sl
from sociolink.cli.app import main
from sociolink.errors import InputError, InvalidParameterError, NothingToLinkError, OutputError, PolicyError
from sociolink.records.columns import arrow_schema

POLICY = sl.Policy.research(who="tests")
Row = dict[str, Any]

PEOPLE: list[Row] = [
    {"customer_id": "c1", "given_name": "Xenia", "family_name": "Quartermain", "city": "Leeds", "country": "GB"},
    {"customer_id": "c2", "given_name": "Bartholomew", "family_name": "Okonkwo", "email": "b.okonkwo@mail.example"},
    {"customer_id": "c3", "given_name": "Anneliese", "family_name": "Zimmermann", "birth_date": "1970-05-17"},
    {"customer_id": "c4", "given_name": "John", "family_name": "Smith"},
]
ACCOUNTS: list[Row] = [
    {"profile_id": "p1", "platform": "x", "handle": "xeniaquartermain", "display_name": "Xenia Quartermain"},
    {"profile_id": "p2", "platform": "github", "handle": "bokonkwo", "bio": "mail b.okonkwo@mail.example"},
    {"profile_id": "p3", "platform": "x", "handle": "k7q_99"},
]


@pytest.fixture(scope="module")
def model() -> sl.LinkModel:
    """A model of ordinary people, for what does not concern fitting."""
    world = sl.datasets.synthetic(100, 80, coverage=0.5, seed=1)
    return sl.fit(world.profiles, world.customers, policy=POLICY)


@pytest.fixture(scope="module")
def plain(model: sl.LinkModel) -> sl.Links:
    """What nothing is wrong with."""
    return link(ACCOUNTS, PEOPLE, model=model)


def answers(links: sl.Links, *, profiles: int) -> dict[str, str | None]:
    """The best answer of each profile, after every number was looked at."""
    table = links.table.to_pandas()
    assert table["profile_id"].nunique() == profiles
    numbers = table[["nobody_probability", "rest_probability"]]
    assert np.isfinite(numbers.to_numpy()).all()
    listed = table["rank"] > 0
    assert np.isfinite(
        table.loc[listed, ["probability", "match_weight", "margin", "group_probability"]].to_numpy()
    ).all()
    sums = table.assign(listed=table["probability"].fillna(0.0)).groupby("profile_id")["listed"].sum()
    rest = table.groupby("profile_id")[["nobody_probability", "rest_probability"]].first().sum(axis=1)
    assert (np.abs(sums + rest - 1) < 1e-9).all()
    assert set(table["decision"]) <= {"link", "review", "none"}
    assert str(links)
    assert str(links.report)
    best = links.best().to_pylist()
    for row in best[:3]:
        assert str(links[row["profile_id"]])
    return {row["profile_id"]: row["customer_id"] for row in best}


def link(profiles: Any, customers: Any, **options: Any) -> sl.Links:
    return sl.link(profiles, customers, policy=POLICY, **options)


def write_csv(folder: Path, name: str, rows: list[Row]) -> Path:
    path = folder / f"{name}.csv"
    pd.DataFrame(rows).to_csv(path, index=False)
    return path


# Too little


def no_rows(kind: Any) -> list[Any]:
    schema = arrow_schema(kind)
    return [[], schema.empty_table(), pd.DataFrame({name: [] for name in schema.names})]


@pytest.mark.parametrize("shape", [0, 1, 2])
def test_empty_tables(shape: int) -> None:
    with pytest.raises(NothingToLinkError, match="no usable rows in profiles"):
        link(no_rows("profiles")[shape], PEOPLE)
    with pytest.raises(NothingToLinkError, match="no usable rows in customers"):
        link(ACCOUNTS, no_rows("customers")[shape])
    with pytest.raises(NothingToLinkError):
        link(no_rows("profiles")[shape], no_rows("customers")[shape])
    assert sl.check(no_rows("profiles")[shape], no_rows("customers")[shape]).rows == {"profiles": 0, "customers": 0}


def test_empty_tables_with_a_model_and_in_fit(model: sl.LinkModel) -> None:
    with pytest.raises(NothingToLinkError):
        link([], PEOPLE, model=model)
    with pytest.raises(NothingToLinkError):
        link(ACCOUNTS, [], model=model)
    with pytest.raises(NothingToLinkError):
        sl.fit(ACCOUNTS, [], policy=POLICY)


def test_tables_whose_rows_are_all_rejected(model: sl.LinkModel) -> None:
    with pytest.raises(NothingToLinkError, match="all rows were set aside: `sociolink check`"):
        link([{"profile_id": "p1", "platform": "x", "handle": ""}], PEOPLE, model=model)
    with pytest.raises(NothingToLinkError):
        link([{**ACCOUNTS[0], "consent": False}], PEOPLE, model=model)


def test_files_without_rows_and_without_bytes(tmp_path: Path) -> None:
    empty = tmp_path / "empty.csv"
    empty.write_bytes(b"")
    header = tmp_path / "header.csv"
    header.write_text("profile_id,platform,handle\n", "utf-8")
    with pytest.raises(InputError, match="the file is empty"):
        link(empty, PEOPLE)
    with pytest.raises(NothingToLinkError):
        link(header, PEOPLE)
    with pytest.raises(InputError):
        sl.check(empty, PEOPLE)


def test_one_profile() -> None:
    assert answers(link(ACCOUNTS[:1], PEOPLE), profiles=1) == {"p1": "c1"}


def test_one_customer() -> None:
    assert answers(link(ACCOUNTS, PEOPLE[:1]), profiles=3)["p1"] == "c1"


def test_one_profile_and_one_customer() -> None:
    assert answers(link(ACCOUNTS[2:], PEOPLE[3:]), profiles=1) == {"p3": None}


# Too little to go by


def test_no_overlap_at_all() -> None:
    """Customers of one country, profiles of another: no links, and a low coverage."""
    customers = sl.datasets.synthetic(150, 1, seed=1, cultures={"japanese": 1}).customers
    profiles = sl.datasets.synthetic(1, 150, seed=2, coverage=0, cultures={"us": 1}, organisations=0).profiles
    found = link(profiles, customers)
    answers(found, profiles=found.report.profiles)
    assert found.report.linked == 0
    assert found.report.coverage < 0.1


def test_all_profiles_opaque() -> None:
    rng = np.random.default_rng(0)
    handles = ["".join(rng.choice(list("bcdfghjkqvwxz0123456789"), 9)) for _ in range(60)]
    found = link([{"platform": "x", "handle": one} for one in handles], PEOPLE * 1)
    assert set(answers(found, profiles=60).values()) == {None}
    assert found.report.linked == 0


def test_every_customer_has_the_same_name() -> None:
    people = [{"customer_id": f"c{at}", "given_name": "John", "family_name": "Smith"} for at in range(200)]
    found = link([{"profile_id": "p", "platform": "x", "handle": "johnsmith"}, *ACCOUNTS], people)
    answers(found, profiles=4)
    rows = found.table.to_pandas()
    assert (rows["probability"].fillna(0) <= 1 / 200 + 1e-9).all()
    assert found.report.linked == 0


def test_every_profile_is_the_same() -> None:
    accounts = [{"profile_id": f"p{at}", "platform": "x", "handle": "xeniaquartermain"} for at in range(50)]
    found = answers(link(accounts, PEOPLE), profiles=50)
    assert len(set(found.values())) == 1


def test_customers_without_any_name(model: sl.LinkModel) -> None:
    people = [{"customer_id": f"c{at}", "city": "Leeds"} for at in range(20)]
    assert set(answers(link(ACCOUNTS, people, model=model), profiles=3).values()) == {None}
    assert set(answers(link(ACCOUNTS, people), profiles=3).values()) == {None}


@pytest.mark.parametrize("kind", [pa.null(), pa.int64(), pa.bool_()])
def test_columns_of_nulls(model: sl.LinkModel, kind: pa.DataType) -> None:
    def fill(rows: list[Row], names: list[str]) -> pa.Table:
        columns = {name: pa.array([row.get(name) for row in rows]) for name in ("given_name", "family_name", *names)}
        table = arrow_schema("customers" if "customer_id" in names else "profiles")
        nothing = {name: pa.nulls(len(rows), kind) for name in table.names if name not in columns}
        return pa.table({**columns, **nothing})

    customers = fill(PEOPLE, ["customer_id"])
    profiles = fill(ACCOUNTS, ["profile_id", "platform", "handle"])
    assert answers(link(profiles, customers, model=model), profiles=3)["p1"] == "c1"


@pytest.mark.parametrize("kind", [pa.null(), pa.int64()])
def test_columns_of_nulls_are_fitted(kind: pa.DataType) -> None:
    names = [name for name in arrow_schema("customers").names if name not in PEOPLE[3]]
    given = pa.Table.from_pylist([{name: row[name] for name in PEOPLE[3]} for row in PEOPLE])
    customers = pa.table(
        {**dict(zip(given.column_names, given.columns, strict=True)), **dict.fromkeys(names, pa.nulls(4, kind))}
    )
    assert answers(link(ACCOUNTS, customers), profiles=3)["p1"] == "c1"


# Too much


def test_100000_characters_in_a_bio() -> None:
    long = [{**ACCOUNTS[0], "bio": "Xenia of Leeds " * 7000}, *ACCOUNTS[1:]]
    found = link(long, PEOPLE)
    assert answers(found, profiles=3)["p1"] == "c1"
    assert found.rejects.to_pylist()[0]["reason"] == "too long"


def test_100000_characters_elsewhere(model: sl.LinkModel) -> None:
    long = "quartermain" * 9100
    columns = ("handle", "display_name", "location", "url", "email")
    profiles = [{**ACCOUNTS[0], "profile_id": column, column: long} for column in columns]
    found = link(profiles, [{**PEOPLE[0], "organisation": long}, *PEOPLE[1:]], model=model)
    answers(found, profiles=4)
    assert found.report.rejects == {"customers": 1, "profiles": 5}


def test_the_longest_values_allowed(model: sl.LinkModel) -> None:
    bio = ("Xenia Quartermain, Leeds, xenia@mail.example " * 300)[:10_000]
    profiles = [{**ACCOUNTS[0], "bio": bio, "display_name": ("Xenia Quartermain " * 20)[:300]}, *ACCOUNTS[1:]]
    people = [{**PEOPLE[0], "family_name": ("Quartermain-" * 30)[:300], "organisation": ["Leeds " * 40]}, *PEOPLE[1:]]
    found = link(profiles, people, model=model)
    assert answers(found, profiles=3)["p2"] == "c2"
    assert found.rejects.num_rows == 0


def test_a_thousand_values_in_one_cell(model: sl.LinkModel) -> None:
    people = [{**PEOPLE[0], "email": [f"xenia{at}@mail.example" for at in range(1000)]}, *PEOPLE[1:]]
    profiles = [*ACCOUNTS[:2], {**ACCOUNTS[2], "email": "xenia999@mail.example"}]
    assert answers(link(profiles, people, model=model), profiles=3) == {"p1": "c1", "p2": "c2", "p3": "c1"}


# Any script


SCRIPTS = {
    "right to left": ("שירה", "כהן", "שירה כהן"),
    "arabic": ("محمد", "عبد الرحمن", "محمد عبد الرحمن"),
    "cjk": ("太郎", "山田", "山田太郎"),
    "korean": ("민준", "김", "김민준"),
    "cyrillic": ("Иван", "Петров", "Иван Петров"),
    "greek": ("Ελένη", "Παπαδοπούλου", "Ελένη Παπαδοπούλου"),
    "devanagari": ("अमित", "शर्मा", "अमित शर्मा"),
    "emoji only": ("🦄", "🎉🎉", "🦄🎉🎉"),
    "zero width": ("\u200b\u200d", "\u2060", "\u200bJo\u200d"),
    "combining": ("Z̸͎͚̀a̵", "l̶̡g̷o", "Z̸͎͚̀a̵l̶̡g̷o"),
    "controls and marks": ("\u202eoJ", "\ufeffLi", "\u202eoJ Li"),
    "mathematical": ("\U0001d4b3\U0001d452", "\U0001d410\U0001d42e", "\U0001d4b3\U0001d452 \U0001d410\U0001d42e"),
}


def test_names_of_any_script(model: sl.LinkModel) -> None:
    """Beside ordinary people, by a model of ordinary people; names that hold letters find their owner."""
    people, profiles = list(PEOPLE), list(ACCOUNTS)
    for script, (given, family, shown) in SCRIPTS.items():
        named = {"given_name": given, "family_name": family, "full_name": shown}
        people.append({"customer_id": f"c {script}", **named, "city": shown})
        seen = {"display_name": shown, "bio": shown, "location": shown}
        profiles.append({"profile_id": f"p {script}", "platform": "x", "handle": f"k7q{len(profiles)}", **seen})
    found = answers(link(profiles, people, model=model), profiles=len(profiles))
    assert found["p1"] == "c1"
    for script in ("arabic", "cjk", "cyrillic", "greek", "right to left"):
        assert found[f"p {script}"] == f"c {script}"


def test_a_whole_crm_in_other_scripts() -> None:
    """Fitted, where nothing is Latin."""
    names = [(given, family, shown) for given, family, shown in SCRIPTS.values()]
    people = [
        {"customer_id": f"c{at}", "given_name": one, "family_name": two} for at, (one, two, _) in enumerate(names)
    ]
    profiles = [
        {"profile_id": f"p{at}", "platform": "mastodon", "handle": f"u{at}x7", "display_name": shown}
        for at, (_, _, shown) in enumerate(names)
    ]
    found = answers(link(profiles, people), profiles=len(names))
    written = [place for place, script in enumerate(SCRIPTS) if script not in ("emoji only", "zero width", "combining")]
    assert [found[f"p{place}"] for place in written] == [f"c{place}" for place in written]


# Files


@pytest.mark.parametrize(
    ("before", "separator", "encoding"),
    [(b"\xef\xbb\xbf", ",", "utf-8"), (b"", ";", "utf-8"), (b"\xef\xbb\xbf", ";", "utf-8"), (b"", ",", "utf-16")],
    ids=["byte order mark", "semicolons", "both", "utf-16"],
)
def test_csv_of_spreadsheets(model: sl.LinkModel, tmp_path: Path, before: bytes, separator: str, encoding: str) -> None:
    paths = {}
    for name, rows in (("profiles", ACCOUNTS), ("customers", PEOPLE)):
        text = pd.DataFrame(rows).to_csv(index=False, sep=separator, lineterminator="\r\n")
        paths[name] = tmp_path / f"{name}.csv"
        paths[name].write_bytes(before + text.encode(encoding))
    found = link(paths["profiles"], paths["customers"], model=model)
    assert answers(found, profiles=3)["p1"] == "c1"
    assert found.rejects.num_rows == 0


def test_broken_quotes_cost_their_own_row(model: sl.LinkModel, tmp_path: Path) -> None:
    path = tmp_path / "profiles.csv"
    path.write_text('profile_id,platform,handle,bio\np1,x,xeniaquartermain,"open\np2,x,bokonkwo,fine\n', "utf-8")
    found = link(path, PEOPLE, model=model)
    assert list(answers(found, profiles=1)) == ["p2"]
    assert found.rejects.to_pylist()[0]["reason"] == "broken quotes"


def test_a_file_that_is_no_table(tmp_path: Path) -> None:
    for name in ("profiles.parquet", "profiles.csv", "profiles.jsonl", "profiles.xlsx"):
        path = tmp_path / name
        path.write_bytes(bytes(range(256)) * 9)
        with pytest.raises((InputError, NothingToLinkError)):
            link(path, PEOPLE)


def test_files_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        link(tmp_path / "absent.csv", tmp_path / "gone.csv")
    assert len(caught.value.problems) == 2


@pytest.mark.parametrize("source", [None, 7, object(), {"handle": "x"}, "nosuch.csv", b"bytes", [1, 2], [None]])
def test_things_that_are_no_tables(source: Any) -> None:
    for verb in (link, sl.check):
        with pytest.raises(InputError):
            verb(source, PEOPLE)
        with pytest.raises(InputError):
            verb(ACCOUNTS, source)


def test_missing_columns_are_all_named_at_once() -> None:
    with pytest.raises(InputError) as caught:
        link([{"bio": "hello"}], [{"city": "Leeds"}])
    said = str(caught.value)
    for column in ("profiles.platform", "profiles.handle", "customers.customer_id"):
        assert column in said


# Ids


def test_integer_ids_on_one_side_and_strings_on_the_other(tmp_path: Path, model: sl.LinkModel) -> None:
    people = pd.DataFrame([{**row, "customer_id": at} for at, row in enumerate(PEOPLE, 1)])
    accounts = [{**row, "profile_id": str(at)} for at, row in enumerate(ACCOUNTS, 1)]
    known = pd.DataFrame({"profile_id": [3], "customer_id": [4]})
    found = link(accounts, people, known=known, model=model)
    assert answers(found, profiles=3)["1"] == "1"
    assert answers(found, profiles=3)["3"] == "4"
    assert not found.report.warnings
    for truth in (
        pd.DataFrame({"profile_id": [1, 2, 3], "customer_id": [1, 2, None]}),
        write_csv(tmp_path, "truth", [{"profile_id": 1, "customer_id": 1}, {"profile_id": 3, "customer_id": 4}]),
    ):
        assert sl.evaluate(found, truth, bootstrap=0).recall_at_1 > 0


def test_duplicate_ids_are_set_aside_and_counted(model: sl.LinkModel) -> None:
    found = link([*ACCOUNTS, ACCOUNTS[0]], [*PEOPLE, PEOPLE[0], PEOPLE[1]], model=model)
    answers(found, profiles=found.report.profiles)
    assert set(found.rejects["reason"].to_pylist()) == {"duplicate id"}
    assert found.report.rejects["profiles"] >= 1
    assert found.report.rejects["customers"] >= 2


def test_duplicate_known_links(model: sl.LinkModel) -> None:
    known = [{"profile_id": "p3", "customer_id": "c4"}, {"profile_id": "p3", "customer_id": "c1"}]
    found = link(ACCOUNTS, PEOPLE, known=known, model=model)
    assert "duplicate id" in found.rejects["reason"].to_pylist()
    answers(found, profiles=3)


def test_known_links_without_profiles_are_named_as_they_were_given(model: sl.LinkModel) -> None:
    with pytest.raises(InputError, match=r"known\.profile_id: the required column is missing"):
        link(ACCOUNTS, PEOPLE, known=[{"customer_id": "c1"}], model=model)


def test_known_links_that_name_unknown_ids(model: sl.LinkModel) -> None:
    known = [{"profile_id": "p9", "customer_id": "c1"}, {"profile_id": "p1", "customer_id": "c99"}]
    found = link(ACCOUNTS, PEOPLE, known=known, model=model)
    assert answers(found, profiles=3)["p1"] == "c1"
    assert len(found.report.warnings) == 2


def test_a_truth_that_names_unknown_ids(plain: sl.Links, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not in the links"):
        sl.evaluate(plain, [{"profile_id": f"q{at}", "customer_id": None} for at in range(5)])
    links = plain.write(tmp_path / "links.parquet")
    truth = write_csv(tmp_path, "truth", [{"profile_id": "nosuch", "customer_id": "c1"}])
    assert main(["evaluate", "--links", str(links), "--truth", str(truth)]) == 2
    unknown = [{"profile_id": row["profile_id"], "customer_id": "c99"} for row in ACCOUNTS]
    assert sl.evaluate(plain, unknown, bootstrap=0).recall_at_1 == 0


# Rules


def test_no_policy() -> None:
    with pytest.raises(TypeError, match="policy"):
        sl.link(ACCOUNTS, PEOPLE)  # type: ignore[call-arg]
    for policy in (None, "", "marketing", 3):
        with pytest.raises(PolicyError):
            sl.link(ACCOUNTS, PEOPLE, policy=policy)


def test_a_misspelt_option_is_refused_at_the_door() -> None:
    with pytest.raises(TypeError, match="treshold"):
        sl.link(ACCOUNTS, PEOPLE, policy=POLICY, treshold=0.5)  # type: ignore[call-arg]
    with pytest.raises(InvalidParameterError, match="top"):
        link(ACCOUNTS, PEOPLE, top=-1)


# Outputs


def disk_full(_: int) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def read_only(self: Path, mode: str = "r", *args: Any, **options: Any) -> Any:
    if mode.startswith(("w", "x", "a")):
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))
    return open(self, mode, *args, **options)


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    (tmp_path / "out").mkdir()
    paths = {name: write_csv(tmp_path, name, rows) for name, rows in (("profiles", ACCOUNTS), ("customers", PEOPLE))}
    return {**paths, "out": tmp_path / "out"}


def command(files: dict[str, Path], *more: Any) -> list[str]:
    given = [
        "--profiles",
        files["profiles"],
        "--customers",
        files["customers"],
        "--policy",
        "research",
        "--who",
        "tests",
    ]
    return [str(one) for one in ("link", *given, "--output", files["out"] / "links.parquet", "--quiet", *more)]


@pytest.mark.parametrize("suffix", ["parquet", "csv", "jsonl"])
def test_a_full_disk(
    model: sl.LinkModel, plain: sl.Links, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    target = plain.write(tmp_path / f"links.{suffix}")
    before = target.read_bytes()
    monkeypatch.setattr(os, "fsync", disk_full)
    for write in (
        lambda: plain.write(target),
        lambda: plain.write(tmp_path / f"new.{suffix}"),
        lambda: model.save(tmp_path / "model.json"),
    ):
        with pytest.raises(OutputError, match="the disk is full"):
            write()
    assert [path.name for path in tmp_path.iterdir()] == [target.name]
    assert target.read_bytes() == before


def test_a_full_disk_on_the_command_line(
    files: dict[str, Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "fsync", disk_full)
    assert main(command(files, "--save-model", files["out"] / "model.json")) == 2
    assert "the disk is full" in capsys.readouterr().err
    assert list(files["out"].iterdir()) == []


def test_a_read_only_folder(
    model: sl.LinkModel, plain: sl.Links, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "open", read_only)
    for write in (lambda: plain.write(tmp_path / "links.csv"), lambda: model.save(tmp_path / "model.json")):
        with pytest.raises(OutputError, match="read-only"):
            write()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="folder permissions do not bind this user")
def test_a_folder_without_permission_on_the_command_line(files: dict[str, Path]) -> None:
    files["out"].chmod(0o500)
    try:
        assert main(command(files)) == 2
        assert list(files["out"].iterdir()) == []
    finally:
        files["out"].chmod(0o700)


def test_a_folder_that_is_not_there_on_the_command_line(
    files: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(command(files | {"out": files["out"] / "absent"})) == 2
    assert "Make it first" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda files: files["profiles"].write_text("profile_id,platform,handle\n"), 3),
        (lambda files: files["customers"].write_text("customer_id,family_name\n"), 3),
        (lambda files: files["profiles"].write_text("profile_id,platform,handle\np1,x,\n"), 3),
        (lambda files: files["profiles"].write_text(""), 2),
        (lambda files: files["profiles"].unlink(), 2),
        (lambda files: files["customers"].write_text("colour\nred\n"), 2),
    ],
    ids=["no profiles", "no customers", "empty handles", "empty file", "no file", "other columns"],
)
def test_exit_codes(
    files: dict[str, Path], capsys: pytest.CaptureFixture[str], change: Callable[[dict[str, Path]], object], code: int
) -> None:
    change(files)
    assert main(command(files)) == code
    said = capsys.readouterr().err
    assert said.startswith("sociolink:")
    assert "Traceback" not in said
    assert list(files["out"].iterdir()) == []


def test_messages_hold_no_personal_data(tmp_path: Path) -> None:
    secret = "Xenia.Quartermain@mail.example"
    rows = [{"profile_id": "p1", "platform": "x", "handle": "jo", "created_at": secret, "consent": secret}]
    path = write_csv(tmp_path, "profiles", rows)
    with pytest.raises(InputError) as caught:
        link(path, [{"name": secret}])
    assert secret not in str(caught.value)
    found = sl.check(path, [{**PEOPLE[0], "birth_date": secret}])
    assert secret not in str(found)
    assert secret not in str(found.to_dict())
