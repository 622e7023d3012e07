"""A Chinese name without the words of its clause that a mark took along."""

import time

import pytest

from rag.answering.marking.bare_names import bare_name
from rag.answering.question.analysis import analyse


def marked(question: str, text: str, mark: str) -> str:
    start = text.index(mark)
    return text[slice(*bare_name(analyse(question), text, start, start + len(mark)))]


@pytest.mark.parametrize(
    ("question", "text", "mark", "name"),
    [
        ("木偶戏团驻在哪个城市？", "木偶戏团驻在泉州。", "在泉州", "泉州"),
        ("木偶戲由哪個機構錄製?", "木偶戲由南音學會錄製。", "由南音學會", "南音學會"),
        ("谁刻了这尊木偶？", "这尊木偶江加走曾修过。", "江加走曾", "江加走"),
        ("谁刻了这尊木偶？", "江加走之前学画，后来刻木偶。", "江加走之前学画", "江加走"),
        (
            "哪个国家最早收藏木偶？",
            "荷兰在十八世纪已收藏木偶。",
            "荷兰在",
            "荷兰",
        ),
        ("木偶用哪种树？", "头用山里常见的香樟树刻。", "山里常见的香樟树", "香樟树"),
        ("哪家公司卖木偶？", "县里批准成立偶趣公司，卖木偶。", "县里批准成立偶趣公司", "偶趣公司"),
        ("剧团属于哪国的体系？", "剧团属于波兰的体系。", "波兰的体系", "波兰"),
        ("哪个岛最南？", "琉璃岛，位于最南端，产木偶。", "琉璃岛，位于最南端", "琉璃岛"),
        ("木偶厂建在哪里？", "木偶厂、颜料厂都建在永春。", "颜料厂都建在永春", "永春"),
    ],
)
def test_words_of_the_clause_are_no_part_of_the_name(
    question: str, text: str, mark: str, name: str
) -> None:
    assert marked(question, text, mark) == name


@pytest.mark.parametrize(
    ("question", "text"),
    [
        # Descriptions and phrases that answer as they are.
        ("木偶用什么做成？", "山里常见的香樟木"),
        ("老艺人住在哪里？", "村口的老槐树下"),
        ("老艺人过着哪种生活？", "清苦而安静的生活"),
        ("剧团在哪个城市演出？", "福建的泉州"),
        # No name is asked for, or several.
        ("木偶为什么不裂？", "在阴处晾干"),
        ("有哪些城市演木偶戏？", "在泉州和漳州"),
        # A quotation.
        ("剧团定了哪一条规矩？", "先学人，后学艺"),
        # Names that begin or end as a clause may go on.
        ("谁是团长？", "于大海"),
        ("谁是团长？", "曾小平"),
        ("谁改了戏本？", "前朝名臣曾伯言"),
        ("谁改了戏本？", "班主的弟子曾平"),
        ("谁是团长？", "团长是于大海"),
        ("谁可以报名学戏？", "在校学生"),
        ("谁可以报名学戏？", "在职员工"),
        ("谁要在单上签名？", "被保险人"),
        ("谁要在单上签名？", "被监护人"),
        ("哪家公司卖票？", "在线票务公司"),
        # Nothing but the kind would be left, or those of a kind are asked for.
        ("哪家企业资助剧团？", "真的集团"),
        ("哪类人员免票？", "持有证件的退役人员"),
        ("Which city has the troupe?", "在泉州"),
    ],
)
def test_other_marks_stay(question: str, text: str) -> None:
    assert marked(question, f"书上说“{text}”。", text) == text


def test_a_title_is_whole() -> None:
    text = "团里演《在河上》和戏迷会。"
    assert marked("这出戏叫什么名字？", text, "在河上") == "在河上"
    assert marked("这出戏叫什么名字？", "团里演在河上漂。", "在河上") == "河上"


def test_a_long_mark_takes_no_time() -> None:
    asked = analyse("木偶戏团驻在哪个城市？")
    for unit in ("在", "的", "在校", "成立"):
        text = unit * (5000 // len(unit))
        began = time.perf_counter()
        bare_name(asked, text, 0, len(text))
        assert time.perf_counter() - began < 0.5
