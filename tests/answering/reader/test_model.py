"""The reader: spans that lead back to the source, and the bundled weights."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from rag.answering.reader.inputs import (
    SENTENCE,
)
from rag.answering.reader.model import Reader, ReaderInput, best_span, bundled_reader_path
from rag.answering.reader.pieces import Table, cut
from rag.errors import AnsweringError
from rag.normalization import normalize
from rag.tokens import get_encoding

ENCODING = get_encoding()
BUNDLED = (bundled_reader_path() / "reader.json").is_file()
needs_weights = pytest.mark.skipif(
    not BUNDLED, reason="the bundled reader has not been trained yet"
)


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader.load()


def test_the_best_span_never_ends_before_it_starts() -> None:
    starts, ends = np.float32([0, 5, 0]), np.float32([11, 0, 5])
    first, last, score = best_span(starts, ends)
    assert (first, last) == (0, 0)  # 0 + 11 beats 5 + 5
    assert 0 < score <= 1
    assert best_span(np.float32([0, 9]), np.float32([8, 0]))[:2] == (1, 1)


def test_spans_lead_back_to_the_source_characters(table: Table) -> None:
    """Full width, Traditional script and composed characters in front do not shift the marked words."""
    source = "㈱ＡＢＣ　於２０２４年設立臺灣分公司。"

    def run(inputs: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        shape = inputs["segments"].shape
        spans = np.zeros((*shape, 2), np.float32)
        told = np.flatnonzero(inputs["segments"][0] == SENTENCE)
        pieces = cut(ENCODING, normalize(source))
        wanted = [
            i
            for i, (a, b) in enumerate(zip(pieces.starts, pieces.ends, strict=True))
            if pieces.text[a:b] == "2024"
        ]
        spans[0, told[wanted[0]]] = 20
        return np.zeros((shape[0], 2), np.float32), spans

    (score,) = Reader(ENCODING, table, run).score("何时设立", [ReaderInput(source)])
    assert score.span is not None
    assert source[slice(*score.span)] == "２０２４"
    assert score.answerable == 0.5


# --- the bundled weights ----------------------------------------------------------------------------------


@needs_weights
def test_bundled_files_fit_the_repository() -> None:
    sizes = [path.stat().st_size for path in bundled_reader_path().iterdir() if path.is_file()]
    assert max(sizes) < 50_000_000
    assert sum(sizes) < 36_000_000


@needs_weights
def test_nothing_to_read(reader: Reader) -> None:
    assert reader.score("谁？", []) == []
    (score,) = reader.score("", [ReaderInput("")])
    assert score.span is None
    assert math.isfinite(score.relevance)


@needs_weights
def test_hostile_texts_are_read_up_to_a_length(reader: Reader) -> None:
    texts = ["啊" * 1_000_000, "\ud800\udfff\x00", "🙂" * 500, "a" * 5000, "\u202e" * 50, "\n\n \t"]
    scores = reader.score("\udc00" * 3000, [ReaderInput(t, t, t) for t in texts])
    for text, score in zip(texts, scores, strict=True):
        assert math.isfinite(score.relevance)
        assert 0 <= score.answerable <= 1
        if score.span:
            assert 0 <= score.span[0] < score.span[1] <= len(text)


@needs_weights
def test_the_same_question_gets_the_same_scores(reader: Reader) -> None:
    candidates = [
        ReaderInput(f"第{n}号码头于20{n}年启用，投资{n}亿元。", "港区简介") for n in range(10, 40)
    ]
    first = reader.score("21号码头哪年启用？", candidates)
    assert reader.score("21号码头哪年启用？", candidates) == first
    assert Reader.load(threads=1).score("21号码头哪年启用？", candidates) == first
    assert Reader.load(threads=3).score("21号码头哪年启用？", candidates) == first
    for given, score in zip(candidates, first, strict=True):
        assert score.span is not None
        assert given.text[slice(*score.span)].strip()


_FORKS = """
import os, sys
from rag.answering.reader.model import Reader, ReaderInput

reader = Reader.load(threads=2)
candidates = [ReaderInput(f"第{n}号码头长{n}米。" * n) for n in range(1, 12)]
first = reader.score("码头多长？", candidates)
child = os.fork()
if child == 0:
    os._exit(0 if reader.score("码头多长？", candidates) == first else 1)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@needs_weights
def test_a_forked_process_reads_with_threads_of_its_own() -> None:
    assert subprocess.run([sys.executable, "-c", _FORKS], timeout=60, check=False).returncode == 0


@needs_weights
def test_threads_that_ask_at_once_get_their_own_scores(reader: Reader) -> None:
    asked = [f"{n}号码头哪年启用？" for n in range(10, 18)]
    candidates = [ReaderInput(f"第{n}号码头于20{n}年启用。") for n in range(10, 30)]
    alone = [reader.score(question, candidates) for question in asked]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda question: reader.score(question, candidates), asked)) == alone


FACTS = [
    "海滨图书馆于1998年建成，建筑面积2.3万平方米。",
    "馆长李明表示，今年将新增四个阅览室。",
    "图书馆位于中山路与解放路交叉口。",
    "周末的讲座免费向市民开放。",
]


@needs_weights
@pytest.mark.parametrize(
    ("question", "right"),
    [
        ("海滨图书馆是哪一年建成的？", 0),
        ("海濱圖書館的建築面積是多少？", 0),
        ("图书馆在什么地方？", 2),
        ("馆长是谁？", 1),
    ],
)
def test_the_answering_sentence_comes_first(reader: Reader, question: str, right: int) -> None:
    scores = reader.score(question, [ReaderInput(text) for text in FACTS])
    assert max(range(len(FACTS)), key=lambda i: scores[i].relevance) == right


@needs_weights
def test_scripts_read_alike(reader: Reader) -> None:
    simplified, traditional = ("馆长是谁？", "館長是誰？")
    candidates = [ReaderInput(text) for text in FACTS]
    assert reader.score(simplified, candidates) == reader.score(traditional, candidates)


@needs_weights
def test_an_english_question_finds_the_chinese_sentence(reader: Reader) -> None:
    scores = reader.score(
        "In what year was the library built?", [ReaderInput(text) for text in FACTS]
    )
    assert max(range(len(FACTS)), key=lambda i: scores[i].relevance) == 0


def test_a_reader_that_learned_from_other_windows_of_text_is_not_used(tmp_path: Path) -> None:
    meta = json.loads((bundled_reader_path() / "reader.json").read_text(encoding="utf-8"))
    meta["window"]["head"] += 1
    (tmp_path / "reader.json").write_text(json.dumps(meta), encoding="utf-8")
    with pytest.raises(AnsweringError, match=r"learned from other windows .*rag\.training reader"):
        Reader.load(tmp_path)


@needs_weights
def test_the_adapter_reads_other_languages_and_leaves_the_network_alone(reader: Reader) -> None:
    question = "When was the harbour built?"
    candidates = [
        ReaderInput("Construction of the harbour was completed in 1892."),
        ReaderInput("The fish market is on the south side."),
    ]
    plain = reader.score(question, candidates)
    adapted = reader.score(question, candidates, adapted=True)
    assert reader.score(question, candidates) == plain
    assert reader.score(question, candidates, adapted=True) == adapted
    assert adapted != plain
    assert adapted[0].relevance > adapted[1].relevance
    assert adapted[0].answerable > adapted[1].answerable
    assert candidates[0].text[slice(*(adapted[0].span or ()))] == "1892"
