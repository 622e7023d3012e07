"""The knowledge base, opened in a thread of its own so that the page need not wait for it."""

from __future__ import annotations

import sys
import threading
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from rag.errors import RagError
from rag.settings import Settings

if TYPE_CHECKING:
    from rag.knowledge_base import KnowledgeBase

__all__ = ["Opening", "Phase"]

Phase = Literal["opening", "warming", "ready", "failed"]

# Longest wait of a question that came before the index was open.
_PATIENCE = 120.0


class Opening:
    """A knowledge base that is, or soon will be, open.

    Attributes:
        phase: Where it stands; questions are answered from ``warming`` on.
        error: Why it failed, in words for the reader; empty otherwise.
    """

    def __init__(self, index_dir: str | Path, settings: Settings) -> None:
        self.index_dir = Path(index_dir)
        self.settings = settings
        self.phase: Phase = "opening"
        self.error = ""
        self._kb: KnowledgeBase | None = None
        self._settled = threading.Event()

    def start(self) -> None:
        """Open in the background, then load what the first question will need."""
        if self.phase == "opening":
            threading.Thread(target=self._open, name="rag-opening", daemon=True).start()

    def open_with(self, kb: Any) -> None:
        """Take a knowledge base that is open already (tests, notebooks)."""
        self._kb = kb
        self.phase = "ready"
        self._settled.set()

    def knowledge_base(self) -> KnowledgeBase:
        """The open knowledge base; waits for it.

        Raises:
            RagError: It could not be opened, or takes longer than two minutes.
        """
        if not self._settled.wait(_PATIENCE):
            raise RagError("The index is still being opened. Try again in a minute.")
        if self._kb is None:
            raise RagError(self.error)
        return self._kb

    @property
    def ready(self) -> bool:
        """Whether a call of :meth:`knowledge_base` returns at once."""
        return self._kb is not None

    def _open(self) -> None:
        from rag.knowledge_base import KnowledgeBase

        try:
            self._kb = KnowledgeBase.open(self.index_dir, settings=self.settings)
        except RagError as error:
            self.error = str(error)
        except Exception as error:  # noqa: BLE001  (a thread's last line: tell the page, not nobody)
            self.error = f"{self.index_dir}: cannot be opened ({type(error).__name__}: {error})."
        if self._kb is None:
            sys.stderr.write(f"rag: {self.error}\n")
            self.phase = "failed"
            self._settled.set()
            return
        self.phase = "warming"
        self._settled.set()
        try:
            self._kb.warm_up()
            # Loading is not all: the first answer also imports and fills caches.
            for info in islice(self._kb.documents(), 1):
                self._kb.ask(info.title or info.source, answerer="extractive")
        except Exception:  # noqa: BLE001  (only a warm-up; a question will tell what is wrong)
            self.phase = "ready"
        self.phase = "ready"
