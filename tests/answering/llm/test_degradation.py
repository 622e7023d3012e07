"""What a reader gets when the endpoint fails, and that nothing secret or half leaks out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from rag.answering.llm.answering import complete_question
from rag.answering.llm.failures import as_llm_error, cut_off, meaning, without_secrets
from rag.answering.llm.ledger import Ledger
from rag.answering.llm.models import load_chat_model
from rag.errors import LLMError, MissingExtraError, SettingsError
from rag.records import Answer
from rag.settings import Settings
from rag.tokens import count_tokens
from tests.answering.llm.player import _Server, player
from tests.answering.llm.scenes import answerer, extractive, scenes


@pytest.fixture(scope="module")
def server() -> Iterator[_Server]:
    with player() as running:
        yield running


def _ask(url: str, temper: str, **changes: object) -> tuple[list[str], Answer]:
    question, passages = scenes(1)[0]
    llm = answerer(url, temper, **{"llm_retries": 0, **changes})
    *pieces, answer = llm.stream(question, passages, fallback=extractive(question, passages))
    assert isinstance(answer, Answer)
    return [str(piece) for piece in pieces], answer


@pytest.mark.parametrize(
    ("temper", "cause"),
    [
        ("status-401", "密钥"),
        ("status-429", "请求过多"),
        ("status-500", "服务端出错"),
        ("overflow", "超出模型容量"),
        ("empty", "为空"),
        ("garbage", "不是文字"),
        ("truncated", "长度上限"),
        ("dies", "中断"),
        ("fades", "中断"),
        ("html", "RAG_LLM_BASE_URL"),
    ],
)
def test_the_extractive_answer_with_the_cause(server: _Server, temper: str, cause: str) -> None:
    _, answer = _ask(server.url, temper)
    assert answer.text == "fallback"
    assert answer.answerer == "extractive"
    assert answer.note is not None
    assert cause in answer.note


def test_a_slow_endpoint_times_out(server: _Server) -> None:
    _, answer = _ask(server.url, "silent", llm_timeout=0.5)
    assert answer.note is not None
    assert "时限" in answer.note


def test_an_answer_that_never_ends_times_out(server: _Server) -> None:
    server.scripts["crawl"] = ["一个很长的回答。" * 40]
    _, answer = _ask(server.url, "crawl", llm_timeout=1.0)
    assert answer.text == "fallback"
    assert "时限" in str(answer.note)


def test_an_endpoint_that_is_down() -> None:
    _, answer = _ask("http://127.0.0.1:9/v1", "well", llm_timeout=2)
    assert answer.text == "fallback"
    assert "无法连接" in str(answer.note)


def test_a_passing_fault_is_tried_again(server: _Server) -> None:
    server.requests.clear()
    _, answer = _ask(server.url, "flaky", llm_retries=2)
    assert answer.answerer == "openai:flaky"
    assert len(server.requests) == 2


def test_a_wrong_key_is_not_tried_again(server: _Server) -> None:
    server.requests.clear()
    _ask(server.url, "status-401", llm_retries=3)
    assert len(server.requests) == 1


def test_a_slow_stream_shows_no_partial_marks(server: _Server) -> None:
    pieces, answer = _ask(server.url, "slow")
    assert "".join(pieces) == answer.text
    assert len(pieces) > 1
    for piece in pieces:
        assert piece.count("[") == piece.count("]")


def test_the_model_may_say_that_there_is_no_answer(server: _Server) -> None:
    server.scripts["honest-refusal"] = ["NO_ANSWER"]
    pieces, answer = _ask(server.url, "honest-refusal")
    assert answer.refused
    assert answer.citations == ()
    assert pieces == []


def test_unsupported_sentences_are_removed_on_request(server: _Server) -> None:
    _, marked = _ask(server.url, "outsider")
    pieces, removed = _ask(server.url, "outsider", unsupported="remove")
    assert any(not one.supported for one in marked.statements)
    assert all(one.supported for one in removed.statements)
    assert len(removed.text) < len(marked.text)
    assert "".join(pieces) == removed.text


def test_one_rewrite_on_request(server: _Server) -> None:
    question, passages = scenes(1)[0]
    honest = passages[0].text.split("。")[0].strip("# \n") + "。"
    server.scripts["corrigible"] = [honest + "当地房价明年会下降三成。", honest]
    server.requests.clear()
    _, answer = _ask(server.url, "corrigible", unsupported="rewrite")
    assert len(server.requests) == 2
    assert all(one.supported for one in answer.statements)
    assert "房价" not in answer.text


def test_the_daily_cap_is_kept(server: _Server) -> None:
    server.requests.clear()
    _, answer = _ask(server.url, "well", llm_daily_tokens=10)
    assert server.requests == []
    assert "RAG_LLM_DAILY_TOKENS" in str(answer.note)


def test_the_ledger_counts_across_openings(tmp_path) -> None:
    path = tmp_path / "tokens.jsonl"
    Ledger(path, cap=100).spend(60)
    with path.open("a") as file:
        file.write("torn li\n")
    assert Ledger(path, cap=100).spent_today() == 60
    assert Ledger(path, cap=100).allows(40)
    assert not Ledger(path, cap=100).allows(41)


def test_a_follow_up_is_completed_by_the_model(server: _Server) -> None:
    server.completion = "市北区2024年的目标是什么?"
    llm = answerer(server.url, "well")
    completed = complete_question(
        llm.model,
        "那2024年呢?",
        [("市北区2023年的目标是什么?", "……")],
        name=llm.name,
        ledger=llm.ledger,
        count_tokens=count_tokens,
    )
    assert completed == "市北区2024年的目标是什么?"


def test_keys_never_show(server: _Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret-0123456789")
    server.keys.clear()
    _, answer = _ask(server.url, "status-401")
    assert server.keys == ["Bearer sk-secret-0123456789"]
    assert "secret" not in repr(answer)
    assert "secret" not in repr(answerer(server.url, "well").settings)
    assert without_secrets("used sk-secret-0123456789 here") == "used [key] here"


def test_settings_that_cannot_work(monkeypatch: pytest.MonkeyPatch) -> None:
    from rag.answering.llm.models import provider_and_model

    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(SettingsError, match="OPENAI_API_KEY"):
        load_chat_model(Settings(llm="openai:gpt-5-mini"))
    with pytest.raises(SettingsError, match="provider:model"):
        provider_and_model(Settings(llm="qwen3"))
    with pytest.raises(SettingsError, match="RAG_LLM_BASE_URL"):
        provider_and_model(Settings(llm="vllm:qwen3"))
    assert provider_and_model(Settings(llm="ollama:qwen3:8b")) == ("ollama", "qwen3:8b")
    assert provider_and_model(Settings(llm="Qwen/Qwen3-8B", llm_base_url="http://h/v1")) == (
        "openai",
        "Qwen/Qwen3-8B",
    )
    with pytest.raises((MissingExtraError, SettingsError), match="install"):
        load_chat_model(Settings(llm="mistralai:small"))


def test_an_unknown_fault_has_a_cause() -> None:
    error = as_llm_error(RuntimeError("boom"), model="m")
    assert isinstance(error, LLMError)
    assert error.cause == "fault"
    assert as_llm_error(TimeoutError(), model="m").cause == "timeout"
    assert as_llm_error(ConnectionRefusedError(), model="m").cause == "down"
    assert as_llm_error(json.JSONDecodeError("x", "<html>", 0), model="m").cause == "protocol"


def test_wrong_settings_are_no_failure_of_the_model() -> None:
    question, passages = scenes(1)[0]
    llm = answerer("http://127.0.0.1:9/v1", "well")
    model = load_chat_model(Settings(llm="transformers:/no/such/model"))
    with pytest.raises(SettingsError, match="no model can be loaded"):
        list(
            replace(llm, model=model).stream(
                question, passages, fallback=extractive(question, passages)
            )
        )


def test_the_note_is_in_the_language_of_the_question(server: _Server) -> None:
    _, passages = scenes(1)[0]
    llm = answerer(server.url, "empty", llm_retries=0)
    question = "How many projects are there?"
    *_, answer = llm.stream(question, passages, fallback=extractive(question, passages))
    assert isinstance(answer, Answer)
    assert "the answer was empty" in str(answer.note)


@pytest.mark.parametrize(
    ("finish", "cause"),
    [
        (None, None),
        ("stop", None),
        ("STOP", None),
        ("end_turn", None),
        ("eos", None),
        ("length", "truncated"),
        ("MAX_TOKENS", "truncated"),
        ("model_context_window_exceeded", "truncated"),
        ("content_filter", "filtered"),
        ("SAFETY", "filtered"),
        ("RECITATION", "filtered"),
        ("PROHIBITED_CONTENT", "filtered"),
        ("refusal", "filtered"),
        ("guardrail_intervened", "filtered"),
        ("sensitive", "filtered"),
        ("ERROR_TOXIC", "filtered"),
        ("network_error", "broken-off"),
    ],
)
def test_how_an_answer_ended(finish: str | None, cause: str | None) -> None:
    assert cut_off(finish) == cause
    if cause is not None:
        assert meaning(cause, "zh") != meaning(cause, "en")
