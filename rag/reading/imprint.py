"""Title, date and publisher from the first lines of a text: what stands there besides the article.

General rules, each with its reason; nothing here knows a particular site. A date counts only on a
line of its own with times, sources and counters, or in a press dateline: never from running text.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import NamedTuple

from rag.reading.dates import DATE, date_of, find_date
from rag.reading.fences import fenced_blocks

__all__ = ["Imprint", "read_imprint", "without_site_name"]


class Imprint(NamedTuple):
    """What the first lines tell; each field None when they do not."""

    title: str | None = None
    published: str | None = None
    publisher: str | None = None


_HEAD = 1500
_LINES = 14
_TITLE_LINES = 6
_FURNITURE = re.compile(
    r"^(?:当前位置|當前位置|您?(?:现在|現在)?(?:的|所在的?)?位置|首页|首頁|主页|网站首页|返回|网站地图|登录|登錄|注册"
    r"|搜索|菜单|导航|打印|关闭|收藏|分享|扫描|扫一扫|下载|设为首页|繁體|简体|无障碍|Home\b|Menu\b|Skip to"
    r"|Log ?in|Sign ?(?:in|up)|Search|Share|Print|Cookie|Advertisement)"
    r"|(?:^|\s)(?:首页|首頁|主页|Home)\s*[>»›/→]|[>»›]\s*\S+\s*[>»›]|^[\W\d_]+$|https?://|^www\."
)
_BYLINE = re.compile(
    r"(?:^|[\s□■/])(?:本报|本報|本刊|本网|首席|全媒体|特约|见习|实习)?\w{0,8}(?:记者|記者|通讯员|通訊員|特派员)\b"
    r"|^(?:文|图|文/图|图/文|文图|撰文|摄影|作者|编辑|責任編輯|责任编辑|责编|来源|來源|编者按|编审|监制)"
    r"\s*[/:：|｜ ]"
    r"|^[□■▲▼◥◤△▽◆◇●○★☆]|^(?:By|Written by|Author|Edited by|Photo)\b[: ]"
)
#: What publishers and archives set above the title of a paper.
_PAPER = re.compile(
    r"^arXiv:\d|^(?:Published|Under review|Accepted|To appear|Submitted|Presented)\s+(?:as|at|in|to|by|for)\b"
    r".*\b(?:19|20)\d\d\b|^(?:In )?Proceedings of\b.*\d"
    r"|\d+\s*\((?:19|20)\d\d\)\s*\d+\s*[-–]\s*\d+|^第\s*\d+\s*卷[,，]?\s*第\s*\d+\s*期",
    re.IGNORECASE,
)
_LABEL = re.compile(r"^(?:标题|標題|题目|題目|Title|Headline)\s*[:：]\s*(\S.*)$", re.IGNORECASE)
#: A message begins with lines such as these, and one of them says what it is about.
_SENDER = re.compile(
    r"^(?:From|发件人|寄件人|寄件者|差出人|Von|De|Da|보낸 사람|От)\s*[:：]", re.IGNORECASE
)
_SUBJECT = re.compile(
    r"^(?:Subject|主题|主題|主旨|件名|Betreff|Objet|Asunto|Assunto|Oggetto|제목|Тема)\s*[:：]\s*(\S.*)$",
    re.IGNORECASE,
)
_MAIL_FIELD = re.compile(r"^[^\W\d_][\w -]{1,24}(?:：|:(?:\s|$))")
_DATE_LABEL = re.compile(
    r"(?:发布|發佈|發布|发表|發表|刊发|更新|上传|创建|成文|印发|出版|时间|時間|日期|날짜|작성일|게시일|발행일"
    r"|Date of (?:publication|issue)|Date|Datum|(?:First\s+)?Published(?:\s+online)?|Available\s+online"
    r"|Posted|Updated?|Issued|Sent)"
    r"(?:\s*(?:时间|時間|日期|于|於|on|at))?\s*[:：]?\s*(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*\.?,?\s*)?$",
    re.IGNORECASE,
)
#: ``港务局 2023年5月18日发布``: the label behind its date; ``港务局于2023年5月18日发布`` is prose.
_LABEL_AFTER = re.compile(r"\s*(?:[发發][布佈表]|[印刊][发發]|公[布佈])(?=[\s)）】\]|｜]|$)")
_BEFORE_DATE = " \t\u3000\xa0(（【[|｜/·"
#: A paper's own history, of which only the last step counts: ``Received ...; published ...``.
_HISTORY = re.compile(
    r"(?:Manuscript\s+)?(?:Received|Submitted|Revised|Accepted)\b|收稿", re.IGNORECASE
)
_PUBLISHED = re.compile(
    r"(?:(?:published|available)(?:\s+online)?|(?:出版|刊[发發]|[发發][布佈表])(?:时间|時間|日期)?)"
    r"\s*(?:on)?\s*[:：]?\s*$",
    re.IGNORECASE,
)
_PROSE_AFTER = re.compile(r"[\s,，]*[a-z]")
#: A date or time of something: ``Due date:``, ``报名截止日期：``, ``Geburtsdatum:``.
_QUALIFIED = re.compile(
    r"(?P<of>[\u3400-\u9fff]+(?=时间|時間|日期)|[가-힣]+\s?(?=날짜)|[^\W\d_]+\s+(?=Date\b)|[^\W\d_]+(?=datum\b))"
    r"(?:时间|時間|日期|날짜|Date|datum)\s*[:：]?\s*$",
    re.IGNORECASE,
)
#: What it may be a date of that is not the text's own; ``考试具体时间`` too, ``会议新闻发布时间`` not.
_EVENT = re.compile(
    r"(?:截止|截至|报名|報名|开会|開會|会议|會議|会期|會期|举办|舉辦|举行|舉行|召开|召開|活动|活動|考试|考試|笔试|筆試|面试|面試"
    r"|答辩|答辯|出生|去世|逝世|死亡|结婚|結婚|到期|过期|過期|有效|生效|失效|施行|实施|實施|开工|開工|动工|動工|竣工|完工|投产|投產"
    r"|通车|通車|交货|交貨|交付|交房|起止|开始|開始|起始|结束|結束|终止|終止|开标|開標|投标|投標|招标|招標|开幕|開幕|闭幕|閉幕"
    r"|比赛|比賽|演出|上映|放映|播放|开放|開放|开业|開業|营业|營業|上课|上課|开课|開課|开学|開學|培训|培訓|讲座|講座|入学|入學"
    r"|毕业|畢業|入职|入職|离职|離職|到岗|到崗|上岗|上崗|付款|还款|還款|缴费|繳費|发货|發貨|送达|送達|到达|到達|出发|出發|起飞|起飛"
    r"|航班|预约|預約|就诊|就診|手术|手術|入院|出院|保修|保质|保質|生产|生產|购买|購買|拍摄|拍攝|预计|預計|计划|計劃|约定|約定)"
    r"[\u3400-\u9fff]{0,2}$"
    r"|^(?:due|dead|birth|born|death|expir|event|meeting|effective|start|begin|end|valid|clos|deliver|ship|arriv"
    r"|depart|check|appointment|exam|interview|hearing|hir|join|pay|matur|renew|target|complet|launch|election"
    r"|wedding|opening|terminat|settle|travel|flight|visit|admission|discharge|conference|exhibition)"
    r"|^(?:geburt|todes|sterbe|hochzeit|ablauf|fälligkeit|liefer|start|end|beginn|gültig|verfall|eintritt|austritt"
    r"|kauf|prüfung|termin|anreise|abreise|reise|mindest|haltbar|stich)"
    r"|생년|생일|출생|마감|만료|시작|종료|행사|회의|시험|접수|유효|신청",
    re.IGNORECASE,
)
#: What ends in one of these is the text's own all the same: ``活动发布时间``.
_OWN = re.compile(
    "(?:[发發][布佈表文稿]|刊[发發登]|更新|上[传傳线線]|[转轉][发發载載]|公[布佈告]|登[载載]|[编編][辑輯写寫]|印[发發])$"
)
_TIME = re.compile(
    r"[T\s]*(?:(?:上午|下午|晚|凌晨|星期.|周.)\s*)?\d{1,2}[:：时]\d{2}(?:[:：分]\d{2}秒?)?(?:\.\d+)?"
    r"\s*(?:[ap]\.?m\.?|Z|[+-]\d\d:?\d\d|UTC|GMT|BST|CST|EST|EDT|PST)?|星期[一二三四五六日天]|周[一二三四五六日]",
    re.IGNORECASE,
)
_COUNTERS = re.compile(
    r"(?:阅读|閱讀|浏览|瀏覽|点击|點擊|访问|评论|評論|跟贴|参与|参与人数|转发|点赞|收藏|views?|comments?)"
    r"\s*(?:量|数|數|次数|次數|人数)?\s*[:：]?\s*[（(\[【]?\s*[\d,.]*\s*[万w+]*\s*次?[）)\]】]?"
    r"|字[号號体體]\s*[:：]?\s*[\[【(（]?\s*(?:(?:超大|大|中|小|标准|默认|T|A[+-]?)\s*[|｜/]?\s*)*[\]】)）]?"
    r"|扫描到手机|扫一扫|手机(?:看|版|阅读)|分享(?:到|至)?[:：]?|打印(?:本页)?|关闭(?:窗口)?|[我要]*纠错|放大|缩小"
    r"|(?:责任编辑|責任編輯|责编|编辑|編輯|校对|审核|作者|記者|记者|通讯员|文字|摄影|By)\s*[:：]?\s*[^\s|｜]{1,12}"
)
_SOURCE = re.compile(
    r"(?:信息来源|稿件来源|文章来源|新闻来源|来源|來源|稿源|出处|出處|发布机构|发布单位|Source|Publisher)\s*[:：]\s*"
    r"(?P<name>[^|｜\n\t]{2,40}?)(?=\s{2,}|\s+(?:作者|时间|日期|发布|编辑|责任|浏览|阅读|点击|字号|\d)|[|｜\t]|$)",
    re.IGNORECASE,
)
_PUBLISHER_WORD = re.compile(
    r"报(?![名告销价考到])|報(?![名告銷價考到])|网|網|社$|新闻|新聞|电视|電視|广播|廣播|频道|頻道|杂志|雜誌|周刊|週刊|月刊|期刊|通讯|客户端|公众号|观察|在线"
    r"|政府|委员会|办公|大学|研究院|研究所|出版|传媒|融媒|门户|央视|News|Times|Post|Daily|Journal|Herald"
    r"|Press|Reuters|BBC|CNN|Guardian|Tribune|Magazine|Weekly|Agency|\.com|\.cn|\.org"
)
_DATELINE = re.compile(
    r"^\s*(?:[（(【][^）)】\n]{1,20}[）)】])?[^\n，。,]{0,16}?(?P<date>\d{4}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日)"
    r"[^\n，。,]{0,8}?(?:[电電]|讯|訊|消息|报道|報道|報導)"
    r"|^\s*[A-Z][A-Za-z .,'-]{1,40}?[,(]\s*(?P<english>[A-Z][a-z]+\.? \d{1,2},? \d{4})\)?"
    r"\s*(?:\([^)\n]*\)|/[^/\n]*/)?\s*[-–—:]"
)
_SITE_WORD = re.compile(
    r"网|網|官方|新闻|新聞|日报|日報|晚报|晚報|都市报|时报|時報|早报|周刊|频道|頻道|门户|在线|旗舰|资讯|資訊|集团|公司|政府"
    r"|平台|论坛|博客|百科|新浪|搜狐|腾讯|网易|凤凰|澎湃|知乎|客户端|首页|电视台|广播|传媒|\.com|\.cn|\.org|\.net"
    r"|CCTV|News|BBC|CNN|Reuters|Times|Guardian|Post\b|Wikipedia|Medium|Blog|YouTube|Official|Home\b|Daily|Journal|Magazine"
)
_SITE = re.compile(
    r"^(?P<title>.{4,}?)\s*(?<![-_|｜–])(?:[-_|｜–]|\s+-+\s+)(?![-_|｜–])\s*(?P<site>[^-_|｜–]{2,24})$"
)
_HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$")
_EMPHASIS = re.compile(r"\*\*|__|`|!?\[([^\]]*)\]\([^)]*\)")
_SENTENCE_END = "。；;，,、：:"
_SIGNED = re.compile(r"[（(]?\s*(?P<date>\S.{4,24}?)\s*[）)]?\s*$")
#: The last line of an official letter, without its date: ``市政府办公室 2023年5月18日印发``.
_PRINTED = re.compile(r"(?:\S{2,30}\s+|\s*)印[发發]")


def read_imprint(text: str) -> Imprint:
    """Title, date and publisher as the first lines of ``text`` tell them.

    A date that stands alone on the last line (as official letters have it) counts when the first
    lines have none.
    """
    if "\n" not in text[:_HEAD]:
        return Imprint(published=_dateline(text[:120]))
    head = map(str.strip, _unfenced(text))
    lines = [line for line in head if line][: _LINES + 1]
    if len(text) > _HEAD and len(lines) <= _LINES:
        lines = lines[:-1]  # the last may be cut
    title = _title(lines, text)
    published = publisher = None
    for line in lines[:_LINES]:
        if published is None:
            published, named = _date_line(line, is_title=line == title)
            publisher = publisher or named
        if publisher is None and len(line) <= 120:
            source = _SOURCE.search(line)
            publisher = _name(source["name"]) if source else None
    return Imprint(title, published or _signed(text), publisher)


def without_site_name(title: str) -> str:
    """``title`` without the names of site and section that a page's title ends in."""
    for _ in range(3):
        match = _SITE.match(title)
        if not match or not _SITE_WORD.search(match["site"]):
            break
        title = match["title"].rstrip(" -_|｜–")
    return title


def _unfenced(text: str) -> Iterator[str]:
    """The first lines, outside fenced code: its comments are no headings, its figures no dates."""
    head = text[:_HEAD]
    blocks = fenced_blocks(text) if "```" in head or "~~~" in head else []
    start = 0
    for line in head.split("\n"):
        if not any(first <= start < last for first, last in blocks):
            yield line
        start += len(line) + 1


def _title(lines: list[str], text: str) -> str | None:
    # Only a message begins so: another text may quote one.
    fields = list(itertools.takewhile(_is_mail_field, lines[:_LINES]))
    if any(map(_SENDER.match, fields)):
        subject = next(filter(None, map(_SUBJECT.match, fields)), None)
        if subject:
            return _plain(subject[1])[:200]
        lines = lines[len(fields) :] if len(fields) > 1 else lines
    for line in lines[:_LINES]:
        heading = _HEADING.match(line)
        if heading:
            return _plain(heading[1])
    for line in lines[:_LINES]:
        label = _LABEL.match(line)
        if label:
            return _plain(label[1])[:200]
    for number, line in enumerate(lines[:_TITLE_LINES]):
        if _FURNITURE.search(line) or _BYLINE.search(line) or _PAPER.search(line):
            continue
        if _date_line(line)[0] or _has_other_date(line):
            continue
        longest = 80 if any(c > "\u2e80" for c in line) else 160
        plausible = (
            2 <= len(line) <= longest
            and "。" not in line
            and line[-1] not in _SENTENCE_END
            and not (line[-1] == "." and not line.isupper())
            and "\t" not in line
            and line[0] not in "|<{[-*"
        )
        followed = number + 1 < len(lines) or len(text) > _HEAD
        return without_site_name(line) if plausible and followed else None
    return None


def _is_mail_field(line: str) -> bool:
    return any(field.match(line) for field in (_SENDER, _SUBJECT, _MAIL_FIELD))


def _plain(title: str) -> str:
    return " ".join(without_site_name(_EMPHASIS.sub(lambda m: m[1] or "", title)).split())


def _date_line(line: str, *, is_title: bool = False) -> tuple[str | None, str | None]:
    """(date, publisher) of a line that says when and where an article appeared, else (None, None)."""
    if len(line) > 160:
        return _dateline(line[:120]), None
    match = _own_date(line)
    published = date_of(match) if match else None
    if match is None or published is None:
        return None, None
    before, after = line[: match.start()], line[match.end() :]
    if _ends_history(line, match):
        return published, None
    source = _SOURCE.search(line)
    if not source and _is_of_another(before):
        return None, None
    label = _label_after(line, match)
    rest = _COUNTERS.sub(" ", _TIME.sub(" ", line[label.end() :] if label else after))
    if source:
        rest = rest.replace(source.group(), " ")
    rest = rest.strip(" \t|｜/·-—_,，()（）[]【】:：\u3000\xa0")
    lead = _DATE_LABEL.sub("", before).strip(" \t|｜/·[【(（\u3000\xa0")
    if source:
        lead = lead.replace(source.group().strip(), "").strip(" |｜")
    labelled = label is not None or _DATE_LABEL.search(before) is not None
    prose = re.search(r"[。；，,]", rest) or len(rest) > 40 or (rest and line[-1] in "。.；")
    if (
        prose
        or is_title
        or len(lead) > 40
        or (lead and not (labelled or source) and not _name(lead))
    ):
        return _dateline(line), None
    name = _name(source["name"]) if source else (_name(rest) or _name(lead))
    return published, name


def _own_date(line: str) -> re.Match[str] | None:
    """The date that the line calls the one of publication, else its first date."""
    dates = list(DATE.finditer(line))
    for match in dates if len(dates) > 1 else ():
        if _label_after(line, match) or _ends_history(line, match):
            return match
    return dates[0] if dates else None


def _ends_history(line: str, date: re.Match[str]) -> bool:
    return (
        _HISTORY.match(line) is not None
        and _PUBLISHED.search(line[: date.start()]) is not None
        and _PROSE_AFTER.match(line, date.end()) is None
    )


def _label_after(line: str, date: re.Match[str]) -> re.Match[str] | None:
    apart = date.start() == 0 or line[date.start() - 1] in _BEFORE_DATE
    return _LABEL_AFTER.match(line, date.end()) if apart else None


def _is_of_another(before: str) -> bool:
    """Whether the words before a date say that it is not the date of the text."""
    qualified = _QUALIFIED.search(before)
    if qualified is None:
        return False
    of = qualified["of"].strip()
    return _EVENT.search(of) is not None and _OWN.search(of) is None


def _has_other_date(line: str) -> bool:
    match = DATE.search(line)
    return match is not None and _is_of_another(line[: match.start()])


def _name(text: str) -> str | None:
    """``text`` if it reads like the name of a publisher."""
    name = _COUNTERS.sub(" ", DATE.sub(" ", text)).strip(" \t|｜/·-—_:：\u3000\xa0()（）")
    if not 2 <= len(name) <= 40 or re.search(r"[。；，？！?!]", name):
        return None
    return name if _PUBLISHER_WORD.search(name) and not _BYLINE.search(name) else None


def _dateline(line: str) -> str | None:
    match = _DATELINE.match(line)
    return find_date(match["date"] or match["english"]) if match else None


def _signed(text: str) -> str | None:
    """The date that stands alone on the last line, or with who printed it."""
    tail = text[-200:].rstrip()
    line = tail[tail.rfind("\n") + 1 :].strip() if "\n" in tail else ""
    printed = DATE.search(line)
    if printed and _PRINTED.fullmatch(line[: printed.start()] + line[printed.end() :]):
        return date_of(printed)
    match = _SIGNED.fullmatch(line) if line else None
    date = DATE.fullmatch(match["date"]) if match else None
    return date_of(date) if date else None
