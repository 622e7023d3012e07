# Two commands set everything up on a fresh machine: `make chat` and `make test`.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	if command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	>/dev/null 2>&1; then echo $$p; break; fi; done)
VENV := .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export GRADIO_ANALYTICS_ENABLED := False
export HF_HUB_OFFLINE ?= 1

.PHONY: help install chat test lint eval bench clean
.DELETE_ON_ERROR:

help:
	@echo 'make chat     install, index seeds/, open the chat page'
	@echo 'make test     install, run every test'
	@echo 'make lint     ruff and mypy'
	@echo 'make eval     all suites that need nothing from outside'
	@echo 'make bench    the small benchmarks'
	@echo 'make install  the virtual environment only'

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo 'Python 3.11 or newer is needed. Install it, or name it: make chat PYTHON=/path/to/python3'; exit 1; }
	$(PYTHON) -m venv $(VENV)

# A stamp for each set of packages; both are renewed when pyproject.toml changes.
$(VENV)/.installed: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --editable .
	$(BIN)/python -m compileall -q rag || true
	@touch $@

$(VENV)/.installed-test: pyproject.toml $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --editable '.[test,training]'
	@touch $@

install: $(VENV)/.installed

chat: install
	$(BIN)/rag index seeds --index indexes/seeds --reembed
	$(BIN)/rag chat --index indexes/seeds $(CHAT)

test: $(VENV)/.installed-test
	@command -v chromium >/dev/null 2>&1 || echo 'No Chromium: the browser tests are skipped. To run them: apt-get install chromium fonts-noto-cjk'
	$(BIN)/python -m pytest $(PYTEST)

lint: $(VENV)/.installed-test
	$(BIN)/ruff format --check rag tests evals
	$(BIN)/ruff check rag tests evals
	$(BIN)/mypy

eval: install
	$(BIN)/rag eval $(wildcard evals/*.yaml) --fail-under span_valid=1 $(EVAL)

bench: $(VENV)/.installed-test
	$(BIN)/python evals/speed/run.py --small $(BENCH)

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
