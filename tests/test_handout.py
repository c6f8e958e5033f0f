"""The handout as it is released: generated, complete, without answers; and its notebook, run from top to bottom."""

import re
import shutil
import zipfile
from pathlib import Path
from typing import get_args

import nbformat
import pytest
from click.testing import CliRunner
from nbclient import NotebookClient

from autograder.cli import main
from autograder.configuration import Configuration
from autograder.homework import ASSIGNMENT, FUNCTIONS, MODULES, ROOT, SOLUTIONS, checks
from autograder.release import handout
from autograder.release.handout import build_assignment, build_handout, notebook
from autograder.release.source import Edition, cells

IGNORED = {"__pycache__", ".ipynb_checkpoints", ".pytest_cache", "submission.zip"}  # what .gitignore leaves out too


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory) -> Path:
    """The handout, unpacked from its zip."""
    folder = tmp_path_factory.mktemp("handout")
    with zipfile.ZipFile(build_handout(folder)) as archive:
        archive.extractall(folder)
    return folder / "homework"


@pytest.fixture
def homework(unpacked, tmp_path) -> Path:
    """A copy of the handout to work in."""
    return Path(shutil.copytree(unpacked, tmp_path / "homework"))


# What is generated


def test_what_is_generated_is_fresh(tmp_path):
    """make assignment renews the stubs, the notebook and README.md, with the course's settings where there are any."""
    settings = ROOT / "course.toml"
    course = Configuration.from_toml(settings) if settings.exists() else Configuration()
    for path in build_assignment(tmp_path, course):
        assert (ASSIGNMENT / path.name).read_bytes() == path.read_bytes(), f"assignment/{path.name} is stale: make assignment"


def test_every_name_in_double_braces_is_filled():
    """In handout and notebook; a name that no table fills would stand there as it is."""
    assert "{{files}}" in (SOLUTIONS / "homework.py").read_text(encoding="utf-8")
    every = [cell for edition in get_args(Edition) for cell in cells(edition)]
    assert not [cell.source for cell in every if "{{" in cell.source and cell.kind == "markdown"]


def test_the_zip_is_the_same_at_every_build(tmp_path):
    """So that a changed handout can be told from an unchanged one."""
    assert build_handout(tmp_path / "a").read_bytes() == build_handout(tmp_path / "b").read_bytes()


def files_in(folder: Path) -> set[str]:
    """Paths of the files in a folder, without what is never committed."""
    paths = {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()}
    return {path.as_posix() for path in paths if not IGNORED & set(path.parts)}


def test_the_zip_holds_every_file_of_the_assignment(unpacked):
    """A new file that build_handout does not know of would be missing from what students receive."""
    assert files_in(unpacked) == files_in(ASSIGNMENT)


def test_a_file_left_in_the_assignment_folder_stays_out_of_the_zip(monkeypatch, tmp_path):
    """It may be an instructor's answers."""
    copy = shutil.copytree(ASSIGNMENT, tmp_path / "assignment")
    for name in ("my_answers.py", "softmax_solved.ipynb", "public_checks/notes.txt", "data/answers.npy"):
        (copy / name).write_text("dW = X.T @ (P - Y)")
    monkeypatch.setattr(handout, "ASSIGNMENT", copy)
    with zipfile.ZipFile(build_handout(tmp_path)) as archive:
        names = {name.removeprefix("homework/") for name in archive.namelist()}
    assert names == files_in(ASSIGNMENT)


@pytest.mark.parametrize("module", MODULES)
def test_no_line_of_an_answer_is_in_the_handout(unpacked, module):
    """Compared line by line with what stands between the markers; short lines that anyone would write are let pass."""
    solution = (SOLUTIONS / f"{module}.py").read_text(encoding="utf-8")
    answers = "".join(re.findall(r"# BEGIN SOLUTION\n(.*?)# END SOLUTION", solution, re.DOTALL))
    lines = {line.strip() for line in answers.splitlines() if len(line.strip()) > 12 and not line.strip().startswith("#")}
    for file in unpacked.rglob("*"):
        if file.suffix in (".py", ".md", ".ipynb", ".csv", ".txt", ".ini") and file.is_file():
            text = file.read_text(encoding="utf-8")
            assert not [line for line in lines if line in text], file.name


def test_the_notebook_has_no_outputs_and_no_history():
    """Neither results, counts, nor metadata of whoever ran it last."""
    made = nbformat.read(ASSIGNMENT / "homework.ipynb", as_version=4)
    assert set(made.metadata) == {"kernelspec", "language_info"}
    assert made.metadata.language_info == {"name": "python"}
    for cell in made.cells:
        assert not cell.metadata
        if cell.cell_type == "code":
            assert (cell.outputs, cell.execution_count) == ([], None)
    assert {"softmax_jacobian", "q1", "w1", "w1-answer", "pairwise_squared_distances"} <= {cell.id for cell in made.cells}


def test_build_writes_what_students_receive(tmp_path):
    """Into the folder that is asked for."""
    for target in ("assignment", "handout"):
        assert CliRunner().invoke(main, ["build", target, "--out", str(tmp_path)]).exit_code == 0
    written = sorted(path.name for path in tmp_path.iterdir())
    assert written == sorted(["README.md", "homework.ipynb", "homework.zip", *(f"{module}.py" for module in MODULES)])


# The notebook


def execute(folder: Path, *, solved: bool) -> nbformat.NotebookNode:
    """Run the notebook from top to bottom, in the unpacked handout."""
    made = nbformat.reads(notebook(cells("files", functions="solution" if solved else "stub")), as_version=4)
    NotebookClient(made, timeout=120, allow_errors=not solved, resources={"metadata": {"path": str(folder)}}).execute()
    return made


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore:Parsing dates", "ignore::ResourceWarning")
def test_the_notebook_runs_with_the_answers_and_reaches_the_stated_accuracy(homework):
    """Every check passes, every plot is drawn, nothing is written to stderr."""
    made = execute(homework, solved=True)
    outputs = {cell.id: cell.outputs for cell in made.cells if cell.cell_type == "code"}
    text = "".join(output.text for shown in outputs.values() for output in shown if output.output_type == "stream")
    text = re.sub(r"\x1b\[\d+m", "", text)  # colours
    assert "FAIL" not in text
    assert text.count("    pass  ") == sum(check.seen == "public" for check in checks().values())
    drawn = [cell for cell in made.cells if cell.cell_type == "code" and "plots." in cell.source]
    assert len(drawn) >= 10
    for cell in drawn:
        assert [output for output in cell.outputs if "image/png" in output.get("data", {})], cell.source
    assert not [output for shown in outputs.values() for output in shown if output.get("name") == "stderr"]
    for share in re.findall(r"read right by the nearest neighbour: ([\d.]+)%|, ([\d.]+)% of those held back", text):
        assert float("".join(share)) >= 90  # as the text of the notebook says
    assert len(re.findall(r"[\d.]+% of those held back|nearest neighbour: [\d.]+%", text)) == 2


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore:Parsing dates", "ignore::ResourceWarning")
def test_the_notebook_of_stubs_stops_where_the_first_answer_is_missing(homework):
    """With the words of the stub; every check says «not started»."""
    made = execute(homework, solved=False)
    errors = [output for cell in made.cells if cell.cell_type == "code" for output in cell.outputs if "ename" in output]
    assert (errors[0].ename, errors[0].evalue) == ("NotImplementedError", "replace this line with your answer")
    told = "".join(o.text for cell in made.cells if cell.cell_type == "code" for o in cell.outputs if "text" in o)
    assert told.count("not started") == len(FUNCTIONS)
