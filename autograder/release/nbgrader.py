"""An nbgrader course: the source notebook with what it needs, and settings that put the sandbox in the place of a kernel."""

# mypy: disable-error-code="no-untyped-call"

from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat

from autograder.configuration import DOCUMENTED, Configuration, with_own_seed
from autograder.homework import ASSIGNMENT, FUNCTIONS, GIVEN, QUESTIONS
from autograder.release.handout import FOLDER, notebook
from autograder.release.source import PLACEHOLDER, WRITTEN_POINTS, Cell, cells, released
from autograder.release.stubs import STUB
from autograder.report.course import worth_of_questions

GRADED = (
    *("requirements.txt", "pytest.ini", "check.py", "plots.py"),
    *(f"{module}.py" for module in GIVEN),
    *("public_checks/*.py", "public_checks/*.csv", "data/*.npz", "data/*.md"),
)  # patterns of what the notebook needs; modules of answers are left out, since answers stand in its cells
CHECKS = {question: f"{question}-check" for question in QUESTIONS}  # id of each cell that takes points
SETTINGS = "course.toml"

# nbgrader takes it out of what students see. Without the sandbox, a cell that only prints would give everyone all points.
GUARD = """
### BEGIN HIDDEN TESTS
raise RuntimeError("The points of this cell come from the sandbox: docs/nbgrader.md says which settings nbgrader needs.")
### END HIDDEN TESTS"""

CONFIG = f'''"""nbgrader's settings for this course: submissions are judged in a sandbox, and no kernel is started for them."""

import os
import sys

c = get_config()

# nbgrader calls alembic by its name: it lies beside the Python at hand, whether that environment is activated or not.
os.environ["PATH"] = os.path.dirname(sys.executable) + os.pathsep + os.environ.get("PATH", "")

c.CourseDirectory.course_id = "homework"

# A submission is read as data: cells that it lacks are put back, and one that cannot be read gets its 0 with the reason.
c.Autograde.exporter_class = "autograder.routes.nbgrader.Submissions"

# nbgrader's own list, with Judge in the place of Execute, and Explain at the end.
c.Autograde.autograde_preprocessors = [
    "autograder.routes.nbgrader.Judge",
    "nbgrader.preprocessors.IgnorePattern",
    "nbconvert.preprocessors.ClearMetadataPreprocessor",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
    "autograder.routes.nbgrader.Explain",
]

# The hidden seed, and how many submissions are judged side by side. Choose a seed of your own before the first run.
c.Submissions.settings = "{SETTINGS}"

# Other assignments of the course: their notebooks run in a kernel as nbgrader does it, without a sandbox.
# c.Submissions.in_kernel = ["lab1", "lab2"]

# What stands in a released notebook where the source has an answer.
c.ClearSolutions.code_stub = {{"python": {STUB.replace(chr(92) + "g<indent>", "").strip()!r}}}
c.ClearSolutions.text_stub = "{PLACEHOLDER}"
'''


def build_nbgrader(out: Path, configuration: Path | None = None) -> list[Path]:
    """Write a course folder, or renew the source of one; settings that are there stay as they are.

    Parameters
    ----------
    out : Path
        The course's folder.
    configuration : Path or None
        Settings of the course; the documented defaults where there are none.

    Returns
    -------
    paths : list of Path
        The files written.

    Raises
    ------
    ConfigurationError
        The settings, those given or those that are there, have mistakes.
    """
    settings = out / SETTINGS
    chosen = configuration or (settings if settings.exists() else DOCUMENTED)
    source = f"source/{FOLDER}"
    course = Configuration.from_toml(chosen)
    files = {f"{source}/homework.ipynb": source_notebook(course).encode()}
    for path in (path for pattern in GRADED for path in ASSIGNMENT.glob(pattern)):
        files[f"{source}/{path.relative_to(ASSIGNMENT).as_posix()}"] = released(path, course)
    if configuration or not settings.exists():
        text = chosen.read_text(encoding="utf-8")
        files[SETTINGS] = (with_own_seed(text) if chosen == DOCUMENTED else text).encode()
    if not (out / "nbgrader_config.py").exists():
        files["nbgrader_config.py"] = CONFIG.encode()
    for name, content in files.items():
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return [out / name for name in files]


def source_notebook(configuration: Configuration) -> str:
    """Write the notebook with the answers, from which `nbgrader generate_assignment` makes the students'.

    Parameters
    ----------
    configuration : Configuration
        Its total of points is divided among the questions; written questions come on top.

    Returns
    -------
    text : str
        JSON in nbformat 4 with nbgrader's metadata.
    """
    worth = worth_of_questions(configuration)
    points = {cell: worth[question] / 100 for cell, question in zip(CHECKS.values(), QUESTIONS)}
    marked = [_marked(cell) for cell in cells("nbgrader", configuration, functions="marked")]
    made = nbformat.reads(notebook(marked), as_version=4)
    for cell in made.cells:
        if cell.id in FUNCTIONS:
            cell.metadata.nbgrader = _metadata(cell, solution=True)
        elif cell.id in points:
            cell.metadata.nbgrader = _metadata(cell, grade=True, locked=True, points=points[cell.id])
        elif cell.id.endswith("-answer"):
            cell.metadata.nbgrader = _metadata(cell, grade=True, solution=True, points=WRITTEN_POINTS)
    text: str = nbformat.writes(made)
    return text + "\n"


def _metadata(cell: nbformat.NotebookNode, **marks: Any) -> dict[str, Any]:
    none = {"grade": False, "solution": False, "locked": False, "task": False}
    return {**none, **marks, "grade_id": cell.id, "cell_type": cell.cell_type, "schema_version": 3}


def _marked(cell: Cell) -> Cell:
    """Name the cells of checks by their question, and guard them."""
    if not cell.checks:
        return cell
    return replace(cell, id=CHECKS[cell.checks], source=cell.source + GUARD)
