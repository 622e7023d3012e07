"""Settings: where a value comes from, and what is said about a wrong one."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.errors import SettingsError
from rag.settings import Settings, explain_settings, misspelt_variables


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("RAG_K", "RAG_READER", "RAG_CHUNK_TOKENS", "RAG_MODEL", "RAG_ANSWERER"):
        monkeypatch.delenv(name, raising=False)


def test_arguments_over_environment_over_file_over_defaults(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "rag.toml").write_text('k = 3\nchunk_tokens = 300\nmodel = "some/model"\n')
    monkeypatch.setenv("RAG_K", "5")
    monkeypatch.setenv("RAG_CHUNK_TOKENS", "400")
    settings = Settings.load(k=7)
    assert (settings.k, settings.chunk_tokens, settings.model) == (7, 400, "some/model")
    assert settings.chunk_overlap == 48
    origins = {name: origin for name, _, origin, _ in explain_settings(k=7)}
    assert origins["k"] == "argument"
    assert origins["chunk_tokens"] == "RAG_CHUNK_TOKENS"
    assert origins["model"] == "rag.toml"
    assert origins["fusion"] == "default"


def test_an_argument_of_none_counts_as_not_given() -> None:
    assert Settings.load(k=None).k == 8


@pytest.mark.parametrize(("text", "value"), [("0", False), ("off", False), ("YES", True)])
def test_booleans_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, text: str, *, value: bool
) -> None:
    monkeypatch.setenv("RAG_READER", text)
    assert Settings.load().reader is value


def test_an_empty_variable_means_the_default_unless_empty_is_a_value(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "rag.toml").write_text("chunk_tokens = 300\n")
    for name in ("RAG_K", "RAG_READER", "RAG_FUSION", "RAG_CHUNK_TOKENS", "RAG_RERANKER"):
        monkeypatch.setenv(name, "")
    for name in ("RAG_MODEL", "RAG_ANSWERER", "RAG_LLM", "RAG_LLM_BASE_URL"):
        monkeypatch.setenv(name, "")
    settings = Settings.load()
    assert (settings.model, settings.answerer) == ("bundled", "auto")
    assert (settings.llm, settings.llm_base_url) == ("", "")
    assert (settings.k, settings.reader, settings.fusion) == (8, True, "calibrated")
    assert settings.chunk_tokens == 300
    assert settings.reranker == ""


def test_a_file_with_a_byte_order_mark(tmp_path: Path) -> None:
    (tmp_path / "rag.toml").write_text("k = 3\n", encoding="utf-8-sig")
    assert Settings.load().k == 3


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"k": 0}, "k=0: must lie between 1 and 1000"),
        ({"k": "many"}, "argument: k='many': must be a whole number between 1 and 1000."),
        ({"k": 2.5}, "k=2.5: must be a whole number"),
        ({"k": float("inf")}, "k=inf: must be a whole number"),
        ({"k": True}, "k=True: must be a whole number"),
        ({"fusion": "magic"}, "fusion='magic': must be one of calibrated"),
        ({"reader": "perhaps"}, "reader='perhaps': must be true or false"),
        ({"model": 3}, "model=3: must be a text"),
        ({"model": ""}, "model='': must not be empty. Leave it out for the default"),
        ({"model": " "}, "model=' ': must not be empty"),
        ({"llm_timeout": "x"}, "llm_timeout='x': must be a number between 0.1 and 3600"),
        ({"llm_daily_tokens": -1}, "must lie between 0 and 1000000000000"),
        ({"answerer": ""}, "answerer='': must be one of auto, extractive, llm"),
        ({"answerer": "foo"}, "answerer='foo': must be one of auto, extractive, llm"),
        ({"chunk_tokens": 32, "chunk_overlap": 32}, "chunk_overlap .32. must be less"),
        ({"chunk_token": 32}, "no setting 'chunk_token'. Did you mean 'chunk_tokens'"),
    ],
)
def test_wrong_values_name_the_setting(values: dict[str, object], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        Settings.load(**values)


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "rag.toml").write_text("k = = 3")
    with pytest.raises(SettingsError, match="rag.toml: is not valid TOML"):
        Settings.load()
    with pytest.raises(SettingsError, match="cannot be read"):
        Settings.load(file=tmp_path / "absent.toml")


def test_an_empty_model_in_the_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "rag.toml").write_text('model = ""\n')
    with pytest.raises(SettingsError, match="model='': must not be empty"):
        Settings.load()


def test_a_wrong_value_says_where_it_comes_from(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "rag.toml").write_text("k = 'abc'\n")
    with pytest.raises(SettingsError, match=r"^rag.toml: k='abc': must be a whole number"):
        Settings.load()
    monkeypatch.setenv("RAG_K", "zero")
    with pytest.raises(SettingsError, match=r"^RAG_K: k='zero': must be a whole number"):
        Settings.load()
    monkeypatch.setenv("RAG_K", "0")
    with pytest.raises(SettingsError, match=r"^RAG_K: k='0': must lie between 1 and 1000"):
        Settings.load()
    assert Settings.load(k=3).k == 3  # what is not used is not looked at
    with pytest.raises(SettingsError, match=r"^k='abc': must be"):
        Settings(k="abc")  # type: ignore[arg-type]


def test_the_index_folder_is_no_setting(tmp_path: Path) -> None:
    (tmp_path / "rag.toml").write_text("index = 'mine'\n")
    with pytest.raises(SettingsError, match=r"'index'. Name the index folder with --index DIR"):
        Settings.load()


def test_variables_that_are_nearly_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("RAG_MODLE", "RAG_INDX", "RAG_LLM_URL", "RAG_INDEX", "RAG_K", "RAG_TEST_KILLS"):
        monkeypatch.setenv(name, "1")
    assert misspelt_variables() == [
        ("RAG_INDX", "RAG_INDEX"),
        ("RAG_LLM_URL", "RAG_LLM_BASE_URL"),
        ("RAG_MODLE", "RAG_MODEL"),
    ]


def test_replace_checks_too() -> None:
    assert Settings().replace(k=2).k == 2
    with pytest.raises(SettingsError, match="must lie between"):
        Settings().replace(k=-1)
    with pytest.raises(SettingsError, match="no setting"):
        Settings().replace(nonsense=1)


def test_blanks_around_a_variable_are_no_part_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"MODEL": "bundled\r", "FUSION": " rrf ", "READER": "false\r", "LLM": " ", "K": "7 "}
    for name, value in given.items():
        monkeypatch.setenv(f"RAG_{name}", value)
    loaded = Settings.load()
    assert loaded == Settings(model="bundled", fusion="rrf", reader=False, llm="", k=7)
