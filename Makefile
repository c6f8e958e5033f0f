# Every target that needs the environment makes it first; a second call finds it ready.
PYTHON ?= python3
TOUR := $(shell grep -sv '^\#' tests/submissions/tour.txt)
SAMPLES := solutions assignment $(addprefix tests/submissions/,right wrong broken hostile)
SUBMISSIONS ?= $(TOUR)
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
.PHONY: help setup grade grade-samples test test-all test-rest test-slow test-browser test-routes test-pythons test-debian \
	test-confined gradescope-test audit bench bench-smoke assignment release gradescope lint lock clean

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

ifneq ($(origin PYTHON),file)  # it was named: an environment of another version is made anew
ifneq ($(shell $(PYTHON) --version 2>&1),$(shell $(VENV)/bin/python --version 2>&1))
.PHONY: $(READY)
endif
endif

grade: $(READY)  ## grade SUBMISSIONS="path ..." into OUT=folder (else a tour of the samples into grades); also CONFIG= ROSTER= JOBS= SCHEDULER=
	@$(VENV)/bin/autograder grade $(SUBMISSIONS) --out "$(OUT)" $(if $(JOBS),--jobs $(JOBS)) $(SETTINGS) \
		$(if $(ROSTER),--roster "$(ROSTER)") $(if $(SCHEDULER),--scheduler "$(SCHEDULER)")

grade-samples: $(READY)  # grade all sample submissions, some 315 of them
	@$(MAKE) --no-print-directory grade SUBMISSIONS="$(SAMPLES)"

# Tests are handed out one by one to as many processes as there are cores.
PYTEST := $(VENV)/bin/python -m pytest -n auto --maxprocesses 4 --dist worksteal

test: $(READY)  ## run the tests, with style, types and spelling among them (two minutes)
	$(PYTEST)

test-all: test test-rest  ## run these and everything slower (half an hour; needs root, runc, chromium and debootstrap)

test-rest: test-slow test-browser test-routes test-confined gradescope-test audit bench-smoke test-pythons test-debian

test-slow: $(READY)  # the tests that take seconds each
	$(PYTEST) -m slow

test-browser: $(READY)  # look at the pages in Chromium (needs it)
	$(VENV)/bin/python -m pytest -m browser tests/test_page_in_browser.py

# A file stays in one process, since its tests share a course; the longest comes first.
test-routes: $(READY)  # drive the real otter and nbgrader
	$(VENV)/bin/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m routes \
		$(addprefix tests/test_,sixth_question.py nbgrader.py otter.py routes.py)

test-pythons:  # run what depends on the version of Python on the oldest and on others; PYTHONS="3.12" names them
	sh tests/pythons.sh

test-debian:  # run `make grade` and `make test` in a new Debian unstable (needs root and debootstrap)
	sh tests/debian.sh

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

bench-smoke: $(READY)  # each of these once, as short as it can be: do they still run?
	$(VENV)/bin/python tests/benchmarks/layers.py
	$(VENV)/bin/python tests/benchmarks/styles.py --rounds 1
	$(VENV)/bin/python tests/benchmarks/where.py
	$(VENV)/bin/python tests/benchmarks/cost.py --rounds 1
	$(VENV)/bin/python tests/benchmarks/class.py --submissions 6 --kills 1

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
