"""What is different between two runs: against a slow reference, in any order, from files old and new."""

from __future__ import annotations

import math
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sociolink as sl
from sociolink import diff_links
from sociolink.calibration.decisions import DecisionRule
from sociolink.errors import InputError, InvalidParameterError
from sociolink.evidence.account import Account
from sociolink.evidence.contact import Contact
from sociolink.evidence.place import Place
from sociolink.results.decisions import decide_table
from sociolink.results.diff import links_diff
from sociolink.results.diff.answer_changes import CHANGES
from sociolink.results.diff.drift import distance, stability_index
from sociolink.results.links import Links
from sociolink.results.model import Coverage, LinkModel

FAMILIES = ("name", "place")


def make_links(links: Links, profiles: dict[str, list[tuple[str, str, float, float]]], prior: float) -> Links:
    """Links of profiles with customers: id, person, bits of name and of place; the arithmetic is that of the model."""
    rows: list[dict[str, Any]] = []
    for profile, customers in profiles.items():
        odds = [2 ** (name + place + prior) for _, _, name, place in customers]
        total = 1 + sum(odds) + 0.01
        listed = sorted(zip(customers, odds, strict=True), key=lambda one: (-one[1], one[0][0]))
        persons: dict[str, float] = {}
        for (_, person, _, _), value in listed:
            persons[person] = persons.get(person, 0.0) + value / total
        listed.sort(key=lambda one: (-persons[one[0][1]], -one[1], one[0][0]))
        base = {"profile_id": profile, "nobody_probability": 1 / total, "rest_probability": 0.01 / total}
        for rank, ((customer, person, name, place), value) in enumerate(listed, 1):
            said = {"customer_id": customer, "group_id": person, "bits_name": name, "bits_place": place}
            numbers = {"probability": value / total, "group_probability": persons[person], "match_weight": name + place}
            rows.append({**base, **said, **numbers, "rank": rank, "margin": 1.0})
        if not listed:
            rows.append({**base, "rank": 0})
    names = links.table.schema
    table = pa.Table.from_pylist(rows, schema=names)
    return replace(links, table=decide_table(table.drop_columns(["decision"]), DecisionRule()))


def draw(seed: int, links: Links, prior: float) -> Links:
    chosen = random.Random(seed)
    profiles = {}
    for number in range(40):
        if chosen.random() < 0.9:
            customers = chosen.sample(range(12), chosen.randint(0, 3))
            profiles[f"p{number:02}"] = [
                (f"c{one}", f"c{one - one % 2}", chosen.randint(-2, 36) / 2, chosen.choice([0.0, 4.0, -3.0]))
                for one in customers
            ]
    return make_links(links, profiles, prior)


def slow_changes(old: Links, new: Links, moved: float) -> dict[str, tuple[str, float | None]]:
    """The reference: profile by profile, from plain rows."""
    sides = []
    for links in (old, new):
        by_profile: dict[str, list[dict[str, Any]]] = {}
        for row in links.table.to_pylist():
            by_profile.setdefault(row["profile_id"], []).append(row)
        sides.append(by_profile)
    out = {}
    for profile in sorted({*sides[0], *sides[1]}):
        was, now = (side.get(profile) for side in sides)
        first, last = (None if rows is None else rows[0] for rows in (was, now))
        linked = [row is not None and row["decision"] == "link" for row in (first, last)]
        same = False
        if first is not None and last is not None:
            same = first["customer_id"] == last["customer_id"] or (
                None not in (first["customer_id"], last["customer_id"])
                and (
                    first["group_id"] == last["group_id"]
                    or any(
                        row["customer_id"] == first["customer_id"] and row["group_id"] == last["group_id"]
                        for row in now or ()
                    )
                )
            )
        chance = [0.0 if row is None else row["group_probability"] or 0.0 for row in (first, last)]
        shift = abs(chance[1] - chance[0]) if same else max(chance)
        if linked[1] and not linked[0]:
            kind = "gained"
        elif linked[0] and not linked[1]:
            kind = "lost"
        elif all(linked) and not same:
            kind = "moved"
        elif first is None or last is None:
            continue
        elif first["decision"] != last["decision"]:
            kind = "decided"
        elif shift > moved:
            kind = "shifted"
        else:
            continue
        by_old = kind == "lost" or (kind in ("decided", "shifted") and chance[0] > chance[1])
        judged = (first if by_old else last)["customer_id"] if (first if by_old else last) is not None else None
        pair = [next((r for r in rows or () if judged and r["customer_id"] == judged), None) for rows in (was, now)]
        gain = None
        if pair[0] is not None and pair[1] is not None:
            odds = [math.log2(row["probability"] / (1 - row["probability"])) for row in pair if row is not None]
            gain = odds[1] - odds[0]
        out[profile] = (kind, gain)
    return out


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("moved", [0.0, 0.1])
def test_changes_are_those_of_the_reference_and_their_bits_add_up(links: Links, seed: int, moved: float) -> None:
    old, new = draw(seed, links, -5.0), draw(seed + 100, links, -5.5)
    found = diff_links(old, new, moved=moved)
    expected = slow_changes(old, new, moved)

    rows = {row["profile_id"]: row for row in found.table.to_pylist()}
    assert {profile: row["change"] for profile, row in rows.items()} == {p: kind for p, (kind, _) in expected.items()}
    for profile, (_, gain) in expected.items():
        row = rows[profile]
        terms = [row["evidence_bits"], row["coverage_bits"], row["rivals_bits"]]
        if gain is None:
            assert terms == [None, None, None]
            assert row["cause"] in ("profile", "candidates")
            continue
        assert sum(terms) == pytest.approx(gain, abs=1e-5)
        assert row["bits_name"] + row["bits_place"] == pytest.approx(terms[0], abs=1e-5)
        assert terms[1] == pytest.approx(-0.5, abs=1e-5)  # the odds before any evidence are all that else has changed
    assert {"gained", "lost"} <= {kind for kind, _ in expected.values()}
    order = [(CHANGES.index(row["change"]), row["profile_id"]) for row in found.table.to_pylist()]
    assert order == sorted(order)


def test_permuted_rows_and_profiles_change_nothing(links: Links) -> None:
    old, new = draw(1, links, -5.0), draw(2, links, -5.0)
    ids = pc.unique(old.table["profile_id"]).to_pylist()
    random.Random(0).shuffle(ids)
    parts = [old.table.filter(pc.equal(old.table["profile_id"], one)) for one in ids]
    other = replace(old, table=pa.concat_tables(parts))

    assert diff_links(other, new).table.equals(diff_links(old, new).table)
    assert diff_links(other, new).to_dict() == diff_links(old, new).to_dict()


def test_old_and_new_the_same_is_nothing(links: Links) -> None:
    found = diff_links(links, links, moved=0.0)

    assert len(found) == 0
    assert found.churn == 0
    assert found.causes == ()
    assert all(one.stability == 0 and one.distance == 0 for one in found.drift)
    assert found.sentence == "No answer has changed: 1 links, as before."


def test_backwards_gained_is_lost(links: Links) -> None:
    old, new = draw(3, links, -5.0), draw(4, links, -5.0)
    there, back = diff_links(old, new), diff_links(new, old)

    assert (there.counts["gained"], there.counts["lost"]) == (back.counts["lost"], back.counts["gained"])
    assert there.churn == back.churn
    assert 0 < there.churn <= 1


def one_profile(links: Links, name: float, place: float, prior: float = -5.0, **others: float) -> Links:
    rivals = [(rival, rival, bits, 0.0) for rival, bits in others.items()]
    return make_links(links, {"p1": [("c1", "c1", name, place), *rivals]}, prior)


def test_a_change_says_which_evidence_made_it(links: Links) -> None:
    found = diff_links(one_profile(links, 10, 4), one_profile(links, 7.5, 0)).table.to_pylist()[0]

    assert (found["change"], found["cause"], found["why"]) == ("lost", "evidence", "name -2.5, place -4.0")


def test_the_same_bits_with_a_rival_or_another_coverage_say_so(links: Links) -> None:
    before = one_profile(links, 10, 4)
    rival = diff_links(before, one_profile(links, 10, 4, c9=13.5)).table.to_pylist()[0]
    rarer = diff_links(before, one_profile(links, 10, 4, prior=-11.0)).table.to_pylist()[0]

    assert (rival["change"], rival["cause"]) == ("lost", "rivals")
    assert rival["evidence_bits"] == 0
    assert rival["why"].startswith("rivals -")
    assert (rarer["change"], rarer["cause"]) == ("lost", "coverage")
    assert rarer["why"].startswith("coverage -6.0")


def test_the_same_odds_decided_otherwise_say_so(links: Links) -> None:
    before = one_profile(links, 10, 4)
    after = replace(before, table=decide_table(before.table, DecisionRule(min_probability=0.999)))
    found = diff_links(before, after)

    assert found.table["cause"].to_pylist() == ["decision"]
    assert found.table["why"].to_pylist() == ["the same odds, decided otherwise"]


def test_profiles_and_customers_of_one_run_alone_say_so(links: Links) -> None:
    both = make_links(links, {"p1": [("c1", "c1", 10, 4)], "p2": [("c2", "c2", 10, 4)]}, -5)
    other = make_links(links, {"p1": [("c3", "c3", 10, 4)], "p3": [("c4", "c4", 10, 4)]}, -5)
    found = {row["profile_id"]: (row["change"], row["why"]) for row in diff_links(both, other).table.to_pylist()}

    assert found == {
        "p1": ("moved", "the customer was not among the answers before"),
        "p2": ("lost", "the profile is gone"),
        "p3": ("gained", "the profile is new"),
    }


def test_another_record_of_the_same_person_is_no_move(links: Links) -> None:
    before = make_links(links, {"p1": [("c1", "c1", 10, 4)]}, -5)
    renamed = make_links(links, {"p1": [("c0", "c0", 10, 4), ("c1", "c0", 9, 4)]}, -5)

    assert diff_links(before, renamed, moved=1.0).counts["moved"] == 0


def test_links_with_other_families_are_compared(links: Links) -> None:
    before, after = one_profile(links, 10, 4), one_profile(links, 10, 4)
    names = ["employer" if name == "place" else name for name in FAMILIES]
    renamed = after.table.rename_columns(
        [name.replace("_place", "_employer") if name.startswith(("bits_", "level_")) else name
         for name in after.table.column_names]
    )  # fmt: skip
    found = diff_links(before, replace(after, table=decide_table(renamed, DecisionRule(min_probability=0.999))))
    row = found.table.to_pylist()[0]

    assert (row["bits_place"], row["bits_employer"], row["evidence_bits"]) == (-4, 4, 0)
    assert ("evidence", "name, place", ", ".join(names)) in [(one.what, one.before, one.after) for one in found.causes]


def test_files_are_compared_like_links(links: Links, tmp_path: Path) -> None:
    old, new = draw(1, links, -5.0), draw(2, links, -5.0)
    paths = old.write(tmp_path / "old.parquet"), new.write(tmp_path / "new.parquet")
    found = diff_links(*paths)

    assert found.table.equals(diff_links(old, new).table)
    assert found.write(tmp_path / "changes.csv").exists()
    with pytest.raises(InputError, match="there is no such file"):
        diff_links(paths[0], tmp_path / "none.parquet")


def test_runs_say_what_was_different(links: Links) -> None:
    some = {"kind": "profiles", "rows": 4, "columns": ["a", "b"], "sha256": "1" * 64}
    report = replace(links.report, sources=(some,), decision_rule={"max_false": 0.05}, versions={"pyarrow": "1"})
    told = replace(
        report,
        sources=({**some, "sha256": "2" * 64, "columns": ["a", "c"]},),
        decision_rule={"max_false": 0.01},
        versions={"pyarrow": "2"},
        customers=9,
        seed=8,
    )
    found = diff_links(replace(links, report=report, model_id="m1"), replace(links, report=told, model_id="m2"))

    assert [(one.kind, one.what, one.before, one.after) for one in found.causes] == [
        ("data", "profiles", "4 rows, 111111111111", "4 rows, 222222222222"),
        ("data", "columns of profiles", "b", "c"),
        ("data", "customers compared", "5", "9"),
        ("model", "model", "m1", "m2"),
        ("settings", "max_false", "0.05", "0.01"),
        ("settings", "seed of the decoys", "7", "8"),
        ("settings", "version of pyarrow", "1", "2"),
    ]
    assert found.evidence_from == "data and model have both changed"


def test_models_say_which_weights_moved(links: Links) -> None:
    share = Coverage(0.3, 0.2, 0.4)
    weights = {"name.handle": {"full": 0.6, "other": 0.4}, "place": {"same": 1.0}}
    old = LinkModel(("name",), {"name": {}}, weights, {"name": 0.1}, {}, share, share, 9, 9, 1, True)
    new = replace(old, weights={**weights, "name.handle": {"full": 0.35, "other": 0.65}}, other={"name": 0.105})
    found = diff_links(links, links, models=(old, new))

    assert [(one.what, one.before, one.after) for one in found.causes] == [
        ("name.handle, full", "0.600", "0.350"),
        ("name.handle, other", "0.400", "0.650"),
    ]


def test_what_is_shown_fits_a_terminal_and_is_harmless(links: Links) -> None:
    old, new = draw(1, links, -5.0), draw(2, links, -5.0)
    hostile = new.table.set_column(0, "profile_id", pc.replace_substring(new.table["profile_id"], "p", "<script>"))
    found = diff_links(old, replace(new, table=hostile))

    assert max(map(len, repr(found).splitlines())) <= 80
    assert "<script>" not in found._repr_html_()
    assert "&lt;script&gt;" in found._repr_html_()
    assert set(found.to_dict()["changes"]) == set(CHANGES) == set(links_diff._WORDS)


@pytest.mark.parametrize("moved", [-0.1, 1.5])
def test_bad_thresholds_are_refused(links: Links, moved: float) -> None:
    with pytest.raises(InvalidParameterError, match="moved is"):
        diff_links(links, links, moved=moved)


SCORES = st.lists(st.floats(-50, 50).map(lambda x: round(x, 1)), min_size=1, max_size=40).map(np.array)


@given(SCORES, SCORES)
@settings(max_examples=60, deadline=None)
def test_the_distance_is_that_of_its_definition(before: np.ndarray[Any, Any], after: np.ndarray[Any, Any]) -> None:
    slow = max(abs(float(np.mean(before <= at)) - float(np.mean(after <= at))) for at in [*before, *after])

    assert distance(before, after) == pytest.approx(slow)
    assert distance(after, before) == distance(before, after)
    assert stability_index(before, after) >= 0
    assert stability_index(before, before[::-1]) == 0


def test_a_linked_world_without_its_first_customers(tmp_path: Path) -> None:
    """The real thing: owners who left the CRM are lost, and their profiles say that they are not listed any more."""
    world = sl.datasets.synthetic(150, 80, coverage=0.6, seed=2, posts=0, events=0)
    given = {"policy": sl.Policy.research(who="tests"), "evidence": (Contact(), Account(), Place())}
    before = sl.link(world.profiles, world.customers, **given)
    gone = set(before.table.filter(pc.equal(before.table["decision"], "link"))["customer_id"].to_pylist()[:5])
    kept = world.customers.filter(pc.invert(pc.is_in(world.customers["customer_id"], pa.array(sorted(gone)))))
    found = diff_links(before, sl.link(world.profiles, kept, model=before.model, **given))

    lost = found.table.filter(pc.is_in(found.table["customer_id_before"], pa.array(sorted(gone))))
    assert set(lost["customer_id_before"].to_pylist()) == gone
    assert set(lost["change"].to_pylist()) <= {"lost", "moved"}
    assert found.counts["lost"] >= 1
    assert not any(one.kind == "model" for one in found.causes)
