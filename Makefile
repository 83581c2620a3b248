# `make help` lists the targets. Everything happens inside .venv; nothing else needs to be installed
# but Python 3.12 or 3.13 (PYTHON=... names one).

SCENARIO ?= scenarios/prolonged-ukraine-war.yaml
TRIALS ?= 1000
SEED ?= 1
PORT ?= 8765

BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help run app test test-all lint ruff mypy import-linter kernel setup setup-test constraints clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile
	@echo "  make run SCENARIO=$(SCENARIO) TRIALS=$(TRIALS) SEED=$(SEED)"

run: setup ## play a scenario: SCENARIO, TRIALS and SEED say which, how often, and with what luck
	@$(BIN)/foedus run "$(SCENARIO)" --trials "$(TRIALS)" --seed "$(SEED)"

app: ## open the browser page: PORT says where; Ctrl-C ends it
	@PYTHON="$(PYTHON)" .ci/prepare app
	@$(BIN)/foedus app --port "$(PORT)"

# Tests start hundreds of processes; nothing is to be translated anew in each of them.
test test-all: export PYTHONDONTWRITEBYTECODE :=

test: setup-test ## check style, types, layers, and run all tests but the slow ones
	@$(MAKE) --no-print-directory -j2 $(CHECKS) kernel
	@echo "== pytest"
	@$(BIN)/python -m pytest --numprocesses=auto --dist=worksteal -m "not slow"

test-all: setup-test ## the same with the slow tests, in a browser and with faults of every kind, and coverage
	@$(MAKE) --no-print-directory -j2 $(CHECKS) kernel
	@echo "== pytest"
	@$(BIN)/python -m pytest --numprocesses=auto --dist=worksteal --hypothesis-profile=thorough \
	    --cov --cov-report=term

lint: setup-test ## check style, types and layers only
	@$(MAKE) --no-print-directory -j2 $(CHECKS)

# The longest first: each has one core to itself.
CHECKS := mypy ruff import-linter

mypy:
	@echo "== mypy"
	@$(BIN)/mypy

ruff:
	@echo "== ruff"
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

import-linter:
	@echo "== import-linter"
	@$(BIN)/lint-imports --no-logo

kernel: # compile what all tests play, once, while a core is free
	@echo "== kernel"
	@$(BIN)/python -c "import foedus; foedus.run('baseline', trials=1)"

setup: ## prepare .venv with .venv/bin/foedus
	@PYTHON="$(PYTHON)" .ci/prepare

setup-test: ## prepare .venv with what the tests need, too
	@PYTHON="$(PYTHON)" .ci/prepare test

constraints: ## choose the newest versions of all dependencies anew (needs uv)
	uv pip compile pyproject.toml --universal --python-version 3.12 --extra test --upgrade \
	    --no-config --custom-compile-command "make constraints" --quiet --output-file constraints.txt

clean: ## remove .venv and what tools left behind, but no runs
	rm -rf .venv .cache .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
