"""The language and script of a question or a text, told from its letters and commonest words."""

from __future__ import annotations

import re
from functools import lru_cache

from rag.normalization import normalize

__all__ = ["LANGUAGES", "question_language", "text_script"]

_SCRIPTS: tuple[tuple[str, str], ...] = (
    ("ja", "\u3041-\u30ff"),
    ("ko", "\u1100-\u11ff\uac00-\ud7a3"),
    ("th", "\u0e00-\u0e7f"),
    ("ar", "\u0600-\u06ff"),
    ("he", "\u0590-\u05ff"),
    ("hi", "\u0900-\u097f"),
    ("el", "\u0370-\u03ff"),
    ("ru", "\u0400-\u04ff"),
    ("zh", "\u3400-\u9fff\uf900-\ufaff"),
)
_COUNTERS = {name: re.compile(f"[{ranges}]") for name, ranges in _SCRIPTS}
_LATIN = re.compile("[A-Za-zÀ-ɏ\u1e00-\u1eff]")
_UKRAINIAN = re.compile("[іїєґ]", re.IGNORECASE)
_WORD = re.compile("[a-zà-ɏ\u1e00-\u1eff']+")
# The commonest words of a question; the language with most of them wins, English on a tie.
_COMMON = {
    "en": "the of is what who when where which how many much in was did does are and to for a by "
    "why were has have do can at on with from about it its",
    "fr": "le la les des est quel quelle qui où quand combien comment pourquoi dans du une que et "
    "quels quelles sont été l' d' en au a-t-il de",
    "de": "der die das ist wer wann wo was wie viele welche welcher welches und warum wurde in von "
    "den dem ein eine hat wird sind zu im",
    "es": "el la los las es qué quién cuándo dónde cuántos cuántas cuál cómo por de en una del se "
    "fue que y cuáles son",
    "pt": "o os as é que quem quando onde quantos quantas qual como por do da em uma no na foi são "
    "quais não de e",
    "it": "il lo gli è che chi quando dove quanti quante quale come perché di della del nel una "
    "sono stato stata in e",
    "nl": "de het een is wie wanneer waar wat hoe hoeveel welke en waarom van werd zijn was op",
    "tr": "ne kim nerede nasıl kaç hangi neden niçin ve bir bu mi mı midir nedir kimdir zaman "
    "olarak için ile",
    "vi": "là gì ai khi nào ở đâu bao nhiêu nào tại sao như thế của và có được trong những các",
    "id": "apa siapa kapan mana di berapa bagaimana mengapa yang dan dari adalah pada untuk",
    "pl": "jest kto kiedy gdzie co jak ile który która dlaczego w na i się był była do jaki",
}
_COMMON_SETS = {name: frozenset(words.split()) for name, words in _COMMON.items()}

LANGUAGES = (*_COMMON, "zh", "zh-Hant", "ja", "ko", "th", "ar", "he", "hi", "el", "ru", "uk")


@lru_cache(maxsize=2048)
def question_language(text: str) -> str:
    """BCP 47 tag of a question's language, ``en`` where nothing tells.

    Han text is ``zh-Hant`` when some character has a Simplified form and none is Simplified only by
    being different; a Chinese question may hold Latin names and stays Chinese.
    """
    counts = {name: len(pattern.findall(text)) for name, pattern in _COUNTERS.items()}
    latin = len(_LATIN.findall(text))
    if counts["ja"] and counts["ja"] * 6 >= counts["zh"]:
        return "ja"
    script = max(counts, key=lambda name: counts[name] * (3 if name == "zh" else 1))
    if counts[script] * (3 if script == "zh" else 1) >= latin and counts[script]:
        if script == "zh":
            return "zh-Hant" if _is_traditional(text) else "zh"
        if script == "ru" and _UKRAINIAN.search(text):
            return "uk"
        return script
    if "¿" in text or "¡" in text:
        return "es"
    words = _WORD.findall(text.lower())
    scores = {name: sum(word in common for word in words) for name, common in _COMMON_SETS.items()}
    best = max(scores, key=lambda name: scores[name])
    return best if scores[best] else "en"


def _is_traditional(text: str) -> bool:
    han = "".join(_COUNTERS["zh"].findall(text))
    return normalize(han) != han


def text_script(text: str) -> str:
    """The script that most letters of a text are in: ``han``, ``latin``, or a language tag."""
    sample = text[:2000]
    counts = {name: len(pattern.findall(sample)) for name, pattern in _COUNTERS.items()}
    if counts["ja"] * 6 >= counts["zh"] > 0 and counts["ja"]:
        return "ja"
    # A Han character carries about as much as three Latin letters.
    counts["zh"] *= 3
    counts["latin"] = len(_LATIN.findall(sample))
    best = max(counts, key=lambda name: counts[name])
    return {"zh": "han"}.get(best, best) if counts[best] else ""
