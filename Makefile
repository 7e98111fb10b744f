# Each target does its own set-up; a second time there is nothing left to do.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: setup demo test check bench rivals fuzz fresh clean

setup: ## make .venv and .venv-replay, find or install a browser
	@$(PYTHON) tools/setup.py

demo: setup ## the main job from capture to verification, on a local shop
	@$(BIN)/python -m fixtures.demo

test: check ## the static checks and the whole suite: what CI runs
	$(BIN)/pytest --numprocesses auto --maxprocesses 4 --dist worksteal

check: setup ## the static checks
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python tools/catalogues.py --check
	$(BIN)/python tools/docs.py --check

bench: setup ## speed and memory, as ratios measured side by side
	@$(BIN)/python -m bench

rivals: ## make .venv-rivals: the programs of others that bench compares with (730 MB)
	@$(PYTHON) tools/setup.py rivals

fuzz: setup ## readers against hostile bytes, an hour; FUZZ_SECONDS and FUZZ_JOBS change that
	@$(BIN)/python -m tests.fuzz

fresh: ## demo and test inside a new Debian (root only)
	@tools/fresh.sh

clean: ## forget the set-up and everything made here
	rm -rf .venv .venv-replay .venv-rivals .cache .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis \
	  .coverage* build dist demo-case
	find src tests tools fixtures bench -name __pycache__ -prune -exec rm -rf {} +
