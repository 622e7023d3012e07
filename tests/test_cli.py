"""rag.cli: what a user types, what comes back, and one clear line for each mistake."""

from __future__ import annotations

import json
import os
import resource
import shlex
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from rag import KnowledgeBase, Settings
from rag.cli import main, parse_where
from rag.errors import QueryError

LIBRARY = "城东图书馆2024年有藏书38万册。它每天开放12小时，周一闭馆。馆长是林小雨。"
POOL = "城西游泳馆有8条泳道。票价是每人30元。2023年接待市民21万人次。"
QUESTION = "图书馆有多少册藏书?"


class Ran(NamedTuple):
    status: int
    out: str
    err: str

    @property
    def line(self) -> str:
        """The one line on stderr."""
        assert self.err.count("\n") == 1, self.err
        assert "Traceback" not in self.err
        return self.err.rstrip("\n")


Run = Callable[..., Ran]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("RAG_READER", "0")

    def call(*arguments: str) -> Ran:
        try:
            status = main(arguments)
        except SystemExit as leaving:
            status = int(str(leaving.code))
        return Ran(status, *capsys.readouterr())

    return call


@pytest.fixture(scope="session")
def docs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cli") / "docs"
    folder.mkdir()
    front = "---\ntitle: {}\npublished: {}\n---\n\n{}\n"
    (folder / "library.md").write_text(front.format("城东图书馆", "2024-05-01", LIBRARY))
    (folder / "pool.md").write_text(front.format("城西游泳馆", "2023-12-31", POOL))
    return folder


@pytest.fixture(scope="session")
def built(docs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("cli-index") / "index"
    with KnowledgeBase.open(path, settings=Settings(reader=False)) as kb:
        assert len(kb.index(docs).added) == 2
    return path


@pytest.fixture
def index(built: Path, tmp_path: Path) -> str:
    """A copy to spoil."""
    return str(shutil.copytree(built, tmp_path / "index"))


def documents_in(path: str | Path) -> list[str]:
    with KnowledgeBase.open(path, settings=Settings(reader=False), read_only=True) as kb:
        return [info.source for info in kb.documents()]


def rag(
    *arguments: str | bytes, code: str = "from rag.cli import main", **more: Any
) -> subprocess.CompletedProcess[bytes]:
    program = f"import sys\n{code}\nsys.exit(main())"
    environment = {**os.environ, "RAG_READER": "0", **more.pop("env", {})}
    return subprocess.run(
        [sys.executable, "-c", program, *arguments],
        capture_output=True,
        check=False,
        timeout=120,
        env=environment,
        **more,
    )


# ------------------------------------------------------------------ what a user does


def test_index_ask_documents_remove(run: Run, docs: Path, tmp_path: Path) -> None:
    index = str(tmp_path / "new" / "index")
    ran = run("index", str(docs), "--index", index)
    assert ran.status == 0
    assert ran.out.startswith(f"{index}: 2 added, 0 updated, 0 unchanged, 0 removed, 0 failed; ")
    assert run("index", str(docs), "--index", index).out.startswith(
        f"{index}: 0 added, 0 updated, 2"
    )

    ran = run("ask", QUESTION, "--index", index)
    assert ran.status == 0
    assert "38万册" in ran.out
    assert "[1] 城东图书馆 · 2024-05-01\n    docs/library.md:" in ran.out
    assert ran.err == ""

    ran = run("search", QUESTION, "-k", "1", "--index", index)
    assert ran.out.startswith("1. ")
    assert "docs/library.md:" in ran.out
    assert "docs/pool.md" not in ran.out

    ran = run("documents", "--index", index)
    assert [line.split("\t")[:2] for line in ran.out.splitlines()] == [
        ["docs/library.md", "2024-05-01"],
        ["docs/pool.md", "2023-12-31"],
    ]
    listed = json.loads(run("documents", "--json", "--index", index).out)
    assert [(one["id"], one["title"]) for one in listed] == [
        ("docs/library.md", "城东图书馆"),
        ("docs/pool.md", "城西游泳馆"),
    ]

    assert run("remove", "docs/pool.md", "--index", index).out == "removed docs/pool.md\n"
    assert documents_in(index) == ["docs/library.md"]
    assert run("doctor", "--index", index).status == 0


def test_index_reports_as_json(run: Run, docs: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.pdf"
    bad.write_bytes(b"nothing")
    ran = run("index", str(docs), str(bad), "--json", "--index", str(tmp_path / "i"))
    assert ran.status == 1
    report = json.loads(ran.out)
    assert set(report) == {
        "added", "updated", "unchanged", "removed", "failed", "notes", "passages", "seconds",
    }  # fmt: skip
    assert len(report["added"]) == 2
    assert report["failed"][0]["source"].endswith("bad.pdf")


def test_a_failed_file_is_named_and_the_rest_indexed(run: Run, docs: Path, tmp_path: Path) -> None:
    ran = run("index", str(docs), str(tmp_path / "missing.txt"), "--index", str(tmp_path / "i"))
    assert ran.status == 1
    assert ran.line.startswith(f"failed: {tmp_path / 'missing.txt'}: does not exist")
    assert "2 added" in ran.out
    assert "1 failed" in ran.out


def test_prune(run: Run, docs: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(docs, tmp_path / "docs")
    index = str(tmp_path / "i")
    run("index", str(folder), "--index", index)
    (folder / "pool.md").unlink()
    assert "0 removed" in run("index", str(folder), "--index", index).out
    assert "1 removed" in run("index", str(folder), "--prune", "--index", index).out
    assert documents_in(index) == ["docs/library.md"]


def test_remove_a_folder(run: Run, index: str) -> None:
    ran = run("remove", "docs", "--index", index)
    assert (ran.status, ran.line.endswith("to remove all files in it: rag remove docs/")) == (
        1,
        True,
    )
    ran = run("remove", "docs/", "--index", index)
    assert (ran.status, ran.out) == (0, "removed 2 documents\n")
    assert documents_in(index) == []


def test_reembed_where_it_is_not_needed(run: Run, docs: Path, index: str, tmp_path: Path) -> None:
    ran = run("index", "--reembed", "--index", index)
    assert ran.status == 0
    assert "2 unchanged" in ran.out
    ran = run("index", str(docs), "--reembed", "--index", str(tmp_path / "none yet"))
    assert ran.status == 0
    assert "2 added" in ran.out


def test_reembed_with_other_chunks(run: Run, docs: Path, index: str) -> None:
    small = ("--set", "chunk_tokens=16", "--set", "chunk_overlap=0")
    ran = run("index", str(docs), "--index", index, *small)
    assert ran.status == 1
    assert "chunk_tokens=256" in ran.line
    command = f"rag index --reembed --index {index} --set chunk_tokens=16 --set chunk_overlap=0"
    assert ran.line.endswith(command)
    ran = run("index", str(docs), "--reembed", "--index", index, *small)
    assert ran.status == 0
    assert "2 updated" in ran.out
    assert run("index", str(docs), "--index", index, *small).status == 0
    assert "2 unchanged" in run("index", str(docs), "--index", index, *small).out


def test_all_sources_of_a_text_are_named(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "twice"
    folder.mkdir()
    for name in ("a.txt", "b.txt"):
        (folder / name).write_text(LIBRARY, encoding="utf-8")
    index = ("--index", str(tmp_path / "i"))
    assert run("index", str(folder), *index).status == 0
    line = f"much the same text: twice/b.txt:0-{len(LIBRARY)}\n"
    for command in ("search", "ask"):
        shown = run(command, QUESTION, *index).out + "\n"
        assert shown.count("twice/a.txt:0-") == 1
        assert shown.count(line) == 1


def test_snapshot_opens(run: Run, index: str, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    assert run("snapshot", str(copy), "--index", index).status == 0
    assert documents_in(copy) == documents_in(index)
    ran = run("snapshot", str(copy), "--index", index)
    assert ran.status == 1
    assert str(copy) in ran.line


def test_settings_say_where_they_are_from(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rag.toml").write_text("max_sentences = 2\n")
    monkeypatch.setenv("RAG_K", "5")
    rows = json.loads(run("settings", "--json", "--set", "fusion=rrf").out)
    assert rows["max_sentences"] == {"value": 2, "from": "rag.toml"}
    assert rows["k"] == {"value": 5, "from": "RAG_K"}
    assert rows["fusion"] == {"value": "rrf", "from": "argument"}
    assert rows["chunk_tokens"] == {"value": 256, "from": "default"}
    text = run("settings").out
    assert len(text.splitlines()) == len(rows)
    assert "RAG_K" in text


def test_a_misspelt_variable_is_told_and_stops_nothing(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RAG_MODLE", "x")
    ran = run("settings")
    assert (ran.status, ran.line) == (0, "note: nothing reads RAG_MODLE. Did you mean RAG_MODEL?")


def test_help_loads_nothing_heavy() -> None:
    heavy = ("torch", "numpy", "faiss", "gradio", "langchain_core", "tiktoken", "sqlite3")
    code = (
        "import rag.cli\n"
        "def main():\n"
        "    try:\n"
        "        rag.cli.main(['--help'])\n"
        "    except SystemExit:\n"
        f"        print([name for name in {heavy!r} if name in sys.modules])\n"
    )
    ran = rag(code=code)
    assert ran.stdout.decode().endswith("\n[]\n")
    assert b"rag index seeds/" in ran.stdout


def test_asking_loads_nothing_heavy(built: Path) -> None:
    heavy = ("torch", "sentence_transformers", "transformers", "gradio", "langchain_core", "scipy")
    code = (
        "import rag.cli\n"
        "def main():\n"
        "    rag.cli.main()\n"
        f"    print([name for name in {heavy!r} if name in sys.modules])\n"
    )
    ran = rag("ask", QUESTION, "--index", str(built), code=code)
    assert ran.stderr == b""
    assert ran.stdout.decode().endswith("\n[]\n")


# ------------------------------------------------------------------ citations


def test_citations_are_the_same_in_all_three_ways(run: Run, built: Path, tmp_path: Path) -> None:
    questions = [
        QUESTION,
        "游泳馆票价是多少?",
        "How many books does the library have?",
        "谁是市长?",
    ]
    file = tmp_path / "questions.jsonl"
    file.write_text("".join(json.dumps({"question": one}) + "\n" for one in questions))
    batch = run("ask", "--batch", str(file), "--json", "--index", str(built))
    assert batch.status == 0
    rows = [json.loads(line) for line in batch.out.splitlines()]
    assert [row["question"] for row in rows] == questions
    cited = 0
    with KnowledgeBase.open(built, settings=Settings(reader=False)) as kb:
        for question, row in zip(questions, rows, strict=True):
            alone = json.loads(run("ask", question, "--json", "--index", str(built)).out)
            answer = kb.ask(question)
            for name in ("text", "citations", "refused", "answerer"):
                assert row[name] == alone[name]
            assert row["text"] == answer.text
            assert row["refused"] == answer.refused
            assert len(row["citations"]) == len(answer.citations)
            for told, citation in zip(row["citations"], answer.citations, strict=True):
                text = kb.document(told["document_id"]).text
                assert told["quote"] == text[told["start"] : told["end"]] == citation.quote
                assert f"[{told['number']}]" in row["text"]
                if told["highlight"]:
                    start, end = told["highlight"]
                    assert text[start:end] == citation.highlight_text
                cited += 1
            assert answer.refused == (not answer.citations)
    assert cited


# ------------------------------------------------------------------ batch


def test_a_broken_line_reports_and_the_others_answer(run: Run, built: Path, tmp_path: Path) -> None:
    file = tmp_path / "q.jsonl"
    lines = [
        json.dumps({"question": QUESTION, "id": "first"}),
        "{broken",
        "",
        json.dumps({"no": "question"}),
        json.dumps({"question": ""}),
        json.dumps({"question": QUESTION, "where": {"nothing": 1}}),
        json.dumps({"question": QUESTION, "history": ["x"]}),
        json.dumps(["a list"]),
        json.dumps({"question": QUESTION, "were": {"published": "2024"}, "id": "typo"}),
        json.dumps(
            {
                "question": "票价多少?",
                "history": [["游泳馆在哪里?", "在城西。"]],
                "id": 9,
                "expected": "its own",
            }
        ),
    ]
    file.write_bytes(
        "\n".join(lines).encode() + b'\n{"question": "\xff \xe7\xa5\xa8\xe4\xbb\xb7"}\n'
    )
    ran = run("ask", "--batch", str(file), "--json", "--index", str(built))
    assert ran.status == 1
    rows = [json.loads(line) for line in ran.out.splitlines()]
    assert len(rows) == 10
    assert [row.get("line") for row in rows] == [None, 2, 4, 5, 6, 7, 8, 9, None, None]
    assert rows[0]["id"] == "first"
    assert "38万册" in rows[0]["text"]
    assert "unknown field 'were'; did you mean 'where'?" in rows[7]["error"]
    assert rows[8]["id"] == 9
    assert ran.err.count("\n") == 7
    assert "line 2: is not JSON" in ran.err
    assert "'nothing'" in ran.err


def test_batch_as_text(run: Run, built: Path, tmp_path: Path) -> None:
    file = tmp_path / "q.jsonl"
    file.write_text(f'\ufeff{{"question": "{QUESTION}"}}\nbroken\n', encoding="utf-8")
    ran = run("ask", "--batch", str(file), "--index", str(built))
    assert ran.status == 1
    assert ran.out.startswith(f"{QUESTION}\n")
    assert "line 2" in ran.line


def test_batch_in_an_older_encoding(run: Run, built: Path, tmp_path: Path) -> None:
    file = tmp_path / "q.jsonl"
    file.write_bytes(f'{{"question": "{QUESTION}"}}\n'.encode("gb18030") * 2)
    ran = run("ask", "--batch", str(file), "--json", "--index", str(built))
    assert ran.status == 0
    rows = [json.loads(line) for line in ran.out.splitlines()]
    assert [row["question"] for row in rows] == [QUESTION, QUESTION]
    assert "38万册" in rows[1]["text"]


def test_closed_streams_are_no_fault(built: Path) -> None:
    program = "import sys; from rag.cli import main; sys.exit(main())"
    for closing, arguments, status, out in (
        (">&-", ["documents"], 0, b""),
        ("2>&-", ["ask", ""], 1, b""),
        ("<&-", ["ask", "--batch", "-", "--json"], 0, b""),
    ):
        command = shlex.join([sys.executable, "-c", program, *arguments, "--index", str(built)])
        ran = subprocess.run(
            f"{command} {closing}", shell=True, capture_output=True, timeout=60, check=False
        )
        assert (ran.returncode, ran.stdout, ran.stderr) == (status, out, b"")


def test_batch_from_stdin(built: Path) -> None:
    line = json.dumps({"question": QUESTION}).encode() + b"\n"
    ran = rag("ask", "--batch", "-", "--json", "--index", str(built), input=line * 2)
    assert ran.returncode == 0
    assert len(ran.stdout.splitlines()) == 2


# ------------------------------------------------------------------ filters


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ([], None),
        (["source=a.md"], {"source": {"in": ["a.md"]}}),
        (["source=a", "source=b"], {"source": {"in": ["a", "b"]}}),
        (["source!=a", "source!=b"], {"source": {"not in": ["a", "b"]}}),
        (["published>=2023-01-01", "published<2024"], {"published": {">=": "2023-01-01", "<": "2024"}}),
        ([" year >= 2020 "], {"year": {">=": 2020}}),
        (["year=2020"], {"year": {"in": ["2020", 2020]}}),
        (["share<0.5"], {"share": {"<": 0.5}}),
        (["title=a=b"], {"title": {"in": ["a=b"]}}),
        (["source="], {"source": {"in": [""]}}),
        (["published==2023"], {"published": {"in": ["2023"]}}),
        (["journal name=Nature"], {"journal name": {"in": ["Nature"]}}),
        (["price (EUR) <= 4"], {"price (EUR)": {"<=": 4}}),
        (["影响 因子>=3"], {"影响 因子": {">=": 3}}),
    ],
)  # fmt: skip
def test_where(conditions: list[str], expected: dict[str, Any] | None) -> None:
    assert parse_where(conditions) == expected


@pytest.mark.parametrize(
    "wrong", ["", "source", "=a", ">2", "a b", "published>=1 published>=2 =", "~x"]
)
def test_where_that_cannot_be_read(wrong: str) -> None:
    if wrong.startswith("published"):
        with pytest.raises(QueryError, match="given twice"):
            parse_where(["published>=1", "published>=2"])
        return
    with pytest.raises(QueryError, match="write it as FIELD=VALUE"):
        parse_where([wrong])


def test_where_filters(run: Run, built: Path) -> None:
    def sources(*where: str) -> set[str]:
        ran = run("search", "2023年", "--json", "--index", str(built), *where)
        return {passage["source"] for passage in json.loads(ran.out)}

    assert sources("--where", "published>=2024") == {"docs/library.md"}
    assert sources("--where", "source=docs/pool.md") == {"docs/pool.md"}
    assert sources("--where", "source!=docs/pool.md") == {"docs/library.md"}
    assert sources("--where", "characters>5") == {"docs/library.md", "docs/pool.md"}
    assert sources("--where", "published>2030") == set()


# ------------------------------------------------------------------ mistakes


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "required: COMMAND"),
        (("answer",), "invalid choice: 'answer'"),
        (("ask",), "give one question, or --batch FILE"),
        (("ask", "pool", "--batch", "b"), "give one question, or --batch FILE"),
        (("ask", "pool", "-k", "many"), "invalid int value"),
        (("index",), "nothing to index; name files or folders"),
        (("search",), "required: QUESTION"),
        (("ask", "pool", "--nonsense"), "unrecognized arguments: --nonsense"),
    ],
)
def test_usage_is_one_line_and_status_2(run: Run, arguments: Sequence[str], told: str) -> None:
    ran = run(*arguments)
    assert ran.status == 2
    assert told in ran.line
    assert "--help" in ran.line
    assert ran.out == ""


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("ask", ""), ("empty",)),
        (("ask", " \n\t"), ("empty",)),
        (("ask", "问" * 100_000), ("100,000", "question")),
        (("search", ""), ("empty",)),
        (("ask", "pool", "-k", "0"), ("k=0", "between 1 and 1000")),
        (("search", "a", "-k", "-1"), ("k=-1", "between 1 and 1000")),
        (("ask", "pool", "--where", "colour=red"), ("'colour'", "published")),
        (("ask", "pool", "--where", "red"), ("'red'", "FIELD=VALUE")),
        (("ask", "pool", "--set", "chunk_token=3"), ("'chunk_token'", "chunk_tokens")),
        (("ask", "pool", "--set", "colour=3"), ("'colour'", "rag settings")),
        (("ask", "pool", "--set", "k"), ("NAME=VALUE",)),
        (("ask", "pool", "--set", "k=lots"), ("k='lots'",)),
        (("ask", "pool", "--batch-x"), ()),
        (("remove", "docs/pool.md", "docs/no.md"), ("docs/no.md", "nothing was removed")),
        (("index", "/nonexistent/x"), ("/nonexistent/x", "does not exist")),
        (("ask", "--batch", "/nonexistent/x"), ("/nonexistent/x", "No such file")),
    ],
)
def test_a_mistake_is_one_line(
    run: Run, index: str, arguments: Sequence[str], told: Sequence[str]
) -> None:
    ran = run(*arguments, "--index", index)
    assert ran.status == (1 if told else 2)
    for part in told:
        assert part in ran.line
    assert documents_in(index) == ["docs/library.md", "docs/pool.md"]


def test_a_folder_that_is_no_index(run: Run, docs: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(docs, tmp_path / "letters")
    before = sorted(path.name for path in folder.iterdir())
    for command in (("ask", "a"), ("index", str(docs)), ("documents",), ("doctor",)):
        ran = run(*command, "--index", str(folder))
        assert ran.status == 1
        assert str(folder) in ran.line
        assert "is not an index" in ran.line
    assert sorted(path.name for path in folder.iterdir()) == before
    ran = run("ask", "a", "--index", str(folder / "library.md"))
    assert "is a file" in ran.line
    (folder / "catalog.sqlite").write_bytes(b"no database" * 1000)
    ran = run("ask", "a", "--index", str(folder))
    assert ran.status == 1
    assert "catalog.sqlite" in ran.line or str(folder) in ran.line


def test_an_index_that_is_not_there(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "none"
    for command in (("ask", "a"), ("documents",), ("doctor",), ("remove", "x")):
        ran = run(*command, "--index", str(path))
        assert ran.status == 1
        assert f"rag index PATH --index {path}" in ran.line
    assert not path.exists()


def test_locked_by_another_writer(run: Run, docs: Path, index: str) -> None:
    with (
        KnowledgeBase.open(index, settings=Settings(reader=False)) as kb,
        kb._store.writer(),
    ):
        for command in (
            ("index", str(docs)),
            ("remove", "docs/pool.md"),
            ("index", "--reembed", "--set", "chunk_tokens=99"),
        ):
            ran = run(*command, "--index", index)
            assert ran.status == 1
            assert index in ran.line
            assert f"process {os.getpid()}" in ran.line
        assert run("ask", QUESTION, "--index", index).status == 0


def test_built_with_another_model(run: Run, index: str, tmp_path: Path) -> None:
    ran = run("ask", QUESTION, "--index", index, "--model", "other/model")
    assert ran.status == 1
    assert "'other/model'" in ran.line
    assert f"rag index --reembed --index {index} --model other/model" in ran.line
    assert "--model bundled" in ran.line


def test_documents_and_remove_need_no_model(run: Run, index: str) -> None:
    other = ("--index", index, "--model", "other/model")
    assert run("documents", *other).out.count("\n") == 2
    assert run("remove", "docs/pool.md", *other).out == "removed docs/pool.md\n"
    assert documents_in(index) == ["docs/library.md"]


def test_a_model_that_is_not_there(run: Run, docs: Path, tmp_path: Path) -> None:
    ran = run("index", str(docs), "--index", str(tmp_path / "i"), "--model", str(tmp_path / "no"))
    assert ran.status == 1
    assert str(tmp_path / "no") in ran.line


def test_a_newer_format(run: Run, docs: Path, index: str) -> None:
    with sqlite3.connect(Path(index) / "catalog.sqlite") as connection:
        connection.execute("UPDATE meta SET value = '99' WHERE key = 'format'")
    connection.close()
    for command in (("ask", QUESTION), ("index", str(docs)), ("documents",)):
        ran = run(*command, "--index", index)
        assert ran.status == 1
        assert "format 99" in ran.line
        assert "Update rag" in ran.line


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everything")
def test_read_only(run: Run, docs: Path, index: str) -> None:
    folders = [Path(index), *(path for path in Path(index).rglob("*") if path.is_dir())]
    for folder in folders:
        folder.chmod(0o555)
    try:
        ran = run("index", str(docs), "--index", index)
        assert ran.status == 1
        assert index in ran.line
        assert "cannot be written" in ran.line
        assert run("ask", QUESTION, "--index", index).status == 0
    finally:
        for folder in folders:
            folder.chmod(0o755)


def test_a_full_disk_loses_nothing(index: str, tmp_path: Path) -> None:
    """The size that files may have stands in for the size of the disk."""
    before = documents_in(index)
    rows = tmp_path / "rows.jsonl"
    rows.write_text(
        "".join(json.dumps({"text": f"{n}: {os.urandom(400).hex()}"}) + "\n" for n in range(900))
    )
    limit = (Path(index) / "catalog.sqlite").stat().st_size + 100_000

    def little_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    ran = rag("index", str(rows), "--index", index, preexec_fn=little_room)
    assert ran.returncode == 1
    *progress, message = ran.stderr.decode().splitlines()
    assert all("documents/s" in line for line in progress)
    assert index in message
    assert "no space left" in message
    assert documents_in(index) == before
    assert rag("doctor", "--index", index).returncode == 0
    ran = rag("index", str(rows), "--index", index)
    assert ran.returncode == 0
    assert b"900 added" in ran.stdout


def test_a_damaged_catalog(run: Run, index: str) -> None:
    catalog = Path(index) / "catalog.sqlite"
    data = bytearray(catalog.read_bytes())
    data[4096:] = b"\xa5" * (len(data) - 4096)
    catalog.write_bytes(data)
    ran = run("ask", QUESTION, "--index", index)
    assert ran.status == 1
    assert index in ran.line
    assert "rag doctor" in ran.line


# ------------------------------------------------------------------ around the process


def test_names_that_are_not_utf8(docs: Path, tmp_path: Path) -> None:
    folder = os.fsencode(tmp_path) + b"/\xff\xfe odd"
    os.mkdir(folder)  # noqa: PTH102 - pathlib takes no bytes
    shutil.copy(docs / "pool.md", folder + b"/\xd6\xd0.md")
    index = os.fsencode(tmp_path) + b"/\xb5index"
    ran = rag("index", folder, "--index", index)
    assert ran.returncode == 0, ran.stderr
    ran = rag("ask", b"\xff \xe7\xa5\xa8\xe4\xbb\xb7?", "--json", "--index", index)
    assert ran.returncode == 0, ran.stderr
    passage = json.loads(ran.stdout)["passages"][0]
    assert passage["source"].endswith(".md")
    assert rag("documents", "--index", index).returncode == 0
    assert rag("ask", b"\xff", "--index", index).stderr.count(b"\n") <= 1


def test_a_reader_that_leaves_is_no_fault(built: Path) -> None:
    program = "import sys; from rag.cli import main; sys.exit(main())"
    with subprocess.Popen(
        [sys.executable, "-c", program, "documents", "--index", str(built)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 1


def test_ctrl_c_is_one_line_and_keeps_what_was_committed(tmp_path: Path) -> None:
    rows = tmp_path / "rows.jsonl"
    rows.write_text("".join(json.dumps({"text": f"{n}号猫。"}) + "\n" for n in range(300)))
    index = tmp_path / "i"
    program = (
        "import signal, sys\n"
        # A job in the background starts with the signal ignored.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "import rag.indexing.pipeline as pipeline\n"
        "from rag.cli import main\n"
        "from rag.index.writing import EmbeddedWriter\n"
        "pipeline._COMMIT_SECONDS = 0.0\n"
        "pipeline._BATCH_DOCUMENTS = 10\n"
        "commit = EmbeddedWriter.commit\n"
        "def commit_and_tell(self):\n"
        "    commit(self)\n"
        "    print('committed', flush=True)\n"
        "    __import__('time').sleep(0.2)\n"
        "EmbeddedWriter.commit = commit_and_tell\n"
        "sys.exit(main())\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, "index", str(rows), "--index", str(index)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        message = process.stderr.read().decode()
        assert process.wait() == 130
    assert message.count("\n") == 1, message
    assert "What was committed is kept" in message
    with KnowledgeBase.open(index, settings=Settings(reader=False)) as kb:
        assert 0 < sum(1 for _ in kb.documents()) < 300
        assert len(kb.index(rows).added) < 300
        assert sum(1 for _ in kb.documents()) == 300


def test_a_fault_of_our_own_is_one_line(
    run: Run, built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError("two\nlines")

    monkeypatch.setattr(KnowledgeBase, "ask", broken)
    ran = run("ask", QUESTION, "--index", str(built))
    assert ran.status == 1
    assert "ZeroDivisionError: two lines" in ran.line
    assert "RAG_DEBUG=1" in ran.line
    monkeypatch.setenv("RAG_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        main(["ask", QUESTION, "--index", str(built)])


def test_a_mistyped_path_makes_no_index(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "index"
    assert main(["index", str(tmp_path / "nope"), "--index", str(folder)]) == 1
    assert "does not exist" in capsys.readouterr().err
    assert not folder.exists()
