"""`autograder doctor`: it tells what works by trying, on this machine and on one whose kernel refuses its filters."""

import os
import subprocess
import sys

import pytest

from autograder.homework import QUESTIONS, ROOT
from autograder.judge.doctor import ATTEMPTS, LAYERS, METERS, examine
from autograder.worker import confine
from autograder.worker.landlock import CREATE_RULESET, version
from tests.grader import all_of, rows

IS_ROOT = os.geteuid() == 0
ON_AN_OLD_KERNEL = f"""
import ctypes, errno, os, struct, sys
sys.path.insert(0, {str(ROOT)!r})
from autograder.worker.seccomp import *
load, fail = lambda at: (LOAD, 0, 0, at), lambda number: (RETURN, 0, 0, FAIL_WITH | number)
program = [
    load(NUMBER_AT), (JUMP_IF_EQUAL, 0, 1, {CREATE_RULESET}), fail(errno.ENOSYS),
    (JUMP_IF_EQUAL, 0, 3, 157), load(ARGUMENTS_AT), (JUMP_IF_EQUAL, 0, 1, PR_SET_SECCOMP), fail(errno.EINVAL),
    (RETURN, 0, 0, ALLOW),
]
raw = b"".join(struct.pack("<HBBI", *instruction) for instruction in program)
code = ctypes.create_string_buffer(raw, len(raw))
libc = ctypes.CDLL(None, use_errno=True)
libc.prctl(38, 1, 0, 0, 0)
assert libc.prctl(PR_SET_SECCOMP, MODE_FILTER, struct.pack("@HP", len(program), ctypes.addressof(code)), 0, 0) == 0
from autograder.cli import main
main(sys.argv[1:])
"""  # a kernel without Landlock and seccomp, as a filter around the grader plays it


@pytest.fixture(scope="module")
def findings():
    """What the doctor finds here."""
    return {finding.name: finding for finding in examine()}


def test_the_doctor_looks_at_every_layer_attempt_and_meter(findings):
    """None is forgotten that the sandbox has."""
    assert set(LAYERS) == {layer.__name__ for layer in confine.LAYERS}
    assert list(findings) == [*LAYERS, *(name.replace("_", " ") for name in ATTEMPTS), *METERS]


def test_all_is_well_where_the_tests_run(findings):
    """But for what an unprivileged user, or an older kernel, cannot have."""
    missing = {name for name, finding in findings.items() if not finding.good}
    assert missing == ({"user"} if not IS_ROOT else set()) | ({"landlock"} if version() < 1 else set())
    assert not any(findings[name].needed for name in missing)


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="the filter that plays an old kernel has this machine's numbers")
def test_on_a_kernel_without_filters_root_still_grades_and_others_do_not(tmp_path):
    """The doctor says what is missing, what that lets a submission do, and what to do."""

    def run(*arguments):
        return subprocess.run(
            [sys.executable, "-c", ON_AN_OLD_KERNEL, *arguments],
            capture_output=True,
            text=True,
            timeout=120,
            cwd=ROOT,
            check=False,
        )

    told = run("doctor")
    words = " ".join(told.stdout.split())
    for expected in ("landlock missing", "seccomp missing", "It takes Linux 5.13 or later", "opens a file possible"):
        assert expected in words, told
    assert told.returncode == (0 if IS_ROOT else 1)
    assert ("Submissions can be graded here" if IS_ROOT else "Nothing is graded here for want of: landlock, seccomp") in words
    graded = run("grade", "solutions", "--out", str(tmp_path))
    assert graded.returncode == (0 if IS_ROOT else 1)
    (row,) = rows(tmp_path)
    marks = {"score": all_of(), **{question: all_of(question) for question in QUESTIONS}, "status": "graded"}
    assert row == {"submission": "solutions", **(marks if IS_ROOT else {**dict.fromkeys(marks, "0"), "status": "error"})}
