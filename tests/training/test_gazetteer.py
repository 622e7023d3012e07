"""The table of China's divisions."""

from __future__ import annotations

import json

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
    ("wikidict", "Inner Mongolia Autonomous Region", "内蒙古自治区"),
]


def test_names_are_told_from_common_words_and_spelled(tmp_path) -> None:
    rows = [{"s": s, "l": "zh", "e": e, "x": x} for s, e, x in TITLES]
    (tmp_path / "titles_dict.jsonl").write_text(
        "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8"
    )
    (tmp_path / "divisions.csv").write_text(DIVISIONS, encoding="utf-8")
    out = tmp_path / "places.tsv"
    assert write_gazetteer(tmp_path / "divisions.csv", tmp_path, out) == 7
    found = sorted(out.read_text(encoding="utf-8").splitlines())
    assert found == sorted(
        [
            "市\tdongfang\t东方",
            "区\tinnermongolia neimenggu\t=内蒙古",
            "区\tlaoshan\t=崂山",
            "区\tshinan\t市南",
            "州\txiangxi\t=湘西",
            "市\tqingdao\t=青岛",
            "省\tliaoning\t=辽宁",
        ]
    )
