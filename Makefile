# Needs only Python >= 3.11, pip and make. Environments are made from hashed requirement files; stamps make a second call instant.

PYTHON ?= $(shell for python in python3.11 python3 python; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
VENV ?= .venv
RECORDLINKAGE_VENV ?= .venv-recordlinkage
WORKERS ?= 2
BENCH_ARGS ?=
DEMO_ARGS ?=

BIN := $(VENV)/bin
PIP_INSTALL := -m pip install --quiet --disable-pip-version-check
HASHED := $(PIP_INSTALL) --require-hashes --only-binary :all: -r
PROJECT := $(PIP_INSTALL) --no-build-isolation --no-deps --no-index --editable .

.DEFAULT_GOAL := help
.PHONY: help demo test interop check format bench lock clean
.DELETE_ON_ERROR:

help: ## Show what can be made.
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST)

demo: $(VENV)/stamp-core ## Link a small made-up population and show the result.
	$(BIN)/sociolink demo $(DEMO_ARGS)

# The adapter's environment goes first, so that the summary of the whole suite is the last line.
test: $(VENV)/stamp-dev interop ## Run every test, the built wheel and the recordlinkage environment among them.
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile

interop: $(RECORDLINKAGE_VENV)/stamp
	$(RECORDLINKAGE_VENV)/bin/python -m pytest tests/interop src/sociolink/interop

check: $(VENV)/stamp-dev ## Lint, formatting, types, floors.
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy --strict src
	$(BIN)/lint-imports

format: $(VENV)/stamp-dev ## Format the code and mend what lint can mend.
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

bench: $(VENV)/stamp-dev ## Measure a small size of everything, into build/bench; the real tasks need SOCIOLINK_DATA.
	mkdir -p build/bench
	$(BIN)/python benchmarks/scale.py --profiles 1000 --customers 1000 10000 --output build/bench/growth.jsonl \
		--plot build/bench/growth.svg
	$(BIN)/python benchmarks/compare_peers.py --profiles 1000 --customers 10000 --runs 1 --output build/bench/compare.json \
		--programs ours splink splink-no-weak splink-disk recordlinkage dedupe --timeout 120
	$(BIN)/python benchmarks/synthetic_accuracy.py --profiles 1000 --customers 10000 --coverage 0.3 --splink \
		--output build/bench/synthetic.json
	test -z "$$SOCIOLINK_DATA" || $(BIN)/python benchmarks/accuracy.py $(BENCH_ARGS)

lock: $(VENV)/stamp-dev ## Compile the requirement files anew; LOCK_ARGS=--upgrade takes newer versions.
	UV=$(BIN)/uv scripts/compile_requirements.sh $(LOCK_ARGS)

clean: ## Remove the environments and everything that was built.
	rm -rf $(VENV) .venv-recordlinkage .venv-wheel dist build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

$(VENV)/stamp-core: requirements/core.txt pyproject.toml
	$(call environment,$(VENV))
	$(BIN)/python $(HASHED) requirements/core.txt
	$(BIN)/python $(PROJECT)
	@touch $@

# dev.txt holds all of core.txt, with the same pins.
$(VENV)/stamp-dev: requirements/dev.txt requirements/core.txt pyproject.toml
	$(call environment,$(VENV))
	$(BIN)/python $(HASHED) requirements/dev.txt
	$(BIN)/python $(PROJECT)
	@touch $(VENV)/stamp-core $@

$(RECORDLINKAGE_VENV)/stamp: requirements/interop-recordlinkage.txt pyproject.toml
	$(call environment,$(RECORDLINKAGE_VENV))
	$(RECORDLINKAGE_VENV)/bin/python $(HASHED) requirements/interop-recordlinkage.txt
	$(RECORDLINKAGE_VENV)/bin/python $(PROJECT)
	@touch $@

define environment
@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; name it with PYTHON=..." >&2; exit 1; }
@test -x $(1)/bin/pip || { echo "making $(1) with $$($(PYTHON) --version)"; $(PYTHON) -m venv $(1); }
endef
