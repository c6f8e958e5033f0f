"""What importing the grader does to the process that imports it: otter's, nbgrader's or a Dask worker's."""

import subprocess
import sys

from autograder.homework import ROOT

OURS = ("answers", "cells", "check", "digits", "draws", "expect", "lifting", "plots", "reading", "report", "tables", "training")


def python(code: str) -> subprocess.CompletedProcess[str]:
    """Run code in a process that finds the grader and nothing else of this repository."""
    command = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); sys.path.remove('')\n{code}"]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_importing_the_grader_leaves_the_path_alone():
    done = python("before = [*sys.path]\nimport autograder.judge.judge\nassert sys.path == before, sys.path")
    assert done.returncode == 0, done.stderr


def test_modules_of_other_packages_keep_their_names():
    """`pandas.read_hdf` imports PyTables as `tables`, and was given ours."""
    find = f"[name for name in {OURS} if importlib.util.find_spec(name)]"
    done = python(f"import autograder.judge.judge, importlib.util\nprint({find})")
    assert done.stdout.strip() == "[]", done.stdout + done.stderr


def test_another_package_in_the_place_of_the_public_checks_is_refused(tmp_path):
    """The checks would be somebody else's."""
    (tmp_path / "public_checks.py").write_text("")
    done = python(f"sys.path.insert(0, {str(tmp_path)!r})\nimport public_checks, autograder")
    assert done.returncode == 1
    assert f"public_checks has been imported from {tmp_path / 'public_checks.py'}" in done.stderr
