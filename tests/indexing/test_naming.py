"""rag.indexing.naming: a file keeps its name from call to call, and takes no other file's."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from rag import KnowledgeBase, Settings
from tests.toy import ToyEmbedder

PLAIN = Settings(reader=False)


@pytest.fixture
def kb(tmp_path: Path) -> Iterator[KnowledgeBase]:
    with open_index(tmp_path / "index") as opened:
        yield opened


@pytest.fixture
def years(tmp_path: Path) -> Path:
    """2023/reports/q1.txt and 2024/reports/q1.txt: two folders of one name."""
    for year in ("2023", "2024"):
        write(tmp_path / year / "reports" / "q1.txt", f"revenue of {year}")
    return tmp_path


def open_index(path: Path) -> KnowledgeBase:
    return KnowledgeBase.open(path, settings=PLAIN, embedder=ToyEmbedder())


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def stored(kb: KnowledgeBase) -> dict[str, str]:
    return {info.id: kb.document(info.id).text for info in kb.documents()}


def forget_places(index: Path) -> None:
    """Make the index one from before places were noted."""
    with closing(sqlite3.connect(index / "catalog.sqlite")) as connection, connection:
        connection.execute("DROP TABLE source_places")


BOTH = {"reports/q1.txt": "revenue of 2023", "2024/reports/q1.txt": "revenue of 2024"}


def test_a_folder_of_the_same_name_replaces_nothing(kb: KnowledgeBase, years: Path) -> None:
    """The second folder's q1.txt used to take the place of the first one's without a note."""
    assert kb.index(years / "2023" / "reports").added == ("reports/q1.txt",)
    report = kb.index(years / "2024" / "reports")
    assert (report.added, report.updated) == (("2024/reports/q1.txt",), ())
    (note,) = report.notes
    assert note == (
        "2024/reports/q1.txt is named by more of its path, because reports/q1.txt is another file: "
        f"{years}/2023/reports/q1.txt"
    )
    assert stored(kb) == BOTH


@pytest.mark.parametrize("together", [True, False])
def test_names_stay_whatever_is_indexed_together(
    kb: KnowledgeBase, years: Path, together: bool
) -> None:
    first, second = years / "2023" / "reports", years / "2024" / "reports"
    kb.index(first)
    kb.index(second)
    calls = [(first, second)] if together else [(second,), (second / "q1.txt",), (first,)]
    for paths in calls:
        report = kb.index(*paths)
        assert (report.added, report.updated, report.notes) == ((), (), ())
        assert len(report.unchanged) == len(paths)
    write(second / "q1.txt", "revenue of 2024, audited")
    assert kb.index(second / "q1.txt").updated == ("2024/reports/q1.txt",)
    assert stored(kb)["reports/q1.txt"] == "revenue of 2023"


def test_a_name_given_in_one_call_is_kept_when_the_other_file_has_gone(
    kb: KnowledgeBase, years: Path
) -> None:
    """Used to leave the deleted file's document, and add the other's under a second name."""
    folders = years / "2023" / "reports", years / "2024" / "reports"
    kb.index(*folders)
    assert set(stored(kb)) == {"2023/reports/q1.txt", "2024/reports/q1.txt"}
    (folders[0] / "q1.txt").unlink()
    write(folders[0] / "other.txt", "another text")
    report = kb.index(*folders, prune=True)
    assert report.removed == ("2023/reports/q1.txt",)
    assert report.added == ("reports/other.txt",)
    assert stored(kb) == {
        "2024/reports/q1.txt": "revenue of 2024",
        "reports/other.txt": "another text",
    }


def test_pruning_one_folder_spares_another_of_its_name(kb: KnowledgeBase, years: Path) -> None:
    for year in ("2023", "2024"):
        write(years / year / "reports" / f"only {year}.txt", year)
        kb.index(years / year / "reports")
    (years / "2023" / "reports" / "only 2023.txt").unlink()
    (years / "2024" / "reports" / "q1.txt").unlink()
    report = kb.index(years / "2024" / "reports", prune=True)
    assert report.removed == ("2024/reports/q1.txt",)
    assert "reports/only 2023.txt" in stored(kb)
    assert kb.index(years / "2023" / "reports", prune=True).removed == ("reports/only 2023.txt",)


def test_an_inner_folder_given_by_itself_is_not_read_twice(
    kb: KnowledgeBase, tmp_path: Path
) -> None:
    write(tmp_path / "docs" / "inner" / "a.txt", "text")
    kb.index(tmp_path / "docs")
    assert kb.index(tmp_path / "docs" / "inner").unchanged == ("docs/inner/a.txt",)
    assert list(stored(kb)) == ["docs/inner/a.txt"]


def test_many_files_are_named_as_few_are(kb: KnowledgeBase, tmp_path: Path) -> None:
    for number in range(120):
        for year in ("2023", "2024"):
            write(tmp_path / year / "reports" / f"{number}.txt", f"{year}, number {number}")
    kb.index(tmp_path / "2023" / "reports")
    report = kb.index(tmp_path / "2024" / "reports")
    assert len(report.added) == 120
    assert all(name.startswith("2024/reports/") for name in report.added)
    assert len(report.notes) == 6
    assert report.notes[-1] == "so are 115 more files, for the same reason"
    again = kb.index(tmp_path / "2024" / "reports")
    assert (len(again.unchanged), again.notes) == (120, ())


def test_a_folder_that_was_moved_keeps_its_documents(kb: KnowledgeBase, tmp_path: Path) -> None:
    write(tmp_path / "old" / "docs" / "a.txt", "text a")
    write(tmp_path / "old" / "docs" / "b.txt", "text b")
    kb.index(tmp_path / "old" / "docs")
    (tmp_path / "old").rename(tmp_path / "new")
    (tmp_path / "new" / "docs" / "b.txt").unlink()
    report = kb.index(tmp_path / "new" / "docs", prune=True)
    assert (report.unchanged, report.removed) == (("docs/a.txt",), ("docs/b.txt",))
    assert report.notes == ()
    # From now on it is known by its new place.
    write(tmp_path / "old" / "docs" / "a.txt", "another text")
    assert kb.index(tmp_path / "old" / "docs").added == ("old/docs/a.txt",)


def test_a_project_that_is_copied_with_its_index_stays_itself(tmp_path: Path) -> None:
    project = tmp_path / "project"
    write(project / "docs" / "a.txt", "text a")
    with open_index(project / "indexes" / "default") as kb:
        kb.index(project / "docs")
    shutil.copytree(project, tmp_path / "copy")
    write(tmp_path / "copy" / "docs" / "a.txt", "text a, longer")
    with open_index(tmp_path / "copy" / "indexes" / "default") as kb:
        report = kb.index(tmp_path / "copy" / "docs")
        assert (report.updated, report.added, report.notes) == (("docs/a.txt",), (), ())


def test_an_index_from_before_places_were_noted_goes_on(
    kb: KnowledgeBase, tmp_path: Path, years: Path
) -> None:
    write(tmp_path / "docs" / "inner" / "a.txt", "text")
    kb.index(years / "2023" / "reports", tmp_path / "docs")
    generation = kb.generation
    forget_places(tmp_path / "index")
    assert stored(kb)["docs/inner/a.txt"] == "text"
    # A file given by itself is known by the name it has from its folder.
    report = kb.index(tmp_path / "docs" / "inner" / "a.txt", years / "2023" / "reports")
    assert report.unchanged == ("docs/inner/a.txt", "reports/q1.txt")
    assert kb.generation == generation + 1
    assert kb.index(years / "2024" / "reports").added == ("2024/reports/q1.txt",)
    (tmp_path / "docs" / "inner" / "a.txt").unlink()
    assert kb.index(tmp_path / "docs", prune=True).removed == ("docs/inner/a.txt",)


def test_pruning_by_name_where_no_place_is_known(kb: KnowledgeBase, tmp_path: Path) -> None:
    for name in ("a", "b"):
        write(tmp_path / "docs" / f"{name}.txt", name)
    kb.index(tmp_path / "docs")
    forget_places(tmp_path / "index")
    (tmp_path / "docs" / "a.txt").unlink()
    assert kb.index(tmp_path / "docs", prune=True).removed == ("docs/a.txt",)


def test_one_file_reached_through_a_link_is_one_document(kb: KnowledgeBase, tmp_path: Path) -> None:
    write(tmp_path / "real" / "docs" / "a.txt", "text")
    write(tmp_path / "real" / "docs" / "b.txt", "text b")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    kb.index(tmp_path / "real" / "docs")
    report = kb.index(tmp_path / "link" / "docs")
    assert (report.unchanged, report.notes) == (("docs/a.txt", "docs/b.txt"), ())
    (tmp_path / "real" / "docs" / "b.txt").unlink()
    assert kb.index(tmp_path / "real" / "docs", prune=True).removed == ("docs/b.txt",)


def test_names_that_are_no_text_are_known_again(kb: KnowledgeBase, tmp_path: Path) -> None:
    for year in ("2023", "2024"):
        folder = tmp_path / year / "reports"
        folder.mkdir(parents=True)
        Path(os.fsdecode(os.fsencode(folder) + b"/bad\xff\n.txt")).write_text(f"words of {year}")
    kb.index(tmp_path / "2023" / "reports")
    assert kb.index(tmp_path / "2024" / "reports").added == (r"2024/reports/bad\xff\n.txt",)
    again = kb.index(tmp_path / "2023" / "reports", tmp_path / "2024" / "reports")
    assert again.unchanged == (r"reports/bad\xff\n.txt", r"2024/reports/bad\xff\n.txt")


def test_another_model_keeps_where_files_lie(years: Path) -> None:
    from rag.indexing import reembed

    path = years / "index"
    with open_index(path) as kb:
        kb.index(years / "2023" / "reports")
        kb.index(years / "2024" / "reports")
    other = ToyEmbedder("other", dimension=12)
    reembed(path, other, PLAIN)
    with KnowledgeBase.open(path, settings=PLAIN, embedder=other) as kb:
        report = kb.index(years / "2024" / "reports")
        assert (report.unchanged, report.added) == (("2024/reports/q1.txt",), ())
        (years / "2023" / "reports" / "q1.txt").unlink()
        assert kb.index(years / "2024" / "reports", prune=True).removed == ()
        assert stored(kb) == BOTH
