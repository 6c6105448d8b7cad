"""How well languages and hours of profiles fit the countries and languages of customers."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sociolink.evidence.habits.learning import Manners
from sociolink.evidence.habits.states import split_locales
from sociolink.reference.locales import locales

__all__ = ["fit_hours", "fit_languages"]

Floats = npt.NDArray[np.float64]
Int64s = npt.NDArray[np.int64]

_LEAST, _MOST = 2.0**-4, 2.0**3
"""No habit counts for less or more than this: a couple of bits, however many posts there are."""

_OWN_LANGUAGE = 0.9
"""P(a customer's own language is the one that the CRM states), of those who write in their own."""


def _limit(ratio: Floats) -> Floats:
    return np.clip(ratio, _LEAST, _MOST)


def fit_languages(used: Int64s, code: Int64s, manners: Manners) -> Floats:
    """(used, locales) P(language | locale) / P(language)."""
    writes = manners.languages()
    country, language = split_locales(code)
    own, english, every = manners.parts()
    there = np.where((country >= 0)[:, None], own[np.maximum(country, 0)], every[0])
    named = np.zeros_like(there)
    named[np.arange(len(code)), np.maximum(language, 0)] = 1.0
    there = np.where((language >= 0)[:, None], _OWN_LANGUAGE * named + (1 - _OWN_LANGUAGE) * there, there)
    of_locale = manners.writes[0] * there + manners.writes[1] * english[0] + manners.writes[2] * every[0]
    anybody = (manners.country[:, None] * writes).sum(0)
    return _limit(of_locale[:, used].T / anybody[used][:, None])


def fit_hours(by_clock: Floats, spoken: Int64s, code: Int64s, manners: Manners) -> Floats:
    """(profiles, locales) P(hours | locale) / P(hours | the language that the profile writes in)."""
    goes_by = locales().goes_by
    writes = np.concatenate([manners.languages().T, np.ones((1, len(goes_by)))])
    clock_of = np.stack([(manners.country * one) @ goes_by for one in writes])
    clock_of = clock_of / clock_of.sum(1, keepdims=True)
    country, _ = split_locales(code)
    known = (country >= 0) & (goes_by[np.maximum(country, 0)].sum(1) > 0)
    anybody = np.zeros(len(by_clock))
    there = np.zeros((len(by_clock), len(code)))
    for clock in range(by_clock.shape[1]):
        anybody += by_clock[:, clock] * clock_of[spoken, clock]
        there += by_clock[:, clock, None] * goes_by[np.maximum(country, 0), clock]
    return _limit(np.where(known, there / anybody[:, None], 1.0))
