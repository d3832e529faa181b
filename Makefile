# Everything a person does here, one line each: `make help`. Works with GNU make 3.81 and any POSIX shell.

PYTHON ?= python3
PORT ?= 8501
FILES ?= 50000

VENV := .venv
PY := $(VENV)/bin/python
INSTALL := $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes
# Macro bodies stand without the indent and the blank lines that the layout rules ask of a plain query.
MACRO_RULES := aliasing,ambiguous,capitalisation,convention,references,structure,LT01,LT04,LT05,LT10,LT12
LOCKED = --quiet --universal --python-version 3.11 --fork-strategy fewest \
	--generate-hashes --no-emit-index-url --no-annotate --custom-compile-command 'make lock'
LOCK = $(PY) -m uv pip compile pyproject.toml $(LOCKED)
LOCK_BENCH = $(PY) -m uv pip compile --group bench $(LOCKED)

.PHONY: help run test test-slow fuzz lint format docs sample bench lock clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

run: $(VENV)/.run ## Load the sample if there is no data yet, then serve the dashboard (PORT=8501)
	@$(PY) -m leadquality load data/sample --if-empty
	@$(PY) -m leadquality serve --port $(PORT)

test: lint ## Run all checks and tests but the slow ones; installs what they need
	@sh .ci/browser.sh
	$(PY) -m pytest -n auto --dist loadfile

test-slow: $(VENV)/.dev ## Run the tests that take minutes
	$(PY) -m pytest -m slow

fuzz: $(VENV)/.dev ## Damage FILES=50000 files and try to take them in (half an hour)
	$(PY) -m tests.fuzz $(FILES)

bench: $(VENV)/.dev .bench/.venv/.made ## Measure what is called fast, as ratios, into docs/benchmarks.md (some hours, a quiet machine)
	$(PY) -m tests.bench

lint: $(VENV)/.dev ## Check style, types and SQL
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(PY) -m sqlfluff lint -p 2 queries/checks queries/counts queries/derived queries/evidence queries/facts queries/kpis queries/reports queries/staging queries/trust
	$(PY) -m sqlfluff lint -p 2 --rules $(MACRO_RULES) queries/functions queries/scopes tests/oracle

format: $(VENV)/.dev ## Put the Python files into the house layout
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

docs: $(VENV)/.dev ## Write the reference of the mapping into docs/mapping.md
	$(PY) -m leadquality.intake.reference

sample: $(VENV)/.run ## Write data/sample again, from its seed
	$(PY) -m leadquality sample data/sample

lock: $(VENV)/.dev ## Choose versions again and write the requirements files
	$(LOCK) --upgrade --group dev --output-file requirements-dev.txt
	$(LOCK) --constraints requirements-dev.txt --output-file requirements.txt
	$(LOCK_BENCH) --constraints requirements-dev.txt --output-file requirements-bench.txt

clean: ## Remove the environment and all caches; loaded data stays
	rm -rf $(VENV) .bench .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find app.py leadquality pages tests -name __pycache__ -type d -prune -exec rm -rf {} +

# A stamp each for the two states of the environment: what running needs, and what checking needs on top.
$(VENV)/.run: requirements.txt $(PY)
	@echo "Installing what running needs into $(VENV) (about a minute the first time)."
	@$(INSTALL) -r requirements.txt
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(PY)
	@echo "Installing what the checks need into $(VENV) (about a minute the first time)."
	@$(INSTALL) -r requirements-dev.txt
	@touch $(VENV)/.run $@

# What the product is measured against and does not need itself, apart from what it needs.
.bench/.venv/.made: requirements-bench.txt $(VENV)/.dev
	@$(PY) -m venv --clear .bench/.venv
	@.bench/.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bench.txt
	@touch $@

$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Lead Quality needs Python 3.11 or newer; name one with PYTHON=, as in: make run PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -m venv --clear $(VENV) || { rm -rf $(VENV); \
		echo "$(PYTHON) cannot create an environment; on Debian: apt-get install python3-venv" >&2; exit 1; }
