"""The homework as tables: its questions, the functions that answer them, what checks are worth and what given code they use."""

import csv
from functools import cache
from pathlib import Path

TITLE = "From loops to matrices"  # of the homework
KINDS = ("shape", "value", "gradient", "stability", "purity", "loops", "timing", "memory", "application")  # of checks
GIVEN_FUNCTIONS = {"gradient_descent": "training"}  # that a check can name as a parameter, each with its module


@cache
def questions() -> list[dict[str, str]]:
    """Rows of questions.csv, and of questions_*.csv behind it: question, function, module, title."""
    return _rows("questions")


@cache
def points() -> list[dict[str, str]]:
    """Rows of points.csv, and of points_*.csv behind it: id, kind, points, seen, check."""
    return _rows("points")


def _rows(name: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    paths = Path(__file__).parent.glob(f"{name}*.csv")
    for path in sorted(paths, key=lambda path: (len(path.name), path.name)):  # that of q10 stands behind that of q9
        with path.open(encoding="utf-8", newline="") as file:
            found += csv.DictReader(file)
    return found


FUNCTIONS = {row["function"]: row["module"] for row in questions()}  # the module of each function that students fill
MODULES = tuple(dict.fromkeys(FUNCTIONS.values()))
QUESTION_OF = {row["function"]: row["question"] for row in questions()}
