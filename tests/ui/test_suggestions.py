"""Suggested questions: made from the text, kept only if the library answers them from it."""

from rag.records import Document
from rag.ui.suggestions import candidates, suggest
from tests.ui.fake_knowledge_base import FakeKnowledgeBase

REPORT = Document(
    id="report", source="report.md",
    text="# 年度报告\n\n## 评论：怎样改善道路（节选）\n\n全区目前建成的智慧小区有172个，比去年多。\n\n"
    "其中有3个在城东，5个在城西。\n\n海绵城市是指能吸水的城市。",
)  # fmt: skip
TOWER = Document(
    id="tower", source="t.md", text="The Skerrow tower is a lighthouse of 1874. It is the oldest."
)


def test_candidates_come_from_headings_figures_and_definitions():
    assert list(candidates(REPORT)) == [
        "怎样改善道路？",
        "全区目前建成的智慧小区有多少个？",
        "海绵城市是什么？",
    ]
    assert list(candidates(TOWER)) == ["What is the Skerrow tower?"]


def test_only_what_is_answered_is_suggested_own_language_first():
    knowledge_base = FakeKnowledgeBase([REPORT, TOWER])
    suggested = suggest(knowledge_base)
    # The definition is the third candidate of its document: two of each are enough.
    assert set(suggested[:2]) == {"怎样改善道路？", "全区目前建成的智慧小区有多少个？"}
    assert suggested[2:] == ["What is the Skerrow tower?"]
    assert suggest(knowledge_base, chinese_first=False, count=1) == ["What is the Skerrow tower?"]
    assert suggest(FakeKnowledgeBase()) == []
