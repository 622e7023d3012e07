"""Titles of PDFs: an author's, or what a program wrote where none was given."""

from __future__ import annotations

import re

__all__ = ["is_title"]

#: What files are that are printed or saved as a PDF.
_OFFICE = (
    r"docx?|docm|rtf|odt|wps|pages|pptx?|pptm|odp|dps|xlsx?|xlsm|ods|et|"
    r"pdf|indd|qxd|pub|vsdx?|hwpx?|dvi|dwg|cdr"
)
#: These may end an author's title too ("How to write a README.md"): alone they are a file's name.
_TEXT = (
    r"tex|ltx|txt|md|x?html?|mht(?:ml)?|aspx?|php|jsp|csv|json|xml|e?ps|"
    r"jpe?g|png|gif|tiff?|bmp|svg|psd|tmp"
)
_ADDRESS = r"(?:[a-z][a-z\d+.-]+://|about:|data:|file:)\S.*|www\.\S+"
_PATH = r"(?:[a-z]:[\\/]|\\\\).*|~?(?:/[^\s/]+){2,}/?"
_NEW = r"(?:new|新建|新增)\s*(?:microsoft\s*)?(?:word|excel|powerpoint|office|docx|pptx|xlsx|wps|pdf|text)?\s*"
_KIND = (
    r"(?:document[oe]?|dokument|文档|文檔|文件|文書|book|workbook|工作簿|活頁簿|sheet|worksheet|工作表|"
    r"presentation|présentation|präsentation|presentación|演示文稿|簡報|简报|プレゼンテーション|slides?|幻灯片|投影片|スライド|"
    r"text|文本文档|文本文件|文字文稿|layout|page|页面|頁面|scan|scanned|扫描|扫描件|掃描|image|img|图片|圖片|folie|diapositiva)"
)
_NAMELESS = (
    r"(?:untitled|unnamed|no title|unbenannt|sans titre|sin título|senza titolo|sem título|"
    r"无标题|無標題|未命名|未标题|無題|名称未設定)"
)
_PROGRAM = r"microsoft\s*(?:office\s*)?(?:word|excel|powerpoint)|powerpoint|wps\s*(?:文字|表格|演示|office)?"
#: Numbers, dates and times, and the number of a copy.
_NUMBERS = r"[\s\d_.:()（）-]*"
#: The name of a file, after that of the program that printed it.
_PRINTED = rf".*\.[a-z][a-z\d]{{1,4}}|.*\w_\w.*|\S*\d\S*|{_NAMELESS}{_NUMBERS}"
_NO_TITLE = re.compile(
    rf"{_ADDRESS}|{_PATH}|.*\.(?:{_OFFICE})|\S+\.(?:{_TEXT})"
    rf"|(?:{_NEW})?{_KIND}{_NUMBERS}|{_NAMELESS}[\s-]*{_KIND}?{_NUMBERS}"
    rf"|(?:{_PROGRAM})(?:\s+[-–—]\s+(?:{_PRINTED})|[\s–—-]*{_KIND}?{_NUMBERS})|{_KIND}\s+(?:de\s+)?powerpoint",
    re.IGNORECASE,
)


def is_title(title: str) -> bool:
    """Whether a title is an author's: no address, path or file's name, no default of a word processor.

    It must be such a thing as a whole: of "Document1" and "Document retention" the second is a title.
    """
    return len(title) > 2 and _NO_TITLE.fullmatch(title) is None
