"""BEIR folders: ``corpus.jsonl``, ``queries.jsonl``, ``qrels/<split>.tsv`` (Thakur et al. 2021)."""

from __future__ import annotations

from pathlib import Path

from rag.errors import SuiteError
from rag.evaluation.formats import Collection
from rag.evaluation.formats.lines import json_lines, text_field
from rag.evaluation.formats.trec import judged_questions, read_corpus, read_qrels

__all__ = ["load"]


def load(path: Path, split: str = "test", language: str = "") -> Collection:
    """The judged queries of one split over the whole corpus.

    Args:
        path: The folder.
        split: Which file of ``qrels/``.
        language: Of the queries, for tables.
    """
    files = {
        "corpus": _existing(path / "corpus.jsonl"),
        "queries": _existing(path / "queries.jsonl"),
        "qrels": _existing(path / "qrels" / f"{split}.tsv"),
    }
    documents = list(read_corpus(files["corpus"]))
    asked = {
        text_field(row, files["queries"], "_id", "id"): text_field(row, files["queries"], "text")
        for row in json_lines(files["queries"])
    }
    relevant = read_qrels(files["qrels"])
    return judged_questions(asked, relevant, documents, language, files["queries"]), documents


def _existing(path: Path) -> Path:
    for found in (path, path.with_name(path.name + ".gz")):
        if found.is_file():
            return found
    raise SuiteError(f"{path}: is not there. A BEIR folder has corpus, queries and qrels/.")
