"""Which sentences of the passages may answer."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest

from rag.answering.evidence.candidates import candidates_of
from rag.answering.evidence.feature_names import INDEX
from rag.answering.evidence.features import features_of
from rag.answering.evidence.term_weights import weigh
from rag.answering.question.analysis import analyse
from rag.records import Passage


def _passage(text: str, heading: str | None) -> Passage:
    return Passage(
        document_id="a", source="a.md", title="年报", published=None, start=10, end=10 + len(text),
        text=text, heading=heading, score=1.0, rank=1,
    )  # fmt: skip


def test_headings_are_no_candidates_but_stand_before_the_first_one() -> None:
    text = "## 区卫生健康局\n\n局长是韩华。新区有五个专科。"
    first, second = candidates_of([_passage(text, "年报 > 区卫生健康局")])
    assert (first.text, second.text) == ("局长是韩华。", "新区有五个专科。")
    assert first.start == 10 + text.index("局长")
    assert first.before == "## 区卫生健康局"
    assert first.position == 1


def test_a_heading_without_marks_is_known_by_the_passage_it_heads() -> None:
    text = "公立医院改革\n\n医院有五个专科。"
    (only,) = candidates_of([_passage(text, "年报 > 公立医院改革")])
    assert only.text == "医院有五个专科。"


def test_of_a_passage_of_headings_alone_they_are_the_candidates() -> None:
    (only,) = candidates_of([_passage("## 区卫生健康局", "年报 > 区卫生健康局")])
    assert only.text == "## 区卫生健康局"


def test_each_sentence_is_framed_by_the_heading_above_it() -> None:
    text = "更换滤网。滤网不可水洗。\n\n## 连接网络\n\n长按两键。"
    first, second, third = candidates_of([_passage(text, "年报 > 滤网更换")])
    assert [one.frame for one in (first, second, third)] == [
        "年报 年报 > 滤网更换",
        "年报 年报 > 滤网更换",
        "年报 连接网络",
    ]
    assert (first.after, second.after, third.before) == ("滤网不可水洗。", "", "## 连接网络")
    (only,) = candidates_of([_passage("# 年报\n\n## 滤网更换\n\n更换滤网。", "年报 > 滤网更换")])
    assert only.frame == "年报 年报 > 滤网更换"


def test_headings_that_markup_told_frame_what_stands_below_them() -> None:
    text = "选课与教材\n\n第一轮选课于12月20日结束。\n\n六、联系方式\n\n请拨打5168。"
    at = text.index("六")
    told = replace(
        _passage(text, "通知 > 选课与教材"), metadata={"headings": [[10 + at, 10 + at + 6, 2]]}
    )
    first, second = candidates_of([told])
    assert (first.text, first.after) == ("第一轮选课于12月20日结束。", "")
    assert (second.text, second.frame) == ("请拨打5168。", "年报 六、联系方式")
    assert [c.text for c in candidates_of([replace(told, metadata={"headings": ["x"]})])][1] == (
        "六、联系方式"
    )


def test_a_whole_sentence_in_the_style_of_a_heading_is_a_candidate() -> None:
    text = "第一条 员工享受年休假。"
    told = {"headings": [[10, 10 + len(text), 3]]}
    (only,) = candidates_of([replace(_passage(f"{text}", None), metadata=told)])
    assert only.text == text
    passage = replace(_passage(f"{text}\n\n第二条 另行通知。", None), metadata=told)
    assert [c.text for c in candidates_of([passage])] == [text, "第二条 另行通知。"]


@pytest.mark.parametrize(
    ("heading", "answers"),
    [
        ("客服电话：400-123-4567", True),
        ("门票30元", True),
        ("市博物馆将于5月18日重新开放", True),
        ("The deadline is 30 June", True),
        ("Director: Anna Berg", True),
        ("2024年工作要点", False),
        ("第一批名单", False),
        ("五、留校住宿申请", False),
    ],
)
def test_a_heading_that_holds_a_fact_answers(heading: str, answers: bool) -> None:
    text = f"{heading}\n\n欢迎来馆参观。"
    told = replace(_passage(text, None), metadata={"headings": [[10, 10 + len(heading), 2]]})
    assert (heading in [one.text for one in candidates_of([told])]) is answers


TABLE = "| Property | X200 | X300 |\n|---|---|---|\n| Weight | 3.4 kg | 4.1 kg |\n| Price | $349 | $499 |"


def test_the_head_of_a_table_answers_nothing_and_is_told_with_each_of_its_rows() -> None:
    rows = candidates_of([_passage(f"Two are sold.\n\n{TABLE}\n\nBoth are blue.", None)])
    assert [row.text for row in rows] == ["Two are sold.", *TABLE.split("\n")[2:], "Both are blue."]
    head = TABLE.split("\n", maxsplit=1)[0]
    assert [row.head for row in rows] == ["", head, head, ""]
    assert [row.told for row in rows[1:3]] == [
        "Property: Weight; X200: 3.4 kg; X300: 4.1 kg.",
        "Property: Price; X200: $349; X300: $499.",
    ]
    assert [(row.before, row.after) for row in rows[1:3]] == [("Two are sold.", "")] * 2
    assert rows[3].told == rows[3].text


def test_a_row_with_more_cells_than_its_head_is_told_as_it_stands_behind_the_head() -> None:
    (row,) = candidates_of([_passage("| A | B |\n|---|---|\n| 1 | 2 | 3 |", None)])
    assert (row.row, row.told, row.before) == (None, "| 1 | 2 | 3 |", "| A | B |")


def test_marks_without_a_word_answer_nothing() -> None:
    rows = candidates_of([_passage("水库建成。\n\n①\n\n***\n\n水深61米。", None)])
    assert [row.text for row in rows] == ["水库建成。", "水深61米。"]
    assert [row.text for row in candidates_of([_passage("①", None)])] == ["①"]


def test_a_question_for_a_column_is_met_by_its_rows() -> None:
    text = "| 大区 | 一季度 | 二季度 |\n|---|---|---|\n| 华东 | 320万元 | 410万元 |\n| 华北 | 280万元 | 300万元 |"
    passages = [_passage(text, None)]
    asked = analyse("二季度华北大区的销售额是多少?")
    rows = candidates_of(passages)
    weights = weigh(asked, passages, lambda terms: np.ones(len(terms), np.float32))
    table = features_of(asked, rows, passages, weights=weights)
    east, north = table[:, INDEX["sentence"]]
    assert north > east > 0.3


def test_the_head_of_a_table_may_stand_in_the_passage_before() -> None:
    lines = f"Two models are sold.\n\n{TABLE}".split("\n")
    parts = "\n".join(lines[:3]), "\n".join(lines[3:])
    first = _passage(parts[0], None)
    second = replace(_passage(parts[1], None), start=first.end + 1)
    rows = candidates_of([second, first])
    assert [row.text for row in rows] == [*lines[4:], "Two models are sold."]
    assert {row.head for row in rows[:2]} == {lines[2]}
    alone = candidates_of([replace(second, document_id="b"), first])
    assert {row.head for row in alone} == {""}


@pytest.mark.parametrize("line", ["\n", "\r\n", " \n"])
def test_an_empty_line_parts_two_tables(line: str) -> None:
    first = ["| Model | Price |", "|---|---|", "| X200 | $349 |"]
    second = ["| City | Shops |", "|---|---|", "| Oslo | 3 |"]
    text = line.join([*first, "", *second, "", "Below | not"])
    rows = candidates_of([_passage(text, None)])
    assert [(row.text, row.head) for row in rows] == [
        (first[2], first[0]),
        (second[2], second[0]),
        ("Below | not", ""),
    ]


def test_a_rule_sets_the_head_anew_but_not_a_row_of_single_dashes() -> None:
    lines = [
        "| A | B |",
        "|---|---|",
        "| - | - |",
        "| 1 | 2 |",
        "| C | D |",
        "|---|---|",
        "| 3 | 4 |",
    ]
    rows = candidates_of([_passage("\n".join(lines), None)])
    assert [(row.text, row.head) for row in rows] == [(lines[3], lines[0]), (lines[6], lines[4])]


def test_dashes_that_are_no_rule_are_told_in_no_time() -> None:
    began = time.process_time()
    candidates_of([_passage("|" + "-" * 20_000 + "x", None)])
    assert time.process_time() - began < 2.0


def test_rows_without_a_rule_are_sentences_as_any_other() -> None:
    text = "姓名 | 职务\n张三 | 局长\n李四 | 副局长"
    rows = candidates_of([_passage(text, None)])
    assert [row.text for row in rows] == text.split("\n")
    assert [row.head for row in rows] == ["", "", ""]
