"""One run of `nbgrader autograde`: submissions are judged side by side in the sandbox, and no kernel is started for them.

nbgrader goes on to do all the rest. `nbgrader_config.py`, as `autograder build nbgrader` writes it, names these classes.
"""

# mypy: disable-error-code="no-untyped-call, no-any-return, import-untyped"

import html
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.preprocessors import ClearHiddenTests, Execute, NbGraderPreprocessor
from traitlets import List, Unicode

from autograder import batch
from autograder.configuration import Configuration
from autograder.homework import QUESTIONS
from autograder.intake.folders import Place
from autograder.judge.limits import Limits
from autograder.judge.results import CheckResult, Report
from autograder.pool import judge_all
from autograder.report import words
from autograder.report.course import points
from autograder.report.store import Row, read_report
from autograder.report.words import Block, Heading, to_html
from autograder.routes.nbgrader_cells import masters_of, read_cells, rebuild

RESULTS = ".graded"  # folder of the course: results.json of each submission, by assignment and student
ASKED = {f'check("{question}")': question for question in QUESTIONS}  # text of a cell that takes a question's points


class NotJudged(Exception):
    """A submission has no verdict, and its author no fault in it: nbgrader tells the instructor, and goes on with the next."""


class Submissions(NotebookExporter):
    """Read what students handed in as data, and have all submissions of a run judged when the first verdict is asked for."""

    settings = Unicode("", help="Settings of the course; autograder/configuration.toml explains them.").tag(config=True)
    in_kernel = List(Unicode(), help="Assignments that run in a kernel, without a sandbox.").tag(config=True)

    def __init__(self, **arguments: Any) -> None:
        super().__init__(**arguments)
        self._rows: dict[tuple[str, str], Row] = {}

    def from_file(self, file_stream: Any, resources: Any = None, **more: Any) -> Any:
        """Make a sound notebook of a file, whatever is in it, and hand it to the preprocessors."""
        about = resources["nbgrader"]
        if about["assignment"] in self.in_kernel:
            return super().from_file(file_stream, resources=resources, **more)
        with Gradebook(about["db_url"]) as gradebook:
            masters = masters_of(gradebook.find_notebook(about["notebook"], about["assignment"]))
        made = rebuild(read_cells(file_stream.buffer.read()), masters)
        return self.from_notebook_node(made, resources=resources, **more)

    def verdict(self, assignment: str, student: str) -> Report:
        """Look up the verdict on a submission.

        Parameters
        ----------
        assignment, student : str
            As nbgrader calls them.

        Returns
        -------
        report : Report
            As report.json holds it.

        Raises
        ------
        NotJudged
            The grader itself failed on it.
        ConfigurationError
            The settings of the course have mistakes.
        """
        if (assignment, student) not in self._rows:
            self._grade(assignment, student)
        row = self._rows[assignment, student]
        if row.status == "error":
            raise NotJudged(f"the grader failed on {student}: {row.first_words}; run nbgrader autograde again")
        return read_report(self._folder(assignment), student)

    @property
    def _run(self) -> Any:
        """What goes through the submissions: nbgrader's converter."""
        return self.parent

    def _grade(self, assignment: str, student: str) -> None:
        """Judge a submission, and with it all others whose turn comes in this run."""
        course = self._run.coursedir
        configuration = Configuration.from_toml(Path(course.root, self.settings)) if self.settings else Configuration()
        due = [student, *(other for other in self._matched(assignment) if other != student and self._is_due(assignment, other))]
        jobs = configuration.jobs or len(os.sched_getaffinity(0))
        self.log.info("Judging %d submissions of %s in the sandbox, %d side by side", len(due), assignment, jobs)

        def landed(row: Row) -> None:
            self._rows[assignment, row.submission] = row
            self.log.info("%s: %s points, %s", row.submission, points(row.score), row.status)

        with _main_left_alone():
            limits = Limits(own=configuration.submission_seconds)
            batch.grade(
                {name: Place(Path(course.format_path(course.submitted_directory, name, assignment))) for name in due},
                self._folder(assignment),
                # Feedback is shown as a whole.
                Configuration(
                    total_points=configuration.total_points,
                    hidden_seed=configuration.hidden_seed,
                    submission_seconds=configuration.submission_seconds,
                ),
                fresh=False,
                judges=partial(judge_all, jobs=jobs, seed=configuration.hidden_seed, limits=limits),
                landed=landed,
            )

    def _folder(self, assignment: str) -> Path:
        return Path(self._run.coursedir.root, RESULTS, assignment)

    def _matched(self, assignment: str) -> Iterator[str]:
        """Students whose submissions this run was asked to grade."""
        course = self._run.coursedir
        pattern = course.format_path(course.submitted_directory, "(?P<student>.*)", assignment, escape=True)
        left_out = course.student_id_exclude.split(",")
        for folder in sorted(self._run.assignments):
            found = re.fullmatch(pattern, folder)
            if found and found["student"] not in left_out:
                yield found["student"]

    def _is_due(self, assignment: str, student: str) -> bool:
        """Whether nbgrader has not autograded a submission yet, or will do so again."""
        course = self._run.coursedir
        steps = course.submitted_directory, course.autograded_directory
        submitted, done = (Path(course.format_path(step, student, assignment)) for step in steps)
        return self._run.force or not done.exists() or _stamp(submitted) != _stamp(done)


class Judge(NbGraderPreprocessor):  # type: ignore[misc]
    """Write the sandbox's verdict into the cells that take points, as if they had been run."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Fill a notebook; see `Preprocessor`."""
        about = resources["nbgrader"]
        if about["assignment"] in self.parent.in_kernel:
            filled: tuple[NotebookNode, Any] = Execute(parent=self.parent)(nb, resources)
            return filled
        marks = [cell for cell in nb.cells if _takes_points(cell)]
        for cell in marks:
            ClearHiddenTests(parent=self).preprocess_cell(cell, resources, 0)  # feedback shows no part of it
        if unknown := [cell.metadata.nbgrader.grade_id for cell in marks if cell.source not in ASKED]:
            raise NotJudged(
                f"the sandbox does not know what {', '.join(unknown)} of {about['notebook']} asks for. If notebooks of"
                f" {about['assignment']} may run unconfined, name it in c.Submissions.in_kernel of nbgrader_config.py"
            )
        report = self.parent.verdict(about["assignment"], about["student"])
        for cell in marks:
            cell.outputs = [_output(cell, report)]
        summary = nbformat.v4.new_code_cell("# The verdict as a whole; each question's is below its checks.", id="verdict")
        shown = {"text/html": to_html(words.summary(report)), "text/plain": "Verdict"}
        summary.outputs = [nbformat.v4.new_output("display_data", shown)]
        nb.cells.insert(0, summary)
        return nb, resources


class Explain(NbGraderPreprocessor):  # type: ignore[misc]
    """Write into the gradebook why a submission has nothing that can be graded, where it would say «No response»."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Leave the notebook as it is; see `Preprocessor`."""
        about = resources["nbgrader"]
        if about["assignment"] in self.parent.in_kernel:
            return nb, resources
        report = self.parent.verdict(about["assignment"], about["student"])
        if report.status == "invalid":
            with Gradebook(about["db_url"]) as gradebook:
                found = gradebook.find_submission_notebook(about["notebook"], about["assignment"], about["student"])
                for comment in found.comments:
                    comment.auto_comment = html.escape(report.reason)
                gradebook.db.commit()
        return nb, resources


def _takes_points(cell: NotebookNode) -> bool:
    marks = cell.metadata.get("nbgrader", {})
    return bool(marks.get("grade")) and not marks.get("solution")


def _output(cell: NotebookNode, report: Report) -> NotebookNode:
    """The output of a cell that takes points: what students read as HTML, the number that nbgrader reads as text."""
    marks = cell.metadata.nbgrader
    results = [result for result in report.checks if result.check.question == ASKED[cell.source]]
    most = sum(result.max_points for result in results)
    earned = sum(result.points for result in results)
    blocks = [block for result in results for block in _blocks(result)] or words.summary(report)
    # An instructor may have given the cell another number of points: then the share counts. More than all raises an error.
    score = marks.points if results and earned == most else round(marks.points * earned / max(most, 1), 6)
    return nbformat.v4.new_output("execute_result", {"text/html": to_html(blocks), "text/plain": str(score)})


def _blocks(result: CheckResult) -> list[Block]:
    worth = f"{points(result.points)} of {points(result.max_points)}"
    return [Heading(f"{words.name(result)} ({worth})"), *words.of_check(result)]


def _stamp(folder: Path) -> bytes:
    path = folder / "timestamp.txt"
    return path.read_bytes() if path.is_file() else b""


@contextmanager
def _main_left_alone() -> Iterator[None]:
    """Keep the pool's processes from importing the program that runs, and nbgrader with it: 5 s of CPU time for each."""
    main = vars(sys.modules["__main__"])
    file = main.pop("__file__", None)
    try:
        yield
    finally:
        if file is not None:
            main["__file__"] = file
