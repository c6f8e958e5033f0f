"""Gradescope's autograder: the zip is unpacked and run as the platform does, and whatever goes wrong, a result is there."""

import contextlib
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from autograder.cli import main
from autograder.configuration import Configuration
from autograder.homework import SOLUTIONS
from autograder.release.gradescope import build_gradescope
from autograder.report.course import full_marks, points
from tests.grader import all_of
from tests.gradescope import results_in, unpacked
from tests.handed_in import SAMPLES, whole
from tests.processes import descendants, until

FULL = float(all_of())
METADATA = {
    "id": 1,
    "created_at": "2026-03-01T11:00:00.000000-05:00",
    "assignment": {"due_date": "2026-03-02T23:59:00.000000-05:00", "total_points": "100.0"},
    "users": [
        {"id": 7, "name": "A. Student", "email": "a@example.edu", "assignment": {"due_date": "2026-03-02T23:59:00-05:00"}}
    ],
    "previous_submissions": [],
}


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    """The zip, with a configuration that is not the default."""
    return build_gradescope(tmp_path_factory.mktemp("dist"), Configuration(hidden_seed=11, deadline_seconds=120))


@dataclass(frozen=True)
class Platform:
    """The platform's folder, with the autograder's zip unpacked, and a way to run a submission there."""

    root: Path

    def start(self, submission: Path | None, metadata: object = METADATA) -> subprocess.Popen[str]:
        if submission is not None:
            shutil.copytree(submission, self.root / "submission")
        if metadata is not None:
            text = metadata if isinstance(metadata, str) else json.dumps(metadata)
            (self.root / "submission_metadata.json").write_text(text)
        environment = {**os.environ, "RUN_ROOT": str(self.root), "TOKEN": "secret"}
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        return subprocess.Popen(["bash", str(self.root / "run_autograder")], env=environment, cwd=self.root, **pipes)

    def run(self, submission: Path | None, metadata: object = METADATA) -> tuple[dict, str]:
        process = self.start(submission, metadata)
        printed = process.communicate(timeout=300)[0]
        return self.results(), printed

    def results(self) -> dict:
        return results_in(self.root / "results")


@pytest.fixture
def platform(built, tmp_path) -> Platform:
    """A platform of its own for each test."""
    root = unpacked(built, tmp_path / "autograder")
    (root / "environment").symlink_to(sys.prefix)  # that setup.sh makes one of its own is test_gradescope_image.py's matter
    return Platform(root)


def test_two_builds_give_the_same_bytes(built, tmp_path):
    """Whatever lies around, and whenever."""
    again = build_gradescope(tmp_path, Configuration(hidden_seed=11, deadline_seconds=120))
    assert hashlib.sha256(again.read_bytes()).digest() == hashlib.sha256(built.read_bytes()).digest()


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ("", "{sum} points; hidden seed: the public default, choose your own; late: costs nothing; seen later: nothing"),
        (
            "points.total = 20\nchecks.hidden_seed = 5\nvisibility.'q4.timing' = 'after_due_date'\n"
            "[lateness]\npercent_per_day = 10\ngrace_minutes = 120\nlatest_day = 3",
            "20 points; hidden seed: your own; late: 10 % a started day, at most 3 days, 120 minutes of grace;"
            " seen later: q4.timing",
        ),
        (
            "lateness.latest_day = 1\n[visibility]\ndefault = 'after_published'\nq1 = 'visible'\nshape = 'visible'",
            "{sum} points; hidden seed: the public default, choose your own; late: at most 1 day;"
            " seen later: all checks but not q1, shape",
        ),
        (
            "lateness.grace_minutes = 5\nvisibility.q1 = 'visible'",
            "{sum} points; hidden seed: the public default, choose your own; late: costs nothing; seen later: nothing",
        ),
    ],
)
def test_the_build_says_which_settings_the_zip_carries(tmp_path, settings, says):
    """Below its path: a zip without the course's looks just like one with them."""
    (tmp_path / "course.toml").write_text(settings)
    command = ["build", "gradescope", "--out", str(tmp_path), "--config", str(tmp_path / "course.toml")]
    path, told = CliRunner().invoke(main, command).output.splitlines()[-2:]  # below a word on a short seed
    assert path == str(tmp_path / "autograder.zip")
    assert told.strip() == says.format(sum=points(full_marks(Configuration())))


def test_the_zip_holds_what_grading_needs_and_can_be_run(built):
    """The two programs at its root, no tests, no handout, nothing of the instructor's side; less than a picture."""
    with zipfile.ZipFile(built) as archive:
        modes = {member.filename: member.external_attr >> 16 for member in archive.infolist()}
    assert modes["setup.sh"] == modes["run_autograder"] == 0o100755
    folders = {name.split("/")[0] for name in modes if "/" in name}
    assert folders == {"assignment", "autograder", "solutions"}
    assert not [name for name in modes if name.startswith(("autograder/release", "autograder/audit")) or name.endswith(".md")]
    assert built.stat().st_size < 300_000


def test_the_reference_gets_all_points(platform):
    """With the students' summary in the result, and the instructor's facts in the output that students do not see."""
    results, printed = platform.run(SOLUTIONS)
    assert results["score"] == FULL
    assert {"q4", "q5"} <= {row["name"].partition(":")[0] for row in results["leaderboard"]}
    assert "status: graded" in printed
    assert "numpy" in printed


def test_hostile_answers_find_no_secret_and_no_other_result(platform, tmp_path):
    """The platform's token lies in the environment of the run, the reference on disk."""
    results, printed = platform.run(whole("hostile/reads-environment", tmp_path / "submission"))
    assert results["score"] == pytest.approx(FULL - float(all_of("q1")))
    assert "secret" not in json.dumps(results) + printed


@pytest.mark.parametrize(
    ("submission", "metadata", "score", "words"),
    [
        (None, METADATA, 0, "Nothing was graded"),
        (SAMPLES / "broken" / "only-a-readme", METADATA, 0, "Nothing was graded"),
        (SOLUTIONS, None, FULL, ""),
        (SOLUTIONS, "{broken", FULL, ""),
        (SOLUTIONS, {**METADATA, "created_at": "1970-01-01T00:00:00Z"}, FULL, ""),
        (SOLUTIONS, {**METADATA, "created_at": "2026-03-04T11:00:00Z"}, FULL, "after it was due"),
    ],
)
def test_whatever_the_platform_brings_there_is_a_result(platform, submission, metadata, score, words):
    """No submission, no metadata, broken ones, a clock in the past, a late submission."""
    results, _ = platform.run(submission, metadata)
    assert results["score"] == score
    assert words in results["output"]


def test_a_broken_configuration_is_the_instructors_and_is_told(platform):
    """The student is told that it is not their fault."""
    (platform.root / "source" / "configuration.json").write_text('{"points": {"totl": 10}}')
    results, printed = platform.run(SOLUTIONS)
    assert results["score"] == 0
    assert results["extra_data"]["status"] == "error"
    assert "totl" in printed
    assert "instructor" in results["output"]


@pytest.mark.parametrize("seconds", [0.3, 1.5, pytest.param(4.0, marks=pytest.mark.slow)])
def test_a_killed_run_leaves_a_result_that_says_so(platform, tmp_path, seconds):
    """As by the platform's own limit: the first result stands, or the verdict."""
    process = platform.start(whole("hostile/deaf-loop", tmp_path / "submission"))
    until((platform.root / "results" / "results.json").exists)
    time.sleep(seconds)
    process.kill()
    process.communicate()
    results = platform.results()
    assert (results["score"], results["extra_data"]["status"]) in [
        (0, "error"),
        (pytest.approx(FULL - float(all_of("q4"))), "graded"),
    ]
    assert results["score"] or "stopped before" in results["output"]


def test_a_run_past_its_deadline_ends_with_a_result(platform):
    """Where even the questions' own limits did not help: here the run has 2 seconds in place of a minute."""
    (platform.root / "source" / "configuration.json").write_text('{"limits": {"deadline_seconds": 60}}')
    run = platform.root / "source" / "autograder" / "routes" / "gradescope.py"
    text = run.read_text()
    run.write_text(text.replace("seconds - (time.monotonic() - started)", "2.0"))
    assert run.read_text() != text
    results, printed = platform.run(SAMPLES / "hostile" / "deaf-loop")
    assert results["score"] == 0
    assert "deadline" in printed
    assert results["extra_data"]["status"] == "error"


def test_a_judge_that_is_killed_is_told(platform):
    """Every process below the run, again and again, as a machine without memory does."""
    process = platform.start(SAMPLES / "hostile" / "deaf-loop")
    while process.poll() is None:
        for below in descendants(process.pid):
            with contextlib.suppress(ProcessLookupError):  # it ended by itself meanwhile
                os.kill(below, signal.SIGKILL)
        time.sleep(0.2)
    process.communicate()
    results = platform.results()
    assert results["score"] == 0
    assert results["extra_data"]["status"] == "error"
