# One command each; `make` alone lists them. Works with GNU make 3.81 and a plain sh.
PYTHON ?= python3
ARGS   ?=
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check -qq
LINT   := sim experiments tests docs
NEWEST := $(VENV)/newest
LARGEST_KB := 500

MAKEFLAGS += --no-builtin-rules
.DEFAULT_GOAL := help
.PHONY: help run bench docs test bounds large fuzz newest audit lint types layers spelling files format hooks clean clean-all

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo 'Settings go through ARGS, as in: make run ARGS="scenario=patrons_leave ensemble.runs=2000"'

run: $(VENV)/.run ## Run the main job: the ensemble, its table, its figures, its result folder
	@$(BIN)/python experiments/run.py $(ARGS)

bench: $(VENV)/.run ## Measure speed on this machine
	@$(BIN)/python experiments/benchmark.py $(ARGS)

docs: $(VENV)/.dev ## Build the documentation, to browse in docs/_build/html
	@$(BIN)/python -m sphinx -q -E -W --keep-going -d docs/_build/read docs docs/_build/html
	@echo docs/_build/html/index.html

test: lint types layers spelling files ## Check everything: lint, types, layers, spelling, files, then the tests
	@$(BIN)/python -m pytest $(ARGS)

# Numba's cache does not tell code with bounds checks from code without, hence a folder of its own.
bounds: $(VENV)/.dev ## Run whole histories with array bounds checked in compiled code (a minute)
	@NUMBA_BOUNDSCHECK=1 NUMBA_CACHE_DIR=$(VENV)/numba-bounds $(BIN)/python -m pytest tests/core/test_days.py tests/agents $(ARGS)

large: $(VENV)/.dev ## Run 100,000 histories within 600 MB of memory (some minutes)
	@$(BIN)/python -m pytest -m large -n 0 $(ARGS)

fuzz: $(VENV)/.dev ## Read 100,000 hostile files, settings and manifests (up to half an hour)
	@FUZZ=125 $(BIN)/python -m pytest tests/world/test_fuzz.py tests/ensemble/test_fuzz.py $(ARGS)

# What a user gets who does not pin: other versions, which must not stop a command. Its tables are those of the pinned ones.
newest: $(VENV)/.newest ## Install without pinned versions on the newest Python at hand, run the main job and a part of the tests (minutes)
	@$(NEWEST)/bin/python experiments/run.py world=liberia_2003 ensemble.runs=200 output=$(NEWEST)/results >/dev/null
	@$(NEWEST)/bin/python -m pytest tests/agents tests/core/test_records.py tests/experiments/test_composition.py tests/test_citizens.py $(ARGS)

lint: $(VENV)/.dev ## Check style with ruff
	@$(BIN)/ruff check $(LINT)
	@$(BIN)/ruff format --check $(LINT)

# The index tells what is known; a machine without one cannot ask, which is no fault of the project.
audit: $(VENV)/.audit ## Look for known vulnerabilities of the pinned packages (asks the package index)
	@$(BIN)/pip-audit --requirement constraints.txt --no-deps --disable-pip --progress-spinner off

types: $(VENV)/.dev ## Check types with mypy
	@$(BIN)/mypy

layers: $(VENV)/.dev ## Check that imports go down only
	@$(BIN)/lint-imports --no-logo

spelling: $(VENV)/.dev ## Look for common misspellings
	@$(BIN)/codespell

files: $(VENV)/.dev ## Check that YAML and TOML parse and that nothing large is tracked
	@find conf .pre-commit-config.yaml CITATION.cff -name '*.y*ml' -print0 -o -name '*.cff' -print0 | xargs -0 $(BIN)/check-yaml
	@$(BIN)/check-toml pyproject.toml
	@if git rev-parse --git-dir >/dev/null 2>&1; then \
	  git ls-files -z | xargs -0 $(BIN)/check-added-large-files --enforce-all --maxkb=$(LARGEST_KB); fi

format: $(VENV)/.dev ## Format the code and mend what ruff can mend
	@$(BIN)/ruff check --fix $(LINT)
	@$(BIN)/ruff format $(LINT)

hooks: $(VENV)/.dev ## Have git run the checks before each commit
	@$(BIN)/pre-commit install

clean: ## Remove caches and builds; keep .venv and results
	@rm -rf build dist docs/_build .coverage .hypothesis .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
	@find . -path ./$(VENV) -prune -o -name __pycache__ -type d -exec rm -rf {} +

clean-all: clean ## Remove .venv as well
	@rm -rf $(VENV)

# Stamps lie inside .venv, so that removing it removes them; each is written only after its step succeeded.
$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null || { \
	  echo "Spillover needs Python 3.11, 3.12 or 3.13, but '$(PYTHON)' is: $$($(PYTHON) --version 2>&1);" \
	       "name another one, as in: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "'$(PYTHON)' lacks the modules venv and ensurepip; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || { \
	  echo "Making $(VENV) with $$($(PYTHON) --version)"; $(PYTHON) -m venv --clear $(VENV); }
	@touch $@

$(VENV)/.run: $(VENV)/.made pyproject.toml constraints.txt
	@echo "Installing Spillover and what it runs on into $(VENV) (some minutes at most, once)"
	@$(PIP) install --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.made pyproject.toml constraints.txt
	@echo "Installing Spillover with its test tools into $(VENV) (some minutes at most, once)"
	@$(PIP) install --constraint constraints.txt --editable '.[dev]'
	@touch $(VENV)/.run $@

$(VENV)/.newest: pyproject.toml
	@for python in python3.13 "$$HOME"/.pyenv/versions/3.13*/bin/python python3.12 $(PYTHON); do \
	  $$python -c 'import ensurepip, venv' 2>/dev/null && break; done; \
	  echo "Installing the newest versions of what Spillover runs on, with $$($$python --version), into $(NEWEST)"; \
	  $$python -m venv --clear $(NEWEST)
	@$(NEWEST)/bin/python -m pip --disable-pip-version-check -qq install --upgrade --editable . pytest pytest-xdist hypothesis
	@touch $@

$(VENV)/.audit: $(VENV)/.dev
	@$(PIP) install --constraint constraints.txt --editable '.[audit]'
	@touch $@
