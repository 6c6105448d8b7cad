"""A handful of customers and profiles in files, and a way to run the command as a user does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from sociolink.cli.app import main
from sociolink.governance.policy import Policy
from sociolink.linking.link import link
from sociolink.results.links import Links

CUSTOMERS = """customer_id,given_name,family_name,email,city
c1,Wilhelmina,Farquharson,wilhelmina@farquharson.example,Leeds
c2,Bartholomew,Okonkwo,b.okonkwo@mail.example,Lagos
c3,Anneliese,Zimmermann,anneliese.z@mail.example,Kassel
c4,John,Smith,john.smith@mail.example,Boston
"""
PROFILES = """profile_id,platform,handle,display_name
p1,x,wilhelminafarquharson,Wilhelmina Farquharson
p2,x,bartholomew_okonkwo,Bartholomew Okonkwo
p3,x,AnnelieseZimmermann,Anneliese Zimmermann
p4,x,xx_q7_xx,
"""
POSTS = """post_id,profile_id,text
t1,p1,my router is dead
t2,p1,still dead
t3,p4,hello
"""
EVENTS = """event_id,customer_id,kind,status
e1,c1,ticket,open
"""
TRUTH = """profile_id,customer_id
p1,c1
p2,c2
p3,c3
p4,
"""


@dataclass(frozen=True)
class Said:
    """How a command ended and what it printed."""

    code: int
    out: str
    err: str


Run = Callable[..., Said]


def write_tables(folder: Path) -> Path:
    named = {"customers": CUSTOMERS, "profiles": PROFILES, "posts": POSTS, "events": EVENTS, "truth": TRUTH}
    for name, text in named.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    """A folder with customers, profiles, posts, events and the truth as CSV."""
    return write_tables(tmp_path)


@pytest.fixture(scope="session")
def made_links(tmp_path_factory: pytest.TempPathFactory) -> Links:
    """The links of these tables, made once."""
    folder = write_tables(tmp_path_factory.mktemp("made"))
    return link(folder / "profiles.csv", folder / "customers.csv", policy=Policy.research(who="tests"))


@pytest.fixture
def linked_at_once(monkeypatch: pytest.MonkeyPatch, made_links: Links) -> None:
    """The command gets links that are made already."""
    monkeypatch.setattr("sociolink.cli.linking.link", lambda *_, **__: made_links)


@pytest.fixture
def linked(tables: Path, made_links: Links) -> Path:
    """The folder, with links in it."""
    made_links.write(tables / "links.parquet")
    return tables


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command in a terminal of 80 columns."""
    monkeypatch.setenv("COLUMNS", "80")

    def call(*arguments: object) -> Said:
        code = main([str(argument) for argument in arguments])
        shown = capsys.readouterr()
        return Said(code, shown.out, shown.err)

    return call


@pytest.fixture
def link_command(tables: Path) -> list[object]:
    """The arguments of a run of `link` that works."""
    files = ("--customers", tables / "customers.csv", "--profiles", tables / "profiles.csv")
    return ["link", *files, "--output", tables / "links.parquet", "--policy", "research"]
