# Two commands do everything on a fresh machine: `make run` (set up and start) and `make test` (set up and test all).
# Needs Python 3.11 or newer and make. PORT= and DATA= change where the chat runs and where it keeps its data.

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8080
DATA ?= data
VENV := .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# What is compiled once is kept, whatever the surroundings say: else each of many processes would compile everything again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run test test-aws check web browser bench lock format docs site clean

help: ## What can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 12

run: $(VENV)/.run web ## Set up and start the chat on http://127.0.0.1:8080
	@exec $(BIN)/tertulia serve --host $(HOST) --port $(PORT) --data $(DATA)

test: $(VENV)/.dev $(VENV)-generator/.done web browser ## Set up and run all tests
	@scripts/test.sh all

test-aws: $(VENV)/.dev $(VENV)-generator/.done web ## Deploy to an emulator of AWS, and run the conformance suite there
	@scripts/test.sh aws

check: $(VENV)/.dev ## The quick ones: format, lint, types, unit tests
	@scripts/test.sh quick

bench: $(VENV)/.dev web ## Measure; writes docs/benchmarks.md
	@$(BIN)/python -m bench

docs: $(VENV)/.dev ## Write the generated pages of the documentation again
	@$(BIN)/python scripts/generate_reference.py
	@$(BIN)/python scripts/generate_types.py
	@$(BIN)/python scripts/generate_cli.py
	@$(BIN)/python scripts/generate_evaluation.py
	@$(BIN)/python scripts/generate_costs.py
	@$(BIN)/python scripts/draw_aws.py

site: $(VENV)/.docs ## Build the documentation as a site, into site/
	@$(VENV)-docs/bin/zensical build

format: $(VENV)/.dev ## Format the code
	@$(BIN)/ruff format src tests bench scripts examples
	@$(BIN)/ruff check --fix -q src tests bench scripts examples

web: $(VENV)/.run ## Build the web client, where it isn't newer than its sources
	@$(BIN)/python scripts/build_web.py

browser:
	@scripts/browser.sh

lock: $(VENV)/.dev ## Resolve the dependencies anew
	@scripts/lock.sh

clean: ## Remove what was built, not the data
	rm -rf $(VENV) $(VENV)-docs $(VENV)-generator site web/node_modules src/tertulia/static dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(BIN)/python:
	@scripts/venv.sh "$(PYTHON)" "$(VENV)"

# There isn't one for every machine; asked once.
$(VENV)/.uv: requirements/install.txt | $(BIN)/python
	@$(BIN)/python -m pip install --quiet --no-compile --require-hashes -r requirements/install.txt || echo "There is no uv here, so pip installs; it takes longer."
	@touch $@

$(VENV)/.run: requirements/run.txt pyproject.toml | $(VENV)/.uv
	@echo "Setting up (once): Python packages ..."
	@scripts/install.sh $(VENV) requirements/run.txt --compile-bytecode
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.run | $(VENV)/.uv
	@echo "Setting up (once): what the tests need ..."
	@scripts/install.sh $(VENV) requirements/dev.txt
	@touch $@

$(VENV)-generator/.done: requirements/generator.txt | $(VENV)/.uv
	@echo "Setting up (once): a generator of clients, for a test ..."
	@scripts/venv.sh "$(PYTHON)" "$(VENV)-generator"
	@scripts/install.sh $(VENV)-generator requirements/generator.txt
	@touch $@

$(VENV)/.docs: requirements/docs.txt | $(VENV)/.uv
	@$(BIN)/python -m venv $(VENV)-docs
	@scripts/install.sh $(VENV)-docs requirements/docs.txt
	@touch $@
