# run: set up the core and print a first comparison; serve: serve the pages; test: set up the extras and run the tests;
# test-wide: the tests that test leaves out: more random cases, other engines and libraries, the whole map page by page.
PYTHON ?= python3
BIN := .venv/bin
SETUP := .venv/.ready
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt
COMPARED := wessels-miedema-exclusion steinert-exclusion room-exclusion
# Three processes, because tests wait for servers and browsers; each runs whole files, so that set-up is done once.
PYTEST := $(BIN)/pytest -n 3 --dist loadfile --no-loadscope-reorder

.PHONY: run serve test test-wide lint docs release fuzz bench bench-endpoint bench-importing bench-positions bench-writing size clean

run: $(SETUP)
	@$(BIN)/sq-graph compare $(COMPARED)
	@echo
	@echo "Try next:  $(BIN)/sq-graph ask"
	@echo "           $(BIN)/sq-graph ask rival-definitions --concept social-exclusion"
	@echo "           $(BIN)/sq-graph compare social-exclusion"
	@echo "           $(BIN)/sq-graph clash bernard-1999 social-quality-2001"
	@echo "           make serve   (the same on a page, in your browser)"

serve: $(SETUP)
	@$(BIN)/sq-graph serve

test: .venv/.ready-dev
	@$(PYTEST) -m "not wide"

test-wide: .venv/.ready-dev
	@SQ_GRAPH_EXAMPLES=$${SQ_GRAPH_EXAMPLES:-300} $(PYTEST) -m "wide or fuzz"

lint: .venv/.ready-dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/sq-graph fmt --check
	@$(BIN)/sq-graph sync --check

docs: .venv/.ready-docs
	@$(BIN)/python -m sphinx -q -W --keep-going -b html docs build/docs
	@echo "The documentation is in build/docs/index.html"

release: .venv/.ready-docs
	@.ci/release

fuzz: .venv/.ready-dev
	@SQ_GRAPH_EXAMPLES=10000 $(BIN)/pytest -n 2 -m fuzz

bench: .venv/.ready-bench
	@$(BIN)/python -m benchmarks.report

bench-endpoint: .venv/.ready-bench
	@$(BIN)/python benchmarks/endpoint.py

bench-importing: .venv/.ready-bench
	@$(BIN)/python benchmarks/importing.py

bench-positions: .venv/.ready-bench
	@$(BIN)/python benchmarks/positions.py

bench-writing: .venv/.ready-bench
	@$(BIN)/python benchmarks/writing.py

size:
	@$(PYTHON) tests/size.py

clean:
	rm -rf .venv

$(SETUP): pyproject.toml constraints.txt
	@echo "Setting up sq-graph in .venv (about half a minute) …"
	@$(PYTHON) -m venv .venv
	@$(PIP) -e .
	@$(BIN)/python -m compileall -q sq_graph
	@touch $@

.venv/.ready-dev: $(SETUP)
	@echo "Installing the extras and the tools for the tests …"
	@$(PIP) -e '.[dev]'
	@touch $@

.venv/.ready-docs: .venv/.ready-dev
	@$(PIP) -e '.[docs]'
	@touch $@

.venv/.ready-bench: .venv/.ready-dev
	@$(PIP) -e '.[bench]'
	@touch $@
