"""A knowledge base in a few lines: sentences by shared character pairs, no model, no index.

It keeps the library's contract (records, spans, refusals, streaming), so that the page's own tests
need neither models nor an index on disk.
"""

from __future__ import annotations

import re
import threading
import time
from dataclasses import replace
from pathlib import Path

from rag.errors import DocumentNotFoundError
from rag.records import (
    Answer,
    Citation,
    Document,
    DocumentInfo,
    Failure,
    IngestReport,
    Passage,
    Statement,
)

_SENTENCE = re.compile(r"(?:(?!\n\n)[^。！？])+?(?:[。！？]|(?<=[.?])(?=\s)|(?=\n\n)|$)")


def pairs(text):
    text = re.sub(r"\W", "", text.casefold())
    return {text[i : i + 2] for i in range(len(text) - 1)}


class FakeKnowledgeBase:
    """A question that begins with "And" is searched with the one before it.

    ``delay`` is slept before each piece, and 0.2 s for questions that say "slowly".
    """

    def __init__(self, documents=(), *, delay=0.0):
        self._documents = {document.id: document for document in documents}
        self.delay = delay
        self.asked = []
        self.asking = 0
        self.generation = 1
        self._lock = threading.Lock()

    def warm_up(self):
        pass

    def documents(self, where=None):
        for document in list(self._documents.values()):
            yield DocumentInfo(
                id=document.id,
                source=document.source,
                title=document.title,
                published=document.published,
                language=document.language,
                characters=len(document.text),
                passages=1 + len(document.text) // 300,
                indexed="2026-01-01T00:00:00Z",
                metadata=document.metadata,
            )

    def document(self, document_id):
        if document_id not in self._documents:
            raise DocumentNotFoundError(f"{document_id}: no such document.")
        return self._documents[document_id]

    def remove(self, *names):
        for name in names:
            self._documents.pop(name)
        self.generation += 1
        return names

    def index(self, *paths, prune=False, progress=None):
        added, updated, failed, passages = [], [], [], 0
        for path in map(Path, paths):
            data = path.read_bytes()
            if b"\0" in data:
                failed.append(Failure(source=str(path), reason="holds no text. Convert it first."))
                continue
            encoding = "utf-8"
            try:
                text = data.decode()
            except UnicodeDecodeError:
                encoding = "gb18030"
                text = data.decode(encoding)
            if progress:
                progress(f"embedding {path.name}")
            source = f"uploads/{path.name}"
            (updated if source in self._documents else added).append(source)
            self._documents[source] = Document(
                id=source, source=source, text=text, metadata={"encoding": encoding}
            )
            passages += 1 + len(text) // 300
        self.generation += 1
        return IngestReport(
            added=tuple(added), updated=tuple(updated), failed=tuple(failed), passages=passages
        )

    def ask(self, question, **options):
        return list(self.stream(question, **options))[-1]

    def stream(self, question, *, history=(), where=None, k=None, answerer=None):
        self.asked.append({"question": question, "history": history, "where": where, "k": k})
        with self._lock:
            self.asking += 1
        try:
            answer = self._answer(question, where)
            if history and question.startswith("And "):
                answer = replace(answer, query=f"{history[-1][0]} {question}")
            for piece in re.findall(r".{1,8}", answer.text, re.DOTALL):
                time.sleep(0.2 if "slowly" in question else self.delay)
                yield piece
            yield answer
        finally:
            with self._lock:
                self.asking -= 1

    def _answer(self, question, where):
        wanted = pairs(question)
        found = []
        for document in self._documents.values():
            if where and where.get("id") and document.id not in where["id"]:
                continue
            for match in _SENTENCE.finditer(document.text):
                start, end = match.span()
                start += len(match[0]) - len(match[0].lstrip())
                if start >= end:
                    continue
                score = len(wanted & pairs(match[0])) / max(1, len(wanted))
                found.append((score, document, start, end))
        found.sort(key=lambda hit: -hit[0])
        passages = tuple(
            Passage(
                document_id=d.id, source=d.source, title=d.title, published=d.published,
                start=s, end=e, text=d.text[s:e], heading=None, score=score, rank=rank,
                metadata={"publisher": d.metadata.get("publisher")},
            )
            for rank, (score, d, s, e) in enumerate(found[:4], 1)
        )  # fmt: skip
        good = [hit for hit in found[:2] if hit[0] > 0.35]
        common = {"question": question, "passages": passages, "answerer": "extractive"}
        if not good:
            text = "文档中没有找到答案。" if re.search(r"[一-龥]", question) else "Nothing found."
            return Answer(text=text, citations=(), refused=True, confidence=0.1, **common)
        citations, statements, text = [], [], ""
        for number, (score, document, start, end) in enumerate(good, 1):
            quote = document.text[start:end]
            figure = re.search(r"\d[\d,.]*\s?\w?", quote)
            citations.append(
                Citation(
                    number=number, document_id=document.id, source=document.source,
                    title=document.title, published=document.published,
                    page=document.page_of(start), start=start, end=end, quote=quote,
                    highlight=(start + figure.start(), start + figure.end()) if figure else None,
                    support=score,
                )
            )  # fmt: skip
            low = len(text)
            text += f"{quote.replace(chr(10), '')}[{number}]"
            statements.append(
                Statement(start=low, end=len(text), citations=(number,), support=score,
                          supported="unsupported" not in quote)
            )  # fmt: skip
        return Answer(
            text=text, citations=tuple(citations), refused=False, confidence=0.9,
            statements=tuple(statements), timings={"total": 0.012}, **common,
        )  # fmt: skip
