"""The synthetic world holds what was asked for, the same every time, in canonical tables."""

from __future__ import annotations

import itertools
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from sociolink import datasets
from sociolink.datasets import World
from sociolink.errors import InvalidParameterError, OutputError
from sociolink.records.columns import arrow_schema

TABLES = ("customers", "profiles", "posts", "events", "truth", "groups", "about")


@pytest.fixture(scope="module")
def world() -> World:
    return datasets.synthetic(3000, 4000, coverage=0.4, seed=11)


def counts(column: pa.ChunkedArray) -> dict[str | None, int]:
    return {entry["values"]: entry["counts"] for entry in column.value_counts().to_pylist()}


def share_held(table: pa.Table, column: str) -> float:
    return 1 - table[column].null_count / len(table)


def test_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        datasets.synthetic(300, 300, seed=5).write(tmp_path / name)
    for table in TABLES:
        one, two = ((tmp_path / name / f"{table}.parquet").read_bytes() for name in ("one", "two"))
        assert one == two, table


def test_another_seed_gives_other_people() -> None:
    one, two = (datasets.synthetic(300, 300, seed=seed) for seed in (1, 2))
    assert not one.customers.equals(two.customers)
    assert not one.profiles.equals(two.profiles)


def test_more_posts_change_nothing_else() -> None:
    few, many = (datasets.synthetic(300, 300, posts=posts) for posts in (10, 500))
    for table in ("customers", "profiles", "events", "truth", "groups"):
        assert getattr(few, table).equals(getattr(many, table)), table
    assert (len(few.posts), len(many.posts)) == (10, 500)


@pytest.mark.parametrize("kind", ["customers", "profiles", "posts", "events", "truth"])
def test_tables_are_canonical(world: World, kind: str) -> None:
    table, schema = getattr(world, kind), arrow_schema(kind)
    assert table.column_names[: len(schema)] == schema.names
    assert [table[name].type for name in schema.names] == schema.types


def test_extra_columns_are_for_analysis_only(world: World) -> None:
    assert world.truth.column_names == ["profile_id", "customer_id", "stranger_kind", "tells_name"]
    assert world.events.column_names[-1] == "status"
    assert world.groups.column_names == ["customer_id", "group_id"]


def test_sizes_and_coverage_are_exact(world: World) -> None:
    assert (len(world.customers), len(world.profiles)) == (3000, 4000)
    assert (len(world.posts), len(world.events)) == (8000, 3000)
    assert world.coverage == 0.4


def test_no_coverage_gives_strangers_only() -> None:
    world = datasets.synthetic(200, 300, coverage=0)
    assert world.truth["customer_id"].null_count == 300
    assert world.truth["stranger_kind"].null_count == 0


def test_full_coverage_gives_no_strangers() -> None:
    world = datasets.synthetic(200, 3000, coverage=1)
    assert world.truth["customer_id"].null_count == 0
    assert pc.all(pc.is_in(world.truth["customer_id"], world.customers["customer_id"])).as_py()


def test_ids_are_unique_and_references_hold(world: World) -> None:
    for table, column in [
        ("customers", "customer_id"),
        ("profiles", "profile_id"),
        ("posts", "post_id"),
        ("events", "event_id"),
        ("events", "reference"),
    ]:
        values = getattr(world, table)[column]
        assert pc.count_distinct(values).as_py() == len(values), column
    assert world.truth["profile_id"].equals(world.profiles["profile_id"])
    assert world.groups["customer_id"].equals(world.customers["customer_id"])
    assert pc.all(pc.is_in(world.events["customer_id"], world.customers["customer_id"])).as_py()
    assert pc.all(pc.is_in(world.posts["profile_id"], world.profiles["profile_id"])).as_py()
    known = world.truth["customer_id"].drop_null()
    assert pc.all(pc.is_in(known, world.customers["customer_id"])).as_py()


def test_no_handle_twice_on_one_platform(world: World) -> None:
    keys = pc.binary_join_element_wise(world.profiles["platform"], pc.utf8_lower(world.profiles["handle"]), " ")
    assert pc.count_distinct(keys).as_py() == 4000
    assert pc.min(pc.utf8_length(world.profiles["handle"])).as_py() >= 3


def test_platform_rules(world: World) -> None:
    by_platform = {
        name: world.profiles.filter(pc.equal(world.profiles["platform"], name))["handle"]
        for name in counts(world.profiles["platform"])
    }
    assert len(by_platform) == 7
    assert pc.max(pc.utf8_length(by_platform["twitter"])).as_py() <= 15
    assert pc.all(pc.match_substring_regex(by_platform["twitter"], "^[A-Za-z0-9_]+$")).as_py()
    assert pc.all(pc.match_substring_regex(by_platform["mastodon"], "^[A-Za-z0-9_]+@[a-z.]+$")).as_py()
    assert pc.all(pc.match_substring_regex(by_platform["bluesky"], r"^[a-z0-9-]+\.[a-z.]+$")).as_py()
    tailed = pc.match_substring_regex(by_platform["linkedin"], "-[0-9ab]{9}$")
    assert 0.3 < pc.mean(tailed.cast(pa.float64())).as_py() < 0.7


def test_one_account_a_platform_as_long_as_there_are_any(world: World) -> None:
    owned = world.truth.filter(world.truth["customer_id"].is_valid())
    pairs = owned.join(world.profiles.select(["profile_id", "platform"]), "profile_id")
    assert pc.count_distinct(pairs["customer_id"]).as_py() == 960
    seen = pairs.group_by(["customer_id", "platform"]).aggregate([([], "count_all")])
    assert pc.max(seen["count_all"]).as_py() == 1
    assert pc.max(pairs.group_by("customer_id").aggregate([([], "count_all")])["count_all"]).as_py() > 1


def test_kinds_of_strangers_come_in_the_shares_asked_for() -> None:
    world = datasets.synthetic(
        500, 2000, coverage=0.5, shifted_strangers=0.3, organisations=0.1, bots=0.1, fans=0.05, parodies=0.05
    )
    assert counts(world.truth["stranger_kind"]) == {
        None: 1000,
        "same": 400,
        "shifted": 300,
        "organisation": 100,
        "bot": 100,
        "fan": 50,
        "parody": 50,
    }


def test_people_entered_twice_share_a_group(world: World) -> None:
    sizes = counts(pa.chunked_array([world.groups["group_id"].combine_chunks()])).values()
    assert sorted(set(sizes)) == [1, 2]
    assert sum(size == 2 for size in sizes) == 90


def test_names_have_a_long_tail_and_namesakes(world: World) -> None:
    people = world.customers.filter(world.customers["family_name"].is_valid())
    families = counts(people["family_name"])
    assert sum(number == 1 for number in families.values()) > 0.3 * len(people)
    assert max(families.values()) > 10
    both = pc.binary_join_element_wise(people["given_name"], people["family_name"], " ")
    assert pc.count_distinct(both).as_py() < len(people) - 60


def test_households_share_family_name_and_address() -> None:
    fields = {"customers.street": 1.0, "customers.city": 1.0}
    alone, together = (
        datasets.synthetic(
            2000, 1, coverage=0, households=share, fields=fields, entered_twice=0, stale=0, typos=0, namesakes=0
        ).customers.group_by(["family_name", "street", "city"])
        for share in (0.0, 0.9)
    )
    number_alone, number_together = (len(group.aggregate([])) for group in (alone, together))
    assert number_together < 0.8 * number_alone


def test_consent_is_null_true_or_false(world: World) -> None:
    found = counts(world.customers["consent"])
    assert found[None] > found[True] > found[False] > 0


def test_fields_set_what_is_held() -> None:
    fields = {"customers.email": 1.0, "customers.phone": 0.0, "profiles.display_name": 0.0, "profiles.bio": 1.0}
    world = datasets.synthetic(400, 400, fields=fields)
    assert share_held(world.customers, "email") == 1
    assert share_held(world.customers, "phone") == 0
    assert share_held(world.profiles, "display_name") == 0
    assert share_held(world.profiles, "bio") > 0.95


def test_cultures_and_platforms_are_kept_to() -> None:
    world = datasets.synthetic(300, 300, cultures={"french": 1}, platforms=("github",), shifted_strangers=0)
    countries = set(counts(world.customers["country"])) - {None}
    assert countries <= {"FR", "BE", "CH", "CA", "US"}
    assert counts(world.profiles["platform"]) == {"github": 300}


def test_display_names_come_in_several_scripts(world: World) -> None:
    shown = world.profiles["display_name"]
    for script in (r"\p{Cyrillic}", r"\p{Arabic}", r"\p{Han}"):
        assert pc.any(pc.match_substring_regex(shown, script)).as_py(), script
    assert pc.all(pc.string_is_ascii(world.profiles["handle"])).as_py()


def test_opaque_share_moves_name_based_handles() -> None:
    def share_with_family(opaque: float) -> float:
        world = datasets.synthetic(1500, 1500, coverage=1, opaque=opaque, typos=0, stale=0, cultures={"us": 1})
        owner = world.truth.select(["profile_id", "customer_id"]).join(
            world.customers.select(["customer_id", "family_name"]), "customer_id"
        )
        both = owner.join(world.profiles.select(["profile_id", "handle"]), "profile_id")
        both = both.filter(both["family_name"].is_valid())
        found = [
            row["family_name"].lower()[:4] in row["handle"].lower()
            for row in both.select(["family_name", "handle"]).to_pylist()
        ]
        return sum(found) / len(found)

    assert share_with_family(0.0) > 0.65
    assert share_with_family(1.0) < 0.25


def test_known_accounts_point_at_profiles_unless_renamed() -> None:
    def share_found(renamed: float) -> float:
        world = datasets.synthetic(500, 500, coverage=1, fields={"customers.handles": 1.0}, renamed=renamed)
        accounts = pc.binary_join_element_wise(world.profiles["platform"], world.profiles["handle"], ":")
        owners = pc.is_in(world.customers["customer_id"], world.truth["customer_id"])
        listed = pc.list_flatten(world.customers.filter(owners)["handles"])
        return float(pc.mean(pc.is_in(listed, accounts.combine_chunks()).cast(pa.float64())).as_py())

    assert share_found(0.0) > 0.95
    assert share_found(1.0) < 0.2


def test_only_tickets_are_open_or_closed(world: World) -> None:
    is_ticket = pc.equal(world.events["kind"], "ticket")
    assert pc.equal(is_ticket, world.events["status"].is_valid()).to_pylist().count(False) == 0
    assert set(counts(world.events["status"])) == {None, "open", "closed"}


def test_contacts_stand_under_reserved_domains() -> None:
    world = datasets.synthetic(500, 500, typos=0)
    for table, column in itertools.product((world.customers, world.profiles), ("email",)):
        assert pc.all(pc.ends_with(pc.list_flatten(table[column]), ".example")).as_py()


@pytest.mark.parametrize(("customers", "profiles"), [(1, 1), (1, 50), (50, 1), (2, 2)])
def test_tiny_worlds(customers: int, profiles: int) -> None:
    world = datasets.synthetic(customers, profiles, posts=0, events=0)
    assert (len(world.customers), len(world.profiles), len(world.posts), len(world.events)) == (
        customers,
        profiles,
        0,
        0,
    )
    assert world.posts.column_names == arrow_schema("posts").names


def test_demo_world_is_small() -> None:
    world = datasets.demo_world()
    assert (len(world.customers), len(world.profiles), len(world.posts)) == (2000, 1800, 18_000)
    assert counts(world.events["status"])["open"] > 100


def test_every_bad_setting_is_named_at_once() -> None:
    with pytest.raises(InvalidParameterError) as caught:
        datasets.synthetic(
            0,
            10,
            coverage=1.5,
            platforms=("twiter",),
            cultures={"frensh": 1},
            fields={"customers.emial": 0.5, "profiles.bio": 2},
            bots=0.9,
            fans=0.9,
        )
    message = str(caught.value)
    for part in (
        "customers is 0",
        "coverage is 1.5",
        "'twitter'",
        "'french'",
        "'customers.email'",
        "'profiles.bio'",
        "more than 1",
    ):
        assert part in message


@pytest.mark.parametrize(
    "given",
    [
        {"customers": 10.5}, {"customers": "10"}, {"customers": True}, {"profiles": None}, {"seed": 1.5},
        {"posts": 2.5}, {"events": "3"}, {"coverage": "x"}, {"coverage": None}, {"noise": float("nan")}, {"bots": True},
        {"fields": {"customers.email": "x"}}, {"cultures": {"us": "x"}},
    ],
    ids=str,
)  # fmt: skip
def test_settings_of_another_type_are_one_clear_error(given: dict[str, Any]) -> None:
    with pytest.raises(InvalidParameterError, match=next(iter(given))):
        datasets.synthetic(**{"customers": 20, "profiles": 10} | given)


def test_numbers_may_be_numpys() -> None:
    given: dict[str, Any] = {"customers": np.int64(20), "profiles": np.int32(10), "seed": np.int64(3)}
    assert datasets.synthetic(**given).customers.equals(datasets.synthetic(20, 10, seed=3).customers)


@pytest.mark.parametrize(("coverage", "fans"), [(1.0, 0.0), (0.0, 0.5)])
def test_companies_alone_have_no_profiles(coverage: float, fans: float) -> None:
    """Else there would be fewer profiles than were asked for, or a traceback."""
    with pytest.raises(InvalidParameterError, match=r"companies is 1\.0"):
        datasets.synthetic(20, 20, coverage=coverage, companies=1.0, fans=fans)


def test_companies_alone_among_strangers() -> None:
    world = datasets.synthetic(20, 20, coverage=0.0, companies=1.0, fans=0.0, parodies=0.0)

    assert counts(world.customers["kind"]) == {"organisation": 20}
    assert len(world.profiles) == 20


def test_organisations_that_are_customers_do_not_appear_as_strangers() -> None:
    """The account of an organisation in the CRM would be that customer's, whatever the truth said."""
    world = datasets.synthetic(2000, 1500, coverage=0.2, companies=0.05, organisations=0.3)

    customers = set(world.customers.filter(pc.equal(world.customers["kind"], "organisation"))["full_name"].to_pylist())
    kind = dict(zip(*(world.truth[name].to_pylist() for name in ("profile_id", "stranger_kind")), strict=True))
    shown = world.profiles["display_name"].to_pylist()
    strangers = [
        name
        for profile, name in zip(world.profiles["profile_id"].to_pylist(), shown, strict=True)
        if kind[profile] == "organisation" and name
    ]
    assert len(customers) > 50
    assert len(strangers) > 200
    assert not customers & set(strangers)


def test_write_round_trip(tmp_path: Path) -> None:
    world = datasets.synthetic(50, 50)
    folder = world.write(tmp_path / "deep" / "world")
    assert sorted(path.name for path in folder.iterdir()) == sorted(f"{name}.parquet" for name in TABLES)
    for name in TABLES:
        assert pq.read_table(folder / f"{name}.parquet").equals(getattr(world, name))


def test_write_to_a_file_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("something else")
    with pytest.raises(OutputError, match="could not be written"):
        datasets.synthetic(5, 5).write(tmp_path / "taken")
    assert (tmp_path / "taken").read_text() == "something else"


def test_a_failed_write_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_table = pq.write_table

    def fail_on_posts(table: pa.Table, where: Path, **options: str) -> None:
        write_table(table, where, **options)
        if "posts" in where.name:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(pq, "write_table", fail_on_posts)
    with pytest.raises(OutputError, match="No space left"):
        datasets.synthetic(5, 5).write(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_door_loads_nothing() -> None:
    code = "import sys, sociolink.datasets; print([m for m in ('numpy', 'pyarrow', 'pandas') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_unknown_names_at_the_door() -> None:
    with pytest.raises(AttributeError):
        _ = datasets.nothing_like_it  # type: ignore[attr-defined]
    assert dir(datasets) == ["World", "demo_world", "synthetic"]


@pytest.mark.parametrize("cultures", [{}, {"us": float("nan")}, {"us": -1.0}, {"us": 0}])
def test_cultures_need_weights(cultures: dict[str, float]) -> None:
    with pytest.raises(InvalidParameterError, match="cultures must have weights"):
        datasets.synthetic(10, 10, cultures=cultures)


def test_many_accounts_are_spread_over_few_customers() -> None:
    world = datasets.synthetic(20, 1000, coverage=1, entered_twice=0, companies=0)
    per_customer = counts(world.truth["customer_id"]).values()
    assert sum(per_customer) == 1000
    assert len(per_customer) > 10
    assert max(per_customer) < 150
