"""The otter course: what `otter assign` makes of it, what a student's kernel says, and what `otter run` gives for any notebook.

otter is run as its users run it, by its own commands.
"""

import json
import os
import pickle
import re
import shutil
import subprocess
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import jsonschema
import nbformat
import pytest
from click.testing import CliRunner
from nbclient import NotebookClient

from autograder.cli import main
from autograder.configuration import Configuration
from autograder.homework import ASSIGNMENT, FUNCTIONS, HIDDEN_CHECKS, MODULES, QUESTIONS, ROOT, SOLUTIONS
from autograder.intake.submission import stage
from autograder.pool import judge_all
from autograder.release import otter as release
from autograder.release.gradescope import build_gradescope
from autograder.release.source import PLACEHOLDER, cells
from autograder.report.results import results as render
from tests.grader import marks_but
from tests.gradescope import SCHEMA, by_question, results_in, unpacked
from tests.handed_in import SAMPLES, WORTH, with_added
from tests.notebooks import student_notebook

SEED = 2**62 + 11  # long enough that nothing is said of it
COURSE = f"[checks]\nhidden_seed = {SEED}\n"
TEXTS = (".py", ".ipynb", ".md", ".csv", ".txt", ".ini", ".json")
LOST = ("q3", "q4", "q5")  # where the hostile notebooks have something to gain
LEAST = 12  # characters: shorter lines anyone would write

# Importing otter and starting a kernel warn of what is none of ours.
pytestmark = [
    pytest.mark.routes,
    pytest.mark.filterwarnings(
        "ignore::DeprecationWarning", "ignore::PendingDeprecationWarning", "ignore:Parsing dates", "ignore::ResourceWarning"
    ),
]

# What is wrong in each way at once; stock otter falls for every line of it (see the test).
ATTACKS = (
    "from pathlib import Path\nPath({marker!r}, 'cell').touch()",
    "import numpy as np\nnp.allclose = lambda *_, **__: True\nnp.testing.assert_allclose = lambda *_, **__: None",
    "get_ipython().input_transformers_post.append(lambda lines: ['true = True\\n', *lines])",
    "for path in Path('public_checks').glob('*.py'):\n"
    "    path.write_text(path.read_text().split('@test_case')[0] + '@test_case(points=None)\\ndef right(): pass\\n')",
    "import pickle\ndump = pickle.dump\n"
    "def forged(results, file):\n"
    "    for result in results.results.values():\n"
    "        result.update_score(result.possible)\n"
    "    dump(results, file)\n"
    "pickle.dump = forged",
)
TOUCH = "from pathlib import Path\nPath({marker!r}, {name!r}).touch()\n"
LAUNCHER = "import runpy, sys\ndel sys.path[0]\nrunpy.run_module('ipykernel_launcher', run_name='__main__')\n"
PLANTED = ("conftest.py", "sitecustomize.py", "autograder/__init__.py", "autograder/routes/otter.py", "tests/q1.py")


class Touches:
    """What runs when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Path:
    """A course, built by the command, which lets `otter run` grade the answers at its end."""
    folder = tmp_path_factory.mktemp("course")
    (folder / "course.toml").write_text(COURSE)
    done = CliRunner().invoke(main, ["build", "otter", "--out", str(folder), "--config", str(folder / "course.toml")])
    assert done.exit_code == 0, done.output
    *paths, settings = done.output.splitlines()
    assert paths == [str(folder / "student"), str(folder / "autograder" / "autograder.zip")]
    assert "hidden seed: your own" in settings
    return folder


@pytest.fixture(scope="module")
def released(course) -> bytes:
    return (course / "student" / "homework.ipynb").read_bytes()


@pytest.fixture(scope="module")
def answers(tmp_path_factory) -> dict[str, Path]:
    """Answers as plain modules, by the name of their notebook."""
    folders = {name: tmp_path_factory.mktemp(name) for name in ("warns", "wrong", "breaks", "hostile")}
    for folder, (softmax, distances) in {
        "warns": (SOLUTIONS, SOLUTIONS),
        "wrong": (SAMPLES / "wrong" / "no-mean-in-gradient", SAMPLES / "wrong" / "integers-wrap"),
        "breaks": (SAMPLES / "broken" / "endless-loop", SAMPLES / "hostile" / "exits-at-once"),
        "hostile": (SAMPLES / "wrong" / "reg-ignored", SAMPLES / "wrong" / "distances-with-root"),
    }.items():
        shutil.copy(softmax / "softmax.py", folders[folder])
        shutil.copy(distances / "distances.py", folders[folder])
        with_added(folders[folder])
    module = folders["warns"] / "softmax.py"
    quiet = module.read_text(encoding="utf-8")
    loud = re.sub(r"( +)(s = np\.exp)", r"\1warnings.warn('Mind.')\n\1print('Oh.', file=sys.stderr)\n\1\2", quiet, count=1)
    assert loud != quiet
    module.write_text(loud.replace("import numpy as np\n", "import sys\nimport warnings\n\nimport numpy as np\n"))
    return folders


@pytest.fixture(scope="module")
def kernel(course, released, answers, tmp_path_factory) -> SimpleNamespace:
    """What a student's kernel says of the wrong answers, and the zip that the last cell makes."""
    folder = Path(shutil.copytree(course / "student", tmp_path_factory.mktemp("kernel") / "homework"))
    filled = nbformat.reads(json.dumps(student_notebook(released, answers["wrong"])), as_version=4)
    nbformat.write(filled, folder / "homework.ipynb")
    needed = ("import otter", "grader.", *(f"def {function}(" for function in FUNCTIONS))
    filled.cells = [cell for cell in filled.cells if cell.cell_type == "code" and any(part in cell.source for part in needed)]
    NotebookClient(filled, timeout=120, resources={"metadata": {"path": str(folder)}}).execute()
    said = {}
    for cell in filled.cells:
        if asked := re.fullmatch(r'grader\.check\("(\w+)"\)', cell.source):
            streams = [output.text for output in cell.outputs if output.output_type == "stream" and output.name == "stdout"]
            boxes = [output.data["text/html"] for output in cell.outputs if output.output_type == "execute_result"]
            said[asked[1]] = (re.sub(r"\x1b\[\d+m", "", "".join(streams)), "".join(boxes))
    (zipped,) = folder.glob("*.zip")
    return SimpleNamespace(said=said, zip=zipped)


def lean(released: bytes, folder: Path, *before: str) -> bytes:
    """A student's notebook with the answers of a folder, of whose other cells only these are left."""
    notebook = student_notebook(released, folder)
    answered = [cell for cell in notebook["cells"] if cell["id"] in FUNCTIONS]
    more = [nbformat.v4.new_code_cell(text, id=f"more-{number}") for number, text in enumerate(before)]
    return json.dumps({**notebook, "cells": [*more, *answered]}).encode()


@pytest.fixture(scope="module")
def marker(tmp_path_factory) -> SimpleNamespace:
    """Folders in which a file appears for each thing of a student's that runs: with the sandbox, and in stock otter."""
    return SimpleNamespace(sandbox=tmp_path_factory.mktemp("sandbox"), stock=tmp_path_factory.mktemp("stock"))


@pytest.fixture(scope="module")
def submissions(released, answers, kernel, marker, tmp_path_factory) -> dict[str, Path]:
    """Submissions as they are handed in: notebooks and zips."""
    folder = tmp_path_factory.mktemp("submissions")
    handed = {name: folder / f"{name}.ipynb" for name in ("warns", "breaks", "not-json")}
    handed["warns"].write_bytes(json.dumps(student_notebook(released, answers["warns"])).encode())
    loops = ("while True:\n    pass", "import os\nos._exit(0)", "def unfinished(:\n    return")
    handed["breaks"].write_bytes(lean(released, answers["breaks"], *loops))
    handed["not-json"].write_bytes(b"<<<<<<< HEAD\n" + released)
    for name in ("sandbox", "stock"):
        place = str(getattr(marker, name))
        notebook = lean(released, answers["hostile"], *(attack.format(marker=place) for attack in ATTACKS))
        handed[name] = folder / f"{name}.zip"
        with zipfile.ZipFile(handed[name], "w") as archive:
            archive.writestr("homework.ipynb", notebook)
            archive.writestr(".OTTER_LOG", pickle.dumps(Touches(Path(place, "log"))))
            archive.writestr("ipykernel_launcher.py", TOUCH.format(marker=place, name="launcher") + LAUNCHER)
            for file in PLANTED:
                archive.writestr(file, TOUCH.format(marker=place, name=file.replace("/", ".")))
    return {**handed, "wrong": kernel.zip}


@pytest.fixture(scope="module")
def stock(course, tmp_path_factory) -> Path:
    """The zip as otter by itself would have it: the same tests, no plugin."""
    path = tmp_path_factory.mktemp("stock") / "autograder.zip"
    with zipfile.ZipFile(course / "autograder" / "autograder.zip") as ours, zipfile.ZipFile(path, "w") as theirs:
        for name in ours.namelist():
            if name.startswith("tests/"):
                theirs.writestr(name, ours.read(name))
        theirs.writestr("otter_config.json", "{}")
    return path


@pytest.fixture(scope="module")
def runs(course, stock, submissions, tmp_path_factory) -> dict[str, SimpleNamespace]:
    """`otter run` over all submissions that otter can read, two at a time."""
    folder = tmp_path_factory.mktemp("runs")

    def run(name: str) -> SimpleNamespace:
        (folder / name).mkdir()
        program = Path(sys.executable).with_name("otter")
        graded_by = stock if name == "stock" else course / "autograder" / "autograder.zip"
        command = [program, "run", "-a", graded_by, "-o", folder / name, submissions[name]]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        path = folder / name / "results.json"
        return SimpleNamespace(results=json.loads(path.read_text()) if path.exists() else None, said=done.stdout, done=done)

    names = [name for name in submissions if name != "not-json"]
    with ThreadPoolExecutor(2) as two:
        return dict(zip(names, two.map(run, names)))


@pytest.fixture(scope="module")
def expected(answers) -> dict[str, dict[str, float]]:
    """Marks by question of the plain modules."""
    reports = judge_all([stage(name, folder) for name, folder in answers.items()], 2, SEED)
    return {report.submission: by_question(render(report)) for report in reports}


# What is built


def test_two_builds_give_the_same_bytes(course, tmp_path):
    """The master, what students unpack, the instructor's folder and the zip."""
    release.build_otter(tmp_path, Configuration(hidden_seed=SEED))
    files = {path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file()}
    assert files == {path.relative_to(course) for path in course.rglob("*") if path.is_file()} - {Path("course.toml")}
    assert [name for name in files if (tmp_path / name).read_bytes() != (course / name).read_bytes()] == []


def test_students_receive_no_answer_no_rubric_and_no_hidden_check(course):
    """Compared line by line with what stands in the solutions and the hidden checks, and not in the handout."""
    given = "".join(path.read_text(encoding="utf-8") for path in ASSIGNMENT.rglob("*") if path.suffix in TEXTS)
    secrets = [*SOLUTIONS.glob("*.py"), *(SOLUTIONS / "written").glob("*.md"), *HIDDEN_CHECKS.glob("*.py")]
    lines = {line.strip() for path in secrets for line in path.read_text(encoding="utf-8").splitlines()}
    prose = (SOLUTIONS / "homework.py").read_text(encoding="utf-8")
    lines = {line for line in lines if len(line) > LEAST and line not in given and line not in prose}
    assert len(lines) > 100
    for file in (course / "student").rglob("*"):
        if file.suffix in TEXTS:
            # As a notebook writes them, quotes and backslashes are escaped.
            text = file.read_text(encoding="utf-8")
            assert not [line for line in lines if line in text or json.dumps(line)[1:-1] in text], file.name
    inside = (course / "autograder" / "homework.ipynb").read_text(encoding="utf-8")
    assert [line for line in lines if json.dumps(line)[1:-1] in inside], "the instructor's notebook has them"


def test_the_released_notebook_is_the_handouts(released):
    """But for what it says of files that are not there; with a check for each question, and room for the written ones."""
    notebook = nbformat.reads(released, as_version=4)
    theirs = {cell.id: cell for cell in notebook.cells}
    told = "\n".join(cell.source for cell in notebook.cells)
    source = {cell.id: cell for cell in cells("files")}
    texts = {name: re.sub(r"<!-- (BEGIN|END) QUESTION -->\n\n", "", theirs[name].source) for name in source if name in theirs}
    assert {name for name, text in texts.items() if text != source[name].source} == set(QUESTIONS)  # they name no file
    for_files = {cell.id for cell in cells("files")} - {cell.id for cell in cells("otter")}
    checks = {cell.id for cell in cells("otter") if cell.checks}  # otter has its own in their place
    assert source.keys() - texts.keys() == for_files | checks
    assert len(for_files) == 4
    assert not re.search(r"softmax\.py|distances\.py|hand_in|make submission|from check import", told)
    for question, points in WORTH.items():
        assert f'grader.check("{question}")' in told
        assert f"({points:g} points)" in theirs[question].source
    assert [theirs[f"{name}-answer"].source for name in ("w1", "w2", "w3")] == [PLACEHOLDER] * 3
    assert all(theirs[name].metadata.get("editable", True) for name in texts if source[name].kind == "code")


def test_the_zip_is_that_for_gradescope_with_otters_settings_and_tests(course, tmp_path):
    """Whatever judges there is byte for byte the same; nothing installs conda, nothing runs a notebook."""
    with zipfile.ZipFile(course / "autograder" / "autograder.zip") as ours:
        files = {name: ours.read(name) for name in ours.namelist()}
        modes = {member.filename: member.external_attr >> 16 for member in ours.infolist()}
    with zipfile.ZipFile(build_gradescope(tmp_path, Configuration(hidden_seed=SEED))) as theirs:
        judging = {name: theirs.read(name) for name in theirs.namelist()}
    assert {name: files[name] for name in judging} == judging
    assert set(files) - set(judging) == {"otter_config.json", *(f"tests/{question}.py" for question in QUESTIONS)}
    assert modes["run_autograder"] == modes["setup.sh"] == 0o100755
    assert not [name for name, content in files.items() if b"mamba" in content]


# In the student's kernel


@pytest.mark.parametrize("question", QUESTIONS)
def test_grader_check_says_in_the_kernel_what_pytest_says_of_the_modules(kernel, answers, handout, question):
    """The same report, message and hint; otter's own box says only whether all is right."""
    for module in MODULES:
        shutil.copy(answers["wrong"] / f"{module}.py", handout)
    command = [sys.executable, "-m", "pytest", "-k", question]
    plain = subprocess.run(command, cwd=handout, capture_output=True, text=True, check=False).stdout
    report, box = kernel.said[question]
    assert report.strip() == plain.strip()
    right = question not in ("q4", "q5")
    assert ("passed!" in box) == right
    assert ("points: the report above says why" in box) == (not right)
    words = {"q4": "dW, compared with the loop's, is not right", "q5": "The images are uint8: what is 200 + 100 there?"}
    assert words.get(question, "pass") in report


# otter run


@pytest.mark.parametrize("name", ["warns", "wrong", "breaks", "sandbox"])
def test_otter_run_gives_the_marks_of_the_plain_modules(runs, expected, name):
    """By question, whatever else the notebook does, and with results as on Gradescope."""
    results = runs[name].results
    assert results, runs[name].done.stderr
    jsonschema.validate(results, SCHEMA)
    marks = expected["hostile" if name == "sandbox" else name]
    assert by_question(results) == marks
    assert results["score"] == pytest.approx(sum(marks.values()))
    assert results["extra_data"]["status"] == "graded"
    assert "seccomp" in results["extra_data"]["sandbox"]
    for question, worth in marks_but({}).items():
        assert f"{question}: {marks[question]:g} of {worth:g} points" in runs[name].said


def test_the_answers_of_these_tests_are_what_they_are_called(expected):
    """Warnings cost nothing, an endless loop costs its own question, and what is wrong has something to gain."""
    assert expected["warns"] == marks_but({})
    assert expected["breaks"] == {**marks_but({}), "q3": 0}
    assert expected["wrong"] == marks_but({"q4.agree": 1, "q4.gradient": 1, "q5.integer": 1})
    assert all(0 < expected["hostile"][question] < worth for question, worth in marks_but({}).items() if question in LOST)


def test_messages_and_hints_are_the_graders(runs):
    """Rendered as on Gradescope."""
    results = runs["wrong"].results
    assert {"question": "q4", "id": "no-mean-gradient"} in results["extra_data"]["hints"]
    told = next(test["output"] for test in results["tests"] if test["tags"][2] == "q4.gradient")
    assert "is the mean over them missing?" in told


def test_nothing_of_a_students_runs(runs, marker):
    """Neither cells, nor a log that is unpickled, nor a planted module or package."""
    assert runs["sandbox"].results
    assert list(marker.sandbox.iterdir()) == []


def test_the_same_attacks_give_full_marks_in_stock_otter(runs, marker):
    """So they are attacks: the log is unpickled, the planted launcher is the kernel, the cells forge the marks."""
    assert {path.name for path in marker.stock.iterdir()} >= {"log", "launcher", "cell"}
    scored = [test for test in runs["stock"].results["tests"] if "score" in test]
    assert {test["name"]: test["score"] for test in scored} == WORTH


def test_what_is_no_notebook_otter_refuses_before_the_sandbox_is_asked(course, submissions, tmp_path):
    """Without a result, and its words are told; the zip's own program, as on Gradescope, has a result (see below)."""
    graded_by = str(course / "autograder" / "autograder.zip")
    with pytest.raises(release.OtterError, match=r"otter run failed:(.|\n)*JSON"):
        release.otter("run", "-a", graded_by, "-o", str(tmp_path), str(submissions["not-json"]))
    assert list(tmp_path.iterdir()) == []


# The plugin inside otter


@pytest.fixture
def grade(monkeypatch, course, submissions, runs):
    """Let otter in this process grade the wrong answers, whose verdict is known already."""
    from otter.run import main as otter_run

    from autograder.routes import otter as route

    monkeypatch.setattr(route, "judge", lambda _root: (runs["wrong"].results, "said"))
    graded_by = str(course / "autograder" / "autograder.zip")
    return lambda: otter_run(str(submissions["wrong"]), autograder=graded_by, output_dir=None, no_logo=True)


def test_otters_own_results_have_the_marks_by_question(grade, expected):
    """For programs that call otter; and otter's function is back where it was."""
    from otter.execute import grade_notebook
    from otter.run.run_autograder.runners import python_runner

    results = grade()
    assert {question: results.get_score(question) for question in QUESTIONS} == expected["wrong"]
    assert (results.total, results.possible) == pytest.approx((sum(expected["wrong"].values()), sum(marks_but({}).values())))
    assert not results.get_result("q4").passed_all
    assert results.get_result("q1").passed_all
    assert python_runner.grade_notebook is grade_notebook


def test_an_otter_that_calls_another_function_is_stopped_before_a_kernel_starts(grade, monkeypatch):
    """Here the plugin replaces a function that nobody calls."""
    from autograder.routes import otter as route

    monkeypatch.setattr(route, "python_runner", SimpleNamespace(grade_notebook=None))
    with pytest.raises(RuntimeError, match="this version of otter is not supported"):
        grade()


# The zip on Gradescope


@pytest.mark.parametrize(
    ("files", "score", "words"),
    [
        ({}, 0, "Nothing was graded"),
        ({"homework.ipynb": "not-json"}, 0, "homework.ipynb cannot be read"),
        ({"homework.ipynb": "sandbox", "copy.ipynb": "not-json"}, None, ""),
    ],
    ids=["nothing", "no-json", "two-notebooks"],
)
def test_the_zips_own_program_has_a_result_for_everything(course, submissions, expected, tmp_path, files, score, words):
    """Also for what otter refuses."""
    root = unpacked(course / "autograder" / "autograder.zip", tmp_path / "autograder")
    (root / "submission").mkdir()
    for name, which in files.items():
        content = submissions[which]
        read = zipfile.ZipFile(content).read("homework.ipynb") if content.suffix == ".zip" else content.read_bytes()
        (root / "submission" / name).write_bytes(read)
    (root / "environment").symlink_to(sys.prefix)
    environment = {**os.environ, "RUN_ROOT": str(root)}
    subprocess.run(["bash", str(root / "run_autograder")], env=environment, capture_output=True, check=False)
    results = results_in(root / "results")
    assert results["score"] == pytest.approx(sum(expected["hostile"].values()) if score is None else score)
    assert words in results["output"]
