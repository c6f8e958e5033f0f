#!/bin/sh
# Run the sandbox's tests where graders really run: as root in a container as Docker makes it, and as a user without any privilege.
# A missing runc is a failure, not a skip.
set -eu
cd "$(dirname "$0")/.."
python=.venv/bin/python

"$python" tests/container/run.py -- true  # says what to do where this cannot work

# Slow tests too. The first process of a container adopts orphans: a shell, since pytest takes its own children for lost ones.
confined() {
    "$python" tests/container/run.py "$@" --env PYTHONDONTWRITEBYTECODE=1 --env HYPOTHESIS_STORAGE_DIRECTORY=/tmp/hypothesis \
        -- sh -c '"$@"; exit $?' sh "$python" -m pytest -q -m "not browser and not container and not routes" \
        tests/test_wire.py tests/test_lying_worker.py tests/test_sandbox.py tests/test_confine.py \
        tests/test_doctor.py tests/test_killed.py tests/test_samples.py tests/test_command_line.py tests/test_submission.py
}

echo "== The container itself =="
"$python" -m pytest -q -m container tests/test_container.py

# Side by side, on a core each; what the second one prints comes at the end.
printed=$(mktemp)
trap 'rm -f "$printed"' EXIT
confined --user 65534 --unfiltered >"$printed" 2>&1 &
unprivileged=$!
echo "== Root in a container =="
status=0
confined || status=$?
echo "== A user without privileges =="
wait "$unprivileged" || status=$?
cat "$printed"
exit $status
