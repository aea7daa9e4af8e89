# What a person or CI asks of this project. `make` alone lists it.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.SUFFIXES:

# Without compiled files every start of the program takes twice as long.
unexport PYTHONDONTWRITEBYTECODE

VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check --quiet
CIM := $(VENV)/bin/cim
# Any Python from 3.11 on. `make PYTHON=/some/python ...` names one.
PYTHON ?=
UV ?= uv
PYTEST := $(PY) -m pytest -n auto --dist loadgroup

.PHONY: picture help demo venv test deep quick check bench format format-check lint types imports \
	workflows lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' Makefile

demo: $(VENV)/stamp-run ## a worked example, opened: try the program
	@$(CIM) demo

venv: $(VENV)/stamp-dev ## make or refresh the development environment in .venv
	@:

test: $(VENV)/stamp-dev ## every test
	@$(PYTEST)

deep: $(VENV)/stamp-dev ## every test, and the long ones, with fresh random inputs
	@$(PYTEST) --deep

quick: format-check lint types ## format, lint, types and the core's tests: before every commit
	@$(PYTEST) --quiet tests/core

check: format-check lint types imports workflows ## everything CI does
	@$(PYTEST)

bench: $(VENV)/stamp-dev ## speed, as ratios taken in one run
	@$(PY) -m tests.bench

picture: $(VENV)/stamp-dev ## the picture and the printed parts of the documents, made anew
	@$(PY) -m docs.refresh

format: $(VENV)/stamp-dev ## put every file in the one layout, mend what can be mended
	@$(PY) -m ruff format --quiet .
	@$(PY) -m ruff check --quiet --fix .

format-check: $(VENV)/stamp-dev
	@$(PY) -m ruff format --quiet --check . || { echo "Run: make format" >&2; exit 1; }

lint: $(VENV)/stamp-dev
	@$(PY) -m ruff check --quiet .

types: $(VENV)/stamp-dev
	@$(PY) -m mypy --no-error-summary

imports: $(VENV)/stamp-dev
	@$(VENV)/bin/lint-imports --no-logo

workflows: $(VENV)/stamp-dev
	@$(CIM) workflow lint

# The environment. A stamp says which of its layers is in place, so that a second run does nothing.

$(VENV)/stamp-venv:
	@for python in $(or $(PYTHON),python3 python3.14 python3.13 python3.12 python3.11); do \
		if "$$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' \
			>/dev/null 2>&1; then \
			echo "Making $(VENV) with $$("$$python" -c 'import sys; print("Python", sys.version.split()[0])')"; \
			"$$python" -m venv --clear $(VENV) && touch $@ && exit 0; exit 1; \
		fi; \
	done; \
	echo "No usable Python found: cim-tui needs Python 3.11 or newer, with its venv module." >&2; \
	echo "Where one lies elsewhere, name it: make PYTHON=/path/to/python3 $(MAKECMDGOALS)" >&2; \
	exit 1

$(VENV)/stamp-run: $(VENV)/stamp-venv requirements/run.txt requirements/build.txt pyproject.toml
	@echo "Installing what the program needs"
	@$(PIP) install --require-hashes -r requirements/run.txt -r requirements/build.txt
	@$(PIP) install --no-deps --no-index --no-build-isolation --editable .
	@touch $@

$(VENV)/stamp-dev: $(VENV)/stamp-run requirements/dev.txt
	@echo "Installing what the tests need"
	@$(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@

# Needs uv. Pins move only with `make lock UPGRADE=1`.
# The environment's own ideas of where packages lie must not get into the files.
LOCK = env -u PIP_FIND_LINKS -u PIP_INDEX_URL -u PIP_EXTRA_INDEX_URL -u UV_FIND_LINKS -u UV_INDEX \
	-u UV_DEFAULT_INDEX -u UV_INDEX_URL -u UV_EXTRA_INDEX_URL \
	$(UV) --no-config pip compile --quiet --universal --generate-hashes --python-version 3.11 \
	--no-header --no-emit-index-url --no-emit-find-links $(if $(UPGRADE),--upgrade)

lock: ## pin the requirements again (UPGRADE=1 moves them to the newest)
	@command -v $(UV) >/dev/null || { echo "make lock needs uv: see docs/dependencies.md" >&2; exit 1; }
	@$(LOCK) pyproject.toml -o requirements/run.txt >/dev/null
	@$(LOCK) -c requirements/run.txt requirements/build.in -o requirements/build.txt >/dev/null
	@$(LOCK) -c requirements/run.txt -c requirements/build.txt --extra dev pyproject.toml \
		-o requirements/dev.txt >/dev/null
	@! grep -nE '://|^-' requirements/*.txt || { echo "An address got into the pins" >&2; exit 1; }

clean: ## remove the environment, caches and built files (never a session)
	@rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis \
		.import_linter_cache .coverage htmlcov
	@find cim_tui tests -name __pycache__ -type d -prune -exec rm -rf {} +
