"""The public door: these names, no others, and each of them opens."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from importlib.metadata import version

import pytest

import sociolink

NAMES = [
    "Calibration",
    "CustomerIndex",
    "Enrichment",
    "Evaluation",
    "LinkModel",
    "Links",
    "Mapping",
    "Policy",
    "__version__",
    "check",
    "datasets",
    "diff_links",
    "enrich",
    "errors",
    "evaluate",
    "fit",
    "link",
    "read_opinions",
    "review",
    "testing",
    "watch",
]


def test_public_names_are_these() -> None:
    assert sociolink.__all__ == NAMES
    assert set(NAMES) <= set(dir(sociolink))


@pytest.mark.parametrize("name", NAMES)
def test_public_name_resolves(name: str) -> None:
    home = sociolink._HOMES.get(name)

    found = getattr(sociolink, name)

    assert found is not None
    if home is not None:
        assert found.__name__ == name
        assert found.__doc__


@pytest.mark.parametrize("name", sociolink._HOMES)
def test_arguments_after_the_second_are_named(name: str) -> None:
    """Of the verbs, and of what the public values can do."""
    found = getattr(sociolink, name)
    calls = dict(inspect.getmembers(found, inspect.isroutine)) if inspect.isclass(found) else {name: found}
    own = {called for called in dir(found) if not called.startswith("_")} if inspect.isclass(found) else {name}

    assert not [called for called in own & calls.keys() if len(positional(calls[called])) > 2]


def positional(call: Callable[..., object]) -> list[str]:
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return [
        name for name, taken in inspect.signature(call).parameters.items() if taken.kind in kinds and name != "self"
    ]


def test_public_name_stays_the_same_object() -> None:
    assert sociolink.errors is sociolink.errors
    assert sociolink.errors.__name__ == "sociolink.errors"


def test_version_is_that_of_the_distribution() -> None:
    assert sociolink.__version__ == version("sociolink")


def test_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'sociolink' has no attribute 'lnik'"):
        _ = sociolink.lnik  # type: ignore[attr-defined]
    assert not hasattr(sociolink, "pandas")
