"""Lateness where grading is not on the platform: the course says when the homework is due, and for whom later."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from autograder.batch import grade, key
from autograder.configuration import Configuration
from autograder.homework import checks
from autograder.intake.finding import find
from autograder.intake.folders import Place
from autograder.intake.submission import Submission
from autograder.judge.results import CheckResult, Report, TestResult
from autograder.report.course import Metadata, on_platform, read_moment
from autograder.report.tables.due import metadata_of, sentences
from autograder.report.tables.students import Class
from autograder.roster import Student
from tests.downloads import METADATA
from tests.grader import read_table
from tests.handed_in import REFERENCE, TOTAL, below, write_files

DUE, LATER = "2026-09-18T12:00:00+00:00", "2026-09-19T23:59:00+00:00"
ADA, JANE = Student("Ada Lovelace", "007", "ada@uni.edu"), Student("Jane van Doe", "12", "jane@uni.edu")
PLACES = {
    "alone": Place(Path("/a"), students=(ADA,), submitted="2026-09-18T23:58:11+00:00"),
    "pair": Place(Path("/b"), students=(ADA, JANE), submitted="2026-09-18T16:58:11-07:00"),
    "in-time": Place(Path("/c"), students=(JANE,), submitted=DUE),
    "untold": Place(Path("/d")),
}
PEOPLE = Class.of(PLACES)
COURSE = Configuration(due=DUE, percent_per_day=10)


def late(configuration: Configuration) -> set[str]:
    return {name for name, metadata in metadata_of(PEOPLE, configuration).items() if metadata.late}


@pytest.mark.parametrize(
    ("extensions", "expected"),
    [
        ({}, {"alone", "pair"}),
        ({"ADA@uni.edu": LATER}, set()),
        ({"007": LATER}, set()),
        ({"Jane van Doe": LATER}, {"alone"}),
        ({"pair": LATER}, {"alone"}),
        ({"jane@uni.edu": "2026-09-18T10:00:00+00:00"}, {"alone", "pair", "in-time"}),
        ({"jane@uni.edu": "2026-09-18T10:00:00+00:00", "ada@uni.edu": LATER}, {"in-time"}),
    ],
)
def test_who_is_late_follows_from_the_due_date_and_extensions(extensions, expected):
    """By address, id, name, or the name of the submission; that of one member serves the work of the group."""
    assert late(replace(COURSE, extensions=extensions)) == expected


def test_nobody_is_late_without_a_due_date():
    """Also where a course takes something off: it is said that nothing is."""
    course = Configuration(percent_per_day=10)
    assert late(course) == set()
    assert list(sentences(PEOPLE, course)) == [
        "Nothing is taken off for lateness here: lateness.due of the configuration says when the homework is due."
    ]
    assert list(sentences(PEOPLE, Configuration())) == []


def test_an_instructor_is_told_who_is_late_and_of_whom_that_is_not_known():
    """And which extensions nobody uses, which may be misspelt."""
    course = replace(COURSE, extensions={"jane@uni.edu": LATER, "jnae@uni.edu": LATER})
    assert list(sentences(PEOPLE, course)) == [
        "Handed in after the due date (1 of 4): alone. Points are taken off from 1: alone.",
        "It is not known when these were handed in (1 of 4), and nothing is taken off: untold.",
        "No submission matches these extensions: jnae@uni.edu.",
    ]


def test_an_extension_changes_only_the_results_of_who_was_late():
    """What was judged in time is not judged again when the due date moves."""
    answers = Submission("a", {"softmax": b""})
    on_time, overdue = (Metadata(read_moment(DUE), read_moment(due)) for due in (LATER, "2026-09-17T12:00:00+00:00"))
    moved = replace(COURSE, due=LATER, extensions={"x": LATER})
    assert key(answers, COURSE, on_time) == key(answers, moved) == key(answers, COURSE)
    assert key(answers, COURSE, overdue) != key(answers, COURSE)


def test_within_the_time_of_grace_nothing_is_taken_off():
    """And that is said."""
    (said, *_) = sentences(PEOPLE, replace(COURSE, grace_minutes=720))
    assert said == "Handed in after the due date (2 of 4): alone, pair. Nothing is taken off."


def test_identical_answers_lose_points_only_where_they_are_late(tmp_path):
    """They are the same submission to the judges, and two to the calendar."""
    for name in ("late", "in-time"):
        write_files(tmp_path / name, REFERENCE)
    times = {"late": LATER, "in-time": DUE}
    places = {name: Place(tmp_path / name, submitted=time) for name, time in times.items()}
    full = tuple(CheckResult.of(check, (TestResult("", 1.0, "passed"),)) for check in checks().values())
    rows = {}
    grade(
        places,
        tmp_path / "out",
        COURSE,
        fresh=False,
        metadata=metadata_of(Class.of(places), COURSE),
        judges=lambda staged: (Report(submission.name, "graded", checks=full) for submission in staged),
        landed=lambda row: rows.update({row.submission: row.score}),
    )
    assert rows["late"] == pytest.approx(0.8 * rows["in-time"])


def test_a_course_grades_an_export_with_its_due_date(autograder, tmp_path):
    """Points, the student's words, and the column of Gradescope's table."""
    write_files(tmp_path / "export", {"submission_metadata.yml": METADATA.encode(), **below("submission_101", REFERENCE)})
    (tmp_path / "course.toml").write_text(f"[lateness]\ndue = {DUE}\npercent_per_day = 10\n")
    run = autograder("grade", tmp_path / "export", "--out", tmp_path / "out", "--config", tmp_path / "course.toml", "--jobs", 1)
    assert run.returncode == 0, run.stderr
    assert "Handed in after the due date (1 of 1): submission_101. Points are taken off from 1: submission_101." in run.stdout
    assert "Late by 11 hours 59 minutes: 10 % taken off." in run.stdout
    (row,) = read_table(tmp_path / "out" / "grades.csv")
    assert float(row["score"]) == pytest.approx(0.9 * TOTAL, abs=0.0051)
    assert "11 hours 59 minutes after it was due" in (tmp_path / "out" / "submission_101" / "report.html").read_text()
    assert [line["Lateness (H:M:S)"] for line in read_table(tmp_path / "out" / "gradescope.csv")] == ["11:58:11"]


def test_nbgraders_folder_tells_when_a_submission_came(tmp_path):
    """As nbgrader stamps it when it collects."""
    stamped = {"timestamp.txt": b"2026-09-18 23:58:11.000000 UTC", **REFERENCE}
    write_files(tmp_path / "submitted" / "ada" / "homework", stamped)
    write_files(tmp_path / "submitted" / "jane" / "homework", REFERENCE)
    people = Class.of(find([tmp_path / "submitted"]))
    assert {name: metadata.late > timedelta(0) for name, metadata in metadata_of(people, COURSE).items()} == {
        "ada": True,
        "jane": False,
    }
    assert not any(metadata.late for metadata in metadata_of(people, replace(COURSE, extensions={"ada": LATER})).values())


def test_on_gradescope_the_platforms_due_date_counts_and_else_the_courses():
    """Two that differ are told to the instructor."""
    came = Metadata(submitted=read_moment(LATER))
    assert on_platform(came, Configuration()) == came
    assert on_platform(came, COURSE) == replace(came, due=read_moment(DUE))
    told = replace(came, due=read_moment(LATER), remark="No attempt.")
    assert on_platform(told, replace(COURSE, due=LATER)) == told
    assert on_platform(told, COURSE).due == told.due
    assert on_platform(told, COURSE).remark.startswith("No attempt. It was due 2026-09-19 23:59 UTC, as the platform says")


def test_canvas_says_who_is_late_and_not_how_late(autograder, tmp_path):
    """So does the grader."""
    files = {f"doejane_LATE_12345_{k}_{name}": content for k, (name, content) in enumerate(REFERENCE.items())}
    write_files(tmp_path / "class", {**files, "roe_2_7_softmax.py": b""})
    run = autograder("grade", tmp_path / "class", "--out", tmp_path / "out", "--jobs", 2)
    assert (
        "Canvas marks a submission as late, without saying how late: nothing is taken off here (doejane_12345)." in run.stdout
    )
