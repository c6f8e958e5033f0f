"""The handout as a student meets it: generated, complete, without answers, and friendly from the first command on."""

import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from packaging.requirements import Requirement

from autograder.homework import ASSIGNMENT, FUNCTIONS, MODULES, SOLUTIONS, checks
from autograder.release.handout import build_assignment, build_handout, notebook
from autograder.release.source import cells

NEEDED = ("numpy", "pytest", "matplotlib")  # all that a student must install to run the public checks
PUBLIC_POINTS = {
    question: sum(int(check.points) for check in checks().values() if (check.question, check.seen) == (question, "public"))
    for question in ("q1", "q2", "q3", "q4", "q5")
}


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory) -> Path:
    """The handout, unpacked from its zip."""
    folder = tmp_path_factory.mktemp("handout")
    with zipfile.ZipFile(build_handout(folder)) as archive:
        archive.extractall(folder)
    return folder / "homework"


@pytest.fixture
def handout(unpacked, tmp_path) -> Path:
    """A copy of the handout to work in."""
    return Path(shutil.copytree(unpacked, tmp_path / "homework"))


@pytest.fixture(scope="module")
def packages(tmp_path_factory) -> Path:
    """A folder with what a student has installed, and nothing else of this environment."""
    folder = tmp_path_factory.mktemp("packages")
    todo, done = list(NEEDED), set()
    while todo:
        distribution = importlib.metadata.distribution(todo.pop())
        if distribution.name in done:
            continue
        done.add(distribution.name)
        for top in {file.parts[0] for file in distribution.files or () if file.parts[0] not in ("..", "__pycache__")}:
            (folder / top).symlink_to(distribution.locate_file(top))
        needs = [Requirement(line) for line in distribution.requires or ()]
        todo += [need.name for need in needs if need.marker is None or need.marker.evaluate({"extra": ""})]
    return folder


@pytest.fixture
def public_checks(handout, packages) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run `python -m pytest` as the handout says, with only the needed packages installed."""

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {"PYTHONPATH": str(packages), "PATH": os.environ["PATH"], "MPLCONFIGDIR": str(handout)}
        command = [sys.executable, "-S", "-m", "pytest", *arguments]
        return subprocess.run(command, cwd=handout, env=environment, capture_output=True, text=True, check=False)

    return run


def solve(folder: Path, *modules: str) -> None:
    for module in modules or MODULES:
        shutil.copy(SOLUTIONS / f"{module}.py", folder)


def change(file: Path, *, append: str = "", replace: tuple[str, str] = ("", "")) -> None:
    file.write_text(file.read_text(encoding="utf-8").replace(*replace) + append, encoding="utf-8")


# What is generated


def test_what_is_generated_is_fresh(tmp_path):
    """make assignment renews the stubs, the notebook and README.md."""
    for path in build_assignment(tmp_path):
        assert (ASSIGNMENT / path.name).read_bytes() == path.read_bytes(), f"assignment/{path.name} is stale: make assignment"


def test_the_zip_is_the_same_at_every_build(tmp_path):
    """So that a changed handout can be told from an unchanged one."""
    assert build_handout(tmp_path / "a").read_bytes() == build_handout(tmp_path / "b").read_bytes()


def test_the_zip_holds_the_assignment_as_committed(unpacked):
    """Nothing is forgotten, and what lies about in the folder, an instructor's answers perhaps, stays at home."""
    files = {path.relative_to(unpacked).as_posix() for path in unpacked.rglob("*") if path.is_file()}
    kept = subprocess.run(["git", "ls-files"], cwd=ASSIGNMENT, capture_output=True, text=True, check=True).stdout.split()
    assert files == set(kept)


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


@pytest.mark.parametrize("text", ["handout", "derivations"])
def test_mathematics_renders_on_github_and_in_jupyter(text):
    """GitHub takes a backslash before punctuation away; both want dollars in pairs, and display formulas apart."""
    path = {"handout": ASSIGNMENT / "README.md", "derivations": SOLUTIONS / "derivations.md"}[text]
    prose = re.sub(r"```.*?```|`[^`\n]*`", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    display = r"^\$\$(.*?)\$\$$"
    formulas = re.findall(display, prose, re.DOTALL | re.MULTILINE)
    inline = re.sub(display, "", prose, flags=re.DOTALL | re.MULTILINE)
    assert "$$" not in inline
    assert all(block.count("$") % 2 == 0 for block in re.split(r"\n\n|\n(?=\||- )", inline))
    for before, formula, after in re.findall(r"(^|.)\$([^$]+)\$(?=(.|$))", inline, re.MULTILINE):
        formulas.append(formula)
        assert not before.isalnum()
        assert not after.isalnum(), f"{formula}{after}: GitHub shows no formula before a letter"
        assert formula.strip() == formula
    assert len(formulas) > 50
    for formula in formulas:
        assert not re.search(r"\\[^a-zA-Z]|[<*`]", formula), formula
        assert formula.count("{") == formula.count("}")
        assert len(re.findall(r"\\left\b", formula)) == len(re.findall(r"\\right\b", formula))


# The public checks


def test_the_checks_of_the_stubs_say_that_nothing_is_started(public_checks):
    """One line a question, with its points, and no traceback."""
    run = public_checks()
    assert run.returncode == 1
    lines = [line.split() for line in run.stdout.splitlines() if line.startswith("q")]
    assert lines == [[q, name, "not", "started,", str(PUBLIC_POINTS[q]), "points"] for q, name in zip(PUBLIC_POINTS, FUNCTIONS)]
    assert "0 of 24 points here" in run.stdout
    assert "Error" not in run.stdout + run.stderr


def test_the_checks_of_the_reference_pass(public_checks, handout):
    """All points of all public checks."""
    solve(handout)
    run = public_checks()
    assert run.returncode == 0, run.stdout + run.stderr
    assert run.stdout.count("    pass ") == sum(check.seen == "public" for check in checks().values())
    assert "24 of 24 points here. The grader has other data, and hidden checks worth 76 more." in run.stdout


def test_one_question_can_be_picked(public_checks, handout):
    """pytest -k q4."""
    solve(handout)
    run = public_checks("-k", "q4")
    assert {line.split()[0] for line in run.stdout.splitlines() if line.startswith("q")} == {"q4"}
    assert "6 of 6 points here. The grader has other data, and hidden checks worth 24 more." in run.stdout


def test_a_question_that_is_not_there_is_said(public_checks):
    """With those that are."""
    assert "There is no such question: q1, q2, q3, q4, q5 are there." in public_checks("-k", "q9").stdout


def test_the_first_failure_of_a_question_is_explained_and_its_followers_are_not(public_checks, handout):
    """Else one mistake fills the screen."""
    solve(handout)
    change(handout / "distances.py", replace=("return np.maximum(P, 0.0)", "return np.maximum(P, 0.0) + 1.0"))
    told = public_checks("-k", "q5").stdout
    assert "    pass  q5.shape" in told
    assert "    FAIL  q5.small" in told
    assert "P of the case worked by hand is not right" in told
    assert re.search(r"yours +expected\n +\[0, 0\] +2 +1\n", told)
    change(handout / "distances.py", replace=("return np.maximum(P, 0.0)", "return np.maximum(P.T, 0.0)"))
    told = public_checks("-k", "q5").stdout
    assert "P should have the shape" in told
    followers = ["q5.small        4  a case", "q5.integer      1  uint8", "q5.application  1  the nearest"]
    assert re.search("\n".join(f"    fail  {follower}.*" for follower in followers), told)


BROKEN = {
    "a syntax error": (
        {"replace": ("def softmax_jacobian(z):", "def softmax_jacobian(z)")},
        ["softmax.py cannot be imported:", "SyntaxError: expected ':'", "The same as for q1.shape.", "3 of 3 points here"],
    ),
    "an import that is not there": (
        {"replace": ("import numpy as np", "import numpy as np\nimport scipy")},
        ["softmax.py cannot be imported:", "ModuleNotFoundError: No module named 'scipy'"],
    ),
    "a function that is gone": (
        {"replace": ("def softmax_jacobian(z):", "def softmax_jakobian(z):")},
        ["softmax.py defines no function softmax_jacobian."],
    ),
    "an exception": (
        {"append": "\n\ndef softmax_jacobian(z):\n    return z @ np.ones((99, 99))\n"},
        ["softmax_jacobian raised ValueError at softmax.py line ", "return z @ np.ones((99, 99))", "matmul: "],
    ),
    "a recursion": (
        {"append": "\n\ndef softmax_jacobian(z):\n    return softmax_jacobian(z)\n"},
        ["softmax_jacobian raised RecursionError at softmax.py line "],
    ),
    "a loop that is not started": (
        {"append": "\n\ndef softmax_loss_naive(W, X, y, reg):\n    raise NotImplementedError\n"},
        [
            "    wait  q4.agree",
            "It needs softmax_loss_naive, which is not started.",
            "softmax_loss_naive           not started",
        ],
    ),
    "a stub's raise that is left over": (
        {"append": "\n\ndef softmax_jacobian(z):\n    s = np.exp(z)\n    raise NotImplementedError\n"},
        ["    FAIL  q1.shape", "softmax_jacobian raised NotImplementedError at softmax.py line ", "0 of 3 points"],
    ),
    "a loop that is wrong": (
        {"replace": ("loss = loss / N + reg", "loss = loss + reg")},
        ["The loss, compared with the loop's, is not right", "yours     loop", "A check of q3 fails too: begin there."],
    ),
    "an answer that prints and warns": (
        {"append": "\n\ndef softmax_jacobian(z):\n    print('hello')\n    return np.log(-np.ones((len(z), len(z))))\n"},
        ["J is NaN at ", "A logarithm or a root of a negative number makes NaN"],
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_broken_is_said_in_a_line_or_two(public_checks, handout, name):
    """Without pytest's tracebacks."""
    edit, words = BROKEN[name]
    solve(handout)
    change(handout / "softmax.py", **edit)
    if name == "a syntax error":
        words = [*words[:3], "8 of 24 points here"]
    run = public_checks()
    assert run.returncode == 1
    for text in words:
        assert text in run.stdout, run.stdout
    assert "Traceback" not in run.stdout + run.stderr
    assert "hello" not in run.stdout


# The notebook


def execute(folder: Path, *, solved: bool) -> nbformat.NotebookNode:
    """Run the notebook from top to bottom, in the unpacked handout."""
    made = nbformat.reads(notebook(cells(solved=solved)), as_version=4)
    NotebookClient(made, timeout=120, allow_errors=not solved, resources={"metadata": {"path": str(folder)}}).execute()
    return made


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore:Parsing dates", "ignore::ResourceWarning")
def test_the_notebook_runs_with_the_answers_and_reaches_the_stated_accuracy(handout):
    """Every check passes, every plot is drawn, nothing is written to stderr."""
    made = execute(handout, solved=True)
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


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore:Parsing dates", "ignore::ResourceWarning")
def test_the_notebook_of_stubs_stops_where_the_first_answer_is_missing(handout):
    """With the words of the stub; every check says «not started»."""
    made = execute(handout, solved=False)
    errors = [output for cell in made.cells if cell.cell_type == "code" for output in cell.outputs if "ename" in output]
    assert (errors[0].ename, errors[0].evalue) == ("NotImplementedError", "replace this line with your answer")
    told = "".join(o.text for cell in made.cells if cell.cell_type == "code" for o in cell.outputs if "text" in o)
    assert told.count("not started") == len(FUNCTIONS)
