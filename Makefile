# Everything that people and CI do here. `make` alone lists the targets.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
WEB_TOOLS := tests/web/node_modules
ARGS ?=
# One for each of two cores: with four, tests with deadlines failed. Fault tests run after the others, alone.
TEST_WORKERS ?= 2
SIDE_BY_SIDE := --dist loadfile --no-loadscope-reorder
SOAK_S := 10800
CHAOS_LONG := kill-server:200,kill-postgres:50,freeze-postgres:20,cut-connection:2000,drop-sockets:200,slow-readers:20,garbage:50

.DEFAULT_GOAL := help
.PHONY: help install run test check format coverage bench bench-peers growth soak chaos chaos-long migrate generate clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(STAMP)  ## make .venv with everything in it

$(STAMP): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Parlor needs Python 3.11 or newer; set PYTHON=/path/to/python3"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) \
	  || { echo "python3 -m venv failed (Debian: apt-get install python3-venv)"; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[embedded,loadtest,dev]'
	@touch $@

# The checker of the browser client's types; its versions are those of the lockfile. Fetched once. Where npm's registry
# is out of reach everything else is still checked.
$(WEB_TOOLS)/.installed: tests/web/package.json tests/web/package-lock.json | $(STAMP)
	@PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --prefix tests/web --no-audit --no-fund --loglevel error \
	  --fetch-retries 1 --fetch-timeout 30000 && touch $@ \
	  || echo "npm's registry is out of reach: the browser client's types are NOT checked"

run: install  ## serve a table at http://127.0.0.1:8000 (ARGS="--port 8080" for another port)
	@test -z "$$DATABASE_URL" || $(BIN)/parlor migrate up
	$(BIN)/parlor serve --demo $(ARGS)

test: install  ## all checks and tests
	$(MAKE) --no-print-directory check
ifeq ($(strip $(ARGS)),)
	$(BIN)/python -m pytest -n $(TEST_WORKERS) $(SIDE_BY_SIDE) --ignore tests/faults
	$(BIN)/python -m pytest tests/faults
else
	$(BIN)/python -m pytest $(ARGS)
endif

soak: install  ## the long tests at their whole length: faults, simulation, hidden information; many minutes
	TEST_SOAK=whole $(BIN)/python -m pytest -n 2 $(SIDE_BY_SIDE) --session-timeout $(SOAK_S) tests/faults \
	  tests/acceptance/test_chaos.py tests/acceptance/play/test_statistics.py tests/simulation tests/properties

check: install $(WEB_TOOLS)/.installed  ## style, types, layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@test ! -e $(WEB_TOOLS)/.installed || $(BIN)/node $(WEB_TOOLS)/typescript/bin/tsc --project tests/web

format: install  ## put the style right
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

coverage: install  ## branch coverage of the rules
	$(BIN)/coverage run --branch --source=server/games -m pytest -q tests/unit/games tests/properties tests/simulation
	$(BIN)/coverage report --show-missing --skip-covered --fail-under=100

bench: install  ## print the figures of docs/performance.md
	$(BIN)/python -m loadtest.bench $(ARGS)

bench-peers: install  ## the same beside Colyseus, which is installed from npm into a temporary folder
	$(BIN)/python -m loadtest.peers $(ARGS)

growth: install  ## how the figures change with rooms, players, spectators, the log; many minutes
	$(BIN)/python -m loadtest.growth $(ARGS)

chaos: install  ## break a server under load and check that nothing is lost
	$(BIN)/parlor chaos $(ARGS)

chaos-long: install  ## the same for half an hour
	$(BIN)/parlor chaos --faults $(CHAOS_LONG) $(ARGS)

migrate: install  ## bring the database's schema up to date
	$(BIN)/parlor migrate up

generate: install  ## write anew what is generated: docs/layers.svg, migrations/schema.sql, preload.js
	$(BIN)/python -m tests.support.layers
	$(BIN)/python -m tests.support.schema
	$(BIN)/python -m tests.support.preload

clean:  ## remove what was made here, the data folder too
	rm -rf $(VENV) $(WEB_TOOLS) .parlor build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis test-results
