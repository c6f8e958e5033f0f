"""What the judge concludes of a submission, as data: it travels between processes, is stored, and is rendered elsewhere.

A check consists of one or more tests; a test passes, fails with a `Failure`, or could not be judged because of other checks.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from autograder.homework import Check

Outcome = Literal["passed", "failed", "not judged"]
Status = Literal["graded", "invalid", "error"]
Hint = tuple[str, str]  # id of a mistake, and the question that points at it


@dataclass(frozen=True)
class Failure:
    """What a failed test found."""

    summary: str  # what is wrong and where; free of hidden data
    table: str = ""  # yours and expected, or an exception's own words
    hint: Hint | None = None
    on_public_data: bool = False  # whether the table is of the public data, while the test failed with the hidden ones


@dataclass(frozen=True)
class TestResult:
    """How one test ended: a check, or a part of one."""

    title: str  # the sentence that the test claims
    weight: float  # its share of the check's points, relative to the check's other tests
    outcome: Outcome
    failure: Failure | None = None  # of a failed test
    blocked_by: tuple[str, ...] = ()  # what failed before, so that this test was not judged; none if the grader failed at it

    __test__ = False  # for pytest, which collects classes with such names


@dataclass(frozen=True)
class CheckResult:
    """How one check ended, and the points for it."""

    check: Check
    tests: tuple[TestResult, ...]
    points: int = 0  # hundredths
    max_points: int = 0  # hundredths
    visibility: str = "visible"  # when students see it, in Gradescope's words

    @classmethod
    def of(cls, check: Check, tests: tuple[TestResult, ...]) -> "CheckResult":
        """Make the result of a check that is worth what the points table says."""
        return cls(check, tests).worth(round(100 * check.points))

    def worth(self, hundredths: int) -> "CheckResult":
        """Scale the points, so that the check is worth so many hundredths."""
        return replace(self, points=round(hundredths * self.fraction), max_points=hundredths)

    @property
    def fraction(self) -> float:
        """Share of its points that the check earns: each passed test earns its weight."""
        total = sum(test.weight for test in self.tests)
        return sum(test.weight for test in self.tests if test.outcome == "passed") / total if total else 0.0

    @property
    def outcome(self) -> Outcome:
        """Passed as a whole, failed somewhere, or otherwise not judged."""
        outcomes = {test.outcome for test in self.tests}
        if outcomes == {"passed"}:
            return "passed"
        return "failed" if "failed" in outcomes else "not judged"

    @property
    def passed(self) -> bool:
        """Whether every test passed."""
        return self.outcome == "passed"

    @property
    def failure(self) -> Failure | None:
        """What its first failed test found."""
        return next((test.failure for test in self.tests if test.failure), None)

    @property
    def blocked_by(self) -> tuple[str, ...]:
        """Ids of the checks that failed before, so that this one could not be judged as a whole."""
        names = dict.fromkeys(name for test in self.tests for name in test.blocked_by)
        return tuple(names) if self.outcome == "not judged" else ()


@dataclass(frozen=True)
class Measurement:
    """What a meter read of a function along an axis, as in ``q4``, ``cpu_ratio``, ``N``."""

    question: str
    meter: str
    axis: str
    value: float | None  # None for an infinity: it ran out of time or memory

    @property
    def name(self) -> str:
        """All of it in one word, as in ``q4.cpu_ratio.N``."""
        return f"{self.question}.{self.meter}.{self.axis}"

    @property
    def finite(self) -> float | None:
        """The value, and None where JSON could not hold it."""
        return self.value if self.value is not None and math.isfinite(self.value) else None


@dataclass(frozen=True)
class Report:
    """All results of a submission: from the judge, and then on the scale of a course."""

    submission: str  # its name
    status: Status  # whether there was something to judge, and whether judging it worked
    reason: str = ""  # why it is not graded, or what is worth saying of the submission as a whole
    checks: tuple[CheckResult, ...] = ()  # in the order of the points table; there may be none unless it is graded
    sandbox: Sequence[str] = ()  # layers of the sandbox that were in force
    meters: tuple[Measurement, ...] = ()
    speed_ups: dict[str, float] = field(default_factory=dict)  # by question, times faster than a loop; 0 if not measured
    seconds: float = 0.0  # that judging took, by the wall clock
    kept: float = 1.0  # fraction of the points that lateness leaves
    about: tuple[str, ...] = ()  # sentences above the points: which attempt it is, and how late
    faults: tuple[str, ...] = ()  # of the checks' own code, each of which cost its check and nothing else: for the instructor

    @property
    def earned(self) -> int:
        """Hundredths that the checks earned, before anything is taken off."""
        return sum(result.points for result in self.checks)

    @property
    def score(self) -> int:
        """Hundredths in all, after what lateness takes off."""
        return round(self.earned * self.kept)

    @property
    def max_score(self) -> int:
        """Hundredths that the checks are worth."""
        return sum(result.max_points for result in self.checks)

    @property
    def first_failed(self) -> CheckResult | None:
        """The first check that failed: what comes after it may follow from it."""
        return next((result for result in self.checks if result.outcome == "failed"), None)

    @property
    def hints(self) -> dict[tuple[str, str], str]:
        """The mistakes that were named: the first question asked about each, by question of the homework and id."""
        found: dict[tuple[str, str], str] = {}
        for result in self.checks:
            for test in result.tests:
                if test.failure and test.failure.hint:
                    name, words = test.failure.hint
                    found.setdefault((result.check.question, name), words)
        return found
