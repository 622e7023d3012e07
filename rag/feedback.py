"""What readers said of answers: kept beside the index as JSON Lines, exported as an eval suite.

One line per verdict; of several on the same answer the last one counts. Nothing leaves the disk.
"""

from __future__ import annotations

import json
import os
import re
import threading
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from rag.errors import QueryError, SettingsError, StorageFullError
from rag.forks import unlocked_when_forked

__all__ = ["FILE_NAME", "FeedbackStore", "export_suite"]

FILE_NAME = "feedback.jsonl"

_LIMITS = {
    "id": 100,
    "question": 4000,
    "note": 4000,
    "text": 40_000,
    "query": 20_000,
    "source": 2000,
}
_MAX_CITATIONS = 100
_MAX_TURNS, _MAX_TURN = 8, 8000
_MAX_QUOTE = 20_000
# What JSON leaves as it is and YAML has not in a comment: it takes some for line breaks, the others
# for damage.
_NOT_IN_COMMENTS = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")


class FeedbackStore:
    """The verdicts on one index's answers.

    Attributes:
        path: The JSON Lines file; made with the first verdict.
    """

    def __init__(self, index_dir: str | Path) -> None:
        self.path = Path(index_dir) / FILE_NAME
        self._lock = unlocked_when_forked(threading.Lock())

    def add(self, record: Any) -> None:
        """Append one verdict.

        Args:
            record: ``id`` of the answer, ``question``, ``history`` (the turns it was asked after,
                pairs of question and answer), ``vote`` (``up``, ``down`` or None to take it back),
                ``note``, ``answer`` (:class:`rag.records.Answer` as JSON values). It comes from a
                browser: everything is checked, unknown fields are dropped.

        Raises:
            QueryError: A field is missing or has the wrong form.
            StorageFullError: The file cannot be written.
        """
        checked = _checked(record)
        try:
            data = json.dumps(checked, ensure_ascii=False).encode() + b"\n"
        except UnicodeEncodeError:  # a lone surrogate has no UTF-8 form; JSON's escapes carry it
            data = json.dumps(checked).encode() + b"\n"
        with self._lock:
            try:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                with self.path.open("ab") as file:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
            except OSError as error:
                raise StorageFullError(
                    f"{self.path}: cannot be written ({error.strerror}). Make room or check rights."
                ) from error

    def records(self) -> list[dict[str, Any]]:
        """The last verdict on each answer, oldest first; those taken back are left out."""
        last: dict[str, dict[str, Any]] = {}
        for record in self._lines():
            last.pop(record["id"], None)
            last[record["id"]] = record
        return [record for record in last.values() if record["vote"] or record["note"]]

    def _lines(self) -> Iterator[dict[str, Any]]:
        if not self.path.is_file():
            return
        # Not splitlines(): it also cuts at U+2028, U+2029 and U+0085, which JSON leaves in texts.
        for line in self.path.read_text(encoding="utf-8", errors="replace").split("\n"):
            try:
                record = json.loads(line)
            except json.JSONDecodeError:
                continue  # the half line of a killed writer
            if isinstance(record, dict) and {"id", "question", "vote", "note"} <= record.keys():
                yield record


def export_suite(index_dir: str | Path) -> str:
    """The verdicts as an eval suite in YAML (see :mod:`rag.evaluation.suites`).

    An answer that was liked becomes a question with its quotes as evidence; a refusal that was
    liked becomes an unanswerable one. A follow-up keeps the turns before it; where they were not
    kept, it is asked as it was searched. What was disliked has no known answer: it stands at the
    end as comments, for a person to complete.

    Raises:
        SettingsError: There is no feedback to export.
    """
    import yaml

    store = FeedbackStore(index_dir)
    records = store.records()
    if not records:
        raise SettingsError(
            f"{store.path}: holds no feedback yet. Open the page with rag chat and judge an answer."
        )
    liked = [_question(record) for record in records if record["vote"] == "up"]
    suite = {
        "suite": "feedback",
        "description": "Answers that readers judged on the chat page.",
        "documents": _common_folder(records),
        "questions": liked,
    }
    text = yaml.safe_dump(suite, allow_unicode=True, sort_keys=False, width=100)
    for record in records:
        if record["vote"] != "up":
            text += _as_comment(record)
    return text


def _question(record: Mapping[str, Any]) -> dict[str, Any]:
    answer = record["answer"]
    history = record.get("history") or []
    asked = record["question"] if history else answer.get("query") or record["question"]
    question: dict[str, Any] = {
        "id": f"feedback-{record['id']}",
        "question": asked,
        "kind": "feedback",
    }
    if history:
        question["history"] = history
    if answer["refused"]:
        question["answerable"] = False
    else:
        question["evidence"] = [
            {"document": citation["source"], "text": citation["quote"]}
            for citation in answer["citations"]
        ]
        exact = [c["highlight_text"] for c in answer["citations"] if c["highlight_text"]]
        if exact:
            question["answers"] = list(dict.fromkeys(exact))
    if record["note"]:
        question["note"] = record["note"]
    return question


def _as_comment(record: Mapping[str, Any]) -> str:
    facts = {
        "id": f"feedback-{record['id']}",
        **({"history": record["history"]} if record.get("history") else {}),
        "question": record["question"],
        "verdict": record["vote"] or "none",
        "note": record["note"],
        "answer given": record["answer"]["text"],
    }
    lines = ["", "# To complete by hand: what should the answer have been?"]
    lines += [f"#   {name}: {_in_comment(value)}" for name, value in facts.items()]
    return "\n".join(lines) + "\n"


def _in_comment(value: Any) -> str:
    written = json.dumps(value, ensure_ascii=False)
    return _NOT_IN_COMMENTS.sub(lambda found: f"\\u{ord(found[0]):04x}", written)


def _common_folder(records: list[dict[str, Any]]) -> str:
    sources = [
        PurePosixPath(citation["source"]).parts[:-1]
        for record in records
        for citation in record["answer"]["citations"]
    ]
    common: list[str] = []
    for parts in zip(*sources, strict=False):
        if len(set(parts)) != 1:
            break
        common.append(parts[0])
    return str(PurePosixPath(*common)) if common else "."


def _checked(record: Any) -> dict[str, Any]:
    if not isinstance(record, Mapping):
        raise QueryError("feedback: expected an object with id, question, vote, note, answer.")
    vote = record.get("vote")
    if vote not in {"up", "down", None}:
        raise QueryError("feedback: vote must be up, down or null.")
    answer = record.get("answer")
    if not isinstance(answer, Mapping):
        raise QueryError("feedback: answer is missing.")
    return {
        "id": _text(record, "id", required=True),
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "question": _text(record, "question", required=True),
        "history": _history(record.get("history")),
        "vote": vote,
        "note": _text(record, "note"),
        "answer": {
            "text": _text(answer, "text"),
            "query": _text(answer, "query"),
            "refused": bool(answer.get("refused")),
            "confidence": _number(answer.get("confidence")),
            "answerer": _text(answer, "answerer", limit=200),
            "citations": [
                _citation(c) for c in list(answer.get("citations") or [])[:_MAX_CITATIONS]
            ],
        },
    }


def _history(turns: Any) -> list[list[str]]:
    """The last turns, cut as asking cuts them."""
    if not isinstance(turns, (list, tuple, type(None))):
        raise QueryError("feedback: history must be a list of [question, answer] pairs.")
    kept: list[list[str]] = []
    for turn in list(turns or ())[-_MAX_TURNS:]:
        match turn:
            case [str(question), str(answer)]:
                kept.append([question[:_MAX_TURN], answer[:_MAX_TURN]])
            case _:
                raise QueryError("feedback: history must be a list of [question, answer] pairs.")
    return kept


def _citation(citation: Any) -> dict[str, Any]:
    if not isinstance(citation, Mapping):
        raise QueryError("feedback: a citation must be an object.")
    start, end = citation.get("start"), citation.get("end")
    quote = _text(citation, "quote", limit=_MAX_QUOTE, required=True)
    if not isinstance(start, int) or not isinstance(end, int) or end - start != len(quote):
        raise QueryError("feedback: a citation's quote must fill its span.")
    highlight = citation.get("highlight")
    exact = None
    match highlight:
        case [int(low), int(high)] if start <= low < high <= end:
            exact = quote[low - start : high - start]
        case _:
            highlight = None
    return {
        "number": int(_number(citation.get("number"))),
        "document_id": _text(citation, "document_id", limit=_LIMITS["source"], required=True),
        "source": _text(citation, "source", required=True),
        "title": citation.get("title") and _text(citation, "title", limit=_LIMITS["source"]),
        "start": start,
        "end": end,
        "quote": quote,
        "highlight": highlight,
        "highlight_text": exact,
    }


def _text(
    record: Mapping[str, Any], name: str, *, limit: int | None = None, required: bool = False
) -> str:
    value = record.get(name)
    value = "" if value is None else value
    most = limit or _LIMITS.get(name, 4000)
    if not isinstance(value, str) or len(value) > most or (required and not value):
        raise QueryError(f"feedback: {name} must be a text of at most {most} characters.")
    return value


def _number(value: Any) -> float:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else 0.0
