"""Judge submissions one after another: all checks of each, then its report."""

import math
import time
from functools import cached_property

from autograder.homework import FUNCTIONS, QUESTIONS, SOLUTIONS, checks
from autograder.judge.collection import collect
from autograder.judge.evidence.distances import DistanceEvidence
from autograder.judge.evidence.softmax import SoftmaxEvidence
from autograder.judge.examination import Examination
from autograder.judge.judge import Judge
from autograder.judge.meters.cpu import Draw, Yardstick
from autograder.judge.sandbox import Sandbox
from autograder.judge.verdict import Report, Result
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

    def yardstick(self, name: str, draw: Draw) -> Yardstick:
        """The reference's function of a name, as the unit for all others; the same for all submissions."""
        if name not in self._yardsticks:
            self._yardsticks[name] = Yardstick(self._references[FUNCTIONS[name]].function(name), draw, self._seed)
        return self._yardsticks[name]

    @cached_property
    def loop_ratios(self) -> dict[str, float]:
        """CPU time of the reference's loops in units of its vectorized answers, by question, at many rows."""
        rng = check_rng(self._seed, "loops")
        softmax, distances = (self._references[module] for module in ("softmax", "distances"))
        vectorized = self.yardstick("softmax_loss_vectorized", SoftmaxEvidence.draw)
        q4 = SoftmaxEvidence(softmax.function("softmax_loss_naive"), vectorized, rng, "q4")
        frugal = self.yardstick("pairwise_squared_distances", DistanceEvidence.draw)
        q5 = DistanceEvidence(distances.function("neighbours.two_loop_distances"), frugal, rng)
        return {"q4": q4.loop_ratio("N"), "q5": q5.loop_ratio("n")}

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
            judged = judge.run(self._tests)
        finally:
            examination.close()
        parts = {check: tuple(part for part in judged if part.check == check) for check in checks()}
        return Report(
            submission.name,
            "error" if judge.faults else "graded",
            "; ".join(judge.faults) or submission.reason,
            tuple(Result(check, parts[name]) for name, check in checks().items()),
            tuple(examination.layers),
            judge.measurements(),
            {
                question: loop / race.ratio if (race := judge.race(question)) else 0.0
                for question, loop in self.loop_ratios.items()
            },
            time.monotonic() - started,
        )

    def close(self) -> None:
        """End the sandbox with all its workers."""
        self.sandbox.close()
