"""Ask the model, check every sentence, cite by span; fall back when the model fails."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from rag.answering.language import refusal_text
from rag.answering.llm.alignment import Aligned, Embed, Evidence, SourceSentence, highlight_in
from rag.answering.llm.failures import as_llm_error, cut_off, llm_error, meaning, passing
from rag.answering.llm.layout import is_layout
from rag.answering.llm.ledger import Ledger
from rag.answering.llm.prompts import Prompt, answer_prompt, question_prompt, rewrite_prompt
from rag.answering.llm.refusals import beside_refusal, says_no_answer
from rag.answering.llm.sentences import ReplySentence, reply_sentences, settled
from rag.answering.llm.thinking import without_thinking
from rag.answering.mentions.figures import find_figures
from rag.answering.support.content import content_units
from rag.errors import LLMError
from rag.normalization import normalize
from rag.records import Answer, Citation, Passage, Span, Statement, page_at
from rag.retrieval.language import question_language
from rag.settings import Settings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

__all__ = ["LLMAnswerer", "complete_question"]

History = Sequence[tuple[str, str]]

# Below this confidence of the extractive answerer a model is asked only on demand. By the curves of the
# bundled reader (rag/answering/weights), in small collections 80% of the off-topic questions and 0.9% of the
# answerable ones lie below, 4.2% of the answerable below 0.5, where the extractive answerer itself refuses.
_ASKED_FROM = 0.2

_UNSUPPORTED = {
    "zh": "〔资料未支持〕",
    "zh-Hant": "〔資料未支持〕",
    "en": " (not supported by the documents)",
}
_FELL_BACK = {
    "zh": "语言模型未能作答（{cause}）",
    "zh-Hant": "語言模型未能作答（{cause}）",
    "en": "The language model gave no answer ({cause})",
}
_ALL_UNSUPPORTED = {
    "zh": "资料不支持语言模型所写的内容",
    "zh-Hant": "資料不支持語言模型所寫的內容",
    "en": "What the language model wrote is not supported by the documents",
}
# How such a note goes on when sentences of the documents are shown in place of the model's.
_QUOTED_INSTEAD = {
    "zh": "，以下为资料原句",
    "zh-Hant": "，以下為資料原句",
    "en": "; these are sentences of the documents",
}
# Bold print and code are no part of a name.
_EMPHASIS = re.compile(r"\*\*|__|`")
_LABEL = re.compile(
    r"(?:(?:改写|改寫|重写|重寫|补全|補全|完整)?[后後]?的?(?:完整)?[问問][题題]|(?:改写|改寫|补全|補全)(?:[后後]|[为為])?"
    r"|(?:the\s+)?(?:(?:rewritten|standalone|complete|last)\s+)?question)\s*[:：]\s*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Written:
    """One checked sentence of the answer.

    Attributes:
        neutral: It tells nothing that could be checked: “Here is the list:”, “the documents do not say”.
        refusal: It says, or says too, that the documents hold no answer.
    """

    text: str
    gap: str
    sentences: tuple[SourceSentence, ...] = ()
    support: float = 1.0
    problem: str | None = None
    neutral: bool = False
    refusal: bool = False

    @property
    def supported(self) -> bool:
        return self.neutral or self.problem is None


@dataclass(slots=True)
class _Reply:
    """What came from the endpoint."""

    text: str = ""
    finish: str | None = None
    usage: dict[str, int] = field(default_factory=dict)

    @property
    def said(self) -> str:
        """The text without what the model thought first."""
        return without_thinking(self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class LLMAnswerer:
    """A chat model with all that checking its answers takes.

    Attributes:
        model: Any LangChain chat model.
        name: For records and messages, e.g. ``openai:gpt-5-mini``.
        sentences_of: Text -> spans of its sentences.
        count_tokens: Text -> tokens.
        embed: Texts -> unit vectors, for support across languages; None leaves it out.
        ledger: Counts tokens against the daily cap.
    """

    model: BaseChatModel
    name: str
    settings: Settings
    sentences_of: Callable[[str], Sequence[Span]]
    count_tokens: Callable[[str], int]
    embed: Embed | None
    ledger: Ledger

    def may_answer(self, extracted: Answer, *, insist: bool) -> bool:
        """Whether the model is worth asking.

        What the extractive answerer refuses may stand in the passages in other words, so the model is
        asked then too, unless the question is plainly off the topic of all documents.

        Args:
            extracted: The extractive answer or refusal.
            insist: Ask whenever there are passages.
        """
        plainly_off = extracted.refused and extracted.confidence < _ASKED_FROM
        return bool(extracted.passages) and (insist or not plainly_off)

    def stream(
        self,
        question: str,
        passages: Sequence[Passage],
        *,
        fallback: Answer,
        query: str | None = None,
    ) -> Iterator[str | Answer]:
        """Checked sentences as they are written, then the whole :class:`Answer`.

        The pieces, joined, are the answer's text, unless the answer ends as a refusal, is
        rewritten or the model fails: then the final record replaces what was shown. Nothing is
        shown before the first supported sentence. The answer is the same in whatever pieces the
        reply comes.

        Args:
            question: As asked.
            passages: Best first.
            fallback: The extractive answer or refusal; given with a note when the model fails or
                nothing that it wrote is supported.
            query: The question completed from the history.

        Raises:
            SettingsError: The settings name a model that cannot be loaded.
            MissingExtraError: The model's package is not installed.
        """
        began = time.perf_counter()
        prompt = answer_prompt(
            query or question,
            passages,
            count_tokens=self.count_tokens,
            budget=self.settings.llm_context_tokens,
        )
        evidence = Evidence(
            prompt.passages,
            sentences_of=self.sentences_of,
            embed=self.embed,
            question=query or question,
        )
        language = question_language(question)
        try:
            written, reply = yield from self._written(prompt, evidence, language)
            if self.settings.unsupported == "rewrite":
                written, reply = self._rewritten(prompt, evidence, written, reply)
        except LLMError as error:
            note = _local(_FELL_BACK, language).format(cause=meaning(error.cause, language))
            yield self._instead(fallback, note, {}, language, began)
            return
        yield self._answer(question, query, fallback, written, reply, language, began)

    def _written(
        self, prompt: Prompt, evidence: Evidence, language: str
    ) -> Any:  # Generator[str, None, tuple[list[_Written], _Reply]]
        """Check sentence by sentence while the model writes; yields what may be shown."""
        settings = self.settings
        reply = _Reply()
        checked = cache(partial(self._checked, evidence=evidence))
        numbers: dict[tuple[str, int, int], int] = {}
        waiting: list[str] = []
        shown = False
        done = -1
        for final in self._growing(prompt, reply):
            for sentence in self._sentences(reply, evidence, final=final):
                if sentence.start <= done:
                    continue
                done = sentence.start
                one = checked(sentence)
                if not one.text or settings.unsupported == "rewrite":
                    continue
                if settings.unsupported == "remove" and not one.supported:
                    continue
                waiting.append(_shown(one, numbers, language, first=not shown and not waiting))
                if shown or (one.supported and not one.neutral):
                    yield from waiting
                    waiting.clear()
                    shown = True
        self._accept(reply)
        return [checked(sentence) for sentence in self._sentences(reply, evidence)], reply

    def _growing(self, prompt: Prompt, reply: _Reply) -> Iterator[bool]:
        """Fill the reply from the endpoint; True once, at its end. Retries only before any text."""
        deadline = time.monotonic() + self.settings.llm_timeout
        tokens = sum(self.count_tokens(text) for _, text in prompt.messages)
        if not self.ledger.allows(tokens + self.settings.llm_answer_tokens):
            raise llm_error("cap", model=self.name)
        for attempt in range(self.settings.llm_retries + 1):
            try:
                for chunk in self.model.stream(list(prompt.messages)):
                    reply.text += _text_of(chunk)
                    reply.finish = _finish_of(chunk) or reply.finish
                    _add_usage(reply.usage, chunk)
                    if time.monotonic() > deadline:
                        raise llm_error("timeout", model=self.name)
                    yield False
                break
            except Exception as error:
                failure = as_llm_error(error, model=self.name)
                if reply.text:
                    self._spend(reply, tokens)
                    cause = failure.cause if failure.cause == "timeout" else "broken-off"
                    raise llm_error(cause, model=self.name) from error
                pause = min(8.0, 0.4 * 2**attempt) * random.uniform(0.7, 1.3)
                late = time.monotonic() + pause > deadline
                if not passing(failure) or attempt == self.settings.llm_retries or late:
                    raise failure from error
                time.sleep(pause)
        self._spend(reply, tokens)
        yield True

    def _spend(self, reply: _Reply, asked: int) -> None:
        if not reply.usage:
            reply.usage.update(input=asked, output=self.count_tokens(reply.text))
        self.ledger.spend(sum(reply.usage.values()))

    def _accept(self, reply: _Reply) -> None:
        """Raise for an answer that is no whole answer."""
        kind = getattr(self.model, "_llm_type", "")
        cause = cut_off(reply.finish)
        if cause is not None:
            raise llm_error(cause, model=self.name)
        if not reply.said.strip():
            raise llm_error("empty", model=self.name)
        if reply.finish is None and any(name in kind for name in ("openai", "anthropic", "ollama")):
            raise llm_error("broken-off", model=self.name)
        if _is_garbage(reply.said):
            raise llm_error("garbage", model=self.name)

    def _sentences(
        self, reply: _Reply, evidence: Evidence, *, final: bool = True
    ) -> list[ReplySentence]:
        """The sentences to check, of a growing reply those that will not change."""
        sentences = reply_sentences(
            reply.said, known=len(evidence.passages), sentences_of=self.sentences_of
        )
        return evidence.bibliography.left_out(sentences if final else settled(sentences))

    def _checked(self, sentence: ReplySentence, evidence: Evidence) -> _Written:
        plain, gap = sentence.text, sentence.gap
        if says_no_answer(plain):
            return _Written("", gap, neutral=True, refusal=True)
        claim = _EMPHASIS.sub("", plain)
        beside = beside_refusal(claim)
        if beside is not None and _told_by(claim, evidence.align(claim, sentence.marked)):
            beside = None
        refusal = beside is not None
        claim = claim if beside is None else beside
        if _is_frame(claim, head=sentence.head):
            return _Written(plain, gap, neutral=True, refusal=refusal)
        aligned = evidence.align(claim, sentence.marked)
        verdict = aligned.support
        problem = verdict.problem
        if problem is None and verdict.score < self.settings.support_threshold:
            problem = "outside"
        if problem and sentence.after_mark and evidence.bibliography.is_entry(plain):
            return _Written("", gap, neutral=True)  # “[1] Annual Report”, under no heading
        sentences = aligned.sentences if problem is None else ()
        return _Written(plain, gap, sentences, verdict.score, problem, refusal=refusal)

    def _rewritten(
        self, prompt: Prompt, evidence: Evidence, written: list[_Written], reply: _Reply
    ) -> tuple[list[_Written], _Reply]:
        """Ask once more, naming the unsupported sentences; keeps the better of the two."""
        bad = [one.text for one in written if not one.supported]
        if not bad:
            return written, reply
        again = _Reply()
        try:
            for _ in self._growing(rewrite_prompt(prompt, reply.said, bad), again):
                pass
            self._accept(again)
        except LLMError:
            return written, reply
        second = [self._checked(one, evidence) for one in self._sentences(again, evidence)]
        for key, value in reply.usage.items():
            again.usage[key] = again.usage.get(key, 0) + value
        if sum(not one.supported for one in second) < len(bad):
            return second, again
        reply.usage = again.usage
        return written, reply

    def _answer(
        self,
        question: str,
        query: str | None,
        fallback: Answer,
        written: list[_Written],
        reply: _Reply,
        language: str,
        began: float,
    ) -> Answer:
        common: dict[str, Any] = {
            "question": question,
            "query": query,
            "passages": fallback.passages,
            "answerer": self.name,
            "usage": reply.usage,
            "timings": self._timings(fallback, began),
        }
        supported = any(one.supported and not one.neutral for one in written)
        if not supported and not any(one.refusal for one in written):
            note = _local(_ALL_UNSUPPORTED, language)
            return self._instead(fallback, note, reply.usage, language, began)
        if not supported:
            return Answer(
                text=refusal_text(language),
                citations=(),
                refused=True,
                confidence=min(fallback.confidence, 0.5),
                **common,
            )
        written = [one for one in written if one.text]
        if self.settings.unsupported == "remove":
            written = [one for one in written if one.supported]
        numbers: dict[tuple[str, int, int], int] = {}
        citations: dict[int, Citation] = {}
        statements: list[Statement] = []
        text = ""
        for one in written:
            piece = _shown(one, numbers, language, first=not text)
            start = len(text) + len(piece) - len(piece.lstrip())
            said, _ = _row(one.text)
            mine = tuple(numbers[_key(sentence)] for sentence in one.sentences)
            statements.append(
                Statement(
                    start=start,
                    end=start + len(said),
                    citations=mine,
                    support=one.support,
                    supported=one.supported,
                    problem=one.problem,
                )
            )
            text += piece
            for number, sentence in zip(mine, one.sentences, strict=True):
                if number not in citations:
                    citations[number] = self._citation(number, sentence, one, fallback)
        told = [one for one in written if not one.neutral]
        share = sum(one.support for one in told) / len(told)
        return Answer(
            text=text,
            citations=tuple(citations[number] for number in sorted(citations)),
            refused=False,
            confidence=min(1.0, fallback.confidence * (0.5 + 0.5 * share)),
            statements=tuple(statements),
            **common,
        )

    def _instead(
        self, fallback: Answer, note: str, usage: dict[str, int], language: str, began: float
    ) -> Answer:
        """The extractive answer or refusal, with a note that says why it stands there."""
        note += "" if fallback.refused else _local(_QUOTED_INSTEAD, language)
        note += "。" if language.startswith("zh") else "."
        return replace(fallback, note=note, usage=usage, timings=self._timings(fallback, began))

    def _citation(
        self, number: int, sentence: SourceSentence, one: _Written, fallback: Answer
    ) -> Citation:
        passage = next(
            p
            for p in fallback.passages
            if p.document_id == sentence.document_id and p.start <= sentence.start < p.end
        )
        return Citation(
            number=number,
            document_id=sentence.document_id,
            source=passage.source,
            title=passage.title,
            published=passage.published,
            page=page_at(passage.metadata, sentence.start),
            start=sentence.start,
            end=sentence.end,
            quote=sentence.text,
            highlight=highlight_in(one.text, sentence, fallback.query or fallback.question),
            support=one.support,
        )

    @staticmethod
    def _timings(fallback: Answer, began: float) -> dict[str, float]:
        return {**fallback.timings, "llm": time.perf_counter() - began}


def complete_question(
    model: BaseChatModel,
    question: str,
    history: History,
    *,
    name: str,
    ledger: Ledger,
    count_tokens: Callable[[str], int],
) -> str:
    """The follow-up made complete by the model.

    Raises:
        LLMError: It failed; use the offline rule instead.
    """
    prompt = question_prompt(question, history)
    tokens = sum(count_tokens(text) for _, text in prompt.messages)
    if not ledger.allows(tokens + 100):
        raise llm_error("cap", model=name)
    try:
        message = model.invoke(list(prompt.messages))
    except Exception as error:
        raise as_llm_error(error, model=name) from error
    usage: dict[str, int] = {}
    _add_usage(usage, message)
    reply = _text_of(message)
    ledger.spend(sum(usage.values()) or tokens + count_tokens(reply))
    cause = cut_off(_finish_of(message))
    if cause is not None:
        raise llm_error(cause, model=name)
    text = without_thinking(reply).strip()
    if not _LABEL.match(question):
        text = _LABEL.sub("", text, count=1) if _LABEL.match(text) else text
    text = text.strip("\"'“”「」").strip()
    if not text or len(text) > 4 * len(question) + 300 or "\n" in text or says_no_answer(text):
        raise llm_error("garbage", model=name)
    return text


def _shown(
    one: _Written, numbers: dict[tuple[str, int, int], int], language: str, *, first: bool
) -> str:
    """A sentence with what goes before it and its marks; gives new spans their numbers."""
    said, close = _row(one.text)
    marks = ""
    for sentence in one.sentences:
        number = numbers.setdefault(_key(sentence), len(numbers) + 1)
        marks += f"[{number}]"
    if marks and said[-1:].isascii():
        marks = f" {marks}"  # full-width punctuation brings its own space
    if not one.supported:
        marks = _local(_UNSUPPORTED, language)
    gap = "" if first else _gap(one.gap)
    return f"{gap}{said}{marks}{close}"


def _row(text: str) -> tuple[str, str]:
    """A table's row before and from its last bar, so that marks stay in the last cell; other text whole."""
    said = text.rstrip("| ") if text.startswith("|") else text
    return (said, text[len(said) :]) if said else (text, "")


def _gap(written: str) -> str:
    """The white space between two sentences, at most one blank line."""
    lines = written.count("\n")
    return "\n\n" if lines > 1 else "\n" if lines else " " if written else ""


def _key(sentence: SourceSentence) -> tuple[str, int, int]:
    return sentence.document_id, sentence.start, sentence.end


def _local(texts: dict[str, str], language: str) -> str:
    return texts.get(language, texts["en"])


def _told_by(sentence: str, aligned: Aligned) -> bool:
    """Whether the documents themselves say what looks like a refusal: “资料不足的，应当补正”.

    The words of a refusal (state, mention, 提到) are then theirs too.
    """
    units = content_units(normalize(sentence))
    held = set(content_units(normalize(" ".join(one.told for one in aligned.sentences))))
    shared = sum(unit in held for unit in units)
    return aligned.support.problem is None and len(units) >= 3 and shared >= 0.7 * len(units)


def _is_frame(text: str, *, head: bool) -> bool:
    """Whether a sentence says nothing that could be checked: “Here is the list:”."""
    plain = normalize(text)
    if is_layout(text, head=head):
        return True
    if re.search(r"\d", plain) or find_figures(plain):
        return False
    units = content_units(plain)
    return not units or (len(units) <= 6 and plain.rstrip().endswith((":", "：")))


def _is_garbage(text: str) -> bool:
    """Whether a reply is not language: few letters, or one short piece over and over."""
    letters = sum(char.isalnum() for char in text)
    if letters < 0.3 * len(text.replace(" ", "")):
        return True
    sample = re.sub(r"\s+", "", text)
    return len(sample) > 200 and len(set(pairwise(sample))) < 20


def _text_of(message: Any) -> str:
    content = message.content
    if isinstance(content, str):
        return content
    return "".join(
        part if isinstance(part, str) else str(part.get("text", ""))
        for part in content
        if isinstance(part, str) or part.get("type") == "text"
    )


def _finish_of(message: Any) -> str | None:
    about = getattr(message, "response_metadata", None) or {}
    for key in ("finish_reason", "stop_reason", "done_reason"):
        if about.get(key):
            return str(about[key])
    return None


def _add_usage(usage: dict[str, int], message: Any) -> None:
    counted = getattr(message, "usage_metadata", None) or {}
    for key, name in (("input_tokens", "input"), ("output_tokens", "output")):
        if counted.get(key):
            usage[name] = usage.get(name, 0) + int(counted[key])
