"""Uploads: names from strangers, bytes into one folder, nothing lost when reading fails."""

import asyncio
import json
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag import KnowledgeBase, Settings
from rag.errors import RagError, ReadingError
from rag.ui.sent_paths import sent_path
from rag.ui.uploads import Uploads, safe_name
from tests.toy import ToyEmbedder
from tests.ui.fake_knowledge_base import FakeKnowledgeBase


async def pieces(*data):
    for piece in data:
        yield piece


def receive(uploads, name, *data):
    return asyncio.run(uploads.receive(name, pieces(*data)))


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("report.pdf", "report.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\年报.docx", "年报.docx"),
        ("", "upload"),
        ("..", "upload"),
        (".hidden.txt", "hidden.txt"),
        ("~$lock.docx", "lock.docx"),
        ("a\u202egnp.exe", "agnp.exe"),
        ("con.txt", "_con.txt"),
        ("a\0b\nc.txt", "abc.txt"),
        ("x" * 300 + ".txt", "x" * 176 + ".txt"),
        ("中" * 300 + ".txt", "中" * 58 + ".txt"),
        ('<img src="x">.md', "_img src=_x__.md"),
    ],
)
def test_safe_names(name, safe):
    assert safe_name(name) == safe


@given(st.text(max_size=400))
def test_any_name_stays_in_the_folder(tmp_path_factory, name):
    safe = safe_name(name)
    folder = tmp_path_factory.getbasetemp()
    assert (folder / safe).resolve().parent == folder.resolve()
    assert 0 < len(safe.encode()) <= 180
    assert not safe.startswith(".")
    assert safe_name(safe) == safe


def test_a_file_arrives_and_is_indexed(tmp_path):
    uploads, knowledge_base = Uploads(tmp_path), FakeKnowledgeBase()
    received = receive(uploads, "../茶.txt", "产茶53".encode("gb18030"), "吨。".encode("gb18030"))
    assert (received["name"], received["bytes"]) == ("茶.txt", 10)
    done = uploads.index(knowledge_base, received["token"])
    assert (done["outcome"], done["passages"]) == ("added", 1)
    assert [path.name for path in uploads.folder.rglob("*.txt")] == ["茶.txt"]
    assert knowledge_base.document("uploads/茶.txt").text == "产茶53吨。"
    # A name that is known replaces the document, and says so.
    again = uploads.index(knowledge_base, receive(uploads, "茶.txt", b"new")["token"])
    assert again["outcome"] == "updated"
    assert knowledge_base.document("uploads/茶.txt").text == "new"


def send(uploads, kb, name, data, batch=""):
    received = asyncio.run(uploads.receive(name, pieces(data), batch=batch))
    done = uploads.index(kb, received["token"])
    return done["name"], done["outcome"], done["numbered"], done["replaced"]


def files(uploads):
    return {path.name: path.read_bytes() for path in uploads.folder.glob("[!.]*")}


def test_two_files_of_one_name_that_came_together_are_both_kept(tmp_path, kb):
    """The second used to replace the first, and nothing was said."""
    uploads = Uploads(tmp_path / "index")
    older, newer = b"In 2022 the mine gave 410 tonnes.", b"In 2023 the mine gave 515 tonnes."
    for batch, outcome in (("first", "added"), ("again", "unchanged")):
        done = send(uploads, kb, "2022/report.md", older, batch)
        assert done == ("report.md", outcome, False, False)
        done = send(uploads, kb, "2023/report.md", newer, batch)
        assert done == ("report (2).md", outcome, True, False)
    assert files(uploads) == {"report.md": older, "report (2).md": newer}
    assert texts(kb) == {
        "uploads/report.md": older.decode(),
        "uploads/report (2).md": newer.decode(),
    }
    # In whatever order they come, each is known by its bytes.
    assert send(uploads, kb, "report.md", newer, "swapped")[1] == "unchanged"
    assert send(uploads, kb, "report.md", older, "swapped")[1] == "unchanged"


ALPHA, BETA = b"The alpha engine has 12 cylinders.", b"The beta engine has 8 cylinders."
NEWER, NEWEST = b"The beta engine has 6 cylinders.", b"The beta engine has 4 cylinders."


@pytest.fixture
def two(tmp_path, kb):
    """An upload folder that got a README of each of two folders."""
    uploads = Uploads(tmp_path / "index")
    send(uploads, kb, "alpha/README.md", ALPHA, "first")
    send(uploads, kb, "beta/README.md", BETA, "first")
    return uploads


def test_a_new_version_takes_the_place_of_the_file_of_its_folder(tmp_path, kb, two):
    """It used to take the place of the other folder's file, which was lost."""
    done = send(two, kb, "beta/README.md", NEWER, "second")
    assert done == ("README (2).md", "updated", True, True)
    after_a_restart = Uploads(tmp_path / "index")
    done = send(after_a_restart, kb, "beta/README.md", NEWEST)
    assert done == ("README (2).md", "updated", True, True)
    assert files(two) == {"README.md": ALPHA, "README (2).md": NEWEST}
    assert texts(kb) == {
        "uploads/README.md": ALPHA.decode(),
        "uploads/README (2).md": NEWEST.decode(),
    }


def test_the_whole_folder_again_adds_no_file(tmp_path, kb, two):
    """The changed file used to be added with one more number, beside its older version."""
    assert send(two, kb, "alpha/README.md", ALPHA, "again")[:2] == ("README.md", "unchanged")
    assert send(two, kb, "beta/README.md", NEWER, "again")[:2] == ("README (2).md", "updated")
    assert files(two) == {"README.md": ALPHA, "README (2).md": NEWER}


def test_a_bare_name_replaces_no_file_where_several_have_it(tmp_path, kb, two):
    """Nothing tells which is meant."""
    received = receive(two, "README.md", NEWER)
    done = two.index(kb, received["token"])
    assert (done["name"], done["unsure"], done["replaced"]) == ("README (3).md", True, False)
    assert files(two) == {"README.md": ALPHA, "README (2).md": BETA, "README (3).md": NEWER}
    done = two.index(kb, receive(two, "README.md", BETA)["token"])
    assert (done["name"], done["outcome"], done["unsure"]) == ("README (2).md", "unchanged", False)


def test_the_one_file_that_was_sent_by_a_bare_name_is_replaced_by_its_next_version(kb, two):
    """Every version of it used to be kept, and to answer."""
    assert two.index(kb, receive(two, "README.md", NEWER)["token"])["name"] == "README (3).md"
    assert send(two, kb, "README.md", NEWEST) == ("README (3).md", "updated", True, True)
    assert files(two) == {"README.md": ALPHA, "README (2).md": BETA, "README (3).md": NEWEST}


def test_a_file_beside_one_of_unknown_origin_may_be_meant_to_replace_it(tmp_path, kb):
    uploads = Uploads(tmp_path / "index")
    send(uploads, kb, "beta/README.md", BETA)
    (uploads.folder / ".sent.json").unlink()
    done = uploads.index(kb, receive(uploads, "beta/README.md", NEWER)["token"])
    assert (done["name"], done["unsure"]) == ("README (2).md", True)


def test_a_file_of_another_folder_or_of_none_replaces_no_file(tmp_path, kb):
    uploads = Uploads(tmp_path / "index")
    assert send(uploads, kb, "alpha/README.md", ALPHA)[0] == "README.md"
    assert send(uploads, kb, "beta/README.md", BETA)[0] == "README (2).md"
    assert send(uploads, kb, "README.md", NEWER)[0] == "README (3).md"
    assert send(uploads, kb, "notes.md", b"One.") == ("notes.md", "added", False, False)
    assert send(uploads, kb, "notes.md", b"Two.") == ("notes.md", "updated", False, True)
    assert send(uploads, kb, "alpha/notes.md", b"Three.")[0] == "notes (2).md"


def test_two_paths_that_share_a_file_part_when_one_of_them_changes(tmp_path, kb):
    uploads = Uploads(tmp_path / "index")
    assert send(uploads, kb, "alpha/LICENCE.md", b"Free.")[:2] == ("LICENCE.md", "added")
    assert send(uploads, kb, "beta/LICENCE.md", b"Free.")[:2] == ("LICENCE.md", "unchanged")
    assert send(uploads, kb, "beta/LICENCE.md", b"Paid.")[:2] == ("LICENCE (2).md", "added")
    assert send(uploads, kb, "beta/LICENCE.md", b"Dear.")[:2] == ("LICENCE (2).md", "updated")
    assert send(uploads, kb, "alpha/LICENCE.md", b"Gone.")[:2] == ("LICENCE.md", "updated")
    assert files(uploads) == {"LICENCE.md": b"Gone.", "LICENCE (2).md": b"Dear."}


def test_the_same_bytes_by_a_bare_name_leave_the_file_its_folder(tmp_path, kb, two):
    assert send(two, kb, "README.md", BETA)[:2] == ("README (2).md", "unchanged")
    assert send(two, kb, "beta/README.md", NEWER)[:2] == ("README (2).md", "updated")
    assert send(two, kb, "notes.md", b"One.")[0] == "notes.md"
    assert send(two, kb, "beta/notes.md", b"One.")[:2] == ("notes.md", "unchanged")
    assert send(two, kb, "beta/notes.md", b"Two.")[:2] == ("notes.md", "updated")


@pytest.mark.parametrize("table", [None, "{broken", "[1]", '{"README.md": 5}'])
def test_uploads_of_which_no_table_tells(tmp_path, kb, two, table):
    sent = two.folder / ".sent.json"
    sent.unlink() if table is None else sent.write_text(table)
    assert send(two, kb, "README.md", NEWER)[0] == "README (3).md"
    assert send(two, kb, "beta/README.md", NEWEST)[0] == "README (4).md"
    assert len(texts(kb)) == 4


def test_one_upload_of_which_no_table_tells_is_replaced_by_a_file_of_its_name(tmp_path, kb):
    uploads = Uploads(tmp_path / "index")
    send(uploads, kb, "a.md", b"One.")
    (uploads.folder / ".sent.json").unlink()
    assert send(uploads, kb, "a.md", b"Two.") == ("a.md", "updated", False, True)


def test_a_deleted_upload_is_forgotten(tmp_path, kb, two):
    kb.remove("uploads/README.md")
    two.forget("uploads/README.md", str(two.folder / "README.md"))
    assert json.loads((two.folder / ".sent.json").read_text()) == {
        "README (2).md": ["beta/README.md"]
    }
    assert send(two, kb, "alpha/README.md", ALPHA)[:2] == ("README.md", "added")


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("beta\\README.md", "beta/README.md"),
        ("/home/ann/README.md", "README.md"),
        ("C:\\ann\\README.md", "README.md"),
        ("../beta/README.md", "README.md"),
        ("e\u0301/a.md", "\u00e9/a.md"),
    ],
)
def test_no_absolute_path_is_noted(name, path):
    assert sent_path(name) == path


def test_a_name_that_only_our_rules_gave_replaces_no_file(tmp_path, kb):
    uploads = Uploads(tmp_path / "index")
    assert send(uploads, kb, "a _b_.md", b"Nine bells.") == ("a _b_.md", "added", False, False)
    assert send(uploads, kb, "a <b>.md", b"Five bells.") == ("a _b_ (2).md", "added", True, False)
    assert send(uploads, kb, "a _b_.md", b"Ten bells.") == ("a _b_.md", "updated", False, True)
    assert files(uploads) == {"a _b_.md": b"Ten bells.", "a _b_ (2).md": b"Five bells."}
    # A Mac sends letters and their accents apart, which is the same name.
    assert send(uploads, kb, "e\u0301.md", b"One.")[0] == "\u00e9.md"
    assert send(uploads, kb, "e\u0301.md", b"Two.") == ("\u00e9.md", "updated", False, True)


def test_what_could_not_be_read_takes_no_name_from_its_batch(tmp_path, kb):
    uploads = Uploads(tmp_path / "index")
    with pytest.raises(RagError):
        send(uploads, kb, "a.csv", b"title,text\nA,\n", "one")
    assert send(uploads, kb, "a.csv", b"title,text\nA,Cats.\n", "one")[0] == "a.csv"


def test_a_long_name_has_room_for_a_number(tmp_path):
    uploads, knowledge_base = Uploads(tmp_path), FakeKnowledgeBase()
    for number in (b"1", b"2"):
        name, *_ = send(uploads, knowledge_base, "中" * 58 + ".txt", number, "one")
        assert len(name.encode()) <= 180
    assert name == "中" * 57 + " (2).txt"


def test_what_cannot_be_read_leaves_the_earlier_file(tmp_path):
    uploads, knowledge_base = Uploads(tmp_path), FakeKnowledgeBase()
    uploads.index(knowledge_base, receive(uploads, "a.txt", b"good")["token"])
    with pytest.raises(RagError, match=r"^holds no text"):
        uploads.index(knowledge_base, receive(uploads, "a.txt", b"\0")["token"])
    assert (uploads.folder / "a.txt").read_bytes() == b"good"
    assert list((uploads.folder / ".incoming").iterdir()) == []


def test_too_large_is_stopped_on_the_way(tmp_path):
    uploads = Uploads(tmp_path, max_bytes=1 << 20)
    with pytest.raises(ReadingError, match="larger than 1 MiB"):
        receive(uploads, "a.txt", b"x" * (1 << 20), b"x")
    assert list((uploads.folder / ".incoming").iterdir()) == []


@pytest.mark.parametrize("token", ["", "../..", "0" * 32, "/etc"])
def test_unknown_uploads(tmp_path, token):
    with pytest.raises(RagError, match="Upload the file again"):
        Uploads(tmp_path).index(FakeKnowledgeBase(), token)


def test_forget_deletes_uploads_only(tmp_path):
    uploads = Uploads(tmp_path)
    uploads.folder.mkdir()
    (uploads.folder / "a.md").write_text("x")
    uploads.forget("seeds/a.md")
    uploads.forget("../uploads/b.md")
    assert (uploads.folder / "a.md").exists()
    uploads.forget("uploads/a.md")
    assert not (uploads.folder / "a.md").exists()


def test_forget_spares_the_upload_of_a_strangers_name(tmp_path):
    uploads = Uploads(tmp_path / "index")
    uploads.folder.mkdir(parents=True)
    (uploads.folder / "a.md").write_text("ours")
    stranger = tmp_path / "other" / "uploads" / "a.md"
    stranger.parent.mkdir(parents=True)
    stranger.write_text("a stranger's")
    uploads.forget("other/uploads/a.md", str(stranger))
    assert (uploads.folder / "a.md").read_text() == "ours"
    uploads.forget("uploads/a.md", "/another machine/uploads/a.md")
    assert not (uploads.folder / "a.md").exists()
    assert stranger.exists()


def test_forget_spares_what_a_stranger_hides(tmp_path, monkeypatch):
    """It used to raise, because it asked whether a file is there that nobody may look at."""
    uploads = Uploads(tmp_path / "index")
    uploads.folder.mkdir(parents=True)
    (uploads.folder / "a.md").write_text("ours")
    look = os.stat

    def refused(path, *args, **more):
        if str(path).startswith("/secret/"):
            raise PermissionError(13, "Permission denied", str(path))
        return look(path, *args, **more)

    monkeypatch.setattr(os, "stat", refused)
    uploads.forget("secret/uploads/a.md", "/secret/uploads/a.md")
    assert (uploads.folder / "a.md").exists()


# ------------------------------------------------------------------ rows, in a real index


@pytest.fixture
def kb(tmp_path):
    with KnowledgeBase.open(
        tmp_path / "index", settings=Settings(reader=False), embedder=ToyEmbedder()
    ) as opened:
        yield opened


def texts(kb):
    return {info.id: kb.document(info.id).text for info in kb.documents()}


def test_a_table_with_an_empty_row_is_kept_with_a_note(tmp_path, kb):
    uploads = Uploads(tmp_path / "index")
    table = b"title,text\nA,The cat sat.\nB,\nC,The dog barked.\n"
    done = uploads.index(kb, receive(uploads, "a.csv", table)["token"])
    reason = "row 2 has no text: its 'text' is empty. Fill it in, or leave the row out"
    assert (done["outcome"], done["passages"], done["notes"]) == ("added", 2, [reason])
    assert (uploads.folder / "a.csv").read_bytes() == table
    assert texts(kb) == {"uploads/a.csv#1": "The cat sat.", "uploads/a.csv#3": "The dog barked."}


@pytest.mark.parametrize(
    "old",
    [
        b"title,text\nA,The cat sat.\nB,The dog barked.\nC,Rain fell.\n",
        b"title,text\nA,The cat sat.\nB,\nC,Rain fell.\n",  # not whole itself
    ],
)
def test_a_broken_new_version_leaves_the_earlier_file_and_what_it_gave(tmp_path, kb, old):
    """It used to destroy the good file; before that, the index served what could be read of it."""
    uploads = Uploads(tmp_path / "index")
    new = b"title,text\nA,The cat ran.\nB,The dog slept.\nC,\nD,Snow fell.\n"
    uploads.index(kb, receive(uploads, "a.csv", old)["token"])
    kb.remove("uploads/a.csv#1")
    before = texts(kb)
    for _ in range(2):
        with pytest.raises(RagError, match=r"^row 3 has no text"):
            uploads.index(kb, receive(uploads, "a.csv", new)["token"])
        assert (uploads.folder / "a.csv").read_bytes() == old
        assert texts(kb) == before
        kb.index(uploads.folder)
        assert texts(kb) == before


def test_only_a_new_upload_brings_back_a_row_that_was_removed(tmp_path, kb):
    uploads = Uploads(tmp_path / "index")
    table = b"title,text\nA,The cat sat.\nB,The dog barked.\n"
    uploads.index(kb, receive(uploads, "a.csv", table)["token"])
    whole = texts(kb)
    kb.remove("uploads/a.csv#2")
    for _ in range(2):
        assert kb.index(uploads.folder).unchanged == ("uploads/a.csv#1",)
    assert uploads.index(kb, receive(uploads, "a.csv", table)["token"])["outcome"] == "added"
    assert texts(kb) == whole


def test_a_table_of_which_nothing_can_be_read_is_a_failed_upload(tmp_path, kb):
    uploads = Uploads(tmp_path / "index")
    bad = b"title,text\nA,\nB,\n"
    with pytest.raises(RagError, match=r"^row 1 has no text"):
        uploads.index(kb, receive(uploads, "a.csv", bad)["token"])
    assert not (uploads.folder / "a.csv").exists()
    good = b"title,text\nA,The cat sat.\n"
    uploads.index(kb, receive(uploads, "a.csv", good)["token"])
    with pytest.raises(RagError, match=r"^row 1 has no text"):
        uploads.index(kb, receive(uploads, "a.csv", bad)["token"])
    assert (uploads.folder / "a.csv").read_bytes() == good
    assert texts(kb) == {"uploads/a.csv#1": "The cat sat."}


def test_many_unreadable_rows_are_told_in_short(tmp_path, kb):
    uploads = Uploads(tmp_path / "index")
    rows = b"{broken\n" * 30 + b'{"text": "The cat sat."}\n'
    notes = uploads.index(kb, receive(uploads, "a.jsonl", rows)["token"])["notes"]
    assert len(notes) == 11
    assert notes[-1] == "and 20 more like these"


def test_an_upload_replaces_no_file_from_another_folder_called_uploads(tmp_path, kb):
    stranger = tmp_path / "other" / "uploads" / "n.txt"
    stranger.parent.mkdir(parents=True)
    stranger.write_text("A stranger's note.")
    kb.index(stranger.parent)
    uploads = Uploads(tmp_path / "index")
    done = uploads.index(kb, receive(uploads, "n.txt", b"My own note.")["token"])
    assert done["outcome"] == "added"
    assert texts(kb) == {
        "uploads/n.txt": "A stranger's note.",
        "index/uploads/n.txt": "My own note.",
    }
