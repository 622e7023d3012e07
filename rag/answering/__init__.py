"""From passages to an answer: in the documents' own words, or by an LLM with checked citations."""

from __future__ import annotations

from rag.answering.extractive import answer, refuse
from rag.answering.rereading import LOOKED_AT, READ_OVER, reread

__all__ = ["LOOKED_AT", "READ_OVER", "answer", "refuse", "reread"]
