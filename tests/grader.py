"""The grader as an instructor uses it: its command line, and the tables that it writes."""

import csv
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from autograder.configuration import Configuration
from autograder.homework import QUESTIONS, checks_of
from autograder.report.course import points, worth_of_checks, worth_of_questions

COMMAND = [sys.executable, "-c", "from autograder.cli import main; main()"]
# A shell without job control starts what is in its background with Ctrl-C ignored, and so may these tests have been.
HEARS_CTRL_C = [
    *COMMAND[:2],
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); from autograder.cli import main; main()",
]
COLUMNS = ["submission", "score", *QUESTIONS, "status", "seconds"]  # of grades.csv, where nobody is known


def autograder_process(*arguments: object, **options: object) -> subprocess.CompletedProcess[str]:
    """Run a command in a process of its own, which starts its judges; options are those of `subprocess.run`.

    The fixture `autograder` takes a tenth of the time: it runs commands in the test's process, whose judge is warm.
    """
    command = [*COMMAND, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, **options)


def all_of(*questions: str) -> str:
    """Full marks for some questions, or for all of them, as tables show them where a course decides nothing."""
    worth = worth_of_questions(Configuration())
    return points(sum(worth[question] for question in questions or QUESTIONS))


def marks_but(loses: Mapping[str, float]) -> dict[str, float]:
    """Marks by question of an answer that loses these shares of checks, and of no other."""
    worth = worth_of_checks(Configuration())
    kept = {name: round(most * (1 - loses.get(name, 0))) for name, most in worth.items()}
    return {question: sum(kept[name] for name in checks_of(question)) / 100 for question in QUESTIONS}


def read_table(path: Path) -> list[dict[str, str]]:
    """Rows of a table as a spreadsheet reads it."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def rows(out: Path) -> list[dict[str, str]]:
    """Rows of grades.csv without the time they took, by which two runs over one class differ."""
    found = read_table(out / "grades.csv")
    assert all(list(row) == COLUMNS for row in found)
    return [{column: value for column, value in row.items() if column != "seconds"} for row in found]
