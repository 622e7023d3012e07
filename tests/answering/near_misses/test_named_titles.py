"""Works, laws and programs that a question names by their titles, and documents that have nothing of them."""

from __future__ import annotations

import pytest

from rag.answering.near_misses.named_titles import Titles, lacks_titles, titles_asked
from rag.normalization import normalize


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("《山海行记》是由谁写的？", Titles(("山海行记",), ())),
        ("“乡约制”从哪一年开始？", Titles((), ("乡约制",))),
        ("《山海行记》里的“听风楼”在哪里？", Titles(("山海行记",), ("听风楼",))),
        ("“学”字有几画？", None),
        ("“Nextora”是什么？", None),
        ("“网约车”司机的抽成是多少？", None),  # words
        ("根据《员工手册》，年假有几天？", None),
        ("《采购合同》里的甲方是谁？", None),
        ("《江滨日报》报道说有几人受伤？", None),
        ("这部小说是由谁写的？", None),
    ],
)
def test_titles_and_quotes_are_found(question: str, asked: Titles | None) -> None:
    assert titles_asked(normalize(question)) == asked


@pytest.mark.parametrize(
    ("question", "document", "lacks"),
    [
        ("《山海行记》是由谁写的？", "《江边的灯》由陈列创作。", True),
        ("《山海行记》是由谁写的？", "《山海行记》由陈列创作。", False),
        ("《山海行记》是由谁写的？", "山海行记由陈列创作。", False),
        ("《山海行记》是由谁写的？", "他写山海间的行记。", False),
        ("《滨海市供水条例》哪天施行？", "《供水条例》自五月起施行。", False),
        ("《供水条例》哪天施行？", "《滨海市供水条例》自五月起施行。", False),
        ("《供水条例》哪天施行？", "《养犬办法》自五月起施行。", True),
        ("《水保法》哪天施行？", "《水土保持法》自五月起施行。", False),  # in short
        ("“乡约制”从哪一年开始？", "盐税从1320年开始征收。", True),
        ("“乡约制”从哪一年开始？", "乡约从1320年开始订立。", False),
        ("《山海行记》里的“听风楼”在哪里？", "听风楼在城南。", False),
    ],
)
def test_a_document_has_something_of_them_or_not(
    question: str, document: str, *, lacks: bool
) -> None:
    asked = titles_asked(normalize(question))
    assert asked is not None
    assert lacks_titles(asked, normalize(document)) is lacks


def test_long_documents_take_no_time() -> None:
    assert lacks_titles(Titles(("山海行记",), ("乡约制",)), "《" * 50_000)
