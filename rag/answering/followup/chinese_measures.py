"""What a Chinese question measures: an amount of a thing, a share of something larger, a rate, a change."""

# ruff: noqa: E501  (a pattern is read as one line)

from __future__ import annotations

import re

from rag.answering.followup.chinese_words import AMOUNT, CLASSIFIER, UNIT_ALONE

__all__ = ["asks_measure_alone", "is_of_measured", "measured"]

_MEASURE = (
    "(?:总|總|年|计划|計劃|预计|預計|平均)?(?:投资|投資|占地面积|占地面積|占地|建筑面积|建築面積|面积|面積|造价|造價|费用|費用|"
    "规模|規模|人数|人數|金额|金額|产值|產值|预算|預算|工期|增速|占比|比重|比例)"
)
_CHANGES = "增长|增長|增加|下降|提高|提升"
#: A share of something larger and a rate, asked of what was measured before: 占全国的比重呢, 贡献率又是多少.
_SHARE = "占[^占,，]{0,6}?(?:比重|比例|份额|份額)"
_RATE = r"[\u4e00-\u9fff]{1,4}(?:率|增速|增幅)"
_MUCH = "(?:是|有|为|為|达到?|達到?)?(?:多少|几成|幾成|百分之[几幾多])"
#: 失业率是多少 and 年化利率是多少 are whole; a change needs what changed.
_RATE_ALONE = re.compile(
    rf"{_RATE}又{_MUCH}|(?:同比|环比|環比|年均|平均)?(?:(?:增长|增長|下降|贡献|貢獻)率|增速|[增涨漲降]幅)(?:大概|大约|大約)?{_MUCH}"
)

#: A question that asks for nothing but a measure of what was asked about before: 总投资多少, 占全市多大比重,
#: 比上一年增长多少, 比去年多了百分之几.
_MEASURE_ALONE = re.compile(
    rf"(?:(?:{_MEASURE}|{_SHARE})(?:是|为|為|有|达到?|達到?)?|占[^多几幾，,]{{0,5}}|"
    rf"(?:同比|环比|環比|比(?:上|去|前)[一個个]?[年月季]度?)(?:{_CHANGES}|[多少高低涨漲降增减減])?了?(?:百分之)?)"
    rf"(?:{AMOUNT})[^，,]{{0,6}}"
)
_AMOUNT_ASKED = re.compile(
    rf"(?P<verb>(?:{_CHANGES}|百分之|是|为|為|有|达到?|達到?|了)*)(?:{AMOUNT})"
    rf"(?:[{CLASSIFIER}](?=[\u4e00-\u9fff]{{2}}))?(?P<behind>.*)$"
)


def asks_measure_alone(question: str, previous: str) -> bool:
    """Whether a question without its mark asks for a measure and does not say of what: 总投资多少, 贡献率又是多少."""
    if _MEASURE_ALONE.fullmatch(question):
        return True
    return bool(_RATE_ALONE.fullmatch(question) and _AMOUNT_ASKED.search(previous))


def is_of_measured(topic: str, previous: str) -> bool:
    """Whether a topic is a share or a rate of what the previous question measured, and no other such rate."""
    if re.fullmatch(_SHARE, topic):
        return True
    return bool(re.fullmatch(_RATE, topic)) and not re.search(_RATE, previous)


def measured(previous: str) -> str:
    """What the previous question asked an amount of, without that measure; "" where it asked for none."""
    asked = _AMOUNT_ASKED.search(previous)
    if asked is None:
        return ""
    counted = "" if UNIT_ALONE.fullmatch(asked.group("behind")) else asked.group("behind")
    before = previous[: asked.start()]
    if counted:  # 引进了 多少 项目
        return before + asked.group("verb") + counted if before else ""
    before = re.sub(f"的?(?:{_SHARE})$", "", before)
    return re.sub(rf"的?{_MEASURE}$", "", before)
