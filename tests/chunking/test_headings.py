"""Headings and the paths under which sentences stand."""

from __future__ import annotations

import pytest

from rag.chunking import split_sentences
from rag.chunking.headings import find_headings, heading_paths


def headings(text: str) -> list[tuple[int, str]]:
    return [(level, title) for _, level, title in find_headings(text, split_sentences(text))]


def test_markdown() -> None:
    text = "# 港口\n\n概况。\n\n## 航线\n\n三条。\n\n### 北线 ###\n\n一条。\n\n## 泊位\n\n十个。"
    assert headings(text) == [(1, "港口"), (2, "航线"), (3, "北线"), (2, "泊位")]
    spans = split_sentences(text)
    paths = heading_paths(find_headings(text, spans), len(spans), title="港口")
    assert paths == [None, None, "航线", "航线", "航线 > 北线", "航线 > 北线", "泊位", "泊位"]


def test_numbered_sections_nest() -> None:
    text = "第一章 总则\n一、目的\n为了港口安全，制定本办法。\n（一）范围\n适用于全市。\n第二章 附则\n自公布之日起施行。"
    assert [title for _, title in headings(text)] == [
        "第一章 总则",
        "一、目的",
        "（一）范围",
        "第二章 附则",
    ]
    spans = split_sentences(text)
    paths = heading_paths(find_headings(text, spans), len(spans), title=None)
    assert paths[4] == "第一章 总则 > 一、目的 > （一）范围"
    assert paths[-1] == "第二章 附则"


def test_short_lines_standing_alone_and_two_of_them_together() -> None:
    text = "去年港口很忙。\n\n扩建码头\n\n提升能力\n\n今年建成两座泊位。\n\n优化服务\n\n窗口延长一小时。"
    assert [title for _, title in headings(text)] == ["扩建码头 提升能力", "优化服务"]


def test_what_is_no_heading() -> None:
    text = "▲港口一角\n\n昨日，港口开放。\n\n记者 王某\n\n2024-01-02 10:00\n\n游客很多。\n\n阅读：3000\n\n网站地图"
    assert headings(text) == []


@pytest.mark.parametrize("fence", ["```", "~~~", "````"])
def test_a_comment_in_a_block_of_code_is_no_heading(fence: str) -> None:
    code = f"{fence}bash\n# remove everything\n\nall of it\n\nrm -r build\n{fence}"
    text = f"# Tool\n\nRun:\n\n{code}\n\n## Use\n\n- {code}\n\n## End\n\nIt needs 4 GB."
    assert headings(text) == [(1, "Tool"), (2, "Use"), (2, "End")]


def test_what_is_no_block_of_code_hides_no_heading() -> None:
    assert headings("```code``` is code.\n\n# One\n\nText.") == [(1, "One")]
    assert headings("```\nopen to the end\n\n# One\n\nText.") == [(1, "One")]
    apart = "# One\n\nText.\n\n~~~~\n\n# Two\n\nText.\n\n~~~~\n\n# Three\n\nText."
    assert headings(apart) == [(1, "One"), (1, "Two"), (1, "Three")]
    nested = "````\n```\n# no\n```\n# no\n````\n\n# One\n\nText."
    assert headings(nested) == [(1, "One")]


def test_marked_headings_switch_guessing_off() -> None:
    text = "港口\n\n概况。\n\n短行\n\n正文在此。"
    spans = split_sentences(text, headings=[(0, 2)])
    assert find_headings(text, spans, [[0, 2, 1]]) == [(0, 1, "港口")]
