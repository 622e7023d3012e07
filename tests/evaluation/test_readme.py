"""evals/README.md says what is so."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from rag.evaluation import command
from rag.evaluation.formats import FORMATS
from rag.evaluation.measures import MEANINGS
from rag.evaluation.suites import Suite

TEXT = (Path(__file__).resolve().parents[2] / "evals" / "README.md").read_text(encoding="utf-8")


def test_options_exist() -> None:
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    known = {option for action in parser._actions for option in action.option_strings}
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", TEXT)) <= known


def test_measures_exist() -> None:
    named = set(re.findall(r"\*\*([a-zA-Z_@%0-9 /]+)\*\*", TEXT))
    names = {name.strip() for entry in named for name in entry.split("/")}
    assert {name for name in names if "_" in name or "@" in name} <= set(MEANINGS) | {"recall@k"}


def test_formats_exist() -> None:
    line = TEXT[TEXT.index("formats: `") :].split(". See")[0]
    assert set(re.findall(r"`([a-z-]+)`", line)) == set(FORMATS)


def test_the_suite_loads(tmp_path) -> None:
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "my" / "files").mkdir(parents=True)
    block = re.search(r"```yaml\n(.+?)```", TEXT, re.DOTALL)
    (tmp_path / "mine.yaml").write_text(block[1], encoding="utf-8")
    suite = Suite.load(tmp_path / "mine.yaml")
    assert [question.answerable for question in suite.questions] == [True, True, True, False]
    assert suite.questions[1].answers == (("172个", "172"), ("30个",))
