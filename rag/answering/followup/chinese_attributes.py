"""What a Chinese question asks of an owner, and the kind of attribute that a name is."""

# ruff: noqa: E501  (a pattern is read as one line)

from __future__ import annotations

import re

from rag.answering.followup.chinese_places import end_of_opening_year
from rag.answering.followup.chinese_words import PERSON, ROLE, VERB
from rag.normalization import normalize

__all__ = ["attribute_asked", "attribute_of", "is_post", "is_role", "owned_of", "owner_of"]

_DATE = re.compile(
    r"(?:日期|(?:开始|结束|开放|营业|上班|截止|成立|启用|发布|生效|建成|完工|下水|出生|发射|到期)?时间|年份|生日|截止日|生效日|起始日)$"
)
_AMOUNT_NAMED = re.compile(
    r"(?:[费额价率积税薪酬]|(?<![黄白五合现基铂])金|(?<![装流])款|(?<!会)量|(?<![奇级])数|(?<![年季制印百角法态])度|(?<![一二三四五六七八九十定分长短近中早晚前后本上下0-9])期|"
    r"(?:装修|工程|货|贷|存)款|损失|利息|工资|税收|气温|水温|体温|电压|电流|补贴|津贴|年终奖|收入|支出|利润|成本|预算|投资|产值|GDP|gdp|人口|规模|比例|比重|占比|增速|增幅|"
    r"年龄|寿命|年限|时限|期限|时长|工期|体重|重量|身高|上限|下限|面积|吨位|销售额|客流|里程|折扣|分数|成绩|得分)$"
)
_OTHER = re.compile(
    r"(?:名称|全称|简称|称号|别名|型号|编号|邮箱|网址|地址|地点|位置|方位|"
    r"职务|职称|学历|籍贯|职责|资格|资质|标准|要求|条件|用途|功能|作用|原因|目的|目标|任务|方法|方式|措施|流程|步骤|方案|含义|意义|结果|结论|"
    r"线路|路线|出口|颜色|尺寸|材质|材料|口味|症状|剂型|成分|副作用|禁忌|特点|优点|缺点|区别|内容|主题|语言|货币|首都|首府|省会|品牌|产地)$"
)
_NUMBER = re.compile(
    r"(?:(?:房间|门牌|车牌|账|卡|证|工|单|手机|分机|电话|传真)号|号码|电话|手机|分机|传真)$"
)
#: (what the words name, the question that asks for it, that question as it may be asked).
_KINDS = (
    (PERSON, "是谁", re.compile("谁|誰|什么人|什麼人|叫什么|叫什麼")),
    (
        _DATE,
        "是什么时候",
        re.compile("时候|時候|时间|時間|何时|何時|哪.?[天年日月]|几[月号点]|幾[月號點]"),
    ),
    (_AMOUNT_NAMED, "是多少", re.compile("多少$")),
    (_NUMBER, "是多少", re.compile("多少|几|幾|什|甚|哪")),
    (_OTHER, "是什么", re.compile("什|甚|哪|何|怎")),
)
_TRADITIONAL = str.maketrans("谁么时", "誰麼時")
#: A question for what something has: 数控机床采购合同|的|总价|是多少.
_OWNED = re.compile(
    r"(?P<owner>.{1,24})的(?P<owned>[^的,，]{1,12}?)(?P<asks>"
    r"(?:现在|現在|目前|分别|分別|各)?(?:是|为|為|叫|有|达到?|達到?)?(?:谁|誰|什么|甚麼|什麼|何时|何時|哪|"
    r"(?:多少|几|幾|多[大高长長久远遠重宽寬快深厚])(?!个|個))[^,，的]{0,4})"
)


def attribute_of(name: str) -> tuple[str, re.Pattern[str]] | None:
    """What asks for an attribute of the kind that a name ends as, and how it may; None for a thing of its own."""
    shown = normalize(name)
    return next(((asks, fits) for ends, asks, fits in _KINDS if ends.search(shown)), None)


def is_post(name: str) -> bool:
    """Whether a name is that of a post which one person holds: 校长, 负责人."""
    return bool(PERSON.search(normalize(name)))


def is_role(name: str) -> bool:
    """Whether a name is that of a post or of a kind of persons."""
    return bool(ROLE.search(name) or PERSON.search(normalize(name)))


def owned_of(previous: str) -> re.Match[str] | None:
    """The owner and what is asked of it, in a question for what something has."""
    found = _OWNED.fullmatch(previous, end_of_opening_year(previous))
    # 引进的项目的金额: who has it is told by a verb.
    acts = found and VERB.search(found.group("owner").replace("的", " "), 1)
    return None if acts else found


def owner_of(previous: str) -> tuple[int, int] | None:
    """Whose attribute is asked for, 成都办公室|的面积是多少; None where no attribute is."""
    found = owned_of(previous)
    return found.span("owner") if found and attribute_of(found.group("owned")) is not None else None


def attribute_asked(previous: str, topic: str) -> str:
    """The question for another attribute of the same owner, with what asks for such; "" if it is none."""
    kind, found = attribute_of(topic), owned_of(previous)
    if kind is None or found is None:
        return ""
    if is_role(topic) and is_role(found.group("owner")):  # 总监的工资, 经理
        return ""
    plainly, fits = kind
    if normalize(topic) != topic:
        plainly = plainly.translate(_TRADITIONAL)
    asks = found.group("asks")
    return f"{previous[: found.start('owned')]}{topic}{asks if fits.search(asks) else plainly}?"
