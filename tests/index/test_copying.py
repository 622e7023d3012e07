"""A copy is whole, holds what cannot be made anew, and is begun anew where it was cut off."""

import errno
import shutil

import pytest

from rag.errors import IndexStoreError, StorageFullError
from rag.index import open_store
from tests.index.conftest import SAMPLES


def _is_whole(folder):
    with open_store(folder, create=False) as copy, copy.view() as view:
        assert [info.id for info in view.documents()] == list(SAMPLES)
        assert [finding.level for finding in copy.check()] == ["ok", "ok", "note", "note"]


def test_uploads_feedback_and_tokens_are_copied(filled, tmp_path):
    (filled.path / "uploads" / "deep").mkdir(parents=True)
    (filled.path / "uploads" / "deep" / "bridge.md").write_text("300 metres")
    (filled.path / "feedback.jsonl").write_text("{}\n")
    (filled.path / "llm-tokens.jsonl").write_text("[]\n")
    filled.snapshot(str(tmp_path / "copy"))
    copied = tmp_path / "copy" / "uploads" / "deep" / "bridge.md"
    assert copied.read_text() == "300 metres"
    assert copied.stat().st_mtime_ns == (filled.path / "uploads/deep/bridge.md").stat().st_mtime_ns
    assert (tmp_path / "copy" / "feedback.jsonl").read_text() == "{}\n"
    assert (tmp_path / "copy" / "llm-tokens.jsonl").read_text() == "[]\n"
    _is_whole(tmp_path / "copy")


def test_a_copy_that_was_cut_off_is_begun_anew(filled, tmp_path):
    copy = tmp_path / "copy"
    for name in ("segments/g000001-00112233", "uploads"):
        (copy / name).mkdir(parents=True)
    (copy / "catalog.sqlite.part").write_bytes(b"half of it")
    (copy / "catalog.sqlite.part-journal").write_bytes(b"of an earlier one")
    filled.snapshot(str(copy))
    assert {path.name for path in copy.iterdir()} == {"catalog.sqlite", "segments", "uploads"}
    _is_whole(copy)


@pytest.mark.parametrize(
    "names",
    [
        ["thesis.txt"],
        ["catalog.sqlite"],
        ["segments"],
        ["uploads"],
        ["catalog.sqlite.part", "segments-of-mine"],
        ["catalog.sqlite.part", "catalog.sqlite"],
    ],
)
def test_a_folder_that_holds_anything_else_is_left_alone(filled, tmp_path, names):
    copy = tmp_path / "copy"
    copy.mkdir()
    for name in names:
        (copy / name).write_text("x")
    with pytest.raises(IndexStoreError, match="not empty"):
        filled.snapshot(str(copy))
    assert {path.name: path.read_text() for path in copy.iterdir()} == dict.fromkeys(names, "x")


def test_an_upload_that_cannot_be_read_is_told(filled, tmp_path, monkeypatch):
    from rag.index import copying

    (filled.path / "uploads").mkdir()
    (filled.path / "uploads" / "bridge.md").write_text("300 metres")
    monkeypatch.setattr(copying.os, "access", lambda *_: False)
    with pytest.raises(IndexStoreError, match=r"bridge\.md cannot be read"):
        filled.snapshot(str(tmp_path / "copy"))
    assert not (tmp_path / "copy" / "catalog.sqlite").exists()


def test_a_copy_for_which_the_disk_has_no_room_is_none(filled, tmp_path, monkeypatch):
    from rag.index import copying

    def full(source, target):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(copying.shutil, "copyfile", full)
        with pytest.raises(StorageFullError):
            filled.snapshot(str(tmp_path / "copy"))
    assert not (tmp_path / "copy" / "catalog.sqlite").exists()
    filled.snapshot(str(tmp_path / "copy"))
    _is_whole(tmp_path / "copy")


def test_a_segment_that_goes_while_it_is_copied_is_made_anew(filled, tmp_path, monkeypatch):
    from rag.index import copying

    copyfile = copying.shutil.copyfile

    def merged_away(source, target):
        shutil.rmtree(source.parent)
        copyfile(source, target)

    monkeypatch.setattr(copying.shutil, "copyfile", merged_away)
    filled.snapshot(str(tmp_path / "copy"))
    with open_store(tmp_path / "copy") as copy, copy.view() as view:
        assert [info.id for info in view.documents()] == list(SAMPLES)
