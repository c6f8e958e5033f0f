"""Gradescope's zip in a container like Gradescope's, from setup.sh to results.json, with half a core and 750 MB.

The image's own python3 makes the environment, and the package registry fills it. These tests need root and runc:
`make gradescope-test` selects them.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from autograder.configuration import Configuration
from autograder.homework import SOLUTIONS
from autograder.intake.submission import stage
from autograder.pool import judge_all
from autograder.release.gradescope import build_gradescope
from autograder.report.course import full_marks
from autograder.report.results import results as render
from autograder.routes.gradescope import RESERVED
from tests.container.run import Bind, Container, pip_settings, run
from tests.gradescope import results_in, unpacked
from tests.handed_in import SAMPLES

pytestmark = pytest.mark.container

# `make gradescope-test` names the settings of the course, if there are any.
COURSE = Configuration.from_toml(Path(os.environ["COURSE"])) if "COURSE" in os.environ else Configuration(hidden_seed=11)
MEMORY = 750_000_000  # bytes, as Gradescope's smallest container has
CPUS = 0.5
SUBMISSIONS = [
    SOLUTIONS,
    SAMPLES / "right" / "notebook-only",
    SAMPLES / "wrong" / "no-mean",
    SAMPLES / "broken" / "syntax-error",
    SAMPLES / "broken" / "zip-with-macosx",
    SAMPLES / "hostile" / "memory-bomb",
    SAMPLES / "hostile" / "fork-bomb",
    SAMPLES / "hostile" / "kills-everything",
    SAMPLES / "hostile" / "reads-environment",
    SAMPLES / "hostile" / "deaf-loop",
]


class Image:
    """The folders of a container that last from one run to the next."""

    def __init__(self, folder: Path) -> None:
        self.autograder = unpacked(build_gradescope(folder, COURSE), folder / "autograder")

    @property
    def binds(self) -> tuple[Bind, ...]:
        return (Bind(self.autograder, "/autograder", writable=True),)

    def set_up(self) -> subprocess.CompletedProcess[str]:
        env, binds = pip_settings()
        command = ("bash", "/autograder/source/setup.sh")
        return run(
            Container(command, network=True, env={"HOME": "/root", **env}, binds=(*self.binds, *binds), tmpfs=("/root",)),
            capture=True,
        )

    def grade(self, submission: Path) -> tuple[dict, str]:
        shutil.rmtree(self.autograder / "submission", ignore_errors=True)
        shutil.copytree(submission, self.autograder / "submission")
        (self.autograder / "results" / "results.json").unlink(missing_ok=True)
        command = ("bash", "/autograder/run_autograder")
        env = {"TOKEN": "secret-of-the-platform"}
        done = run(
            Container(command, memory=MEMORY, cpus=CPUS, binds=self.binds, env=env, cwd="/autograder"),
            capture=True,
        )
        return results_in(self.autograder / "results"), done.stdout + done.stderr


@pytest.fixture(scope="module")
def image(tmp_path_factory) -> Image:
    """An image, as the platform builds it once."""
    image = Image(tmp_path_factory.mktemp("gradescope"))
    done = image.set_up()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "The reference gets all points: this image can grade." in done.stdout
    return image


@pytest.fixture(scope="module")
def marks() -> dict[str, dict[str, float]]:
    """Points of every check, as `autograder grade` gives them."""
    submissions = [stage(str(path), path) for path in SUBMISSIONS]
    return {
        report.submission: {test["tags"][2]: test["score"] for test in render(report, COURSE)["tests"]}
        for report in judge_all(submissions, 2, COURSE.hidden_seed)
    }


@pytest.mark.parametrize("submission", SUBMISSIONS, ids=lambda path: path.name)
def test_a_submission_gets_the_same_marks_as_from_the_command_line(image, marks, submission):
    """Check by check, also with a bomb aboard; and no secret of the platform is told."""
    rendered, printed = image.grade(submission)
    assert rendered["extra_data"]["status"] == "graded", printed
    assert {test["tags"][2]: test["score"] for test in rendered["tests"]} == marks[str(submission)]
    assert {"user", "landlock", "seccomp"} <= set(rendered["extra_data"]["sandbox"])
    assert "secret-of-the-platform" not in json.dumps(rendered) + printed


def test_a_student_finds_the_graders_files_closed(image):
    """Source, results and submission are root's alone."""
    for folder in ("source", "results"):
        assert (image.autograder / folder).stat().st_mode & 0o77 == 0


def test_a_disk_that_fills_during_the_run_still_takes_the_verdict(image):
    """It is written over the first result, which has room for it."""
    results = image.autograder / "results"
    room = f"size={RESERVED + (12 << 10)}"
    subprocess.run(["mount", "-t", "tmpfs", "-o", room, "tmpfs", str(results)], check=True)
    try:
        rendered, printed = image.grade(SOLUTIONS)
    finally:
        subprocess.run(["umount", str(results)], check=True)
    assert "No space left" in printed
    assert round(100 * rendered["score"]) == full_marks(COURSE)


def test_an_image_that_cannot_grade_is_refused(image):
    """Here its reference is wrong: the build ends with an error that says what is lost."""
    solution = image.autograder / "source" / "solutions" / "distances.py"
    right = solution.read_text()
    try:
        solution.write_text(right.replace("-2.0 * (A @ B.T)", "2.0 * (A @ B.T)"))
        assert solution.read_text() != right
        command = ("/autograder/environment/bin/python", "-I", "-B", "/autograder/source", "--self-test")
        done = run(Container(command, memory=MEMORY, binds=image.binds), capture=True)
    finally:
        solution.write_text(right)
    assert done.returncode == 1
    assert "The reference gets" in done.stdout
