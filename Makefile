# Quanzu: everything is done with make. `make help` lists it.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.ONESHELL:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
BIN := .venv/bin
UV_VERSION := 0.13.9
TESTS ?= tests
# Chinese comes out whole in a C locale, and pip neither asks nor advertises.
export PYTHONUTF8 := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1

.PHONY: help demo run test peers check knowledge understanding requirements model graph bench fault clean

help: ## this list
	@echo "make ..."
	grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  \1\t\2/' | expand -t 16

# The interpreter is checked first: an old one fails late and in riddles.
.venv/made:
	@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON) is missing; apt-get install python3 python3-venv" >&2; exit 1; }
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
	  echo "Quanzu needs Python 3.11 or newer and $(PYTHON) is older; use make PYTHON=python3.11" >&2; exit 1; }
	echo "making .venv ..."
	$(PYTHON) -m venv .venv || {
	  rm -rf .venv; echo "a virtual environment could not be made; apt-get install python3-venv" >&2; exit 1; }
	touch $@

# The pinned setuptools of requirements.txt builds the project itself: isolation would fetch another one, unpinned.
.venv/installed: .venv/made requirements.txt pyproject.toml
	@echo "installing what Quanzu needs (about 250 MB the first time) ..."
	$(BIN)/python -m pip install -q --require-hashes -r requirements.txt
	$(BIN)/python -m pip install -q --no-build-isolation --no-deps --editable .
	touch $@

.venv/installed-dev: .venv/installed requirements-dev.txt
	@echo "installing what tests and checks need ..."
	$(BIN)/python -m pip install -q --require-hashes -r requirements-dev.txt
	touch $@

demo: .venv/installed ## ring three simulated citizens over real SIP, and show it
	@$(BIN)/quanzu demo

run: .venv/installed ## start the daemon on config/quanzu.toml
	@$(BIN)/quanzu run

test: .venv/installed-dev peers ## all tests; TESTS=tests/unit for some
	@$(BIN)/python -m pytest $(TESTS)

peers: ## the foreign programs that tests ring and talk to
	@tests/peers.sh

check: .venv/installed-dev ## format, lint, types, who imports whom
	@$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

requirements: .venv/made ## pin and hash the requirements anew
	@$(BIN)/python -m pip install -q uv==$(UV_VERSION)
	for name in requirements requirements-dev requirements-training; do
	  $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --custom-compile-command "make requirements" $$name.in -o $$name.txt
	done

# One thread: an hour of arithmetic should not take the machine from anybody. What is done is kept in var/training (1.3 GB).
model: .venv/installed ## train the bundled speech model anew (about an hour)
	@OPENBLAS_NUM_THREADS=1 nice -n 15 $(BIN)/python -m voice.asr.training.make

knowledge: .venv/installed ## compile scripts/shared/intents into the shipped knowledge (seconds)
	@$(BIN)/python -m voice.script.build_knowledge

understanding: knowledge requirements-training.txt ## learn what replies mean anew (minutes), after a change of replies or patterns
	@test -d .venv-training || $(PYTHON) -m venv .venv-training
	.venv-training/bin/python -m pip install -q --require-hashes -r requirements-training.txt
	PYTHONPATH=. OPENBLAS_NUM_THREADS=1 .venv-training/bin/python -m voice.understanding.training

graph: .venv/installed ## after a change of the model's words: its graphs anew (seconds)
	@$(BIN)/python -m voice.asr.training.build voice/asr/models/zh-phone

bench: .venv/installed-dev ## the figures of the documents, measured here
	@$(BIN)/python -m tests.bench

# A seed says who dies and when. It is told first, and the same one may be given again.
fault: .venv/installed-dev peers ## nothing lost, nobody rung twice, whoever dies when (long); DATABASE=sqlite|postgresql (both) FAULTS=200 MINUTES=... (each) SEED=... EXAMPLES=500
	@export SEED=$${SEED:-$$RANDOM}
	echo "casework under invented deaths: $${EXAMPLES:-500} histories, seed $$SEED"
	QUANZU_FAULT_EXAMPLES=$${EXAMPLES:-500} $(BIN)/python -m pytest -q --hypothesis-seed=$$SEED \
	  tests/unit/domain/test_casework_stateful.py
	echo "real processes under real deaths"
	$(BIN)/python -m tests.fault

clean: ## remove what make made, but not var/
	@rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -prune -exec rm -rf {} +
