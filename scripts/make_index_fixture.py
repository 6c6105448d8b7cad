"""Write the small index that tests keep as the first of its format; run it only when a new format begins.

usage: python scripts/make_index_fixture.py tests/fixtures/index-format-1
"""

from __future__ import annotations

import sys
from pathlib import Path

import sociolink as sl
from sociolink.linking.defaults import DEFAULT_EVIDENCE

EVIDENCE = DEFAULT_EVIDENCE[1:]
"""Without names, whose bundled vocabulary would make the fixture large."""

PEOPLE = [
    {
        "customer_id": f"c{number}",
        "given_name": given,
        "family_name": family,
        "email": f"{given.lower()}@{family.lower()}.example",
        "handles": f"x:{given.lower()}_{number}",
        "city": city,
        "country": country,
        "birth_date": f"19{60 + number}-0{1 + number}-11",
        "organisation": f"{family} Works",
    }
    for number, (given, family, city, country) in enumerate(
        [
            ("Xenia", "Quartermain", "Leeds", "GB"),
            ("Olu", "Adeyemi", "Lagos", "NG"),
            ("Anneliese", "Zimmermann", "Kassel", "DE"),
            ("Bart", "Okonkwo", "Lyon", "FR"),
            ("Mei", "Tanaka", "Osaka", "JP"),
        ]
    )
]


def main(folder: Path) -> None:
    """Build, add, replace and erase."""
    policy = sl.Policy.research(who="fixture")
    accounts = [{"platform": "x", "handle": f"xenia_{number}", "bio": "me@zimmermann.example"} for number in range(3)]
    model = sl.fit(accounts, PEOPLE, policy=policy, evidence=EVIDENCE)
    index = sl.CustomerIndex.build(PEOPLE[:4], model=model, policy=policy, path=folder, evidence=EVIDENCE)
    index.upsert([PEOPLE[4], {**PEOPLE[1], "city": "Abuja"}])
    index.erase(["c3"])
    (folder / "lock").unlink(missing_ok=True)
    print(index.info(verify=True))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
