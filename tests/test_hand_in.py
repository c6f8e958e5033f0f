"""Handing in: what a student has is looked at as the grader will, and what can be handed in is."""

import json
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from autograder.homework import MODULES, QUESTIONS, SOLUTIONS
from autograder.intake.submission import stage
from public_checks.answers import listed
from tests.handed_in import REFERENCE


def hand_in(handout: Path) -> subprocess.CompletedProcess[str]:
    """Run it from elsewhere, in a terminal that knows ASCII only."""
    run = subprocess.run(
        [sys.executable, "-B", str(handout / "hand_in.py")],
        cwd=handout.parent,
        env={"PYTHONIOENCODING": "ascii", "PYTHONWARNINGS": "error"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.stderr == ""
    return run


def row(run: subprocess.CompletedProcess[str], question: str) -> str:
    return next(line for line in run.stdout.splitlines() if line.startswith(question + " "))


def change_notebook(handout: Path, **sources: str) -> None:
    """Replace the text of cells, by id."""
    path = handout / "homework.ipynb"
    tree = json.loads(path.read_text(encoding="utf-8"))
    for cell in tree["cells"]:
        cell["source"] = sources.get(cell["id"].replace("-", "_"), cell["source"])
    path.write_text(json.dumps(tree), encoding="utf-8")


def test_stubs_are_not_handed_in(handout):
    """Each question is said not to be started; an old zip stays as it is."""
    (handout / "submission.zip").write_bytes(b"old")
    run = hand_in(handout)
    assert run.returncode == 1
    for question in (*QUESTIONS, "w1", "w2", "w3"):
        assert row(run, question).endswith("not started")
    assert "No answer was found, so no zip was made. submission.zip is still an old one." in run.stdout
    assert (handout / "submission.zip").read_bytes() == b"old"


def test_a_folder_without_answer_files_is_told_what_is_missing(handout):
    """By name, and where."""
    for name in (*REFERENCE, "homework.ipynb"):
        (handout / name).unlink()
    run = hand_in(handout)
    assert run.returncode == 1
    assert f"There is no {', '.join(REFERENCE)} or homework.ipynb in " in run.stdout
    assert row(run, "q1").endswith("missing")
    assert not (handout / "submission.zip").exists()


def test_one_answer_is_enough_and_the_zip_holds_the_files_as_they_are(handout):
    """And nothing else of the folder; the grader reads the same from it."""
    shutil.copy(SOLUTIONS / "distances.py", handout)
    (handout / "written.pdf").write_bytes(b"%PDF")
    (handout / "secret.py").write_text("x")
    run = hand_in(handout)
    assert run.returncode == 0
    assert re.fullmatch(r"q5  pairwise_squared_distances  distances.py line 6 +filled", row(run, "q5"))
    assert row(run, "q4").endswith("not started")
    assert row(run, "w1").endswith("handed in, not looked into")
    assert "Warning" not in run.stdout
    with zipfile.ZipFile(handout / "submission.zip") as archive:
        assert archive.namelist() == [*REFERENCE, "homework.ipynb", "written.pdf"]
        assert all(archive.read(name) == (handout / name).read_bytes() for name in archive.namelist())
    staged = stage("x", handout / "submission.zip")
    assert staged.sources == {module: (handout / f"{module}.py").read_bytes() for module in MODULES}
    assert staged.reason == ""


def test_the_same_answers_make_the_same_zip(handout):
    """Byte for byte."""
    shutil.copy(SOLUTIONS / "softmax.py", handout)
    hand_in(handout)
    first = (handout / "submission.zip").read_bytes()
    hand_in(handout)
    assert (handout / "submission.zip").read_bytes() == first


def test_make_hands_in_too(handout):
    """With the interpreter that it is given."""
    shutil.copy(SOLUTIONS / "softmax.py", handout)
    subprocess.run(["make", "submission", f"PYTHON={sys.executable}"], cwd=handout, capture_output=True, check=True)
    assert stage("x", handout / "submission.zip").sources["softmax"] == (SOLUTIONS / "softmax.py").read_bytes()


def test_answers_in_the_notebook_are_found(handout):
    """With their cell; the written ones too."""
    change_notebook(handout, softmax_jacobian="def softmax_jacobian(z):\n    return z", w2_answer="Because.")
    run = hand_in(handout)
    assert run.returncode == 0
    assert re.fullmatch(r"q1  softmax_jacobian +cell \d+ line 1 of homework.ipynb +filled", row(run, "q1"))
    assert row(run, "q5").endswith("not started")
    assert row(run, "w1").endswith("not started")
    assert row(run, "w2").endswith("answered")


def test_a_missing_import_is_warned_of(handout):
    """With its line; it is handed in all the same."""
    source = (SOLUTIONS / "softmax.py").read_text(encoding="utf-8")
    plot = "\n\ndef plot():\n    import matplotlib.pyplot\n    import digits\n"
    (handout / "softmax.py").write_text(source + plot, encoding="utf-8")
    run = hand_in(handout)
    assert run.returncode == 0
    (warning,) = re.findall("Warning: (.*)", run.stdout)
    assert warning == (
        f"softmax.py line {len(source.splitlines()) + 4} imports matplotlib.pyplot, which the grader does not have."
        f" Remove the import, or {listed([q for q, module in QUESTIONS.items() if module == 'softmax'])} may earn nothing."
    )


def test_a_syntax_error_is_named_with_its_line(handout):
    """And handed in: at the deadline half an answer is better than none."""
    (handout / "softmax.py").write_text("x = 1\ndef softmax_jacobian(z)\n    return 'ä'\n", encoding="utf-8")
    run = hand_in(handout)
    assert run.returncode == 0
    assert "cannot be read: softmax.py line 2 (" in row(run, "q1")


def test_a_message_is_shown_in_any_terminal(handout):
    """Python's own words may hold characters that a terminal does not have."""
    (handout / "softmax.py").write_text("x = 2 × 3\n", encoding="utf-8")
    assert r"invalid character '\xd7'" in row(hand_in(handout), "q1")


def test_a_syntax_error_in_a_cell_is_named_with_its_cell(handout):
    """For the question that it costs, and as a warning."""
    change_notebook(handout, softmax_jacobian="def softmax_jacobian(z)\n    return z")
    run = hand_in(handout)
    assert run.returncode == 0
    assert re.search(r"cannot be read: cell \d+ line 1 of homework.ipynb \(", row(run, "q1"))
    assert row(run, "q2").endswith("not started")
    assert "Warning: Left out, since it cannot be read: cell " in run.stdout


def test_answers_that_are_passed_over_are_warned_of(handout):
    """Where module and notebook answer the same question."""
    shutil.copy(SOLUTIONS / "distances.py", handout)
    change_notebook(handout, pairwise_squared_distances="def pairwise_squared_distances(A, B):\n    return A @ B.T")
    run = hand_in(handout)
    assert "distances.py line 6" in row(run, "q5")
    assert "Warning: distances.py is graded, since it answers q5; what homework.ipynb answers (q5) is not." in run.stdout


def test_a_broken_notebook_is_warned_of(handout):
    """Its written answers are not found, the modules are."""
    shutil.copy(SOLUTIONS / "distances.py", handout)
    (handout / "homework.ipynb").write_bytes(b"{")
    run = hand_in(handout)
    assert run.returncode == 0
    assert "Warning: homework.ipynb cannot be read: it is not a notebook, since it is not JSON at line 1." in run.stdout
    assert row(run, "w1").endswith("its cell is not found")


def test_a_file_that_is_too_large_for_the_grader_is_warned_of(handout):
    """As a notebook full of pictures is."""
    shutil.copy(SOLUTIONS / "distances.py", handout)
    with (handout / "homework.ipynb").open("ab") as file:
        file.write(b" " * (20 << 20))
    run = hand_in(handout)
    assert run.returncode == 0
    assert "Warning: homework.ipynb has 20.0 MiB, and the grader reads 20 at most. Clear its outputs." in run.stdout
