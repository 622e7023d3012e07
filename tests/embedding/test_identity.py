"""Names of models: what a folder holds decides, not how its path is written."""

import os
import sys
from hashlib import sha256
from pathlib import Path
from shutil import copytree

import pytest

from rag.embedding import (
    StaticEmbedder,
    bundled_model_path,
    load_embedder,
    must_match,
    name_before_loading,
    same_model,
    setting_of,
)
from rag.embedding.identity import _samples, folder_model
from rag.errors import IndexModelMismatchError


def folder(path: Path, text: str = "{}") -> Path:
    path.mkdir()
    (path / "config.json").write_text(text)
    return path


def test_a_folder_is_named_alike_however_its_path_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = folder(tmp_path / "tiny")
    monkeypatch.chdir(tmp_path)
    name = folder_model(path)
    assert name.startswith(f"{path}@")
    assert {folder_model(one) for one in ("tiny", "./tiny", "tiny/")} == {name}
    monkeypatch.chdir(path)
    assert folder_model(".") == name


def test_a_copy_is_the_same_model_and_other_content_another(tmp_path: Path) -> None:
    one, copied = folder(tmp_path / "one"), folder(tmp_path / "copied")
    other = folder(tmp_path / "other", "{ }")
    assert same_model(folder_model(one), folder_model(copied))
    assert not same_model(folder_model(one), folder_model(other))


def test_weights_that_differ_in_the_middle_alone_are_another_model(tmp_path: Path) -> None:
    """The edges of a file used to tell all: a model whose inner layers were trained passed for the first."""
    size = 1_000_003
    one, other = folder(tmp_path / "one"), folder(tmp_path / "other")
    (one / "model.safetensors").write_bytes(bytes(size))
    inner = bytes([1]) * (size - 2 * 65_536)
    (other / "model.safetensors").write_bytes(bytes(65_536) + inner + bytes(65_536))
    names = folder_model(one), folder_model(other)
    edges = [name.rpartition("@")[2].partition("-")[0] for name in names]
    assert edges[0] == edges[1]
    assert not same_model(*names)
    # An index from before notes the edges alone.
    before = names[0].rpartition("-")[0]
    assert same_model(before, names[0])
    assert folder_model(one) == names[0]


def test_samples_are_few_and_lie_between_the_edges() -> None:
    assert [len(_samples(size)) for size in (0, 65_536, 131_072, 131_073)] == [0, 0, 0, 1]
    for size in (10**6, 10**9 + 7):
        starts = _samples(size)
        assert starts[0] == 65_536
        assert size - 65_536 - starts.step <= starts[-1] < size - 65_536
        assert len(starts) <= 129


def test_what_is_no_file_has_no_part_in_the_name(tmp_path: Path) -> None:
    path = folder(tmp_path / "tiny")
    name = folder_model(path)
    (path / "old.bin").mkdir()
    (path / "model.safetensors").symlink_to("gone")
    assert folder_model(path) == name


def test_the_digest_of_names_in_utf8_stays_what_it_was(tmp_path: Path) -> None:
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "词表.txt").write_text("ab")
    revision = folder_model(tmp_path / "m").rpartition("@")[2]
    assert revision == sha256("词表.txt 2\nab".encode()).hexdigest()[:12]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems take no such names")
def test_names_that_are_no_utf8_are_named_too(tmp_path: Path) -> None:
    made = os.fsencode(tmp_path) + b"/m\xff"
    os.mkdir(made)  # noqa: PTH102 - bytes
    with open(made + b"/caf\xe9.txt", "wb") as file:  # noqa: PTH123 - bytes
        file.write(b"ab")
    name = folder_model(os.fsdecode(made))
    revision = sha256(b"caf\xe9.txt 2\nab").hexdigest()[:12]
    # As an index can note it.
    assert name == rf"{tmp_path}/m\udcff@{revision}"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("toy", "toy", True),
        ("toy", "toy2", False),
        ("tiny@954ff2451b85", "/models/tiny@954ff2451b85", True),
        ("tiny@954ff2451b85", "tiny@954ff2451b86", False),
        ("a@unknown", "b@unknown", False),
        ("tiny@954ff2451b85-aaaaaaaaaaaa", "tiny@954ff2451b85", True),
        ("tiny@954ff2451b85-aaaaaaaaaaaa", "tiny@954ff2451b85-aaaaaaaaaaab", False),
        # A path that names a family has its prompts: other vectors.
        ("e5-small@954ff2451b85", "small@954ff2451b85", False),
    ],
)
def test_same_model(one: str, other: str, same: bool) -> None:
    assert same_model(one, other) is same_model(other, one) is same


def test_a_static_model_is_named_with_its_place_but_known_by_its_revision(tmp_path: Path) -> None:
    bundled, folder = load_embedder("bundled"), tmp_path / "e5-tests"
    copytree(bundled_model_path(), folder)
    place = folder.resolve()
    copied = StaticEmbedder(folder)
    revision = bundled.name.partition("@")[2]
    assert bundled.name == f"rag-static@{revision}"
    assert copied.name == f"rag-static:{place}@{revision}"
    (tmp_path / "link").symlink_to(folder)
    assert StaticEmbedder(tmp_path / "link").name == copied.name
    # Its path names a family, whose prompts a static model does not take.
    assert same_model(copied.name, bundled.name)
    assert setting_of(copied.name) == "bundled"
    asked = (bundled.name, bundled.dimension)
    must_match("i", (copied.name, copied.dimension), asked, setting="bundled")

    description = folder / "rag_model.json"
    description.write_text(
        description.read_text()
        .replace(revision, "0123456789ab")
        .replace("rag-static", "rag-static-adapted")
    )
    adapted = StaticEmbedder(folder)
    assert adapted.name == f"rag-static-adapted:{place}@0123456789ab"
    assert setting_of(adapted.name) == str(place)
    with pytest.raises(
        IndexModelMismatchError, match=f"Ask it with --model {place}, or embed its text anew"
    ):
        must_match("i", (adapted.name, 256), asked, setting="bundled")


@pytest.mark.parametrize(
    ("name", "setting"),
    [
        ("rag-static@0123456789ab", ""),
        ("rag-static-adapted@0123456789ab", ""),
        ("rag-static-adapted:C:\\models\\a@b@0123456789ab", "C:\\models\\a@b"),
        ("org/model@0123456789ab", "org/model"),
        ("org/model@unknown", "org/model"),
        ("/models/a@b@0123456789ab-0123456789ab", "/models/a@b"),
        ("VertexAIEmbeddings:gecko@001", None),
        ("toy", None),
    ],
)
def test_the_setting_that_asks_for_a_model_of_this_name(name: str, setting: str | None) -> None:
    assert setting_of(name) == setting


def test_the_name_is_known_before_loading(tmp_path: Path) -> None:
    assert name_before_loading("bundled") == load_embedder("bundled").name
    assert name_before_loading(str(bundled_model_path())) == load_embedder("bundled").name
    assert name_before_loading(str(folder(tmp_path / "m"))) == folder_model(tmp_path / "m")
    assert name_before_loading("intfloat/multilingual-e5-small") is None
