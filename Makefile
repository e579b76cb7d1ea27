# Two commands on a bare machine: `make demo` and `make test`. Needs git, make and Python 3.11 or newer.
# Another interpreter: make PYTHON=/path/to/python3 test
# Some tests only, in one process: make test ARGS=tests/cli

.DEFAULT_GOAL := help
.PHONY: help demo test check format lock setup setup-runtime setup-ci clean

# Each candidate is run, not only looked up: version managers put names on the PATH that lead nowhere.
CANDIDATES = $(or $(PYTHON),python3.14 python3.13 python3.12 python3.11 python3 python)

# All tests on all cores; a worker that has none left takes over half of another's.
ARGS_OF_TESTS = $(or $(ARGS),-n auto --dist worksteal)

define bootstrap
@for python in $(CANDIDATES); do \
	if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
		exec "$$python" tools/bootstrap.py $(1); fi; done; \
echo "Python 3.11 or newer is needed; found: $$($(firstword $(PYTHON) python3) --version 2>&1 || echo none)." >&2; \
echo "Install it, or name one: make PYTHON=/path/to/python3 $(MAKECMDGOALS)" >&2; exit 2
endef

help: ## this list
	@echo "make TARGET:"
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  \1#\2/p' $(MAKEFILE_LIST) | awk -F'#' '{ printf "%-16s %s\n", $$1, $$2 }'

demo: setup-runtime ## set up and analyse the bundled incident, offline
	.venv/bin/analyzer demo

test: setup ## set up and run the tests
	.venv/bin/python -m pytest $(ARGS_OF_TESTS)

check: setup ## format, lint, types and imports, without changing anything
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports

format: setup ## format the code and mend what the linter can
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .

lock: ## resolve requirements/*.lock anew, within the bounds of pyproject.toml
	$(call bootstrap,empty --venv build/lock-venv)
	build/lock-venv/bin/python tools/lock.py $(ARGS)

setup: ## .venv with everything that tests and checks need
	$(call bootstrap,dev)

setup-runtime: ## .venv with what the product needs
	$(call bootstrap,runtime)

setup-ci: ## .venv with what .ci/run needs besides
	$(call bootstrap,ci)

clean: ## remove the environment and everything built
	rm -rf .venv .venv.lock build dist site analyzer-demo
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
