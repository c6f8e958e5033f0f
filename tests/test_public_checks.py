"""The public checks as a student runs them: friendly on stubs, exact on mistakes, and with numpy and pytest alone."""

import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from packaging.requirements import Requirement

from autograder.homework import MODULES, QUESTION_OF, QUESTIONS, SOLUTIONS, checks
from public_checks import expect

NUMBER = r"[\d.]+"
NEEDED = ("numpy", "pytest")  # all that a student must install to run the public checks


def worth(seen: str, *questions: str) -> str:
    """Points of the public or hidden checks of some questions, or of all, as students read them."""
    return f"{sum(c.points for c in checks().values() if c.seen == seen and c.question in (questions or QUESTIONS)):g}"


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


def test_the_checks_of_the_stubs_say_that_nothing_is_started(public_checks):
    """One line a question, with its points, and no traceback."""
    run = public_checks()
    assert run.returncode == 1
    lines = [line.split() for line in run.stdout.splitlines() if line.startswith("q")]
    assert lines == [[q, name, "not", "started,", worth("public", q), "points"] for name, q in QUESTION_OF.items()]
    assert f"0 of {worth('public')} points here" in run.stdout
    assert "Error" not in run.stdout + run.stderr


def test_the_checks_of_the_reference_pass(public_checks, handout):
    """All points of all public checks."""
    solve(handout)
    run = public_checks()
    assert run.returncode == 0, run.stdout + run.stderr
    assert run.stdout.count("    pass ") == sum(check.seen == "public" for check in checks().values())
    public, hidden = worth("public"), worth("hidden")
    assert f"{public} of {public} points here. The grader has other data, and hidden checks worth {hidden} more." in run.stdout


def test_one_question_can_be_picked(public_checks, handout):
    """pytest -k q4."""
    solve(handout)
    run = public_checks("-k", "q4")
    assert {line.split()[0] for line in run.stdout.splitlines() if line.startswith("q")} == {"q4"}
    public, hidden = worth("public", "q4"), worth("hidden", "q4")
    assert f"{public} of {public} points here. The grader has other data, and hidden checks worth {hidden} more." in run.stdout


def test_a_given_module_is_read_again_once_it_is_corrected(handout):
    """In a notebook, whose kernel goes on."""
    code = """
import pathlib, sys
from public_checks import given
path = pathlib.Path("training.py")
whole = path.read_text()
path.write_text("def broken(:")
try:
    given.training
except SyntaxError:
    path.write_text(whole)
print(given.training.gradient_descent.__name__)
"""
    done = subprocess.run([sys.executable, "-B", "-c", code], cwd=handout, capture_output=True, text=True, check=False)
    assert done.stdout == "gradient_descent\n", done.stderr


@pytest.mark.parametrize(("order", "questions"), [(["check"], ()), (["check", "Q=q4"], ("q4",))])
def test_make_runs_them_too(handout, order, questions):
    """All, or those of one question; that some fail is told in words, and not by make once more."""
    run = subprocess.run(["make", *order, f"PYTHON={sys.executable}"], cwd=handout, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    assert f"0 of {worth('public', *questions)} points here" in run.stdout


def test_a_question_that_is_not_there_is_said(public_checks):
    """With those that are."""
    assert f"There is no such question: {', '.join(QUESTIONS)} are there." in public_checks("-k", "nonsense").stdout


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
    followers = [rf"q5.small +{NUMBER}  a case", rf"q5.integer +{NUMBER}  uint8", rf"q5.application +{NUMBER}  the nearest"]
    assert re.search("\n".join(f"    fail  {follower}.*" for follower in followers), told)


def points(check: str) -> str:
    """Points of a check, as students read them."""
    return f"{checks()[check].points:g}"


MORE = """

exact = {0}


def {0}(*given):
    return {1}
"""
EPSILON = """

def softmax_loss_naive(W, X, y, reg):
    loss = reg * np.sum(W**2)
    for x, c in zip(X, y):
        p = np.exp(x @ W - np.max(x @ W))
        loss -= np.log(p[c] / p.sum() + 1e-6) / len(X)
    return loss, softmax_loss_vectorized(W, X, y, reg)[1]
"""
OTHERS = [question for question, module in QUESTIONS.items() if module != "softmax"]
BROKEN = {
    "a syntax error": (
        {"replace": ("def softmax_jacobian(z):", "def softmax_jacobian(z)")},
        [
            "softmax.py cannot be imported:",
            "SyntaxError: expected ':'",
            "The same as for q1.shape.",
            f"{worth('public', *OTHERS)} of {worth('public')} points here",
        ],
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
        [
            "    FAIL  q1.shape",
            "softmax_jacobian raised NotImplementedError at softmax.py line ",
            f"0 of {worth('public', 'q1')} points",
        ],
    ),
    "a loss without reg": (
        {"replace": ("loss = loss / N + reg *", "loss = loss / N + 0.3 *")},
        [
            f"    FAIL  q3.identities   {points('q3.identities')}",
            "The loss stays the same when reg changes: it should grow by reg * sum(W**2).",
        ],
    ),
    "a small number in the logarithm": (
        {"append": EPSILON},
        [f"    pass  q3.identities   {points('q3.identities')}", "The first digits are right"],
    ),
    "a loop that is wrong": (
        {"replace": ("loss = loss / N + reg", "loss = loss + reg")},
        ["The loss, compared with the loop's, is not right", "yours     loop", "A check of q3 fails too: begin there."],
    ),
    "three values for two": (
        {"append": MORE.format("softmax_loss_naive", "*exact(*given), None")},
        [
            "(4, 7); yours is a",
            "tuple of 3: a single number; an array of shape (4, 7) and type float64; None.",
            "Which two of these values does the question ask for?",
            f"    pass  q3.identities   {points('q3.identities')}",
            f"    pass  q4.agree        {points('q4.agree')}",
        ],
    ),
    "five values for four": (
        {"append": MORE.format("cross_entropy_gradients", "1.0, *exact(*given)")},
        [
            "return (da, dz, dW, db); yours is a tuple of 5: a single number; an",
            "Which four of these values does the question ask for?",
        ],
    ),
    "scores that are shifted in place": (
        {"replace": ("s = np.exp(z - np.max(z))", "z -= np.max(z)\n    s = np.exp(z)")},
        [
            f"    FAIL  q1.shape        {points('q1.shape')}",
            "The call changed its argument z.",
            "Does an operation like -= or a slice assignment write into z itself?",
            f"    pass  q1.identities   {points('q1.identities')}",
        ],
    ),
    "weights that are changed in place": (
        {"append": MORE.format("softmax_loss_naive", "(exact(*given), given[0].fill(0))[0]")},
        [
            f"    FAIL  q3.purity       {points('q3.purity')}",
            "The call changed its argument W.",
            f"    pass  q3.identities   {points('q3.identities')}",
        ],
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
    run = public_checks()
    assert run.returncode == 1
    for text in words:
        assert text in run.stdout, run.stdout
    assert "Traceback" not in run.stdout + run.stderr
    assert "hello" not in run.stdout


A = np.arange(1.0, 36.0).reshape(7, 5)


def changed(place, values):
    """A with other entries at a place."""
    other = A.copy()
    other[place] = values
    return other


AT_WORST = "The largest difference is at "
TIMES = "times the expected value"
DIFFERENCES = {
    "all by one factor": (A / 4, A, f"{AT_WORST}[6, 4]. Yours is 0.25 {TIMES} everywhere."),
    "all by another factor": (A**2, A, f"{AT_WORST}[6, 4]. Yours is 35 {TIMES} there."),
    "a vector": (np.array([0, -2.0]), np.array([0, 1.0]), f"Yours is -2 {TIMES} everywhere."),
    "a number": (np.float64(6.0), np.float64(2.0), f". Yours is 3 {TIMES}."),
    "a column": (
        changed((slice(None), 2), 2 * A[:, 2]),
        A,
        f"{AT_WORST}[6, 2]. Yours is 2 {TIMES} there. Only column [2] of 5 differs.",
    ),
    "a part of a row": (changed((1, slice(3)), 0), A, "at [1, 2]. Only row [1] of 7 differs."),
    "two rows": (changed([0, 3], 0), A, f"{AT_WORST}[3, 4]. Only rows [0] and [3] of 7 differ."),
    "three rows": (changed([0, 3, 6], 0), A, "Only rows [0], [3] and [6] of 7 differ."),
    "four rows": (changed([0, 2, 3, 6], 0), A, f"{AT_WORST}[6, 4]."),
    "three of five columns": (changed((slice(None), slice(3)), 0), A, f"{AT_WORST}[6, 2]."),
    "an entry": (
        changed((2, 3), 7),
        A,
        f"Only the entry at [2, 3] differs. Yours is 0.5 {TIMES} there.",
    ),
    "an entry of a vector": (A[0] - 2 * np.eye(5)[1], A[0], "Only the entry at [1] differs."),
    "an entry beside others that are nearly wrong": (
        changed((3, 2), 18.0002) + 6e-5,
        A,
        f"{AT_WORST}[3, 2].",
    ),
    "not a number": (changed((2, 3), np.nan), A, "dW is NaN at 1 of 35 places, first [2, 3]."),
}


@pytest.mark.parametrize("name", DIFFERENCES)
def test_words_say_where_a_result_differs_and_by_which_factor(name):
    yours, expected, words = DIFFERENCES[name]
    with pytest.raises(expect.Mismatch) as caught:
        expect.close(yours, expected, "dW", 1e-6)
    assert caught.value.summary.endswith(words)


@pytest.mark.parametrize(
    ("yours", "expected", "rows"),
    [
        (2.891011, 2.891014, [["2.891011", "2.891014"]]),
        (1.0, 1.0 + 2**-52, [["1", "1.0000000000000002"]]),
        (np.array([2.0, 3.0, 4.0]), np.array([2.0, 3.5, 4.0]), [["[1]", "3", "3.5"]]),
        (
            np.array([[1e-7, 0.25], [1.0, 3.0]]),
            np.array([[0.0, 0.25], [1.00001, 2.0]]),
            [["[1,", "1]", "3", "2"], ["[1,", "0]", "1", "1.00001"], ["[0,", "0]", "1e-07", "0"]],
        ),
    ],
)
def test_table_shows_wrong_entries_with_digits_until_they_differ(yours, expected, rows):
    """Two equal numbers, as in 2.89101 and 2.89101, would say that nothing is wrong."""
    with pytest.raises(expect.Mismatch) as caught:
        expect.close(yours, expected, "dW", 1e-17)
    heading, *table = caught.value.table.splitlines()
    assert heading.split() == ["yours", "expected"]
    assert [line.split() for line in table] == rows
    assert {len(line) for line in table} == {len(heading)}
