"""Style, types and spelling, as `make lint` checks them, but beside the tests instead of before them."""

import subprocess
import sys

import pytest

from autograder.homework import ROOT

TOOLS = (["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"], ["codespell_lib"])


@pytest.mark.parametrize("tool", TOOLS, ids=" ".join)
def test_the_repository_passes(tool):
    """The same tools, with the settings of pyproject.toml."""
    done = subprocess.run([sys.executable, "-m", *tool], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
