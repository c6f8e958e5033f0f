"""Judge submissions one after another: all checks of each, then its report."""

import math
import time
from functools import cached_property

from autograder.homework import FUNCTIONS, QUESTION_OF, QUESTIONS, SOLUTIONS, checks
from autograder.judge.collection import collect
from autograder.judge.evidence import Evidence, kind_for
from autograder.judge.examination import Examination
from autograder.judge.judge import Judge
from autograder.judge.meters.cpu import Yardstick
from autograder.judge.results import CheckResult, Report
from autograder.judge.sandbox import Sandbox
from autograder.submission import Submission

from draws import check_rng


class Bench:
    """Where submissions are judged one after another: a sandbox, and the reference at work in it for comparison.

    Parameters
    ----------
    seed : int
        Hidden seed of all checks.

    Raises
    ------
    CollectionError
        The checks themselves cannot be read.
    SandboxError
        The sandbox cannot work here.
    """

    def __init__(self, seed: int) -> None:
        self._seed, self._tests = seed, collect()
        self.sandbox = Sandbox()
        by_module = {}
        for question, module in QUESTIONS.items():
            if module not in by_module:
                source = (SOLUTIONS / f"{module}.py").read_bytes()
                by_module[module] = Examination(self.sandbox, {module: source}, trusted=True)
                by_module[module].turn_to(question)
        self._references = by_module
        self._yardsticks: dict[str, Yardstick] = {}

    def yardstick(self, kind: type[Evidence], name: str) -> Yardstick:
        """The reference's function that one of a submission's is compared with; the same for all submissions."""
        unit = kind.unit or name
        if unit not in self._yardsticks:
            self._yardsticks[unit] = Yardstick(self._references[FUNCTIONS[unit]].function(unit), kind.draw, self._seed)
        return self._yardsticks[unit]

    @cached_property
    def loop_ratios(self) -> dict[str, float]:
        """CPU time of the reference's loops in units of its vectorized answers, at many rows, by the name of the function."""
        found = {}
        for name, module in FUNCTIONS.items():
            kind = kind_for(name)
            if kind is not None and kind.loop and name == (kind.unit or name):
                loop = self._references[module].function(kind.loop)
                found[name] = kind(loop, self.yardstick(kind, name), check_rng(self._seed, f"loop of {name}")).loop_ratio()
        return found

    def judge(self, submission: Submission, seconds: float = math.inf) -> Report:
        """Judge a submission.

        Parameters
        ----------
        submission : Submission
            Staged sources, or the reason why there are none.
        seconds : float
            Time that its answers may take by the wall clock; the questions share it equally.

        Returns
        -------
        report : Report
            Also where the grader itself fails: then with the status ``error``.

        Raises
        ------
        SandboxError
            The sandbox is lost, and with it this bench.
        """
        started = time.monotonic()
        if not submission.sources:
            return Report(submission.name, "invalid", submission.reason)
        examination = Examination(self.sandbox, submission.sources, wall_limit=seconds / len(QUESTIONS))
        judge = Judge(examination, self.yardstick, self._seed)
        try:
            results = judge.run(self._tests)
        finally:
            examination.close()
        return Report(
            submission.name,
            "error" if judge.faults else "graded",
            "; ".join(judge.faults) or submission.reason,
            tuple(CheckResult.of(check, results[name]) for name, check in checks().items()),
            tuple(examination.layers),
            judge.measurements(),
            {
                QUESTION_OF[name]: loop / race.ratio if (race := judge.race(name)) else 0.0
                for name, loop in self.loop_ratios.items()
            },
            time.monotonic() - started,
        )

    def close(self) -> None:
        """End the sandbox with all its workers."""
        self.sandbox.close()
