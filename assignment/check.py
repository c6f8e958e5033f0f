"""Run the public checks on the functions of a notebook."""

import importlib
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
CHECKS = HERE / "public_checks"


class Notebook:
    """Plugin that lets the checks find functions among the names of a notebook.

    Parameters
    ----------
    names : dict
        The notebook's own: its functions as they are now.
    """

    def __init__(self, names):
        self.names = names

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self, config):
        """Hand the names over."""
        config.stash[importlib.import_module("public_checks.report").NOTEBOOK] = self.names


def check(question):
    """Check the answer to a question as it stands in the notebook, and print what passes, what does not, and why.

    Parameters
    ----------
    question : str
        As in "q4".
    """
    path = CHECKS / f"test_{question}.py"
    if not path.is_file():
        known = ", ".join(sorted(test.stem.removeprefix("test_") for test in CHECKS.glob("test_q*.py")))
        print(f"There is no question {question!r}: {known} are there.")
        return
    arguments = ["-c", str(HERE / "pytest.ini"), f"--rootdir={HERE}", "--capture=sys", "--assert=plain", str(path)]
    pytest.main(arguments, plugins=[Notebook(vars(sys.modules["__main__"]))])
