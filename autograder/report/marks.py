"""Points as they are shown: in hundredths, so that whatever is added up gives exactly the sum beside it."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from math import floor

from autograder.configuration import Configuration
from autograder.homework import QUESTIONS, checks, checks_of
from autograder.judge.verdict import Report


@dataclass(frozen=True)
class Mark:
    """What a check earned, and what it is worth, in hundredths of a point."""

    earned: int
    most: int


@dataclass(frozen=True)
class Marks:
    """The points of a submission on the scale of a course.

    Parameters
    ----------
    by_check : dict of str to Mark
        For every check of the homework, by its id.
    kept : float
        Fraction of the points that lateness leaves.
    """

    by_check: dict[str, Mark]
    kept: float = 1.0

    @classmethod
    def of(cls, report: Report, configuration: Configuration, kept: float = 1.0) -> "Marks":
        """Scale the points of a report, so that full marks are those of the configuration."""
        fractions = {result.check.id: result.score / result.check.points for result in report.results}
        worth = worth_of_checks(configuration)
        return cls({name: Mark(round(most * fractions.get(name, 0)), most) for name, most in worth.items()}, kept)

    @cached_property
    def score(self) -> int:
        """Hundredths in all, after what lateness takes."""
        return round(self.earned(self.by_check) * self.kept)

    def earned(self, names: Iterable[str]) -> int:
        """Hundredths that some checks earned."""
        return sum(self.by_check[name].earned for name in names)

    def most(self, names: Iterable[str]) -> int:
        """Hundredths that some checks are worth."""
        return sum(self.by_check[name].most for name in names)


def full_marks(configuration: Configuration) -> int:
    """Hundredths in all: the total of the configuration, or of the points table where it has none."""
    total = configuration.total_points
    return round(100 * (sum(check.points for check in checks().values()) if total is None else total))


def worth_of_checks(configuration: Configuration) -> dict[str, int]:
    """Hundredths that each check is worth, by its id: in all, full marks."""
    return shares(full_marks(configuration), {name: check.points for name, check in checks().items()})


def worth_of_questions(configuration: Configuration) -> dict[str, int]:
    """Hundredths that each question is worth."""
    worth = worth_of_checks(configuration)
    return {question: sum(worth[name] for name in checks_of(question)) for question in QUESTIONS}


def points(hundredths: int) -> str:
    """Points as text, without zeros at the end: 250 hundredths are ``2.5``."""
    return f"{hundredths / 100:.2f}".rstrip("0").rstrip(".")


def shares(total: int, weights: dict[str, float]) -> dict[str, int]:
    """Divide a total into whole numbers in proportion to weights: rounded down, the rest to the largest remainders."""
    exact = {name: total * weight / sum(weights.values()) for name, weight in weights.items()}
    parts = {name: floor(value) for name, value in exact.items()}
    by_remainder = sorted(exact, key=lambda name: parts[name] - exact[name])
    for name in by_remainder[: total - sum(parts.values())]:
        parts[name] += 1
    return parts
