"""Title, date and publisher from the first lines of a text: what stands there besides the article.

General rules, each with its reason; nothing here knows a particular site. A date counts only on a
line
of its own with times, sources and counters, or in a press dateline: never from running text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from rag.reading.dates import DATE, date_of, find_date

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
    r".*\b(?:19|20)\d\d\b|^(?:In )?Proceedings of\b.*\d",
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
_MAIL_FIELD = re.compile(r"^[^\W\d_][\w -]{1,24}[:：](?:\s|$)")
_DATE_LABEL = re.compile(
    r"(?:发布|發佈|發布|发表|發表|刊发|更新|上传|创建|成文|印发|出版|时间|時間|日期|날짜|작성일|게시일|발행일"
    r"|Date of (?:publication|issue)|Date|Datum|Published|Posted|Updated?|Issued|Sent)"
    r"(?:\s*(?:时间|時間|日期|于|於|on|at))?\s*[:：]?\s*(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*\.?,?\s*)?$",
    re.IGNORECASE,
)
#: A date or time of something: ``Due date:``, ``报名截止日期：``, ``Geburtsdatum:``.
_QUALIFIED = re.compile(
    r"(?P<of>[\u3400-\u9fff]+(?=时间|時間|日期)|[가-힣]+\s?(?=날짜)|[^\W\d_]+\s+(?=Date\b)|[^\W\d_]+(?=datum\b))"
    r"(?:时间|時間|日期|날짜|Date|datum)\s*[:：]?\s*$",
    re.IGNORECASE,
)
#: What it may be a date of to be the text's own. A missing date does less harm than a wrong one.
_OWN = re.compile(
    r"发布|發佈|發布|发表|發表|发稿|发文|发帖|刊|更新|上传|创建|成文|印发|出版|公布|公告|通知|颁布|播出|登载|撰写|写作|录入"
    r"|添加|编辑|签发|签署|修改|修订|开票|文章|稿件|新闻|信息|报道|报告|文件|资料|작성|게시|발행"
    r"|publi|post|issu|releas|invoice|document|report|letter|article|news|press|updat|creat|modifi|revis|written"
    r"|rechnung|erscheinung|veröffentlichung|ausstellung|erstell|änderung",
    re.IGNORECASE,
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
_FENCE = re.compile(r"\s*(`{3,}(?=[^`]*$)|~{3,})")
_HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$")
_EMPHASIS = re.compile(r"\*\*|__|`|!?\[([^\]]*)\]\([^)]*\)")
_SENTENCE_END = "。；;，,、：:"
_SIGNED = re.compile(r"[（(]?\s*(?P<date>\S.{4,24}?)\s*[）)]?\s*$")


def read_imprint(text: str) -> Imprint:
    """Title, date and publisher as the first lines of ``text`` tell them.

    A date that stands alone on the last line (as official letters have it) counts when the first
    lines have none.
    """
    if "\n" not in text[:_HEAD]:
        return Imprint(published=_dateline(text[:120]))
    head = map(str.strip, _unfenced(text[:_HEAD].split("\n")))
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


def _unfenced(lines: list[str]) -> Iterator[str]:
    """The lines outside fenced code: its comments are no headings, its figures no dates."""
    fence, above = "", ""
    for line in lines:
        mark = _FENCE.match(line)
        if fence:
            if mark and line.strip().startswith(fence) and not line.strip().strip(fence[0]):
                fence = ""
        elif mark and (mark[1][0] == "`" or not above.strip()):  # else tildes underline a title
            fence = mark[1]
        else:
            yield line
        above = line


def _title(lines: list[str], text: str) -> str | None:
    if any(_SENDER.match(line) for line in lines[:_LINES]):
        subject = next(filter(None, map(_SUBJECT.match, lines[:_LINES])), None)
        if subject:
            return _plain(subject[1])[:200]
        lines = [line for line in lines if not _MAIL_FIELD.match(line)]
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


def _plain(title: str) -> str:
    return " ".join(without_site_name(_EMPHASIS.sub(lambda m: m[1] or "", title)).split())


def _date_line(line: str, *, is_title: bool = False) -> tuple[str | None, str | None]:
    """(date, publisher) of a line that says when and where an article appeared, else (None, None)."""
    if len(line) > 160:
        return _dateline(line[:120]), None
    match = DATE.search(line)
    published = date_of(match) if match else None
    if match is None or published is None:
        return None, None
    before, after = line[: match.start()], line[match.end() :]
    source = _SOURCE.search(line)
    if not source and _is_of_another(before):
        return None, None
    rest = _COUNTERS.sub(" ", _TIME.sub(" ", after))
    if source:
        rest = rest.replace(source.group(), " ")
    rest = rest.strip(" \t|｜/·-—_,，()（）[]【】:：\u3000\xa0")
    lead = _DATE_LABEL.sub("", before).strip(" \t|｜/·[【(（\u3000\xa0")
    if source:
        lead = lead.replace(source.group().strip(), "").strip(" |｜")
    labelled = _DATE_LABEL.search(before) is not None
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


def _is_of_another(before: str) -> bool:
    """Whether the words before a date say that it is not the date of the text."""
    qualified = _QUALIFIED.search(before)
    return qualified is not None and not _OWN.search(qualified["of"])


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
    """The date that stands alone on the last line."""
    tail = text[-200:].rstrip()
    line = tail[tail.rfind("\n") + 1 :].strip() if "\n" in tail else ""
    match = _SIGNED.fullmatch(line) if line else None
    date = DATE.fullmatch(match["date"]) if match else None
    return date_of(date) if date else None
