# run: set up and do the main job; serve: the page; test: set up and pass the tests. Nothing else is needed.
PYTHON ?= python3
BIN := .venv/bin
SETUP := .venv/.ready
COMPARED := wessels-miedema-exclusion steinert-exclusion room-exclusion

.PHONY: run serve test lint bench bench-endpoint bench-importing bench-positions size clean

run: $(SETUP)
	@$(BIN)/sq-graph compare $(COMPARED)
	@echo
	@echo "This rests on one work that was read (Phillips 2008); what others hold is shown as it reports it."
	@echo "Try next:  $(BIN)/sq-graph ask"
	@echo "           $(BIN)/sq-graph ask rival-definitions --concept social-exclusion"
	@echo "           $(BIN)/sq-graph compare social-exclusion"
	@echo "           $(BIN)/sq-graph clash bernard-1999 social-quality-2001"
	@echo "           make serve   (the same on a page, in your browser)"

serve: $(SETUP)
	@$(BIN)/sq-graph serve

test: .venv/.ready-dev
	@$(BIN)/pytest

lint: .venv/.ready-dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/sq-graph fmt --check
	@$(BIN)/sq-graph sync --check

bench: .venv/.ready-bench
	@$(BIN)/python benchmarks/start_up.py

bench-endpoint: .venv/.ready-bench
	@$(BIN)/python benchmarks/endpoint.py

bench-importing: .venv/.ready-bench
	@$(BIN)/python benchmarks/importing.py

bench-positions: .venv/.ready-bench
	@$(BIN)/python benchmarks/positions.py

size:
	@$(PYTHON) tests/size.py

clean:
	rm -rf .venv

$(SETUP): pyproject.toml constraints.txt
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[all]'
	@$(BIN)/python -m compileall -q sq_graph
	@touch $@

.venv/.ready-dev: $(SETUP)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

.venv/.ready-bench: .venv/.ready-dev
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[bench]'
	@touch $@
