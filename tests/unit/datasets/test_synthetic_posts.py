"""Posts of the synthetic world: what is said about own events, and every kind of noise, at about the stated rates."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from sociolink import datasets
from sociolink.datasets import World

UNTOUCHED = ("customers", "profiles", "truth", "groups")


@pytest.fixture(scope="module")
def world() -> World:
    return datasets.synthetic(4000, 3000, coverage=0.5, seed=5, posts=40_000, events=12_000)


@pytest.fixture(scope="module")
def posts(world: World) -> pd.DataFrame:
    """Posts with what each is about, whose it is, and the event that it is about."""
    joined = world.posts.to_pandas().merge(world.about.to_pandas(), on="post_id")
    joined = joined.merge(world.truth.to_pandas().rename(columns={"customer_id": "owner"}), on="profile_id")
    events = world.events.to_pandas().add_prefix("event_").rename(columns={"event_event_id": "event_id"})
    joined = joined.merge(events, on="event_id", how="left")
    return joined.assign(hours=(joined["created_at"] - joined["event_occurred_at"]).dt.total_seconds() / 3600)


def person_of(world: World) -> dict[str, str]:
    return dict(zip(*(world.groups[name].to_pylist() for name in world.groups.column_names), strict=True))


def test_every_post_is_in_the_truth_of_posts(world: World) -> None:
    assert world.about["post_id"].equals(world.posts["post_id"])
    assert world.posts["text"].null_count == 0
    assert pc.all(pc.is_in(world.about["event_id"].drop_null(), world.events["event_id"])).as_py()


def test_settings_of_posts_change_nothing_else() -> None:
    one = datasets.synthetic(300, 300, seed=4)
    for settings in ({"noise": 0.0}, {"quoting": 0.9}, {"about_events": 0.0}, {"events": 50}, {"posts": 90}):
        other = datasets.synthetic(300, 300, seed=4, **settings)  # type: ignore[arg-type]
        for table in UNTOUCHED:
            assert getattr(one, table).equals(getattr(other, table)), (settings, table)


def test_own_events_are_their_authors_own(world: World, posts: pd.DataFrame) -> None:
    person = person_of(world)
    about = posts[posts["event_id"].notna()]
    assert len(about) > 2000
    assert (about["event_customer_id"].map(person) == about["owner"].map(person)).all()


def test_a_share_of_them_quotes_the_number(posts: pd.DataFrame) -> None:
    about = posts[posts["event_id"].notna()]
    of_visits = about["event_kind"] == "visit"
    assert about.loc[~of_visits, "number"].notna().mean() == pytest.approx(0.3, abs=0.04)
    assert about.loc[of_visits, "number"].notna().mean() == pytest.approx(0.075, abs=0.04)


def test_own_numbers_are_those_of_the_event_written_in_several_ways(posts: pd.DataFrame) -> None:
    own = posts[posts["number"] == "own"]

    def bare(numbers: pd.Series) -> pd.Series:
        return numbers.str.lower().str.replace("[^a-z0-9]", "", regex=True)

    written, plain = bare(own["quoted"]), bare(own["event_reference"])
    ends = [reference.endswith(number) or number in reference for number, reference in zip(written, plain, strict=True)]
    digits = own["event_reference"].str.replace("[^0-9]", "", regex=True)
    assert all(end or number == only for end, number, only in zip(ends, written, digits, strict=True))
    assert 0.7 < (own["quoted"] == own["event_reference"]).mean() < 0.9
    assert [number in text for number, text in zip(own["quoted"], own["text"], strict=True)].count(False) == 0
    assert own["hours"].min() >= 0


def test_some_numbers_are_mistyped(world: World, posts: pd.DataFrame) -> None:
    slipped = posts[posts["number"] == "mistyped"]
    assert len(slipped) / (posts["number"].isin(("own", "mistyped"))).sum() == pytest.approx(0.06, abs=0.03)
    assert (slipped["quoted"] != slipped["event_reference"]).all()


def test_foreign_numbers_look_alike_and_belong_to_no_event(world: World, posts: pd.DataFrame) -> None:
    foreign = posts[posts["number"] == "foreign"]
    known = set(world.events["reference"].to_pylist())
    assert foreign["event_id"].isna().all()
    assert len(foreign) > 0.5 * (posts["number"] == "own").sum()
    assert foreign["quoted"].isin(known).mean() < 0.25
    shapes = {shape(reference) for reference in known}
    assert foreign["quoted"].map(shape).isin(shapes).mean() > 0.7
    assert foreign["owner"].notna().any()
    assert foreign["owner"].isna().any()


def shape(number: str) -> str:
    return "".join("9" if sign.isdigit() else "A" if sign.isalpha() else sign for sign in number)


def test_some_write_on_behalf_of_others(world: World, posts: pd.DataFrame) -> None:
    behalf = posts[posts["number"] == "on_behalf"]
    assert len(behalf) / (posts["number"] == "own").sum() == pytest.approx(0.04, abs=0.01)
    person, owner_of = person_of(world), dict(zip(*map_of(world), strict=True))
    known = behalf[behalf["quoted"].isin(owner_of)]
    assert (known["quoted"].map(owner_of).map(person) != known["owner"].map(person)).mean() > 0.95
    assert behalf["event_id"].isna().all()


def map_of(world: World) -> tuple[list[str], list[str]]:
    return world.events["reference"].to_pylist(), world.events["customer_id"].to_pylist()


def test_numbers_are_passed_on_after_their_first_appearance(posts: pd.DataFrame) -> None:
    first = (
        posts[posts["number"].isin(("own", "mistyped", "on_behalf", "foreign"))].groupby("quoted")["created_at"].min()
    )
    passed = posts[posts["number"] == "passed_on"]
    assert (passed["created_at"] >= passed["quoted"].map(first)).all()
    assert set(passed["kind"]) == {"repost", "quote", "reply"}
    assert len(passed) > 0.5 * len(first)


def test_reposts_and_quotes_hold_what_another_said(posts: pd.DataFrame) -> None:
    said = set(posts["text"])
    reposts = posts[posts["kind"] == "repost"]
    assert len(reposts) / len(posts) == pytest.approx(0.16 * 0.65, abs=0.02)
    assert reposts["text"].str.replace(r"^RT @\S+: ", "", regex=True).isin(said).all()
    quotes = posts[posts["kind"] == "quote"]
    assert quotes["text"].str.replace(r"^.* QT @\S+: ", "", regex=True).isin(said).all()
    assert (posts.loc[posts["topic"] == "passed_on", "event_id"].isna()).all()


def test_the_company_answers_with_numbers(posts: pd.DataFrame) -> None:
    answers = posts[posts["number"] == "company"]
    assert len(answers) > 100
    assert set(answers["stranger_kind"]) == {"organisation"}
    assert answers["text"].str.contains("/novatel team", case=False).all()


def test_without_noise_nothing_misleads() -> None:
    world = datasets.synthetic(500, 500, coverage=0.8, posts=5000, events=1500, noise=0.0)
    assert set(world.about["number"].to_pylist()) == {None, "own"}
    assert set(world.posts["kind"].to_pylist()) == {"post", "reply"}


def test_there_may_be_no_posts_about_own_events() -> None:
    world = datasets.synthetic(500, 500, coverage=0.8, posts=5000, events=1500, about_events=0.0)
    assert world.about["event_id"].null_count == 5000
    assert set(world.about["number"].to_pylist()) == {None, "foreign", "passed_on"}


def test_strangers_complain_as_much_as_customers(posts: pd.DataFrame) -> None:
    people = posts[
        (posts["owner"].notna() | posts["stranger_kind"].isin(("same", "shifted"))) & posts["event_id"].isna()
    ]
    share = (people["topic"] == "complaint").groupby(people["owner"].notna()).mean()
    assert share[False] == pytest.approx(share[True], rel=0.15)
    unfiled = people[people["topic"].isin(("order", "ticket", "visit", "warranty", "delivery", "invoice"))]
    by_owner = (people.index.isin(unfiled.index) * 1.0).reshape(-1)
    rate = pd.Series(by_owner).groupby(people["owner"].notna().to_numpy()).mean()
    assert rate[False] == pytest.approx(rate[True], rel=0.2)


def test_everybody_speaks_of_outages_and_launches_on_some_days(posts: pd.DataFrame) -> None:
    for topic, days in (("outage", 40), ("launch", 32)):
        by_day = posts.loc[posts["topic"] == topic, "created_at"].dt.date.value_counts()
        assert by_day.head(days).sum() > 0.6 * by_day.sum(), topic
    chat = posts.loc[posts["topic"] == "chat", "created_at"].dt.date.value_counts()
    assert chat.head(40).sum() < 0.2 * chat.sum()


def test_orders_come_with_launches_and_tickets_with_outages(world: World, posts: pd.DataFrame) -> None:
    events = world.events.to_pandas()
    for kind, topic in (("order", "launch"), ("ticket", "outage")):
        by_day = events.loc[events["kind"] == kind, "occurred_at"].dt.date.value_counts()
        busy = posts.loc[posts["topic"] == topic, "created_at"].dt.date.value_counts().head(8).index
        assert by_day.reindex(busy).mean() > 2 * by_day.median(), kind


def test_products_are_popular_by_zipf(world: World) -> None:
    counts = world.events.to_pandas()["product"].value_counts()
    assert len(counts) > 40
    assert counts.iloc[0] > 5 * counts.iloc[-8]
    assert counts.iloc[:10].sum() < 0.7 * counts.sum()


def test_products_are_not_always_written_out(posts: pd.DataFrame) -> None:
    about = posts[posts["event_id"].notna() & posts["number"].isna() & (posts["event_kind"] == "warranty")]
    whole = [product in text for product, text in zip(about["event_product"], about["text"], strict=True)]
    assert 0.5 < sum(whole) / len(whole) < 0.75


def test_people_write_soon_or_late_and_complain_before_they_open_a_ticket(posts: pd.DataFrame) -> None:
    hours = posts.loc[posts["event_id"].notna(), "hours"].groupby(posts["event_kind"])
    median = hours.median()
    assert median["visit"] < median["ticket"] < median["order"] < median["warranty"] * 3
    assert 0.5 < median["visit"] < 3
    assert (hours.quantile(0.97) > 24 * 7).all()
    before = posts["hours"] < 0
    assert set(posts.loc[before, "event_kind"]) == {"ticket"}
    assert posts.loc[before, "number"].isna().all()
    assert before[posts["event_kind"] == "ticket"].mean() == pytest.approx(0.12 * 0.7, abs=0.04)


def test_visits_are_mostly_in_the_city_where_one_lives(world: World) -> None:
    visits = world.events.to_pandas().query("kind == 'visit'").merge(world.customers.to_pandas(), on="customer_id")
    known = visits[visits["city"].notna()]
    assert 0.65 < (known["place"] == known["city"]).mean() < 0.95
    assert visits["place"].notna().all()


def test_deliveries_and_invoices_follow_their_order(world: World) -> None:
    events = world.events.to_pandas()
    orders = events[events["kind"] == "order"]
    keys = set(zip(orders["customer_id"], orders["product"], strict=True))
    later = events[events["kind"].isin(("delivery", "invoice"))]
    assert set(zip(later["customer_id"], later["product"], strict=True)) <= keys
    invoices = events[events["kind"] == "invoice"]
    assert invoices["amount"].isin(orders["amount"]).all()


def test_little_is_written_at_night_where_people_live() -> None:
    world = datasets.synthetic(500, 500, coverage=1, posts=20_000, cultures={"japanese": 1}, shifted_strangers=0)
    hour = (world.posts.to_pandas()["created_at"] + pd.Timedelta(hours=9)).dt.hour
    by_hour = hour.value_counts(normalize=True)
    assert by_hour.reindex(range(2, 5)).sum() < 0.08
    assert by_hour.reindex(range(17, 22)).sum() > 0.24


def test_posts_come_in_several_languages(posts: pd.DataFrame) -> None:
    shares = posts["language"].value_counts(normalize=True)
    assert set(shares.index) == {"en", "fr", "de", "es"}
    assert shares["en"] > 0.6
    assert shares.min() > 0.01
    assert posts["language"].isna().mean() == pytest.approx(0.1, abs=0.02)


def test_contacts_in_posts_are_people_s_own(world: World, posts: pd.DataFrame) -> None:
    contact = posts[posts["topic"] == "contact"]
    assert len(contact) > 50
    assert set(contact["stranger_kind"].dropna()) <= {"same", "shifted"}


def test_names_told_are_seen(world: World) -> None:
    """Where handle and display name are said to tell nothing, no family name is in them."""
    truth = world.truth.to_pandas().merge(world.profiles.to_pandas(), on="profile_id")
    owned = truth[truth["customer_id"].notna()].merge(
        world.customers.to_pandas(), on="customer_id", suffixes=("", "_c")
    )
    family = owned["family_name"].fillna("?").str.lower()

    def seen(column: str) -> pd.Series:
        shown = owned[column].fillna("").str.lower()
        return pd.Series([name in text for name, text in zip(family, shown, strict=True)])

    either = seen("handle") | seen("display_name")
    assert either[owned["tells_name"].to_numpy()].mean() > 0.5
    assert either[~owned["tells_name"].to_numpy()].mean() < 0.01
    assert 0.05 < (~owned["tells_name"]).mean() < 0.25


def test_tables_are_arrow_with_plain_types(world: World) -> None:
    assert world.about.schema.types == [pa.string()] * 5
