# The console's commands. `make run` and `make test` need python3 (3.11 to 3.14), make and a package
# registry; everything they install lands in .venv and node_modules, everything they write in var.

.DEFAULT_GOAL := help
PYTHON := .venv/bin/python
XDIST ?= auto
# The workers of a test run, and the programs that tests start, find modules compiled, whatever the environment says.
COMPILED := PYTHONDONTWRITEBYTECODE=
# npm may work beside pip where the machine has one of its own; else it comes out of .venv.
NEEDS_NPM := $(if $(shell command -v npm),,.venv/bin/uv)
MAKEFLAGS += --jobs=2

help: ## list these commands
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile | expand -t 16

install: .venv/.run node_modules/.installed ## build .venv and node_modules for running
	@.ci/setup complete
	@test ! -d console || .ci/setup bytecode

run: install ## start everything with a demo school; Ctrl-C ends all
	@exec $(PYTHON) -m console.run

test: .venv/.dev node_modules/.installed ## install what tests need, run all of them
	@.ci/setup bytecode
	@.ci/setup browser
	@.ci/setup scanner
	@.ci/setup proxy
	@.ci/setup pooler
	@.ci/setup promtool
	@XDIST=$(XDIST) $(COMPILED) $(PYTHON) -m tests.run

fast: .venv/.dev node_modules/.installed ## the tests that start no programs, with style and types; for work
	@.ci/setup bytecode
	@XDIST=$(XDIST) $(COMPILED) $(PYTHON) -m tests.run fast

durations: .venv/.dev node_modules/.installed ## the same in one process; fails where a test takes too long
	@$(COMPILED) $(PYTHON) -m tests.run durations

faults: .venv/.dev node_modules/.installed ## the fault goals in their full sizes; prints a line a goal
	@.ci/setup rabbitmq
	@FAULTS=full $(COMPILED) $(PYTHON) -m pytest -m faults -n 0

browser: .venv/.dev node_modules/.installed ## only the tests in Chromium, every page in every look
	@.ci/setup browser
	@BROWSER=full $(COMPILED) $(PYTHON) -m pytest -n $(XDIST) --dist worksteal -m browser

saml: .venv/.run ## install what sign-in with SAML 2.0 needs besides
	@.ci/setup packages requirements-saml.txt

bench: .venv/.dev node_modules/.installed ## measure, and print the ratios
	@$(PYTHON) -m bench

mutants: .venv/.dev node_modules/.installed ## change the code by lot, and see whether the tests find it
	@$(COMPILED) $(PYTHON) -m bench.mutants

bundle: install ## pack all of it for a machine without registries, into var/bundle
	@.ci/bundle

figures: .venv/.dev ## size and shape of the code base; fails where it misses a bar
	@$(PYTHON) -m bench.code_figures

audit: .venv/.dev node_modules/.installed ## ask the advisory databases about every locked package
	@.ci/audit

docs: .venv/.dev ## build the site of docs/ into var/site
	@$(PYTHON) docs/reference.py
	@.venv/bin/sphinx-build -q -W -b html -d var/doctrees docs var/site
	@echo "Open var/site/index.html"

lint: .venv/.dev ## style, formatting, imports one way, types, rules of migrations
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/lint-imports --no-cache
	@.venv/bin/mypy
	@$(PYTHON) -m tests.architecture.migration_rules

messages: .venv/.dev ## collect strings for translation and compile them (needs gettext)
	@$(PYTHON) manage.py makemessages -l zh_Hans -e html,txt,py,jinja -i node_modules -i .venv --no-location --no-obsolete
	@$(PYTHON) manage.py compilemessages -l zh_Hans -i node_modules -i .venv

clean: ## remove what was installed, but no data
	@rm -rf .venv node_modules

.venv/bin/uv:
	@.ci/setup venv

.venv/.run: requirements.txt | .venv/bin/uv
	@.ci/setup packages requirements.txt
	@touch $@

.venv/.dev: requirements-dev.txt | .venv/bin/uv
	@.ci/setup packages requirements-dev.txt
	@touch $@ .venv/.run

node_modules/.installed: package-lock.json package.json | $(NEEDS_NPM)
	@.ci/setup npm
	@touch $@

.PHONY: help install run test fast durations faults browser saml bench mutants bundle figures audit docs lint messages clean
