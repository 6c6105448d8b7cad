"""Make the two English word lists that are taken from others: general polarity, and word classes.

usage: python scripts/build_opinion_words.py VADER_LEXICON EN_LEXICON

VADER_LEXICON is `vader_lexicon.txt` of vaderSentiment 3.3.2 (MIT), EN_LEXICON is `en-lexicon.txt` of textblob 0.20.1
(Brill's lexicon, MIT, with words of CMU's annotated tweets, CC BY 3.0); both from wheels that are unpacked, not
installed. See NOTICE.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

OUT = Path(__file__).parents[1] / "src" / "sociolink" / "reference" / "data" / "opinions" / "en"
CLASSES = {
    **dict.fromkeys(("VB", "VBP", "VBD", "VBZ", "VBG", "VBN"), "verb"),
    **dict.fromkeys(("JJ", "JJR", "JJS"), "adjective"),
    **dict.fromkeys(("RB", "RBR", "RBS"), "adverb"),
    **dict.fromkeys(("NN", "NNS"), "noun"),
}
MIN_SCORE = 1.4
WIDTH = 120


def read_classes(path: Path) -> dict[str, str]:
    """Lower-case words of letters and the class that they are of most often."""
    classes = {}
    for line in path.read_text("utf-8").splitlines():
        word, _, tag = line.partition(" ")
        if re.fullmatch("[a-z]{2,20}", word) and tag in CLASSES:
            classes[word] = CLASSES[tag]
    return classes


def read_scores(path: Path, classes: dict[str, str]) -> dict[str, float]:
    """Words that raters agreed on (the mean well beyond its spread), and that are no nouns."""
    scores = {}
    for line in path.read_text("utf-8").splitlines():
        word, mean, spread, *_ = line.split("\t")
        clear = abs(float(mean)) >= max(MIN_SCORE, float(spread))
        if clear and re.fullmatch("[a-z]{3,20}", word) and classes.get(word, "noun") != "noun":
            scores[word] = float(mean)
    return scores


def write(name: str, head: str, groups: dict[str, list[str]]) -> None:
    """Lines of `key: word word ...`, wrapped."""
    lines = [f"# {head}"]
    for key, words in groups.items():
        line = f"{key}:"
        for word in sorted(words):
            if len(line) + 1 + len(word) > WIDTH:
                lines.append(line)
                line = f"{key}:"
            line += f" {word}"
        lines.append(line)
    (OUT / name).write_text("\n".join(lines) + "\n", "utf-8")


def main() -> None:
    """Read both and write both."""
    classes = read_classes(Path(sys.argv[2]))
    scores = read_scores(Path(sys.argv[1]), classes)
    by_class = {kind: [w for w, k in classes.items() if k == kind] for kind in ("verb", "adjective", "adverb", "noun")}
    by_level: dict[str, list[str]] = {key: [] for key in ("+3", "+2", "+1", "-1", "-2", "-3")}
    for word, score in scores.items():
        level = 3 if abs(score) >= 2.9 else 2 if abs(score) >= 1.9 else 1
        by_level[f"{'+' if score > 0 else '-'}{level}"].append(word)
    write(
        "general.txt",
        "From the VADER lexicon, (c) 2016 C.J. Hutto, MIT licence; made by scripts/build_opinion_words.py.",
        by_level,
    )
    write(
        "classes.txt",
        "From Brill's lexicon, (c) 1993 MIT and Univ. of Pennsylvania, MIT, with words of CMU's tweets, CC BY 3.0.",
        by_class,
    )


if __name__ == "__main__":
    main()
