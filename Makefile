# The two commands of the README, and what CI runs after them.
# Everything is installed into .venv; nothing outside this folder is touched.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
DEMO   := demo
PORT   ?= 8000

.PHONY: demo test gates screenshots clean

demo: $(VENV)/installed
	@$(BIN)/morgue --site $(DEMO) --quiet add morgue/sample
	@$(BIN)/morgue --site $(DEMO) --verbose update
	@echo "Open http://127.0.0.1:$(PORT) in a browser. Ctrl-C stops the demo; its archive is in $(DEMO)/."
	@$(BIN)/morgue --site $(DEMO) serve --port $(PORT)

# Browser tests skip, saying so, where there is no Chromium; MORGUE_BROWSER=required makes that a failure.
test: $(VENV)/installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -n 2 --dist worksteal

# The slower checks, on the corpora in $$MORGUE_CORPORA.
gates: $(VENV)/installed-test
	$(BIN)/python -m pytest -m gate

screenshots: $(VENV)/installed-test
	$(BIN)/python -m docs.screenshots

$(VENV)/installed: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Morgue needs Python 3.11 or newer: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/installed-test: $(VENV)/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	@touch $@

clean:
	rm -rf $(VENV) $(DEMO) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
