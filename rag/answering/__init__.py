"""From passages to an answer: in the documents' own words, or by an LLM with checked citations."""

from __future__ import annotations

from rag.answering.extractive import answer, refuse
from rag.answering.rereading import LOOKED_AT, reread

__all__ = ["LOOKED_AT", "answer", "refuse", "reread"]
