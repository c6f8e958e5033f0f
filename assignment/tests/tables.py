"""The questions, and what each check is worth."""

import csv
from pathlib import Path


def questions():
    """Rows of questions.csv as dicts: question, function, module, title."""
    return _rows("questions.csv")


def points():
    """Rows of points.csv as dicts: id, kind, points, seen, check."""
    return _rows("points.csv")


def _rows(name):
    with Path(__file__).with_name(name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
