"""The posts that a Chinese sentence tells before a person's name."""

from __future__ import annotations

import re

from rag.answering.mentions.spans import typed_spans
from rag.answering.question.analysis import AskedFor
from rag.normalization import normalize, normalize_with_offsets, source_span

__all__ = ["posts_asked"]

_ASKS = re.compile(
    "职务|职位|职衔|头衔|(?:任|担任|兼任|兼)(?:了|着)?(?:什么|哪些|何)(?:职|$|[?,。])"
)
_OTHERS = re.compile("还|别的|其他|另外|兼")
_POST = re.compile(
    "[^,，、。;；:：\n]*(?:书记|主席|主任|常委|委员|[局市区县省部会院校所处科镇乡站厅州]长|董事长|经理|总裁|总监|代表|院士|教授)"
)
#: What a clause says before the first post: 会议由市委书记王某主持.
_LEADS = re.compile(".*(?:由|对|请|向|同|跟|经|据|介绍|采访|任命)(?=..)")


def posts_asked(asked: AskedFor, text: str) -> tuple[int, int] | None:
    """Characters of the posts before the name that is asked about: 市委常委，胶州市委书记张新竹.

    Of one whose other posts are asked for, those that the question does not name itself. None where no post
    is asked for, and where neither the person nor a post of the sentence stands in the question.
    """
    if not (asked.language.startswith("zh") and _ASKS.search(asked.normalised)):
        return None
    normalised, offsets = normalize_with_offsets(text)
    for person in typed_spans(normalised):
        if person.kind != "person":
            continue
        posts = _before(text, source_span(offsets, person.start, person.end)[0])
        told = [normalize(text[start:end]) in asked.normalised for start, end in posts]
        named = normalised[person.start : person.end] in asked.normalised
        if not (named or (any(told) and _OTHERS.search(asked.normalised))):
            continue
        left = [post for post, known in zip(posts, told, strict=True) if not known]
        if left:
            return left[0][0], left[-1][1]
    return None


def _before(text: str, end: int) -> list[tuple[int, int]]:
    """The posts that stand in a row right before a place, first one first."""
    posts: list[tuple[int, int]] = []
    while end > 0:
        start = max(text.rfind(mark, 0, end) for mark in ",，、。;；:：\n") + 1
        if not _POST.fullmatch(text, start, end):
            break
        lead = _LEADS.match(text, start, end)
        posts.insert(0, (lead.end() if lead else start, end))
        if lead or not start or text[start - 1] not in ",，、":
            break
        end = start - 1
    return posts
