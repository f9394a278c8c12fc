# make site    build the site of vault/ into build/site
# make serve   the same, live, at http://127.0.0.1:8000/
# make test    every check of the project
# make measure runs the benchmarks of vault/ that have no current result on this machine, up to SPEND seconds each
# make clean   remove what was built (.venv stays; `make distclean` removes it too)

# The first Python that is new enough; PYTHON=… chooses another.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { command -v $$p; exit; }; done)
# Installed by `make test` for the tests of measurements; TORCH= leaves it out, and they say that they are skipped.
TORCH ?= torch==2.13.0
PORT ?= 8000
SPEND ?= 60

VENV := .venv
BIN := $(VENV)/bin
CLIENT := $(shell find site/client -name node_modules -prune -o -type f -print)

.PHONY: site serve test measure clean distclean
.DEFAULT_GOAL := site

site: $(VENV)/.installed
	@$(BIN)/vaultc build vault
	@echo
	@echo "The site is in build/site. To read it: make serve, or"
	@echo "  $(BIN)/python -m http.server --directory build/site $(PORT)"

serve: $(VENV)/.installed
	$(BIN)/vaultc serve vault --port $(PORT)

test: $(VENV)/.installed-dev editors/vscode/node_modules/.package-lock.json
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/node site/client/node_modules/typescript/bin/tsc --project site/client
	$(BIN)/node site/client/test.mjs
	$(BIN)/node editors/vscode/node_modules/typescript/bin/tsc --project editors/vscode
	$(BIN)/python -m pytest --numprocesses 2 --dist worksteal

# npm writes this file when it has installed what the other one locks.
editors/vscode/node_modules/.package-lock.json: editors/vscode/package-lock.json $(VENV)/.installed-dev
	cd editors/vscode && PATH="$(abspath $(BIN)):$$PATH" npm ci --silent --ignore-scripts
	@touch $@

# It takes a quiet machine: whatever else runs makes a result `disturbed`.
measure: $(VENV)/.installed-dev
	@$(BIN)/vaultc bench list --vault vault
	@echo "Those without a current result take up to $(SPEND) seconds each, and three processes at least."
	$(BIN)/vaultc bench run --vault vault --stale --spend $(SPEND)

clean:
	rm -rf build dist compiler/vaultc/_web site/client/node_modules editors/vscode/node_modules editors/vscode/dist $(VENV)/.installed $(VENV)/.installed-dev
	rm -rf .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache

distclean: clean
	rm -rf $(VENV)

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "vaultc needs Python 3.11 or newer: install it, or say where it is with PYTHON=…" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

# Stamps: installed again only when the packaging or the sources of the bundle changed.
$(VENV)/.installed: pyproject.toml hatch_build.py $(CLIENT) | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(VENV)/.installed-dev: pyproject.toml hatch_build.py $(CLIENT) | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable '.[dev]' $(TORCH)
	@touch $(VENV)/.installed $@
