"""Words that stand in names without naming anybody: titles, suffixes, particles, pronouns."""

# ruff: noqa: SIM905
from __future__ import annotations

__all__ = ["COMPOUND_FAMILY_NAMES", "PARTICLES", "PARTICLES_IN_LOWER_CASE", "PRONOUNS", "SHORT_FAMILY_NAMES"]
__all__ += ["SUFFIXES", "SUFFIXES_IN_CAPITALS", "TITLES"]

TITLES = frozenset(
    "mr mrs ms miss mx dr prof professor sir madam madame mme mlle mademoiselle monsieur herr frau fr hon "
    "honorable sen senator rep representative congressman congresswoman gov governor mayor lt ltgov lieutenant capt "
    "captain col colonel gen general maj sgt sergeant cpl cmdr adm admiral rev reverend father sister brother "
    "rabbi imam president pres chancellor ambassador amb atty attorney dottore dott ing dipl "
    "dipling sr sra srta senor senora senorita sig signor signora hr fru dame lord lady councilmember cllr "
    "councillor councilman councilwoman assemblymember delegate deputy depute deputee senateur senatrice mep mp "
    "minister ministre maire".split()
)
"""Titles before a name, squashed."""

SUFFIXES = frozenset(
    "jr junior sr snr jnr ii iii iv phd md dds dvm do jd esq esquire mba msc bsc ma ba cpa rn pe mph edd psyd dphil "
    "facs obe mbe cbe kc qc ret usn usa usmc usaf mep mp cfa pmp dr llm llb".split()
)
"""Suffixes after a name, squashed."""

SUFFIXES_IN_CAPITALS = frozenset("ma do ba pe rn kc mp dr ret jd".split())
"""Suffixes that are read as such only in capitals: they are family names too."""

PARTICLES = frozenset(
    "de la las los del della delle dello dei degli di da das do dos du des van von vom der den ter ten te zu zum zur "
    "af av le mac mc st ste saint vander vande ver ibn bint abu abd al el".split()
)
"""Words that belong to the family name behind them, squashed."""

PARTICLES_IN_LOWER_CASE = frozenset("al el ben bin y e do da le mac abd te ten ter ver".split())
"""Particles that are read as such in the middle of a full name only if they are in lower case."""

PRONOUNS = frozenset("he him his she her hers they them their theirs il elle iel er sie ella".split())

SHORT_FAMILY_NAMES = frozenset(
    "li wu xu ma he hu lu yu su ye du gu an oh ha im vo le ho ng qi ge yi ku na ko no ro yo lo fu bo".split()
)
"""Family names of two letters; other pairs of capitals before a name are initials."""

COMPOUND_FAMILY_NAMES = tuple(
    "欧阳 歐陽 司马 司馬 诸葛 諸葛 上官 司徒 夏侯 皇甫 尉迟 公孙 남궁 황보 제갈 사공 선우 독고".split()
)
"""Chinese and Korean family names of two characters."""
