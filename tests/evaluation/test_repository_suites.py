"""The suites of this repository: they fit their documents, and every quotation is its span."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.evaluation.checking import check
from rag.evaluation.judging import span_valid
from rag.evaluation.suites import Suite, load_suites
from rag.reading import read_paths
from rag.records import Document

ROOT = Path(__file__).resolve().parents[2]
SUITES, _ = load_suites([ROOT / "evals"])
# Suites over documents outside of the repository are checked where those are.
OWN = [suite for suite in SUITES if suite.documents_path.resolve().is_relative_to(ROOT)]


def identity(suite: Suite) -> str:
    return suite.name


@pytest.mark.parametrize("suite", SUITES, ids=identity)
def test_suite_fits_its_documents(suite: Suite) -> None:
    read = read_paths([suite.documents_path])
    documents = [item for item in read if isinstance(item, Document)]
    assert check(suite, documents) == []


def test_there_is_enough_to_tell() -> None:
    questions = [question for suite in OWN for question in suite.questions]
    assert sum(question.answerable for question in questions) >= 200
    without = [question for question in questions if not question.answerable]
    assert len(without) >= 100
    assert sum(question.kind == "near-miss" for question in without) > len(without) / 2
    kinds = {question.kind for question in questions}
    assert {"direct", "paraphrase", "english", "traditional", "follow-up", "list"} <= kinds


def test_public_suites_are_optional() -> None:
    for path in sorted((ROOT / "evals" / "public").glob("*.yaml")):
        assert "optional: true" in path.read_text(encoding="utf-8")


def test_quotations_are_their_spans(tmp_path) -> None:
    """Over a seventh of the questions; `make eval` holds every answer of every suite to it."""
    from rag.knowledge_base import KnowledgeBase
    from rag.settings import Settings

    cited = 0
    for folder in sorted({suite.documents_path for suite in OWN}):
        asked = [q for suite in OWN if suite.documents_path == folder for q in suite.questions]
        with KnowledgeBase.open(tmp_path / folder.name, settings=Settings(reader=False)) as base:
            base.index(folder)
            documents = {info.id: base.document(info.id) for info in base.documents()}
            for question in asked[::7]:
                answer = base.ask(question.question, history=question.history)
                assert answer.refused != bool(answer.citations), question.id
                for citation in answer.citations:
                    cited += 1
                    assert span_valid(citation, documents), question.id
    assert cited > 30
