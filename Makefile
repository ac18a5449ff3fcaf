# Two commands matter: `make run` and `make test`. Each sets up what it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
EDITOR := webapp/static/built/query.js

.PHONY: run demo test test-long lint clean editor texts

run: $(VENV)/.installed $(EDITOR)
	$(BIN)/ihub build
	$(BIN)/ihub serve

# A demonstration in a home of its own: made-up hubs, schools and people, with everything that taking part has.
demo: $(VENV)/.installed $(EDITOR)
	IHUB_HOME=$${IHUB_HOME:-var-demo} $(BIN)/ihub demo

test: $(VENV)/.installed-dev $(EDITOR) lint
	$(BIN)/pytest

test-long: $(VENV)/.installed-long $(EDITOR)
	$(BIN)/pytest -m long

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV) || { echo "make: needs Python 3.11 or later with venv (Debian and Ubuntu: apt install python3-venv)"; rm -rf $(VENV); exit 1; }

$(VENV)/.installed: $(VENV)/bin/python pyproject.toml constraints.txt
	$(BIN)/pip install --disable-pip-version-check -q -c constraints.txt -e .
	touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(BIN)/pip install --disable-pip-version-check -q -c constraints.txt -e '.[dev]'
	touch $@

# What only the long tests need: servers, torch and a model (some 900 MB on disk, for a processor without CUDA).
$(VENV)/.installed-long: $(VENV)/.installed-dev
	$(BIN)/pip install --disable-pip-version-check -q -c constraints.txt -e '.[dev,long]'
	touch $@

# Brings the catalogues of the interface's texts in step with the code; new texts come out untranslated.
texts: $(VENV)/.installed-dev
	cd webapp && ../$(BIN)/pybabel -q extract -F translations/extraction.cfg -k message --no-location --project ihub \
	  -o translations/interface.pot .
	$(BIN)/pybabel -q update --no-fuzzy-matching --ignore-obsolete --no-wrap \
	  -i webapp/translations/interface.pot -d webapp/translations
	rm webapp/translations/interface.pot

# The scripts that need npm packages: the query page's, and that of the results. They are left out, with a
# notice, where there is neither Node.js nor the network.
editor: $(EDITOR)

$(EDITOR): webapp/frontend/package-lock.json webapp/frontend/build.mjs $(wildcard webapp/frontend/src/*.js) | $(VENV)/.installed
	webapp/frontend/build.sh $(BIN)/python

clean:
	rm -rf $(VENV) var var-demo webapp/static/built webapp/frontend/node_modules
