"""What all tests share: hermetic settings, no deadlines on a busy machine."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# A timing on a loaded machine says nothing about the property.
settings.register_profile("rag", deadline=None)
settings.load_profile("rag")

# The settings of whoever runs the tests must not reach them.
for _name in [name for name in os.environ if name.startswith("RAG_")]:
    del os.environ[_name]
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository's folder."""
    return Path(__file__).resolve().parent.parent
