# make demo   the main job on a real site, from nothing        make test    everything CI checks
#             (FORGE=github|gitlab: on a forge)              make docs    the documentation site
# make lint   style, types, architecture                       make bench   the speed bars, measured side by side
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: setup tools demo docs reference docs-images test lint bench lock clean

setup: $(VENV)/.installed

$(VENV)/.installed: requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

# The real parts tests and demo work against: PHP, Composer, a browser. Installs what is missing.
tools:
	bash .ci/tools

# FORGE=github or FORGE=gitlab: the same shop on a stand-in for that forge, maintained as in its CI.
demo: setup tools
	$(if $(FORGE),$(BIN)/python -m tests.forges.demo $(FORGE),$(BIN)/maintainer demo)

# The documentation site, in .cache/site: one broken link and it isn't built. Its renderer has a place of its own.
docs: setup .cache/docs/.installed
	$(BIN)/python -m tests.docs_site .cache/site

.cache/docs/.installed: requirements-docs.lock
	rm -rf .cache/docs
	$(PYTHON) -m venv .cache/docs
	.cache/docs/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-docs.lock
	touch $@

# The pages that are made of the product: commands, policies, schemas, the keys of the configuration.
reference: setup
	$(BIN)/python -m tests.docs_reference

# All pictures in docs/images, of pages that the product writes; `make docs-images PICTURES=freeze` takes one.
docs-images: setup tools $(if $(PICTURES),,demo)
	$(BIN)/python -m tests.docs_images $(PICTURES)

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Files stay in the order of tests/conftest.py, which begins with the longest.
test: lint tools .cache/docs/.installed
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder -m "not bench"

bench: setup tools
	$(BIN)/pytest -m bench -s tests

# No index address may stand in a lock file: it works with any mirror of the index. The action and the GitLab component
# install requirements-run.lock: the same versions, without what only development needs; what verifies a site besides
# is in requirements-verify.lock.
COMPILE := $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header

lock:
	$(COMPILE) --extra verify --group dev pyproject.toml -o requirements.lock
	$(COMPILE) --no-annotate --constraints requirements.lock --group build pyproject.toml -o requirements-run.lock
	$(COMPILE) --no-annotate --constraints requirements.lock --extra verify --group build pyproject.toml \
	  -o requirements-verify.lock
	$(COMPILE) --no-annotate --constraints requirements.lock --group docs -o requirements-docs.lock
	$(COMPILE) --no-annotate .ci/oscar/requirements.in -o .ci/oscar/requirements.lock

clean:
	rm -rf $(VENV) .cache .demo .mypy_cache .ruff_cache .pytest_cache .hypothesis
