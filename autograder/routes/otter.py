"""otter's route: `otter run` takes the verdict of the sandbox, and runs nothing of a student's.

otter executes a notebook in a kernel, beside the tests, and believes the pickle that this kernel leaves. Its hooks for plugins
do not suffice against that. Before the first of them, otter has read the notebook and put the tests into its folder. After it,
otter itself unpickles a `.OTTER_LOG` that came with the submission, and starts the kernel in the submission's folder, where a
planted `ipykernel_launcher.py` is the program that runs, whatever notebook it is given. So this plugin takes away the log, and
puts a function that returns the verdict in the place of the one that would start a kernel. Where a later otter calls another
function, `before_execution` stops it.

The verdict is that of the program in the zip, the same that Gradescope starts there with nothing of otter's in between. There
a file that is no notebook gets its words too; `otter run` refuses it before any plugin is asked, and writes no result.
"""

# mypy: disable-error-code="import-untyped"

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from otter.check.notebook import OTTER_LOG_FILENAME
from otter.plugins import AbstractOtterPlugin
from otter.run.run_autograder.runners import python_runner
from otter.test_files import GradingResults
from otter.test_files.abstract_test import TestCase, TestCaseResult
from otter.test_files.exception_test import ExceptionTestFile

from autograder.configuration import Configuration
from autograder.homework import QUESTIONS, checks
from autograder.report.course import worth_of_checks


class Sandboxed(AbstractOtterPlugin):  # type: ignore[misc]  # otter has no types
    """The plugin that the zip names."""

    _verdict: "Verdict"
    _told: str

    def before_grading(self, _config: Any) -> None:
        """Judge the submission, and let otter find the verdict where it would start a kernel."""
        root = Path(self.submission_path).parents[1]
        (root / "submission" / OTTER_LOG_FILENAME).unlink(missing_ok=True)
        rendered, self._told = judge(root)
        course = Configuration.from_json((root / "source" / "configuration.json").read_text(encoding="utf-8"))
        self._verdict = Verdict(rendered, worth_of_checks(course))
        stock = python_runner.grade_notebook

        def judged(*_: Any, **__: Any) -> Verdict:
            python_runner.grade_notebook = stock  # the next assignment in this process may be another one's
            return self._verdict

        python_runner.grade_notebook = judged

    def before_execution(self, _submission: Any) -> Any:
        """Refuse: nothing is to be executed."""
        raise RuntimeError("otter was about to run the notebook in a kernel: this version of otter is not supported")

    def generate_report(self) -> str:
        """Tell the instructor, at the end of otter's output: points by question, what the sandbox and its meters said."""
        files = self._verdict.results.items()
        return "\n".join([*(f"{name}: {file.score:g} of {file.possible:g} points" for name, file in files), self._told])


class Verdict(GradingResults):  # type: ignore[misc]
    """Results for otter, by question, which are written as those of the grader.

    Parameters
    ----------
    rendered : dict
        What results.json holds.
    worth : dict of str to int
        Hundredths of a point that each check is worth: where there was nothing to judge, results.json does not tell.
    """

    def __init__(self, rendered: dict[str, Any], worth: dict[str, int]) -> None:
        super().__init__([_by_question(question, rendered, worth) for question in QUESTIONS])
        self.rendered = rendered

    def to_gradescope_dict(self, _config: Any) -> dict[str, Any]:
        """Give the grader's results.json as it is."""
        return self.rendered


def judge(root: Path) -> tuple[dict[str, Any], str]:
    """Run the zip's program on a folder as otter and Gradescope make it.

    Parameters
    ----------
    root : Path
        Holds ``source/``, where the zip was unpacked, ``submission/`` and ``results/``.

    Returns
    -------
    rendered : dict
        What results.json holds: if the program did not end, that it did not.
    told : str
        What it printed for the instructor.
    """
    results = root / "results" / "results.json"
    results.write_bytes((root / "source" / "unfinished.json").read_bytes())
    command = [sys.executable, "-I", "-B", str(root / "source")]
    environment = {**os.environ, "RUN_ROOT": str(root)}
    done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    return json.loads(results.read_text(encoding="utf-8")), done.stdout + done.stderr


def _by_question(question: str, rendered: dict[str, Any], worth: dict[str, int]) -> ExceptionTestFile:
    """A question as otter has it: a test case for each check, and the points that were earned."""
    found = {test["tags"][2]: test for test in rendered["tests"]}
    cases, results = [], []
    for check in checks().values():
        if check.question == question:
            test = found.get(check.id, {"score": 0, "status": "failed", "name": check.title})
            case = TestCase(check.id, "", check.seen == "hidden", worth[check.id] / 100, None, None)
            cases.append(case)
            results.append(TestCaseResult(case, test["name"], test["status"] == "passed"))
    made = ExceptionTestFile(question, f"{question}.py", cases, all_or_nothing=False)
    made.test_case_results = results
    made.update_score(sum(found[case.name]["score"] for case in cases if case.name in found))
    return made
