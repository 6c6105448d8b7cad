"""Explanations are the arithmetic of the score, in words that fit the numbers."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest

from sociolink.errors import InputError
from sociolink.results.explanation import bits_needed
from sociolink.results.links import Links
from sociolink.results.report import RunReport


def test_bits_of_facts_add_up_to_the_match_weight(links: Links) -> None:
    for row in links.table.to_pylist():
        if row["customer_id"]:
            found = links.explain(row["profile_id"], customer_id=row["customer_id"])
            assert math.fsum(fact.bits for fact in found.facts) == pytest.approx(row["match_weight"], abs=1e-9)
            assert found.match_weight == row["match_weight"]
            assert found.probability == row["probability"]


def test_bits_needed_follow_from_people_and_coverage(links: Links) -> None:
    found = links.explain("p1")
    odds = math.log2(found.probability / found.nobody_probability)
    assert found.bits_needed == pytest.approx(found.match_weight - odds)
    assert bits_needed(RunReport(profiles=1, customers=1000, coverage=0.25)) == pytest.approx(math.log2(3000))
    assert math.isfinite(bits_needed(RunReport(profiles=1, customers=0, coverage=0.0)))
    assert math.isfinite(bits_needed(RunReport(profiles=1, customers=9, coverage=1.0)))


def test_facts_are_told_in_words(links: Links) -> None:
    name, place = links.explain("p1").facts

    assert name.phrase == "given name and family name (handle), given name only (display)"
    assert place.phrase == "it is in the customer's town"


def test_component_without_words_is_named_itself(links: Links) -> None:
    bare = replace(links, phrases={})

    assert bare.explain("p1").facts[1].phrase == "same_city"


def test_sentence_of_a_link(links: Links) -> None:
    assert links.explain("p1").sentence == (
        "p1 is linked to customer c1 (97.0%). For it: given name and family name (handle), given name only (display), "
        "+12.5; it is in the customer's town, +4.2. That is 16.8 bits where 10.7 make it as likely as nobody, and "
        "about one other person in 110,000 would fit as well. The best other answer is nobody, 6.0 bits behind."
    )


def test_sentence_tells_what_speaks_against(links: Links) -> None:
    sentence = links.explain("p3").sentence

    assert "p3 is likely nobody in the CRM (75.0%); c1 has 20.0%" in sentence
    assert "Against it: it is somewhere else, -2.0." in sentence
    assert "1.9 bits ahead" in sentence


def test_sentence_of_an_open_question(links: Links) -> None:
    found = replace(links.explain("p3"), nobody_probability=0.4, rest_probability=0.4)

    assert found.sentence.startswith(
        "p3 is open: nobody in the CRM (40.0%), c1 (20.0%) or a customer who is not listed (40.0%)."
    )


def test_sentence_where_nothing_was_proposed(links: Links) -> None:
    found = links.explain("p4")

    assert found.sentence == "p4 is linked to nobody: no customer shares a name, contact or account with it."
    assert found.facts == ()
    assert found.margin is None


def test_records_of_one_person_are_no_rivals(links: Links) -> None:
    found = links.explain("p2")

    assert found.group_probability == 0.85
    assert found.runner_up is None
    assert "p2 is likely customer c2 (85.0%)" in found.sentence


def test_runner_up_is_the_best_other_person(links: Links) -> None:
    assert links.explain("p1").runner_up is None
    assert links.explain("p1", customer_id="c4").runner_up == "c1"


def test_sentence_names_who_is_likelier(links: Links) -> None:
    assert links.explain("p1", customer_id="c4").sentence.startswith("p1 is likelier customer c1; c4 has 1.0%.")


def test_customer_must_be_listed(links: Links) -> None:
    with pytest.raises(InputError, match="not among the 2 customers"):
        links.explain("p1", customer_id="c3")


def test_how_many_others_fit(links: Links) -> None:
    assert links.explain("p1").others_per_10000 == pytest.approx(10_000 * 2**-16.75)
    assert links.explain("p4").others_per_10000 == 10_000


def test_data_goes_to_json_unrounded(links: Links) -> None:
    data = json.loads(json.dumps(links.explain("p1").to_dict()))

    assert data["facts"][0]["bits"] == 12.5
    assert data["others_per_10000"] == 10_000 * 2**-16.75
    assert data["sentence"]


def test_tables_fit_eighty_columns_and_html_is_escaped(links: Links) -> None:
    hostile = replace(links, phrases={"name": {"handle:x:given_family": "<img src=x>" * 12}, "place": {}})

    assert max(map(len, hostile.explain("p1").grid().text().splitlines())) <= 80
    assert "<img" not in hostile.explain("p1")._repr_html_()
    assert "<img" not in hostile["p1"]._repr_html_()
