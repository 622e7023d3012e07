"""rag.tokens: the project's own pieces, and counting that needs no network."""

import socket
import subprocess
import sys

import pytest
import tiktoken
from hypothesis import given
from hypothesis import strategies as st

from rag import tokens
from rag.normalization import normalize
from rag.tokens import SPECIAL_PIECES, VOCABULARY_SIZE, count_tokens, encode_batch, get_encoding


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_kwargs: object) -> None:
        pytest.fail("a connection was attempted")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def pieces(text: str) -> list[str]:
    encoding = get_encoding()
    return [encoding.decode([piece]) for piece in encode_batch([text])[0]]


def test_a_worked_example() -> None:
    assert pieces("國立臺灣大學的校長是誰？") == ["国立", "台湾", "大学", "的", "校长", "是谁", "?"]


def test_a_word_has_one_form_everywhere() -> None:
    assert pieces("China china (china)") == ["china", " ", "china", " ", "(", "china", ")"]


def test_years_stay_whole_and_long_numbers_are_cut_at_four_digits() -> None:
    assert pieces("2023年12345") == ["2023", "年", "1234", "5"]


def test_vocabulary_leaves_room_for_the_special_pieces() -> None:
    assert get_encoding().n_vocab + len(SPECIAL_PIECES) == VOCABULARY_SIZE


def test_text_that_spells_special_tokens_is_ordinary_text() -> None:
    assert count_tokens("[CLS] <|endoftext|>") > 2


@given(st.text(st.characters(codec="utf-8"), max_size=80))
def test_pieces_give_back_the_normalised_text(text: str) -> None:
    (ids,) = encode_batch([text])
    assert get_encoding().decode(ids) == normalize(text)
    assert count_tokens(text) == len(ids)


def test_bad_input_is_counted() -> None:
    assert count_tokens("") == 0
    assert count_tokens("a\ud800b") >= 3
    assert count_tokens("中" * 1_000_000) > 100_000


def test_threads_give_the_same_ids() -> None:
    texts = ["臺灣", "hello world", ""]
    assert encode_batch(texts, threads=2) == encode_batch(texts)


@pytest.mark.parametrize("name", ["cl100k_base", "gpt-4o", "o200k_base", "no such model"])
def test_an_encoding_that_is_not_cached_falls_back_to_our_own(
    name: str, no_network: None, monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path))
    get_encoding.cache_clear()
    assert get_encoding(name).name == "rag64k"
    assert count_tokens("人工智能", name) == 1
    get_encoding.cache_clear()


def test_a_damaged_cache_file_is_not_handed_to_tiktoken(
    no_network: None, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("cache")
    # sha1 of the address that tiktoken fetches cl100k_base from: its rule for names in the cache.
    (folder / "9b5ad71b2ce5302211f9c61530b329a4922fc6a4").write_bytes(b"damaged")
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(folder))
    get_encoding.cache_clear()
    assert get_encoding("cl100k_base").name == "rag64k"
    get_encoding.cache_clear()


def test_an_intact_cached_table_is_used(
    no_network: None, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.setattr(tokens, "_is_cached", lambda name: name == "cl100k_base")
    monkeypatch.setattr(
        tiktoken,
        "get_encoding",
        lambda name: tiktoken.Encoding(
            name,
            pat_str=r"\S+|\s+",
            mergeable_ranks={bytes([n]): n for n in range(256)},
            special_tokens={},
        ),
    )
    get_encoding.cache_clear()
    assert count_tokens("ABC", "cl100k_base") == 3
    get_encoding.cache_clear()


def test_the_plugin_module_imports_nothing_of_ours() -> None:
    code = (
        "import importlib.util, sys\n"
        f"spec = importlib.util.spec_from_file_location('plugin', {_plugin()!r})\n"
        "module = importlib.util.module_from_spec(spec); spec.loader.exec_module(module)\n"
        "assert list(module.ENCODING_CONSTRUCTORS) == ['rag64k']\n"
        "assert not [name for name in sys.modules if name.split('.')[0] == 'rag'], 'rag was imported'\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_tiktoken_finds_the_encoding_by_its_name() -> None:
    pytest.importorskip("tiktoken_ext.rag64k", reason="rag is not installed, only on the path")
    encoding = tiktoken.get_encoding("rag64k")
    assert encoding.encode("人工智能") == encode_batch(["人工智能"])[0]


def _plugin() -> str:
    return str(tokens.merges_path().parent.parent / "plugins" / "tiktoken_ext" / "rag64k.py")
