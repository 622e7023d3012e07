"""The digests: whole front matter, sections, and the script that compares them with originals."""

import importlib.util
import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
SEEDS = sorted((ROOT / "seeds").glob("*.md"))


def load_script():
    spec = importlib.util.spec_from_file_location("check_seeds", ROOT / "evals/check_seeds.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_there_are_five():
    assert [path.name for path in SEEDS] == [f"00{n}.md" for n in range(5)]


@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.name)
def test_front_matter_and_sections(path):
    _, head, body = path.read_text(encoding="utf-8").split("---\n", 2)
    fields = yaml.safe_load(head)
    assert set(fields) <= {"title", "publisher", "published", "about"}
    assert fields["title"]
    assert fields["about"]
    assert len(re.findall(r"^## ", body, re.MULTILINE)) >= 5
    assert len(re.findall(r"^# ", body, re.MULTILINE)) == 1


def test_publication_dates_are_those_that_the_originals_tell():
    told = {
        path.name: str(
            yaml.safe_load(path.read_text(encoding="utf-8").split("---\n")[1]).get("published")
        )
        for path in SEEDS
    }
    assert told == {
        "000.md": "None",
        "001.md": "2024-06-12",
        "002.md": "2022-12-31",
        "003.md": "2024-01-04",
        "004.md": "None",
    }


def test_a_lost_figure_name_and_date_are_told():
    script = load_script()
    original = "2031-02-03 07:05\n\n镇长说,新建“彩虹工程”12个,投资3.5亿元。书记赵四海表示满意。"
    assert (
        script.missing_facts(original, "2031年2月3日7时5分，赵四海说“彩虹工程”12个，3.5亿元。")
        == []
    )
    lost = script.missing_facts(original, "2031年2月，赵四说工程有12个，花了3.5万元。")
    assert [line.split(" (")[0] for line in lost] == [
        "date: 2031-02-03",
        "time: 07:05",
        "figure: 3.5亿元",
        "quoted: 彩虹工程",
        "person: 赵四海",
        "name: 彩虹工程",
    ]


def test_a_copied_run_is_told_but_a_quoted_slogan_is_not():
    script = load_script()
    run = "一二三四五六七八九十甲乙丙丁戊己庚辛壬癸子丑"
    assert script.shared_runs(f"前言{run}后", f"别的{run}完", 20) == [run]
    assert script.shared_runs(f"前言“{run}”后", f"别的“{run}”完", 20) == []
