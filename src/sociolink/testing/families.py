"""The conformance checks of evidence families: what blocking, scoring and explanations rely on."""

from __future__ import annotations

import pyarrow as pa

from sociolink.evidence.protocol import EvidenceFamily
from sociolink.testing.family_checks.answers import (
    check_background,
    check_batches,
    check_keys,
    check_mixtures,
    check_order,
)
from sociolink.testing.family_checks.chances import check_chances
from sociolink.testing.family_checks.emptiness import check_empty, check_missing
from sociolink.testing.family_checks.people import sample_customers, sample_profiles
from sociolink.testing.family_checks.promises import check_promises
from sociolink.testing.family_checks.sections import check_sections

__all__ = ["assert_family_conforms"]

CHECKS = (
    ("promises", check_promises),
    ("keys", check_keys),
    ("mixtures", check_mixtures),
    ("chances", check_chances),
    ("batches", check_batches),
    ("order", check_order),
    ("background", check_background),
    ("empty tables", check_empty),
    ("missing facts", check_missing),
    ("sections", check_sections),
)


def assert_family_conforms(
    family: EvidenceFamily, customers: pa.Table | None = None, *, profiles: pa.Table | None = None
) -> None:
    """Check that an evidence family keeps the promises of `sociolink.evidence.protocol`.

    It must learn plain data without persons, give keys and mixtures of the right types, the same components in every
    batch, likelihoods that are finite and above 0, the same answer whatever the order of rows, the names of ids and the
    size of batches, nothing for facts that are missing and for customers who were not compared one by one, and it must
    bear empty tables and empty columns. A family with a method `chances(customers, profiles, pairs)` (P(component | a
    random person) for each pair) must give likelihoods of 1 / u, and chances that sum to 1. One with `prepare_sections`
    must give the same arrays as all customers at once.

    Args:
        family: The family.
        customers: Canonical customers to try it on; a small made-up table if None.
        profiles: Canonical profiles to try it on; a small made-up table if None. With the default tables most families
            have something to say; a family that reads columns of its own needs tables that hold them.

    Raises:
        AssertionError: Says which promise is broken and how.

    Examples:
        >>> from sociolink.evidence.place import Place
        >>> assert_family_conforms(Place())
    """
    customers = sample_customers() if customers is None else customers
    profiles = sample_profiles() if profiles is None else profiles
    for promise, check in CHECKS:
        try:
            check(family, customers, profiles=profiles)
        except AssertionError as error:
            raise AssertionError(f"{type(family).__name__}, {promise}: {error}") from None
        except Exception as error:
            raise AssertionError(
                f"{type(family).__name__}, {promise}: raised {type(error).__name__}: {error}"
            ) from error
