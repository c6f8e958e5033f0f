#!/bin/sh
# Run the judge's tests on every Python that it supports. One that is not installed is a failure, not a skip.
set -eu
cd "$(dirname "$0")/.."

interpreter() {
    for candidate in "python$1" "${PYENV_ROOT:-$HOME/.pyenv}"/versions/"$1".*/bin/python; do
        if "$candidate" -c 'import sys, venv; sys.exit("%d.%d" % sys.version_info[:2] != sys.argv[1])' "$1" 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    echo "Python $1 is not installed: put python$1 on the PATH, or install it with pyenv." >&2
    return 1
}

for version in ${PYTHONS:-3.10 3.11 3.12 3.13}; do
    python=$(interpreter "$version")
    venv=.venv-$version
    if [ ! -e "$venv/.ready" ] || [ requirements/pythons.txt -nt "$venv/.ready" ]; then
        PYTHON=$python sh requirements/fill.sh "$venv" requirements/pythons.txt
        touch "$venv/.ready"
    fi
    echo "== Python $version =="
    # What needs Jupyter is left out: releases are built on one Python.
    "$venv/bin/python" -m pytest -q -n 2 --dist loadfile \
        --ignore=tests/test_handout.py --ignore=tests/test_otter.py --ignore=tests/test_nbgrader.py \
        --ignore=tests/test_sixth_question.py --ignore=tests/test_documents.py --ignore=tests/test_course.py
done
