"""What a course sets is what students read, whatever they receive: points, and when they are due."""

import csv
import io
import math
import re
import subprocess
import sys
import zipfile
from datetime import datetime, timedelta
from decimal import Decimal
from types import ModuleType

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.configuration import Configuration
from autograder.homework import checks, checks_of
from autograder.release.due import line
from autograder.release.handout import build_handout, notebook, readme
from autograder.release.nbgrader import source_notebook
from autograder.release.otter import support
from autograder.release.otter_master import CHECKS, TEST, master
from autograder.release.source import cells
from autograder.report.course import Metadata, full_marks, kept_fraction, points, worth_of_checks, worth_of_questions
from tests.grader import all_of

TOTALS = (None, 20, 33.33, 1000)  # None is the sum of the table


@pytest.fixture(params=TOTALS)
def course(request) -> Configuration:
    return Configuration(total_points=request.param)


# Points


def test_without_a_total_a_check_is_worth_what_stands_in_the_table(monkeypatch):
    """Whatever the table sums to: here a question is gone."""
    rest = {name: check for name, check in checks().items() if check.question != "q1"}
    monkeypatch.setattr("autograder.report.course.checks", lambda: rest)
    worth = worth_of_checks(Configuration())
    assert worth == {name: round(100 * check.points) for name, check in rest.items()}
    assert full_marks(Configuration()) == sum(worth.values())
    assert full_marks(Configuration(total_points=20)) == 2000


def test_handout_and_notebook_have_the_points_that_are_graded(course):
    """Of each question in its heading, of each check in its table; in all, full marks."""
    worth = worth_of_checks(course)
    for text in (readme(cells("page", course)), notebook(cells("files", course))):
        headings = dict(re.findall(r"## (q\d+)\. .*? \(([\d.]+) points\)", text))
        assert {question: 100 * Decimal(most) for question, most in headings.items()} == worth_of_questions(course)
    for question, source in {cell.question: cell.source for cell in cells("page", course) if cell.question}.items():
        shown = re.findall(r"^\| .* \| ([\d.]+) \| (?:public|hidden) \|$", source, re.MULTILINE)
        assert [100 * Decimal(most) for most in shown] == [worth[name] for name in checks_of(question)]


def test_the_notebooks_of_otter_and_nbgrader_have_them_too(course):
    """In what students read, and in what the tools add up."""
    told = [f"({points(most)} points)" for most in worth_of_questions(course).values()]
    for text in (master([], course), source_notebook(course)):
        assert all(words in text for words in told)
    raw = [cell.source for cell in nbformat.reads(master([], course), as_version=4).cells if cell.cell_type == "raw"]
    theirs = dict(re.findall(r"name: (q\d+)\npoints: ([\d.]+)", "\n".join(raw)))
    assert {question: 100 * Decimal(most) for question, most in theirs.items()} == worth_of_questions(course)


def test_the_checks_that_students_run_speak_of_the_same_points(course, tmp_path):
    """In the handout, and beside otter's notebook; a course without a total gives the table as it lies there."""
    with zipfile.ZipFile(build_handout(tmp_path, course)) as archive:
        archive.extractall(tmp_path)
    given = {path.name: path.read_bytes() for path in sorted((tmp_path / "homework" / "public_checks").glob("points*.csv"))}
    assert all(support(course)[f"{CHECKS}/public_checks/{name}"] == content for name, content in given.items())
    rows = [row for content in given.values() for row in csv.DictReader(io.StringIO(content.decode()))]
    table = {row["id"]: 100 * Decimal(row["points"]) for row in rows}
    assert table == worth_of_checks(course)
    command = [sys.executable, "-m", "pytest", "-k", "q1"]
    told = subprocess.run(command, cwd=tmp_path / "homework", capture_output=True, text=True, check=False).stdout
    parts = {seen: sum(table[name] for name in checks_of("q1") if checks()[name].seen == seen) for seen in ("public", "hidden")}
    public, hidden = (points(int(most)) for most in parts.values())
    assert f"0 of {public} points here. The grader has other data, and hidden checks worth {hidden} more." in told


@pytest.mark.parametrize(("reached", "right"), [("2.5", True), ("0.5", False), ("12.5", False)])
def test_otters_test_reads_points_with_a_fraction(monkeypatch, reached, right):
    """Its answer is right where all points are reached."""
    module = ModuleType("checks.check")
    module.check = lambda _question: print(f"{reached} of 2.5 points here.")
    monkeypatch.setitem(sys.modules, "checks", ModuleType("checks"))
    monkeypatch.setitem(sys.modules, "checks.check", module)
    names: dict = {}
    exec(TEST.format(question="q1", folder="checks"), names)
    if right:
        names["public_checks"]()
    else:
        with pytest.raises(AssertionError, match=rf"{reached} of 2\.5 points"):
            names["public_checks"]()


# When it is due

FRIDAY, SUNDAY, LAST = "2026-12-04T23:59:00+01:00", "2027-02-28T08:05:00+00:00", "2026-12-31T23:59:59-03:30"
TEN = "10 % of the points are taken off for each day begun since the due date"


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"due": None, "percent_per_day": 10}, ""),
        ({"due": FRIDAY}, "Due on Friday, 4 December 2026, 23:59 (UTC+01:00)."),
        ({"due": SUNDAY, "grace_minutes": 5}, "Due on Sunday, 28 February 2027, 08:05 (UTC)."),
        ({"due": LAST, "percent_per_day": 10}, f"Due on Thursday, 31 December 2026, 23:59:59 (UTC-03:30). Late: {TEN}."),
        (
            {"due": FRIDAY, "percent_per_day": 10, "grace_minutes": 120, "latest_day": 3},
            f"Due on Friday, 4 December 2026, 23:59 (UTC+01:00). Late: up to 120 minutes costs nothing; beyond that, {TEN};"
            " nothing counts after 3 days.",
        ),
        (
            {"due": FRIDAY, "percent_per_day": 2.5, "grace_minutes": 1},
            "Due on Friday, 4 December 2026, 23:59 (UTC+01:00). Late: up to 1 minute costs nothing; beyond that, 2.5 % of the"
            " points are taken off for each day begun since the due date.",
        ),
        (
            {"due": FRIDAY, "grace_minutes": 60, "latest_day": 1},
            "Due on Friday, 4 December 2026, 23:59 (UTC+01:00). Late: nothing counts after 1 day.",
        ),
        (
            {"due": FRIDAY, "percent_per_day": 10, "latest_day": 0},
            "Due on Friday, 4 December 2026, 23:59 (UTC+01:00). Late: nothing counts.",
        ),
        (
            {"due": FRIDAY, "percent_per_day": 10, "latest_day": 0, "grace_minutes": 30},
            "Due on Friday, 4 December 2026, 23:59 (UTC+01:00). Late: up to 30 minutes costs nothing; beyond that, nothing"
            " counts.",
        ),
    ],
)
def test_handout_and_notebooks_say_below_the_title_when_it_is_due(settings, says):
    """And what being late costs, as far as it costs anything; nothing where there is no due date."""
    course = Configuration(**settings)
    title, below, *_ = readme(cells("page", course)).split("\n\n")
    assert title.startswith("# ")
    assert (below if says else line(course)) == says
    for text in (notebook(cells("files", course)), master([], course), source_notebook(course)):
        first = next(cell for cell in nbformat.reads(text, as_version=4).cells if cell.cell_type == "markdown")
        assert first.source.split("\n\n")[:2] == [title, below]
        assert text.count("Due on") == bool(says)


@given(st.integers(0, 10 * 24 * 60), st.sampled_from([0, 30, 1440, 4000]), st.sampled_from([None, 0, 1, 3]))
def test_nothing_counts_after_what_the_line_names(minutes, grace, latest):
    """It is said in words what `kept` computes."""
    course = Configuration(due=FRIDAY, percent_per_day=5, grace_minutes=grace, latest_day=latest)
    moment = datetime.fromisoformat(FRIDAY)
    fraction = kept_fraction(Metadata(submitted=moment + timedelta(minutes=minutes), due=moment), course)
    days = re.search(r"nothing counts after (\d+) days?", line(course))
    free = re.search(r"up to (\d+) minutes costs nothing; beyond that, nothing counts", line(course))
    last = int(days[1]) * 1440 if days else int(free[1]) if free else 0 if "nothing counts" in line(course) else math.inf
    assert (fraction == 0) == (minutes > max(last, grace))


def test_the_command_line_reads_no_settings_but_those_that_it_is_given(autograder, tmp_path):
    """What lies where it is started is a fork's, and other commands' business."""
    (tmp_path / "course.toml").write_text("points.total = 20\n")
    ours = points(worth_of_questions(Configuration(total_points=20))["q1"])
    for options, most in (([], all_of("q1")), (["--config", "course.toml"], ours)):
        run = autograder("build", "handout", "--out", "dist", *options, cwd=tmp_path)
        assert run.returncode == 0, run.stderr
        with zipfile.ZipFile(tmp_path / "dist" / "homework.zip") as archive:
            assert f"({most} points)" in archive.read("homework/README.md").decode()
