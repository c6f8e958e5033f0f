"""The questions, and what each check is worth."""

import csv
from pathlib import Path


def questions() -> list[dict[str, str]]:
    """Rows of questions.csv: question, function, module, title."""
    return _rows("questions.csv")


def points() -> list[dict[str, str]]:
    """Rows of points.csv: id, kind, points, seen, check."""
    return _rows("points.csv")


def _rows(name: str) -> list[dict[str, str]]:
    with Path(__file__).with_name(name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
