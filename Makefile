# The verbs of Liaise. `make help` lists them.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.set-up
# uv reads the certificates of the machine, as pip does.
export UV_SYSTEM_CERTS := 1
# make run HOST=… PORT=… works as HOST=… PORT=… make run does.
export HOST PORT

.DEFAULT_GOAL := help
.PHONY: help setup run test test-fast check fmt mail bench soak shell reset

help: ## list the verbs
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1|\2/' | awk -F'|' '{printf "%-18s %s\n", $$1, $$2}'

# The environment comes from the lock file alone, and is made anew only when that changes.
setup: $(STAMP)

$(STAMP): uv.lock pyproject.toml tools/set-up.sh
	@PYTHON="$(PYTHON)" sh tools/set-up.sh $(VENV)
	@touch $@

run: setup ## serve http://localhost:8000 with the demo network (HOST and PORT change where)
	@LIAISE_ENV=development LIAISE_REQUIRE_MFA=$${LIAISE_REQUIRE_MFA:-0} \
		LIAISE_URL=$${LIAISE_URL:-http://$${HOST:-localhost}:$${PORT:-8000}} $(BIN)/python manage.py serve

test: setup ## run all tests, on SQLite and, where they answer, on PostgreSQL and Redis
	@$(BIN)/python tools/test.py

test-fast: setup ## run the tests that need no browser and no server, on SQLite
	@$(BIN)/python -m pytest -q -n auto -m "not browser and not socket"

check: setup ## look for faults without running: format, lint, types, imports, migrations, templates, deployment
	@$(BIN)/python tools/check.py

fmt: setup ## put Python and templates into the form that check asks for
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format --quiet .
	@git ls-files -co --exclude-standard 'templates/*.html' | xargs $(BIN)/djade --target-version 5.2 2>/dev/null || true

mail: setup ## list the e-mails that were written to files, newest first
	@$(BIN)/python manage.py mail

bench: setup ## measure memory, page weight, ranges, pages beside a long PDF and the rest of benchmarks/
	@$(BIN)/python -m benchmarks

soak: setup ## send 1 GiB each way, break lines, wait for a slow scanner, talk for long, prove the gate in 100,000 worlds (takes hours)
	@$(BIN)/python -m benchmarks.soak
	@LIAISE_SOAK=1 LIAISE_LIVE_STEPS=$${LIAISE_LIVE_STEPS:-20000} $(BIN)/python -m pytest tests/network/live -q -s
	@LIAISE_GATE_WORLDS=$${LIAISE_GATE_WORLDS:-100000} $(BIN)/python -m pytest tests/network/test_gate_worlds.py -n auto -q

shell: setup ## open Python with all models at hand
	@$(BIN)/python manage.py shell

reset: setup ## delete the rows, files and e-mails of the development network (asks first)
	@$(BIN)/python manage.py reset
