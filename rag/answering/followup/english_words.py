"""Words and forms that several rules for English questions look for."""

# ruff: noqa: E501  (a pattern is read as one line)

from __future__ import annotations

import re

__all__ = [
    "ARTICLE",
    "AUXILIARY",
    "END",
    "NAME",
    "PREPOSITION",
    "QUESTION_WORDS",
    "QUOTED",
    "SEVERAL",
    "YEAR",
]

#: What may stand at the end of a question of any language.
END = "?？。.!！,，;； \t\n"
QUOTED = re.compile(r"[“「『《\"]([^“”「」『』《》\"]{1,40})[”」』》\"]")
YEAR = re.compile(r"(?:公元前|前)?\d{1,4}\s*年(?:\d{1,2}\s*月)?|\b(?:19|20)\d\d\b|[去今前明]年")

SEVERAL = frozenset({"they", "them", "these", "those"})

QUESTION_WORDS = (
    "what|which|who|whom|whose|when|where|why|how|is|are|was|were|do|does|did|has|have|had|"
    "can|could|will|would|should|many|much|the|a|an|of|in|on|at|for|to|by"
)
AUXILIARY = "is|are|was|were|do|does|did|has|have|had|can|could|will|would|should"
PREPOSITION = "of|in|on|at|for|from|by|to|with|about|during|since|until|after|before|under|over|without|per|against"
ARTICLE = r"(?:the|a|an|our|my|your)\s+"

NAME = re.compile(r"(?:[A-Z][\w'’.-]*|\d+)(?:\s+(?:(?:of|the|and|for)\s+)*(?:[A-Z][\w'’.-]*|\d+))*")
