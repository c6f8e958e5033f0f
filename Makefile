# Every target that needs the environment makes it first; a second call finds it ready.
PYTHON ?= python3
export PYTHONS ?= 3.10 3.11 3.12 3.13
SUBMISSIONS ?= solutions assignment tests/submissions/right tests/submissions/wrong tests/submissions/broken tests/submissions/hostile
OUT ?= grades
JOBS ?=
SCHEDULER ?=
# The course's settings: one file at the top of the repository, if there is one, is used by every target.
CONFIG ?= $(wildcard course.toml)
ROSTER ?=
SETTINGS := $(if $(CONFIG),--config "$(CONFIG)")

VENV := .venv
READY := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help setup grade test test-browser test-routes test-pythons test-confined gradescope-test audit bench assignment release gradescope lint lock clean

help:
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## */:/' | awk -F: '{printf "  make %-12s %s\n", $$1, $$2}'
	@echo "Settings of the course are those of CONFIG=file, else of course.toml beside this Makefile, else the defaults."
	@echo "CONTRIBUTING.md lists the targets for changing the grader: lint, audit and more."

setup: $(READY)  ## fill .venv with everything; all others do it by themselves

# pyproject.toml is no prerequisite: the packages that it names stand in the locks, which `make lock` renews, and tools read their
# settings where they lie. Only a new command under [project.scripts] takes `make clean setup`.
$(READY): requirements/all.txt requirements/uv.txt requirements/fill.sh
	@PYTHON="$(PYTHON)" sh requirements/fill.sh $(VENV) requirements/all.txt
	@touch $@

grade: $(READY)  ## grade SUBMISSIONS="path ..." into OUT=folder (else the samples into grades); also CONFIG= ROSTER= JOBS= SCHEDULER=
	@$(VENV)/bin/autograder grade $(SUBMISSIONS) --out "$(OUT)" $(if $(JOBS),--jobs $(JOBS)) $(SETTINGS) \
		$(if $(ROSTER),--roster "$(ROSTER)") $(if $(SCHEDULER),--scheduler "$(SCHEDULER)")

test: lint  ## check style, types and spelling, and run the tests
	$(VENV)/bin/python -m pytest -n 2 --dist loadfile

test-browser: $(READY)  # look at the pages in Chromium (needs it)
	$(VENV)/bin/python -m pytest -m browser tests/test_page_in_browser.py

test-routes: $(READY)  # drive the real otter and nbgrader
	$(VENV)/bin/python -m pytest -n 2 --dist loadfile -m routes

test-pythons:  # run the judge's tests on every Python that is supported (3.10 to 3.13)
	sh tests/pythons.sh

test-confined: $(READY)  # run the sandbox's tests in a container as Docker makes it, and without privileges (needs root and runc)
	sh tests/confined.sh

lint: $(READY)  # check style, types and spelling
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/codespell

audit: $(READY)  # grade mutants of the reference, list those that the checks let through
	$(VENV)/bin/autograder audit $(if $(JOBS),--jobs $(JOBS))

bench: $(READY)  # repeat the measurements behind limits and tolerances
	$(VENV)/bin/python tests/benchmarks/layers.py
	$(VENV)/bin/python tests/benchmarks/styles.py
	$(VENV)/bin/python tests/benchmarks/where.py
	$(VENV)/bin/python tests/benchmarks/cost.py --others --rounds 1
	$(VENV)/bin/python tests/benchmarks/class.py

assignment: $(READY)  ## generate stubs, notebook and handout from the solutions
	$(VENV)/bin/autograder build assignment $(SETTINGS)

release: assignment gradescope  ## build dist/homework.zip, which students unpack, and what gradescope builds
	$(VENV)/bin/autograder build handout --out dist $(SETTINGS)

gradescope: $(READY)  ## build dist/autograder.zip for Gradescope
	$(VENV)/bin/autograder build gradescope --out dist $(SETTINGS)

gradescope-test: $(READY)  # build and run that zip in a container like Gradescope's (needs root and runc)
	$(if $(CONFIG),COURSE="$(CONFIG)") $(VENV)/bin/python -m pytest -m container tests/test_gradescope_image.py

lock: $(READY)  # renew the hashed locks from pyproject.toml
	sh requirements/lock.sh $(VENV)/bin/uv

clean:  ## remove the environment and all results
	rm -rf $(VENV) .venv-* "$(OUT)" dist
