"""Nothing committed is lost, nothing is half there, and the index opens by itself, whatever happens."""

import contextlib
import itertools
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import zlib
from pathlib import Path

import pytest

from rag.errors import IndexCorruptError, IndexLockedError, IndexStoreError
from rag.index import faults, open_store
from rag.index.checking import repair
from tests.index.conftest import DIMENSION, SAMPLES, fill, make_document, vector_of
from tests.index.faulty_run import STEPS, changes, expected, state_of

#: Kills at random moments; on a busy machine as many as fit into 40 seconds, unless the number is asked for.
KILLS = int(os.environ.get("RAG_TEST_KILLS", "200"))
PATIENT = "RAG_TEST_KILLS" in os.environ


class Runs:
    """The program of faulty_run, which forks for each order."""

    def __init__(self):
        self.program = subprocess.Popen(
            [sys.executable, "-m", "tests.index.faulty_run"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
            env={**os.environ, "OMP_NUM_THREADS": "1"},
        )

    def __call__(self, do, folder, **order):
        self.program.stdin.write(json.dumps({"do": do, "folder": str(folder), **order}) + "\n")
        self.program.stdin.flush()
        answer = json.loads(self.program.stdout.readline())
        assert "crash" not in answer, answer["crash"]
        return answer

    def close(self):
        self.program.stdin.close()
        self.program.wait()
        self.program.stdout.close()


@pytest.fixture
def tmp_path(tmp_path):
    """In memory where that can be had: a kill does not ask for a disk, and waiting for it is slow."""
    if not os.access("/dev/shm", os.W_OK):
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir="/dev/shm", prefix="rag-tests-") as folder:
        yield Path(folder)


@pytest.fixture(scope="module")
def runs():
    program = Runs()
    yield program
    program.close()


@pytest.fixture(scope="module")
def undisturbed(runs):
    """The fingerprint of a run that nothing disturbed."""
    root = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=root, prefix="rag-tests-") as name:
        return _undisturbed(runs, Path(name) / "index")


def _undisturbed(runs, folder):
    assert runs("run", folder)["done"]
    assert runs("verify", folder)["step"] == STEPS
    return runs("fingerprint", folder)["fingerprint"]


@pytest.mark.parametrize("point", faults.POINTS)
def test_killed_between_two_steps_of_a_write(runs, undisturbed, tmp_path, point):
    folder = tmp_path / "index"
    assert "killed" in runs("run", folder, point=point, times=2)
    step = runs("verify", folder)["step"]
    assert step < STEPS or point.startswith(("close", "merge", "commit", "segment"))
    assert runs("run", folder)["done"]
    assert runs("verify", folder)["step"] == STEPS
    assert runs("fingerprint", folder)["fingerprint"] == undisturbed


def test_killed_between_two_steps_of_a_repair(runs, undisturbed, tmp_path):
    folder = tmp_path / "index"
    runs("run", folder)
    for file in itertools.count(1):
        answer = runs("repair", folder, file=file)
        assert runs("verify", folder)["step"] == STEPS
        if "killed" not in answer:
            break
    assert answer["done"]
    assert file > 10
    assert runs("fingerprint", folder)["fingerprint"] == undisturbed
    assert {path.name for path in folder.iterdir() if path.is_dir()} == {"segments"}


def test_killed_between_two_steps_of_a_copy(runs, undisturbed, tmp_path):
    folder, copy = tmp_path / "index", tmp_path / "copy"
    runs("run", folder)
    (folder / "uploads").mkdir()
    (folder / "uploads" / "a.md").write_text("a")
    for file in itertools.count(1):
        answer = runs("copy", folder, target=str(copy), file=file)
        if "killed" not in answer:
            break
        assert not (copy / "catalog.sqlite").exists()  # it is begun anew
    assert answer["done"]
    assert file > 10
    assert runs("verify", copy)["step"] == STEPS
    assert runs("fingerprint", copy)["fingerprint"] == undisturbed
    assert (copy / "uploads" / "a.md").read_text() == "a"


def test_killed_at_random_moments(runs, undisturbed, tmp_path):
    """Each run first checks that what the last one left is whole, and goes on from there."""
    chance = random.Random(7)
    began = time.monotonic()
    kills = 0
    while kills < KILLS and (PATIENT or time.monotonic() - began < 40):
        folder = tmp_path / str(kills)
        longest = 0.02
        while "done" not in (answer := runs("run", folder, kill_after=chance.uniform(0, longest))):
            assert "error" not in answer, answer
            kills += 1
            longest *= 1.15  # on a busy machine too a run must get somewhere
        assert runs("verify", folder)["step"] == STEPS
        assert runs("fingerprint", folder)["fingerprint"] == undisturbed
        shutil.rmtree(folder)
    assert kills >= min(KILLS, 20)


@pytest.mark.parametrize("seed", range(6))
def test_disk_full_at_random_writes(runs, undisturbed, tmp_path, seed):
    chance = random.Random(seed)
    folder = tmp_path / "index"
    for _ in range(3):
        limit = chance.choice(
            [
                {"file_bytes": chance.randrange(200, 90_000)},
                {"fail_after": chance.randrange(1, 300)},
            ]
        )
        answer = runs("run", folder, **limit)
        assert answer.get("done") or answer["error"] == "StorageFullError", answer
        if "message" in answer:
            assert "no space left" in answer["message"]
            assert "\n" not in answer["message"]
        if (folder / "catalog.sqlite").exists():
            runs("verify", folder)
    assert runs("run", folder)["done"]
    assert runs("fingerprint", folder)["fingerprint"] == undisturbed


def _flip(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0x10
    path.write_bytes(data)


DAMAGES = {
    "deleted": lambda path: path.unlink(),
    "torn": lambda path: os.truncate(path, path.stat().st_size // 2),
    "emptied": lambda path: os.truncate(path, 0),
    "flipped": _flip,
}
FILES = (
    "ids.npy",
    "keys.npy",
    "starts.npy",
    "postings.npy",
    "peaks.npy",
    "lengths.npy",
    "dense.faiss",
)


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("name", FILES)
def test_a_damaged_derived_file_is_made_anew(filled, damage, name):
    filled.close()
    path = next((filled.path / "segments").glob(f"*/{name}"))
    DAMAGES[damage](path)
    with open_store(filled.path) as store:
        with store.view() as view:
            assert state_of_samples(view)
        levels = [finding.level for finding in store.check()]
        assert levels[0] == "repaired"
        assert "fault" not in levels
        assert "repaired" not in [finding.level for finding in store.check()]


def state_of_samples(view):
    found = {info.id: [c.text for c in view.document_chunks(info.id)] for info in view.documents()}
    hits = view.lexical_search("大桥", 9)
    dense = view.dense_search(vector_of(SAMPLES["tea"][0]), 1)
    return (
        found == SAMPLES
        and len(hits.ids) == 2
        and view.chunks(dense.ids)[0].text == SAMPLES["tea"][0]
    )


def test_all_derived_files_deleted(filled):
    filled.close()
    shutil.rmtree(filled.path / "segments")
    with open_store(filled.path) as store, store.view() as view:
        assert state_of_samples(view)


def test_damaged_files_serve_a_reader_that_may_not_write(filled):
    filled.close()
    shutil.rmtree(filled.path / "segments")
    with open_store(filled.path, read_only=True) as store:
        with store.view() as view:
            assert state_of_samples(view)
        assert [f.level for f in store.check()].count("fault") == 1
    assert not (filled.path / "segments").exists()


def test_the_check_finds_what_the_opening_does_not(filled):
    path = next((filled.path / "segments").glob("*/postings.npy"))
    _flip(path)
    findings = filled.check()
    assert [f.level for f in findings if f.subject == "derived files"] == ["repaired"]
    assert "checksum" in next(f.message for f in findings if f.level == "repaired")
    with filled.view() as view:
        assert state_of_samples(view)


def test_a_clean_check_tells_the_facts(filled):
    findings = {finding.subject: finding for finding in filled.check()}
    assert findings["catalog"].message == "3 documents and 7 passages, all checksums right"
    assert findings["derived files"].level == "ok"
    assert findings["dense index"].message.startswith("exact")


def _spoil_document(folder, column, value):
    import sqlite3

    with sqlite3.connect(folder / "catalog.sqlite") as connection:
        connection.execute(f"UPDATE {column} WHERE number = 3", (value,))
    connection.close()


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("documents SET title = ?", "Coffee"),
        ("documents SET published = ?", "1999"),
        ("chunks SET spans = ?", b"x"),
        ("chunks SET vectors = ?", bytes(2 * DIMENSION * 2)),
    ],
)
def test_a_damaged_document_is_told_and_the_rest_saved(filled, column, value):
    filled.close()
    _spoil_document(filled.path, column, value)
    with open_store(filled.path) as store:
        fault = next(f for f in store.check() if f.level == "fault")
        assert "tea.txt" in fault.message
        assert "rag doctor --repair" in fault.message
    assert [f.message for f in repair(filled.path)] == [
        "2 documents saved, 1 lost (tea.txt): run rag index again for them"
    ]
    with open_store(filled.path) as store:
        assert "fault" not in [finding.level for finding in store.check()]
        with store.view() as view:
            assert [info.id for info in view.documents()] == ["river", "rail"]
        with store.writer() as writer:
            writer.put(*make_document("tea", SAMPLES["tea"]))
        with store.view() as view:
            assert {info.id for info in view.documents()} == set(SAMPLES)


def test_a_torn_catalog_is_told(filled):
    filled.close()
    path = filled.path / "catalog.sqlite"
    data = bytearray(path.read_bytes())
    data[4096 * 2 : 4096 * 6] = b"\xa5" * (4096 * 4)
    path.write_bytes(data)
    try:
        with open_store(filled.path) as store:
            told = next(f.message for f in store.check() if f.level == "fault")
    except IndexCorruptError as error:
        told = str(error)
    assert "rag doctor --repair" in told
    assert str(path) in told


def test_a_long_lived_store_sees_a_repaired_catalog(filled):
    repair(filled.path)
    with filled.view() as view:
        assert state_of_samples(view)


def test_a_lock_left_by_a_dead_process_locks_nothing(filled):
    (filled.path / "write.lock").write_text("999999\n")
    with filled.writer() as writer:
        writer.remove("tea")
    with filled.view() as view:
        assert view.passages == 5


def test_two_processes_cannot_write_at_once(filled):
    code = (
        "import sys; from rag.index import open_store\n"
        "from rag.errors import IndexLockedError\n"
        "try:\n    open_store(sys.argv[1]).writer().__enter__()\n"
        "except IndexLockedError as error:\n    print(error)"
    )
    with filled.writer() as writer:
        writer.remove("tea")
        found = subprocess.run(
            [sys.executable, "-c", code, str(filled.path)],
            capture_output=True,
            text=True,
            check=True,
            cwd=Path(__file__).parents[2],
        )
    assert f"process {os.getpid()}" in found.stdout
    assert found.stdout.count("\n") == 1


def test_the_clock_may_jump(filled, monkeypatch):
    import datetime as dt

    from rag.index import writing

    class Jumping(dt.datetime):
        @classmethod
        def now(cls, tz=None):
            return cls(1999, 1, 1, tzinfo=tz)

    monkeypatch.setattr(writing.dt, "datetime", Jumping)
    with filled.writer() as writer:
        writer.put(*make_document("late", ["最后写的"]))
        writer.put(*make_document("tea", ["换了"]))
    with filled.view() as view:
        assert [info.id for info in view.documents()] == ["river", "rail", "late", "tea"]
        assert list(view.documents())[-1].indexed.startswith("1999-01-01")
    assert "fault" not in [finding.level for finding in filled.check()]


def test_readers_under_a_busy_writer_never_see_a_mixed_state(tmp_path):
    failures, seen = [], set()
    stop = threading.Event()
    with open_store(tmp_path / "index", model="toy", dimension=DIMENSION) as store:

        def read():
            try:
                while not stop.is_set():
                    with store.view() as view:
                        state, step = state_of(view)
                    assert state == expected(step), step
                    seen.add(step)
            except BaseException as error:  # noqa: BLE001
                failures.append(error)

        readers = [threading.Thread(target=read) for _ in range(3)]
        for reader in readers:
            reader.start()
        for first in range(1, STEPS + 1, 4):
            with store.writer() as writer:
                for step in range(first, min(first + 4, STEPS + 1)):
                    for name, sentences in changes(step):
                        if sentences is None:
                            writer.remove(name)
                        else:
                            writer.put(*make_document(name, sentences))
                    writer.commit()
        time.sleep(0.2)
        stop.set()
        for reader in readers:
            reader.join()
    assert not failures, failures[0]
    assert STEPS in seen


def test_a_snapshot_taken_while_a_writer_is_at_work(filled, tmp_path):
    with filled.writer() as writer:
        writer.put(*make_document("half", ["未提交"]))
        filled.snapshot(str(tmp_path / "copy"))
        writer.put(*make_document("more", ["之后"]))
    with open_store(tmp_path / "copy", model="toy", dimension=DIMENSION) as copy:
        assert "repaired" not in [finding.level for finding in copy.check()]
        with copy.view() as view:
            assert state_of_samples(view)
        with copy.writer() as writer:
            fill(writer)
    with pytest.raises(Exception, match="not empty"):
        filled.snapshot(str(tmp_path / "copy"))


def test_an_older_format_is_brought_up_to_date(filled, monkeypatch):
    from rag.index import catalog

    filled.close()
    now = catalog.FORMAT
    monkeypatch.setattr(catalog, "FORMAT", now + 1)
    monkeypatch.setattr(catalog, "READS_FROM", now + 1)
    monkeypatch.setitem(
        catalog.MIGRATIONS, now, lambda c: c.execute("ALTER TABLE sources ADD COLUMN note TEXT")
    )
    with open_store(filled.path) as store:
        assert store.facts["format"] == str(catalog.FORMAT)
        found = next(f.message for f in store.check())
        assert found == f"brought from format {now} to {now + 1}"
        with store.view() as view:
            assert state_of_samples(view)


def test_the_format_before_utf16_pages_is_read_as_it_is_and_written_as_the_new_one(filled):
    from rag.index import catalog

    filled.close()
    path = filled.path / catalog.CATALOG_FILE
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        # As the version before wrote it.
        connection.execute("UPDATE meta SET value = '1' WHERE key = 'format'")
        for page, data in connection.execute("SELECT page, data FROM texts").fetchall():
            raw = catalog._unpacked_page(data).encode("utf-8", "surrogatepass")
            old = b"z" + zlib.compress(raw, 1)
            connection.execute("UPDATE texts SET data = ? WHERE page = ?", (old, page))
    with open_store(filled.path, read_only=True) as store, store.view() as view:
        assert state_of_samples(view)
        assert store.facts["format"] == "1"
    with open_store(filled.path) as store:
        assert not [finding for finding in store.check() if finding.level == "fault"]
        with store.writer() as writer:
            assert writer.remove("tea")
    with contextlib.closing(sqlite3.connect(path)) as connection:
        found = connection.execute("SELECT value FROM meta WHERE key = 'format'").fetchone()
    assert found == (str(catalog.FORMAT),)


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("青岛市有十个区市。" * 20, b"u"),
        ("Ten districts of Qingdao. " * 20, b"z"),
        ("a", b"r"),
        ("乙\ud83d\ude00" * 9, b"z"),  # two surrogates are two characters, and stay so
        ("𠀀" * 9, b"u"),
        ("Привет, мир. " * 20, b"z"),
    ],
)
def test_pages_of_text_are_kept_as_it_suits_their_script(text, mark):
    from rag.index import catalog

    page = catalog._packed_page(text, text.encode("utf-8", "surrogatepass"))
    assert page[:1] == mark
    assert catalog._unpacked_page(page) == text


def test_a_folder_that_cannot_be_written_still_answers(filled):
    if os.getuid() == 0:
        pytest.skip("root may write anywhere")
    filled.close()
    filled.path.chmod(0o555)
    try:
        with open_store(filled.path, read_only=True) as store, store.view() as view:
            assert state_of_samples(view)
    finally:
        filled.path.chmod(0o755)


def test_a_locked_index_still_answers(filled):
    with filled.writer():
        with pytest.raises(IndexLockedError), filled.writer():
            pass
        with filled.view() as view:
            assert state_of_samples(view)


@pytest.fixture
def lockless(monkeypatch):
    """Readers find a file that they cannot lock, as in a folder that only another user may write."""
    connect = sqlite3.connect

    def refusing(name, *args, **kwargs):
        if "mode=ro" in str(name):
            raise sqlite3.OperationalError("unable to open database file")
        return connect(name, *args, **kwargs)

    monkeypatch.setattr(sqlite3, "connect", refusing)


def test_a_reader_that_cannot_lock_sees_what_another_user_commits(filled, lockless):
    with open_store(filled.path, read_only=True) as reader:
        with reader.view() as view:
            assert state_of_samples(view)
        with filled.writer() as writer:
            writer.put(*make_document("new", ["新的。"]))
            writer.remove("tea")
        with reader.view() as view:
            assert [info.id for info in view.documents()] == ["river", "rail", "new"]
            hits = view.lexical_search("新的", 1)
            assert view.chunks(hits.ids)[0].text == "新的。"


def test_a_reader_that_cannot_lock_gives_nothing_of_two_states(filled, lockless):
    with open_store(filled.path, read_only=True) as reader:
        with pytest.raises(IndexStoreError, match="changed while it was read"):
            _read_while_written(reader, filled, "SELECT 1")
        # Damage, for all that SQLite can tell.
        with pytest.raises(IndexStoreError, match="changed while it was read"):
            _read_while_written(reader, filled, "SELECT nothing")


def _read_while_written(reader, store, query):
    with reader.view() as view:
        with store.writer() as writer:
            writer.put(*make_document("new", ["新的。", query]))
        view._connection.execute(query)
