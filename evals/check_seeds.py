"""Compare the digests in ``seeds/`` with the articles they sum up.

    python evals/check_seeds.py ORIGINALS_FOLDER [--digests seeds] [--longest 20]

Prints, for each pair, the facts of the original that its digest lacks: figures with their unit,
dates, quoted names, titles of documents, people with a post, and names that end like an
organisation, place, award or programme. Page furniture is left out and named. Then every run of
more than ``--longest`` characters that both share, where quoted names break a run. Exit 0 when
both lists are empty, 1 otherwise. The originals are no part of this repository, so nothing here
runs by default.
"""

from __future__ import annotations

import argparse
import re
import sys
import unicodedata
from pathlib import Path

# What stands around an article on its page: site name, navigation, counters, printer's marks.
FURNITURE = re.compile(
    r"当前位置 > 首页 >|-凯发k8官方旗舰厅|"
    r"阅读 \(\d+\)|扫描到手机|网站地图|▲|◥|(?<=新的更大贡献!)1$",
    re.MULTILINE,
)
DATE = re.compile(r"(20\d\d)-(\d\d)-(\d\d)(?: (\d\d):(\d\d)(?::(\d\d))?)?")
NUMBER = re.compile(
    r"(?<![\d.])\d+(?:\.\d+)?(?:[万亿])?[多余]?"
    r"(?:%|平方公里|平方米|[个家处项条户名支所项件座台次名街员版倍人元届年月日时分年个])?"
)
CHINESE_NUMBER = re.compile(
    r"[一二三四五六七八九十百两]+(?:个|大|级|项|张|次|家|支|所|届|区|带)(?=[\u4e00-\u9fff])"
)
QUOTED = re.compile(r"[“‘《「]([^“”‘’《》「」。]{1,60})[”’》」]")
PERSON = re.compile(
    r"(?:(?:局长|书记|主任|主席)(?P<post>[\u4e00-\u9fff]{2,3}?)(?=[：:表说,，\s]|$))"
    r"|(?:(?:本报|首席)?(?:记者|通讯员) (?P<by>(?:[\u4e00-\u9fff]{2,3}(?: |$))+))"
    r"|(?P<said>[\u4e00-\u9fff]{2,3})(?:介绍，|说，站|说，我)",
    re.MULTILINE,
)
# Endings of names. Longer endings first: the first that fits decides how much is compared.
ENDINGS = """
示范引领区 示范先行区 示范片区 示范区 试验区 先导区 集聚区 自贸片区 示范城市
旅游休闲街区 步行街 街道 社区 街区 片区 卫生健康局 资源局 执法局 管理局
管理总局 监管总局 工信局 科技局 数据局 管委会 卫健委 发改委 科创委 深改委
改革办 常委会 人大 集团 公司 联盟 医院 院区 学校 小学 七中 音乐学院 经贸学院
研究院 研究所 研究中心 实验室 协作中心 治理中心 服务中心 协同中心 油气中心
博览中心 博览城 博览会 啤酒节 啤酒城 会客厅 论坛 交流会 农贸市场 要素大市场
停车场 邮轮港区 工业园 产业园 三角地 立交 高架路 科技城 活力湾 灵山湾 广兴里
大鲍岛 灵山岛 阳台 影都 条例 白皮书 方案 报告 计划 工程 攻坚行动 培树行动
整治行动 专项行动 行动 活动 基金 试点 试点区 试点试验 模式 机制 体系 平台
案例 优秀等级 认证 样板区 窗口区 验收 红旗 专栏 支部 驿站 战略 格局 布局
""".split()
ENDING = re.compile("|".join(sorted(map(re.escape, ENDINGS), key=len, reverse=True)))
# Common words that end like a name and name nothing (reviewed by hand, one by one).
NOT_NAMES = frozenset(
    """
均衡布局 谋划布局 积极布局 服务体系 产业体系 治党体系 网络体系 革的战略 落实战略
振兴战略 法权试点区 上级试点 结合街道 神与街道 推动街道 节会活动 走访活动
贯穿活动 推进活动 献策活动 效是活动 宣讲活动 系统工程 重建工程 体制机制 健全机制
改革机制 招商机制 供给机制 工作机制 引育机制 通了社区 实现社区 目前社区 生的社区
创建社区 狠抓社区 强化社区 营新模式 探索平台 区等平台 主新平台 示范平台 办等平台
改革方案 落实方案 动省人大 展好学校 实际行动 展的行动 言和行动 路和行动 发展格局
作的报告 3年计划
""".split()
)
# How many characters before the ending must stand in the digest with it.
LEAD = 2


def flatten(text: str) -> str:
    """Text without punctuation and white space, width folded: what both sides are compared in."""
    folded = unicodedata.normalize("NFKC", text)
    return "".join(c for c in folded if c.isalnum() or c in "+%." or c == "-").casefold()


def front_matter_removed(text: str) -> str:
    """The digest without its front matter (whose date is checked apart)."""
    return re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.DOTALL)


def missing_facts(original: str, digest: str) -> list[str]:
    """Facts of ``original`` (furniture removed) that do not stand in ``digest``; in order."""
    have = flatten(digest)
    missing: dict[str, None] = {}

    def need(kind: str, fact: str, *spellings: str) -> None:
        if not any(flatten(s) in have for s in (spellings or (fact,))):
            missing.setdefault(f"{kind}: {fact}")

    def replace_date(match: re.Match[str]) -> str:
        year, month, day, hour, minute, second = match.groups()
        need("date", match[0][:10], f"{year}年{int(month)}月{int(day)}日")
        if hour:
            clock = f"{int(hour)}时{int(minute)}分" + (f"{int(second)}秒" if second else "")
            need("time", match[0][11:], clock)
        return " "

    text = DATE.sub(replace_date, original)
    digest_numbers = {flatten(m[0]) for m in NUMBER.finditer(unicodedata.normalize("NFKC", digest))}
    for match in NUMBER.finditer(text):
        figure = flatten(match[0])
        if figure not in digest_numbers:
            bare = re.sub(r"[^\d.%万亿]", "", figure)
            if not any(re.sub(r"[^\d.%万亿]", "", n) == bare for n in digest_numbers):
                around = text[max(0, match.start() - 6) : match.end() + 6]
                missing.setdefault(f"figure: {match[0]} ({' '.join(around.split())})")
    for match in CHINESE_NUMBER.finditer(text):
        if match[0] not in {"一个", "一级", "一次", "一项", "一大"}:
            need("count", text[match.start() : match.end() + 2].strip(), match[0])
    for match in QUOTED.finditer(re.sub(r"\n+", "", text)):
        if len(flatten(match[1])) <= 40:
            need("quoted", match[1])
    for match in PERSON.finditer(text):
        for name in (match["post"] or match["by"] or match["said"] or "").split():
            need("person", name)
    for part in re.split(
        r"[^\w+%.-]+", re.sub(r"[^\S ]+|(?<=[\u4e00-\u9fff])\n+(?=[\u4e00-\u9fff])", "", text)
    ):
        for match in ENDING.finditer(part):
            if match.start() >= LEAD:  # less in front of it: a common noun, not a name
                name = part[match.start() - LEAD : match.end()]
                if name not in NOT_NAMES:
                    need("name", name)
    return list(missing)


def shared_runs(original: str, digest: str, longest: int) -> list[str]:
    """Maximal runs of more than ``longest`` flattened characters that both texts hold."""
    # A quoted slogan or a title in 《》 is a name: it breaks runs, with another mark on each side.
    left, right = (
        flatten(QUOTED.sub(mark, text)) for mark, text in (("甲甲", original), ("乙乙", digest))
    )
    runs: list[str] = []
    i = 0
    while i + longest < len(right):
        size = longest + 1
        if right[i : i + size] not in left:
            i += 1
            continue
        while i + size < len(right) and right[i : i + size + 1] in left:
            size += 1
        runs.append(right[i : i + size])
        i += size
    return runs


def main() -> int:
    """Compare every pair; 0 when nothing is missing and nothing is copied."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else None)
    parser.add_argument("originals", type=Path)
    parser.add_argument("--digests", type=Path, default=Path("seeds"))
    parser.add_argument("--longest", type=int, default=20)
    arguments = parser.parse_args()
    problems = 0
    originals = sorted(arguments.originals.glob("*.txt"))
    if not originals:
        print(f"no .txt originals in {arguments.originals}", file=sys.stderr)
        return 1
    for path in originals:
        digest_path = arguments.digests / f"{path.name[:3]}.md"
        raw = path.read_text(encoding="utf-8")
        original = FURNITURE.sub(" ", raw)
        whole = digest_path.read_text(encoding="utf-8")
        digest = front_matter_removed(whole)
        missing = missing_facts(original, digest)
        runs = shared_runs(original, whole, arguments.longest)
        problems += len(missing) + len(runs)
        furniture = [" ".join(m[0].split()) for m in FURNITURE.finditer(raw)]
        print(
            f"{digest_path}: {len(missing)} missing, {len(runs)} shared runs, "
            f"{len(flatten(digest))} of {len(flatten(original))} characters; "
            f"furniture left out: {', '.join(furniture) or 'none'}"
        )
        for line in missing:
            print(f"  missing {line}")
        for run in runs:
            print(f"  shared ({len(run)}) {run}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
