"""What we do to a notebook inside nbgrader: rebuild it, write the verdict into its cells. test_nbgrader runs the real tool."""

import json
from functools import cache

import nbformat
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from autograder.cli import main
from autograder.configuration import Configuration
from autograder.homework import QUESTIONS
from autograder.judge.results import Report
from autograder.release.nbgrader import source_notebook
from autograder.report.course import Metadata, for_course
from autograder.report.store import Row
from autograder.routes.nbgrader import Judge, NotJudged, Submissions
from autograder.routes.nbgrader_cells import read_cells, rebuild
from tests.notebooks import marked

WRITTEN = ("w1-answer", "w2-answer", "w3-answer")
ABOUT = {"nbgrader": {"assignment": "homework", "notebook": "homework", "student": "anna"}}


@cache
def source_cells() -> dict[str, nbformat.NotebookNode]:
    """The cells that nbgrader knows, by id."""
    cells = nbformat.reads(source_notebook(Configuration()), as_version=4).cells
    return {cell.id: cell for cell in cells if "nbgrader" in cell.metadata}


def test_without_the_settings_nobody_gets_points_unjudged():
    """A cell that prints gives all points to everyone, where nbgrader runs it: these raise an error instead."""
    guarded = [cell for cell in source_cells().values() if cell.metadata.nbgrader.locked]
    assert len(guarded) == len(QUESTIONS)
    for cell in guarded:
        asked: list[str] = []
        with pytest.raises(RuntimeError, match=r"docs/nbgrader\.md"):
            exec(cell.source, {"check": asked.append})
        assert asked == [cell.metadata.nbgrader.grade_id.removesuffix("-check")]


def test_building_again_renews_the_source_and_keeps_the_settings(tmp_path):
    """The points follow the settings; a mistake in the settings stops the build before anything is written."""
    build = ["build", "nbgrader", "--out", str(tmp_path)]
    assert CliRunner().invoke(main, build).exit_code == 0
    (tmp_path / "course.toml").write_text("[points]\ntotal = 50\n")
    (tmp_path / "nbgrader_config.py").write_text("# mine\n")
    source = tmp_path / "source" / "homework" / "homework.ipynb"
    source.write_text("")
    assert CliRunner().invoke(main, build).exit_code == 0
    assert (tmp_path / "nbgrader_config.py").read_text() == "# mine\n"
    points = [cell["metadata"]["nbgrader"].get("points") for cell in marked(json.loads(source.read_bytes()))]
    assert sum(value for value in points if value) == 50 + 15
    (tmp_path / "course.toml").write_text("[points]\ntotl = 50\n")
    source.unlink()
    failed = CliRunner().invoke(main, build)
    assert (failed.exit_code, "points.total" in failed.output, source.exists()) == (2, True, False)


@pytest.fixture
def verdict(judge, monkeypatch) -> Report:
    """The verdict on anna: everything right but half of the regularization in q3. nbgrader finds no other."""
    answer = """
        exact = softmax_loss_naive
        def softmax_loss_naive(W, X, y, reg): return exact(W, X, y, reg / 2)
        """
    report = for_course(judge(softmax=answer), Configuration(), Metadata())
    monkeypatch.setattr(Submissions, "verdict", lambda *_: report)
    return report


def test_each_cell_of_checks_shows_points_and_messages(verdict):
    """nbgrader reads the number as partial credit, students read the rest as HTML."""
    notebook, _ = Judge(parent=Submissions()).preprocess(rebuild([], source_cells()), ABOUT)
    summary, *cells = notebook.cells
    assert "Look first at q3" in summary.outputs[0].data["text/html"]
    shown = {cell.metadata.nbgrader.grade_id: cell.outputs[0].data for cell in cells if cell.metadata.nbgrader.locked}
    by_question = {question: [r for r in verdict.checks if r.check.question == question] for question in QUESTIONS}
    assert {name: float(data["text/plain"]) for name, data in shown.items()} == {
        f"{question}-check": sum(result.points for result in found) / 100 for question, found in by_question.items()
    }
    for question, found in by_question.items():
        assert all(result.check.id in shown[f"{question}-check"]["text/html"] for result in found)
    assert "half" in shown["q3-check"]["text/html"]


@pytest.mark.usefixtures("verdict")
def test_a_cell_that_asks_for_something_else_gets_no_points():
    """Otherwise a forgotten setting would give everyone full marks, or run code without a sandbox."""
    notebook = rebuild([], source_cells())
    next(cell for cell in notebook.cells if cell.metadata.nbgrader.locked).source = "assert f(1) == 2"
    with pytest.raises(NotJudged, match=r"does not know what q1-check of homework asks for.*in_kernel"):
        Judge(parent=Submissions()).preprocess(notebook, ABOUT)


WORDS = st.text(max_size=5) | st.just("\ud800")
VALUES = st.none() | st.booleans() | st.floats() | WORDS | st.lists(WORDS, max_size=2)
IDS = st.sampled_from(["q1-check", "q3-check", "w1-answer", "softmax_jacobian", "nobody-knows"])


def things(**fields: st.SearchStrategy) -> st.SearchStrategy:
    """Dictionaries with some of the fields, or something else altogether."""
    return st.fixed_dictionaries({}, optional=fields) | VALUES


CELLS = things(
    cell_type=st.sampled_from(["code", "markdown", "raw", "heading"]) | VALUES,
    source=VALUES,
    id=VALUES,
    outputs=VALUES,
    metadata=things(nbgrader=things(grade_id=IDS | VALUES)),
    attachments=st.dictionaries(WORDS, st.dictionaries(st.sampled_from(["image/png", "text/html"]), VALUES) | VALUES) | VALUES,
)


@given(tree=st.fixed_dictionaries({"cells": st.lists(CELLS, max_size=8)}) | CELLS)
def test_whatever_a_notebook_holds_nbgrader_gets_a_sound_one_with_every_cell_that_takes_points(tree):
    """Once each, with the metadata that its gradebook has, and nothing that cannot be written to a file."""
    masters = source_cells()
    made = rebuild(read_cells(json.dumps(tree).encode()), masters)
    nbformat.validate(made)
    nbformat.writes(made).encode()
    found = [cell.metadata.nbgrader for cell in made.cells if "nbgrader" in cell.metadata]
    taking = [marks.grade_id for marks in found if marks.grade]
    assert sorted(taking) == sorted([*(f"{question}-check" for question in QUESTIONS), *WRITTEN])
    assert all(marks == masters[marks.grade_id].metadata.nbgrader for marks in found)


def test_where_the_grader_fails_there_is_no_mark_but_an_error_for_the_instructor():
    """nbgrader then goes on with the next submission, and tries this one again at the next run."""
    submissions = Submissions()
    submissions._rows["homework", "anna"] = Row("anna", 0, {}, "error", 0.0, first_words="landlock is missing")
    with pytest.raises(NotJudged, match="the grader failed on anna: landlock is missing"):
        submissions.verdict("homework", "anna")
