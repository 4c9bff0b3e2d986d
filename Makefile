# Each target does all of its own set-up. `make help` lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help app ask test check format screenshots models llm clients container lock clean

PORT ?= 8501
# MODELS=0 tests without sentence-transformers and torch.
MODELS ?= 1
# SLOW=1 tests also what is marked slow; TESTS names what to run, slow or not.
SLOW ?=
# SHUFFLE=1 runs the tests in another order each time; the seed stands in the command, and SHUFFLE=<that seed> repeats it.
SHUFFLE ?=
seed := $(if $(filter 1,$(SHUFFLE)),$(shell od -An -N2 -tu2 /dev/urandom | tr -d ' '),$(SHUFFLE))
TESTS ?=
SHOTS ?=
# A question may hold any character; the shell gets it from the environment, not spliced into a command.
override Q := $(value Q)
export Q PORT PYTHON
# LLM=ollama:NAME (or any SETU_LLM) sets the language model of one run of `app` or `ask`, and installs what reaches it.
LLM ?=
ifneq ($(value LLM),)
override LLM := $(value LLM)
export SETU_LLM = $(LLM)
endif

help: ## This list
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/^([a-z]+):[^#]*## /  make \1\t/' | expand -t 16

app: ## Set up, ingest the sample papers the first time, serve the chat at http://127.0.0.1:8501 (PORT=… changes it; LLM=ollama:NAME has a language model write)
	@bash tools/setup.sh $(if $(value SETU_LLM),llm,app)
	@bash tools/run.sh app

ask: ## Ask on the terminal: make ask Q="Who signed the memorandum?"
	@bash tools/setup.sh $(if $(value SETU_LLM),llm,app)
	@bash tools/run.sh ask "$$Q"

test: ## Set up, run the checks and the tests (SLOW=1: the slow ones too; TESTS="tests/kb -x": those, slow or not; SHUFFLE=1: in another order; MODELS=0: without torch)
	@bash tools/setup.sh $(if $(filter 0,$(MODELS)),dev,test)
	@$(MAKE) --no-print-directory check
	.venv/bin/python -m pytest -n auto --maxprocesses 4 --dist loadfile$(if $(filter-out 0,$(seed)), -p randomly --randomly-seed=$(seed) --randomly-dont-reset-seed) $(if $(TESTS)$(filter 1,$(SLOW)),,-m "not slow") $(TESTS)

check: ## Formatting, lint and types
	@bash tools/setup.sh dev
	@status=0; for step in "ruff format --check --quiet ." "ruff check ." "mypy"; do \
	    echo ".venv/bin/python -m $$step"; .venv/bin/python -m $$step || status=1; done; exit $$status

format: ## Format the code and mend what ruff can mend
	@bash tools/setup.sh dev
	.venv/bin/python -m ruff format .
	.venv/bin/python -m ruff check --fix .

screenshots: ## Take the pictures of docs/images anew, from the sample papers (needs Chromium; SHOTS="chat narrow": some of them)
	@bash tools/setup.sh dev
	.venv/bin/python -m tools.screenshots $(SHOTS)

models: ## Install sentence-transformers (brings torch), for SETU_EMBEDDER=<any model>
	@bash tools/setup.sh models

llm: ## Install LangChain, for answers that a language model writes (SETU_LLM=openai:…|ollama:…|http://host:port/v1#model)
	@bash tools/setup.sh llm

clients: ## Set up Open WebUI and LlamaIndex outside the project (CLIENTS=/folder; several GB), and run the tests that point them at Setu
	@bash tools/setup.sh test
	@bash tools/clients.sh

container: ## Build the image of deploy/Containerfile without a daemon or a registry, and ask it a question on a root that cannot be written (podman)
	@bash tools/container.sh

lock: ## Choose the newest versions that pyproject.toml allows and write constraints.txt
	@bash tools/setup.sh dev
	.venv/bin/python tools/lock_dependencies.py

clean: ## Remove .venv and caches; the knowledge base in SETU_HOME stays
	rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
