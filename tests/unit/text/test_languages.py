"""Languages of texts and of columns."""

from __future__ import annotations

import pyarrow as pa
import pytest

from sociolink.reference.locales import function_words, locales
from sociolink.text.languages import find_languages, normalise_languages

SENTENCES = {
    "en": ("I do not know what they were doing there", "this is what we have been waiting for"),
    "fr": ("je ne sais pas où il est passé", "nous avons encore une fois attendu pour rien"),
    "de": ("das ist aber nicht so schlecht wie du sagst", "ich habe noch nichts von ihnen gehört"),
    "es": ("¿por qué no me han dicho nada?", "esto es lo que más me gusta de la ciudad"),
    "it": ("non so perché lo hanno fatto", "questa è la cosa più bella che ho visto"),
    "pt": ("não sei o que vocês estão fazendo", "isso não é bom para ninguém"),
    "nl": ("ik weet niet wat ze daar deden", "dat is niet zo leuk als het lijkt"),
    "sv": ("jag vet inte vad de gör där", "det är inte så bra som du säger"),
    "tr": ("bu çok iyi bir şey değil", "ne zaman geleceksin bilmiyorum ama olsun"),
    "pl": ("nie wiem, gdzie on jest", "to jest bardzo dobre, ale nie dla mnie"),
    "ru": ("я не знаю, где он",),
    "uk": ("я не знаю, де він є і що робити її",),  # noqa: RUF001
    "ja": ("今日は雨です",),
    "zh": ("今天下雨",),
    "ar": ("لا أعرف أين هو",),
    "fa": ("چه خبر از آن‌ها",),  # noqa: RUF001
    "ko": ("모르겠어요",),
}


@pytest.mark.parametrize("language", SENTENCES)
def test_plain_sentences_are_told(language: str) -> None:
    assert set(find_languages(pa.array(SENTENCES[language])).to_pylist()) == {language}


@pytest.mark.parametrize(
    "text", ["", None, "4711 !", "lol", "Zen Nova 3", "https://example.org/und/das/ist", "@und @das"]
)
def test_what_does_not_tell_is_not_guessed(text: str | None) -> None:
    assert find_languages(pa.array([text], pa.string())).to_pylist() == [None]


def test_a_text_is_read_as_it_stands_alone() -> None:
    texts = [one for of in SENTENCES.values() for one in of]
    together = find_languages(pa.array(texts)).to_pylist()
    assert together == [find_languages(pa.array([one])).to_pylist()[0] for one in texts]


def test_columns_hold_tags_and_names() -> None:
    said = ["de", "DE-at", "pt_BR", "German", " english ", "nb", "zh-Hans", "xx", "zxx", "", None]
    wanted = ["de", "de", "pt", "de", "en", "no", "zh", None, None, None, None]
    assert normalise_languages(pa.array(said)).to_pylist() == wanted


def test_facts_of_countries_are_shares() -> None:
    known = locales()
    for shares in (known.speaks, known.goes_by):
        total = shares.sum(1)
        assert ((abs(total - 1) < 1e-9) | (total == 0)).all()
        assert (total > 0).mean() > 0.9
    assert known.clock.shape[1] == 12
    assert set(function_words()) <= set(known.language)


def test_clocks_follow_summer_on_both_halves() -> None:
    known = locales()
    france, australia = (known.clock[known.goes_by[known.country.index(code)].argmax()] for code in ("FR", "AU"))
    assert (france[0], france[6]) == (1, 2)
    assert (australia[0], australia[6]) == (11, 10)
