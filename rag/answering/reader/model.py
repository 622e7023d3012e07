"""The reader: a small cross-encoder that looks at the question and one sentence together.

For each candidate sentence it says how well the sentence answers (``relevance``, to order by),
whether it answers at all (``answerable``, to refuse by) and which of its characters are the answer
(``span``).

The weights are bundled (``rag/models/reader``) and run on onnxruntime; torch is never imported.
Besides the pieces of both texts the network sees, for every piece, how well the *other* text
matches it: by spelling (numbers, words, character pairs) and by the cosine of the piece embeddings,
which are aligned across languages. Training (:mod:`rag.training.reader`) builds its inputs with the
very functions below.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from threading import Lock
from types import MappingProxyType
from typing import Any, Protocol, cast

import numpy as np
import numpy.typing as npt

from rag.errors import AnsweringError
from rag.forks import unlocked_when_forked
from rag.normalization import normalize, normalize_with_offsets, source_span

__all__ = ["Reader", "ReaderInput", "ReaderScore"]

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]

QUESTION, CONTEXT, SENTENCE = 0, 1, 2
# Spelled alike, partly alike, alike in meaning: by the sentence (or question), by the context; rarity.
FEATURES = 7
MAX_QUESTION, MAX_SENTENCE = 40, 100  # pieces
MAX_BEFORE_HEAD, MAX_BEFORE_TAIL, MAX_AFTER = 16, 12, 6  # pieces of context kept
MAX_SPAN = 32  # pieces
#: What a reader sees of a sentence and around it; stored with the weights that learned from it.
WINDOW = {
    "question": MAX_QUESTION,
    "sentence": MAX_SENTENCE,
    "head": MAX_BEFORE_HEAD,
    "before": MAX_BEFORE_TAIL,
    "after": MAX_AFTER,
}
_LONGEST = 3000  # characters of a text that are looked at
_BATCH_PIECES = 200  # padded pieces that go through the network at once


@dataclass(frozen=True, slots=True)
class ReaderInput:
    """A candidate sentence and what stands around it.

    ``before`` may hold the title or heading and the previous sentence, ``after`` the next one: of a
    long ``before`` the head and the tail are kept, of ``after`` the head.
    """

    text: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class ReaderScore:
    """What the reader thinks of one candidate.

    ``relevance`` is a logit that orders the candidates of one question (higher is better);
    ``answerable`` in [0, 1] says whether this sentence answers at all. ``span`` counts characters
    of the candidate's ``text`` (end exclusive), or is None where there is nothing to mark;
    ``span_score`` in [0, 1] is its probability, given that the sentence answers.
    """

    relevance: float
    answerable: float
    span: tuple[int, int] | None
    span_score: float


class PieceEncoding(Protocol):
    """The part of ``tiktoken.Encoding`` that the reader needs."""

    def encode_ordinary(self, text: str) -> list[int]:
        """Piece ids of a text."""
        ...

    def decode_tokens_bytes(self, tokens: Sequence[int]) -> list[bytes]:
        """The bytes of each piece."""
        ...


@dataclass(frozen=True, slots=True)
class Pieces:
    """The pieces of a normalised text, white space left out: ids, first and past-last characters."""

    text: str
    ids: Ints
    starts: Ints
    ends: Ints

    def part(self, start: int, end: int) -> Pieces:
        """Some of the pieces, of the same text."""
        return Pieces(self.text, self.ids[start:end], self.starts[start:end], self.ends[start:end])


def cut(encoding: PieceEncoding, text: str) -> Pieces:
    """Cut a *normalised* text into pieces; those of white space only are dropped."""
    tokens = encoding.encode_ordinary(text)
    if not tokens:
        nothing = np.zeros(0, np.int32)
        return Pieces(text, nothing, nothing, nothing)
    raw = encoding.decode_tokens_bytes(tokens)
    ends = np.cumsum([len(piece) for piece in raw])
    starts = np.concatenate([[0], ends[:-1]])
    octets = np.frombuffer(text.encode("utf-8"), np.uint8)
    character = np.cumsum((octets & 0xC0) != 0x80)  # of each octet, counted from 1
    kept = [bool(piece.strip()) for piece in raw]
    return Pieces(
        text,
        np.asarray(tokens, np.int32)[kept],
        (character[starts] - 1).astype(np.int32)[kept],
        character[ends - 1].astype(np.int32)[kept],
    )


# Numbers; runs of scripts written without spaces (Han, kana, Hangul for its particles), Thai and
# its neighbours; everything else word by word, with the combining marks of Indic scripts.
_UNITS = re.compile(
    "([0-9]+(?:[.,][0-9]+)*)"
    "|([\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3\U00020000-\U0003134f]+)"
    "|([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]+)"
    "|((?:[^\\W\\d_]|[\u0300-\u036f\u0900-\u0dff])+)"
)
_PREFIX = 5  # letters by which longer words are compared


@dataclass(frozen=True, slots=True)
class Spelling:
    """What a text can be matched by: whole units (strong) and single characters of Han runs (weak)."""

    text: str
    strong: frozenset[str]
    weak: frozenset[str]
    units: tuple[tuple[int, int, str], ...]  # start, end, key ("" for a run compared by its parts)


@lru_cache(maxsize=4096)
def spelling(text: str) -> Spelling:
    """The units of a normalised text."""
    strong: set[str] = set()
    weak: set[str] = set()
    units: list[tuple[int, int, str]] = []
    for match in _UNITS.finditer(text):
        word, start, end = match.group(), match.start(), match.end()
        if match.lastindex == 2 and len(word) > 1:
            strong.update(word[i : i + 2] for i in range(len(word) - 1))
            weak.update(word)
            units.append((start, end, ""))
        elif match.lastindex == 3 and len(word) > 3:
            strong.update(word[i : i + 4] for i in range(len(word) - 3))
            units.append((start, end, "4"))
        else:
            if match.lastindex == 2:
                weak.add(word)
            elif match.lastindex == 4:
                word = word[:_PREFIX]
            strong.add(word)
            units.append((start, end, word))
    return Spelling(text, frozenset(strong), frozenset(weak), tuple(units))


def spelled_alike(text: Spelling, other: Spelling, pieces: Pieces) -> Floats:
    """How much of each piece of ``text`` stands in ``other``: shape (pieces, 2), strongly and weakly."""
    length = len(text.text)
    strong = bytearray(length)
    weak = bytearray(length)
    source = text.text
    for start, end, key in text.units:
        if key == "":
            for i in range(start, end - 1):
                if source[i : i + 2] in other.strong:
                    strong[i] = strong[i + 1] = 1
            for i in range(start, end):
                if source[i] in other.weak:
                    weak[i] = 1
        elif key == "4":
            for i in range(start, end - 3):
                if source[i : i + 4] in other.strong:
                    strong[i] = strong[i + 1] = strong[i + 2] = strong[i + 3] = 1
        elif key in other.strong or key in other.weak:
            strong[start:end] = weak[start:end] = b"\x01" * (end - start)
    sums = np.zeros((length + 1, 2), np.int32)
    sums[1:, 0] = np.cumsum(np.frombuffer(strong, np.uint8))
    sums[1:, 1] = np.cumsum(np.frombuffer(weak, np.uint8))
    width = np.maximum(pieces.ends - pieces.starts, 1)[:, None]
    return cast("Floats", ((sums[pieces.ends] - sums[pieces.starts]) / width).astype(np.float32))


@dataclass(frozen=True, slots=True)
class Table:
    """Piece embeddings: int8 rows, one scale each. The last rows belong to the marks CLS and SEP."""

    rows: npt.NDArray[np.int8]
    scales: Floats

    @property
    def marks(self) -> tuple[int, int]:
        """The ids of CLS and SEP."""
        return len(self.rows) - 2, len(self.rows) - 1

    def __getitem__(self, ids: Ints) -> Floats:
        """Rows of some ids as floats."""
        return self.rows[ids].astype(np.float32) * self.scales[ids][:, None]


@dataclass(frozen=True, slots=True)
class Example:
    """One input of the network, unpadded; ``first`` is the position of the sentence's first piece."""

    ids: Ints
    segments: Ints
    features: Floats
    first: int
    count: int


@dataclass(frozen=True, slots=True)
class Question:
    """A question cut into pieces, to be compared with many candidates."""

    pieces: Pieces
    spelling: Spelling
    unit_rows: Floats


def unit(rows: Floats) -> Floats:
    """Rows scaled to length 1."""
    norms = np.sqrt(np.einsum("ij,ij->i", rows, rows))
    return cast("Floats", rows / np.maximum(norms, 1e-6)[:, None])


def prepare_question(encoding: PieceEncoding, table: Table, question: str) -> Question:
    """Cut a *normalised* question. Of a long one the head and the tail are kept."""
    pieces = _ends_kept(cut(encoding, question), MAX_QUESTION // 2, MAX_QUESTION // 2)
    return Question(pieces, spelling(question), unit(table[pieces.ids]))


def _ends_kept(pieces: Pieces, head: int, tail: int) -> Pieces:
    if len(pieces.ids) <= head + tail:
        return pieces
    keep = np.r_[0:head, len(pieces.ids) - tail : len(pieces.ids)]
    return Pieces(pieces.text, pieces.ids[keep], pieces.starts[keep], pieces.ends[keep])


def build_example(
    question: Question,
    sentence: Pieces,
    before: Pieces,
    after: Pieces,
    table: Table,
) -> Example:
    """CLS question SEP before sentence after SEP, with segments and match features.

    The features of a question piece say how the sentence (first three) and the context (last three)
    match it; those of a sentence or context piece how the question does (first three).
    """
    sentence = sentence.part(0, MAX_SENTENCE)
    before = _ends_kept(before, MAX_BEFORE_HEAD, MAX_BEFORE_TAIL)
    after = after.part(0, MAX_AFTER)
    q, b, s, a = (len(p.ids) for p in (question.pieces, before, sentence, after))
    cls, sep = table.marks
    ids = np.concatenate(
        [[cls], question.pieces.ids, [sep], before.ids, sentence.ids, after.ids, [sep]]
    ).astype(np.int32)
    first = q + 2 + b
    segments = np.zeros(len(ids), np.int32)
    segments[q + 2 : -1] = CONTEXT
    segments[first : first + s] = SENTENCE
    features = np.zeros((len(ids), FEATURES), np.float32)
    asked = slice(1, q + 1)
    told = slice(first, first + s)
    told_spelling = spelling(sentence.text)
    features[asked, 0:2] = spelled_alike(question.spelling, told_spelling, question.pieces)
    features[told, 0:2] = spelled_alike(told_spelling, question.spelling, sentence)
    parts = [(before, q + 2), (after, first + s)]
    for part, position in parts:
        if len(part.ids):
            part_spelling = spelling(part.text)
            seen = spelled_alike(question.spelling, part_spelling, question.pieces)
            features[asked, 3:5] = np.maximum(features[asked, 3:5], seen)
            features[position : position + len(part.ids), 0:2] = spelled_alike(
                part_spelling, question.spelling, part
            )
    # Pieces are numbered by how often they were merged: the later, the rarer.
    features[:, 6] = (np.log1p(ids) / np.log(len(table.rows))) ** 3
    features[[0, q + 1, -1], 6] = 0
    if q and b + s + a:
        cosines = question.unit_rows @ unit(table[ids[q + 2 : -1]]).T
        features[q + 2 : -1, 2] = cosines.max(axis=0)
        if s:
            features[asked, 2] = cosines[:, b : b + s].max(axis=1)
        if b + a:
            features[asked, 5] = np.delete(cosines, np.s_[b : b + s], axis=1).max(axis=1)
    return Example(ids, segments, features, first, s)


def best_span(starts: Floats, ends: Floats) -> tuple[int, int, float]:
    """The likeliest (first, last) piece of a sentence and its probability, from its two rows of logits."""
    start = starts - starts.max()
    end = ends - ends.max()
    start = start - np.log(np.exp(start).sum())
    end = end - np.log(np.exp(end).sum())
    joint = start[:, None] + end[None, :]
    reach = np.arange(len(start))
    distance = reach[None, :] - reach[:, None]
    joint[(distance < 0) | (distance >= MAX_SPAN)] = -np.inf
    flat = int(joint.argmax())
    return flat // len(start), flat % len(start), float(np.exp(joint.flat[flat]))


Run = Callable[[dict[str, Any]], tuple[Floats, Floats]]


class Reader:
    """The bundled (or another) reader model, ready to score sentences.

    Make one with :meth:`load`. Scoring is deterministic and safe to call from several threads.

    Args:
        encoding: Cuts texts into pieces.
        table: The embeddings of pieces.
        run: The network.
        threads: Batches that are read at once.
        load_adapted: Gives the network with its adapter, when it is first asked for; None where there is none.
    """

    def __init__(
        self,
        encoding: PieceEncoding,
        table: Table,
        run: Run,
        threads: int = 1,
        load_adapted: Callable[[], Run] | None = None,
    ) -> None:
        self._encoding = encoding
        self._table = table
        self._run = run
        self._load_adapted = load_adapted
        self._adapted: Run | None = None
        self._loading = unlocked_when_forked(Lock())
        self._threads = threads
        self._workers: tuple[int, ThreadPoolExecutor] | None = None

    @classmethod
    def load(cls, path: str | Path | None = None, *, threads: int | None = None) -> Reader:
        """Load a reader from its folder.

        Args:
            path: A folder that ``python -m rag.training reader`` wrote; None is the bundled one.
            threads: Batches that are read at once; None is two, or one where there is one processor.

        Raises:
            AnsweringError: It was trained on other windows of text than this version shows.
        """
        folder = Path(path) if path is not None else bundled_reader_path()
        meta = json.loads((folder / "reader.json").read_text(encoding="utf-8"))
        if meta.get("window") != WINDOW:
            raise AnsweringError(
                f"{folder} holds a reader that learned from other windows of text ({meta.get('window')}) than "
                f"this version shows it ({WINDOW}). Train it anew: python -m rag.training reader"
            )
        network = folder / meta["network"]

        def adapted() -> Run:
            from rag.answering.reader_adapter import adapted_weights

            return _session(network, adapted_weights(network, folder / meta["adapter"]))

        load_adapted = adapted if "adapter" in meta else None
        rows = np.load(folder / meta["rows"], mmap_mode="r", allow_pickle=False)
        scales = np.load(folder / meta["scales"], allow_pickle=False)
        threads = threads or min(2, os.cpu_count() or 1)
        table = Table(rows, scales)
        return cls(_encoding(meta["encoding"]), table, _session(network), threads, load_adapted)

    def score(
        self, question: str, candidates: Sequence[ReaderInput], *, adapted: bool = False
    ) -> list[ReaderScore]:
        """Judge each candidate as an answer to the question; the results keep the candidates' order.

        Args:
            question: In any language.
            candidates: Sentences.
            adapted: Read with the adapter, for sentences in other languages than Chinese.
        """
        run = self._adapted_run() if adapted else self._run
        asked = prepare_question(self._encoding, self._table, normalize(question[:_LONGEST]))
        spellings: list[_Candidate] = [_Candidate(self._encoding, given) for given in candidates]
        examples = [
            build_example(asked, c.sentence, c.before, c.after, self._table) for c in spellings
        ]
        scores: list[ReaderScore | None] = [None] * len(examples)
        # The longest first, so that no thread is left with one at the end.
        batches = _batches([len(example.ids) for example in examples])[::-1]

        def judged(batch: Sequence[int]) -> tuple[Floats, Floats]:
            return run(pad([examples[i] for i in batch], self._table))

        several = self._threads > 1 and len(batches) > 1
        results = (self._pool().map if several else map)(judged, batches)
        for batch, (verdicts, spans) in zip(batches, results, strict=True):
            for row, i in enumerate(batch):
                scores[i] = _score(spellings[i], examples[i], verdicts[row], spans[row])
        return [score for score in scores if score is not None]

    def _adapted_run(self) -> Run:
        """The network with its adapter, or as it is where it has none."""
        if self._load_adapted is None:
            return self._run
        with self._loading:
            if self._adapted is None:
                self._adapted = self._load_adapted()
            return self._adapted

    def _pool(self) -> ThreadPoolExecutor:
        """The threads of this process: those of a forked one stayed with its parent."""
        workers = self._workers
        if workers is None or workers[0] != os.getpid():
            workers = os.getpid(), ThreadPoolExecutor(self._threads, "rag-reader")
            self._workers = workers
        return workers[1]


def _session(network: Path, weights: Mapping[str, npt.NDArray[Any]] = MappingProxyType({})) -> Run:
    """The network of a file, with other ``weights`` of some names."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    # Small batches side by side, each on one thread, are read in two thirds of the time of large ones
    # whose products are shared between threads: less padding, and nobody waits.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    kept = {
        name: onnxruntime.OrtValue.ortvalue_from_numpy(value) for name, value in weights.items()
    }
    for name, value in kept.items():
        options.add_initializer(name, value)
    session = onnxruntime.InferenceSession(
        str(network),
        options,
        providers=["CPUExecutionProvider"],
        # The fused operator takes several times as long as the two that it stands for.
        disabled_optimizers=["SkipLayerNormFusion"],
    )

    def run(inputs: dict[str, Any], _kept: object = kept) -> tuple[Floats, Floats]:
        verdict, spans = session.run(["verdict", "spans"], inputs)
        return cast("Floats", verdict), cast("Floats", spans)

    return run


class _Candidate:
    """A candidate cut into pieces, with the way back to its source characters."""

    def __init__(self, encoding: PieceEncoding, given: ReaderInput) -> None:
        self._source = given.text[:_LONGEST]
        self.sentence = cut(encoding, normalize(self._source))
        self.before = cut(encoding, normalize(outer_ends(given.before)))
        self.after = cut(encoding, normalize(given.after[: _LONGEST // 20]))

    @cached_property
    def _offsets(self) -> list[int]:
        return normalize_with_offsets(self._source)[1]

    def source_span(self, first: int, last: int) -> tuple[int, int]:
        """Characters of the candidate's text behind the pieces from first to last."""
        offsets = self._offsets
        limit = len(offsets) - 1
        start = min(int(self.sentence.starts[first]), limit)
        end = min(int(self.sentence.ends[last]), limit)
        start, end = source_span(offsets, start, end)
        while start < end and self._source[start].isspace():
            start += 1
        while end > start and self._source[end - 1].isspace():
            end -= 1
        return start, end


def outer_ends(text: str) -> str:
    """The two ends of a long text, of which no more than some pieces will be kept."""
    reach = _LONGEST // 20
    return text if len(text) <= 2 * reach else text[:reach] + " " + text[-reach:]


def _score(candidate: _Candidate, example: Example, verdict: Floats, spans: Floats) -> ReaderScore:
    relevance, answerable = float(verdict[0]), float(1 / (1 + np.exp(-np.float64(verdict[1]))))
    if not example.count:
        return ReaderScore(relevance, answerable, None, 0.0)
    told = slice(example.first, example.first + example.count)
    first, last, score = best_span(spans[told, 0], spans[told, 1])
    start, end = candidate.source_span(first, last)
    return ReaderScore(relevance, answerable, (start, end) if start < end else None, score)


def pad(examples: Sequence[Example], table: Table) -> dict[str, Any]:
    """The network's inputs for some examples, padded to the longest."""
    width = max(len(example.ids) for example in examples)
    shape = (len(examples), width)
    rows = np.zeros((*shape, table.rows.shape[1]), np.float32)
    segments = np.zeros(shape, np.int64)
    features = np.zeros((*shape, FEATURES), np.float32)
    mask = np.zeros(shape, np.float32)
    for i, example in enumerate(examples):
        length = len(example.ids)
        rows[i, :length] = table[example.ids]
        segments[i, :length] = example.segments
        features[i, :length] = example.features
        mask[i, :length] = 1
    return {"rows": rows, "segments": segments, "features": features, "mask": mask}


def _batches(lengths: Sequence[int]) -> list[list[int]]:
    """Indices grouped by similar length, each group at most ``_BATCH_PIECES`` when padded."""
    batches: list[list[int]] = []
    for i in sorted(range(len(lengths)), key=lambda i: lengths[i]):
        if not batches or (len(batches[-1]) + 1) * lengths[i] > _BATCH_PIECES:
            batches.append([])
        batches[-1].append(i)
    return batches


def bundled_reader_path() -> Path:
    """The folder of the bundled reader."""
    return Path(__file__).resolve().parent.parent / "models" / "reader"


def _encoding(name: str) -> PieceEncoding:
    from rag.tokens import get_encoding

    return cast("PieceEncoding", get_encoding(name))
