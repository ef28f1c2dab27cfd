# The two commands of the README, and what CI runs after them.
# Everything is installed into .venv; nothing outside this folder is touched.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
DEMO   := demo
PORT   ?= 8000

# From npm, each in a version that is known to work: the Nu Html Checker, and Lighthouse.
TOOLS      := $(VENV)/tools
VNU        := vnu-jar@26.9.27
LIGHTHOUSE := lighthouse@12.8.2

.PHONY: demo test gates torture soak lighthouse screenshots clean

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

# The slower checks, on the corpora in $$MORGUE_CORPORA. HTML is checked where there are Java and
# npm, else that check skips, saying so; MORGUE_CHECKER=required makes that a failure.
gates: $(VENV)/installed-test
	@test -d $(TOOLS)/node_modules/vnu-jar || $(MAKE) --no-print-directory $(TOOLS)/vnu || true
	$(BIN)/python -m pytest -m gate

# The promises of docs/reliability.md under injected faults; it prints how many of each.
torture: $(VENV)/installed-test
	$(BIN)/python -m pytest -m torture -n 2 --dist worksteal

# Fifty readers for ten minutes over 100,000 articles, with an update every minute.
soak: $(VENV)/installed-test
	$(BIN)/python -m bench soak --articles 100000 --minutes 10 --readers 50

# How Lighthouse scores the main pages, over the sample archive.
lighthouse: $(VENV)/installed-test $(TOOLS)/lighthouse
	$(BIN)/python -m bench lighthouse --program $(TOOLS)/node_modules/.bin/lighthouse

$(TOOLS)/vnu: NPM = $(VNU)
$(TOOLS)/lighthouse: NPM = $(LIGHTHOUSE)
$(TOOLS)/vnu $(TOOLS)/lighthouse: Makefile
	@mkdir -p $(TOOLS)
	npm install --prefix $(TOOLS) --silent --no-audit --no-fund --ignore-scripts --save-exact $(NPM)
	@touch $@

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
