"""The README's examples run and print what it says."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from rag.cli import main


@pytest.fixture
def readme(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Its text; the working directory is like the repository's, with nothing indexed yet."""
    shutil.copytree(root / "seeds", tmp_path / "seeds")
    monkeypatch.chdir(tmp_path)
    return (root / "README.md").read_text(encoding="utf-8")


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def test_the_python_example(readme: str, capsys: pytest.CaptureFixture[str]) -> None:
    (code,) = blocks(readme, "python")
    (expected,) = blocks(readme, "text")
    exec(compile(code, "README.md", "exec"), {})
    assert capsys.readouterr().out == expected


def test_the_console_example(readme: str, capsys: pytest.CaptureFixture[str]) -> None:
    def timeless(text: str) -> str:
        return re.sub(r"\d+\.\d s$", "N s", text, flags=re.MULTILINE)

    (session,) = blocks(readme, "console")
    for step in session.removeprefix("$ ").split("\n$ "):
        command, _, expected = step.partition("\n")
        program, *arguments = shlex.split(command)
        assert program == "rag"
        assert main(arguments) == 0
        assert timeless(capsys.readouterr().out).rstrip() == timeless(expected).rstrip()


def test_every_command_and_setting_that_it_names_is_there(
    readme: str, capsys: pytest.CaptureFixture[str]
) -> None:
    from rag.settings import explain_settings

    with pytest.raises(SystemExit):
        main(["--help"])
    known = set(re.findall(r"^    (\w+) ", capsys.readouterr().out, re.MULTILINE))
    named = set(re.findall(r"(?:`|^\$ )rag (\w+)", readme, re.MULTILINE))
    assert named
    assert named <= known
    settings = {f"RAG_{name.upper()}" for name, *_ in explain_settings()}
    assert set(re.findall(r"RAG_[A-Z_]+\b", readme)) - {"RAG_"} <= settings | {"RAG_INDEX"}


def test_the_paths_that_it_names_are_there(root: Path) -> None:
    text = (root / "README.md").read_text(encoding="utf-8")
    for path in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (root / path).exists(), path
