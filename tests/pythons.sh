#!/bin/sh
# Run what depends on the version of Python, on each of PYTHONS: else on the oldest that is supported, and on the newest that
# pyenv or the system brings along (tests/debian.sh has those that are newer still). A missing one is a failure, not a skip.
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

for version in ${PYTHONS:-3.10 3.13}; do
    python=$(interpreter "$version")
    venv=.venv-$version
    if [ ! -e "$venv/.ready" ] || [ requirements/pythons.txt -nt "$venv/.ready" ]; then
        PYTHON=$python sh requirements/fill.sh "$venv" requirements/pythons.txt
        touch "$venv/.ready"
    fi
    echo "== Python $version =="
    # Workers, the step counter, the wire, the readers of code, notebooks, zips and settings, and the verdicts of the samples.
    "$venv/bin/python" -m pytest -q -n 2 --dist worksteal \
        tests/test_adequacy.py tests/test_answers.py tests/test_audit.py tests/test_command_line.py tests/test_configuration.py \
        tests/test_hand_in.py tests/test_hostile_files.py tests/test_intake.py tests/test_lying_worker.py tests/test_metadata.py \
        tests/test_public_checks.py tests/test_samples.py tests/test_sandbox.py tests/test_steps.py tests/test_submission.py \
        tests/test_verdicts.py tests/test_wire.py
done
