"""The homework as courses of nbgrader and otter: with the sandbox, and as they would run it by themselves."""

import json
import os
import shutil
import sys
import zipfile
from itertools import cycle, islice
from pathlib import Path

from autograder.configuration import Configuration
from autograder.homework import ROOT
from autograder.release.nbgrader import build_nbgrader
from autograder.release.otter import build_otter, support

sys.path.insert(0, str(ROOT))

from tests.benchmarks.accounts import cpu
from tests.handed_in import SAMPLES
from tests.notebooks import student_notebook

# As nbgrader has it where nobody says otherwise; cells that are missing are put back in both courses.
STOCK = "c = get_config()\nc.OverwriteCells.add_missing_cells = True\n"
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}


def nbgrader_courses(folder: Path, students: int) -> dict[str, Path]:
    """Make two courses with the same class of right answers in many styles."""
    courses = {"nbgrader with the sandbox": folder / "sandboxed", "stock nbgrader": folder / "stock"}
    sandboxed, stock = courses.values()
    build_nbgrader(sandboxed)
    _nbgrader(sandboxed, "generate_assignment", "homework")
    released = (sandboxed / "release" / "homework" / "homework.ipynb").read_bytes()
    right = sorted(path for path in (SAMPLES / "right").iterdir() if path.is_dir())
    for number, answers in enumerate(islice(cycle(right), students)):
        notebook = sandboxed / "submitted" / f"student-{number}" / "homework" / "homework.ipynb"
        notebook.parent.mkdir(parents=True)
        notebook.write_text(json.dumps(student_notebook(released, answers)))
    shutil.copytree(sandboxed, stock)
    (stock / "nbgrader_config.py").write_text(STOCK)
    return courses


def each_student_more(course: Path, students: int) -> float:
    """CPU time that `nbgrader autograde` takes for each student beyond the first, seconds."""
    taken = []
    for chosen in (["--student=student-0"], []):
        for made in ("autograded", ".graded", "gradebook.db"):
            shutil.rmtree(course / made, ignore_errors=True)
        taken.append(_nbgrader(course, "autograde", "homework", *chosen))
    return (taken[1] - taken[0]) / (students - 1)


def _nbgrader(course: Path, *arguments: str) -> float:
    return cpu([sys.executable, "-m", "nbgrader", *arguments], ENVIRONMENT, course)


def otter_runs(folder: Path) -> dict[str, list[str]]:
    """Commands that grade the reference's notebook: with the sandbox, and with the tests and files that otter has by itself."""
    build_otter(folder, Configuration())
    sandboxed, stock = folder / "autograder" / "autograder.zip", folder / "stock.zip"
    with zipfile.ZipFile(sandboxed) as ours, zipfile.ZipFile(stock, "w") as theirs:
        for name in ours.namelist():
            if name.startswith("tests/"):
                theirs.writestr(name, ours.read(name))
        for name, content in support().items():
            theirs.writestr(f"files/{name}", content)
        theirs.writestr("otter_config.json", "{}")
    commands = {}
    for name, path in (("otter with the sandbox", sandboxed), ("stock otter", stock)):
        out = folder / name.replace(" ", "-")
        out.mkdir()
        notebook = folder / "autograder" / "homework.ipynb"
        otter = Path(sys.executable).with_name("otter")
        commands[name] = [str(part) for part in (otter, "run", "-a", path, "-o", out, notebook)]
    return commands


def otter_run(command: list[str]) -> float:
    """CPU time of `otter run`, seconds."""
    return cpu(command, ENVIRONMENT)
