"""Other forms of words and phrases: plural, inflected, contracted or not, with any number in them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache

from sociolink.opinions.marks import Event, Mark
from sociolink.reference.opinion_words import opinion_words

__all__ = ["inflected", "other_phrases", "plural", "verb_forms", "with_numbers"]

NUMBER = "<number>"
_MIN_APART = 4
_FULL = {"cant": ("cannot", "can not"), "wont": ("will not",)}
_OF_DOES = ("doesnt", "dont", "didnt")
_OF_WILL = ("wont", "wouldnt")


def plural(noun: str) -> str:
    """The regular plural of a noun or of a compound.

    Examples:
        >>> plural("battery"), plural("box"), plural("tour guide")
        ('batteries', 'boxes', 'tour guides')
    """
    if re.search("[^aeiou]y$", noun):
        return noun[:-1] + "ies"
    return noun + ("es" if re.search("(?:s|x|z|ch|sh)$", noun) else "s")


def inflected(word: str) -> Iterator[tuple[str, int]]:
    """Regular forms of a verb or adjective, and their class.

    Examples:
        >>> [form for form, _ in inflected("slam")][:3]
        ['slams', 'slaming', 'slamming']
    """
    stem = word[:-1] if word.endswith("e") else word
    stem_y = word[:-1] + "i" if re.search("[^aeiou]y$", word) else stem
    doubled = stem + stem[-1] if re.search("[^aeiou][aeiou][bdgmnprt]$", word) else stem
    yield plural(word), Mark.VERB
    for base in dict.fromkeys((stem, doubled)):
        yield base + "ing", Mark.VERB
    for base in dict.fromkeys((stem_y, doubled)):
        yield base + "ed", Mark.VERB
        yield base + "er", Mark.ADJECTIVE | Mark.ADVERB
        yield base + "est", Mark.ADJECTIVE | Mark.ADVERB
    yield re.sub("[^aeiou]y$", lambda found: found[0][0] + "i", word) + "ly", Mark.ADVERB


@cache
def _verbs(language: str) -> Mapping[str, tuple[str, ...]]:
    """The forms of each verb by each of its forms, the base first."""
    verbs = set(opinion_words(language, "classes")["verb"])
    out: dict[str, tuple[str, ...]] = {}
    for base in sorted(verbs):
        forms = (base, *(form for form, kind in inflected(base) if kind == Mark.VERB and form in verbs))
        for form in forms if len(forms) > 2 else ():
            if len(out.get(form, ())) < len(forms):
                out[form] = forms
    for line in opinion_words(language, "verbs")[""]:
        forms = tuple(line.split(" "))
        out |= dict.fromkeys(forms, forms)
    return out


def verb_forms(verb: str, language: str) -> Iterator[tuple[str, int]]:
    """Forms of a verb, or of a phrase that begins with one, and the bit of `Event` for each.

    Examples:
        >>> sorted(form for form, tense in verb_forms("fall off", "en") if tense == Event.PAST)
        ['fallen off', 'fell off']
    """
    first, space, rest = verb.partition(" ")
    irregular = _verbs(language).get(first, ())
    forms = (
        irregular
        if irregular[:1] == (first,)
        else (first, *(form for form, kind in inflected(first) if kind == Mark.VERB))
    )
    for form in dict.fromkeys(forms):
        tense = Event.GOING if form.endswith("ing") and form != first else Event.PAST
        tense = Event.BASE if form == first else Event.THIRD if form == plural(first) else tense
        yield form + space + rest, tense


def other_phrases(phrase: str, language: str, *, base: bool) -> list[str]:
    """Forms that say the same: of its verb where it begins with one, of its negation, of other persons.

    Args:
        phrase: Words between single spaces.
        language: Language of the word lists.
        base: Whether the base form of the verb says the same too: "helped me" is praise, "help me" is none.

    Examples:
        >>> sorted(other_phrases("fell apart", "en", base=True))
        ['fall apart', 'fallen apart', 'falling apart', 'falls apart']
        >>> sorted(other_phrases("doesnt work", "en", base=True))
        ['did not work', 'didnt work', 'do not work', 'does not work', 'dont work']
    """
    first, _, rest = phrase.partition(" ")
    if not rest:
        return list(_apart(first, language))
    verbs = _verb_phrases(first, rest, language, base=base)
    return [*verbs, *(other for one in (phrase, *verbs) for other in _of_others(one, language))]


def _apart(word: str, language: str) -> Iterator[str]:
    """The word with its beginning written apart: "over priced"."""
    for prefix in opinion_words(language, "verbs")["prefix"]:
        if word.startswith(prefix) and len(word) >= len(prefix) + _MIN_APART:
            yield f"{prefix} {word[len(prefix) :]}"


def _of_others(phrase: str, language: str) -> Iterator[str]:
    """The phrase said of others: "helped us" as "helped me"."""
    words = phrase.split(" ")
    for pair in opinion_words(language, "verbs")["same"]:
        here, there = pair.split(" ")
        for one, other in ((here, there), (there, here)):
            if one in words:
                yield " ".join(other if word == one else word for word in words)


def _verb_phrases(first: str, rest: str, language: str, *, base: bool) -> list[str]:
    negators = _OF_DOES if first == "doesnt" else _OF_WILL if first == "wont" else (first,)
    if first.endswith("nt") and (first in _FULL or first[:-2] in ("do", "does", "did", "is", "are", "was", "would")):
        full = [long for short in negators for long in _FULL.get(short, (short[:-2] + " not",))]
        return [f"{one} {rest}" for one in (*negators, *full) if one != first]
    forms = _verbs(language).get(first, ())
    return [f"{form} {rest}" for form in forms[0 if base else 1 :] if form != first]


def with_numbers(phrase: str, language: str) -> Iterator[str]:
    """The phrase itself, and where `<number>` stands in it also with the words for small numbers.

    Examples:
        >>> list(with_numbers("took <number> weeks", "en"))[:3]
        ['took <number> weeks', 'took two weeks', 'took three weeks']
    """
    yield phrase
    if NUMBER in phrase:
        for word in opinion_words(language, "numbers")[""]:
            yield phrase.replace(NUMBER, word)
