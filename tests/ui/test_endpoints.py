"""The page's verbs that change the index: what is removed, what is read again."""

import pytest

from rag import KnowledgeBase, Settings
from rag.ui.endpoints import _Endpoints
from rag.ui.opening import Opening
from rag.ui.uploads import Uploads
from tests.toy import ToyEmbedder

SETTINGS = Settings(reader=False)


@pytest.fixture
def kb(tmp_path):
    with KnowledgeBase.open(
        tmp_path / "index", settings=SETTINGS, embedder=ToyEmbedder()
    ) as opened:
        yield opened


@pytest.fixture
def endpoints(tmp_path, kb):
    opening = Opening(tmp_path / "index", SETTINGS)
    opening.open_with(kb)
    return _Endpoints(opening, Uploads(tmp_path / "index"))


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def texts(kb):
    return {info.id: kb.document(info.id).text for info in kb.documents()}


def reindexed(endpoints):
    return list(endpoints.reindex())[-1]["done"]


def test_an_upload_is_deleted_with_the_last_of_its_documents(tmp_path, kb, endpoints):
    """The first row removed used to take the file with it, while the other row stayed."""
    table = write(tmp_path / "index" / "uploads" / "b.csv", "title,text\nA,Apples.\nB,Pears.\n")
    kb.index(table)
    assert endpoints.remove(["uploads/b.csv#1"]) == {"removed": ["uploads/b.csv#1"]}
    assert texts(kb) == {"uploads/b.csv#2": "Pears."}
    assert table.exists()
    assert endpoints.remove(["uploads/b.csv#2", "no such"]) == {"removed": ["uploads/b.csv#2"]}
    assert not table.exists()
    assert endpoints.remove(["uploads/b.csv#2"]) == {"removed": []}


def test_rows_that_are_removed_together_take_their_upload(tmp_path, kb, endpoints):
    table = write(tmp_path / "index" / "uploads" / "b.csv", "title,text\nA,Apples.\nB,Pears.\n")
    other = write(tmp_path / "index" / "uploads" / "c.txt", "Plums.")
    kb.index(table, other)
    removed = endpoints.remove(["uploads/b.csv#2", "uploads/b.csv#1", "uploads/b.csv#2"])
    assert sorted(removed["removed"]) == ["uploads/b.csv#1", "uploads/b.csv#2"]
    assert (table.exists(), other.exists()) == (False, True)


def test_removing_a_document_spares_the_upload_of_its_files_name(tmp_path, kb, endpoints):
    stranger = write(tmp_path / "other" / "uploads" / "n.txt", "A stranger's note.")
    kb.index(stranger)
    ours = write(tmp_path / "index" / "uploads" / "n.txt", "My own note.")
    kb.index(ours)
    endpoints.remove(["uploads/n.txt"])
    assert ours.exists()
    endpoints.remove(["index/uploads/n.txt"])
    assert not ours.exists()
    assert stranger.exists()


def test_reading_again_takes_in_no_file_that_nobody_chose(tmp_path, kb, endpoints, monkeypatch):
    """The file's whole folder used to be indexed."""
    report = write(tmp_path / "Documents" / "report.txt", "Sales rose.")
    write(tmp_path / "Documents" / "private.txt", "A diary.")
    monkeypatch.chdir(tmp_path)
    kb.index("Documents/report.txt")
    report.write_text("Sales rose by 5 percent.", encoding="utf-8")
    assert reindexed(endpoints) == {"added": 0, "updated": 1, "failed": []}
    assert texts(kb) == {"Documents/report.txt": "Sales rose by 5 percent."}


def test_files_are_read_again_where_they_lie(tmp_path, kb, endpoints, monkeypatch):
    inner = write(tmp_path / "docs" / "inner" / "a.txt", "Old.")
    write(tmp_path / "elsewhere" / "docs" / "inner" / "a.txt", "Another file.")
    kb.index(tmp_path / "docs")
    kb.index(write(tmp_path / "index" / "uploads" / "u.txt", "Uploaded."))
    monkeypatch.chdir(tmp_path / "elsewhere")
    inner.write_text("New text.", encoding="utf-8")
    assert reindexed(endpoints) == {"added": 0, "updated": 1, "failed": []}
    assert texts(kb) == {"docs/inner/a.txt": "New text.", "uploads/u.txt": "Uploaded."}
    inner.unlink()
    assert reindexed(endpoints) == {"added": 0, "updated": 0, "failed": []}
    assert texts(kb)["docs/inner/a.txt"] == "New text."
