"""What an English sentence model finds alike, for the reader to learn from where no answers are known.

all-MiniLM-L6-v2 was trained on a billion English pairs and knows which sentences are about what is asked,
in whatever words; the reader, which begins with its body, forgets that while it learns from our questions. Its
cosines between English questions and English sentences are therefore shown to the reader as shares of a
listing, for the sentences themselves and for their translations: what is alike in English is alike in all.
"""

from __future__ import annotations

import hashlib
import random
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
import torch

from rag.training.data_files import TRAINING, bucket, needed_rows
from rag.training.reader_data import Candidate, Listing
from rag.training.reader_model import load_body, mean_vector, padded, teacher

__all__ = ["AlikeListings", "EnglishModel", "SentenceModel"]

Floats = npt.NDArray[np.float32]


class EnglishModel:
    """all-MiniLM-L6-v2: normalised means of its last states.

    Args:
        folder: Its ``model.safetensors`` and ``tokenizer.json``.
        longest: Pieces that are read of a text.
    """

    def __init__(self, folder: Path, *, longest: int = 96) -> None:
        from tokenizers import Tokenizer

        body = load_body(folder)
        self._rows = body["embeddings.word_embeddings.weight"]
        self._network = teacher(body)
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(longest)

    @torch.no_grad()
    def vectors(self, texts: Sequence[str]) -> torch.Tensor:
        """Unit vectors, (texts, 384), of one batch."""
        found = self._tokenizer.encode_batch(list(texts))
        ids, mask = padded([one.ids for one in found])
        with torch.autocast("cpu", torch.bfloat16):
            return mean_vector(self._network, self._rows[ids], mask)

    def embed(self, texts: Sequence[str], *, batch: int = 64) -> Floats:
        """Unit vectors, (texts, 384), of any number of texts."""
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        vectors = np.zeros((len(texts), self._rows.shape[1]), np.float32)
        for start in range(0, len(order), batch):
            some = order[start : start + batch]
            vectors[some] = self.vectors([texts[i] for i in some]).numpy()
        return vectors


class SentenceModel(Protocol):
    """What tells how alike two English sentences are."""

    def embed(self, texts: Sequence[str]) -> Floats:
        """Unit vectors, (texts, dimension)."""
        ...


@dataclass(frozen=True, slots=True)
class Line:
    """An English sentence with its translations by language."""

    english: str
    translations: Mapping[str, str]

    def told(self, language: str) -> str:
        """The sentence in a language that it is translated to, or English."""
        return self.english if language == "en" else self.translations[language]


_LONGEST = 260  # characters
_LINES = 1500  # of a source and a language
_QUESTIONS = 1200
_LEAST = 500  # lines of a language, to be told in it
_SHARPNESS = 20.0  # of the shares by cosine: what the English model was trained with
#: Among how many of the lines that are most alike each candidate is drawn.
_RANKS = ((0, 2), (2, 12), (12, 80), (80, 400))


class AlikeListings:
    """Listings whose shares an English model gives.

    Args:
        folder: Where ``parallel`` is.
        questions: English questions beside those that stand in ``parallel``.
        model: What tells how alike an English question and an English sentence are.
    """

    def __init__(self, folder: Path, questions: Iterable[str], model: SentenceModel) -> None:
        lines, asked = _lines(folder)
        self._lines = lines
        self._asked = [*asked, *(Line(question, {}) for question in dict.fromkeys(questions))]
        self._given = len(asked)
        self._vectors = model.embed([line.english for line in lines])
        self._asked_vectors = model.embed([line.english for line in self._asked])
        places: dict[str, list[int]] = defaultdict(list)
        for place, line in enumerate(lines):
            for language in line.translations:
                places[language].append(place)
        self._places = {
            language: np.array(some) for language, some in places.items() if len(some) >= _LEAST
        }
        self._places["en"] = np.arange(len(lines))

    def draw(self, chance: random.Random) -> Listing | None:
        """Five sentences, from the most alike to any; None where there is nothing to draw from."""
        if not self._asked or len(self._lines) < _RANKS[-1][1]:
            return None
        given = self._given and (chance.random() < 0.4 or self._given == len(self._asked))
        first, last = (0, self._given) if given else (self._given, len(self._asked))
        at = chance.randrange(first, last)
        question = self._asked[at]
        languages = sorted(
            language for language in question.translations if language in self._places
        )
        asking = chance.choice(languages) if languages and chance.random() < 0.6 else "en"
        if asking == "en":
            others = sorted(self._places)
            telling = "en" if chance.random() < 0.5 else chance.choice(others)
        else:
            telling = asking if chance.random() < 0.7 else "en"
        places = self._places[telling]
        cosines = self._vectors[places] @ self._asked_vectors[at]
        order = np.argsort(-cosines, kind="stable")[: _RANKS[-1][1]]
        chosen = [int(order[chance.randrange(*_clipped(ranks, len(order)))]) for ranks in _RANKS]
        chosen.append(chance.randrange(len(places)))
        chosen = list(dict.fromkeys(chosen))
        power = np.exp(_SHARPNESS * (cosines[chosen] - cosines[chosen].max()))
        candidates = tuple(Candidate(self._lines[places[i]].told(telling)) for i in chosen)
        return Listing(
            question.told(asking),
            candidates,
            f"alike-{asking}-{telling}",
            tuple(float(share) for share in power / power.sum()),
        )


def _clipped(ranks: tuple[int, int], count: int) -> tuple[int, int]:
    return min(ranks[0], count - 1), max(min(ranks[1], count), min(ranks[0], count - 1) + 1)


def _lines(folder: Path) -> tuple[list[Line], list[Line]]:
    """Sentences and questions of ``parallel``, the same ones of each source in all of its languages."""
    by_key: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for row in needed_rows(folder, "parallel"):
        english, other = row["e"].strip(), row["x"].strip()
        if 20 <= len(english) <= _LONGEST and 4 <= len(other) <= _LONGEST:
            by_key[row["s"], row["l"]].setdefault(english, other)
    told: dict[str, dict[str, str]] = defaultdict(dict)
    asked: dict[str, dict[str, str]] = defaultdict(dict)
    for (_, language), pairs in sorted(by_key.items()):
        usable = [one for one in pairs if " " in one and bucket(one) in TRAINING]
        usable.sort(key=lambda one: hashlib.sha256(one.encode()).digest())
        questions = [one for one in usable if one.endswith("?")]
        sentences = [one for one in usable if not one.endswith("?")]
        for one in sentences[:_LINES]:
            told[one].setdefault(language, pairs[one])
        for one in questions[:_QUESTIONS]:
            asked[one].setdefault(language, pairs[one])
    return (
        [Line(english, others) for english, others in told.items()],
        [Line(english, others) for english, others in asked.items()],
    )
