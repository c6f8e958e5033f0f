"""Folders of results over classes that are made up: written as grading writes them."""

import csv
import random

from autograder.configuration import Configuration
from autograder.homework import QUESTIONS, checks
from autograder.judge.meters.cpu import CPU_LIMIT
from autograder.judge.results import CheckResult, Failure, Measurement, Report, TestResult
from autograder.report.store import save
from autograder.report.tables.grades import write_grades
from autograder.report.tables.students import Class

AXES = ("q4.cpu_ratio.N", "q4.cpu_ratio.D", "q4.cpu_ratio.C", "q5.cpu_ratio.n", "q5.cpu_ratio.m", "q5.cpu_ratio.d")


def graded(name, failed=(), hints=None, meters=None, seconds=1.0, half=()):
    """A report in which some checks fail, some by half, and each hint stands with the first failed check of its question."""
    hints = dict(hints or {})
    results = []
    for check in checks().values():
        if check.id in failed or check.id in half:
            failure = Failure("It is wrong.", "yours 1\nexpected 2", hints.pop(check.question, None))
            tests = [TestResult("a part", 1.0, "failed", failure)]
            tests += [TestResult("another part", 1.0, "passed")] if check.id in half else []
        else:
            tests = [TestResult(check.title, 1.0, "passed")]
        results.append(CheckResult.of(check, tuple(tests)))
    return Report(name, "graded", "", tuple(results), (), measured(meters or {}), {}, seconds)


def measured(meters):
    """Readings of meters, given by their names in one word."""
    return tuple(Measurement(*name.split("."), value) for name, value in meters.items())


def folder(out, reports, configuration=None, students=None):
    """The folder that grading them leaves; of students, columns of grades.csv, by submission."""
    configuration = configuration or Configuration()
    table = [save(out, report, "key", configuration) for report in reports]
    write_grades(out, table, Class.of({}))
    if students:
        add_students(out, students)
    return out


def add_students(out, students):
    """Add the columns that a platform or roster brings, and a row for each who is in none."""
    with (out / "grades.csv").open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        found, columns = list(reader), reader.fieldnames
    known = {row["submission"] for row in found}
    found += [{"submission": name, "status": "missing"} for name in students if name not in known]
    with (out / "grades.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*columns, "names", "emails", "sids", "submitted"], lineterminator="\n")
        writer.writeheader()
        writer.writerows({**row, **students.get(row["submission"], {})} for row in found)


def a_class(size, seed):
    """Reports of strong and weak students; one check is failed by the strong."""
    draw = random.Random(seed)
    ids = list(checks())
    for k in range(size):
        strength = draw.random()
        failed = {check for check in ids if draw.random() > strength + 0.3}
        failed ^= {"q5.integer"} & failed
        failed |= {"q5.integer"} if strength > 0.5 else set()
        half = {check for check in failed if draw.random() < 0.3}
        hints = {question: draw.choice([("sign", "Which sign?"), ("mean", "Which mean?")]) for question in QUESTIONS}
        meters = {axis: draw.choice([None, 0.9, 1.0, CPU_LIMIT, 8.5, 3e4]) for axis in AXES}
        yield graded(f"student-{k:03}", failed - half, hints, meters, round(draw.uniform(0.1, 9), 2), half)
