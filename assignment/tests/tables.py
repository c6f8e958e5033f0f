"""The questions, and what each check is worth."""

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
