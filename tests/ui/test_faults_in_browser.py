"""What the library says went wrong is known to the Chinese page: its own lines are read here."""

import errno
import io
import re
import time
import zipfile

import pytest

from rag.errors import IndexModelMismatchError, QueryError, RagError, ReadingError
from rag.index.catalog import damaged, translated
from rag.indexing.pipeline import _Meter
from rag.indexing.work import Tally
from rag.knowledge_base import KnowledgeBase
from rag.reading import read_bytes
from rag.records import Document
from rag.retrieval.query import check_query
from rag.ui.asking import Question
from rag.ui.limits import later
from rag.ui.source import source_view
from tests.ui.test_documents_in_browser import expect, text_file, upload

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


def archive(**files):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as written:
        for name, text in files.items():
            written.writestr(name.replace("_", "/"), text)
    return data.getvalue()


#: name, bytes, what the page says
FILES = [
    ("a.md", b"", "文件是空的（0 字节）"),
    ("a.md", b"  \n ", "文件里没有文字"),
    ("a.docx", b"PK\3\4 broken", "文件已损坏：请用 Word 打开并重新保存后再试"),
    ("a.docx", b"none", "名为 .docx，内容却不是 Word 文档：请检查文件"),
    ("a.pdf", b"none", "名为 .pdf，内容却不是 PDF：请检查文件"),
    ("a.pdf", b"%PDF-1.7 broken", "文件已损坏，或者不是 PDF：请打开并重新保存后再试"),
    (
        "a.xlsx",
        archive(xl="x"),
        "是压缩包，或者不是 .docx 的 Office 文件：请解压，或另存为 .docx 或 PDF",
    ),
    ("a.png", b"\x89PNG\r\n\0", "是 PNG 图片，无法读取：请先用 OCR 识别成文字"),
    ("a.gz", b"\x1f\x8b\0\0", "是 gzip 压缩包，无法读取：请解压后上传其中的文件"),
    (
        "a.doc",
        b"\xd0\xcf\x11\xe0",
        "是旧版 Office 文件（.doc、.xls 或 .ppt），无法读取：请另存为 .docx 或 PDF",
    ),
    ("a.db", b"SQLite format 3\0", "是 SQLite 数据库，无法读取：请不要上传"),
    ("a.json", b"{", "不是有效的 JSON：请用 JSON 校验工具检查"),
    ("a.json", b"[1]", "第 1 行不是 JSON 对象：请每行写一个对象"),
    (
        "a.jsonl",
        b'{"x": 1}',
        "第 1 行没有正文（现有的字段：x）：请把其中一个命名为“正文”或 text",
    ),
]


def refused(work, *arguments):
    try:
        work(*arguments)
    except ReadingError as error:
        return error.reason
    except QueryError as error:
        return str(error)
    raise AssertionError("nothing was refused")


def quote_is_gone():
    source_view(Document(id="d", source="d", text="short"), [[0, 5, "quote", 1, "other"]], 0)


#: a line of the library, what the page says
LINES = [
    (lambda: refused(check_query, "？"), "问题里没有文字或数字，请至少写一个词。"),
    (lambda: refused(check_query, " "), "问题是空的，请写点什么再提问。"),
    (
        lambda: refused(check_query, "x" * 5000),
        "问题有 5,000 个字符，最多 4,000 个，请缩短。",
    ),
    (
        lambda: refused(Question.from_page, "x" * 5000, [], {}),
        "问题有 5000 个字符，最多 4000 个，请缩短。",
    ),
    (
        lambda: refused(quote_is_gone),
        "文档在回答之后有改动，引用的地方已经没有了，请重新提问。",
    ),
    (lambda: later(7), "请求太多，请 7 秒后再试。"),
    (
        lambda: "a.md: read as gb18030, but there are too few characters to be sure",
        "按 gb18030 编码读取，但字数太少，不能确定",
    ),
    (lambda: "A line that nobody knows.", "A line that nobody knows."),
]

TOLD = """async ([lines, language]) => {
  const { told } = await import("/rag/assets/faults.js");
  const { LANGUAGES } = await import("/rag/assets/texts.js");
  return lines.map((line) => told(line, LANGUAGES[language]));
}"""


def test_the_library_s_lines_are_told_in_chinese(open_page):
    lines = [refused(read_bytes, data, name) for name, data, _ in FILES]
    lines += [line() for line, _ in LINES]
    page = open_page()
    assert page.evaluate(TOLD, [lines, "zh"]) == [
        *(told for _, _, told in FILES),
        *(told for _, told in LINES),
    ]
    assert page.evaluate(TOLD, [lines, "en"]) == lines


def told_of(error, folder):
    """What the library makes of an error of the system."""
    with pytest.raises(RagError) as caught, translated(folder):
        raise error
    return str(caught.value)


def test_the_state_of_an_index_is_told_in_chinese(open_page, tmp_path):
    here, stranger = tmp_path / "here", tmp_path / "stranger"
    stranger.mkdir()
    (stranger / "a.txt").touch()
    with KnowledgeBase.open(here) as kb:
        (here / "catalog.sqlite").unlink()
        with pytest.raises(RagError) as gone:
            list(kb.documents())
    with pytest.raises(RagError) as strange:
        KnowledgeBase.open(stranger)
    lines = [
        str(gone.value),
        str(strange.value),
        told_of(OSError(errno.ENOSPC, "full"), here),
        told_of(PermissionError(errno.EACCES, "Permission denied"), here),
        str(damaged(here, "no header")),
        str(IndexModelMismatchError(path="ix", index_model="one", query_model="two", model="two")),
    ]
    assert open_page().evaluate(TOLD, [lines, "zh"]) == [
        f"{here}：索引不见了，可能被删除或移走。请用 rag index 重新建立。",
        f"{stranger} 不是索引，里面有 'a.txt'。请用 --index 指定别的文件夹。",
        f"{here}：磁盘已满，已完成的部分都在。请腾出空间后再试一次，会接着做完。",
        f"{here} 无法写入（Permission denied）。请给文件夹写入权限，或复制到可以写入的地方。",
        f"{here}/catalog.sqlite 已损坏（no header）。还能读的内容可以这样救出：rag doctor --repair --index {here}",
        "ix 是用模型 'one' 建立的，而现在的设置是 'two'。请改回设置，或运行：rag index --reembed --index ix --model two",
    ]


def test_how_far_indexing_is_is_told_in_chinese(open_page):
    """It used to be told in English on the Chinese page."""
    lines = []
    tally = Tally(began=time.perf_counter() - 60, passages=1200, added={"a": None, "b": None})
    for share, more in ((None, ""), (0.25, "; embedding 64 of 1,512"), (0.003, "")):
        tally.share = share
        meter = _Meter(tally, lines.append)
        meter._shown -= 60
        meter.show(more)
    assert open_page().evaluate(TOLD, [lines, "zh"]) == [
        "2 篇文档，1,200 个段落，每秒 0 篇",
        "2 篇文档，1,200 个段落，每秒 0 篇，25%，大约还要 3 分钟，正在计算向量 64 / 1,512",
        "2 篇文档，1,200 个段落，每秒 0 篇",
    ]


@pytest.mark.parametrize("size", [{"width": 1440, "height": 900}, {"width": 390, "height": 844}])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_faults_are_told_in_the_language_of_the_page(open_page, picture, size, scheme):
    page = open_page(viewport=size, color_scheme=scheme)
    page.locator("#tab-documents").click()
    upload(page, [text_file("a.md", "\0")], 1)
    state = page.locator(".job[data-state=failed] .job-state")
    expect(state).to_have_text("文件里没有文字")
    picture(page, f"zh-{scheme}-{size['width']}-faults")
    page.locator(".language").click()
    expect(state).to_have_text(re.compile("^holds no text"))
