"""One frozen object of plain values: arguments > environment (``RAG_*``) > ``rag.toml`` > defaults.

Models are built from settings, never in them. API keys are not settings: they stay in the
environment, where their provider's client finds them.
"""

from __future__ import annotations

import dataclasses
import difflib
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal, Self, get_args, get_type_hints

from rag.errors import SettingsError

__all__ = ["Settings", "explain_settings", "misspelt_variables"]

Fusion = Literal["calibrated", "weighted", "rrf", "lexical", "dense"]
Answerer = Literal["auto", "extractive", "llm"]
Unsupported = Literal["mark", "remove", "rewrite"]


def _setting(
    default: Any,
    meaning: str,
    low: float | None = None,
    high: float | None = None,
    *,
    may_be_empty: bool = False,
) -> Any:
    """A field; ``may_be_empty`` is a text for which '' is a value of its own."""
    facts = {"meaning": meaning, "low": low, "high": high, "may_be_empty": may_be_empty}
    return field(default=default, metadata=facts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings, each checked when the object is made.

    Raises:
        SettingsError: A value has the wrong type or is out of range; the message names it.
    """

    model: str = _setting(
        "bundled", "Embedding model: 'bundled', or any sentence-transformers name or path."
    )
    chunk_tokens: int = _setting(256, "Longest passage, in tokens.", 16, 8192)
    chunk_overlap: int = _setting(
        48, "Tokens that consecutive passages share at most, in whole sentences.", 0, 4096
    )
    processes: int = _setting(
        0,
        "Processes that share the work of indexing with the bundled model, 150 MB each; 0: one a "
        "processor, at most four.",
        0,
        64,
    )
    k: int = _setting(8, "Passages to retrieve.", 1, 1000)
    fusion: Fusion = _setting("calibrated", "How dense and lexical scores become one ranking.")
    dense_weight: float = _setting(0.4, "Share of the dense score in 'weighted' fusion.", 0, 1)
    reranker: str = _setting(
        "auto",
        "Re-orders what search finds: 'auto' (the bundled reader where words alone do not decide, with the "
        "bundled model), 'bundled' (it always), '' (nothing), or a cross-encoder by name or path.",
        may_be_empty=True,
    )
    reader: bool = _setting(True, "Let the bundled reader judge sentences.")
    group_duplicates: bool = _setting(True, "Give near-identical passages one slot.")
    answerer: Answerer = _setting("auto", "'extractive', 'llm', or 'auto': the LLM if one is set.")
    max_sentences: int = _setting(3, "Sentences in an extractive answer, lists excepted.", 1, 20)
    refusal_threshold: float = _setting(
        0.5, "Refuse when the calibrated confidence is below this.", 0, 1
    )
    llm: str = _setting(
        "", "'provider:model' for langchain's init_chat_model; '' for none.", may_be_empty=True
    )
    llm_base_url: str = _setting(
        "", "Base URL of an OpenAI-compatible endpoint.", may_be_empty=True
    )
    llm_timeout: float = _setting(60.0, "Seconds to wait for the LLM.", 0.1, 3600)
    llm_retries: int = _setting(2, "Further tries after a passing LLM fault.", 0, 10)
    llm_context_tokens: int = _setting(6000, "Tokens of passages in the prompt.", 100, 1_000_000)
    llm_answer_tokens: int = _setting(800, "Tokens of one answer at most.", 16, 100_000)
    llm_daily_tokens: int = _setting(0, "Tokens a day at most; 0 for no cap.", 0, 10**12)
    unsupported: Unsupported = _setting(
        "mark", "Statements the sources do not support: mark, remove, or rewrite once."
    )
    support_threshold: float = _setting(0.5, "Support below this is unsupported.", 0, 1)

    def __post_init__(self) -> None:
        for name, kind in _types().items():
            value = _checked(name, getattr(self, name), kind, _fields()[name].metadata)
            object.__setattr__(self, name, value)
        if self.chunk_overlap >= self.chunk_tokens:
            raise SettingsError(
                f"chunk_overlap ({self.chunk_overlap}) must be less than chunk_tokens "
                f"({self.chunk_tokens}). Lower chunk_overlap."
            )

    def replace(self, **changes: Any) -> Self:
        """A copy with some values changed; unknown names raise :class:`SettingsError`."""
        _known(changes, "argument")
        return dataclasses.replace(self, **changes)

    @classmethod
    def load(cls, *, file: Path | None = None, **arguments: Any) -> Self:
        """Settings from all four places; an argument of None counts as not given.

        Args:
            file: The TOML file; default ``rag.toml`` in the working directory, if there is one.
            arguments: Highest precedence.
        """
        values, types, fields = {}, _types(), _fields()
        for name, (value, origin) in _gather(file, arguments).items():
            try:
                values[name] = _checked(name, value, types[name], fields[name].metadata)
            except SettingsError as error:
                raise SettingsError(f"{origin}: {error}") from error
        return cls(**values)


def explain_settings(
    *, file: Path | None = None, **arguments: Any
) -> list[tuple[str, Any, str, str]]:
    """(name, value, where it came from, meaning) of every setting, in declared order."""
    settings = Settings.load(file=file, **arguments)
    gathered = _gather(file, arguments)
    return [
        (
            name,
            getattr(settings, name),
            gathered[name][1] if name in gathered else "default",
            str(spec.metadata["meaning"]),
        )
        for name, spec in _fields().items()
    ]


def misspelt_variables() -> list[tuple[str, str]]:
    """(name, the one it is near to) of the ``RAG_*`` variables of the environment that nothing reads."""
    known = [name.upper() for name in (*_fields(), *_NO_SETTINGS)]
    given = sorted(name[4:] for name in os.environ if name.startswith("RAG_"))
    near = [(n, difflib.get_close_matches(n, known, 1, 0.7)) for n in given if n not in known]
    return [(f"RAG_{name}", f"RAG_{match[0]}") for name, match in near if match]


#: Variables that are read elsewhere: the index folder, and whether a fault of ours is shown in full.
_NO_SETTINGS = ("index", "debug")


@cache
def _fields() -> dict[str, dataclasses.Field[Any]]:
    return {spec.name: spec for spec in dataclasses.fields(Settings)}


@cache
def _types() -> dict[str, Any]:
    return get_type_hints(Settings)


def _known(names: Mapping[str, Any], where: str) -> None:
    for name in names:
        if name not in _fields():
            near = difflib.get_close_matches(name, _fields(), 1)
            hint = f" Did you mean {near[0]!r}?" if near else " See: rag settings"
            if name == "index":
                hint = " Name the index folder with --index DIR or RAG_INDEX."
            raise SettingsError(f"{where}: there is no setting {name!r}.{hint}")


def _gather(file: Path | None, arguments: Mapping[str, Any]) -> dict[str, tuple[Any, str]]:
    found: dict[str, tuple[Any, str]] = {}
    path = file or Path("rag.toml")
    if file is not None or path.is_file():
        try:
            table = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        except OSError as error:
            raise SettingsError(f"{path}: cannot be read ({error.strerror}).") from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise SettingsError(f"{path}: is not valid TOML: {error}") from error
        _known(table, str(path))
        found.update({name: (value, str(path)) for name, value in table.items()})
    for name, spec in _fields().items():
        variable = f"RAG_{name.upper()}"
        # An empty variable means the default, except where an empty text is a value of its own.
        value = os.environ.get(variable, "").strip()  # files of variables leave blanks behind
        if value or (variable in os.environ and spec.metadata["may_be_empty"]):
            found[name] = (value, variable)
    given = {name: value for name, value in arguments.items() if value is not None}
    _known(given, "argument")
    found.update({name: (value, "argument") for name, value in given.items()})
    return found


def _checked(name: str, value: Any, kind: Any, facts: Mapping[str, Any]) -> Any:
    """The value in its type; texts (from the environment) are parsed."""
    choices = get_args(kind)
    if choices:
        if value not in choices:
            raise SettingsError(f"{name}={value!r}: must be one of {', '.join(choices)}.")
        return value
    try:
        if kind is bool:
            return _boolean(value)
        if kind is str:
            if not isinstance(value, str):
                raise TypeError
            if not value.strip() and not facts["may_be_empty"]:
                raise SettingsError(
                    f"{name}={value!r}: must not be empty. Leave it out for the default."
                )
            return value
        if isinstance(value, bool):
            raise TypeError
        number = kind(value)
        if kind is int and not isinstance(value, str) and number != value:
            raise ValueError
    except (TypeError, ValueError, OverflowError) as error:
        raise SettingsError(f"{name}={value!r}: must be {_allowed(kind, facts)}.") from error
    low, high = facts["low"], facts["high"]
    if not low <= number <= high:
        raise SettingsError(f"{name}={value!r}: must lie between {low} and {high}.")
    return number


def _allowed(kind: Any, facts: Mapping[str, Any]) -> str:
    if kind is bool:
        return "true or false"
    if kind is str:
        return "a text"
    number = "whole number" if kind is int else "number"
    return f"a {number} between {facts['low']} and {facts['high']}"


def _boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    words = {
        "1": True,
        "true": True,
        "yes": True,
        "on": True,
        "0": False,
        "false": False,
        "no": False,
        "off": False,
    }
    return words[str(value).lower()] if str(value).lower() in words else _raise_value()


def _raise_value() -> bool:
    raise ValueError
