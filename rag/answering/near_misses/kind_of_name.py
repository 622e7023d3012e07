"""Whether a sentence can hold a name of the kind asked for: 哪几个镇, 哪所大学, 哪家船厂造的.

Most names of these kinds end with what they are. A maker may go by any name: of one it is only said that a sentence
names none where it tells that something was built or handed over, speaks of no firm, and says nothing of whom by.
"""

# ruff: noqa: E501, ISC004  (a pattern is read as one line; two of them side by side, as a pair)

from __future__ import annotations

import re
from functools import lru_cache

__all__ = ["asks_kind_of_name", "lacks_kind_of_name"]

_WHICH = "哪(?:一|[几两三四五六七八九十]|\\d{1,2})?(?:个|家|所|座|条|处|些)?"
#: Kinds, and what a text that holds a name of one has.
_KINDS: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = tuple(
    (re.compile(f"{_WHICH}(?:{kinds})"), re.compile(holds))
    for kinds, holds in (
        (
            "乡镇|镇街|镇(?!长)|乡(?![下长村])|街道",
            "(?<![乡各全小])镇(?!街|静|痛|定|化|就业|居民|职工|登记|人口|失业|燃气|开发)|(?<![城下])乡(?![村镇])|街道|办事处|位于|坐落|地处|来自|住|居首|位居|第一|首位",
        ),
        (
            "大学|高校|院校|学院",
            "大学|学院|学校|院校|高校|[\u4e00-\u9fff]大(?=[,、。的和与及]|$)|[理工师财农医科北浙川武南山中厦兰天同湖郑苏暨华东复交]大"
            "|毕业于|从[^,。;]{2,8}毕业|就读|考[入上取]|录取|攻读|学位|学历|任教|执教|校友|教授|理工|清华|复旦|[北中]传|[北上中]戏|北影|[央国]美|[中国央]音|[a-z]{3}",
        ),
        (
            "医院",
            "院|中心|医学|诊所|机构|送(?!医|治|诊|来|去|他|她)|转[往到至]|[省市]立|[协齐]和|[a-z]{3}",
        ),
        ("银行", "行|开户|[a-z]{3}"),
    )
)
#: Names may stand in a row without their kind: 大村、六汪、宝山三地.
_ROW = re.compile(
    r"(?<![^\W\d_于在为是有到括含盖自向及])[\u4e00-\u9fff]{2,4}(?:、[\u4e00-\u9fff]{2,4})+"
)

_MAKER = re.compile(
    f"{_WHICH}(?:公司|企业|集团|船厂|工厂|厂家?|厂商|开发商|建筑公司|建筑企业|单位)(?:来|负责|投资|出资)*"
    "(?:承建|建造|建设|建成|修建|兴建|盖|建|造|制造|生产|开发|施工|投资|出资|设计)(?:的|出来|了)"
)
_FIRM = re.compile(
    "公司|集团|厂|企业|股份|重工|船舶|造船|工业|科技|实业|控股|地产|置[业地]|银行|基金|[中大]院|研究[院所]|中[国船车铁建交石海化粮核电冶]"
    "|[a-z]{2}|由|旗下|携手|联合(?!国)|合作|牵头|自主|承建|自建|共建|代建|出资|出自|之手|操刀|[将把]其"
)
#: At the end of a clause these say that it is built, and of nobody that he built it.
_IS_BUILT = re.compile(
    "(?:建成|交付|落成|竣工|完工|开工|投用|投产|启用|下线|封顶|通车|量产|建设|完成)(?=[,;。!]|$)"
)

#: A sentence whose subject is the thing told of before: 该桥, 2010年建成.
_OMITTED = re.compile("^[于已]|^(?:[目此]前|现已|如今)|^\\d|[该此这它]")
#: Characters of a question that are no part of what was made.
_NO_THING = re.compile(
    "[^\u4e00-\u9fff]|[那这艘座个栋条款架部台辆所家的是由被在于了吗呢请问到底究竟]"
)


def asks_kind_of_name(asked: str) -> bool:
    """Whether a normalised Chinese question asks for a name of such a kind."""
    return bool(_kinds_asked(asked)) or _MAKER.search(asked) is not None


def lacks_kind_of_name(asked: str, told: str) -> bool:
    """Whether a Chinese sentence cannot hold the name that was asked for; both normalised."""
    if re.search("[\u4e00-\u9fff]", told) is None:
        return False
    if maker := _MAKER.search(asked):
        built = _FIRM.search(told) is None and _IS_BUILT.search(told) is not None
        return built and _is_of(asked[: maker.start()] + asked[maker.end() :], told)
    if _ROW.search(told):
        return False
    return any(not holds.search(told) for holds in _kinds_asked(asked))


def _is_of(thing: str, told: str) -> bool:
    """Whether a sentence is about the thing that was made; else what it opens with may be the maker: 小米启动量产."""
    if _OMITTED.search(told):
        return True
    return any(one in told for one in _NO_THING.sub("", thing))


@lru_cache(maxsize=64)
def _kinds_asked(asked: str) -> tuple[re.Pattern[str], ...]:
    return tuple(holds for asks, holds in _KINDS if asks.search(asked))
