"""Which weights judge the candidates: by the script of most."""

from __future__ import annotations

from collections.abc import Sequence

from rag.answering.evidence.candidates import Candidate
from rag.retrieval.language import text_script

__all__ = ["family_of"]


def family_of(candidates: Sequence[Candidate]) -> str:
    """Which weights judge these candidates: "" those for Chinese text, "-other" those for all other text.

    In other languages the reader knows less, and words have forms: what it says and what words say
    weighs differently there. Where at least half of the candidates with letters are Chinese, all count as
    Chinese.
    """
    scripts = [script for one in candidates if (script := text_script(one.told))]
    return "" if 2 * scripts.count("han") >= len(scripts) else "-other"
