"""A picture: an Altair chart with the table that it shows, which saves itself without a network."""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from sociolink.errors import InvalidParameterError, SociolinkError
from sociolink.records.writers import write_bytes
from sociolink.rendering.grid import tame

__all__ = ["DARK", "INK", "LIGHT", "MIDDLE", "Picture", "finish", "harmless", "load_altair", "names_of", "rows_of_data"]

DARK: Final = "#1d4f8c"
MIDDLE: Final = "#6f93bd"
LIGHT: Final = "#e0a96d"
INK: Final = "#333b44"
"""Dark, middle and light stay apart in greyscale; dashes and shapes say the same once more."""

_SUFFIXES: Final = (".png", ".svg", ".html", ".json")
_NOTEBOOK_SCALE: Final = 1.5
_REMEDY: Final = "Install them with pip install 'sociolink[plots]'."


def load_altair() -> Any:
    """Altair, loaded when the first picture is drawn.

    Raises:
        SociolinkError: It is not installed; says which extra holds it.
    """
    try:
        return import_module("altair")
    except ImportError:
        raise SociolinkError(f"Pictures need altair and vl-convert-python. {_REMEDY}") from None


def _load_converter() -> Any:
    try:
        return import_module("vl_convert")
    except ImportError:
        raise SociolinkError(f"Saving a picture needs vl-convert-python. {_REMEDY}") from None


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A chart and its data.

    Attributes:
        chart: The Altair chart, to be shown or changed.
        data: The table that it shows.
    """

    chart: Any
    data: pa.Table

    def save(self, path: str | os.PathLike[str], *, scale: float = 2.0) -> Path:
        """Write the picture; no network is needed, and the file appears whole or not at all.

        Args:
            path: File ending in .png, .svg, .html (with everything inside) or .json (Vega-Lite).
            scale: Of a PNG: 2 for screens of twice the density.

        Returns:
            The path that was written.

        Raises:
            InvalidParameterError: The suffix is none of these.
            OutputError: The file could not be written.
            SociolinkError: vl-convert-python is not installed.
        """
        suffix = Path(path).suffix.lower()
        if suffix not in _SUFFIXES:
            raise InvalidParameterError(f"{Path(path).name} must end in {', '.join(_SUFFIXES)}.")
        if suffix == ".json":
            return write_bytes(self.chart.to_json().encode(), path)
        converter, spec = _load_converter(), self.chart.to_dict()
        if suffix == ".png":
            return write_bytes(converter.vegalite_to_png(spec, scale=scale), path)
        if suffix == ".svg":
            return write_bytes(converter.vegalite_to_svg(spec).encode(), path)
        return write_bytes(converter.vegalite_to_html(spec, bundle=True).encode(), path)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        """For notebooks: the chart for those that draw Vega-Lite themselves, and a PNG; neither needs a network."""
        spec = self.chart.to_dict()
        version = spec["$schema"].rpartition("/v")[2].partition(".")[0]
        image = base64.b64encode(_load_converter().vegalite_to_png(spec, scale=_NOTEBOOK_SCALE)).decode()
        return {f"application/vnd.vegalite.v{version}+json": spec, "image/png": image, "text/plain": repr(self)}


def harmless(text: str) -> str:
    """Foreign text for a chart: on one line, and without what would end or hide a script that a page keeps it in.

    Examples:
        >>> harmless("</script><!--\\u202e")
        '< /script>< !--'
    """
    return tame(text).replace("</", "< /").replace("<!", "< !")


def rows_of_data(alt: Any, data: pa.Table | Sequence[Mapping[str, Any]]) -> Any:
    """A table, or rows, as values inside the chart; every text in it is harmless."""
    rows = data.to_pylist() if isinstance(data, pa.Table) else data
    return alt.Data(values=[{name: _calm(value) for name, value in row.items()} for row in rows])


def names_of(data: pa.Table | Sequence[Mapping[str, Any]], column: str) -> list[str]:
    """The texts of a column as the chart has them, each once, in their order."""
    rows = data.to_pylist() if isinstance(data, pa.Table) else data
    return list(dict.fromkeys(_calm(row[column]) for row in rows))


def _calm(value: Any) -> Any:
    """Text made harmless line by line, anything else as it is."""
    return "\n".join(map(harmless, value.split("\n"))) if isinstance(value, str) else value


def finish(chart: Any, *, title: str, subtitle: str | list[str] = "") -> Any:
    """The chart with its title and the look that all pictures share."""
    head: dict[str, Any] = {"text": harmless(title)}
    if subtitle:
        head["subtitle"] = subtitle
    return (
        chart.properties(title=head, background="white", padding=12)
        .configure_view(stroke=None)
        .configure_axis(
            labelFontSize=12,
            titleFontSize=12,
            titleFontWeight="normal",
            labelColor=INK,
            titleColor=INK,
            gridColor="#e4e7eb",
            domainColor="#8a939c",
            tickColor="#8a939c",
            labelLimit=420,
        )
        .configure_title(
            anchor="start", fontSize=15, subtitleFontSize=12, color=INK, subtitleColor="#545c66", offset=12
        )
        .configure_legend(labelFontSize=12, titleFontSize=12, titleFontWeight="normal", labelColor=INK, labelLimit=300)
    )
