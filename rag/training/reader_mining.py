"""Hard negatives: the sentences that a reader takes for answers.

Once it tells most sentences apart, those nearest in wording teach it little; what it is still mistaken about
may (Xiong et al. 2020, https://arxiv.org/abs/2007.00808). The reader's card says what came of it.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from rag.answering.reader.model import Reader, ReaderInput
from rag.training.reader_data import Candidate

__all__ = ["mistaken"]

# So many are looked at: of the question's own text, and of those of other texts that are nearest to it.
_OWN, _ELSEWHERE, _NEAREST = 12, 4, 8


def mistaken(
    reader: Reader,
    question: str,
    own: Sequence[Candidate],
    elsewhere: Sequence[Candidate],
    chance: random.Random,
) -> list[Candidate]:
    """Of sixteen drawn candidates the two that a reader puts first, and one of the next three.

    Args:
        reader: Its order is the measure.
        question: What none of them answers.
        own: Candidates from the text that the question is on.
        elsewhere: From other texts, the nearest first.
        chance: What draws.
    """
    drawn = chance.sample(own, min(len(own), _OWN))
    nearest = elsewhere[:_NEAREST]
    drawn += chance.sample(nearest, min(len(nearest), _ELSEWHERE))
    scores = reader.score(question, [ReaderInput(c.text[:600], c.before, c.after) for c in drawn])
    best = sorted(range(len(drawn)), key=lambda place: -scores[place].relevance)
    kept = best[:2] + chance.sample(best[2:5], min(1, len(best[2:5])))
    return [drawn[place] for place in kept]
