"""Catalogues from what callers have."""

from __future__ import annotations

import pyarrow as pa
import pytest

from sociolink.errors import InputError
from sociolink.opinions.catalogue import Catalogue, as_catalogue, catalogue_of_events


def test_every_form_gives_the_same() -> None:
    wanted = Catalogue(("iPhone", "AT&T"), ("product", "brand"), ((), ()))
    table = pa.table({"name": ["iPhone", "AT&T"], "category": ["product", "brand"]})

    assert as_catalogue({"iPhone": "product", "AT&T": "brand"}) == wanted
    assert as_catalogue({"product": ["iPhone"], "brand": ["AT&T"]}) == wanted
    assert as_catalogue(table) == wanted
    assert as_catalogue(table.to_pandas()) == wanted
    assert as_catalogue(wanted) is wanted


def test_a_category_can_be_a_name() -> None:
    """`delivery` as the name of a product: a string on the right says that the left is a name."""
    assert as_catalogue({"delivery": "brand"}).names == ("delivery",)


def test_aliases_and_repeats() -> None:
    table = pa.table({"name": ["Fiber Max", "Fiber Max", " ", None], "aliases": ["FM | Fibermax", None, None, None]})

    assert as_catalogue(table) == Catalogue(("Fiber Max",), ("product",), (("FM", "Fibermax"),))


def test_events_are_a_catalogue() -> None:
    events = pa.table({"event_id": ["1", "2"], "product": ["Tab 8", None]})

    assert as_catalogue(events).names == ("Tab 8",)
    assert len(catalogue_of_events(events.drop_columns(["product"]))) == 0


def test_products_of_events_are_found_without_their_size() -> None:
    events = pa.table({"product": ["Tab 8 Pro 128GB", "Buds (black)", "Max 5 kg", "Soap", "Soap 100 ml"]})
    aliases = dict(zip(catalogue_of_events(events).names, catalogue_of_events(events).aliases, strict=True))

    assert aliases == {
        "Tab 8 Pro 128GB": ("Tab 8 Pro",),
        "Buds (black)": ("Buds",),
        "Max 5 kg": (),
        "Soap": (),
        "Soap 100 ml": (),
    }


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"iPhone": "gadget"}, "unknown categories"),
        (7, "int is no catalogue"),
        (pa.table({"x": [1]}), "catalogue.name"),
    ],
)
def test_what_is_no_catalogue(given: object, says: str) -> None:
    with pytest.raises(InputError, match=says):
        as_catalogue(given)
