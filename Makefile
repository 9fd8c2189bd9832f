# Tuika (退卡). `make` lists what there is; `make run` starts everything on a fresh machine.
# Needs git, make and any Python 3.6+; everything else is brought into this folder.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.SILENT:

# A pyenv shim refuses to run where .python-version names a Python that it lacks: take the first that works.
PYTHON ?= $(shell for p in python3 /usr/bin/python3 python; do "$$p" -c 'import sys; sys.exit(sys.version_info < (3, 6))' >/dev/null 2>&1 && { echo "$$p"; break; }; done)
BIN := .venv/bin

.PHONY: help setup run test check format train bench attack audit crash release clean

help: ## this list
	echo "Tuika: the refund desk of marketplaces for virtual goods"
	grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1|/' | while IFS='|' read -r t d; do printf '  make %-8s %s\n' "$$t" "$$d"; done

setup: ## bring uv and both environments (at once when nothing changed)
	test -n "$(PYTHON)" || { echo "No working Python 3.6+ found: install python3, or name one: make PYTHON=/path/to/python3" >&2; exit 1; }
	"$(PYTHON)" -B scripts/set_up.py

run: setup ## start everything in demo mode and print the addresses (Ctrl-C stops it)
	exec $(BIN)/tuika up

train: setup ## train the model if its inputs changed
	$(BIN)/tuika train

check: setup ## formatting, lint, types, import rules
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

test: setup ## check, train, and every layer of tests
	$(BIN)/python scripts/test_all.py

attack: setup ## the attack suite at length (some 20 minutes)
	TUIKA_ATTACK=long $(BIN)/python -m pytest -q tests/attack

audit: setup ## look the locked dependencies up in the advisory database
	$(BIN)/python scripts/audit_dependencies.py
crash: setup train ## the long crash suite: 1,000 runs on each database, goes on where it stopped
	$(BIN)/python -m tests.crash --runs 1000 --rasa-every 20 --model "$$(ls -t models/*.tar.gz | head -1)"

bench: setup train ## measure a full turn beside a stock Rasa
	$(BIN)/python benchmarks/turn.py

release: setup train ## source and trained model in one archive: dist/tuika-VERSION.tar.gz
	$(BIN)/python scripts/release.py

format: setup ## let ruff format the code and mend what it can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean: ## remove environments, models, caches and the demo's data
	rm -rf .venv engine/.venv .tools models .rasa var dist .pytest_cache .ruff_cache .mypy_cache .import_linter_cache .hypothesis
