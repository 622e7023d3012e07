"""The characters that each syllable of Mandarin may write, for names in Latin letters.

Readings are those of the package ``pypinyin`` (MIT), without tones, for the characters that occur in
the training news: ``python -m rag.training.pinyin --data DIR --out FILE``.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from pathlib import Path

from rag.normalization import normalize
from rag.training.data_files import rows_of

__all__ = ["write_table"]

_HAN = re.compile(r"[\u4e00-\u9fff]")


def write_table(data: Path, out: Path, *, articles: int = 20_000) -> int:
    """Write one line per syllable: the syllable, a tab, its characters, commonest first."""
    from pypinyin import Style, pinyin

    counts: Counter[str] = Counter()
    for row, _ in zip(rows_of(data, "news_zh"), range(articles), strict=False):
        counts.update(_HAN.findall(normalize(row["t"])))
    table: dict[str, list[str]] = {}
    for character, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        readings = pinyin(character, style=Style.NORMAL, heteronym=True)[0]
        for reading in dict.fromkeys(readings):
            syllable = reading.replace("ü", "v")
            if syllable.isascii() and syllable.isalpha():
                table.setdefault(syllable, []).append(character)
    lines = [f"{syllable}\t{''.join(table[syllable])}\n" for syllable in sorted(table)]
    out.write_text("".join(lines), encoding="utf-8")
    return len(lines)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    print(write_table(given.data, given.out), "syllables")
