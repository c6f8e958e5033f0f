#!/bin/sh
# Make the virtual environment $1 and fill it from the hashed lock $2, with uv where it installs and with pip where it does not.
set -eu
venv=$1 lock=$2 here=$(dirname "$0") python=${PYTHON:-python3}

say() { printf '%s\n' "$*" >&2; }

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 10))' || {
    say "$("$python" --version 2>&1) is too old: Python 3.10 or later is needed. Name another with make PYTHON=python3.11"
    exit 2
}
say "Setting up $venv (once, about a minute) ..."
rm -rf "$venv"
"$python" -m venv "$venv" || {
    say "This Python cannot make virtual environments; on Debian or Ubuntu: apt install python3-venv"
    exit 2
}
pip="$venv/bin/python -m pip --quiet --disable-pip-version-check"
if $pip install --require-hashes -r "$here/uv.txt" &&
    VIRTUAL_ENV=$venv "$venv/bin/uv" pip install --quiet --require-hashes -r "$lock"; then :; else
    say "uv could not install the packages; pip goes on, more slowly ..."
    $pip install --require-hashes -r "$lock"
fi
# Everything that the build needs came with the lock: nothing unpinned is fetched.
if grep -q '^flit-core' "$lock"; then $pip install --no-deps --no-build-isolation --editable "$here/.."; fi
