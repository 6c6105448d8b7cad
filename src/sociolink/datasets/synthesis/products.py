"""What a company sells: which products are how popular, and how people write their names."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sociolink.datasets.synthesis import edits
from sociolink.datasets.synthesis.places import load_words
from sociolink.datasets.synthesis.strings import Ints, by_kind, draw, join, words, zipf

__all__ = ["draw_products", "mention_products", "product_names"]

_SLOPE = 0.9
#: As it is, in lower case, as a hashtag, with a slip, in the plural, the first word only, "it".
_WAYS = (0.6, 0.16, 0.07, 0.05, 0.02, 0.08, 0.02)


def product_names() -> pa.Array:
    """Names of the products, most popular first."""
    return words(load_words()["products"], by="|")


def draw_products(rng: np.random.Generator, size: int) -> Ints:
    """Draw products by popularity (Zipf-Mandelbrot)."""
    return draw(rng, zipf(len(product_names()), slope=_SLOPE), size)


def mention_products(rng: np.random.Generator, product: Ints) -> pa.Array:
    """Write products as people do.

    Args:
        rng: Source of chance.
        product: (rows,) rows of the products.

    Returns:
        (rows,) mentions: mostly the name, else in lower case, as a hashtag, misspelt, or only a part of it.
    """
    name = product_names().take(pa.array(product))
    generic = words(load_words()["things"], by="|")
    ways = (
        lambda rows: name.take(pa.array(rows)),
        lambda rows: pc.utf8_lower(name.take(pa.array(rows))),
        lambda rows: join(
            "#", pc.replace_substring_regex(pc.utf8_title(name.take(pa.array(rows))), "[^A-Za-z0-9]", "")
        ),
        lambda rows: edits.typo(rng, name.take(pa.array(rows))),
        lambda rows: join(name.take(pa.array(rows)), "s"),
        lambda rows: pc.replace_substring_regex(name.take(pa.array(rows)), " .*$", ""),
        lambda rows: generic.take(pa.array(rng.integers(0, len(generic), len(rows)))),
    )
    return by_kind(draw(rng, _WAYS, len(product)), ways)
