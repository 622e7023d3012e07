"""What the network sees of a question and a sentence."""

from __future__ import annotations

import numpy as np

from rag.answering.reader.inputs import (
    CONTEXT,
    FEATURES,
    QUESTION,
    SENTENCE,
    build_example,
    prepare_question,
)
from rag.answering.reader.pieces import Table, cut
from rag.tokens import get_encoding

ENCODING = get_encoding()


def test_an_example_is_question_then_context_and_sentence(table: Table) -> None:
    question = prepare_question(ENCODING, table, "谁来了")
    sentence, before, after = (cut(ENCODING, t) for t in ("王先生来了", "前文", "后文"))
    example = build_example(question, sentence, before, after, table)
    cls, sep = table.marks
    q, b, s = len(question.pieces.ids), len(before.ids), len(sentence.ids)
    assert example.ids[0] == cls
    assert example.ids[q + 1] == example.ids[-1] == sep
    assert example.first == q + 2 + b
    assert example.count == s
    assert set(example.segments[: q + 2]) == {QUESTION}
    assert set(example.segments[example.first : example.first + s]) == {SENTENCE}
    assert example.segments[q + 2] == CONTEXT
    assert example.features.shape == (len(example.ids), FEATURES)
    assert np.isfinite(example.features).all()
