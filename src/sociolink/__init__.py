"""How do I know this tweet is my customer? Links social profiles to CRM records with a confidence that can be believed.

The public names are loaded when they are first used, so that importing the package costs next to nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sociolink import datasets, errors, review, testing
    from sociolink.calibration.reliability import Calibration
    from sociolink.enrichment.enrich import enrich
    from sociolink.enrichment.enrichment import Enrichment
    from sociolink.evaluation.evaluate import evaluate
    from sociolink.governance.policy import Policy
    from sociolink.linking.check import check
    from sociolink.linking.customer_index import CustomerIndex
    from sociolink.linking.fit import fit
    from sociolink.linking.link import link
    from sociolink.linking.watch import watch
    from sociolink.opinions.read import read_opinions
    from sociolink.records.mapping import Mapping
    from sociolink.results.diff.comparison import diff_links
    from sociolink.results.evaluation import Evaluation
    from sociolink.results.links import Links
    from sociolink.results.model import LinkModel

    __version__: str

__all__ = [
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

_HOMES = {
    "Calibration": "sociolink.calibration.reliability",
    "CustomerIndex": "sociolink.linking.customer_index",
    "Enrichment": "sociolink.enrichment.enrichment",
    "Evaluation": "sociolink.results.evaluation",
    "LinkModel": "sociolink.results.model",
    "Links": "sociolink.results.links",
    "Mapping": "sociolink.records.mapping",
    "Policy": "sociolink.governance.policy",
    "check": "sociolink.linking.check",
    "diff_links": "sociolink.results.diff.comparison",
    "enrich": "sociolink.enrichment.enrich",
    "evaluate": "sociolink.evaluation.evaluate",
    "fit": "sociolink.linking.fit",
    "link": "sociolink.linking.link",
    "read_opinions": "sociolink.opinions.read",
    "watch": "sociolink.linking.watch",
}
_ROOMS = ("datasets", "errors", "review", "testing")


def __getattr__(name: str) -> object:
    from importlib import import_module

    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    if name in _ROOMS:
        return import_module(f"{__name__}.{name}")
    if name == "__version__":
        from importlib.metadata import version

        return version(__name__)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
