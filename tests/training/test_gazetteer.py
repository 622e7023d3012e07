"""The table of China's divisions."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("pypinyin")

from rag.training.gazetteer import write_gazetteer

DIVISIONS = """adcode,name
210000000000,辽宁省
150000000000,内蒙古自治区
370200000000,青岛市
370212000000,崂山区
370202000000,市南区
469007000000,东方市
370201000000,市辖区
433100000000,湘西土家族苗族自治州
"""
TITLES = [
    ("cc-cedict", "Liaoning province in northeast China", "辽宁"),
    ("cc-cedict", "Laoshan district of Qingdao city, Shandong", "崂山"),
    ("cc-cedict", "the East; east", "东方"),
]
#: Written small often enough to be an English word.
ENGLISH = ["a dongfang", "two dongfang", "three dongfang"]


def _write(path: Path, rows: list[dict[str, str]]) -> None:
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    path.write_text(text, encoding="utf-8")


def test_names_are_told_from_common_words_and_spelled(tmp_path) -> None:
    titles = [{"s": s, "l": "zh", "e": e, "x": x} for s, e, x in TITLES]
    _write(tmp_path / "titles_dict.jsonl", titles)
    _write(tmp_path / "parallel.jsonl", [{"s": "s", "l": "zh", "e": e, "x": "x"} for e in ENGLISH])
    (tmp_path / "divisions.csv").write_text(DIVISIONS, encoding="utf-8")
    out = tmp_path / "places.tsv"
    count = write_gazetteer(tmp_path / "divisions.csv", tmp_path, out)
    lines = out.read_text(encoding="utf-8").splitlines()
    assert len(lines) == count
    rows = {tuple(line.split("\t")) for line in lines}
    assert {
        ("市", "dongfang", "东方"),
        ("区", "=neimenggu =innermongolia", "=内蒙古"),
        ("区", "=laoshan", "=崂山"),
        ("区", "=shinan", "市南"),
        ("州", "=xiangxi", "=湘西"),
        ("市", "=qingdao", "=青岛"),
        ("省", "=liaoning", "=辽宁"),
        ("区", "=xihaian =westcoast", "西海岸"),
    } <= rows
    assert not any(stem.endswith("市辖") for _, _, stem in rows)
