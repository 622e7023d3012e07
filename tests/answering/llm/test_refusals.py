"""Refusals in words, what stands beside them, and ordinary prose."""

from __future__ import annotations

import pytest

from rag.answering.llm.refusals import beside_refusal, says_no_answer


@pytest.mark.parametrize(
    "sentence",
    [
        "The documents do not say.",
        "The passages do not state the revenue.",
        "There is no information about the revenue in 2023.",
        "Unfortunately, the provided passages don't mention the revenue, the profit or the staff.",
        "The revenue in 2023 is not stated in the documents.",
        "None of the passages mention this.",
        "I cannot answer this question from the passages.",
        "The question cannot be answered.",
        "As for the 2022 profit, the text does not say.",
        "资料中没有提到2023年的营业收入。",
        "根据提供的资料，无法确定2023年的营收。",
        "关于2022年营收，资料没有给出数据。",
        "2022年的营业收入在资料中没有提到。",
        "文中未说明。",
        "抱歉，资料中没有相关信息。",
        "資料中沒有提到這一點。",
        "没有找到关于2022年营收的相关信息。",
        "无法回答该问题。",
        "抱歉，我无法根据提供的资料回答这个问题。",
        "資料中找不到答案。",
        "该信息未在文中提供。",
        "無法從資料中得知。",
        "未提及。",
        "There isn't any information about that.",
        "The answer is not in the passages.",
        "Based on the passages, it's not possible to determine the revenue.",
    ],
)
def test_it_tells_nothing_else(sentence: str) -> None:
    assert beside_refusal(sentence) == ""


@pytest.mark.parametrize(
    ("sentence", "beside"),
    [
        ("Revenue was 128 million, but the documents do not say what it was in 2022.", "Revenue was 128 million"),
        ("The documents do not state it for 2022, but in 2023 it was 128 million.", "in 2023 it was 128 million."),
        ("According to the passages, 5 pumps were sold; the documents do not say when.", "5 pumps were sold"),
        ("2023年新落地项目172个，但资料没有提到2022年的情况。", "2023年新落地项目172个"),
    ],
)  # fmt: skip
def test_what_it_tells_beside_is_checked(sentence: str, beside: str) -> None:
    assert beside_refusal(sentence) == beside


@pytest.mark.parametrize(
    "sentence",
    [
        "The report does not mention the cause.",
        "The documents show that the firm did not report a loss.",
        "The pump does not contain lead.",
        "The minister said that he cannot answer.",
        "No pumps were sold in 2023.",
        "资料显示该公司没有提到亏损。",
        "根据资料，该公司没有提到利润。",
        "统计局的资料没有包含农村。",
        "记者提问时，局长无法回答。",
        "目前无法确定伤亡人数。",
        "企业未提供资料。",
    ],
)
def test_ordinary_prose_is_no_refusal(sentence: str) -> None:
    assert beside_refusal(sentence) is None


def test_the_word_of_the_prompt() -> None:
    for refusal in ("NO_ANSWER", "NO_ANSWER。", "**NO_ANSWER**", "答案：NO_ANSWER", "No answer."):
        assert says_no_answer(refusal)
    assert not says_no_answer("There was no answer from the mayor.")
