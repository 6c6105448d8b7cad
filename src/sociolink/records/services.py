"""What the columns of known services need before they are read: HTML, nested lists, names with their handle."""

from __future__ import annotations

import html
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

from sociolink.records.accounts import HANDLE_ADDRESS
from sociolink.records.aliases import Service
from sociolink.records.strings import as_array, as_strings

__all__ = ["first_items", "prepare_column", "strip_html"]

_BREAKS = r"(?i)<br\s*/?>|</p>|</div>|</li>"
_TAGS = r"<[^<>]*>"
_HANDLE_AND_NAME = r"^(?P<handle>\S+) \((?P<name>.+)\)$"


def prepare_column(service: Service | None, canonical: str, values: Any, *, table: pa.Table) -> Any:
    """Make a service's column ready to be read as a canonical one.

    Args:
        service: The service, if it is known.
        canonical: The canonical column that is to be read.
        values: The source's column.
        table: The whole source, for columns that need another.
    """
    if service is None:
        return values
    if canonical in service.html:
        values = _map_strings(values, strip_html)
    if service.name == "Mastodon account" and canonical == "handle" and "url" in table.column_names:
        return _with_server(as_strings(values).values, as_strings(table["url"]).values)
    if service.name == "Mastodon status" and canonical == "handle" and "account.url" in table.column_names:
        return _with_server(as_strings(values).values, as_strings(table["account.url"]).values)
    if service.name == "Brandwatch export" and canonical == "display_name":
        return _map_strings(values, _names_alone)
    return values


def first_items(values: Any) -> Any:
    """The first item of each list; anything but lists stays as it is.

    Args:
        values: Array or chunked array.

    Examples:
        >>> first_items(pa.array([["a", "b"], [], None])).to_pylist()
        ['a', None, None]
    """
    array = as_array(values)
    if not (pt.is_list(array.type) or pt.is_large_list(array.type)):
        return values
    filled = pc.greater(pc.fill_null(pc.list_value_length(array), 0), 0)
    firsts = pc.list_element(array.filter(filled), 0)
    places = pc.subtract(pc.cumulative_sum(pc.cast(filled, pa.int64())), 1)
    return firsts.take(pc.if_else(filled, places, None))


def strip_html(values: pa.Array) -> pa.Array:
    """Text without its tags, paragraphs as line breaks, entities as characters.

    Args:
        values: Strings of HTML.

    Examples:
        >>> strip_html(pa.array(["<p>Caf&eacute; <b>owner</b></p>"])).to_pylist()
        ['Café owner']
    """
    broken = pc.replace_substring_regex(values, _BREAKS, "\n")
    text = pc.utf8_trim_whitespace(pc.replace_substring_regex(broken, _TAGS, ""))
    coded = pc.fill_null(pc.match_substring(text, "&"), False)
    if not pc.any(coded).as_py():
        return text
    distinct = text.filter(coded).dictionary_encode()
    decoded = pa.array([html.unescape(value) for value in distinct.dictionary.to_pylist()], pa.string())
    return pc.replace_with_mask(text, coded, decoded.take(distinct.indices))


def _map_strings(values: Any, change: Any) -> Any:
    """Change strings, also those inside lists; values that are not valid strings stay as they are."""
    firsts = first_items(values)
    strings = as_strings(firsts)
    return firsts if strings.codes.any() else change(strings.values)


def _names_alone(values: pa.Array) -> pa.Array:
    """ "jsmith (Jo Smith)" as "Jo Smith"."""
    found = pc.extract_regex(values, _HANDLE_AND_NAME)
    return pc.coalesce(pc.if_else(pc.is_valid(found), pc.struct_field(found, "name"), None), values)


def _with_server(handles: pa.Array, addresses: pa.Array) -> pa.Array:
    """Local handles with the server of the account's own address."""
    found = pc.extract_regex(addresses, HANDLE_ADDRESS)
    host = pc.if_else(pc.is_valid(found), pc.struct_field(found, "host"), None)
    local = pc.and_(pc.invert(pc.match_substring(handles, "@")), pc.is_valid(host))
    return pc.if_else(pc.fill_null(local, False), pc.binary_join_element_wise(handles, host, "@"), handles)
