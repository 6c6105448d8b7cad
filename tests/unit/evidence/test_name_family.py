"""Name evidence as mixtures: odds that can be believed in a closed world, finite whatever is compared."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from sociolink.evidence.name.accounts import KeyFloor
from sociolink.evidence.name.channel import ChannelModel
from sociolink.evidence.name.family import Name
from sociolink.evidence.name.grammar import FORM_NAMES, FORMS, READINGS, VARIANTS
from sociolink.evidence.name.people import People
from sociolink.evidence.protocol import EvidenceFamily, Hits, Keys, Mixture, Pairs
from sociolink.population.association import no_classes
from sociolink.population.characters import fit_characters
from sociolink.population.decorations import DecorationModel
from sociolink.text.hashing import hash_strings, string_bytes

# Made-up names without short forms. The first two of each kind share strings: tav + asmor is tava + smor.
GIVEN = (
    "tav",
    "tava",
    *(a + b for a in ("bel", "dor", "fim", "gul") for b in ("oq", "uvi", "ezo", "ilka", "omra", "yx", "anu")),
)
FAMILY = (
    "smor",
    "asmor",
    *(a + b for a in ("kel", "rup", "zan", "wid") for b in ("dof", "vrek", "jun", "mest", "pald", "hux", "tign")),
)
PRIORS = {"given_prior": [64.0, 0.75], "family_prior": [64.0, 0.75], "platforms": []}


def zipf(size: int) -> np.ndarray:
    return (1 / np.arange(1, size + 1)) / (1 / np.arange(1, size + 1)).sum()


def all_hits(pairs: Pairs, customers: Keys, profiles: Keys) -> Hits:
    """Which keys agree for which pair, from a dictionary."""
    pair_of = {(int(p), int(c)): i for i, (p, c) in enumerate(zip(pairs.profile, pairs.customer, strict=True))}
    holders: dict[int, list[int]] = {}
    for place, key in enumerate(customers.key.tolist()):
        holders.setdefault(key, []).append(place)
    found = sorted(
        (pair_of[int(profiles.row[theirs]), int(customers.row[own])], own, theirs)
        for theirs, key in enumerate(profiles.key.tolist())
        for own in holders.get(key, [])
        if (int(profiles.row[theirs]), int(customers.row[own])) in pair_of
    )
    columns = np.array(found, np.int32).reshape(-1, 3)
    return Hits(columns[:, 0], columns[:, 1], columns[:, 2])


def cross(profiles: int, customers: int, *, nobody: bool = True) -> Pairs:
    """Every profile with every customer, and once with -1."""
    ids = np.arange(customers) if not nobody else np.append(np.arange(customers), -1)
    customer = np.tile(ids, profiles).astype(np.int32)
    profile = np.repeat(np.arange(profiles), len(ids)).astype(np.int32)
    return Pairs(profile, customer, np.where(customer < 0, float(max(customers, 1)), 1.0))


def compare(family: Name, customers: People, profiles: Any, pairs: Pairs) -> tuple[Mixture, ...]:
    hits = all_hits(pairs, family.customer_keys(customers), family.profile_keys(profiles))
    keys = hits.customer_key.astype(np.int64), hits.profile_key.astype(np.int64)
    firm = family.confirm_keys(customers, profiles, *keys) | (pairs.customer[hits.pair] < 0)
    hits = Hits(hits.pair[firm], hits.customer_key[firm], hits.profile_key[firm])
    return family.compare(customers, profiles, pairs, hits)


def with_variants(weights: np.ndarray) -> np.ndarray:
    """Weights of one platform's components: each variant is a group of its own, of weight 1."""
    return np.concatenate([weights[:-1], np.ones(len(VARIANTS)), weights[-1:]])


def ratios(mixture: Mixture, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Likelihood ratio of every pair, one entry after the other, and the denominators of the rows."""
    above, below = [0.0] * mixture.pairs, [0.0] * len(mixture.denominator.opaque)
    for pair, component, value in zip(mixture.pair, mixture.component, mixture.likelihood, strict=True):
        above[pair] += weights[component] * value
    other = mixture.denominator
    for row, component, value in zip(other.row, other.component, other.likelihood, strict=True):
        below[row] += weights[component] * value
    says = [a / below[row] if row >= 0 else 1.0 for a, row in zip(above, other.of_pair, strict=True)]
    return np.array(says), np.array(below)


@pytest.fixture(scope="module")
def closed_world(table: Any) -> tuple[People, list[str], np.ndarray]:
    """A customer for every full name, the handles of all names, and how often strangers have each."""
    rows = [{"given_name": one, "family_name": two} for one in GIVEN for two in FAMILY]
    people = Name().prepare_customers(table("customers", rows), PRIORS)
    known = people.vocabulary
    columns = {}
    for kind, names in (("given", GIVEN), ("family", FAMILY)):
        exact = np.zeros(len(known.given))
        place, word = known.index.find(hash_strings(pa.array(names))[0])
        exact[word] = zipf(len(names))[place]
        columns[kind] = exact
    nothing = np.zeros(len(known.given))
    vocabulary = replace(
        known, **columns, given_prefix=nothing, family_prefix=nothing, unseen_given=0.0, unseen_family=0.0,
        classes=no_classes(),
    )  # fmt: skip
    chances = np.outer(zipf(len(GIVEN)), zipf(len(FAMILY))).ravel()
    return replace(people, vocabulary=vocabulary), [one + two for one in GIVEN for two in FAMILY], chances


@pytest.mark.parametrize("opaque_share", [0.0, 0.3])
def test_in_a_closed_world_strangers_are_worth_one_on_average(
    closed_world: tuple[People, list[str], np.ndarray],
    table: Any,
    opaque_share: float,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """sum over handles h of P(h | stranger) times P(h | customer) / P(h | stranger) is the customer's own sum, 1.

    The sum runs over all 900 full names; strings without a name are not enumerated, so their part (their share of the
    handles times what the spelling gives to the 900 strings) is added on the right. The tolerance is that of weights
    kept in single precision. A name that can be split in two ways would count twice if a customer met both splits.
    Names off the record take their share from those on it; what is missing are their readings that are worth less than
    a hundredth of the string, which are not kept. They are counted one by one. No reading is too weak for a key here.
    """
    monkeypatch.setattr("sociolink.evidence.name.accounts._ALONE", KeyFloor(0.0, 0.0))
    people, handles, chances = closed_world
    spelling = fit_characters(string_bytes(pa.array(handles)))
    weights = np.zeros(len(FORMS) + 1)
    weights[[FORM_NAMES.index("given_family"), -1]] = 1 - opaque_share, opaque_share
    bare = DecorationModel((1.0, 1.0), ({}, {}), (0.05, 0.6), (0.95, 0.4))
    channel = ChannelModel(bare, spelling, weights, False).to_dict()
    population = PRIORS | {"handle": channel, "display": channel}
    family = Name()
    accounts = family.prepare_profiles(
        table("profiles", [{"handle": handle} for handle in handles]), people, population
    )
    chosen = list(range(62)) + list(range(62, len(handles), 37))
    pairs = cross(len(handles), len(handles), nobody=False)
    keep = np.isin(pairs.customer, chosen)
    pairs = Pairs(pairs.profile[keep], pairs.customer[keep], pairs.count[keep])
    mixture, _ = compare(family, people, accounts, pairs)
    ratio, _ = ratios(mixture, with_variants(weights))

    by_name = {}
    for handle, chance in zip(handles, chances, strict=True):
        by_name[handle] = by_name.get(handle, 0.0) + chance
    distinct = [handles.index(handle) for handle in by_name]
    opaque = spelling.string_chances(string_bytes(pa.array(list(by_name))))
    strangers = (1 - opaque_share) * np.array(list(by_name.values())) + opaque_share * opaque
    assert len(by_name) == len(handles) - 1
    means = strangers @ ratio.reshape(len(handles), len(chosen))[distinct]
    total = dict(zip(by_name, strangers.tolist(), strict=True))
    lost = np.array([pruned_variants(row, total, 1 - opaque_share) for row in chosen])
    assert means == pytest.approx(1 - opaque_share + opaque_share * opaque.sum() - lost, rel=1e-6)
    assert (lost == 0).any()
    assert 0 < lost.max() <= 0.01


def pruned_variants(customer: int, total: dict[str, float], weight: float) -> float:
    """P(the customer writes a name off the record that is a hundredth of its string at most), given first or last."""
    given, family = GIVEN[customer // len(FAMILY)], FAMILY[customer % len(FAMILY)]
    chances = [(one + family, 0.01 * p) for one, p in zip(GIVEN, zipf(len(GIVEN)), strict=True)]
    chances += [(given + two, 0.003 * p) for two, p in zip(FAMILY, zipf(len(FAMILY)), strict=True)]
    return sum(weight * chance for name, chance in chances if weight * chance <= 0.01 * total[name])


def test_a_rare_name_is_worth_its_rarity(
    closed_world: tuple[People, list[str], np.ndarray], table: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sociolink.evidence.name.accounts._ALONE", KeyFloor(0.0, 0.0))
    people, handles, chances = closed_world
    weights = np.zeros(len(FORMS) + 1)
    weights[FORM_NAMES.index("given_family")] = 1.0
    bare = DecorationModel((1.0, 1.0), ({}, {}), (0.05, 0.6), (0.95, 0.4))
    channel = ChannelModel(bare, fit_characters(string_bytes(pa.array(handles))), weights, False).to_dict()
    family, rows = Name(), [100, 899]
    accounts = family.prepare_profiles(
        table("profiles", [{"handle": handles[row]} for row in rows]),
        people,
        PRIORS | {"handle": channel, "display": channel},
    )
    pairs = Pairs(np.array([0, 1], np.int32), np.array(rows, np.int32), np.ones(2))
    mixture, _ = compare(family, people, accounts, pairs)
    ratio, _ = ratios(mixture, with_variants(weights))
    own = 0.987 + 0.01 * zipf(len(GIVEN))[np.divmod(rows, len(FAMILY))[0]]
    own += 0.003 * zipf(len(FAMILY))[np.divmod(rows, len(FAMILY))[1]]
    assert ratio == pytest.approx(own / chances[rows], rel=1e-6)


CUSTOMERS = [
    {"given_name": "Anna", "family_name": "Smith", "handles": ["twitter:darkwolf"], "email": ["as@x.example"]},
    {"given_name": "Robert", "middle_name": "Quincy", "family_name": "Garcia"},
    {"given_name": "Jean-Luc", "family_name": "de la Cruz"},
    {"given_name": "J", "family_name": "S"},
    {"family_name": "Lee"},
    {},
]
PROFILES = [
    {"handle": "annasmith", "display_name": "Anna Smith"},
    {"handle": "robqgarcia", "display_name": "R. Garcia 🌟"},
    {"handle": "rlgarcia", "display_name": "Rob Garcia"},
    {"handle": "darkwolf"},
    {"handle": "jlcruz2024", "display_name": "JEAN LUC"},
    {"handle": "xqzzk", "display_name": "🐺"},
    {"handle": "zq" * 20, "display_name": "x"},
    {"handle": "日本語", "display_name": "Анна Смит"},
    {"handle": "robegarcia", "display_name": "Lee"},
]


@pytest.fixture(scope="module")
def learned(table: Any) -> tuple[dict[str, Any], People]:
    customers, profiles = table("customers", CUSTOMERS), table("profiles", PROFILES)
    population = json.loads(json.dumps(Name().learn(profiles, customers), allow_nan=False))
    return population, Name().prepare_customers(customers, population)


def pseudo_weights(mixture: Mixture, population: dict[str, Any]) -> np.ndarray:
    prior = Name().prior(population)[mixture.name]
    assert tuple(prior) == mixture.components
    counts = np.array(list(prior.values()))
    return counts / np.bincount(mixture.group, weights=counts)[mixture.group]


def told(mixture: Mixture, population: dict[str, Any]) -> np.ndarray:
    return ratios(mixture, pseudo_weights(mixture, population))[0]


@pytest.fixture(scope="module")
def mixtures(table: Any, learned: tuple[dict[str, Any], People]) -> tuple[Mixture, ...]:
    population, people = learned
    accounts = Name().prepare_profiles(table("profiles", PROFILES), people, population)
    return compare(Name(), people, accounts, cross(len(PROFILES), len(CUSTOMERS)))


def test_it_is_a_family() -> None:
    assert isinstance(Name(), EvidenceFamily)


def test_mixtures_are_finite_positive_and_within_their_pairs(
    mixtures: tuple[Mixture, ...], learned: tuple[dict[str, Any], People]
) -> None:
    assert [mixture.name for mixture in mixtures] == ["name.handle", "name.display"]
    for mixture in mixtures:
        other = mixture.denominator
        for values in (mixture.likelihood, other.likelihood):
            assert np.isfinite(values).all()
            assert (values > 0).all()
        assert mixture.pairs == len(other.of_pair) == len(PROFILES) * (len(CUSTOMERS) + 1)
        assert set(np.unique(mixture.component)) | set(np.unique(other.component)) <= set(
            range(len(mixture.components))
        )
        assert len(mixture.group) == len(mixture.components)
        assert (mixture.pair >= 0).all()
        assert (mixture.pair < mixture.pairs).all()
        # On its own scale a denominator's entries sum to 1 where the row shows anything.
        sums = np.bincount(other.row, weights=other.likelihood, minlength=len(other.opaque))
        shown = np.unique(other.of_pair[other.of_pair >= 0])
        assert sums[shown] == pytest.approx(1.0, rel=1e-9)
        assert (told(mixture, learned[0]) > 0).sum() > 0


def test_owners_stand_out(mixtures: tuple[Mixture, ...], learned: tuple[dict[str, Any], People]) -> None:
    width = len(CUSTOMERS) + 1
    both = np.prod([told(mixture, learned[0]) for mixture in mixtures], axis=0)
    by_profile = both.reshape(len(PROFILES), width)
    for profile, owner in ((0, 0), (1, 1), (3, 0), (4, 2)):
        best = int(np.argmax(by_profile[profile]))
        assert best == owner
        assert by_profile[profile, owner] > 3


def test_a_name_in_handle_and_display_name_counts_once(
    mixtures: tuple[Mixture, ...], learned: tuple[dict[str, Any], People]
) -> None:
    """Beside the display name "Anna Smith" the handle annasmith tells next to nothing more."""
    handle, display = (told(mixture, learned[0])[0] for mixture in mixtures)
    assert display > 100
    assert 0.5 < handle < 2


def test_a_middle_initial_agrees_contradicts_or_says_nothing(table: Any) -> None:
    """Beside a namesake whose middle name is not known: .95 over the letter's frequency if it agrees, .05 if not."""
    rows = [{"given_name": "Robert", "middle_name": middle, "family_name": "Garcia"} for middle in ("Quincy", None)]
    profiles, customers = (
        table("profiles", [{"handle": "robertqgarcia"}, {"handle": "robertlgarcia"}]),
        table("customers", rows),
    )
    family = Name()
    population = family.learn(profiles, customers)
    people = family.prepare_customers(customers, population)
    mixture, _ = compare(family, people, family.prepare_profiles(profiles, people, population), cross(2, 2))
    form = mixture.components.index("other:given_middle_family")
    entries = zip(mixture.pair.tolist(), mixture.component.tolist(), mixture.likelihood.tolist(), strict=True)
    value = {divmod(pair, 3): likelihood for pair, component, likelihood in entries if component == form}
    # The middle name is a name that the first of the two may go by, so the given name has 1 / 1.12 of their weight.
    frequency = people.vocabulary.given_initial[ord("q")]
    assert value[0, 0] / value[0, 1] == pytest.approx(0.95 / frequency / 1.12, rel=1e-5)
    assert value[1, 0] / value[1, 1] == pytest.approx(0.05 / 1.12, rel=1e-5)


def test_a_shortened_name_must_be_the_beginning_of_the_customers_own(table: Any) -> None:
    """ "robegarcia" can be Robert Garcia, not Roland or Rodrigo Garcia."""
    rows = [{"given_name": name, "family_name": "Garcia"} for name in ("Robert", "Roland", "Rodrigo")]
    customers, profiles = table("customers", rows), table("profiles", [{"handle": "robegarcia"}] * 2)
    family = Name()
    population = family.learn(profiles, customers)
    people = family.prepare_customers(customers, population)
    mixture, _ = compare(family, people, family.prepare_profiles(profiles, people, population), cross(2, 3))
    prefix = {i for i, name in enumerate(mixture.components) if name.endswith(":prefix_family")}
    used = {int(pair) % 4 for pair, part in zip(mixture.pair, mixture.component, strict=True) if int(part) in prefix}
    assert used == {0}


def test_a_name_between_agrees_with_the_middle_initial_or_says_little(table: Any) -> None:
    """A middle name is the one shown in six of ten; beside a namesake without one, that is .6 over the letter's share.

    With another letter the four of ten are left.
    """
    rows = [{"given_name": "Robert", "middle_name": middle, "family_name": "Garcia"} for middle in ("Marie", None)]
    profiles = table("profiles", [{"handle": "robertmariegarcia"}, {"handle": "robertpaulgarcia"}])
    customers, family = table("customers", rows), Name()
    population = family.learn(profiles, customers)
    people = family.prepare_customers(customers, population)
    mixture, _ = compare(family, people, family.prepare_profiles(profiles, people, population), cross(2, 2))
    form = mixture.components.index("other:given_other_family")
    value: dict[tuple[int, int], float] = {}
    for pair, part, likelihood in zip(mixture.pair.tolist(), mixture.component, mixture.likelihood, strict=True):
        if part == form:
            value[divmod(pair, 3)] = value.get(divmod(pair, 3), 0.0) + float(likelihood)
    letter = people.vocabulary.given_initial[ord("m")]
    assert value[0, 0] / value[0, 1] == pytest.approx((0.6 / letter + 0.4) / 1.12, rel=1e-5)
    assert value[1, 0] / value[1, 1] == pytest.approx(0.4 / 1.12, rel=1e-5)


def test_a_name_off_the_record_is_a_share_of_the_full_names(table: Any) -> None:
    """Share of customers, times the learned weight of full names, times how common the other name is; no stranger's."""
    customers = table("customers", [{"given_name": "Robert", "family_name": "Garcia"}])
    profiles = table("profiles", [{"handle": "paulgarcia"}, {"handle": "robertmiller"}])
    family = Name()
    population = family.learn(profiles, customers)
    people = family.prepare_customers(customers, population)
    accounts = family.prepare_profiles(profiles, people, population)
    mixture, _ = compare(family, people, accounts, cross(2, 1))
    weight = population["handle"]["weights"][FORM_NAMES.index("given_family")]
    scale = accounts.handles.opaque + accounts.handles.strangers.sum(1)
    names = people.vocabulary
    for row, (variant, share, word, column) in enumerate(
        (("other_given", 0.01, "paul", names.given), ("other_family", 0.003, "miller", names.family))
    ):
        part = mixture.components.index(f"other:{variant}")
        chosen = (mixture.component == part) & (mixture.pair == 2 * row)
        (place,) = names.index.find(hash_strings(pa.array([word]))[0])[1]
        surroundings = mixture.likelihood[chosen] * scale[row] / (share * weight * column[place])
        # What stands around it is what stands around given name and family name; Robert is a Bob once in five.
        parses = accounts.handles.parses
        plain = (parses.string == row) & (parses.form == FORM_NAMES.index("given_family"))
        first = accounts.handles.places.first[row]
        plain &= parses.start == first
        plain &= parses.stops[:, 0] == first + len("paul" if variant == "other_given" else "robert")
        plain &= parses.end == accounts.handles.places.last[row]
        use = 0.8 if variant == "other_family" else 1.0
        assert surroundings == pytest.approx(use * parses.around[plain], rel=1e-6)
        assert part not in mixture.denominator.component
        assert mixture.group[part] not in np.delete(mixture.group, part)


def test_nobody_in_particular_shares_the_strings_without_a_name_only(mixtures: tuple[Mixture, ...]) -> None:
    width = len(CUSTOMERS) + 1
    for mixture in mixtures:
        nobody = mixture.pair % width == len(CUSTOMERS)
        assert {mixture.components[part].rpartition(":")[2] for part in mixture.component[nobody]} == {"opaque"}


@pytest.mark.parametrize("size", [1, 7])
def test_a_pair_is_compared_the_same_in_any_batch(
    mixtures: tuple[Mixture, ...], learned: tuple[dict[str, Any], People], table: Any, size: int
) -> None:
    population, people = learned
    profiles, family = table("profiles", PROFILES), Name()
    for number, whole in enumerate(mixtures):
        apart = []
        for first in range(0, len(PROFILES), size):
            batch = profiles.slice(first, size)
            accounts = family.prepare_profiles(batch, people, population)
            mixture = compare(family, people, accounts, cross(batch.num_rows, len(CUSTOMERS)))[number]
            apart.append(told(mixture, population))
        assert np.array_equal(np.concatenate(apart), told(whole, population))


def test_every_component_has_a_phrase() -> None:
    family = Name()
    for form in READINGS:
        assert family.describe(f"twitter:{form.name}") == family.describe(form.name) == form.phrase
    assert family.describe("twitter:opaque") == "no name that can be read"


def test_nothing_to_compare(table: Any, learned: tuple[dict[str, Any], People]) -> None:
    population, people = learned
    family = Name()
    nobody = family.prepare_customers(table("customers", []), population)
    for customers, rows in ((people, []), (nobody, PROFILES), (nobody, [])):
        accounts = family.prepare_profiles(table("profiles", rows), customers, population)
        for mixture in compare(family, customers, accounts, cross(len(rows), customers.rows)):
            assert mixture.pairs == len(rows) * (customers.rows + 1)
            assert np.isfinite(mixture.likelihood).all()
    assert set(family.prior(population)) == {"name.handle", "name.display"}


def test_keys_are_confirmed_one_by_one_as_together(table: Any) -> None:
    people = [{"given_name": one, "family_name": "Smithson"} for one in ("Christopher", "Charles", "Clara", "Chris")]
    accounts = [{"platform": "x", "handle": one} for one in ("chrsmithson", "chrissmithson", "csmithson", "charsmith")]
    profiles, customers = table("profiles", accounts), table("customers", people)
    population = Name().learn(profiles, customers)
    known = Name().prepare_customers(customers, population)
    read = Name().prepare_profiles(profiles, known, population)
    meet = Name().customer_keys(known).key[:, None] == Name().profile_keys(read).key
    customer_key, profile_key = (at.astype(np.int64) for at in np.nonzero(meet))
    shuffled = np.random.default_rng(0).permutation(len(profile_key))
    for order in (np.argsort(profile_key, kind="stable"), shuffled):
        whole = Name().confirm_keys(known, read, customer_key[order], profile_key[order])
        alone = [
            Name().confirm_keys(known, read, customer_key[at : at + 1], profile_key[at : at + 1]).tolist()
            for at in order.tolist()
        ]
        assert whole.tolist() == [answer for answers in alone for answer in answers]
        assert 0 < whole.sum() < len(whole)
