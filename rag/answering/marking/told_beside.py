"""Which of several figures, days or persons of a Chinese sentence answers, by the words right beside it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.answering.evidence.spans_near import typed_spans_near
from rag.answering.evidence.term_weights import Weights
from rag.answering.marking.changed import side_of_change
from rag.answering.marking.conditions import behind_the_condition
from rag.answering.marking.counted import figure_that_counts
from rag.answering.marking.totals import area_asked, total_asked
from rag.answering.mentions.ranges import ranges_asked
from rag.answering.mentions.spans import FIGURES, person_at
from rag.answering.question.analysis import AskedFor, focus_phrase
from rag.normalization import normalize, normalize_with_offsets, source_span

__all__ = ["span_told_beside"]

Span = tuple[int, int]
Near = tuple[int, int, float]

#: A reader from here on is believed against what stands behind the asked post or range.
_BELIEVED = 0.5
#: A figure behind the asked words is that much nearer to the question's words than the one it replaces.
_NEARER = 0.15
_LINK = re.compile(r"(?:人民币|合计|达到?|[为是约共有计由:\s])*$")
#: What asks for a day of the week or an hour, and the form of one.
_TIMES = (
    (re.compile("(?:星期|礼拜|周)几"), re.compile("星期|礼拜|周")),
    (re.compile("几点(?!要求|建议|意见|希望|内容|说明)"), re.compile(r"\d\s*[:：点时]")),
)


def span_told_beside(
    asked: AskedFor, text: str, weights: Weights, read: Near | None
) -> Span | None:
    """Characters of a sentence that answer for what stands right beside them; None where nothing tells.

    Args:
        asked: A question; None comes back for any but a Chinese one, and for one that wants a list.
        text: The sentence as it stands.
        weights: Of the question.
        read: The reader's span with its probability.
    """
    if asked.many or asked.at is None or not asked.language.startswith("zh"):
        return None
    spans = typed_spans_near(asked, text, weights)
    if (told := _behind_the_range(asked, text, spans, read)) is not None:
        return told
    if asked.kind == "person":
        return _behind_the_post(asked, text, read)
    for asks, form in _TIMES:
        if asks.search(asked.normalised):
            dates = typed_spans_near(asked, text, weights, frozenset({"date"}))
            times = [span for span in dates if form.search(text[slice(*span[:2])])]
            return max(times, key=lambda span: span[2])[:2] if times else None
    if asked.kind not in FIGURES or not spans:
        return None
    figures = typed_spans_near(replace(asked, units=""), text, weights)
    return (
        _both_counts(asked, figures, read)
        or _respective(asked, text, spans)
        or behind_the_condition(asked, text, spans)
        or total_asked(asked, text, figures)
        or area_asked(asked, text, figures)
        or side_of_change(asked, text, spans)
        or figure_that_counts(asked, text, figures)
        or _behind_the_measured(asked, text, spans, read)
        or _but_the_hotline(asked, text, spans)
    )


_COUNTS = re.compile("多少|(?<!哪)几[个项家条处名件]")


def _both_counts(asked: AskedFor, figures: Sequence[Near], read: Near | None) -> Span | None:
    """多少条战线、多少项任务: the reader's 18条战线117项 whole, where it begins and ends with a figure."""
    if read is None or len(_COUNTS.findall(asked.normalised)) < 2:
        return None
    inside = [one for one in figures if read[0] <= one[0] and one[1] <= read[1]]
    return (inside[0][0], inside[-1][1]) if len(inside) > 1 else None


#: A number that a telephone is named by, and questions for one.
_HOTLINE = re.compile(r"(?<!\d)(\d{3,6})(?=[\u4e00-\u9fff]{0,6}热线)|热线[“:：]?(\d{3,6})(?!\d)")
_ASKS_HOTLINE = re.compile("热线.{0,4}(?:多少|几|什么|哪)|号码|电话")


def _but_the_hotline(asked: AskedFor, text: str, spans: Sequence[Near]) -> Span | None:
    """投诉减少了多少: of 12345热线……12345投诉减少30% the figure that is no hotline's name, if there is one."""
    names = {one or other for one, other in _HOTLINE.findall(text)}
    others = [span for span in spans if text[slice(*span[:2])] not in names]
    if len(others) in {0, len(spans)} or _ASKS_HOTLINE.search(asked.normalised):
        return None
    return max(others, key=lambda span: span[2])[:2]


def _behind_the_post(asked: AskedFor, text: str, read: Near | None) -> Span | None:
    """原告的诉讼代理人是谁: of 原告甲的诉讼代理人乙 the second, unless the reader is sure of the first."""
    post = focus_phrase(asked)
    if len(post) < 2 or (read is not None and read[2] >= _BELIEVED):
        return None
    for at in range(len(post), len(text)):
        if _told_before(text, at).endswith(post) and (end := person_at(text, at)):
            return at, end
    return None


def _told_before(text: str, at: int) -> str:
    """What stands before a place, normalised, without 为, 是 and the like at its end."""
    return _LINK.sub("", normalize(text[max(0, at - 24) : at]))


def _behind_the_measured(
    asked: AskedFor, text: str, spans: Sequence[Near], read: Near | None
) -> Span | None:
    """月租金是多少: of 月租金为4800元，第二年起上调3% the first, though the reader takes the second."""
    phrase = focus_phrase(asked)
    if phrase == asked.units and asked.at is not None:
        measured = _MEASURED.search(asked.normalised, 0, asked.at[0])
        phrase = measured["noun"] if measured else phrase
    before = {span: _told_before(text, span[0]) for span in spans}
    behind = [span for span in spans if before[span].endswith(phrase)]
    if len(behind) > 1:  # 产假, and not 陪产假
        whole = re.compile(f"(?<![\u4e00-\u9fff]){re.escape(phrase)}$")
        behind = [span for span in behind if whole.search(before[span])]
    if len(phrase) < 2 or len(behind) != 1 or read is None:
        return None
    marked = [near for start, end, near in spans if read[0] < end and start < read[1]]
    start, end, near = behind[0]
    if not marked or (read[0] < end and start < read[1]) or max(marked) + _NEARER > near:
        return None
    return start, end


#: What stands before 多少天: 产假, 保修期.
_MEASURED = re.compile("(?P<noun>[\u4e00-\u9fff]{2,8}?)[是为有共的]*$")


def _behind_the_range(
    asked: AskedFor, text: str, spans: Sequence[Near], read: Near | None
) -> Span | None:
    """工作12年年假几天: of 满1年不满10年的，5天；满10年不满20年的，10天 the second.

    Where nothing of the asked kind stands there, and no sure reader points there, all that is said of it.
    """
    normalised, offsets = normalize_with_offsets(text)
    ranges, place = ranges_asked(normalised, asked.normalised)
    if len(ranges) < 2 or place is None:
        return None
    bounds = [source_span(offsets, one.start, one.end) for one in ranges]
    start = bounds[place][1]
    stop = bounds[place + 1][0] if place + 1 < len(bounds) else len(text)
    behind = [span for span in spans if start <= span[0] and span[1] <= stop]
    if behind:
        return behind[0][:2]
    if read is not None and start <= read[0] and read[1] <= stop and read[2] >= _BELIEVED:
        return None
    told = _SAID.match(text, start, stop)
    return told.span("said") if told else None


#: What is said of a range: 由总经理审批 behind 20000元以上.
_SAID = re.compile("的?[,，]?(?P<said>[^,，;；。]{2,})")


_JOINED = re.compile("[、和与]")


def _respective(asked: AskedFor, text: str, spans: Sequence[Near]) -> Span | None:
    """第三季度排名第几: of 第一、第三季度排名第6、第5 the second; both where both are asked."""
    run = [spans[0]]
    for span in spans[1:]:
        if _JOINED.fullmatch(text, run[-1][1], span[0]):
            run.append(span)
        elif len(run) > 1:
            break
        else:
            run = [span]
    clause = re.split("[,。;:]", normalize(text[: run[0][0]]))[-1]
    owners = _JOINED.split(clause)
    if len(run) < 2 or len(owners) != len(run):
        return None
    names = [owners[0][-2:], *owners[1:-1], owners[-1][:2]]
    named = [span for name, span in zip(names, run, strict=True) if name in asked.normalised]
    if len(named) == len(run):
        return run[0][0], run[-1][1]
    return named[0][:2] if len(named) == 1 else None
