"""The names users may rely on, and that importing them costs nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import rag

NAMES = [
    "Answer", "Chunk", "Citation", "Document", "DocumentInfo", "Failure", "IngestReport",
    "KnowledgeBase", "Passage", "RagError", "Settings", "Statement",
]  # fmt: skip
HEAVY = {"torch", "sentence_transformers", "gradio", "langchain", "langchain_core", "faiss",
         "onnxruntime", "transformers", "numpy"}  # fmt: skip


def test_the_list_of_names() -> None:
    assert sorted(rag.__all__) == NAMES
    assert all(getattr(rag, name).__name__ == name for name in NAMES)


def test_type_checkers_of_users_read_the_types() -> None:
    assert (Path(rag.__file__).parent / "py.typed").is_file()


def test_an_unknown_name() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Nonsense'"):
        _ = rag.Nonsense


@pytest.mark.parametrize("code", ["import rag", "import rag.cli; rag.cli.main(['settings'])"])
def test_importing_loads_nothing_heavy(code: str) -> None:
    script = f"import sys; {code}; print(sorted(set(sys.modules) & {HEAVY!r}))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"
