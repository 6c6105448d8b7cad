"""Contacts: golden bios, e-mails, telephone numbers, web addresses, odd input."""

from __future__ import annotations

import time
from pathlib import Path

import pyarrow as pa
import pytest

from sociolink.text.contacts import (
    MAX_BIO_LENGTH,
    email_domains,
    email_keys,
    email_local_parts,
    extract_contacts,
    free_mail_domains,
    normalise_emails,
    normalise_phones,
    normalise_urls,
)

GOLDEN = [
    [part.strip() for part in line.split("=>")]
    for line in (Path(__file__).parents[2] / "golden" / "contacts.txt").read_text("utf-8").splitlines()
    if not line.startswith("#")
]


def _written(contacts: list[dict[str, str | None]]) -> set[str]:
    return {f"{c['kind']}:{c['value']}" + (f">{c['platform']}" if c["platform"] else "") for c in contacts}


def test_golden_contacts() -> None:
    found = extract_contacts(pa.array([bio for bio, _ in GOLDEN]), country="FR").to_pylist()
    for row, (bio, wanted) in enumerate(GOLDEN):
        got = _written([contact for contact in found if contact["row"] == row])
        assert got == {part for part in wanted.split(" ; ") if part}, bio


def test_contacts_are_distinct_and_in_order() -> None:
    table = extract_contacts(pa.array(["@jojo @jojo", None, "", "@jojo", "nothing"]))
    assert table.schema.types == [pa.int32(), pa.string(), pa.string(), pa.string()]
    assert table["row"].to_pylist() == [0, 3]


@pytest.mark.parametrize("values", [pa.array([], pa.string()), pa.array([None, None]), pa.nulls(2, pa.int64())])
def test_nothing_in_nothing_out(values: pa.Array) -> None:
    assert extract_contacts(values).num_rows == 0
    assert normalise_urls(values).num_rows == len(values)
    for function in (normalise_emails, email_local_parts, email_domains, email_keys, normalise_phones):
        assert function(values).to_pylist() == [None] * len(values)


@pytest.mark.parametrize(
    "piece", ["a", "@", "1", "1 ", "a.", "@a@", "a@", "http://", "ig:", "a dot ", " at ", "((at))", "+1"]
)
def test_long_bios_take_no_long_time(piece: str) -> None:
    started = time.perf_counter()
    extract_contacts(pa.array([piece * (100_000 // len(piece))]))
    assert time.perf_counter() - started < 2.0


def test_what_stands_beyond_the_limit_is_not_read() -> None:
    assert extract_contacts(pa.array(["x " * (MAX_BIO_LENGTH // 2) + "jo@acme.com"])).num_rows == 0


def test_emails() -> None:
    odd = [
        " MAILTO:Jo@Acme.COM?subject=x",
        "Jo <jo@acme.com>",
        "jo@acme",
        "a b@c.d e",
        "jo@acme.com.",
        "x" * 65 + "@a.com",
    ]
    assert normalise_emails(pa.array(odd)).to_pylist() == [
        "jo@acme.com",
        "jo@acme.com",
        None,
        None,
        "jo@acme.com",
        None,
    ]


def test_parts_and_keys_of_emails() -> None:
    emails = pa.array(["j.o+x@googlemail.com", "j.o+x@acme.com", None])
    assert email_local_parts(emails).to_pylist() == ["j.o", "j.o", None]
    assert email_domains(emails).to_pylist() == ["googlemail.com", "acme.com", None]
    assert email_keys(emails).to_pylist() == ["jo@gmail.com", "j.o@acme.com", None]
    assert "gmail.com" in free_mail_domains()


@pytest.mark.parametrize(
    ("number", "country", "wanted"),
    [
        ("202-225-2536", "US", "+12022252536"),
        ("1 (202) 225-2536 ext. 4", "US", "+12022252536"),
        ("02.31.78.15.10", "FR", "+33231781510"),
        ("+33 (0)6 12 34 56 78", None, "+33612345678"),
        ("+330612345678", None, "+33612345678"),
        ("0033 6 12 34 56 78", "FR", "+33612345678"),
        ("00 44 20 7946 0958", "FR", "+442079460958"),
        ("33612345678", "FR", "+33612345678"),
        ("020 7946 0958", "GB", "+442079460958"),
        ("030 123456", "DE", "+4930123456"),
        ("06 1234 5678", "IT", "+390612345678"),
        ("612 345 678", "ES", "+34612345678"),
        ("8 912 345-67-89", "RU", "+79123456789"),
        ("0612345678", None, "0612345678"),
        ("call me", "US", None),
        ("12", "US", None),
        ("1" * 30, "US", None),
        ("\uff11\uff12\uff10\uff12\uff12\uff12\uff15\uff12\uff15\uff13\uff16", "US", "+12022252536"),
    ],
)
def test_phones(number: str, country: str | None, wanted: str | None) -> None:
    got = normalise_phones(pa.array([number]), pa.array([country], pa.string()))
    assert got.to_pylist() == [wanted]
    assert normalise_phones(got, pa.array([country], pa.string())).to_pylist() == [wanted]


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("https://www.davidguiraud.fr/", ("davidguiraud.fr", None, "davidguiraud", None, None)),
        ("HTTP://Jo-Smith.co.uk/blog/index.html", ("jo-smith.co.uk", "/blog", "jo-smith", None, None)),
        ("https://user:pw@a.com:80/p/q?x#y", ("a.com", "/p/q", "a", None, None)),
        ("jo.github.io", ("jo.github.io", None, "jo", "github", "jo")),
        (
            "https://fr.linkedin.com/in/jane-doe",
            ("fr.linkedin.com", "/in/jane-doe", "linkedin", "linkedin", "jane-doe"),
        ),
        ("twitter.com/@JoSmith?lang=en", ("twitter.com", "/@JoSmith", "twitter", "twitter", "JoSmith")),
        ("https://x.com/intent/tweet", ("x.com", "/intent/tweet", "x", "twitter", "tweet")),
        ("https://x.com/search?q=a", ("x.com", "/search", "x", "twitter", None)),
        ("https://youtube.com/", ("youtube.com", None, "youtube", "youtube", None)),
        ("mailto:a@b.com", (None,) * 5),
        ("just some text", (None,) * 5),
        ("http://localhost", (None,) * 5),
    ],
)
def test_urls(url: str, wanted: tuple[str | None, ...]) -> None:
    got = normalise_urls(pa.array([url])).to_pylist()[0]
    assert tuple(got[name] for name in ("host", "path", "label", "platform", "handle")) == wanted
