# Needs only python3 (3.11 or later) and make; brings everything else. `make help` lists what there is.
PYTHON ?= python3
VENV := .venv/bin
PYTEST_ARGS ?= -n 2 --dist loadgroup
KILLS ?= 200

.DEFAULT_GOAL := help
.PHONY: help run test check bench faults reset assets lock docs

help:  ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 10

run:  ## the demo banner on this machine, until Ctrl-C; a second run keeps the data
	@$(PYTHON) tools/prepare.py
	@$(VENV)/gongxiang up --demo

test:  ## every test, with a database and a browser of its own
	@$(PYTHON) tools/prepare.py --tests --browser
	@$(VENV)/python -m pytest $(PYTEST_ARGS)

check:  ## style, types, directions, translations, generated pages
	@$(PYTHON) tools/prepare.py --tests
	@$(VENV)/python tools/check.py

bench:  ## how fast it is, beside the limit measured in the same run
	@$(PYTHON) tools/prepare.py --tests
	@$(VENV)/python -m bench

faults:  ## kill programs under load, KILLS times (200), and compare what arrived
	@$(PYTHON) tools/prepare.py --tests
	@GONGXIANG_FAULT_KILLS=$(KILLS) $(VENV)/python -m pytest tests/faults -m faults -p no:randomly

reset:  ## remove the demo with all its data
	@$(PYTHON) tools/prepare.py
	@$(VENV)/gongxiang reset

assets:  ## build the pages' styles, scripts, icons and words
	@$(PYTHON) tools/prepare.py

docs:  ## write the generated reference pages anew
	@$(PYTHON) tools/prepare.py --tests
	@$(VENV)/python tools/generate_docs.py

lock:  ## resolve the dependencies anew
	@$(PYTHON) tools/prepare.py --tests
	@$(VENV)/python -m tools.lock
