# Two commands matter: `make demo` and `make test`. All others serve the people who change the code.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

# Compiled files are kept: the tests start the program a hundred times, and compiling it each time doubles their length.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test check bench torture clean

demo: $(STAMP)
	@$(BIN)/automator demo

test: $(STAMP)
	$(BIN)/pytest -n 4 --dist loadfile --no-loadscope-reorder --cov --cov-report= -q
	$(BIN)/coverage report --include='$(CORE)' --fail-under=95 --skip-covered --show-missing

CORE := automator/mail/*,automator/agenda/*,automator/billing/*,automator/triage/*,automator/followup/*,automator/rulebook/*,automator/digest/*,automator/sections/*,automator/words.py

check: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -q tests/architecture

bench: $(STAMP)
	$(BIN)/python -m benchmarks

torture: $(STAMP)
	$(BIN)/pytest -q tests/integration/test_crash.py --torture

# uv when it is there (fast), plain venv and pip otherwise.
$(STAMP): pyproject.toml constraints.txt
	@if command -v uv >/dev/null 2>&1; then \
	  echo "Setting up .venv with uv ..."; \
	  test -x $(BIN)/python || uv venv -q --python $(PYTHON) $(VENV); \
	  uv pip install -q --python $(BIN)/python -c constraints.txt -e '.[dev]'; \
	else \
	  $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "automator needs Python 3.11 or newer; set PYTHON=python3.12, say." >&2; exit 1; }; \
	  $(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "The venv module is missing. On Debian or Ubuntu: sudo apt-get install python3-venv" >&2; exit 1; }; \
	  echo "Setting up .venv (a minute or two the first time) ..."; \
	  $(PYTHON) -m venv $(VENV) && $(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e '.[dev]'; \
	fi
	@touch $@

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage .coverage.* dist build demo-office
