"""From passages to an answer: in the documents' own words, or by an LLM with checked citations.

Read in the order of the data flow. ``mentions`` finds what a text names, ``question`` and ``followup`` what
is asked, ``near_misses`` and ``tables`` what a sentence lacks or a row tells; ``reader`` reads question and
sentence together. ``evidence`` makes of it candidate sentences and their features, ``scoring`` judges these,
``ranking`` puts them in order, ``selection`` chooses, ``marking`` marks the words that answer. ``extractive``
writes the answer, ``several`` those to a message with several questions; ``support`` and ``llm`` are for
answers by a language model.
"""

from __future__ import annotations

from rag.answering.extractive import answer, refuse
from rag.answering.ranking.rereading import LOOKED_AT, READ_OVER, reread

__all__ = ["LOOKED_AT", "READ_OVER", "answer", "refuse", "reread"]
