"""One submission gets one verdict: from the command line, otter, nbgrader and Gradescope, each by its own real programs."""

import base64
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from autograder.homework import QUESTIONS, ROOT
from tests.grader import marks_but, read_table
from tests.gradescope import by_question, results_in, unpacked
from tests.handed_in import whole
from tests.notebooks import student_notebook

pytestmark = pytest.mark.routes

CLASS = {
    "right": "right/in-place-ufuncs",
    "wrong": "wrong/half-reg",
    "broken": "broken/endless-loop",
    "hostile": "hostile/patches-numpy",
}
SETTINGS = "[checks]\nhidden_seed = 11\n"
Marks = dict[str, dict[str, float]]


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Path:
    """A folder with the settings of a course, and everything that a course builds from them."""
    place = tmp_path_factory.mktemp("routes")
    (place / "course.toml").write_text(SETTINGS)
    for name, sample in CLASS.items():
        whole(sample, place / "class" / name)
    run("autograder", "build", "all", "--out", place / "dist", "--config", place / "course.toml", cwd=place)
    return place


def run(program: str, *arguments: object, cwd: Path, **environment: str) -> None:
    """Run a program of this environment, as its users do."""
    path = Path(sys.executable).with_name(program)
    command = [str(path) if path.exists() else program, *map(str, arguments)]
    variables = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    done = subprocess.run(command, cwd=cwd, env=variables, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def marks_in(folder: Path) -> dict[str, float]:
    """Points of each question in a folder of results; what was lost is printed, for whoever reads why a test failed."""
    results = results_in(folder)
    lost = [f"{test['name']}: {test.get('output')}" for test in results["tests"] if test["score"] < test["max_score"]]
    print(folder, *lost, sep="\n  ")
    return by_question(results)


def from_modules(place: Path) -> Marks:
    run("autograder", "grade", place / "class", "--out", place / "grades", "--config", place / "course.toml", cwd=place)
    return {name: marks_in(place / "grades" / name) for name in CLASS}


def from_otter(place: Path) -> Marks:
    released = (place / "dist" / "otter" / "student" / "homework.ipynb").read_bytes()
    autograder = place / "dist" / "otter" / "autograder" / "autograder.zip"
    marks = {}
    for name in CLASS:
        folder = place / "otter" / name
        folder.mkdir(parents=True)
        (folder / "homework.ipynb").write_text(json.dumps(student_notebook(released, place / "class" / name)))
        run("otter", "run", "-a", autograder, "-o", folder, folder / "homework.ipynb", cwd=folder)
        marks[name] = marks_in(folder)
    return marks


def from_nbgrader(place: Path) -> Marks:
    course = place / "dist" / "nbgrader"
    run("nbgrader", "generate_assignment", "homework", cwd=course)
    released = (course / "release" / "homework" / "homework.ipynb").read_bytes()
    for name in CLASS:
        folder = course / "submitted" / name / "homework"
        folder.mkdir(parents=True)
        (folder / "homework.ipynb").write_text(json.dumps(student_notebook(released, place / "class" / name)))
    run("nbgrader", "autograde", "homework", cwd=course)
    run("nbgrader", "export", cwd=course)
    statement = (
        "SELECT submitted_assignment.student_id, base_cell.name, grade.auto_score FROM grade"
        " JOIN base_cell ON base_cell.id = grade.cell_id"
        " JOIN submitted_notebook ON submitted_notebook.id = grade.notebook_id"
        " JOIN submitted_assignment ON submitted_assignment.id = submitted_notebook.assignment_id"
    )
    with sqlite3.connect(course / "gradebook.db") as gradebook:
        rows = gradebook.execute(statement).fetchall()
    gradebook.close()
    marks: Marks = {name: {} for name in CLASS}
    for student, cell, score in rows:
        if cell.removesuffix("-check") in QUESTIONS:
            marks[student][cell.removesuffix("-check")] = round(score, 2)
    exported = {row["student_id"]: float(row["raw_score"]) for row in read_table(course / "grades.csv")}
    assert exported == {name: pytest.approx(sum(marks[name].values())) for name in CLASS}
    return marks


def from_gradescope(place: Path) -> Marks:
    marks = {}
    for name in CLASS:
        root = unpacked(place / "dist" / "autograder.zip", place / "gradescope" / name)
        (root / "environment").symlink_to(sys.prefix)
        shutil.copytree(place / "class" / name, root / "submission")
        run("bash", root / "run_autograder", cwd=root, RUN_ROOT=str(root))
        marks[name] = marks_in(root / "results")
    return marks


@pytest.mark.parametrize("package", ["otter-grader", "nbgrader"])
def test_the_tools_are_the_real_ones(package):
    """Every file of theirs is the one that its release lists."""
    files = [file for file in metadata.files(package) or [] if file.suffix == ".py" and file.hash]
    assert len(files) > 50
    for file in files:
        digest = hashlib.new(file.hash.mode, file.read_binary()).digest()
        assert base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == file.hash.value, file


def test_a_submission_gets_the_same_marks_on_every_route(place):
    """Question by question: as modules, as otter's notebook, as nbgrader's, and as Gradescope unpacks it."""
    expected = from_modules(place)
    assert expected["right"] == marks_but({})
    assert all(0 < sum(expected[name].values()) < sum(expected["right"].values()) for name in CLASS if name != "right")
    for route in (from_otter, from_nbgrader, from_gradescope):
        assert route(place) == expected, route.__name__
