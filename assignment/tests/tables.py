"""The homework as tables: its questions, the functions that answer them, and what each check is worth."""

import csv
from functools import cache
from pathlib import Path


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
    for path in sorted(Path(__file__).parent.glob(f"{name}*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            found += csv.DictReader(file)
    return found


FUNCTIONS = {row["function"]: row["module"] for row in questions()}  # the module of each function that students fill
MODULES = tuple(dict.fromkeys(FUNCTIONS.values()))
QUESTION_OF = {row["function"]: row["question"] for row in questions()}
