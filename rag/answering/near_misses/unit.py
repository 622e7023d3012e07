"""Whether a figure of a sentence has the unit that was asked for."""

from __future__ import annotations

import re

from rag.answering.question.analysis import AskedFor

__all__ = ["lacks_unit"]

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
