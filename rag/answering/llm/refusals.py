"""“The documents do not say”: what a model writes when it finds no answer.

Such a clause speaks of the documents as a whole, so that no sentence of theirs can support it. The
rules are narrow: the documents must be its subject or its place, or the answering itself must be
what fails, and what else a sentence says is given back to be checked.
"""

from __future__ import annotations

import re

from rag.answering.llm.prompts import NO_ANSWER

__all__ = ["beside_refusal", "says_no_answer"]

_BEGIN = r"(?:^|[,，;；:：]\s*)"

# ------------------------------------------------------------------ English

_GIVEN = r"(?:provided|given|available|retrieved|supplied|numbered|above)"
_SUBJECT = (
    r"(?:(?:the|these|this|those|your|any|any\s+of\s+the)\s+)?"
    rf"(?:(?:{_GIVEN}\s+)*(?:documents?|passages?|texts?|sources?|excerpts?|context)(?:\s+{_GIVEN})?"
    rf"|{_GIVEN}\s+(?:information|materials?|articles?)|(?:information|materials?|articles?)\s+{_GIVEN})"
)
_TELL = (
    r"(?:say|state|mention|contain|provide|give|specify|include|indicate|hold|discuss|address|cover|tell"
    r"|describe|report|list|reveal|disclose|answer|explain|offer|name|identify|refer|have|make\s+clear)"
)
_TOLD = (
    r"(?:stated|mentioned|specified|given|provided|found|available|included|disclosed|reported|described"
    r"|discussed|indicated|covered|listed|addressed|answered)"
)
_FACTS = r"(?:information|mention|answer|details?|data|indication|reference|figures?)"
_CANNOT = r"(?:can\s?not|can['’]t|could\s+not|couldn['’]t|(?:am|are)\s+(?:unable|not\s+able)\s+to)"
_NOT = r"(?:\s+not|n['’]t)"
_IS_NOT = rf"(?:is|are|was|were){_NOT}\s+(?:\w+\s+){{0,2}}?{_TOLD}"
_NONE = rf"(?:(?:there\s+(?:is|was|are)\s+)?no|there\s+(?:is|was|are){_NOT}\s+any)"
_NO_FACTS = rf"{_NONE}\s+(?:\w+\s+){{0,2}}?{_FACTS}\b"
_ENGLISH = (
    rf"\b{_SUBJECT}\s+(?:do|does){_NOT}\s+(?:\w+\s+){{0,2}}?{_TELL}\b",
    rf"\b{_SUBJECT}\s+(?:contain|provide|give|offer|include|hold|have|make)s?\s+no\s+(?:\w+\s+){{0,2}}?{_FACTS}\b",
    rf"\b{_SUBJECT}\s+says?\s+nothing\b",
    rf"\bnone\s+of\s+{_SUBJECT}\s+{_TELL}s?\b",
    rf"\b{_IS_NOT}\s+(?:anywhere\s+)?(?:in|by|from)\s+{_SUBJECT}",
    rf"{_BEGIN}{_NO_FACTS}[^.,;]{{0,80}}\b(?:in|from)\s+{_SUBJECT}",
    rf"{_BEGIN}{_NO_FACTS}\s+(?:about|on|regarding|concerning|as\s+to)\b",
    rf"{_BEGIN}there\s+is\s+no\s+answer\s+(?:to|in)\b",
    rf"{_BEGIN}(?:the|this|that)\s+(?:answer|information)\s+is{_NOT}\s+(?:in\s+{_SUBJECT}|available|provided|given)",
    rf"{_BEGIN}it(?:\s+is|['’]s){_NOT}\s+possible\s+to\s+(?:answer|determine|tell|say)\b",
    rf"{_BEGIN}(?:i|we)\s+{_CANNOT}\s+(?:answer|determine|find|tell|say|provide|confirm)\b",
    rf"{_BEGIN}(?:i|we)\s+do{_NOT}\s+(?:know\b|have\s+(?:\w+\s+)?information\b)",
    rf"{_BEGIN}(?:it|this|that|(?:the|this)\s+(?:question|answer))\s+{_CANNOT}\s+be\s+(?:answered|determined|found)\b",
    rf"^\W*not\s+{_TOLD}\b",
)

# ------------------------------------------------------------------ Chinese

_MATERIAL = (
    r"(?:(?:^|(?<=[，,。；;：:、\s在从從据據照该該本各但而过過]))"
    r"|(?:提供|给出|給出|给定|給定|检索到|檢索到|现有|現有|已有|参考|參考|上述|以上|这些|這些|相关|相關|有关|有關)的?)"
    r"(?:资料|資料|文档|文檔|段落|材料|片段|文本|原文|上下文|文中)"
    r"(?:[中里裡内內]|内容|內容|本身|[均都并並也尚仍只]|[对對][^，。]{1,14}|[关關][于於][^，。]{1,14})*"
)
_LACKS = r"(?:没有|沒有|并未|並未|未能|未曾|未|没|无|無)"
_TELLS = (
    r"(?:提到|提及|提供|说明|說明|说到|說到|给出|給出|记载|記載|涉及|包含|包括|含有|显示|顯示|指出|列出|找到|查到"
    r"|透露|披露|明确|明確|写明|寫明|交代|介绍|介紹|描述|讨论|討論|表明|回答|相关|相關|有关|有關|答案|提|说|說)"
)
_KNOWN = r"(?:信息|資訊|资讯|数据|數據|答案|内容|內容|记载|記載|说明|說明|资料|資料)"
_CANNOT_ZH = r"[无無]法(?:直接|[准準][确確])?"
_THEREFORE_NOT = (
    rf"{_MATERIAL}[，,]\s*[我并並也均尚仍]?(?:{_LACKS}[^，。]{{0,8}}?(?:提到|提及|说明|說明|找到|给出|給出)"
    rf"|{_CANNOT_ZH}(?:回答|作答|得知|得出|[确確]定|判[断斷]|找到|给出|給出))"
)
_NOTHING_FOUND = (
    rf"{_BEGIN}我?(?:没有|沒有|未|未能)(?:找到|查到|检索到|檢索到|提到|提及)?[^，。]{{0,30}}?"
    rf"(?:相关|相關|有关|有關|关于|關於|足够|足夠)[^，。]{{0,30}}{_KNOWN}"
)
_NOT_ANSWERED = (
    rf"{_BEGIN}(?:因此|所以|故|我|[该該此本][问問]?[题題]|[这這][个個]?[问問][题題])*(?:[暂暫][时時]|目前)?"
    rf"{_CANNOT_ZH}(?:[从從根][^，。]{{1,14}})?(?:回答|作答|得知)"
)
_CHINESE = (
    rf"{_MATERIAL}{_LACKS}(?:[^，。]{{0,8}}?{_TELLS}|[^，。]{{0,30}}{_KNOWN})",
    rf"{_MATERIAL}(?:不(?:足|包含|涉及|含)|[找查]不到)",
    rf"{_LACKS}在{_MATERIAL}{_TELLS}",
    r"^\W*(?:并|並)?(?:未|没有|沒有)(?:提及|提到|说明|說明)\W*$",
    _THEREFORE_NOT,
    _NOTHING_FOUND,
    _NOT_ANSWERED,
    r"^我?不知道",
)
_REFUSAL = re.compile("|".join((*_ENGLISH, *_CHINESE)), re.IGNORECASE)

# ------------------------------------------------------------------ both

_CUT = re.compile(r"[,，;；:：](?!\d)\s*")
_CONTRAST = re.compile(
    r"(?:[,，;；]\s*|\s)(?:but|however|though|although|whereas|while|only)\b"
    r"|[,，;；]\s*(?=但|不過|不过|然而|只|仅|僅|而)",
    re.IGNORECASE,
)
# What may stand before a refusal and tells nothing: “根据资料”, “As for the profit”, “Sorry”.
_LEAD = re.compile(
    r"\s*(?:(?:根据|根據|依据|依據|按照|从|從|关于|關於|对于|對於|至于|至於|针对|針對"
    r"|(?:as\s+(?:for|to)|regarding|concerning|with\s+regard|based\s+on|according\s+to|from)\b).*"
    r"|(?:很|非常)?(?:抱歉|遗憾|遺憾)|对不起|對不起|因此|所以|综上|綜上|但是?|不过|不過|然而|答案?"
    r"|(?:i['’]?\s?a?m\s+)?(?:so\s+|very\s+)?sorry|unfortunately|however|therefore|thus|hence|but|so|answer)\s*",
    re.IGNORECASE,
)
_NO_ANSWER = re.compile(r"\W*(?:\w{1,12}\s*[:：])?\W*no[ _]answer\W*", re.IGNORECASE)


def says_no_answer(sentence: str) -> bool:
    """Whether a sentence is, or holds, the word by which the prompt lets the model refuse."""
    return NO_ANSWER in sentence or _NO_ANSWER.fullmatch(sentence) is not None


def beside_refusal(sentence: str) -> str | None:
    """What a sentence says beside “the documents do not say”; None where it does not say that.

    The refusing clause ends at a word of contrast. Empty where nothing else is told.
    """
    refusal = _REFUSAL.search(sentence)
    if refusal is None:
        return None
    before = _CUT.split(sentence[: refusal.start()])
    if not _CUT.match(refusal.group()):
        before.pop()  # the beginning of the refusing clause
    contrast = _CONTRAST.search(sentence, refusal.end())
    after = sentence[contrast.end() :] if contrast else ""
    told = [part for part in before if not _LEAD.fullmatch(part)]
    return ", ".join(part.strip() for part in (*told, after) if re.search(r"\w", part))
