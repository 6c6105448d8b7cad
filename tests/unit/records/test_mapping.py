"""Headers of the exports and API objects that people really have."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from sociolink.errors import InputError
from sociolink.records.aliases import find_service
from sociolink.records.columns import KINDS, table_spec
from sociolink.records.mapping import Mapping, propose_mapping
from sociolink.records.readers import read_table


def sure(names: list[str], kind: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for proposal in propose_mapping(names, kind):
        if proposal.sure:
            found.setdefault(proposal.canonical, []).append(proposal.header.prefix + proposal.header.name)
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_canonical_names_need_no_mapping(kind: str) -> None:
    assert propose_mapping(table_spec(kind).names, kind) == ()


@pytest.mark.parametrize("header", ["first_name", "FirstName", "First Name", "FIRST NAME", "forename", "Given-Name"])
def test_given_name(header: str) -> None:
    assert sure(["customer_id", header], "customers") == {"given_name": [header]}


def test_salesforce_contacts() -> None:
    names = [
        "Id", "AccountId", "FirstName", "LastName", "Account.Name", "Title", "Email", "Phone", "MobilePhone",
        "MailingStreet", "MailingCity", "MailingState", "MailingPostalCode", "MailingCountry", "Birthdate",
        "LastModifiedDate", "OwnerId",
    ]  # fmt: skip
    assert sure(names, "customers") == {
        "customer_id": ["Id"],
        "given_name": ["FirstName"],
        "family_name": ["LastName"],
        "organisation": ["Account.Name"],
        "job_title": ["Title"],
        "email": ["Email"],
        "phone": ["Phone", "MobilePhone"],
        "street": ["MailingStreet"],
        "city": ["MailingCity"],
        "region": ["MailingState"],
        "postcode": ["MailingPostalCode"],
        "country": ["MailingCountry"],
        "birth_date": ["Birthdate"],
        "updated_at": ["LastModifiedDate"],
    }
    assert find_service(names, "customers").name == "Salesforce contacts"  # type: ignore[union-attr]


def test_hubspot_contacts() -> None:
    names = [
        "Record ID", "First Name", "Last Name", "Email", "Phone Number", "Mobile Phone Number", "City", "State/Region",
        "Country/Region", "Job Title", "Associated Company", "Website URL", "Twitter Username", "LinkedIn URL",
        "Twitter Bio", "Contact owner", "Lead Status",
    ]  # fmt: skip
    assert sure(names, "customers") == {
        "customer_id": ["Record ID"],
        "given_name": ["First Name"],
        "family_name": ["Last Name"],
        "email": ["Email"],
        "phone": ["Phone Number", "Mobile Phone Number"],
        "city": ["City"],
        "region": ["State/Region"],
        "country": ["Country/Region"],
        "job_title": ["Job Title"],
        "organisation": ["Associated Company"],
        "website": ["Website URL"],
        "handles": ["xTwitter Username", "linkedinLinkedIn URL"],
    }


def test_zendesk_users() -> None:
    names = [
        "id",
        "name",
        "email",
        "phone",
        "external_id",
        "role",
        "tags",
        "organization.name",
        "created_at",
        "updated_at",
    ]
    found = sure(names, "customers")
    assert found == {"customer_id": ["id"], "full_name": ["name"], "organisation": ["organization.name"]}


def test_accounts_of_customers_get_their_platform() -> None:
    table = pa.table({"id": ["1", "2"], "Twitter": ["@jo", None], "LinkedIn URL": ["https://linkedin.com/in/jo-s", ""]})
    assert read_table(table, "customers").table["handles"].to_pylist() == [["x:jo", "linkedin:jo-s"], None]


X_USERS = [
    {
        "id": "2244994945",
        "username": "JSmith84",
        "name": "Jo Smith",
        "description": "Builder",
        "created_at": "2013-12-14T04:35:55.000Z",
        "location": "Lyon, France",
        "url": "https://t.co/abc",
        "verified": False,
        "public_metrics": {"followers_count": 12, "following_count": 3},
        "entities": {"url": {"urls": [{"url": "https://t.co/abc", "expanded_url": "https://jo.example", "start": 0}]}},
    },
    {"id": "7", "username": "al", "name": "Al", "url": "", "public_metrics": {"followers_count": 1}},
]


@pytest.mark.parametrize("form", ["lines", "array", "answer", "objects", "frame"])
def test_x_api_users(form: str, tmp_path: Path) -> None:
    path = tmp_path / "users.json"
    source: Any = path
    if form == "lines":
        path.write_text("\n".join(map(json.dumps, X_USERS)))
    elif form == "array":
        path.write_text(json.dumps(X_USERS, indent=1))
    elif form == "answer":
        path.write_text(json.dumps({"data": X_USERS, "meta": {"result_count": 2}}))
    else:
        source = X_USERS if form == "objects" else pa.Table.from_pylist(X_USERS)
    loaded = read_table(source, "profiles")
    first, second = loaded.table.select(table_spec("profiles").names).to_pylist()
    assert str(first.pop("created_at")) == "2013-12-14 04:35:55+00:00"
    assert {name: value for name, value in first.items() if value is not None} == {
        "profile_id": "x:jsmith84",
        "platform": "x",
        "handle": "JSmith84",
        "user_id": "2244994945",
        "display_name": "Jo Smith",
        "bio": "Builder",
        "location": "Lyon, France",
        "url": "https://jo.example",
        "followers": 12,
        "verified": False,
    }
    assert second["profile_id"] == "x:al"
    assert loaded.provenance.service == "X API v2 user"
    assert loaded.rejects.num_rows == 0


def test_x_api_posts_with_their_authors(tmp_path: Path) -> None:
    posts = [
        {
            "id": "1",
            "author_id": "7",
            "text": "hello",
            "lang": "en",
            "referenced_tweets": [{"type": "replied_to", "id": "0"}],
        },
        {"id": "2", "author_id": "8", "text": "there", "created_at": "2024-05-17T10:00:00Z"},
    ]
    path = tmp_path / "posts.json"
    path.write_text(json.dumps({"data": posts, "includes": {"users": X_USERS[1:]}}))
    rows = read_table(path, "posts").table.to_pylist()
    assert [row["profile_id"] for row in rows] == ["x:al", None]
    assert [row["user_id"] for row in rows] == ["7", "8"]
    assert [row["kind"] for row in rows] == ["reply", None]
    assert [row["language"] for row in rows] == ["en", None]


def test_mastodon_accounts() -> None:
    account = {
        "id": "1",
        "acct": "jo",
        "username": "jo",
        "display_name": "Jo",
        "note": "<p>Builds &amp; mends<br>in Lyon</p>",
        "url": "https://ruby.social/@jo",
        "followers_count": 3,
        "created_at": "2022-11-05T00:00:00.000Z",
        "fields": [{"name": "Web", "value": '<a href="https://jo.example"><span>https://</span>jo.example</a>'}],
    }
    remote = {**account, "id": "2", "acct": "al@other.example", "fields": []}
    rows = read_table([account, remote], "profiles").table.to_pylist()
    assert [row["handle"] for row in rows] == ["jo@ruby.social", "al@other.example"]
    assert [row["platform"] for row in rows] == ["mastodon", "mastodon"]
    assert [row["url"] for row in rows] == ["https://jo.example", "https://ruby.social/@jo"]
    assert rows[0]["bio"] == "Builds & mends\nin Lyon"
    assert rows[0]["followers"] == 3


def test_mastodon_statuses() -> None:
    status = {
        "id": "1",
        "content": "<p>Hello</p>",
        "url": "https://ruby.social/@jo/1",
        "created_at": "2024-05-17T10:00:00Z",
        "account": {
            "id": "9",
            "acct": "jo",
            "display_name": "Jo",
            "url": "https://ruby.social/@jo",
            "note": "<p>Hi</p>",
        },
    }
    row = read_table([status], "posts").table.to_pylist()[0]
    assert (row["post_id"], row["text"], row["handle"], row["user_id"]) == ("1", "Hello", "jo@ruby.social", "9")
    assert (row["url"], row["bio"], row["display_name"]) == ("https://ruby.social/@jo", "Hi", "Jo")
    assert row["profile_id"] == "mastodon:jo@ruby.social"


def test_other_platforms_known_by_their_objects() -> None:
    bluesky = read_table(
        [{"did": "did:plc:7", "handle": "jo.example", "displayName": "Jo", "followersCount": 2}], "profiles"
    )
    github = read_table(
        [{"id": 7, "login": "jo", "public_repos": 3, "blog": "jo.example", "url": "https://api.example/jo"}], "profiles"
    )
    assert bluesky.table["profile_id"].to_pylist() == ["bluesky:jo.example"]
    assert bluesky.table["followers"].to_pylist() == [2]
    assert github.table.select(["profile_id", "user_id", "url"]).to_pylist() == [
        {"profile_id": "github:jo", "user_id": "7", "url": "jo.example"}
    ]


def test_compressed_files(tmp_path: Path) -> None:
    (tmp_path / "t.csv.gz").write_bytes(gzip.compress(b"profile_id\n1\n"))
    assert read_table(tmp_path / "t.csv.gz", "truth").table.num_rows == 1


def test_brandwatch_export(tmp_path: Path) -> None:
    path = tmp_path / "mentions.csv"
    path.write_text(
        "Report:,Mentions\nBrand:,Acme\nFrom:,Fri May 17\nTo:,Sat May 18\nLabel:,none\n\n"
        "Query Id,Query Name,Date,Title,Url,Page Type,Author,Full Name,Full Text,Twitter Author ID,Resource Id\n"
        '9,q,2024-05-17 10:00:00.0,,https://twitter.com/jo/status/1,twitter,jo,jo (Jo Smith),"Where, is it?",7,r1\n'
    )
    row = read_table(path, "posts").table.to_pylist()[0]
    assert {name: row[name] for name in ("post_id", "profile_id", "user_id", "display_name", "text", "url")} == {
        "post_id": "r1",
        "profile_id": "x:jo",
        "user_id": "7",
        "display_name": "Jo Smith",
        "text": "Where, is it?",
        "url": None,
    }


def test_sprinklr_export() -> None:
    table = pa.table(
        {
            "Universal Message Id": ["m1"],
            "Message": ["Hi"],
            "Social Network": ["Twitter"],
            "Sender Screen Name": ["@jo"],
            "Sender User Id": [7],
            "Created Time": ["05/17/2024 10:30 AM"],
        }
    )
    row = read_table(table, "posts").table.to_pylist()[0]
    assert (row["post_id"], row["profile_id"], row["user_id"], row["handle"]) == ("m1", "x:jo", "7", "jo")
    assert str(row["created_at"]) == "2024-05-17 10:30:00+00:00"


def test_unsure_guesses_are_proposed_only() -> None:
    table = pa.table({"customer_id": ["1"], "famly_nam": ["Smith"]})
    loaded = read_table(table, "customers")
    assert loaded.table["family_name"].to_pylist() == [None]
    assert loaded.table["famly_nam"].to_pylist() == ["Smith"]
    assert [(p.canonical, p.header.name, p.sure) for p in loaded.proposals] == [("family_name", "famly_nam", False)]
    assert 0 < loaded.proposals[0].confidence < 0.95


def test_stated_mapping_wins(tmp_path: Path) -> None:
    path = tmp_path / "map.toml"
    path.write_text(
        "[profiles]\nhandle = 'Nick'\nplatform = {value = 'X'}\nbio = ['about me', 'more']\nlocation = ''\n"
        "[customers]\nhandles = {x = 'tw'}\n"
    )
    table = pa.table({"Nick": ["jo"], "handle": ["other"], "about me": [""], "more": ["text"], "place": ["Lyon"]})
    loaded = read_table(table, "profiles", mapping=path)
    row = loaded.table.to_pylist()[0]
    assert (row["handle"], row["platform"], row["bio"], row["location"], row["source.handle"]) == (
        "jo", "x", "text", None, "other",
    )  # fmt: skip
    assert loaded.mapping.as_dict() == {
        "profiles": {"platform": {"value": "X"}, "handle": "Nick", "bio": ["about me", "more"]}
    }
    customers = read_table(pa.table({"customer_id": ["1"], "tw": ["jo"]}), "customers", mapping=path)
    assert customers.table["handles"].to_pylist() == [["x:jo"]]
    again = read_table(table, "profiles", mapping=Mapping.from_dict(loaded.mapping.as_dict()))
    assert again.table.select(["handle", "bio"]).equals(loaded.table.select(["handle", "bio"]))


@pytest.mark.parametrize(
    "stated",
    [
        {"profiles": {"handel": "x"}},
        {"handle": 7},
        {"handle": "absent"},
        {"people": {"handle": "x"}},
        {"profiles": {"handle": "a"}, "handle": "b"},
    ],
)
def test_a_mapping_that_does_not_fit_is_an_error(stated: Any) -> None:
    with pytest.raises(InputError):
        read_table(pa.table({"platform": ["x"], "handle": ["jo"]}), "profiles", mapping=stated)


def test_damaged_toml(tmp_path: Path) -> None:
    (tmp_path / "m.toml").write_text("[profiles\n")
    for name in ("m.toml", "absent.toml"):
        with pytest.raises(InputError, match=name):
            Mapping.from_toml(tmp_path / name)


def test_every_kind_of_table_in_memory() -> None:
    columns = {"customer_id": [1, 2], "email": ["a@b.example;c@d.example", None], "extra": [1.5, None]}
    frame = pd.DataFrame(columns)
    sources = [
        pa.table(columns),
        pa.record_batch(columns),
        pa.table(columns).to_reader(),
        frame,
        pl.DataFrame(columns),
        duckdb.sql("from frame"),
    ]
    tables = [read_table(source, "customers").table for source in sources]
    for table in tables:
        assert table["customer_id"].to_pylist() == ["1", "2"]
        assert table["email"].to_pylist() == [["a@b.example", "c@d.example"], None]
        assert table["extra"].to_pylist() == [1.5, None]


def test_the_same_file_gives_the_same_provenance_anywhere(tmp_path: Path) -> None:
    infos = []
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        path = tmp_path / folder / "truth.csv"
        path.write_text("profile_id\n1\n")
        infos.append(read_table(path, "truth").provenance)
    assert infos[0] == infos[1]
    assert infos[0].name == "truth.csv"
    assert str(tmp_path) not in str(infos[0])
