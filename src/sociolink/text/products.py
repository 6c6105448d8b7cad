"""Names of products as people say them: without sizes, colours and conditions, and without their maker."""

from __future__ import annotations

from collections import Counter

import pyarrow as pa
import pyarrow.compute as pc

from sociolink.text.buffers import plain_strings

__all__ = ["first_words", "makers", "model_names", "spoken_names"]

_UNITS = "gb|tb|mb|ml|cl|l|oz|kg|lb|lbs|cm|mm|m|in|inch|ft|w|pack|pcs|pc|ct"
_SHADES = "(?:space|midnight|dark|light|matte|rose|sky|deep|jet|natural|pale|bright)"
_COLOURS = (
    "black|white|grey|gray|silver|gold|blue|navy|red|green|olive|pink|purple|violet|lavender|yellow|orange|coral|brown|"
    "beige|cream|ivory|charcoal|graphite|teal|turquoise|mint|starlight|midnight|titanium|bronze|copper"
)
_CONDITIONS = "refurbished|renewed|used|pre-?owned|unlocked|sim-?free|dual[ -]sim|oem|open[ -]box|new"
_VARIANT = (
    rf"(?i)(?:[\s,;/|-]*(?:\([^)]*\)|\[[^\]]*\]|\b\d+(?:\.\d+)?\s?(?:{_UNITS})\b|\b\d{{2,}}\s?g\b"
    rf"|\b(?:{_SHADES}\s)?(?:{_COLOURS})\b|\b(?:{_CONDITIONS})\b))+[\s,;/|-]*$"
)
_SHORTEST = 4
_FEWEST_OF_MAKER = 3
_PARTS = r"^(?P<maker>\S+)\s+(?P<rest>\S.*)$"
_TELLING = r"\s|[A-Za-z].*[0-9]|[a-z][A-Z]"


def model_names(names: pa.Array) -> pa.Array:
    """Names without what tells variants of one product apart: size, colour, condition, and brackets at their end.

    Args:
        names: (n,) strings.

    Returns:
        (n,) strings; a name of which hardly anything would be left stays as it is.

    Examples:
        >>> names = pa.array(["Tab 8 Pro 64GB, Space Grey", "Desk lamp (E27, 60 W)", "Black", "Fiber 500"])
        >>> model_names(names).to_pylist()
        ['Tab 8 Pro', 'Desk lamp', 'Black', 'Fiber 500']
    """
    plain = plain_strings(names)
    short = pc.utf8_trim_whitespace(pc.replace_substring_regex(plain, _VARIANT, ""))
    return pc.if_else(pc.greater_equal(pc.utf8_length(short), _SHORTEST), short, plain)


def first_words(names: pa.Array) -> pa.Array:
    """First words of names, "" where nothing follows.

    Examples:
        >>> first_words(pa.array(["Acme Tab 8", "Acme"])).to_pylist()
        ['Acme', '']
    """
    return pc.fill_null(pc.struct_field(pc.extract_regex(plain_strings(names), _PARTS), "maker"), "")


def makers(names: pa.Array) -> pa.Array:
    """First words with which three different products or more begin.

    Args:
        names: (n,) strings.

    Returns:
        (m,) words in lower case, each once, in their order.

    Examples:
        >>> makers(pa.array(["Acme Tab 8", "ACME HomeHub", "Acme Watch", "Zen lamp", "Acme Watch 64GB"])).to_pylist()
        ['acme']
    """
    return _makers_of(pc.unique(model_names(names)))


def _makers_of(models: pa.Array) -> pa.Array:
    begins = Counter(pc.utf8_lower(first_words(models)).to_pylist())
    return pa.array(sorted(word for word, count in begins.items() if word and count >= _FEWEST_OF_MAKER), pa.string())


def spoken_names(names: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Ways to write the names of products.

    A first word with which three different products or more begin is taken for their maker; without it a name must be
    two words, or one that hardly means anything else.

    Args:
        names: (n,) distinct strings.

    Returns:
        (m,) ways to write them, each once, and (m,) the `model_names` that each stands for. What may stand for two is
        left out.

    Examples:
        >>> written, meant = spoken_names(pa.array(["Acme Tab 8 64GB", "Acme HomeHub", "Acme Watch"]))
        >>> dict(zip(written.to_pylist(), meant.to_pylist()))["Tab 8"]
        'Acme Tab 8'
        >>> "Watch" in written.to_pylist()
        False
    """
    models = model_names(names)
    distinct = pc.unique(models)
    parts = pc.extract_regex(distinct, _PARTS)
    maker, rest = (pc.struct_field(parts, field) for field in ("maker", "rest"))
    made = pc.is_in(pc.utf8_lower(maker), value_set=_makers_of(distinct))
    telling = pc.and_(pc.match_substring_regex(rest, _TELLING), pc.greater_equal(pc.utf8_length(rest), _SHORTEST))
    short = pc.fill_null(pc.and_(made, telling), False)
    taken = set(pc.utf8_lower(pa.concat_arrays([plain_strings(names), distinct])).to_pylist())
    shared = Counter(pc.utf8_lower(rest.filter(short)).to_pylist())
    ways: dict[str, str] = dict(zip(plain_strings(names).to_pylist(), models.to_pylist(), strict=True))
    ways.update((name, name) for name in distinct.to_pylist())
    cut = zip(rest.filter(short).to_pylist(), distinct.filter(short).to_pylist(), strict=True)
    ways.update((way, name) for way, name in cut if way.lower() not in taken and shared[way.lower()] == 1)
    return pa.array(list(ways), pa.string()), pa.array(list(ways.values()), pa.string())
