# The two commands of the README, and what CI runs after them.
# Everything is installed into .venv; nothing outside this folder is touched.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
DEMO   := demo
PORT   ?= 8000

# Everything is installed in the versions of requirements*.lock, and only if its hash is theirs.
LOCKED  := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r
PYTHONS ?= python3.11 python3.12 python3.13 python3.14

# What may be in the product: licences that ask for no more than to be named, or for changes
# to the library itself (the Mozilla Public License).
LICENCES := 0BSD;Apache-2.0;BSD;CC0;CNRI-Python;MIT;MPL;Mozilla Public License;PSF-2.0;Zlib

# From npm, each in a version that is known to work: the Nu Html Checker, and Lighthouse.
TOOLS      := $(VENV)/tools
VNU        := vnu-jar@26.9.27
LIGHTHOUSE := lighthouse@12.8.2

.PHONY: demo test gates torture soak pythons lock audit licences bom lighthouse screenshots clean

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
	$(BIN)/python -m pytest -n 4 --dist worksteal

# The slower checks: quality on the corpora in $$MORGUE_CORPORA, and what takes long. HTML is
# checked where there are Java and npm, else that check skips, saying so;
# MORGUE_CHECKER=required makes that a failure.
gates: $(VENV)/installed-test
	@test -d $(TOOLS)/node_modules/vnu-jar || $(MAKE) --no-print-directory $(TOOLS)/vnu || true
	$(BIN)/python -m pytest -m gate -n 2 --dist worksteal

# The promises of docs/reliability.md under injected faults, and all properties on all examples;
# it prints how many of each.
torture: $(VENV)/installed-test
	MORGUE_EXAMPLES=all $(BIN)/python -m pytest -m '(torture or hypothesis) and not gate' -n 2 --dist worksteal

# `make test` by every Python of $(PYTHONS) that is here, each in an environment of its own.
pythons:
	@for python in $(PYTHONS); do \
	  $$python -c '' 2>/dev/null || { echo "no $$python here"; continue; }; \
	  $(MAKE) --no-print-directory test PYTHON=$$python VENV=.venv/$$(basename $$python) || exit; \
	done

# The newest versions that pyproject.toml allows, with the hashes of all their files.
lock: $(TOOLS)/python
	echo 'setuptools>=77' | $(RESOLVE) pyproject.toml - -o requirements.lock
	echo 'setuptools>=77' | $(RESOLVE) --extra test -c requirements.lock pyproject.toml - -o requirements-test.lock

RESOLVE := $(TOOLS)/python/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 \
	--generate-hashes --no-annotate --custom-compile-command 'make lock'

# Known vulnerabilities of what is locked; it fails where the advisories cannot be asked.
audit: $(TOOLS)/python
	$(TOOLS)/python/bin/pip-audit --strict --disable-pip --require-hashes -r requirements.lock

# Every licence of what is installed to run Morgue, and that it is one of $(LICENCES).
licences: $(TOOLS)/python $(TOOLS)/product
	$(TOOLS)/python/bin/pip-licenses --python $(TOOLS)/product/bin/python --partial-match \
	  --ignore-packages morgue setuptools pip --allow-only '$(LICENCES)'

# A bill of materials in CycloneDX, of what is installed to run Morgue.
bom: $(TOOLS)/python $(TOOLS)/product
	$(TOOLS)/python/bin/cyclonedx-py environment --pyproject pyproject.toml --mc-type application \
	  --output-reproducible --of JSON -o bom.json $(TOOLS)/product/bin/python
	@echo "bom.json lists what Morgue is made of."

$(TOOLS)/python: requirements-tools.txt
	@mkdir -p $(TOOLS)
	$(PYTHON) -m venv --clear $@
	$@/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-tools.txt
	@touch $@

$(TOOLS)/product: pyproject.toml requirements.lock
	@mkdir -p $(TOOLS)
	$(PYTHON) -m venv --clear $@
	$@/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$@/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation .
	@touch $@
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

$(VENV)/installed: pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Morgue needs Python 3.11 or newer: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(LOCKED) requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/installed-test: $(VENV)/installed requirements-test.lock
	$(LOCKED) requirements-test.lock
	@touch $@

clean:
	rm -rf $(VENV) $(DEMO) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
