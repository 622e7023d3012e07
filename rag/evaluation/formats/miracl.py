"""MIRACL: topics and qrels of one language, and its corpus as JSON Lines (Zhang et al. 2023).

``topics.miracl-v1.0-zh-dev.tsv`` (id, query), ``qrels.miracl-v1.0-zh-dev.tsv`` (TREC) and
``docs-*.jsonl`` (``docid``, ``title``, ``text``), plain or gzipped; the corpus may be a folder.
"""

from __future__ import annotations

from pathlib import Path

from rag.errors import SuiteError
from rag.evaluation.formats import Collection
from rag.evaluation.formats.lines import tab_lines
from rag.evaluation.formats.trec import judged_questions, read_corpus, read_qrels

__all__ = ["load"]


def load(
    corpus: Path, queries: Path, qrels: Path, language: str = "", judged_only: bool = False
) -> Collection:
    """The judged queries over the corpus.

    Args:
        corpus: A file or a folder of ``*.jsonl`` or ``*.jsonl.gz``.
        queries: The topics.
        qrels: The judgements; those of relevance 0 are hard negatives.
        language: For tables.
        judged_only: Keep only documents that some judgement names, the usual small setting; its
            figures are not comparable to those over the whole Wikipedia.
    """
    files = [corpus] if corpus.is_file() else sorted([*corpus.glob("*.jsonl*")])
    if not files:
        raise SuiteError(f"{corpus}: holds no *.jsonl. Correct the option 'corpus'.")
    named = {cells[2] for cells in _columns(qrels)} if judged_only else None
    documents = [
        document
        for file in files
        for document in read_corpus(file)
        if named is None or document.id in named
    ]
    asked = {cells[0]: cells[1] for _, cells in tab_lines(queries, 2)}
    return judged_questions(asked, read_qrels(qrels), documents, language, queries), documents


def _columns(qrels: Path) -> list[list[str]]:
    rows = [cells for _, cells in tab_lines(qrels, 1)]
    split = [cells if len(cells) >= 4 else cells[0].split() for cells in rows]
    return [cells for cells in split if len(cells) >= 4]
