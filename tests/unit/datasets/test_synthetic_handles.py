"""Every way to make a handle gives a usable one, and slips of the keyboard are single slips."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from sociolink.datasets.synthesis import edits
from sociolink.datasets.synthesis.handle_makers import PLAIN_MAKERS, HandleMaker
from sociolink.datasets.synthesis.handle_oddities import ODD_MAKERS
from sociolink.datasets.synthesis.handle_parts import HandleParts
from sociolink.datasets.synthesis.opaque_handles import OPAQUE_MAKERS
from sociolink.datasets.synthesis.platforms import PLATFORMS, style_cores, unique_cores

ALL_MAKERS = [maker for makers in (PLAIN_MAKERS, ODD_MAKERS, OPAQUE_MAKERS) for maker, _ in makers]


@pytest.fixture
def parts() -> HandleParts:
    return HandleParts(
        given=pa.array(["jonathan", "ana", "li"]),
        family=pa.array(["richardson", "ruiz", "wu"]),
        nickname=pa.array(["jon", "anita", "liy"]),
        middle=pa.array(["p", "n", "i"]),
        year=pa.array(["1984", "1999", "1950"]),
        city=pa.array(["boston", "madrid", "taipei"]),
        hobby=pa.array(["chess", "tea", "surf"]),
        profession=pa.array(["dev", "law", "photo"]),
    )


@pytest.mark.parametrize("maker", ALL_MAKERS, ids=lambda maker: maker.__name__)
def test_every_maker_gives_words_of_letters_and_digits(maker: HandleMaker, parts: HandleParts) -> None:
    made = maker(parts, np.random.default_rng(0))
    assert len(made) == 3
    assert made.null_count == 0
    assert pc.all(pc.match_substring_regex(made, "^[a-z0-9]+( [a-z0-9]+)*$")).as_py(), made


def test_makers_make_what_their_names_say(parts: HandleParts) -> None:
    by_name = {maker.__name__: maker(parts, np.random.default_rng(0))[0].as_py() for maker in ALL_MAKERS}
    assert by_name["first_last"] == "jonathan richardson"
    assert by_name["initial_last"] == "jrichardson"
    assert by_name["last_first"] == "richardson jonathan"
    assert by_name["without_vowels"] == "jnthn rchrdsn"
    assert by_name["spoonerism"] == "ronathan jichardson"
    assert by_name["backwards"] in ("nosdrahcir", "nahtanoj")
    assert by_name["truncated"] in ("jonric", "jonricha")
    assert by_name["next_keys"] == "kpmsyjsmt"


def test_styles_keep_to_the_platform() -> None:
    names = tuple(PLATFORMS)
    platform = np.repeat(np.arange(len(names)), 50)
    chance = np.tile(np.linspace(0, 0.999, 50), len(names))
    cores = style_cores(pa.array(["jo mac smith"] * len(platform)), platform, chance, names)
    styled = {name: set(cores.filter(pa.array(platform == code)).to_pylist()) for code, name in enumerate(names)}
    assert styled["twitter"] == {"jomacsmith", "jo_mac_smith", "JoMacSmith"}
    assert styled["linkedin"] == {"jomacsmith", "jo-mac-smith"}
    assert styled["instagram"] == {"jomacsmith", "jo_mac_smith", "jo.mac.smith"}


def test_taken_handles_get_digits() -> None:
    names = ("twitter", "github")
    cores = pa.array(["JSmith", "jsmith", "jsmith", "jsmith", "ab"])
    unique = unique_cores(np.random.default_rng(0), cores, np.array([0, 0, 0, 1, 1]), names).to_pylist()
    assert unique[0] == "JSmith"
    assert unique[3] == "jsmith"
    assert len({handle.lower() for handle in unique[:3]}) == 3
    assert all(handle.startswith("jsmith") and len(handle) > 6 for handle in unique[1:3])
    assert len(unique[4]) == 3


def test_many_takers_of_a_long_handle_stay_within_the_limit() -> None:
    cores = pa.array(["abcdefghijklmno"] * 5000)
    unique = unique_cores(np.random.default_rng(0), cores, np.zeros(5000, dtype=np.int64), ("twitter",))
    assert pc.count_distinct(unique).as_py() == 5000
    assert pc.max(pc.utf8_length(unique)).as_py() <= 15


def test_a_typo_is_one_slip() -> None:
    words = pa.array(["washington", "müller", "abc", None, "Nguyễn", ""] * 200)
    slipped = edits.typo(np.random.default_rng(3), words)
    assert slipped.is_null().to_pylist() == words.is_null().to_pylist()
    for before, after in zip(words.to_pylist(), slipped.to_pylist(), strict=True):
        if before is None or len(before) < 4:
            assert after == before
        else:
            assert abs(len(after) - len(before)) <= 1
            assert after[0] == before[0]
    changed = sum(before != after for before, after in zip(words.to_pylist(), slipped.to_pylist(), strict=True))
    assert changed > 300


def test_edits_work_on_slices_and_empty_columns() -> None:
    sliced = pa.array(["never", "george", "martha"]).slice(1)
    assert edits.shifted_keys(sliced).to_pylist() == ["hrpthr", "nstyjs"]
    assert edits.typo(np.random.default_rng(0), pa.array([], pa.string())).to_pylist() == []
