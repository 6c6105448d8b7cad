"""How well opinions are read, on labelled sentences of the project's own; and how fast.

usage: python benchmarks/opinions.py [--sets development,heldout,fresh_a,...] [--errors] [--parts] [--speed POSTS]
    [--left-out 0.4]

A found opinion is right if its words overlap the labelled term (no term where none is labelled) and its sentiment is
the same. Intervals by bootstrap over sentences. `--parts` adds categories and sentiments, right by term and sentiment,
and kinds of post. `--left-out` leaves that share of our own words and phrases out, by chance, as unseen sentences have
unseen words, and says what the list of events makes up for. `--errors` lists what is wrong, of the sets only that words
and rules may be chosen by. Results go to
results/opinions.json.
"""

from __future__ import annotations

import argparse
import json
import resource
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
from tables import Sheet, insert_block, to_markdown

HERE = Path(__file__).parent
RESULT = HERE / "results" / "opinions.json"
SHOWN = ("development", "fresh_a", "fresh_c", "fresh_d", "fresh_e", "fresh_f", "fresh_g", "fresh_i")
"""Sets that words and rules are chosen by."""

HIDDEN = ("heldout", "fresh_b", "fresh_h", "fresh_j", "fresh_k")
"""Sets that are measured only."""

SETS = SHOWN + HIDDEN
KINDS = {"buy": "intent_to_buy", "leave": "intent_to_leave"}
SIGNS = {"+": "positive", "-": "negative", "0": "neutral"}
BRANDS = (
    "AT&T", "Verizon", "BlueTel", "QuickNet", "Orange Mobile", "SkyHopAir", "AeroNord", "Harbor Bank", "MegaMart",
    "FreshBox", "PayWiz", "Carmart", "Northline", "Lyft", "Uber", "Dyson", "Shoezy", "RailWest",
)  # fmt: skip
PRODUCTS = (
    "iPhone", "iPad", "Pixel", "Galaxy", "Kindle", "MacBook", "Surface", "Civic", "Tesla", "Leaf", "XPS", "Roomba",
    "Sony TV", "iOS", "Android", "Jeep", "Slack",
)  # fmt: skip
CATEGORIES = ("product", "service", "brand", "delivery", "price", "staff")
CATALOGUE = {"brand": BRANDS, "product": PRODUCTS}


@dataclass(frozen=True)
class Label:
    term: str
    category: str
    sentiment: str


def labelled_lines(name: str) -> list[list[str]]:
    """The parts of each line that holds a sentence: it, its opinions, and perhaps its kinds."""
    lines = (HERE / "opinions" / f"{name}.txt").read_text("utf-8").splitlines()
    return [line.split("=>") for line in lines if "=>" in line and not line.startswith("# ")]


def read_set(name: str) -> tuple[list[str], list[list[Label]]]:
    """Sentences and their opinions."""
    texts, labels = [], []
    for text, said, *_ in labelled_lines(name):
        texts.append(text.strip())
        parts = [part.split("|") for part in said.split(" ; ") if part.strip(" ;")]
        labels.append([Label(t.strip(), c.strip(), SIGNS[s.strip(" ;")]) for t, c, s in parts])
    return texts, labels


def read_kinds(name: str) -> list[set[str]]:
    """Kinds of post that each sentence is labelled with; none where the set has no such labels."""
    said = [rest[0] for _, _, *rest in labelled_lines(name) if rest]
    parts = [{KINDS.get(part.strip(), part.strip()) for part in one.split(",")} for one in said]
    return [one - {"other"} for one in parts]


def words(text: str) -> set[str]:
    import re

    return set(re.findall(r"[a-z0-9&@]+", text.lower()))


def count(truth: list[Label], found: list[Label], *, by: str) -> tuple[int, int, int]:
    """Right, found, labelled; each found opinion is paired with one labelled at most."""
    left = list(truth)
    right = 0
    for one in found:
        for label in left:
            same_term = bool(words(one.term) & words(label.term)) or (label.term == "-" and one.term == "-")
            same = {
                "term": same_term,
                "term and sentiment": same_term and one.sentiment == label.sentiment,
                "category and sentiment": one.category == label.category and one.sentiment == label.sentiment,
                "term, category and sentiment": same_term
                and one.category == label.category
                and one.sentiment == label.sentiment,
            }[by]
            if same:
                left.remove(label)
                right += 1
                break
    return right, len(found), len(truth)


MEASURES = ("term and sentiment", "term", "category and sentiment", "term, category and sentiment")


def rates(counts: np.ndarray) -> tuple[float, float, float]:
    right, found, labelled = counts.sum(axis=0)
    precision, recall = right / max(found, 1), right / max(labelled, 1)
    return precision, recall, 2 * precision * recall / max(precision + recall, 1e-9)


def parts(truth: list[list[Label]], found: list[list[Label]], key: str, value: str) -> dict[str, float]:
    """Precision and recall of the opinions of one category or one sentiment."""
    of = lambda many: [one for one in many if getattr(one, key) == value]  # noqa: E731
    by = MEASURES[0]
    labelled = np.array([count(of(t), f, by=by)[::2] for t, f in zip(truth, found, strict=True)]).sum(axis=0)
    said = np.array([count(t, of(f), by=by)[:2] for t, f in zip(truth, found, strict=True)]).sum(axis=0)
    return {
        "labelled": int(labelled[1]),
        "precision": float(said[0] / max(said[1], 1)),
        "recall": float(labelled[0] / max(labelled[1], 1)),
    }


def measure_kinds(truth: list[set[str]], found: np.ndarray) -> dict[str, dict[str, float]]:
    """Precision and recall of each kind of post."""
    from sociolink.opinions.kinds import POST_KINDS

    out = {}
    for place, kind in enumerate(POST_KINDS):
        wanted = np.array([kind in one for one in truth])
        both = (wanted & found[:, place]).sum()
        out[kind] = {
            "labelled": int(wanted.sum()),
            "precision": float(both / max(found[:, place].sum(), 1)),
            "recall": float(both / max(wanted.sum(), 1)),
        }
    return out


def measure(name: str, *, errors: bool, catalogue: object = CATALOGUE) -> dict[str, object]:
    """All measures of one set."""
    from sociolink.opinions.reader import RuleReader

    texts, labels = read_set(name)
    reading = RuleReader(catalogue).read(texts)
    found: list[list[Label]] = [[] for _ in texts]
    for one in reading.opinions.to_pylist():
        found[one["text"]].append(Label(one["aspect_term"] or "-", one["aspect_category"], one["sentiment"]))
    out: dict[str, object] = {"sentences": len(texts), "opinions": sum(map(len, labels))}
    rng = np.random.default_rng(0)
    out["parts"] = {
        value: parts(labels, found, key, value)
        for key, values in (("category", CATEGORIES), ("sentiment", SIGNS.values()))
        for value in values
    }
    if truth := read_kinds(name):
        out["kinds"] = measure_kinds(truth, reading.kinds)
    for by in MEASURES:
        counts = np.array([count(t, f, by=by) for t, f in zip(labels, found, strict=True)])
        draws = [rates(counts[rng.integers(0, len(counts), len(counts))])[2] for _ in range(1000)]
        precision, recall, f1 = rates(counts)
        low, high = np.percentile(draws, [2.5, 97.5])
        out[by] = {"precision": precision, "recall": recall, "f1": f1, "interval": [low, high]}
        if errors and by == MEASURES[0]:
            for text, t, f, (right, n, m) in zip(texts, labels, found, counts, strict=True):
                if right < max(n, m):
                    say = lambda many: "; ".join(f"{x.term}|{x.category}|{x.sentiment[:3]}" for x in many)  # noqa: E731
                    print(f"{text}\n    want {say(t)}\n    got  {say(f)}")
    return out


LEFT_OUT_RUNS = 4


def left_out(share: float) -> dict[str, float]:
    """Mean F1 over the sets that words were chosen by, a share of the words being unknown, with and without events."""
    from types import MappingProxyType

    import sociolink.opinions.lexicon as lexicon
    import sociolink.opinions.vocabulary as vocabulary

    whole = lexicon.opinion_words
    found: dict[str, list[float]] = {"with": [], "without": []}

    def fewer(run: int, events: bool) -> Any:
        def words(language: str, name: str) -> Any:
            lists = whole(language, name)
            if name == "events" and not events:
                return MappingProxyType({})
            if name != "polarity":
                return lists
            keep = lambda key, word: key == "none" or crc32(f"{run}{word}".encode()) % 1000 >= share * 1000  # noqa: E731
            return MappingProxyType({key: tuple(w for w in many if keep(key, w)) for key, many in lists.items()})

        return words

    for run in range(LEFT_OUT_RUNS):
        for name in found:
            lexicon.opinion_words = vocabulary.opinion_words = fewer(run, name == "with")
            lexicon.lexicon.cache_clear()
            scores = [measure(one, errors=False)["term and sentiment"]["f1"] for one in SHOWN]  # type: ignore[index]
            found[name].append(float(np.mean(scores)))
    lexicon.opinion_words = vocabulary.opinion_words = whole
    lexicon.lexicon.cache_clear()
    return {"share": share, "runs": LEFT_OUT_RUNS, **{name: float(np.mean(many)) for name, many in found.items()}}


def speed(posts: int) -> dict[str, float]:
    """CPU seconds for many posts, put together from the sentences."""
    import pyarrow as pa

    from sociolink.opinions.reader import RuleReader

    lines = [text for name in ("development", "heldout") for text in read_set(name)[0]]
    rng = np.random.default_rng(0)
    one, two = rng.integers(0, len(lines), (2, posts))
    texts = pa.array(
        [f"{lines[a]} {lines[b]} {c}x" for a, b, c in zip(one, two, rng.integers(0, posts, posts), strict=True)]
    )
    reader = RuleReader(CATALOGUE)
    before = resource.getrusage(resource.RUSAGE_SELF)
    table = reader(texts)
    after = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "posts": posts,
        "opinions": table.num_rows,
        "cpu_seconds": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
        "peak_mib": after.ru_maxrss / 1024,
    }


def to_block(results: dict[str, Any]) -> str:
    """What was measured, for the page."""
    header = ("set", "sentences", "opinions", "right if", "precision", "recall", "F1 (95% interval)")
    rows = []
    for name in SETS:
        one = results[name]
        for by in MEASURES if name in HIDDEN else MEASURES[:1]:
            low, high = one[by]["interval"]
            cells = (name, str(one["sentences"]), str(one["opinions"]), by) if by == MEASURES[0] else ("", "", "", by)
            rates = (
                f"{one[by]['precision']:.3f}",
                f"{one[by]['recall']:.3f}",
                f"{one[by]['f1']:.3f} ({low:.3f}-{high:.3f})",
            )
            rows.append((*cells, *rates))
    block = to_markdown([Sheet("", header, tuple(rows))], titles=False)
    shares = results[HIDDEN[-1]]["parts"] | results[HIDDEN[-1]]["kinds"]
    rows = [
        (name.replace("_", " "), str(one["labelled"]), f"{one['precision']:.2f}", f"{one['recall']:.2f}")
        for name, one in shares.items()
    ]
    block += f"\n\nOf `{HIDDEN[-1]}`, by category, sentiment and kind of post:\n\n"
    block += to_markdown([Sheet("", ("part", "labelled", "precision", "recall"), tuple(rows))], titles=False)
    if "speed" in results:
        speed = results["speed"]
        block += (
            f"\n\n{speed['posts']:,} posts of two sentences each: {speed['cpu_seconds']:.0f} s of one core, "
            f"{speed['peak_mib']:.0f} MiB at most."
        )
    if "left_out" in results:
        one = results["left_out"]
        block += (
            f"\n\nWith {one['share']:.0%} of our own words and phrases left out by chance (mean of {one['runs']} "
            f"draws, and over the sets that words were chosen by): F1 {one['without']:.3f} without events, "
            f"{one['with']:.3f} with."
        )
    return f"{block}\n\nWritten by `benchmarks/opinions.py`."


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", default=",".join(SETS))
    parser.add_argument("--errors", action="store_true")
    parser.add_argument("--parts", action="store_true")
    parser.add_argument("--without-catalogue", action="store_true")
    parser.add_argument("--speed", type=int, default=0)
    parser.add_argument("--left-out", type=float, default=0)
    given = parser.parse_args()
    results: dict[str, object] = {}
    for name in filter(None, given.sets.split(",")):
        catalogue = None if given.without_catalogue else CATALOGUE
        results[name] = found = measure(name, errors=given.errors and name in SHOWN, catalogue=catalogue)
        print(f"{name}: {found['sentences']} sentences, {found['opinions']} opinions")
        for by in MEASURES:
            one = found[by]
            low, high = one["interval"]
            print(
                f"  {by:30} P {one['precision']:.3f}  R {one['recall']:.3f}  F1 {one['f1']:.3f} ({low:.3f}-{high:.3f})"
            )
        for part, one in (found["parts"] | found.get("kinds", {})).items() if given.parts else ():
            print(f"    {part:16} {one['labelled']:4} labelled  P {one['precision']:.3f}  R {one['recall']:.3f}")
    if given.speed:
        results["speed"] = speed(given.speed)
        print(results["speed"])
    if given.left_out:
        results["left_out"] = left_out(given.left_out)
        print(results["left_out"])
    if set(results) >= set(SETS) and not given.without_catalogue:
        kept = json.loads(RESULT.read_text("utf-8")) if RESULT.is_file() else {}
        kept |= results
        RESULT.write_text(json.dumps(kept, indent=1) + "\n", "utf-8")
        insert_block(HERE.parent / "docs" / "opinions.md", to_block(kept))


if __name__ == "__main__":
    main()
