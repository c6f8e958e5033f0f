"""What the judge concludes: records without behaviour beyond adding up."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from autograder.homework import Check

Outcome = Literal["passed", "failed", "not judged"]
Status = Literal["graded", "invalid", "error"]


@dataclass(frozen=True)
class Part:
    """The outcome of one test, which is a check or a part of one.

    Parameters
    ----------
    check : str
        Id of the check.
    title : str
        The sentence that the test claims.
    weight : float
        Its share of the check's points, relative to the other parts.
    outcome : {"passed", "failed", "not judged"}
        What the test found.
    message : str
        What, where, yours, expected; empty when passed.
    hint : tuple of (str, str) or None
        Id of the mistake and the question that points at it.
    """

    check: str
    title: str
    weight: float
    outcome: Outcome
    message: str = ""
    hint: tuple[str, str] | None = None


@dataclass(frozen=True)
class Result:
    """The outcome of a check: its parts and the points for them."""

    check: Check
    parts: tuple[Part, ...]

    @property
    def score(self) -> float:
        """Points: each passed part earns its share."""
        total = sum(part.weight for part in self.parts)
        earned = sum(part.weight for part in self.parts if part.outcome == "passed")
        return round(self.check.points * earned / total, 4) if total else 0.0

    @property
    def passed(self) -> bool:
        """Whether every part passed."""
        return bool(self.parts) and all(part.outcome == "passed" for part in self.parts)


@dataclass(frozen=True)
class Report:
    """Everything the judge says of a submission.

    Parameters
    ----------
    submission : str
        Its name.
    status : {"graded", "invalid", "error"}
        Whether there was something to judge, and whether judging it worked.
    reason : str
        Why it is not graded, or what is worth saying of the submission as a whole.
    results : sequence of Result
        One for each check, in the order of the points table; empty if not graded.
    sandbox : sequence of str
        Confinement in force.
    meters : dict
        What was measured: CPU ratios, steps a row.
    speed_ups : dict of str to float
        By question, how many times faster than a loop it is; 0 where that was not measured.
    seconds : float
        Time that judging took, by the wall clock.
    """

    submission: str
    status: Status
    reason: str = ""
    results: Sequence[Result] = ()
    sandbox: Sequence[str] = ()
    meters: dict[str, float | None] = field(default_factory=dict)
    speed_ups: dict[str, float] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def score(self) -> float:
        """Points in all."""
        return round(sum(result.score for result in self.results), 4)

    @property
    def hints(self) -> list[dict[str, str]]:
        """Which mistakes were named, once for each question."""
        found = {(r.check.question, part.hint[0]): None for r in self.results for part in r.parts if part.hint}
        return [{"question": question, "id": hint} for question, hint in found]
