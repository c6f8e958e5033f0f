"""A question is added with new files alone: `tests/sixth_question/` holds them, each where it belongs."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.homework import ROOT
from tests.grader import COMMAND, read_table

ADDED = ROOT / "tests" / "sixth_question"
LEFT_OUT = shutil.ignore_patterns(".*", "dist", "__pycache__", "benchmarks", "course.toml")


@pytest.fixture(scope="module")
def homework(tmp_path_factory) -> Path:
    """The whole repository with the sixth question, and stubs, notebook and handout made from it."""
    copy = tmp_path_factory.mktemp("six") / "homework"
    shutil.copytree(ROOT, copy, ignore=LEFT_OUT)
    for path in [path for path in ADDED.rglob("*") if path.is_file() and "__pycache__" not in path.parts]:
        target = copy / path.relative_to(ADDED)
        assert not target.exists(), f"{target} is not new"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    run(copy, *COMMAND[1:], "build", "assignment")
    return copy


def run(homework: Path, *arguments: object, cwd: Path | None = None) -> str:
    """Run Python on the repository with the sixth question."""
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
    assert "## q6. Cosine similarities without loops (10 points)" in told
    assert "| `softmax.py`, `distances.py` and `similarity.py` | the functions that you fill |" in told
    assert "(`softmax.py`: q1 to q4; `distances.py`: q5; `similarity.py`: q6)" in told
    cells = json.loads((homework / "assignment" / "homework.ipynb").read_text())["cells"]
    assert sum("def cosine_similarities(A, B):" in "".join(cell["source"]) for cell in cells) == 1
    places = [
        k for k, cell in enumerate(cells) if "## q6." in "".join(cell["source"]) or "## Written" in "".join(cell["source"])
    ]
    assert len(places) == 2


def test_students_can_check_it(homework, tmp_path):
    """The public check passes with an answer in the place of the stub."""
    shutil.copytree(homework / "assignment", tmp_path / "assignment")
    answer = homework / "tests" / "submissions" / "right" / "in-place-ufuncs" / "similarity.py"
    shutil.copy(answer, tmp_path / "assignment" / "similarity.py")
    told = run(homework, "-m", "pytest", "-k", "test_q6", cwd=tmp_path / "assignment")
    assert "q6" in told


def test_it_is_graded_with_points_and_hints(homework, tmp_path):
    """Full marks are the sum of both tables, and a loop shows in steps and CPU time."""
    samples = homework / "tests" / "submissions"
    wrong = [samples / "wrong" / name for name in ("half-reg", "row-by-row")]
    paths = [homework / "solutions", samples / "right" / "in-place-ufuncs", *wrong]
    run(homework, *COMMAND[1:], "grade", *paths, "--out", tmp_path)
    rows = {row["submission"]: row for row in read_table(tmp_path / "grades.csv")}
    assert rows["solutions"]["score"] == rows["in-place-ufuncs"]["score"] == "110"
    earned = {name: float(row["q6"]) for name, row in rows.items()}
    assert earned == {"solutions": 10, "in-place-ufuncs": 10, "half-reg": 6, "row-by-row": 8}
    hints = {name: json.loads((tmp_path / name / "results.json").read_text())["extra_data"]["hints"] for name in rows}
    assert {"question": "q6", "id": "no-norms"} in hints["half-reg"]
    assert {"question": "q6", "id": "loop-rows"} in hints["row-by-row"]


@pytest.mark.routes
def test_it_has_the_same_marks_on_every_route(homework):
    """The tests of the routes themselves, on the homework with six questions."""
    run(homework, "-m", "pytest", "-m", "routes", "-q", "tests/test_routes.py")
