# The verbs of Liaise. `make help` lists them.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.set-up
# uv reads the certificates of the machine, as pip does.
export UV_SYSTEM_CERTS := 1

.DEFAULT_GOAL := help
.PHONY: setup

setup: $(STAMP)

# The environment comes from the lock file alone, and is made anew only when that changes.
$(STAMP): uv.lock pyproject.toml
	@PYTHON="$(PYTHON)" sh tools/set-up.sh $(VENV)
	@touch $@
