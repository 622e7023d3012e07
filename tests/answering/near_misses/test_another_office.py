"""The head of one office, where that of another is told."""

from __future__ import annotations

import pytest

from rag.answering.near_misses.another_office import head_asked, heads_another
from rag.normalization import normalize


@pytest.mark.parametrize(
    ("question", "head"),
    [
        ("滨江区综合行政执法局的局长叫什么？", ("滨江区综合行政执法", "局", "局长")),
        ("城阳区委书记是谁", ("城阳区", "委", "书记")),
        ("市中医医院院长是谁？", ("市中医", "医院", "院长")),
    ],
)
def test_the_head_of_an_office_is_asked_for(question: str, head: tuple[str, str, str]) -> None:
    assert head_asked(normalize(question)) == head


@pytest.mark.parametrize(
    "question", ["局长是谁？", "市里最大那家医院的院长是谁？", "执法局有几名副局长？"]
)
def test_no_office_is_named(question: str) -> None:
    assert head_asked(normalize(question)) is None


@pytest.mark.parametrize(
    ("question", "sentence", "another"),
    [
        (
            "区综合行政执法局的局长叫什么？",
            "区卫生健康局党组书记、局长韩华表示，将深化改革。",
            True,
        ),
        ("安监局局长是谁？", "应急管理局局长韩华表示，要抓落实。", False),  # of other words
        ("城阳区委书记是谁？", "市政协副主席、崂山区委书记张元升表示，要抓落实。", True),
        ("区卫健局的局长叫什么？", "区卫生健康局党组书记、局长韩华表示，将深化改革。", False),
        ("区城管局的局长叫什么？", "区综合行政执法局局长李明介绍。", False),  # another name of it
        ("区卫健局的局长叫什么？", "局长韩华表示，将深化改革。", False),  # of which one is not told
        ("区卫健局的局长叫什么？", "区财政局局长王林和局长韩华出席。", False),
        ("区卫健局的局长叫什么？", "区财政局副局长王林出席。", False),
        ("人民医院的院长叫什么？", "区法院院长王林出席。", False),  # of another kind
    ],
)
def test_a_sentence_names_the_head_of_another_office(
    question: str, sentence: str, another: bool
) -> None:
    asked = head_asked(normalize(question))
    assert asked is not None
    assert heads_another(asked, normalize(sentence)) is another
