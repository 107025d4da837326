# Everything a developer or a newcomer needs. `make help` lists it.
SHELL := /bin/sh
.DEFAULT_GOAL := help
PYTHON ?= python3
UV := .tools/bin/uv
export UV_PROJECT_ENVIRONMENT := .venv
export UV_PYTHON_DOWNLOADS := never
export UV_LINK_MODE := copy
# Where the system keeps certificates, they may include those of a proxy.
ifneq ($(wildcard /etc/ssl/certs/ca-certificates.crt),)
export UV_SYSTEM_CERTS ?= true
endif

.PHONY: help setup demo test check format docs pages bench lock clean

help: ## list what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

# uv is put beside the project, not into the user's Python.
$(UV):
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --target .tools uv

.venv/.ready: $(UV) pyproject.toml uv.lock
	@$(UV) sync --frozen --quiet --all-extras --all-groups --python $(PYTHON)
	@touch $@

setup: .venv/.ready ## make the environment

demo: $(UV) ## run the main job on a seed trial
	@$(UV) sync --frozen --quiet --extra report --no-default-groups --inexact --python $(PYTHON)
	@.venv/bin/protocyte demo -o build/demo

test: setup ## run all tests
	@.venv/bin/python -m pytest -n auto -q

check: setup ## format, lint, types, order of imports, spelling, docs
	@.venv/bin/ruff format --check .
	@.venv/bin/ruff check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports --no-cache
	@.venv/bin/codespell
	@$(MAKE) --no-print-directory docs

format: setup ## format and mend what can be mended
	@.venv/bin/ruff format .
	@.venv/bin/ruff check --fix .

docs: setup ## build the documentation; warnings are errors
	@.venv/bin/sphinx-build -W --keep-going -q -b html docs build/docs

pages: setup ## write the generated pages of the documentation
	@for page in docs/_generate/*.py; do .venv/bin/python $$page; done

bench: setup ## time against named peers
	@for part in benchmarks/*.py; do .venv/bin/python $$part; done

lock: $(UV) ## renew uv.lock
	@$(UV) lock

clean: ## remove what was built
	@rm -rf build .venv .tools .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
