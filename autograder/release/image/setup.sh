#!/usr/bin/env bash
# Runs once, when the image is built: a virtual environment of the image's own python3, filled from the hashed lock, then a
# self-test. An image that could not grade is refused here, not on the evening of the deadline.
set -euo pipefail
root=${RUN_ROOT:-/autograder}
source=$root/source
venv=$root/environment

python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))' || {
    echo "This image has $(python3 --version), which is too old: choose one with Python 3.10 or later, such as Ubuntu 22.04." >&2
    exit 1
}
rm -rf "$venv"
python3 -m venv "$venv" || { # Ubuntu keeps what venv needs in a package of its own; adding it changes no other
    apt-get update
    DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends python3-venv
    rm -rf "$venv"
    python3 -m venv "$venv"
}
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --only-binary=:all: --require-hashes -r "$source/requirements.txt"
chmod -R a+rX "$venv"
chmod 700 "$source"
exec "$venv/bin/python" -I -B "$source" --self-test
