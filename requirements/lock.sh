#!/bin/sh
# Renew the locks with the uv at $1: universal for Python 3.10 and later, with hashes and without any host.
set -eu
cd "$(dirname "$0")/.."
lock() { uv=$1; shift; "$uv" pip compile --quiet --universal --python-version 3.10 --generate-hashes --no-emit-index-url --no-header --no-annotate --upgrade "$@"; }
echo uv | lock "$1" - -o requirements/uv.txt
lock "$1" --all-extras pyproject.toml -o requirements/all.txt
lock "$1" --extra terminal --extra page --extra cluster --extra test pyproject.toml -c requirements/all.txt -o requirements/pythons.txt
lock "$1" pyproject.toml -c requirements/all.txt -o requirements/judge.txt
