from __future__ import annotations

import json

import pytest

from rag.errors import LLMError, SuiteError
from rag.evaluation.checking import check
from rag.evaluation.drafting import _checked, draft_questions, draft_suite, suite_yaml
from rag.evaluation.suites import Evidence, Question, Suite
from rag.records import Document
from rag.settings import Settings

ZH = Document(
    id="a",
    source="a.md",
    text="去年，全市共建成智慧小区172个，涉及居民很多。2023年全年新开工建设项目达到35个。智慧小区建设任务完成率为96.5%。"
    "全会于2023年5月12日在本市举行。列入“五个振兴”计划。",
)
EN = Document(id="b", source="b.md", text="The city has built 172 small parks for its residents.")


def test_questions_by_rule() -> None:
    questions = draft_questions([ZH], limit=20)
    asked = {q.question: q.answers[0] for q in questions if q.answerable}
    assert asked["全市共建成智慧小区多少个?"] == ("172个",)
    assert asked["全会于什么时候在本市举行?"] == ("2023年5月12日",)
    assert ("96.5%",) in asked.values()
    assert not any("振兴" in question for question in asked), "a name, not a count"
    kinds = [q.kind for q in questions]
    assert "off-topic" in kinds
    misses = [q.question for q in questions if q.kind == "near-miss"]
    assert misses
    assert all("2016年" in question for question in misses)
    assert len({q.id for q in questions}) == len(questions)


def test_english() -> None:
    question = draft_questions([EN], limit=5)[0]
    assert question.language == "en"
    assert "172" not in question.question
    assert question.answers[0][0].startswith("172")


def test_draft_is_a_valid_suite(tmp_path) -> None:
    (tmp_path / "a.md").write_text(ZH.text, encoding="utf-8")
    path = tmp_path / "draft.yaml"
    path.write_text(draft_suite(tmp_path / "a.md", settings=Settings()), encoding="utf-8")
    suite = Suite.load(path)
    source = suite.questions[0].evidence[0].document
    assert check(suite, [Document(id="a", source=source, text=ZH.text)]) == []


def test_a_draft_of_signs_that_yaml_does_not_take_as_they_are_loads(tmp_path) -> None:
    text = "设备\x7f编号\u2028共有\x9c设备35台，分布在三个\ufeff车间内。\n"
    question = Question(
        id="q",
        question=text,
        evidence=(Evidence(document="a.md", text=text),),
        answers=((text,),),
    )
    (tmp_path / "a.md").write_text(text, encoding="utf-8")
    path = tmp_path / "draft.yaml"
    path.write_text(suite_yaml([question], tmp_path / "a.md"), encoding="utf-8")
    (loaded,) = Suite.load(path).questions
    assert (loaded.question, loaded.evidence[0].text) == (text, text)


def test_same_seed_same_draft() -> None:
    documents = [ZH, EN]
    assert draft_questions(documents, limit=3, seed=1) == draft_questions(
        documents, limit=3, seed=1
    )


def test_nothing_to_ask(tmp_path) -> None:
    (tmp_path / "a.md").write_text("没有数字。", encoding="utf-8")
    with pytest.raises(SuiteError, match="no figure or date to ask for"):
        draft_suite(tmp_path / "a.md", settings=Settings())


def test_model_is_held_to_the_text() -> None:
    good = {"question": "几个小区?", "quote": "全市共建成智慧小区172个", "answer": "172个"}
    assert _checked(good, ZH).answers == (("172个",),)
    assert _checked({**good, "quote": "全市共建成智慧小区173个"}, ZH) is None
    assert _checked({**good, "answer": "173个"}, ZH).answers == ()
    assert not _checked({"question": "谁?", "quote": ""}, ZH).answerable
    assert _checked("words", ZH) is None


def test_model_writes(tmp_path, monkeypatch) -> None:
    class Model:
        def invoke(self, prompt):
            reply = [{"question": "几个小区?", "quote": "智慧小区172个", "answer": "172个"}]
            return type("Message", (), {"content": f"Here: {json.dumps(reply)}"})

    monkeypatch.setattr("rag.evaluation.models.chat_model", lambda *_: Model())
    (tmp_path / "a.md").write_text(ZH.text, encoding="utf-8")
    text = draft_suite(tmp_path / "a.md", settings=Settings(llm="openai:x"), limit=1)
    assert "几个小区?" in text


def test_quotes_survive_yaml(tmp_path) -> None:
    (tmp_path / "a.md").write_text("x", encoding="utf-8")
    question = draft_questions([ZH], limit=4)[0]
    import dataclasses

    odd = dataclasses.replace(question, question='他说: "#好"\n吗?')
    path = tmp_path / "s.yaml"
    path.write_text(suite_yaml([odd], tmp_path / "a.md"), encoding="utf-8")
    assert Suite.load(path).questions[0].question == odd.question


def test_judge(suite_file, open_lines, tmp_path) -> None:
    from rag.evaluation import evaluate
    from rag.evaluation.llm_judge import judged_by

    class Model:
        def __init__(self, word):
            self.word, self.prompts = word, []

        def invoke(self, prompt):
            self.prompts.append(prompt)
            return type("Message", (), {"content": self.word})

    result = evaluate(Suite.load(suite_file), runs=tmp_path / "runs", open_system=open_lines)
    model = Model("Yes.")
    judged = judged_by("x:y", result, Settings(), model=model)
    assert judged.suites[0].measure("judged_right").value == 1
    assert len(model.prompts) == 3, "only answerable questions are judged"
    assert judged.suites[0].measure("passed") == result.suites[0].measure("passed")
    for reply, right in (
        ("**Yes**", 1),
        ("<think>No, wait.</think>\nyes", 1),
        ("No, it is yes elsewhere.", 0),
        ("_'NO'_", 0),
    ):
        judged = judged_by("x:y", result, Settings(), model=Model(reply))
        assert judged.suites[0].measure("judged_right").value == right, reply
    for reply in ("Perhaps", "yesterday", "<think>yes"):
        with pytest.raises(LLMError, match="not yes or no"):
            judged_by("x:y", result, Settings(), model=Model(reply))
