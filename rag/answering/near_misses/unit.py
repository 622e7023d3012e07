"""Whether a figure of a sentence has the unit that was asked for, in Chinese or in English."""

# ruff: noqa: E501  (a pattern is read as one line)

from __future__ import annotations

import re
from functools import lru_cache

from rag.answering.question.analysis import AskedFor
from rag.retrieval.language import text_script

__all__ = ["lacks_measure", "lacks_unit", "measure_asked"]

_UNIT_KINDS = (
    "名位人口",
    ("元", "万元", "亿元", "美元", "钱"),
    ("平方米", "平方公里", "平方千米", "亩", "公顷"),
    ("米", "公里", "千米", "里"),
    ("年", "天", "月", "个月", "小时", "分钟", "周", "日"),
)

#: What the things are that 件 counts and 项 counts as well: 多少件事, 几件实事, not 几件文物.
_MATTERS = re.compile(
    r"件[^,;。?]*?(?:事(?!故)|权限|权力|任务|工作|政策|举措|措施|议题|议案|提案|成果)"
)

#: 间 and 部 count what 家, 处 and 台 count as well: 高新技术企业多少间, 几部自助机; but rooms and films not.
_BODIES = re.compile(
    r"(?:企业|公司|工厂|机构|单位|学校|大学|中学|小学|幼儿园|医院|诊所|卫生室|银行|网点|超市|商店|门店|店铺|餐厅|饭店|驿站)"
    r"[^,;。?]{0,6}?(?:多少|几)间(?!客?房|[教卧病办])|(?:多少|几)间[^,;。?房室]{0,8}"
    r"(?:企业|公司|工厂|机构|单位|学校|大学|中学|小学|幼儿园|医院|诊所|银行|超市|商店|餐厅|驿站)(?=[?]|$)"
)
_MACHINES = re.compile(
    r"(?:机|设备|电梯|车|电脑|仪)[^,;。?]{0,8}?(?:多少|几)部|(?:多少|几)部[^,;。?]{0,8}(?:机|设备|电梯|车|电脑|仪)"
)

_FIGURE = r"[\d一二两三四五六七八九十百千万亿半几数]\s*(?:余|多|来)?个?"
#: At most one word of any kind, for "how many students spend years abroad" counts students.
_HOW_MANY = r"\bhow many (?:(?:hundred|thousand|million|billion|more|additional) )?(?:[\w-]+ )?"
#: Units that an English question asks for, and what a Chinese sentence has that tells so much in any unit of the kind.
#: The first that matches decides: square metres are none of length.
_MEASURES: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = tuple(
    (re.compile(rf"{_HOW_MANY}(?:{asks})\b"), re.compile(holds))
    for asks, holds in (
        (
            r"square (?:(?:kilo)?met(?:re|er)s?|miles?|feet|kms?)|hectares?|acres?|mu",
            rf"平方|平米|{_FIGURE}平|公顷|亩|㎡|[km]m?2|顷",
        ),
        (
            r"(?:milli)?lit(?:re|er)s|cubic (?:met(?:re|er)s|feet)|gallons|barrels|ton(?:ne)?s|kilos|(?:kilo|milli)?grams|kgs?",
            rf"立方|毫升|吨|公斤|千克|{_FIGURE}[升方桶克斤两担石]|公担|m3|m³|\d\s?(?:kg|t|g|l)\b",
        ),
        (
            r"(?:kilo|centi|milli)?met(?:re|er)s|kms?|miles|feet|inches",
            rf"(?<!平方)(?<!立方)(?:公里|千米|英里|海里|厘米|毫米|纳米|公分|英尺|英寸|米)|{_FIGURE}[里尺丈]|\d\s?[kcm]?m(?![\w²³])|里程",
        ),
        (
            r"(?:kilo|mega|giga)?watts?|(?:kilo|mega|giga)?watt[- ]hours?|[kmg]wh?",
            rf"瓦|{_FIGURE}度|\d\s?[kmg]?wh?",
        ),
        (
            r"years|months|weeks|days|hours|minutes|seconds",
            rf"{_FIGURE}(?:年|岁|载|季|学期|月|周|星期|礼拜|天|日|夜|号|小时|钟头|时|点|分|刻|秒)|\d:\d|[全整终每当多常][年月天日身生周]|周[一二三四五六日末]|昼夜|时隔|期限|工作日|[次翌即隔同]日|龄|享年|\d{4}[./-]\d|\d[至到~-]\d",
        ),
        (
            r"degrees(?= (?:celsius|centigrade|fahrenheit|above|below|warmer|colder|hotter|cooler))",
            r"度|℃|°",
        ),
    )
)


@lru_cache(maxsize=64)
def measure_asked(asked: str) -> re.Pattern[str] | None:
    """What a Chinese sentence has that tells the measure a normalised English question asks for.

    None where it asks for none: how many square metres does, how many projects does not.
    """
    return next((holds for asks, holds in _MEASURES if asks.search(asked)), None)


def lacks_measure(asked: str, told: str) -> bool:
    """Whether a Chinese sentence has no figure of the measure that an English question asks for.

    Args:
        asked: The question, normalised.
        told: The sentence, normalised; one in another language is never said to.
    """
    measure = measure_asked(asked)
    return measure is not None and text_script(told) == "han" and not measure.search(told)


def lacks_unit(asked: AskedFor, normalised: str) -> bool:
    """Whether no figure of a Chinese sentence has the unit of the question, or one of its kind."""
    unit = asked.units
    if not unit or not asked.language.startswith("zh") or unit in {"个", "项", "种", "次", "些"}:
        return False
    units = next((tuple(kind) for kind in _UNIT_KINDS if unit in kind), (unit,))
    units = (*units, "个") if unit in {"条", "座", "类"} else units
    if unit in {"家", "处", "所"} or (unit == "间" and _BODIES.search(asked.normalised)):
        units = (*units, "家", "处", "所", "个")
    units = (*units, "台", "个") if unit == "部" and _MACHINES.search(asked.normalised) else units
    units = (*units, "项", "桩") if unit == "件" and _MATTERS.search(asked.normalised) else units
    return not any(
        re.search(rf"[\d一二两三四五六七八九十百千万亿]\s*(?:余|多|来)?{one}", normalised)
        for one in units
    )
