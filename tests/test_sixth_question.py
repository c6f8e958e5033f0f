"""A question is added with new files alone: `tests/sixth_question/` holds them, each where it belongs."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.homework import ROOT
from autograder.report.tables.sheets import as_csv
from tests.grader import COMMAND, read_table
from tests.handed_in import TOTAL

ADDED = ROOT / "tests" / "sixth_question"
LEFT_OUT = shutil.ignore_patterns(".git", ".venv*", ".*_cache", "__pycache__", "dist", "course.toml")


def with_the_question(copy: Path) -> Path:
    """The whole repository with the files of the question."""
    shutil.copytree(ROOT, copy, ignore=LEFT_OUT)
    for path in [path for path in ADDED.rglob("*") if path.is_file() and "__pycache__" not in path.parts]:
        target = copy / path.relative_to(ADDED)
        assert not target.exists() or target.read_bytes() == path.read_bytes(), f"{path} is not new: call yours otherwise"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    return copy


@pytest.fixture(scope="module")
def homework(tmp_path_factory) -> Path:
    """The repository with the question, and stubs, notebook and handout made from it."""
    copy = with_the_question(tmp_path_factory.mktemp("six") / "homework")
    run(copy, *COMMAND[1:], "build", "assignment")
    return copy


@pytest.fixture(scope="module")
def fork(tmp_path_factory) -> Path:
    """A repository of a course's own, which has other points besides: 0.5 to 3.5 for a check, in turn."""
    copy = with_the_question(tmp_path_factory.mktemp("fork") / "homework")
    table = copy / "assignment" / "public_checks" / "points.csv"
    rows = [{**row, "points": (1 + k % 7) / 2} for k, row in enumerate(read_table(table))]
    table.write_bytes(as_csv(list(rows[0]), rows).encode())
    run(copy, *COMMAND[1:], "build", "assignment")
    for command in (["init", "-q"], ["add", "-A"]):
        subprocess.run(["git", *command], cwd=copy, check=True)
    return copy


def run(homework: Path, *arguments: object, cwd: Path | None = None) -> str:
    """Run Python on a copy of the repository."""
    environment = {**os.environ, "PYTHONPATH": str(homework)}
    command = [sys.executable, *map(str, arguments)]
    done = subprocess.run(command, cwd=cwd or homework, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_students_receive_its_stub_and_its_part_of_the_handout(homework):
    """Without the answer; the notebook has a cell for it."""
    stub = (homework / "assignment" / "similarity.py").read_text()
    assert "raise NotImplementedError" in stub
    assert "A @ B.T" not in stub
    told = (homework / "assignment" / "README.md").read_text()
    assert "## q60. Cosine similarities without loops (10 points)" in told
    assert "and `similarity.py` | the functions that you fill |" in told
    assert "`similarity.py`: q60)" in told
    cells = json.loads((homework / "assignment" / "homework.ipynb").read_text())["cells"]
    assert sum("def cosine_similarities(A, B):" in "".join(cell["source"]) for cell in cells) == 1
    places = [
        k for k, cell in enumerate(cells) if "## q60." in "".join(cell["source"]) or "## Written" in "".join(cell["source"])
    ]
    assert len(places) == 2


def test_students_can_check_it(homework, tmp_path):
    """The public check passes with an answer in the place of the stub."""
    shutil.copytree(homework / "assignment", tmp_path / "assignment")
    answer = homework / "tests" / "submissions" / "right" / "cosine-unit-vectors" / "similarity.py"
    shutil.copy(answer, tmp_path / "assignment" / "similarity.py")
    told = run(homework, "-m", "pytest", "-k", "test_q60", cwd=tmp_path / "assignment")
    assert "pass  q60.shape" in told


def test_it_is_graded_with_points_and_hints(homework, tmp_path):
    """Full marks are the sum of all tables, and a loop shows in steps and CPU time."""
    samples = homework / "tests" / "submissions"
    wrong = [samples / "wrong" / name for name in ("cosine-without-norms", "cosine-row-by-row")]
    paths = [homework / "solutions", samples / "right" / "cosine-unit-vectors", *wrong]
    run(homework, *COMMAND[1:], "grade", *paths, "--out", tmp_path)
    rows = {row["submission"]: row for row in read_table(tmp_path / "grades.csv")}
    whole = rows["solutions"]
    assert float(whole["score"]) == pytest.approx(TOTAL + 10)
    assert {name: float(row["q60"]) for name, row in rows.items()} == {
        "solutions": 10,
        "cosine-unit-vectors": 10,
        "cosine-without-norms": 6,
        "cosine-row-by-row": 8,
    }
    assert all(row["score"] == row["q60"] for name, row in rows.items() if name != "solutions")
    hints = {name: json.loads((tmp_path / name / "results.json").read_text())["extra_data"]["hints"] for name in rows}
    assert {"question": "q60", "id": "no-norms"} in hints["cosine-without-norms"]
    assert {"question": "q60", "id": "loop-rows"} in hints["cosine-row-by-row"]


@pytest.mark.routes
def test_a_course_that_adds_a_question_and_changes_points_keeps_the_tests_of_the_grader_green(fork):
    """As `make test` runs them, with style and spelling, and with the samples of the question."""
    for command in (["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"], ["codespell_lib"]):
        run(fork, "-m", *command)
    run(fork, "-m", "pytest", "-n", "2", "--dist", "loadfile", "-q", f"--ignore={Path(__file__).relative_to(ROOT)}")


@pytest.mark.routes
def test_it_has_the_same_marks_on_every_route(fork):
    """The tests of the routes themselves, with the question and the other points."""
    run(fork, "-m", "pytest", "-m", "routes", "-q", "tests/test_routes.py")
