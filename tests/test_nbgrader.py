"""nbgrader, the real one, over right, wrong, broken and hostile students: the marks are those of their plain modules."""

import copy
import html
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from autograder.cli import main
from autograder.configuration import DEFAULT_SEED, Configuration
from autograder.homework import FUNCTIONS, HIDDEN_CHECKS, MODULES, QUESTIONS, ROOT, SOLUTIONS
from autograder.intake.submission import stage
from autograder.pool import judge_all
from autograder.report.course import Metadata, for_course, points, worth_of_checks
from autograder.report.store import Row
from tests.grader import marks_but, read_table
from tests.handed_in import SAMPLES, whole, with_added
from tests.notebooks import cell_of, marked, student_notebook, text_of

pytestmark = pytest.mark.routes

WRITTEN = ("w1-answer", "w2-answer", "w3-answer")

# A kernel that leaves a trace where it is started, and then is the ordinary one.
TRACING = """\
import os, runpy, sys
with open(os.environ["TRACE"], "a") as trace:
    trace.write("a kernel was started\\n")
sys.argv[0] = "ipykernel_launcher"
runpy.run_module("ipykernel_launcher", run_name="__main__")
"""


@dataclass
class Course:
    """A course folder, and nbgrader in it.

    Parameters
    ----------
    path : Path
        The folder.
    printed : dict of str to str
        What each command printed.
    """

    path: Path
    printed: dict[str, str] = field(default_factory=dict)

    @property
    def trace(self) -> Path:
        """Where a kernel that was started leaves a line."""
        return self.path.parent / "trace"

    @property
    def released(self) -> bytes:
        return (self.path / "release" / "homework" / "homework.ipynb").read_bytes()

    def run(self, *arguments: str, code: int = 0) -> str:
        """Run nbgrader in the course as a user does whose environment is not activated; return what it printed."""
        environment = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
        environment |= {"PATH": "/usr/bin:/bin", "JUPYTER_PATH": str(self.path.parent / "jupyter"), "TRACE": str(self.trace)}
        environment |= {"PYTHONPATH": str(ROOT), "MPLBACKEND": "agg", "SECRET": "a token of the instructor's"}
        command = [sys.executable, "-m", "nbgrader", *arguments]
        done = subprocess.run(command, cwd=self.path, env=environment, capture_output=True, text=True, check=False)
        self.printed[" ".join(arguments)] = done.stdout + done.stderr
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    def submit(self, student: str, content: bytes, timestamp: str = "2025-12-31 23:00:00 UTC") -> None:
        """Lay a notebook where nbgrader collects it."""
        folder = self.path / "submitted" / student / "homework"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "homework.ipynb").write_bytes(content)
        (folder / "timestamp.txt").write_text(timestamp)

    def gradebook(self, student: str) -> dict[str, tuple[float | None, bool]]:
        """Automatic score, and whether a look by hand is asked for, of each cell."""
        rows = self.query(
            "SELECT base_cell.name, grade.auto_score, grade.needs_manual_grade FROM grade"
            " JOIN base_cell ON base_cell.id = grade.cell_id"
            " JOIN submitted_notebook ON submitted_notebook.id = grade.notebook_id"
            " JOIN submitted_assignment ON submitted_assignment.id = submitted_notebook.assignment_id"
            " WHERE submitted_assignment.student_id = ?",
            student,
        )
        return {name: (score, bool(manual)) for name, score, manual in rows}

    def marks(self, student: str) -> dict[str, float | None]:
        """Automatic score of each question."""
        found = self.gradebook(student)
        return {question: found[f"{question}-check"][0] for question in QUESTIONS}

    def query(self, statement: str, *values: str) -> list[tuple[Any, ...]]:
        """Ask the gradebook, or change it."""
        with sqlite3.connect(self.path / "gradebook.db") as database:
            found = database.execute(statement, values).fetchall()
        database.close()
        return found

    def feedback(self, student: str) -> str:
        return (self.path / "feedback" / student / "homework" / "homework.html").read_text(encoding="utf-8")

    def autograded(self, student: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.path / "autograded" / student / "homework" / "homework.ipynb").read_bytes())
        return found


# The class

FILLED = (  # samples whose modules stand in the cells of the released notebook
    *("right/flat-indices", "right/prints-and-self-test", "wrong/half-reg", "wrong/distances-with-root"),
    *("broken/endless-loop", "broken/syntax-error", "broken/function-missing"),
    *("hostile/forges-results", "hostile/kills-everything", "hostile/patches-numpy", "hostile/reads-environment"),
)
HANDED_IN = (  # samples that are notebooks
    *("broken/notebook-not-json", "broken/notebook-of-2014", "broken/notebook-unfinished-cell"),
    *("hostile/notebook-of-wrong-types", "hostile/notebook-nested-deeply"),
)
SHOWN = ("half-reg", "notebook-not-json", "notebook-nested-deeply", "reads-environment", "forges-results", "patches")
HALF_REG = {"q3.identities": 1, "q3.loss": 1, "q3.gradient": 0.5, "q4.loss": 1, "q4.gradient": 0.5}  # what it loses

WRITES_GRADEBOOK = """\
import sqlite3


def softmax_jacobian(z):
    for path in "../../../gradebook.db", "gradebook.db":
        try:
            with sqlite3.connect(path) as gradebook:
                gradebook.execute("UPDATE grade SET auto_score = 99, manual_score = 99")
        except Exception:
            pass
    return z
"""
WRITES_AT_ONCE = WRITES_GRADEBOOK.replace("softmax_jacobian", "attack") + "\n\nattack(0)\n"
TRANSFORMS = """\
def passes(lines):
    return ["30"] if any("check(" in line for line in lines) else lines

get_ipython().input_transformers_cleanup.append(passes)
"""
ACTS = "<script>steal()</script> <img src=x onerror=steal()> <https://example.edu> `a <b` and $a<b$"
PATCHES = "import numpy as np\nnp.allclose = np.testing.assert_allclose = lambda *arguments, **more: True\n"


def code(text: str, **marks: object) -> dict[str, Any]:
    metadata = {"nbgrader": marks} if marks else {}
    return {"cell_type": "code", "source": text, "metadata": metadata, "outputs": [], "execution_count": None}


def deleted(notebook: dict[str, Any]) -> None:
    """Whatever takes points is gone."""
    notebook["cells"] = [cell for cell in notebook["cells"] if not cell["metadata"].get("nbgrader", {}).get("grade")]


def duplicated(notebook: dict[str, Any]) -> None:
    """Every cell twice, with ids and metadata."""
    notebook["cells"] = [copy.deepcopy(cell) for cell in notebook["cells"] for _ in range(2)]


def renamed(notebook: dict[str, Any]) -> None:
    """Ids that nbgrader does not know."""
    for cell in marked(notebook):
        cell["metadata"]["nbgrader"]["grade_id"] += "-copy"


def split(notebook: dict[str, Any]) -> None:
    """Imports and helpers in a cell of their own, functions in new cells, and their old cells empty."""
    for function in FUNCTIONS:
        old = cell_of(notebook, function)
        before, _, after = text_of(old).rpartition("\ndef ")
        place = notebook["cells"].index(old)
        notebook["cells"][place + 1 : place + 1] = [code(before), code(f"def {after}" if before else text_of(old))]
        old["source"] = ""


def reordered(notebook: dict[str, Any]) -> None:
    """From the end to the start."""
    notebook["cells"].reverse()


def edited(notebook: dict[str, Any]) -> None:
    """Checks that give themselves more points than there are, are unlocked, or became text."""
    for number, cell in enumerate(cell for cell in marked(notebook) if "check(" in text_of(cell)):
        cell["source"] = "1000"
        cell["outputs"] = [{"output_type": "execute_result", "data": {"text/plain": "1000"}, "metadata": {}}]
        cell["metadata"]["nbgrader"] |= {"points": 1000, "locked": False, "solution": number == 1}
        if number % 2:
            cell["cell_type"] = "markdown"


def stripped(notebook: dict[str, Any]) -> None:
    """As some editors leave them: no metadata at all."""
    for cell in notebook["cells"]:
        cell["metadata"] = {}


DAMAGES: tuple[Callable[[dict[str, Any]], None], ...] = (deleted, duplicated, renamed, split, reordered, edited, stripped)
ATTACKS = {
    "transforms": TRANSFORMS,
    "patches": PATCHES,
    "writes-in-a-cell": WRITES_AT_ONCE,
}


@pytest.fixture(scope="module")
def commands() -> list[str]:
    """The five commands of the documentation."""
    text = (ROOT / "docs" / "nbgrader.md").read_text(encoding="utf-8")
    block = text.partition("```console\n")[2].partition("```")[0]
    return [line.removeprefix("$ ") for line in block.splitlines()]


@pytest.fixture(scope="module")
def course(tmp_path_factory, commands) -> Course:
    """A course as the documentation's commands make it, up to the release."""
    setup, build, generate, *_ = commands
    assert setup == "make setup"
    course = Course(tmp_path_factory.mktemp("nbgrader") / "course")
    kernel = course.path.parent / "jupyter" / "kernels" / "python3"
    kernel.mkdir(parents=True)
    (kernel / "tracing.py").write_text(TRACING)
    argv = [sys.executable, str(kernel / "tracing.py"), "-f", "{connection_file}"]
    (kernel / "kernel.json").write_text(json.dumps({"argv": argv, "display_name": "Python 3", "language": "python"}))
    found = re.fullmatch(r"\.venv/bin/autograder (.*) --out course && cd course", build)
    assert found
    done = CliRunner().invoke(main, [*found[1].split(), "--out", str(course.path)])
    assert done.exit_code == 0, done.output
    course.run(*generate.removeprefix("../.venv/bin/nbgrader ").split())
    return course


@pytest.fixture(scope="module")
def modules(tmp_path_factory) -> dict[str, Path]:
    """Folders of plain modules, or of a notebook, whose verdict students should get."""
    writes = tmp_path_factory.mktemp("writes-gradebook")
    reference = {module: (SOLUTIONS / f"{module}.py").read_text(encoding="utf-8") for module in MODULES}
    answered = reference["softmax"].partition("def cross_entropy_gradients")
    (writes / "softmax.py").write_text(f"import numpy as np\n{WRITES_GRADEBOOK}\n\n{''.join(answered[1:])}")
    (writes / "distances.py").write_text(reference["distances"])
    with_added(writes)
    folder = tmp_path_factory.mktemp("samples")
    samples = {name.partition("/")[2]: whole(name, folder / name) for name in FILLED}
    samples |= {name.partition("/")[2]: SAMPLES / name for name in HANDED_IN}
    return {**samples, "writes-in-a-function": writes}


@pytest.fixture(scope="module")
def same_as(course, modules) -> dict[str, str]:
    """The class, handed in: for each student the modules whose verdict should be theirs."""
    same = {name: name for name in modules}
    for name, folder in modules.items():
        there = folder / "homework.ipynb"
        content = there.read_bytes() if there.exists() else json.dumps(student_notebook(course.released, folder)).encode()
        course.submit(name, content)
    for student, change in [(damage.__name__, damage) for damage in DAMAGES]:
        notebook = student_notebook(course.released, modules["half-reg"])
        change(notebook)
        course.submit(student, json.dumps(notebook).encode())
        same[student] = "half-reg"
    for student, cell in ATTACKS.items():
        notebook = student_notebook(course.released, modules["half-reg"])
        notebook["cells"][:0] = [code(cell), {"cell_type": "markdown", "metadata": {}, "source": ACTS}]
        course.submit(student, json.dumps(notebook).encode())
        same[student] = "half-reg"
    return same


@pytest.fixture(scope="module")
def graded(course, same_as, commands) -> Course:
    """The course after the last two of the documentation's commands."""
    assert {path.name for path in (course.path / "submitted").iterdir()} == set(same_as)
    *_, autograde, feedback = (command.removeprefix("../.venv/bin/nbgrader ").split() for command in commands)
    course.run(*autograde)
    others = ",".join(set(same_as) - set(SHOWN))  # whose feedback no test looks at; each takes a second
    course.run(*feedback, f"--CourseDirectory.student_id_exclude={others}")
    return course


@pytest.fixture(scope="module")
def expected(modules) -> dict[str, dict[str, float]]:
    """Marks by question of the plain modules."""
    submissions = [stage(name, folder) for name, folder in modules.items()]
    marks = {}
    for report in judge_all(submissions, 2, DEFAULT_SEED):
        earned = Row.of(for_course(report, Configuration(), Metadata()), "").questions
        marks[report.submission] = {question: hundredths / 100 for question, hundredths in earned.items()}
    return marks


# The release


def test_the_release_holds_no_answer(course):
    """Compared line by line with what stands between the markers, in every file; nothing of the hidden checks either."""
    solutions = "".join((SOLUTIONS / f"{module}.py").read_text(encoding="utf-8") for module in MODULES)
    secret = "".join(re.findall(r"# BEGIN SOLUTION\n(.*?)# END SOLUTION", solutions, re.DOTALL)) + hidden_code()
    lines = {line.strip() for line in secret.splitlines() if len(line.strip()) > 30 and not line.strip().startswith("#")}
    files = [path for path in (course.path / "release").rglob("*") if path.is_file()]
    assert len(files) > 20
    for file in files:
        text = file.read_bytes().decode(errors="replace")
        found = json.loads(text)["cells"] if file.suffix == ".ipynb" else []
        text = "\n".join(map(text_of, found)) or text
        assert not [line for line in lines - handed_out() if line in text], file.name
        assert "SOLUTION" not in text or file.suffix != ".ipynb"


def test_the_release_is_the_handouts_notebook_with_nbgraders_metadata(course):
    """The same cells with the same stubs, but for words about files that a course of nbgrader does not have."""
    handout = json.loads((ROOT / "assignment" / "homework.ipynb").read_bytes())
    released = json.loads(course.released)
    assert len(released["cells"]) == len(handout["cells"])
    for mine, theirs in zip(released["cells"], handout["cells"]):
        if mine["cell_type"] == "code":
            assert text_of(mine) == text_of(theirs)
    for words in ("hand_in", "make submission", "softmax.py", "distances.py"):
        assert words in "\n".join(map(text_of, handout["cells"]))
        assert words not in "\n".join(map(text_of, released["cells"]))
    marks = {cell["metadata"]["nbgrader"]["grade_id"]: cell["metadata"]["nbgrader"] for cell in marked(released)}
    assert {name: found["points"] for name, found in marks.items() if found["locked"]} == {
        f"{question}-check": worth for question, worth in marks_but({}).items()
    }
    assert {name for name, found in marks.items() if found["solution"] and not found["grade"]} == set(FUNCTIONS)
    assert {name: found["points"] for name, found in marks.items() if found["solution"] and found["grade"]} == dict.fromkeys(
        WRITTEN, 5
    )


def test_the_release_passes_nbgraders_own_validation_in_a_kernel(course):
    """All that its cells need lies beside it; only the written answers are missing. And a kernel leaves a trace here."""
    course.trace.unlink(missing_ok=True)
    printed = course.run("validate", "release/homework/homework.ipynb")
    assert printed.count("The following cell failed") == printed.count("You did not provide a response.") == len(WRITTEN)
    assert course.trace.read_text() == "a kernel was started\n"
    course.trace.unlink()


# The class, graded


def test_every_student_gets_the_marks_of_the_plain_modules(graded, same_as, expected):
    """By question in the gradebook, as a sum in the exported table."""
    graded.run("export", "--to", "exported.csv")
    exported = {row["student_id"]: row for row in read_table(graded.path / "exported.csv")}
    assert set(exported) == set(same_as)
    assert len({tuple(marks.values()) for marks in expected.values()}) > 8  # the samples do differ
    for student, name in same_as.items():
        assert graded.marks(student) == expected[name], student
        assert float(exported[student]["score"]) == pytest.approx(sum(expected[name].values())), student
        assert float(exported[student]["max_score"]) == pytest.approx(sum(marks_but({}).values()) + 15)


def test_right_answers_keep_all_points_though_they_print_and_warn(graded, expected):
    """nbgrader itself gives 0 where a cell writes to stderr."""
    assert graded.marks("prints-and-self-test") == expected["prints-and-self-test"] == marks_but({})


@pytest.mark.parametrize("student", ["endless-loop", "function-missing"])
def test_an_endless_loop_or_a_missing_function_costs_its_own_question_only(graded, student):
    """And nobody else anything."""
    assert graded.marks(student) == {**marks_but({}), "q3": 0}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_notebook_is_graded_by_what_it_defines(graded, expected, damage):
    """It has partial marks in two questions; and all cells that take points are there again, each once."""
    student = damage.__name__
    assert graded.marks(student) == expected["half-reg"] == marks_but(HALF_REG)
    found = [cell["metadata"]["nbgrader"]["grade_id"] for cell in marked(graded.autograded(student))]
    assert sorted(name for name in found if name not in FUNCTIONS) == sorted([*(f"{q}-check" for q in QUESTIONS), *WRITTEN])


@pytest.mark.parametrize("attack", [*ATTACKS, "writes-in-a-function"])
def test_an_attack_on_gradebook_kernel_or_numpy_gains_nothing(graded, expected, same_as, attack):
    """And no mark by hand appears for anyone."""
    assert graded.marks(attack) == expected[same_as[attack]]
    assert graded.query("SELECT COUNT(*) FROM grade WHERE manual_score IS NOT NULL") == [(0,)]


@pytest.mark.usefixtures("graded")
def test_no_kernel_was_started(course):
    """The test of validation shows that one would have left a trace."""
    assert not course.trace.exists()


@pytest.mark.parametrize(
    ("student", "words"), [("notebook-not-json", "it is not JSON"), ("notebook-nested-deeply", "it is not a notebook")]
)
def test_what_is_no_notebook_gets_0_with_the_reason_in_gradebook_and_feedback(graded, student, words):
    """nbgrader itself fails on it; the others are graded all the same."""
    assert graded.marks(student) == dict.fromkeys(QUESTIONS, 0)
    comments = graded.query(
        "SELECT comment.auto_comment FROM comment JOIN submitted_notebook ON submitted_notebook.id = comment.notebook_id"
        " JOIN submitted_assignment ON submitted_assignment.id = submitted_notebook.assignment_id"
        " WHERE submitted_assignment.student_id = ?",
        student,
    )
    assert comments
    assert all(words in html.unescape(comment) for (comment,) in comments)
    assert words in html.unescape(graded.feedback(student))


def test_feedback_shows_messages_hints_and_partial_credit(graded):
    """In the cell of the question, beside its points."""
    shown = html.unescape(graded.feedback("half-reg"))
    cell = shown[shown.index('name="q3-check"') : shown.index('name="q4-check"')]
    score = f"Score: {marks_but(HALF_REG)['q3']} / {marks_but({})['q3']}"
    loss = f"✗ q3.loss: the loss is right (0 of {points(worth_of_checks(Configuration())['q3.loss'])})"
    for words in (score, loss, "relative error", "Hint:", "✓ q3.shape"):
        assert words in re.sub(r"</?strong>", "", cell)
    assert "Total" in shown[: shown.index('name="q1-check"')]
    assert "HIDDEN TESTS" not in shown


def test_feedback_holds_nothing_of_the_hidden_checks_and_no_secret(graded, same_as):
    """Nor does any other file that a student's feedback brings along."""
    lines = {line.strip() for line in hidden_code().splitlines() if len(line.strip()) > 40} - handed_out()
    folders = [graded.path / step / student for step in ("feedback", "autograded") for student in same_as]
    for file in (file for folder in folders for file in folder.rglob("*") if file.suffix in (".html", ".ipynb", ".py")):
        text = re.sub(r"<[^>]*>", "", file.read_text(encoding="utf-8"))
        assert not [line for line in lines if line in html.unescape(text)], file
        assert "a token of the instructor's" not in text, file


def test_what_a_student_writes_is_escaped(graded):
    """The words of an exception, and every string of the verdict."""
    for student in ("reads-environment", "forges-results", "notebook-of-wrong-types"):
        for cell in graded.autograded(student)["cells"]:
            for output in cell.get("outputs", []):
                markup = set(re.findall(r"<\s*/?(\w+)", "".join(output["data"]["text/html"])))
                assert markup <= {"p", "strong", "pre", "table", "thead", "tbody", "tr", "td", "th"}


def test_markup_in_an_answer_is_shown_as_text(graded):
    """In the formgrader a script would act in the name of whoever grades by hand; mathematics stays."""
    shown = graded.feedback("patches")
    assert "steal()" in shown
    assert not re.search(r"<(script|img)[^>]*>?[^<]*steal", shown)
    assert "$a&lt; b$" in shown


def test_cells_that_take_points_show_a_number_and_no_error(graded, same_as):
    """So that nbgrader reads partial credit: an error or a word on stderr would be 0, no output all points."""
    for student in same_as:
        for cell in marked(graded.autograded(student)):
            if cell["metadata"]["nbgrader"]["locked"]:
                (output,) = cell["outputs"]
                assert output["output_type"] == "execute_result"
                assert float("".join(output["data"]["text/plain"])) <= cell["metadata"]["nbgrader"]["points"]


def test_written_answers_wait_for_a_look_by_hand_and_those_not_given_do_not(graded):
    """Of a written answer whose cell is missing nobody knows: it is looked at too."""
    assert all(graded.gradebook("flat-indices")[name] == (0, False) for name in WRITTEN)
    assert all(graded.gradebook("deleted")[name] == (None, True) for name in WRITTEN)


# Further runs


def test_a_second_run_judges_what_is_new_and_nothing_else(graded, modules, expected):
    """What nbgrader grades again finds its verdict; marks by hand stay, and lateness is nbgrader's own."""
    kept = {path: path.stat().st_mtime_ns for path in (graded.path / ".graded").rglob("results.json")}
    graded.query("UPDATE assignment SET duedate = '2026-01-01 00:00:00'")
    graded.query("UPDATE grade SET manual_score = 4 WHERE cell_id IN (SELECT id FROM base_cell WHERE name = 'w1-answer')")
    notebook = student_notebook(graded.released, modules["half-reg"])
    answer = next(cell for cell in marked(notebook) if cell["metadata"]["nbgrader"]["grade_id"] == "w2-answer")
    notebook["cells"] += [{**copy.deepcopy(answer), "source": "It rises."}, copy.deepcopy(answer)]
    graded.submit("flat-indices", json.dumps(notebook).encode(), "2026-01-02 00:00:00 UTC")
    shutil.rmtree(graded.path / "autograded" / "edited")
    printed = graded.run("autograde", "homework", "--LateSubmissionPlugin.penalty_method=zero")
    assert "Judging 2 submissions" in printed
    assert {path.parent.name for path, time in kept.items() if path.stat().st_mtime_ns != time} == {"flat-indices"}
    for student in ("flat-indices", "edited"):
        assert graded.marks(student) == expected["half-reg"]
    assert graded.gradebook("flat-indices")["w2-answer"] == (None, True)
    penalties = graded.query("SELECT late_submission_penalty FROM submitted_notebook WHERE late_submission_penalty IS NOT NULL")
    assert penalties == [(pytest.approx(sum(expected["half-reg"].values()) + 4),)]


def test_other_assignments_run_in_a_kernel_only_if_they_are_named(course):
    """Nothing runs unconfined because a line was forgotten."""
    lab = course.path / "source" / "lab" / "lab.ipynb"
    lab.parent.mkdir()
    marks = {
        "grade": True,
        "solution": False,
        "locked": True,
        "task": False,
        "grade_id": "sum",
        "points": 2,
        "schema_version": 3,
    }
    notebook = json.loads(course.released)
    lab.write_text(json.dumps({**notebook, "cells": [{**code("assert 1 + 1 == 2", **marks), "id": "sum"}]}))
    course.run("generate_assignment", "lab")
    shutil.copytree(course.path / "release" / "lab", course.path / "submitted" / "anna" / "lab")
    refused = course.run("autograde", "lab", code=1)
    assert "the sandbox does not know what sum of lab asks for" in refused
    assert "c.Submissions.in_kernel" in refused
    assert not course.trace.exists()
    course.run("autograde", "lab", "--Submissions.in_kernel=lab")
    assert course.trace.exists()
    course.trace.unlink()
    assert "anna" not in {path.name for path in (course.path / ".graded").rglob("*")}


def handed_out() -> set[str]:
    """Lines of code that students have anyway."""
    files = (ROOT / "assignment").rglob("*.py")
    return {line.strip() for file in files for line in file.read_text(encoding="utf-8").splitlines()}


def hidden_code() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in HIDDEN_CHECKS.glob("*.py"))
