"""A bilingual word list as a noise source: synonyms, and word-by-word glosses of Chinese in English.

A gloss is no translation, and need not be: it teaches the reader to match a question and a sentence
whose words come from different languages, with the real question's meaning and the real answer
kept.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from rag.normalization import normalize

_LONGEST_WORD = 8
_CHINESE = re.compile("[\u3400-\u9fff]+")
_USELESS = re.compile(
    r"^(surname|variant|old variant|abbr|used in|see |classifier|radical|\(|erhua|also written|CL:|"
    r"Japanese variant|interjection|particle|onomat)"
)

#: Question words and the commonest function words, with their English.
FUNCTION_WORDS: dict[str, tuple[str, ...]] = {
    "什么时候": ("when",), "何时": ("when",), "哪一年": ("which year", "in what year"),
    "哪年": ("which year",), "哪一天": ("on which day",), "几月几日": ("on what date",),
    "几年": ("how many years",), "几月": ("which month",), "谁": ("who",), "哪位": ("who", "which"),
    "何人": ("who",), "什么人": ("who",), "哪里": ("where",), "哪儿": ("where",), "何处": ("where",),
    "什么地方": ("where",), "哪个": ("which",), "哪一个": ("which",), "哪一": ("which",),
    "哪些": ("which", "what"), "哪种": ("what kind of",), "哪家": ("which",), "哪所": ("which",),
    "哪座": ("which",), "哪国": ("which country",), "哪": ("which",), "什么": ("what",), "何": ("what",),
    "何种": ("what kind of",), "多少": ("how many", "how much"), "几": ("how many",),
    "几个": ("how many",), "多久": ("how long",), "多大": ("how big", "how old"), "多高": ("how high",),
    "多长": ("how long",), "多远": ("how far",), "为什么": ("why",), "为何": ("why",),
    "如何": ("how",), "怎么": ("how",), "怎样": ("how",), "吗": ("",), "呢": ("",), "的": ("", "'s", "of"),
    "了": ("",), "是": ("is", "was", "are", "be"), "在": ("in", "at"), "于": ("in", "at"), "被": ("was", "by"),
    "由": ("by",), "和": ("and",), "与": ("and", "with"), "及": ("and",), "或": ("or",), "有": ("has", "have"),
    "为": ("is", "as", "for"), "对": ("to", "for"), "从": ("from",), "到": ("to",), "向": ("to",),
    "把": ("",), "将": ("will", ""), "也": ("also",), "并": ("and",), "而": ("and",), "因": ("because of",),
    "因为": ("because",), "所以": ("so",), "但": ("but",), "其": ("its", "his"), "他": ("he",),
    "她": ("she",), "它": ("it",), "他们": ("they",), "这": ("this",), "那": ("that",), "该": ("the", "this"),
    "年": ("year", ""), "月": ("month", ""), "日": ("day", ""), "个": ("",), "位": ("",), "名": ("",),
    "第": ("no.", "number"), "之": ("of",), "中": ("in",), "上": ("on",), "下": ("under",), "后": ("after",),
    "前": ("before",), "时": ("when",), "以": ("with", "by"), "不": ("not",), "都": ("all",), "等": ("etc.",),
    "人": ("people", "person"), "地": ("",), "得": ("",), "着": ("",), "过": ("",), "所": ("",),
}  # fmt: skip


class Glossary:
    """Chinese words with their English glosses, and synonyms (words that share a gloss)."""

    def __init__(self, entries: Iterable[tuple[str, str]]) -> None:
        """Entries are (English, Chinese) pairs; the English may list glosses between semicolons."""
        self.glosses: dict[str, tuple[str, ...]] = {}
        sharing: dict[str, list[str]] = defaultdict(list)
        for english, chinese in entries:
            word = normalize(chinese).strip()
            if not 0 < len(word) <= _LONGEST_WORD or not _CHINESE.fullmatch(word):
                continue
            glosses = [gloss for part in english.split(";") if (gloss := _clean(part))]
            if not glosses:
                continue
            known = self.glosses.get(word, ())
            self.glosses[word] = tuple(dict.fromkeys([*known, *glosses]))[:4]
            if len(word) > 1:
                for gloss in glosses[:2]:
                    sharing[gloss].append(word)
        self.synonyms: dict[str, tuple[str, ...]] = {}
        for repeated in sharing.values():
            words = tuple(dict.fromkeys(repeated))
            if 2 <= len(words) <= 10:
                for word in words:
                    others = [*self.synonyms.get(word, ()), *(w for w in words if w != word)]
                    self.synonyms[word] = tuple(dict.fromkeys(others))[:6]
        self.glosses.update(FUNCTION_WORDS)

    def words(self, text: str) -> list[str]:
        """A normalised text cut into known words (longest first) and, between them, everything else."""
        found: list[str] = []
        position = 0
        for match in _CHINESE.finditer(text):
            if match.start() > position:
                found.append(text[position : match.start()])
            run = match.group()
            i = 0
            while i < len(run):
                for length in range(min(_LONGEST_WORD, len(run) - i), 0, -1):
                    if length == 1 or run[i : i + length] in self.glosses:
                        found.append(run[i : i + length])
                        i += length
                        break
            position = match.end()
        if position < len(text):
            found.append(text[position:])
        return found

    def english(self, text: str, chance: random.Random, share: float = 1.0) -> str:
        """A word-by-word gloss; each word is glossed with probability ``share``."""
        parts: list[str] = []
        for word in self.words(normalize(text)):
            glosses = self.glosses.get(word)
            if glosses and chance.random() < share:
                gloss = glosses[0] if chance.random() < 0.6 else chance.choice(glosses)
                parts.append(f" {gloss} ")
            else:
                parts.append(word)
        return re.sub(r"\s+", " ", "".join(parts)).strip()

    def english_question(self, text: str, chance: random.Random, share: float = 1.0) -> str:
        """A gloss of a question; its question word often moves to the front, as in English."""
        gloss = self.english(text.rstrip("？?。 "), chance, share)
        found = re.search(
            r"\b(in what year|which year|how (?:many|much|long|big|high|far|old)|"
            r"what kind of|when|who|where|which|what|how|why)\b",
            gloss,
        )
        if found and chance.random() < 0.75:
            end = found.end()
            if found.group() in ("which", "how many", "what"):
                end = min([m.end() for m in re.finditer(r"\w+", gloss[end:])][:1] or [0]) + end
            gloss = f"{gloss[found.start() : end]} {gloss[: found.start()]} {gloss[end:]}"
        return re.sub(r"\s+", " ", gloss).strip() + chance.choice(["?", "?", ""])

    def reworded(self, words: Sequence[str], chance: random.Random, share: float) -> list[str]:
        """Some of the words replaced by synonyms."""
        return [
            chance.choice(self.synonyms[word])
            if word in self.synonyms and chance.random() < share
            else word
            for word in words
        ]


def _clean(gloss: str) -> str:
    """A gloss without brackets and "to"; empty when it is no plain one of at most four words."""
    gloss = gloss.strip()
    if _USELESS.match(gloss):
        return ""
    gloss = re.sub(r"\([^)]*\)", "", gloss).split(",")[0].strip()
    gloss = gloss.removeprefix("to ").removeprefix("be ")
    gloss = re.sub(r"\bsb\b|\bsth\b|'s\b", "", gloss)
    gloss = re.sub(r"\s+", " ", gloss).strip(" .!?")
    return gloss.lower() if 0 < len(gloss.split()) <= 4 else ""
