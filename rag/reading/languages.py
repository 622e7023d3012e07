"""Which language a text is in: scripts first, then a few function words. Small, no model."""

from __future__ import annotations

import re
from functools import cache

__all__ = ["detect_language"]

_SAMPLE = 1200
_SCRIPTS = (
    ("han", re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")),
    ("kana", re.compile("[\u3041-\u30ff]")),
    ("hangul", re.compile("[\uac00-\ud7a3]")),
    ("latin", re.compile("[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")),
    ("cyrillic", re.compile("[\u0400-\u04ff]")),
    ("arabic", re.compile("[\u0621-\u064a\u066e-\u06d3]")),
    ("th", re.compile("[\u0e01-\u0e5b]")),
    ("devanagari", re.compile("[\u0900-\u097f]")),
    ("el", re.compile("[\u0370-\u03ff]")),
    ("he", re.compile("[\u05d0-\u05ea]")),
    ("bn", re.compile("[\u0980-\u09ff]")),
    ("ta", re.compile("[\u0b80-\u0bff]")),
    ("te", re.compile("[\u0c00-\u0c7f]")),
    ("ka", re.compile("[\u10a0-\u10ff]")),
    ("hy", re.compile("[\u0530-\u058f]")),
    ("km", re.compile("[\u1780-\u17ff]")),
    ("my", re.compile("[\u1000-\u109f]")),
    ("am", re.compile("[\u1200-\u137f]")),
)
_NOT_HAN = re.compile("[^\u4e00-\u9fff]+")
_KANA_OR_HANGUL = re.compile("[\u3041-\u3096\u30a1-\u30fa\uac00-\ud7a3]")
_WORDS = {
    "en": "the of and to in is that for was with on as are by it from at this be have",
    "de": "der die und den von zu das mit sich des auf für ist im dem nicht ein eine als auch",
    "fr": "l d c qu n le la les des et du en un une est dans que pour qui sur au par plus pas avec",
    "es": "el la los las de y en que del se por un una con para es su al lo como",
    "pt": "o os de do da em que dos das um uma para com não por é no na ao mais foi como",
    "it": "il di che la e in un per una del della è con non sono le gli si da nel",
    "nl": "de het een van en in is dat op te zijn met voor niet aan er om ook als bij",
    "tr": "ve bir bu için ile da de olarak olan çok daha gibi kadar sonra en ne var olduğu",
    "vi": "của và là có không được trong cho một các với người này những đã khi về",
    "id": "yang dan di dengan untuk dari ini pada dalam tidak itu adalah akan oleh sebagai ke",
    "pl": "w i na z się nie do to jest że od po jak za o przez są oraz był dla",
    "cs": "je že pro byl jako jsou jejich která který není také podle ale nebo jeho být při až více ve",
    "sv": "och i att det som en på är av för med den till ett om var inte har från de",
    "da": "og i at det er en til på som af for den med der et ikke har de fra var",
    "no": "og i det er en til på som av for den med at et ikke har de fra var seg",
    "fi": "ja on ei se että oli hän ovat mutta kun myös tai joka kuin ole sen vuonna",
    "hu": "az és hogy nem egy volt meg csak már ez ha vagy mint el azt több",
    "ro": "și de în la a cu pe care din nu este un o mai pentru că sunt fost au",
}


#: Letters that hardly any other language of the list has.
_LETTERS = {
    "tr": "ığş",
    "vi": "ơưạảấầẩậắằặẻẽếềểệỉịọỏốồổộớờởợụủứừửựỳỵỷỹđ",
    "pl": "łąęśźżć",
    "cs": "řěů",
    "hu": "őű",
    "ro": "șțăţş",
    "de": "ß",
    "es": "ñ¿¡",
    "pt": "ãõ",
    "da": "æø",
    "no": "æø",
    "fr": "œç",
}


def detect_language(text: str) -> str | None:
    """BCP 47 tag of the language most of ``text`` is in, or None when it cannot be told.

    Chinese is ``zh`` (Simplified) or ``zh-Hant`` (Traditional). Only the beginning and the middle
    of a long text are looked at.
    """
    sample = text[:_SAMPLE]
    if len(text) > 4 * _SAMPLE:
        middle = len(text) // 2
        sample = sample[: _SAMPLE // 2] + text[middle : middle + _SAMPLE // 2]
    return _chinese(sample) or _any(sample)


def _chinese(sample: str) -> str | None:
    """The common case, told quickly from the first few hundred characters."""
    if _KANA_OR_HANGUL.search(sample):
        return None
    characters = set(sample[:300])
    han = len(_NOT_HAN.sub("", "".join(characters)))
    return _script_of(characters) if han and han * 3 >= len(characters) else None


def _script_of(characters: set[str]) -> str:
    traditional, simplified = _character_sets()
    return "zh-Hant" if len(characters & traditional) > len(characters & simplified) else "zh"


def _any(sample: str) -> str | None:
    counts = {name: len(pattern.findall(sample)) for name, pattern in _SCRIPTS}
    # A Han character or a syllable carries about as much as three letters.
    for name in ("han", "kana", "hangul"):
        counts[name] *= 3
    if counts["kana"] and counts["kana"] * 8 > counts["han"]:
        counts["kana"] += counts["han"]
    name = max(counts, key=lambda script: counts[script])
    if not counts[name]:
        return None
    match name:
        case "kana":
            return "ja"
        case "hangul":
            return "ko"
        case "han":
            return _script_of(set(sample))
        case "cyrillic":
            return _cyrillic(sample)
        case "arabic":
            if any(c in sample for c in "ٹڈڑںے"):
                return "ur"
            return "fa" if any(c in sample for c in "پچژگ") or "ی" in sample else "ar"
        case "devanagari":
            return "mr" if "ळ" in sample and "आहे" in sample else "hi"
        case "latin":
            return _latin(sample)
    return name


def _cyrillic(sample: str) -> str:
    if any(c in sample for c in "іїєґ") and "ы" not in sample:
        return "uk"
    if "ў" in sample:
        return "be"
    if any(c in sample for c in "ђјљњћџ"):
        return "sr"
    return "ru" if any(c in sample for c in "ыэё") else "bg" if sample.count("ъ") > 2 else "ru"


def _latin(sample: str) -> str | None:
    words = re.findall(r"[^\W\d_]+", sample.lower())
    counts = {
        language: sum(word in known for word in words) for language, known in _word_sets().items()
    }
    letters = set(sample.lower())
    for language, own in _LETTERS.items():
        counts[language] += 2 * len(letters.intersection(own))
    best = max(counts, key=lambda language: counts[language])
    if counts[best] * 12 >= len(words) and counts[best] >= 2:
        return best
    return "en" if len(words) > 2 and sample.isascii() else None


@cache
def _word_sets() -> dict[str, frozenset[str]]:
    return {language: frozenset(words.split()) for language, words in _WORDS.items()}


@cache
def _character_sets() -> tuple[frozenset[str], frozenset[str]]:
    """(only Traditional, only Simplified)."""
    from rag.normalization import TRANSLATION

    pairs = [
        (chr(source), target)
        for source, target in TRANSLATION.items()
        if isinstance(target, str) and len(target) == 1 and 0x3400 <= source < 0xA000
    ]
    sources = {source for source, _ in pairs}
    # A simplified form that is a Traditional character in its own right (后, 里) tells nothing.
    both = set("后里台只面系干几云谷斗松丑咸冲丰姜借沈准卜出余并了千制复发表松游板杆致采升")
    simplified = {target for _, target in pairs} - sources - both
    return frozenset(sources - both), frozenset(simplified)
