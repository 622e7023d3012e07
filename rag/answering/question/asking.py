"""Asking words that ask nothing here: of everyone, of the asker's own doubt, of politeness.

``谁都说归自己管,怎么治好的`` asks how, ``不知道找谁,有没有律师`` whether there is one, ``你知道它叫什么吗`` for
a name, and so does ``有没有投诉渠道,叫什么``. ``近几年建了哪些桥`` asks for bridges and no number.
"""

from __future__ import annotations

import re

from rag.answering.question.kinds import COUNTED

__all__ = ["without_idle_asking"]

_WHAT = "什么|甚么|啥|哪(?!怕)|怎么|怎样|如何"
_ASKS = rf"{_WHAT}|谁|多少|几|吗|有没有|是否|能否|能不能|有无"
_WHETHER = "是否|有没有|是不是|能否|能不能|会不会|可否|有无"
_KNOWS = "知道|晓得|清楚|记得|告诉"
#: What one does not know whom, where or how to, or whose it is: 找谁, 去哪里, 怎么办, 归谁管.
_TO = "[找问请求靠信听选托去上到往跟向给归属由]|投诉|反映|咨询|办|弄|处理|解决"
#: What some are counted by: 几个, 几年; but 几月 asks for a month.
_SOME = rf"(?:{COUNTED})(?<!月)"
#: Before some that nobody asks the number of, and before some that may be asked for: 近几年, 好几家; 前几名.
_A_FEW = r"(?<![最正刚恰还说约定讲做])好|这|近|未来的?|今后|往后|过去的?|接下来的?"
#: 提前几天 and 早上几点 ask, and 货到后几天内 does.
_A_FEW_OR_SO = r"(?<!提)前|[后头那]|(?<![早晚])上|连续|十"
_WITHIN = "个?(?:工作日|小时|[天日周月年])之?以?内"
_UNSURE = "(?:不(?:知道?|晓得|清楚|懂|明白)|[搞弄说]不清楚?)"
_IDLE = tuple(
    re.compile(pattern)
    for pattern in (
        # Everyone; but 还有谁也获奖了 asks.
        r"(?<!有)(?P<idle>谁)(?=[都也])",
        r"(?:无论|不论|不管|别管|甭管|任凭)[是让由找]?(?P<idle>谁)",
        # 谁主管谁负责, but neither 谁和谁合作 nor 谁是谁的老师 nor 谁战胜了谁.
        r"(?P<idle>谁(?![和与跟同比对给把被让向或是、])[^,;。?谁]{1,6}[,、]?谁)(?=[^,;。?的了吗呢和与])",
        rf"{_UNSURE}[^,;。?]{{0,4}}?(?:{_TO})[^,;。?]{{0,2}}?(?P<idle>谁|哪[里儿边]?)(?!.*(?:告诉|指点))(?=.*(?:{_ASKS}))",
        rf"(?:{_KNOWS})[^?]*?(?:{_WHAT})[^?]*(?P<idle>吗)(?=[?\s]*$)",
        rf"(?:{_WHAT})[^?]*(?:{_KNOWS})(?P<idle>吗)(?=[?\s]*$)",
        rf"(?P<idle>{_WHETHER}|可不可以)(?=(?:[请你您帮给我]|麻烦)*(?:告诉|说|讲|介绍|查).*(?:{_WHAT}))",
        rf"(?:{_A_FEW})(?P<idle>几)(?={_SOME})",
        rf"(?:{_A_FEW_OR_SO})(?P<idle>几)(?!{_WITHIN})(?=(?:{_SOME}).*(?:{_WHAT}|谁|多少|几|吗))",
        rf"(?:{_WHAT}|谁|多少)[^,;。?]{{0,20}}(?:{_A_FEW_OR_SO})(?P<idle>几)(?!{_WITHIN})(?={_SOME})",
        rf"(?P<idle>几)(?=乎|经|率|[十百千]+(?:{_SOME}).*(?:{_WHAT}|谁|吗))",
        # The last clause asks for more than whether.
        rf"(?P<idle>{_WHETHER})(?=.*[,?;。\s][^,?;。\s]*(?:{_WHAT})[^,?;。]*[?。\s]*$)",
    )
)


def without_idle_asking(normalised: str) -> str:
    """A normalised Chinese question with the asking words blanked that ask nothing; of the same length."""
    for pattern in _IDLE:
        for found in reversed(list(pattern.finditer(normalised))):
            start, end = found.span("idle")
            normalised = f"{normalised[:start]}{' ' * (end - start)}{normalised[end:]}"
    return normalised
