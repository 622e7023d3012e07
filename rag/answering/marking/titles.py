"""A person's name in a Chinese sentence without the title, trade or kin that stands beside it."""

from __future__ import annotations

import re

from rag.answering.question.analysis import AskedFor
from rag.normalization import normalize_with_offsets, source_span

__all__ = ["name_without_title"]

#: Posts of a country or a body, whose name may stand before them: 加拿大总督.
_POSTS = (
    "书记|局长|主任|市长|区长|县长|省长|州长|部长|会长|院长|校长|所长|处长|科长|队长|团长|船长|董事长|总经理|经理|"
    "主席|总理|总统|首相|总督|国王|皇帝|女王|亲王|首领|领袖|酋长|司令|议员|委员|代表|大使|研究员|教练|球员|选手"
)
#: Trades, behind which a name stands; before them stands a country, too: 意大利导演.
_TRADES = (
    "(?:建筑|设计|工程|摄影|律|教|医)师|导演|演员|歌手|诗人|传教士|(?:科|化|数|文|物理|天文|哲|史|生物|经济|心理|"
    "社会|医)学家|(?:画|作|书法|思想|政治|外交|企业|实业|军事|艺术|音乐|作曲|发明|探险|评论|小说|剧作)家"
)
_TITLES = "[公侯伯子男]爵|爵士|将军|元帅|[上中少]将|上校|教授|博士|院士|主教|牧师|神父"
_KIN = "父亲|母亲|儿子|女儿|长子|次子|弟弟|哥哥|姐姐|妹妹|妻子|丈夫|学生|弟子|好友"
#: No name holds these; of 海关总署署长 or 法国总统 nothing is left.
_NO_NAME = re.compile(
    "[国省市区县镇乡村局委部院校厂司会厅处署科室党军队团馆所站社的和与及、任前副代兼总新老旧该某本各其时被由在为级们等或]|大学|集团|助理|秘书|医师|夫人|"
    "研究|博士|硕士|导师|成员|单位|领导|^之|教$|人员?$|"
    rf"(?:{_POSTS}|{_TRADES}|{_TITLES})$"
)
#: A name before a title has two characters at least; of 王教授 and 欧阳教授 the title is part.
_TITLED = re.compile(rf"(?P<name>[\u4e00-\u9fff·]{{2,16}}?)(?:{_TITLES})")
#: Before a post only what is a person's name by its form: 隆纳·雷根总统, 腓特烈二世国王.
_IN_POST = re.compile(
    rf"(?P<name>[\u4e00-\u9fff]{{1,8}}(?:·[\u4e00-\u9fff]{{1,8}})+|[\u4e00-\u9fff]{{2,8}}[一二三四五六七八九十]世)(?:{_POSTS})"
)
_LED = re.compile(
    rf"[\u4e00-\u9fff]{{0,24}}?(?:{_POSTS}|{_TRADES}|{_TITLES}|的(?:{_KIN}))是?(?P<name>[\u4e00-\u9fff·]{{2,16}})"
)
#: 特聘 of 特聘教授, 客座, 名誉, 工学 of 工学博士.
_NO_PERSON = re.compile(
    "[特受返续]聘|客座|讲座|名誉|荣誉|外籍|主讲|首席|资深|终身|[\u4e00-\u9fff]学"
)
_SURNAMES_OF_TWO = re.compile(
    "欧阳|司马|诸葛|上官|皇甫|令狐|慕容|东方|夏侯|尉迟|公孙|长孙|司徒|端木"
)


def name_without_title(asked: AskedFor, text: str, start: int, end: int) -> tuple[int, int]:
    """古斯塔夫 of a mark on 古斯塔夫伯爵, 王羲之 of 书法家王羲之, where a Chinese question asks who.

    Where a title is left with no more than a surname, or with words that no name holds, the mark stays.
    """
    if asked.kind != "person" or asked.many or not asked.language.startswith("zh"):
        return start, end
    normalised, offsets = normalize_with_offsets(text[start:end])
    first, last = 0, len(normalised)
    for form in (_TITLED, _IN_POST, _LED):
        found = form.fullmatch(normalised, first, last)
        if found and not (
            _NO_NAME.search(found["name"])
            or _NO_PERSON.fullmatch(found["name"])
            or _SURNAMES_OF_TWO.fullmatch(found["name"])
        ):
            first, last = found.span("name")
    first, last = source_span(offsets, first, last)
    return start + first, start + last
