"""A system whose every move a person can follow: passages are lines, scores are shared characters."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from rag.evaluation.cells import Cell
from rag.evaluation.suites import Suite
from rag.records import Answer, Citation, Document, DocumentInfo, IngestReport, Passage
from rag.settings import Settings

MARKDOWN = """# 智慧小区
全市建成172个智慧小区，涉及8.5万户居民。
项目由张三负责，2023年5月完工。
"""
OTHER = """# 公园
新区今年新建口袋公园30个。
公园由李四设计，对市民免费开放。
"""


class Lines:
    """Retrieves whole lines by the characters they share with the question; answers with the best."""

    def __init__(self, documents: Sequence[Document], *, threshold: float = 0.3) -> None:
        self._documents = {document.id: document for document in documents}
        self.threshold = threshold
        self.asked: list[str] = []

    def documents(self) -> list[DocumentInfo]:
        return [
            DocumentInfo(
                id=d.id,
                source=d.source,
                title=d.title,
                published=d.published,
                language=d.language,
                characters=len(d.text),
                passages=d.text.count("\n"),
                indexed="2024-01-01T00:00:00Z",
            )
            for d in self._documents.values()
        ]

    def document(self, document_id: str) -> Document:
        return self._documents[document_id]

    def search(
        self, question: str, *, k: int | None = None, where: Mapping[str, Any] | None = None
    ) -> list[Passage]:
        masked = [
            name
            for field in ("source", "id")
            for name in (where or {}).get(field, {"not in": []})["not in"]
        ]
        found = []
        for document in self._documents.values():
            if document.source in masked or document.id in masked:
                continue
            at = 0
            for line in document.text.split("\n"):
                if line and not line.startswith("#"):
                    score = len(set(question) & set(line)) / len(set(question))
                    found.append((score, document, at, at + len(line)))
                at += len(line) + 1
        found.sort(key=lambda hit: -hit[0])
        return [
            Passage(
                document_id=document.id,
                source=document.source,
                title=None,
                published=None,
                start=start,
                end=end,
                text=document.text[start:end],
                heading=None,
                score=score,
                rank=rank,
            )
            for rank, (score, document, start, end) in enumerate(found[: k or 8], 1)
        ]

    def ask(
        self,
        question: str,
        *,
        history: Sequence[tuple[str, str]] = (),
        where: Mapping[str, Any] | None = None,
    ) -> Answer:
        self.asked.append(question)
        passages = self.search(question, where=where)
        best = passages[0] if passages else None
        refused = best is None or best.score < self.threshold
        citations = ()
        if best is not None and not refused:
            citations = (
                Citation(
                    number=1,
                    document_id=best.document_id,
                    source=best.source,
                    title=None,
                    published=None,
                    page=None,
                    start=best.start,
                    end=best.end,
                    quote=best.text,
                ),
            )
        return Answer(
            question=question,
            text=f"{best.text}[1]" if citations and best else "资料中没有。",
            citations=citations,
            refused=refused,
            confidence=best.score if best else 0.0,
            passages=tuple(passages),
            answerer="extractive",
            timings={"retrieval": 0.001},
        )


@pytest.fixture
def documents() -> list[Document]:
    return [
        Document(id="a", source="docs/a.md", text=MARKDOWN),
        Document(id="b", source="docs/b.md", text=OTHER),
    ]


@pytest.fixture
def lines(documents: list[Document]) -> Lines:
    return Lines(documents)


@pytest.fixture
def open_lines(lines: Lines, tmp_path: Path):
    """Takes the place of :func:`rag.evaluation.cells.open_cell`."""

    def opened(suite: Suite, settings: Settings, **_: Any) -> Cell:
        return Cell(
            system=lines,
            folder=tmp_path,
            documents={info.id: lines.document(info.id) for info in lines.documents()},
            build={"seconds": 2.0, "bytes": 1000, "documents": 2},
            failed=(),
            opener=lambda _: lines,
            settings=settings,
        )

    return opened


SUITE = """\
suite: tiny
description: Two files, six questions.
documents: docs
questions:
  - id: q1
    question: 全市建成多少个智慧小区?
    kind: direct
    language: zh
    evidence:
      - {document: docs/a.md, text: "建成172个智慧小区"}
    answers: ["172个", "172"]
  - id: q2
    question: 公园由谁设计?
    kind: direct
    language: zh
    evidence:
      - {document: docs/b.md, text: "公园由李四设计"}
    answers: [李四]
  - id: q3
    question: 建成小区和新建公园各多少个?
    kind: list
    language: zh
    evidence:
      - {document: docs/a.md, text: "建成172个智慧小区"}
      - {document: docs/b.md, text: "新建口袋公园30个"}
    all: true
    answers: [["172个", "172"], "30个"]
  - {id: q4, question: 月球有多远?, kind: off-topic, language: zh, answerable: false}
  - {id: q5, question: 智慧小区花了多少钱?, kind: near-miss, language: zh, answerable: false}
"""


@pytest.fixture
def suite_file(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.md").write_text(MARKDOWN, encoding="utf-8")
    (tmp_path / "docs" / "b.md").write_text(OTHER, encoding="utf-8")
    path = tmp_path / "evals" / "tiny.yaml"
    path.parent.mkdir()
    path.write_text(SUITE, encoding="utf-8")
    return path


class Shelf(Lines):
    """:class:`Lines` on disk: opens, indexes and counts its builds as a knowledge base would."""

    builds: list[Path] = []  # noqa: RUF012

    def __init__(self, path: Path, settings: Settings) -> None:
        self.path, self.settings = path, settings
        path.mkdir(parents=True, exist_ok=True)
        kept = path / "documents.json"
        rows = json.loads(kept.read_text(encoding="utf-8")) if kept.is_file() else []
        super().__init__([Document(**row) for row in rows])
        # A setting that changes answers, so that two settings can be told apart.
        self.threshold = settings.refusal_threshold

    @classmethod
    def open(cls, path: str | Path, *, settings: Settings) -> Shelf:
        return cls(Path(path), settings)

    def index(self, folder: Path) -> IngestReport:
        return self.add(
            [
                Document(
                    id=file.name,
                    source=f"{folder.name}/{file.name}",
                    text=file.read_text(encoding="utf-8"),
                )
                for file in sorted(folder.glob("*.md"))
            ]
        )

    def remove(self, *sources: str) -> None:
        self.add([d for d in self._documents.values() if d.source not in sources])
        self.builds.pop()

    def add(self, documents: Sequence[Document]) -> IngestReport:
        self.builds.append(self.path)
        rows = [{"id": d.id, "source": d.source, "text": d.text} for d in documents]
        (self.path / "documents.json").write_text(json.dumps(rows), encoding="utf-8")
        self._documents = {document.id: document for document in documents}
        return IngestReport(added=tuple(d.source for d in documents))


@pytest.fixture
def shelf(monkeypatch: pytest.MonkeyPatch, suite_file: Path) -> type[Shelf]:
    """Puts :class:`Shelf` in the place of the knowledge base, in the suite's folder."""
    import rag.knowledge_base

    monkeypatch.setattr(rag.knowledge_base, "KnowledgeBase", Shelf)
    monkeypatch.setattr(Shelf, "builds", [])
    monkeypatch.setattr(Cell, "chunks", lambda _: None)
    monkeypatch.chdir(suite_file.parents[1])
    for name in [name for name in os.environ if name.startswith("RAG_")]:
        monkeypatch.delenv(name)
    return Shelf
