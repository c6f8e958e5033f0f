"""Points as they are shown: in hundredths, so that whatever is added up gives exactly the sum beside it."""

from math import floor

from autograder.configuration import Configuration
from autograder.homework import QUESTIONS, checks, checks_of


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
