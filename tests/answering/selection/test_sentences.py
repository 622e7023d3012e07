"""How many sentences an answer has, told by made logits and features."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rag.answering.evidence.candidates import Candidate
from rag.answering.evidence.feature_names import FEATURES, INDEX
from rag.answering.evidence.term_weights import Weights
from rag.answering.question.analysis import analyse
from rag.answering.ranking.sentences import Ranked
from rag.answering.selection.sentences import select
from rag.index.terms import terms
from tests.answering.made import passage, ranked_over, texts_of

ASKED = analyse("新区有多少家高新技术企业？")


def _ranked(
    *rows: tuple[str, str, float, float, float], published: tuple[str | None, ...] = ()
) -> Ranked:
    """Of (document, text, logit, focus, place_clash), best first."""
    dates = published or (None,) * len(rows)
    candidates = [
        Candidate(
            passage=i, position=0, document_id=document, start=0, end=len(text), text=text, before="",
            after="", frame="", published=dates[i],
        )
        for i, (document, text, _, _, _) in enumerate(rows)
    ]  # fmt: skip
    table = np.zeros((len(rows), len(FEATURES)), np.float32)
    table[:, INDEX["focus"]] = [row[3] for row in rows]
    table[:, INDEX["place_clash"]] = [row[4] for row in rows]
    logits = np.array([row[2] for row in rows], np.float32)
    weights = Weights({"高新": 0.5, "企业": 0.5}, ("高新", "企业"), {"高新": 0.5, "企业": 0.5})
    nothing = [None] * len(rows)
    order = list(range(len(rows)))
    return Ranked(candidates, order, logits, table, weights, nothing, "", read=True)


BEST = ("a", "高新技术企业达到930家。", 5.0, 0.5, 0.0)


@pytest.mark.parametrize(
    ("other", "shown"),
    [
        (("b", "全区高新技术企业突破1500家。", 0.0, 0.45, 0.0), True),
        (("a", "全区高新技术企业突破1500家。", 0.0, 0.45, 0.0), False),  # the same document
        (("b", "全区高新技术企业突破1500家。", -2.0, 0.45, 0.0), False),  # far below
        (("b", "全区餐饮企业突破1500家。", 0.0, 0.2, 0.0), False),  # another measure
        (("b", "邻区高新技术企业突破1500家。", 0.0, 0.45, 1.0), False),  # another place
        (("b", "高新技术企业仍是930家。", 0.0, 0.45, 0.0), False),  # the same value
        (("b", "高新技术企业产值1500亿元。", 0.0, 0.45, 0.0), False),  # another unit
    ],
)
def test_another_document_with_another_value_of_the_measure_is_shown(
    other: tuple[str, str, float, float, float], shown: bool
) -> None:
    assert select(ASKED, _ranked(BEST, other), limit=3).order == ((0, 1) if shown else (0,))


@pytest.mark.parametrize(
    ("question", "best", "other"),
    [
        ("What is the rent of flat A?", "The rent of flat A is 500 euros.", "The rent of flat B is 600 euros."),
        ("B型机的重量是多少公斤？", "B型机的重量是45公斤。", "A型机的重量是30公斤。"),
        ("11号楼有几间房？", "11号楼共有13间房。", "9号楼共有11间房。"),
        ("How many rooms has house number 5?", "House number 5 has 7 rooms.", "It has 5 rooms."),
    ],
)  # fmt: skip
def test_another_items_value_is_no_second_opinion(question: str, best: str, other: str) -> None:
    ranked = _ranked(("a", best, 5.0, 0.5, 0.0), ("b", other, 4.8, 0.5, 0.0))
    assert select(analyse(question), ranked, limit=3).order == (0,)


def test_of_two_items_that_are_compared_both_are_shown_and_no_third() -> None:
    weighs = [f"{model}型机的重量是{n}公斤。" for model, n in (("C", 80), ("B", 60), ("A", 45))]
    ranked = _ranked(*(("a", text, 7.0 - i / 2, 0.5, 0.0) for i, text in enumerate(weighs)))
    assert select(analyse("A型和B型哪个重？"), ranked, limit=2).order == (1, 2)
    assert select(analyse("D型多重？"), ranked, limit=1).order == (0,)


def test_a_pronoun_is_not_put_behind_another_document() -> None:
    asked = analyse("How many rooms has the mill?")
    best = ("a", "The mill has 7 rooms.", 5.0, 0.5, 0.0)
    for document, order in (("b", (0,)), ("a", (0, 1))):
        ranked = _ranked(best, (document, "It was built as a bakery.", 4.8, 0.5, 0.0))
        assert select(asked, ranked, limit=3).order == order


def test_a_year_that_is_asked_for_leaves_no_second_value() -> None:
    asked = analyse("2022年新区有多少家高新技术企业？")
    other = ("b", "全区高新技术企业突破1500家。", 0.0, 0.45, 0.0)
    assert select(asked, _ranked(BEST, other), limit=3).order == (0,)


def test_documents_of_other_years_are_shown_newest_first() -> None:
    other = ("b", "全区高新技术企业突破1500家。", 3.0, 0.45, 0.0)
    dated = select(ASKED, _ranked(BEST, other, published=("2022-12-31", "2024-06-12")), limit=3)
    assert dated.order == (1, 0)
    assert dated.dates_differ
    undated = select(ASKED, _ranked(BEST, other, published=("2022-12-31", None)), limit=3)
    assert undated.order == (0, 1)
    assert not undated.dates_differ


def test_a_much_weaker_sentence_does_not_lead_because_it_is_newer() -> None:
    other = ("b", "全区高新技术企业突破1500家。", 0.0, 0.45, 0.0)
    shown = select(ASKED, _ranked(BEST, other, published=("2022-12-31", "2024-06-12")), limit=3)
    assert shown.order == (0, 1)
    assert not shown.dates_differ


@pytest.mark.parametrize("same", ["930项", "九百三十家", "930余家"])
def test_one_value_in_two_spellings_is_no_other_value(same) -> None:
    other = ("b", f"全区高新技术企业达到{same}。", 3.0, 0.45, 0.0)
    assert select(ASKED, _ranked(BEST, other), limit=1).order == (0,)


def test_a_classifier_is_no_unit() -> None:
    asked = analyse("新区形成多少个创新成果？")
    best = ("a", "形成创新成果226个。", 5.0, 0.5, 0.0)
    other = ("b", "全年形成不少于30项创新成果。", 1.0, 0.5, 0.0)
    assert select(asked, _ranked(best, other), limit=3).order == (0, 1)


def _in_one_document(text: str, best: str) -> Ranked:
    """The lines of a document, sentences split at "/", the best one first."""
    rows = [
        (part, text.index(part)) for line in text.splitlines() for part in line.split("/") if part
    ]
    ranked = _ranked(*[("a", part, 5.0 if part == best else 0.0, 0.0, 0.0) for part, _ in rows])
    placed = [
        replace(candidate, start=start, end=start + len(part))
        for candidate, (part, start) in zip(ranked.candidates, rows, strict=True)
    ]
    order = sorted(range(len(rows)), key=lambda i: -float(ranked.logits[i]))
    return replace(ranked, candidates=placed, order=order)


def _texts(question: str, text: str, best: str) -> list[str]:
    ranked = _in_one_document(text, best)
    return [ranked.candidates[i].text for i in select(analyse(question), ranked, limit=1).order]


def test_a_sentence_that_only_introduces_a_list_is_followed_by_it() -> None:
    box = "The box contains:\n\n- a charging dock\n- a power cable\n\n\n\n\n\n\n\n\n\nCall us."
    items = ["The box contains:", "- a charging dock", "- a power cable"]
    assert _texts("What is in the box?", box, "The box contains:") == items
    listed = select(
        analyse("What is in the box?"), _in_one_document(box, "The box contains:"), limit=1
    )
    assert listed.listed


STEPS = (
    "1. Get a cloth.\n\n\n\n\n\n\n\n\n\n\nTo clean it:\n"
    "1. Switch it off.\n2. Take out the filter./ Tap it gently.\n3. Rinse the filter.\n\nIt may be grey."
)


@pytest.mark.parametrize("best", ["3. Rinse the filter.", " Tap it gently."])
@pytest.mark.parametrize(
    "question", ["How do I clean the filter?", "What steps do I have to take?"]
)
def test_steps_are_given_in_their_order_from_the_first(question: str, best: str) -> None:
    steps = [
        "1. Switch it off.",
        "2. Take out the filter.",
        " Tap it gently.",
        "3. Rinse the filter.",
    ]
    assert _texts(question, STEPS, best) == steps


@pytest.mark.parametrize(
    ("question", "best"),
    [
        ("How was the filter cleaned?", "3. Rinse the filter."),
        ("Who cleans the filter?", "3. Rinse the filter."),
        ("How do I clean the filter?", "It may be grey."),
    ],
)
def test_what_is_no_question_for_steps_gets_its_sentence(question: str, best: str) -> None:
    assert _texts(question, STEPS, best) == [best]


def test_more_steps_than_fit_do_not_push_the_best_one_out() -> None:
    text = "\n".join(f"{i}. Step {i}." for i in range(1, 13))
    given = _texts("How do I clean the filter?", text, "3. Step 3.")
    assert given == [f"{i}. Step {i}." for i in range(1, 9)]
    assert _texts("How do I clean the filter?", text, "11. Step 11.") == ["11. Step 11."]


RULES = [
    "1. The pool closes at ten.",
    "2. Members must wear shoes.",
    "3. Smoking is not allowed.",
    "4. Do not run in the hall.",
    "5. A membership ends a month after it is cancelled in writing.",
    "6. Dogs stay outside.",
]


def test_of_a_list_of_rules_only_the_one_that_answers_is_given() -> None:
    question = "How can I cancel my membership?"
    assert _texts(question, "\n".join(RULES), RULES[4]) == [RULES[4]]


@pytest.mark.parametrize(
    ("before", "frame", "listed"),
    [
        ("To cancel:", "", True),
        ("", "How to cancel a membership", True),
        ("Please note.", "House rules", False),
    ],
)
def test_a_list_that_is_announced_is_given_whole(before: str, frame: str, listed: bool) -> None:
    asked = analyse("How can I cancel my membership?")
    ranked = _in_one_document("\n".join(RULES), RULES[4])
    first, *others = ranked.candidates
    worth = {"cancel": 0.5, "membership": 0.5}
    ranked = replace(
        ranked,
        candidates=[replace(first, before=before, frame=frame), *others],
        weights=Weights(worth, tuple(worth), worth),
    )
    assert select(asked, ranked, limit=3).listed is listed


def test_a_best_sentence_that_hardly_tells_of_the_measure_is_compared_with_none() -> None:
    best = ("a", "高新技术企业达到930家。", 5.0, 0.2, 0.0)
    other = ("b", "全区餐饮企业突破1500家。", 0.0, 0.2, 0.0)
    assert select(ASKED, _ranked(best, other), limit=3).order == (0,)


def _selected(question: str, text: str, best: str, *words: str, limit: int = 3) -> list[str]:
    passages = [passage(text)]
    ranked = ranked_over(passages, best, terms=words)
    spread = np.where(np.arange(len(ranked.candidates)) == ranked.order[0], 5.0, -5.0)
    ranked = replace(ranked, logits=spread.astype(np.float32))
    return texts_of(ranked, select(analyse(question), ranked, limit=limit, passages=passages).order)


def test_of_a_numbered_list_only_what_is_compared_is_shown() -> None:
    lines = ["1. 整机保修3年。", "2. 电机保修10年。", "3. 请勿自行拆卸。"]
    text = "\n".join(lines)
    words = "整机", "电机", "保修"
    assert _selected("整机和电机各是保修几年？", text, "整机", *words) == lines[:2]
    assert _selected("两项服务、一个承诺分别是什么？", text, "整机", *words) == lines


CODES = "| 代码 | 含义 | 处理 |\n|---|---|---|\n| E20 | 排水故障 | 清洗 |\n| E40 | 电机异常 | 联系售后 |\n| E50 | 水温故障 | 联系售后 |"


@pytest.mark.parametrize(
    ("question", "rows"), [("哪些故障代码要联系售后？", [3, 4]), ("E50要联系售后吗？", [4])]
)
def test_rows_that_answer_as_well_are_shown_where_a_list_is_asked_for(
    question: str, rows: list[int]
) -> None:
    lines = CODES.split("\n")
    shown = _selected(question, CODES, "E50", "故障", "联系", "售后")
    assert shown == [lines[row] for row in rows]


MODES = "| Mode | Fan |\n|---|---|\n| Laundry | high |\n| Night | low |\n| Auto | any |"


@pytest.mark.parametrize(
    ("question", "rows"),
    [
        ("Which modes does the dehumidifier have?", [2, 3, 4]),
        ("What are the modes of the dehumidifier?", [2, 3, 4]),
        ("Which modes are loud?", [3]),
        ("Which buttons does the dehumidifier have?", [3]),  # no column
        ("Which mode does the dehumidifier have?", [3]),  # one
    ],
)
def test_all_rows_are_shown_where_all_of_a_column_is_asked_for(
    question: str, rows: list[int]
) -> None:
    lines = MODES.split("\n")
    passages = [passage(MODES)]
    ranked = ranked_over(passages, "Night", terms=("modes", "dehumidifier"))
    spread = np.where(np.arange(len(ranked.candidates)) == ranked.order[0], 5.0, -5.0)
    weights = replace(ranked.weights, forms={"modes": ("mode",)})
    ranked = replace(ranked, logits=spread.astype(np.float32), weights=weights)
    shown = select(analyse(question), ranked, limit=3, passages=passages).order
    assert texts_of(ranked, shown) == [lines[row] for row in rows]


def test_rows_below_the_same_columns_of_another_device_are_left_out() -> None:
    fans = "# Fan\n\n| Mode | Speed |\n|---|---|\n| Laundry | high |\n| Night | low |"
    heaters = fans.replace("Fan", "Heater").replace("Laundry", "Frost").replace("Night", "Sun")
    passages = [passage(f"{fans}\n\n{heaters}")]
    ranked = ranked_over(passages, "Night", terms=("modes", "fan"))
    ranked = replace(ranked, weights=replace(ranked.weights, forms={"modes": ("mode",)}))
    shown = select(
        analyse("Which modes does the fan have?"), ranked, limit=3, passages=passages
    ).order
    assert texts_of(ranked, shown) == ["| Laundry | high |", "| Night | low |"]


FAQ = "Q：办证要交押金吗？\nA：普通读者证免押金。借古籍的，押金300元。\n\nQ：可以续借吗？\nA：可以续借一次。期刊不行。"


@pytest.mark.parametrize(
    ("question", "shown"),
    [
        ("办证要交押金吗？", ["A：普通读者证免押金。", "借古籍的，押金300元。"]),
        ("借古籍的押金多少？", ["借古籍的，押金300元。"]),
    ],
)
def test_an_answer_begins_where_the_question_of_the_document_is_answered(
    question: str, shown: list[str]
) -> None:
    words = sorted(set(terms(analyse(question).content)))
    assert _selected(question, FAQ, "借古籍", *words) == shown


def test_a_chinese_sentence_that_only_introduces_is_followed_by_marked_items_alone() -> None:
    lead = "会议提出的重点如下："
    assert _selected("会议讲了什么？", f"{lead}\n1. 建港。\n2. 修路。", lead) == [
        lead,
        "1. 建港。",
        "2. 修路。",
    ]
    assert _selected("会议讲了什么？", f"{lead}\n建港。\n修路。", lead) == [lead]


def test_what_announces_a_list_does_not_count_as_an_item() -> None:
    lines = ["重点工作如下：", *(f"{i}. 第{i}件事。" for i in range(1, 11))]
    assert _selected("重点工作有哪些？", "\n".join(lines), "重点工作") == lines[:9]


def test_a_chinese_list_that_is_counted_follows_its_announcement_without_marks() -> None:
    text = "要抓好“两个治理、一个保障”：\n城市治理；\n民生治理；\n治理保障。\n随后散会。"
    told = _texts("要抓好哪“两个治理、一个保障”?", text, "要抓好")
    assert told[1:] == ["城市治理；", "民生治理；", "治理保障。"]
