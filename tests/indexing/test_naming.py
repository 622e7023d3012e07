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
from rag.index.places import files_of
from rag.indexing.naming import by_folders, remove_command
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
    why, remedy = report.notes
    assert why == (
        "2024/reports/q1.txt is named by more of its path, because reports/q1.txt is another file: "
        f"{years}/2023/reports/q1.txt"
    )
    assert remedy == (
        "the other files' documents stay; if these files replace those, remove them: "
        "rag remove reports/q1.txt"
    )
    assert stored(kb) == BOTH
    assert kb.remove("reports/q1.txt") == ("reports/q1.txt",)
    assert kb.index(years / "2024" / "reports").unchanged == ("2024/reports/q1.txt",)
    assert len(stored(kb)) == 1


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
    assert len(report.notes) == 7
    assert report.notes[-2] == "so are 115 more files, for the same reason"
    assert report.notes[-1].endswith(" reports/100.txt reports/101.txt ...")
    again = kb.index(tmp_path / "2024" / "reports")
    assert (len(again.unchanged), again.notes) == (120, ())


def test_a_folder_that_was_moved_keeps_its_documents(kb: KnowledgeBase, tmp_path: Path) -> None:
    write(tmp_path / "old" / "docs" / "a.txt", "text a")
    write(tmp_path / "old" / "docs" / "b.txt", "text b")
    kb.index(tmp_path / "old" / "docs")
    (tmp_path / "old").rename(tmp_path / "new")
    (tmp_path / "new" / "docs" / "b.txt").unlink()
    report = kb.index(tmp_path / "new" / "docs", prune=True)
    assert (report.unchanged, report.removed) == (("docs/a.txt",), ())
    # The folder may as well be on a disk that is not mounted now.
    (note,) = report.notes
    assert note.startswith("1 indexed files are no longer at their places: their folder was moved")
    assert note.endswith(f"To remove them for good: rag remove --index {kb.path} docs/b.txt")
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
    write(tmp_path / "docs" / "b.txt", "another text")
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


def test_two_prunes_do_not_take_turns_at_a_linked_folder(kb: KnowledgeBase, tmp_path: Path) -> None:
    write(tmp_path / "shared" / "a.txt", "text")
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "shared").symlink_to(tmp_path / "shared")
    kb.index(tmp_path / "docs", prune=True)
    kb.index(tmp_path / "shared", prune=True)
    before = stored(kb)
    for name in ("docs", "shared"):
        report = kb.index(tmp_path / name, prune=True)
        assert (report.added, report.removed) == ((), ())
    assert stored(kb) == before


def test_a_disk_that_has_vanished_keeps_its_documents(kb: KnowledgeBase, tmp_path: Path) -> None:
    """All of A/docs used to go by its name when B/docs was pruned."""
    write(tmp_path / "A" / "docs" / "a.txt", "text a")
    write(tmp_path / "B" / "docs" / "b.txt", "text b")
    kb.index(tmp_path / "A" / "docs")
    kb.index(tmp_path / "B" / "docs")
    (tmp_path / "A").rename(tmp_path / "not mounted")
    assert kb.index(tmp_path / "B" / "docs", prune=True).removed == ()
    assert set(stored(kb)) == {"docs/a.txt", "docs/b.txt"}


def test_a_place_that_may_not_be_looked_at_is_unknown(
    kb: KnowledgeBase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "secret" / "docs" / "a.txt", "text")
    write(tmp_path / "mine" / "docs" / "a.txt", "text")
    kb.index(tmp_path / "secret" / "docs")
    forbid(monkeypatch, tmp_path / "secret")
    report = kb.index(tmp_path / "mine" / "docs", prune=True)
    assert (report.unchanged, report.added, report.removed) == (("docs/a.txt",), (), ())


def forbid(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Let nobody look below a folder; the rights themselves mean nothing to root."""
    for name in ("stat", "lstat"):
        look = getattr(os, name)

        def refused(path: object, *args: object, look: object = look, **more: object) -> object:
            if isinstance(path, str | os.PathLike) and str(path).startswith(f"{folder}/"):
                raise PermissionError(13, "Permission denied", str(path))
            return look(path, *args, **more)  # type: ignore[operator]

        monkeypatch.setattr(os, name, refused)


def aged(*files: Path) -> None:
    """Make files old enough to be known by size and time."""
    for file in files:
        os.utime(file, ns=(10**18, 10**18))


def test_an_index_moved_while_a_disk_is_away_keeps_its_documents(tmp_path: Path) -> None:
    """They used to go by their name when another folder of that name was pruned."""
    write(tmp_path / "A" / "docs" / "a.txt", "text a")
    write(tmp_path / "B" / "docs" / "b.txt", "text b")
    write(tmp_path / "B" / "docs" / "here.txt", "text here")
    index = tmp_path / "index"
    with open_index(index) as kb:
        kb.index(tmp_path / "A" / "docs", tmp_path / "B" / "docs")
    (tmp_path / "A").rename(tmp_path / "not mounted")
    (tmp_path / "B" / "docs" / "b.txt").unlink()
    for place in ("elsewhere", "farther/off"):  # moved twice: what is noted stays
        moved = tmp_path / place / "index"
        moved.parent.mkdir(parents=True)
        index = index.rename(moved)
        with open_index(index) as kb:
            report = kb.index(tmp_path / "B" / "docs", prune=True)
            assert report.removed == (("docs/b.txt",) if place == "elsewhere" else ())
            (note,) = report.notes
            assert note.endswith(f"rag remove --index {index} docs/a.txt")
            assert set(stored(kb)) == {"docs/a.txt", "docs/here.txt"}
    (tmp_path / "not mounted").rename(tmp_path / "A")
    with open_index(index) as kb:
        report = kb.index(tmp_path / "A" / "docs", tmp_path / "B" / "docs", prune=True)
        assert (len(report.unchanged), report.removed, report.notes) == (2, (), ())


def test_a_folder_that_was_renamed_takes_its_documents_along(
    kb: KnowledgeBase, tmp_path: Path
) -> None:
    """Everything used to be there twice from then on, stale text included."""
    for name in ("a", "b", "deep/c", "edited"):
        write(tmp_path / "docs" / f"{name}.txt", f"text {name}")
    write(tmp_path / "more" / "d.txt", "text d")
    kb.index(tmp_path / "docs", tmp_path / "more")
    (tmp_path / "docs").rename(tmp_path / "papers")
    write(tmp_path / "papers" / "edited.txt", "another text")
    report = kb.index(tmp_path / "papers")
    assert (len(report.added), report.removed) == (4, ())
    (note,) = report.notes
    assert note.startswith("4 indexed files are no longer at their places")
    assert note.endswith(f"rag remove --index {kb.path} docs/")
    report = kb.index(tmp_path / "papers", prune=True)
    assert report.removed == ("docs/a.txt", "docs/b.txt", "docs/deep/c.txt")
    (note,) = report.notes
    assert note.endswith(f"rag remove --index {kb.path} docs/edited.txt")
    assert kb.remove("docs/") == ("docs/edited.txt",)
    assert kb.index(tmp_path / "papers", prune=True).notes == ()
    assert sorted(stored(kb)) == [
        "more/d.txt", "papers/a.txt", "papers/b.txt", "papers/deep/c.txt", "papers/edited.txt",
    ]  # fmt: skip


def test_a_folder_that_was_renamed_with_its_index_in_it(tmp_path: Path) -> None:
    """Each file was there under two names then, and no later run took the old one away."""
    for name in "ab":
        write(tmp_path / "docs" / f"{name}.txt", f"text {name}")
        aged(tmp_path / "docs" / f"{name}.txt")
    with open_index(tmp_path / "docs" / "index") as kb:
        kb.index(tmp_path / "docs")
    papers = (tmp_path / "docs").rename(tmp_path / "papers")
    with open_index(papers / "index") as kb:
        assert kb.index(papers, prune=True).removed == ("docs/a.txt", "docs/b.txt")
        assert len(kb.index(papers, prune=True).unchanged) == 2
        assert sorted(stored(kb)) == ["papers/a.txt", "papers/b.txt"]


def test_files_are_told_by_their_folders_where_all_of_it_goes() -> None:
    names = ["docs/a", "docs/in/b", "docs/in/c", "docs/two/d", "/srv/x/e", "/srv/x/f", "g"]
    assert by_folders(names, ["papers/a", "docs2/b"]) == ["docs/", "/srv/", "g"]
    assert by_folders(names, ["docs/z", "/srv/z"]) == [
        "docs/a",
        "docs/in/",
        "docs/two/d",
        "/srv/x/",
        "g",
    ]
    assert remove_command(["-docs/", "a b"], index="my index") == (
        "rag remove --index 'my index' -- -docs/ 'a b'"
    )


def test_a_project_copied_with_an_index_far_from_its_files(tmp_path: Path) -> None:
    """The copy's documents used to be added beside those of the first project's files."""
    project, copy = tmp_path / "p1", tmp_path / "p2"
    for name in ("a", "b"):
        write(project / "docs" / f"{name}.txt", name)
    aged(*(project / "docs").iterdir())
    with open_index(project / "deep" / "in" / "it" / "index") as kb:
        kb.index(project / "docs")
    shutil.copytree(project, copy)
    write(copy / "docs" / "a.txt", "a, changed")
    (copy / "docs" / "b.txt").unlink()
    with open_index(copy / "deep" / "in" / "it" / "index") as kb:
        report = kb.index(copy / "docs", prune=True)
        assert (report.updated, report.added, report.notes) == (("docs/a.txt",), (), ())
        assert report.removed == ("docs/b.txt",)


@pytest.mark.parametrize("link", [False, True])
def test_an_index_that_is_moved_alone(tmp_path: Path, link: bool) -> None:
    """Its places, as seen from it, used to mean other files: here other/docs/a.txt."""
    for name in ("mine", "other"):
        write(tmp_path / name / "docs" / "a.txt", f"words of {name}")
    write(tmp_path / "more" / "docs" / "a.txt", "words of more")
    aged(tmp_path / "mine" / "docs" / "a.txt", tmp_path / "more" / "docs" / "a.txt")
    index = tmp_path / "mine" / "x" / "index"
    with open_index(index) as kb:
        kb.index(tmp_path / "mine" / "docs")
        kb.index(tmp_path / "more" / "docs")
    moved = tmp_path / "other" / "x" / "index"
    moved.parent.mkdir()
    index.rename(moved)
    if link:
        index.symlink_to(moved)
    mine, more = f"{tmp_path}/mine/docs/a.txt", f"{tmp_path}/more/docs/a.txt"
    assert files_of(moved) == {"docs/a.txt": mine, "more/docs/a.txt": more}
    with open_index(moved) as kb:
        report = kb.index(tmp_path / "mine" / "docs", tmp_path / "more" / "docs", prune=True)
        assert (len(report.unchanged), report.added, report.removed) == (2, (), ())
        assert kb.index(tmp_path / "other" / "docs").added == ("other/docs/a.txt",)
    assert len(files_of(moved)) == 3


def test_files_given_one_by_one_have_the_names_that_an_older_index_knows(
    kb: KnowledgeBase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when the page reads them again; duplicates of other names used to be added."""
    files = [tmp_path / "docs" / name for name in ("a.txt", "docs/a.txt", "sub/a.txt")]
    for file in files:
        write(file, f"words of {file}")
    kb.index(tmp_path / "docs")
    known = set(stored(kb))
    assert known == {"docs/a.txt", "docs/docs/a.txt", "docs/sub/a.txt"}
    monkeypatch.chdir(tmp_path)
    for order in (files, files[::-1], files[1:2]):
        forget_places(tmp_path / "index")
        for file in files:
            write(file, f"{file.read_text()} and more")
        report = kb.index(*order)
        assert (len(report.updated), report.added, set(stored(kb))) == (len(order), (), known)
        for name, text in stored(kb).items():
            assert text.startswith(f"words of {tmp_path / name}")


def test_a_shorter_name_of_an_older_index_is_taken_only_where_it_is_likely(
    kb: KnowledgeBase, tmp_path: Path
) -> None:
    write(tmp_path / "other" / "sub" / "a.txt", "another text")
    kb.index(tmp_path / "other" / "sub")
    forget_places(tmp_path / "index")
    write(tmp_path / "docs" / "sub" / "a.txt", "text")
    assert kb.index(tmp_path / "docs").added == ("docs/sub/a.txt",)
