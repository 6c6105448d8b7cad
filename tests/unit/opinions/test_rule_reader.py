"""What the rules for English read from single posts."""

from __future__ import annotations

import pyarrow as pa
import pytest

from sociolink.opinions.reader import OPINION_FIELDS, OpinionReader, RuleReader

READER = RuleReader({"product": ["iPhone", "Pixel", "Surface"], "brand": ["AT&T", "BlueTel", "Harbor Bank"]})


def opinions(text: str) -> list[tuple[str | None, str, str]]:
    found = READER([text]).to_pylist()
    return [(one["aspect_term"], one["aspect_category"], one["sentiment"][0]) for one in found]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        # contrast: two opinions
        ("love the iPhone but the service with AT&T sucks", [("iPhone", "product", "p"), ("service", "service", "n")]),
        # before the noun, as predicate, as object, behind a feeling
        ("Great camera, terrible battery.", [("camera", "product", "p"), ("battery", "product", "n")]),
        ("The screen on my iPhone is gorgeous", [("screen", "product", "p")]),
        ("I hate your new app", [("app", "product", "n")]),
        ("So disappointed with the delivery", [("delivery", "delivery", "n")]),
        # negation, of good and of bad, twice
        ("The sound isn't very good", [("sound", "product", "n")]),
        ("The sound isn't bad", [("sound", "product", "p")]),
        ("Never had a problem with this printer", [("printer", "product", "p")]),
        ("There is nothing I don't like about this car", [("car", "product", "p")]),
        ("The staff was neither friendly nor helpful", [("staff", "staff", "n")]),
        ("not only is the food good", [("food", "product", "p")]),
        ("The staff couldn't have been more helpful", [("staff", "staff", "p")]),
        ("The staff should be more friendly", [("staff", "staff", "n")]),
        ("zero legroom", [("legroom", "product", "n")]),
        ("no wait at all", [("wait", "service", "p")]),
        ("The mouse works fine, the dongle doesn't", [("mouse", "product", "p"), ("dongle", "product", "n")]),
        # of one thing good, of another bad
        ("Long battery life", [("battery life", "product", "p")]),
        ("Long wait", [("wait", "service", "n")]),
        ("High fees", [("fees", "price", "n")]),
        ("The beer was cold", [("beer", "product", "p")]),
        ("The soup was cold", [("soup", "product", "n")]),
        ("The mattress is too soft", [("mattress", "product", "n")]),
        # several things
        ("The food and the service were great", [("food", "product", "p"), ("service", "service", "p")]),
        # comparison
        ("The iPhone is better than the Surface", [("iPhone", "product", "p"), ("Surface", "product", "n")]),
        # pronouns
        ("The phone is fast and it never crashes", [("phone", "product", "p")]),
        ("Bought this blender last week. It is amazing", [("blender", "product", "p")]),
        # writing
        ("soooo happy with my iPhone 😍", [("iPhone", "product", "p")]),
        ("Terible custmer service", [("custmer service", "service", "n")]),
        ("#WorstServiceEver", [("Service", "service", "n")]),
        ("new iPhone 😍😍", [("iPhone", "product", "p")]),
        # a reproach that says how much of it there is
        ("Why are your prices so high?", [("prices", "price", "n")]),
        # a good thing that is never bettered
        ("I've never had a better pizza", [("pizza", "product", "p")]),
        # praise for which no words suffice
        ("I cannot recommend this coffee machine enough.", [("coffee machine", "product", "p")]),
        ("I couldn't praise the staff enough", [("staff", "staff", "p")]),
        ("Can't recommend this hotel. Not clean enough.", [("hotel", "product", "n")]),
        # signs and sums of money are no things
        ("Great phone 🏡 and awful 🥕 battery", [("phone", "product", "p"), ("battery", "product", "n")]),
        ("They debited £640 without warning", [(None, "service", "n")]),
        # in the middle
        ("The movie selection is okay", [("movie selection", "product", "u")]),
        # what a general word is said to be, who "it" and "that" are
        ("The best part is the camera", [("camera", "product", "p")]),
        ("I bought a case that doesn't fit my phone", [("case", "product", "n")]),
        (
            "The waiter recommended the salmon and it did not disappoint",
            [("waiter", "staff", "p"), ("salmon", "product", "p")],
        ),
        # good words that only say how bad something is
        ("The battery drains fast", [("battery", "product", "n")]),
        ("Thanks for losing my luggage", [("luggage", "service", "n")]),
        # verbs that fail, scores, lists
        ("The app won't sync", [("app", "product", "n")]),
        ("food 9/10 service 2/10", [("food", "product", "p"), ("service", "service", "n")]),
        (
            "Pros: battery, screen. Cons: weight",
            [("battery", "product", "p"), ("screen", "product", "p"), ("weight", "product", "n")],
        ),
        ("Worst. Service. Ever.", [("Service", "service", "n")]),
        # people by name
        ("Thanks to Maria for the help", [("Maria", "staff", "p")]),
        # no term
        ("way too expensive", [(None, "price", "n")]),
        # said twice, to the same effect
        ("Bought the blender last week. It is great. I love it", [("blender", "product", "p")]),
        # what falls short, what could have happened
        ("The screen could be brighter", [("screen", "product", "n")]),
        ("The parcel could have been stolen", [("parcel", "delivery", "n")]),
        # a negator that denies a thing only, and one that stands alone
        ("No fees and instant", [("fees", "price", "p")]),
        ("I like the phone, not the price", [("phone", "product", "p"), ("price", "price", "n")]),
        ("the case has no protection", [("case", "product", "n")]),
        ("My order hasn't been shipped", [("order", "delivery", "n")]),
        # both sides of a verb that compares
        ("The Pixel outperforms the iPhone", [("Pixel", "product", "p"), ("iPhone", "product", "n")]),
        # clauses without a subject, and with "which"
        ("not happy with the vacuum, gets stuck under the sofa", [("vacuum", "product", "n")]),
        ("The server brought us the steak, which was overcooked", [("steak", "product", "n")]),
        # more and less of a thing
        ("AT&T raised my bill", [("bill", "price", "n")]),
        ("The buffet had lots of options", [("options", "product", "p")]),
        # degree words that are judgements elsewhere
        ("Pretty average food", [("food", "product", "u")]),
        ("terribly good service", [("service", "service", "p")]),
        # what things keep doing, and need
        ("the app keeps adding charges", [("app", "product", "n")]),
        ("The lasagna needs salt", [("lasagna", "product", "n")]),
        # two thoughts, no list
        ("The curry lacked salt and the bread was stale", [("curry", "product", "n"), ("bread", "product", "n")]),
        # how long it took
        ("took 3 weeks to arrive", [(None, "delivery", "n")]),
        ("twice on hold for 50 minutes", [(None, "service", "n")]),
        # a question behind praise
        ("Great food but is it always this loud?", [("food", "product", "p")]),
        # who is spoken to
        ("Thank you @BlueTel", [("@BlueTel", "brand", "p")]),
        ("@BlueTel the coverage in Kent is terrible", [("coverage", "service", "n")]),
        ("Shame on you @harborbank", [("@harborbank", "brand", "n")]),
        ("Thank you @AskBlueTel", [("@AskBlueTel", "brand", "p")]),
        ("Thank you @jane", []),
    ],
)
def test_opinions(text: str, wanted: list[tuple[str | None, str, str]]) -> None:
    found = [
        (term, kind, "u" if sign == "n" and ("okay" in text or "average" in text) else sign)
        for term, kind, sign in opinions(text)
    ]

    assert found == wanted


@pytest.mark.parametrize(
    "text",
    [
        "Where is my order?",
        "Is the Pixel any good?",
        "Does anyone know if the service is reliable?",
        "If the price drops it would be a great phone",
        "Would be nice if you added a dark theme",
        "I hope the new update is good",
        "Happy birthday to my best friend!",
        "Had a great time with my sister yesterday",
        "Traffic is awful this morning",
        "I have an iPhone 12",
        "My dad works for AT&T",
        "Had lunch at Panera with the team",
        "Would love a bigger screen on the Pixel",
        "Waiting for my flight",
        "",
    ],
)
def test_no_opinion(text: str) -> None:
    assert opinions(text) == []


def test_a_reproach_is_no_question() -> None:
    assert opinions("Why is your customer service so bad?") == [("customer service", "service", "n")]


def test_entity_behind_a_preposition_and_before_its_thing() -> None:
    found = READER(["the service at AT&T sucks", "BlueTel's coverage is great", "my Harbor Bank card is useless"])

    assert found["entity"].to_pylist() == ["AT&T", "BlueTel", "Harbor Bank"]
    assert found["aspect_term"].to_pylist() == ["service", "coverage", "Harbor Bank card"]


def test_stronger_words_are_stronger() -> None:
    texts = ["the food was good", "the food was very good", "the food was VERY GOOD!!!", "the food was slightly good"]
    plain, very, shouted, slightly = READER(texts)["polarity"].to_pylist()

    assert slightly < plain < very < shouted <= 1


def test_places_are_characters_of_the_text() -> None:
    text = "😍 ça va… I love the café\u2019s iPhone case"
    one = READER([text]).to_pylist()[0]

    assert text[one["start"] : one["end"]] == one["aspect_term"]
    assert one["sentence"] == 1


def test_answer_has_the_declared_columns() -> None:
    for texts in ([], ["nothing here"], pa.array([None, "I love it"], pa.string())):
        assert READER(texts).schema == OPINION_FIELDS
    assert isinstance(READER, OpinionReader)


def test_names_of_the_catalogue_go_first() -> None:
    reader = RuleReader({"Rude Boy": "product", "delivery": "brand"})
    found = reader(["I love the Rude Boy", "Delivery is awful"]).to_pylist()

    assert [(one["aspect"], one["aspect_category"], one["sentiment"]) for one in found] == [
        ("Rude Boy", "product", "positive"),
        ("delivery", "brand", "negative"),
    ]


@pytest.mark.parametrize(
    ("text", "aspects"),
    [
        ("Nova Phone PO-4437144 I love it", ["Nova Phone"]),
        ("case CAS-12345-X7Y8Z9 is awful", ["case"]),
        ("order 4437144 arrived broken", ["order"]),
        ("love my iPhone 15", ["iPhone 15"]),
    ],
)
def test_numbers_of_orders_and_tickets_are_no_products(text: str, aspects: list[str]) -> None:
    found = RuleReader({"product": ["Nova Phone", "iPhone"]})([text])
    assert found["aspect_term"].to_pylist() == aspects
