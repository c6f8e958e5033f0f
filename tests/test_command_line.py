"""The command line, as an instructor uses it."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from autograder import terminal
from autograder.configuration import DEFAULT_SEED, Configuration
from autograder.homework import QUESTIONS, ROOT, checks_of
from autograder.intake.folders import ANSWERS
from autograder.judge.results import Report
from autograder.report.course import Metadata, full_marks, points, worth_of_questions
from autograder.report.store import save
from autograder.report.tally import Tally
from autograder.run import Summary
from public_checks.answers import listed
from tests.classes import graded
from tests.grader import HEARS_CTRL_C, all_of, autograder_process, rows
from tests.handed_in import REFERENCE, below, write_files
from tests.processes import lost_sandboxes, that_name, until

# What a shell passes on to make, and not what `make test PYTHON=...` passes on to its tests.
OUTSIDE_MAKE = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKEOVERRIDES", "PYTHON")}


@pytest.fixture
def a_class(tmp_path: Path) -> Path:
    """Two students: one hands in the reference, the other an empty folder."""
    return write_files(tmp_path / "class", {**below("alice", REFERENCE), "bob/": b""})


def test_grade_writes_a_row_and_a_result_for_each_submission(autograder, a_class, tmp_path):
    """And exits with 0, however bad the marks."""
    run = autograder("grade", a_class, "--out", tmp_path / "out")
    assert run.returncode == 0, run.stderr
    alice, bob = rows(tmp_path / "out")
    assert (alice["submission"], alice["score"], alice["status"]) == ("alice", all_of(), "graded")
    assert [alice[question] for question in QUESTIONS] == [all_of(question) for question in QUESTIONS]
    assert (bob["submission"], bob["score"], bob["status"]) == ("bob", "0", "invalid")
    result = json.loads((tmp_path / "out" / "bob" / "results.json").read_text())
    assert result["score"] == 0
    assert f"there is no {listed(ANSWERS, 'or')} in it" in result["output"]
    assert "alice" in run.stdout
    assert "grades.csv" in run.stdout


def test_a_report_comes_back_from_the_pool_with_its_hints(a_class, tmp_path):
    """Two real judges: a report travels between processes, and its first words stand in the table."""
    answer = "def pairwise_squared_distances(A, B):\n    return A.astype(float) @ B.T\n"
    (a_class / "alice" / "distances.py").write_text(answer)
    (a_class / "bob" / "softmax.py").write_text("def softmax_jacobian(z):\n    raise NotImplementedError\n")
    run = autograder_process("grade", a_class, "--out", tmp_path / "out", "--jobs", 2)
    assert run.returncode == 0, run.stdout
    assert "q5.small: P of the case worked by hand is not right" in run.stdout
    result = json.loads((tmp_path / "out" / "bob" / "results.json").read_text())
    assert {"question": "q1", "id": "stub"} in result["extra_data"]["hints"]


def test_a_run_ends_with_the_pages_to_open(autograder, a_class, tmp_path):
    """The class's, and that of the first student who lost some points: a full mark or a blank page shows little."""
    write_files(a_class / "carol", {**REFERENCE, "softmax.py": b""})
    out = tmp_path / "out"
    lines = autograder("grade", a_class, "--out", out).stdout.splitlines()
    opened = [line.split()[1] for line in lines if line.startswith("Open ")]
    assert opened == [str(out / "index.html"), str(out / "carol" / "report.html")]
    assert all(Path(page).is_file() for page in opened)
    assert f"Tables: {out / 'grades.csv'}" in lines


def test_grading_again_grades_nothing_twice_and_fresh_forgets(autograder, a_class, tmp_path):
    """A result is kept as long as answers, checks and seed are the same."""
    out = tmp_path / "out"
    autograder("grade", a_class, "--out", out)
    first = (out / "alice" / "results.json").stat().st_mtime_ns
    autograder("grade", a_class, "--out", out)
    assert (out / "alice" / "results.json").stat().st_mtime_ns == first
    assert rows(out)[0]["score"] == all_of()
    autograder("grade", a_class, "--out", out, "--seed", 5)
    second = (out / "alice" / "results.json").stat().st_mtime_ns
    assert second > first
    autograder("grade", a_class, "--out", out, "--seed", 5, "--fresh")
    third = (out / "alice" / "results.json").stat().st_mtime_ns
    assert third > second
    (a_class / "alice" / "softmax.py").write_text("")
    autograder("grade", a_class, "--out", out, "--seed", 5)
    assert rows(out)[0]["score"] == all_of(*(question for question, module in QUESTIONS.items() if module != "softmax"))


def test_settings_scale_the_points_and_give_the_seed(autograder, a_class, tmp_path):
    """What was graded under other settings is graded again; the same seed on the command line is no other setting."""
    settings = tmp_path / "course.toml"
    settings.write_text("points.total = 20\nchecks.hidden_seed = 5\n")
    twenty = points(worth_of_questions(Configuration(total_points=20))["q1"])
    result = tmp_path / "out" / "alice" / "results.json"
    graded = []
    for options in (["--config", settings], ["--config", settings, "--seed", 5], []):
        run = autograder("grade", a_class / "alice", "--out", tmp_path / "out", *options)
        assert run.returncode == 0, run.stderr
        graded.append((rows(tmp_path / "out")[0]["score"], json.loads(result.read_text())["score"], result.stat().st_mtime_ns))
        assert (f"q1/{twenty} " in run.stdout) == bool(options)
    assert [scores[:2] for scores in graded] == [("20", 20), ("20", 20), (all_of(), float(all_of()))]
    assert graded[0][2] == graded[1][2] < graded[2][2]


@pytest.mark.parametrize("target", ["grade", "assignment", "release", "gradescope"])
@pytest.mark.parametrize(
    ("given", "lies_there", "used"),
    [("", False, ""), ("", True, "course.toml"), ("other.toml", True, "other.toml"), ("other.toml", False, "other.toml")],
)
def test_every_target_has_the_settings_of_the_course(tmp_path, target, given, lies_there, used):
    """Those of CONFIG, else of course.toml; a release with those of nobody would replace one that has them."""
    for name in ("Makefile", "requirements/all.txt", "requirements/uv.txt", "requirements/fill.sh"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    if lies_there:
        (tmp_path / "course.toml").touch()
    command = ["make", "--dry-run", target, *([f"CONFIG={given}"] if given else [])]
    told = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout.replace("\\\n", "")
    ours = re.findall(r"bin/autograder (?:grade|build) .*", told)
    assert ours
    assert [re.findall(r'--config "(.*?)"', line) for line in ours] == [[used] if used else []] * len(ours)


@pytest.mark.parametrize(
    ("visibility", "held_back"), [("q4.timing", "1 check and"), ("q1", f"{len(checks_of('q1'))} checks and"), ("", "")]
)
def test_an_instructor_is_told_what_pages_hold_back(autograder, tmp_path, visibility, held_back):
    """With the command that shows it, since a page on disk gets to no later date by itself."""
    write_files(tmp_path / "a", REFERENCE)
    (tmp_path / "course.toml").write_text(f'visibility."{visibility}" = "after_due_date"\n' if visibility else "")
    run = autograder("grade", tmp_path / "a", "--out", tmp_path / "out", "--config", tmp_path / "course.toml")
    page, most = tmp_path / "out" / "a" / "report.html", points(full_marks(Configuration()))
    assert (f"{most} of {most} " in page.read_text()) == (not held_back)
    assert f"Students' pages leave out {held_back}" in run.stdout or not held_back
    assert (f"autograder report {tmp_path / 'out'} --all" in run.stdout) == bool(held_back)
    assert autograder("report", tmp_path / "out", "--all").returncode == 0
    assert f"{most} of {most} " in page.read_text()


def test_wrong_settings_are_wrong_usage(autograder, a_class, tmp_path):
    """All mistakes are told, and nothing is graded."""
    settings = tmp_path / "course.toml"
    settings.write_text("points.totl = 20\nlimits.jobs = 0\n")
    run = autograder("grade", a_class, "--out", tmp_path / "out", "--config", settings)
    assert run.returncode == 2
    assert "points.total" in run.stderr
    assert "limits.jobs = 0" in run.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("arguments", [["grade"], ["grade", "nowhere", "--out", "x"], ["grade", "."], ["frobnicate"]])
def test_wrong_usage_exits_with_2_and_says_why(autograder, arguments, tmp_path):
    """Nothing is graded, nothing is written."""
    run = autograder(*arguments, cwd=tmp_path)
    assert run.returncode == 2
    assert "Error" in run.stderr
    assert not list(tmp_path.iterdir())


def test_an_interrupted_run_says_how_to_go_on_and_does(autograder, a_class, tmp_path):
    """What was graded is kept."""
    (a_class / "bob" / "softmax.py").write_text("import time\ndef softmax_jacobian(z): time.sleep(1000)\n")
    command = [*HEARS_CTRL_C, "grade", str(a_class), "--out", str(tmp_path / "out"), "--jobs", "1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as run:
        until((tmp_path / "out" / "alice" / "results.json").exists)
        time.sleep(0.5)
        run.send_signal(signal.SIGINT)
        output, _ = run.communicate(timeout=20)
    assert run.returncode == 130
    until(lambda: not that_name(tmp_path) and not lost_sandboxes())
    assert "the same command goes on" in output
    assert [row["submission"] for row in rows(tmp_path / "out")] == ["alice"]
    (a_class / "bob" / "softmax.py").write_text("")
    assert autograder("grade", a_class, "--out", tmp_path / "out").returncode == 0
    assert len(rows(tmp_path / "out")) == 2


def test_a_name_that_looks_like_markup_is_a_name(autograder, tmp_path):
    """The table shows it as it is, and is not lost."""
    write_files(tmp_path / "class" / "x[bold]y", REFERENCE)
    (tmp_path / "class" / "other").mkdir()
    run = autograder("grade", tmp_path / "class", "--out", tmp_path / "out")
    assert "x[bold]y" in run.stdout
    assert len(rows(tmp_path / "out")) == 2


def test_a_grader_that_fails_says_so_and_exits_with_1(a_class, tmp_path):
    """The student gets a valid result, the instructor the reason."""
    code = (
        "import autograder.pool as pool\n"
        "from autograder.judge.results import Report\n"
        "pool.judge_all = lambda staged, jobs, seed, limits: (Report(s.name, 'error', 'no sandbox') for s in staged)\n"
        "from autograder.cli import main\nmain()"
    )
    command = [sys.executable, "-c", code, "grade", str(a_class), "--out", str(tmp_path / "out")]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert "no sandbox" in run.stdout
    assert rows(tmp_path / "out")[0]["status"] == "error"
    result = json.loads((tmp_path / "out" / "alice" / "results.json").read_text())
    assert "This is no mistake of yours" in result["output"]
    assert "no sandbox" not in result["output"]
    assert result["extra_data"]["reason"] == "no sandbox"


def test_json_is_all_that_stands_on_standard_output(autograder, a_class, tmp_path):
    """One document: counts, paths, rows in the order of the submissions, with numbers for numbers."""
    told = autograder("grade", a_class, "--out", tmp_path / "out", "--jobs", 1, "--json")
    assert told.returncode == 0, told.stderr
    document = json.loads(told.stdout)
    assert "\x1b" not in told.stderr
    assert document["counts"] == {"graded": 1, "invalid": 1, "error": 0}
    assert (document["submissions"], document["landed"], document["interrupted"]) == (2, 2, False)
    assert [(row["submission"], row["score"], row["q5"], row["status"]) for row in document["rows"]] == [
        ("alice", float(all_of()), float(all_of("q5")), "graded"),
        ("bob", 0, 0, "invalid"),
    ]
    assert "Nothing was graded" in document["rows"][1]["first_words"]
    assert all(Path(written).is_file() for written in document["written"])
    assert all(Path(row["results"]).is_file() for row in document["rows"])


def test_of_many_submissions_the_terminal_shows_those_that_need_a_look(tmp_path, capsys):
    """A table of all is in grades.csv; here are those not graded, the middle of the scores, and the first things to look at."""
    names = [f"s{k:03}" for k in range(2 * terminal.LONG)]
    tally = Tally(tmp_path, names)
    for k, name in enumerate(names):
        tally.add(save(tmp_path, Report(name, "graded" if k % 10 else "invalid", f"reason {k}"), "key"))
    terminal.print_results(Summary(tally, (tmp_path / "grades.csv",), (), 1.0, interrupted=False), Configuration())
    lines = capsys.readouterr().out
    assert [line.split()[0] for line in lines.splitlines() if "reason" in line] == names[::10]
    assert "90 graded, 10 invalid, 0 error." in lines
    assert "the median is 0" in lines


def test_late_submissions_count_among_the_first_things_to_look_at(tmp_path):
    """Whatever the row says of lateness besides."""
    names = [f"s{k}" for k in range(5)]
    due = datetime(2026, 9, 18, tzinfo=timezone.utc)
    course = Configuration(percent_per_day=10)
    for late in (timedelta(0), timedelta(days=2)):
        tally = Tally(tmp_path, names)
        for name in names:
            tally.add(save(tmp_path, graded(name, ["q3.loss"]), "key", course, Metadata(submitted=due + late, due=due)))
        assert "  5 x q3.loss, for example: It is wrong." in tally.summary()
    (row, *_) = tally.rows()
    assert row.what_first == "Late by 2 days: 20 % taken off. q3.loss: It is wrong."


def test_only_the_locks_and_what_installs_them_make_the_environment_anew(tmp_path):
    """A rule of ruff, or a marker of pytest, in pyproject.toml does not."""
    for name in ("Makefile", "requirements/all.txt", "requirements/uv.txt", "requirements/fill.sh", "pyproject.toml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / ".ready").touch()
    older = (tmp_path / ".venv" / ".ready").stat().st_mtime - 60
    for path in (*(tmp_path / "requirements").iterdir(), tmp_path / "pyproject.toml"):
        os.utime(path, (older, older))
    made_anew = []
    for path in (tmp_path / "pyproject.toml", *sorted((tmp_path / "requirements").iterdir())):
        os.utime(path, (older + 120, older + 120))
        if subprocess.run(["make", "--question", "setup"], cwd=tmp_path, env=OUTSIDE_MAKE, check=False).returncode:
            made_anew.append(path.name)
        os.utime(path, (older, older))
    assert made_anew == ["all.txt", "fill.sh", "uv.txt"]


def test_an_environment_of_another_python_is_made_anew(tmp_path):
    """`make test PYTHON=python3.14` would otherwise pass on the Python of an earlier run."""
    for name in ("Makefile", "requirements/all.txt", "requirements/uv.txt", "requirements/fill.sh"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").symlink_to(sys.executable)
    (tmp_path / ".venv" / ".ready").touch()
    (tmp_path / "other").write_text("#!/bin/sh\necho Python 3.99.0\n")
    (tmp_path / "other").chmod(0o755)

    def made_anew(*named: str) -> bool:
        command = ["make", "--question", "setup", *named]
        return subprocess.run(command, cwd=tmp_path, env=OUTSIDE_MAKE, check=False).returncode != 0

    assert not made_anew()
    assert not made_anew(f"PYTHON={sys.executable}")
    assert made_anew("PYTHON=./other")


def test_settings_that_lie_here_and_are_not_named_are_not_passed_over_in_silence(autograder, tmp_path):
    """`make grade` takes course.toml; the command takes what it is told."""
    (tmp_path / "course.toml").write_text("[points]\ntotal = 20\n")
    (tmp_path / "class" / "a").mkdir(parents=True)
    told = "course.toml lies here and is not used"
    silent = autograder("grade", "class", "--out", "out", "--config", "course.toml", cwd=tmp_path)
    assert told in autograder("grade", "class", "--out", "out", cwd=tmp_path).stderr
    assert told not in silent.stderr


def test_init_writes_settings_with_a_seed_that_nobody_finds(autograder, tmp_path):
    """All other settings are the documented ones; a file that is there stays as it is."""
    assert autograder("init", cwd=tmp_path).returncode == 0
    text = (tmp_path / "course.toml").read_text(encoding="utf-8")
    course = Configuration.from_toml(tmp_path / "course.toml")
    assert course.hidden_seed.bit_length() == 63
    assert replace(course, hidden_seed=DEFAULT_SEED) == Configuration()
    again = autograder("init", cwd=tmp_path)
    assert again.returncode == 2
    assert "course.toml is there already" in again.stderr
    assert (tmp_path / "course.toml").read_text(encoding="utf-8") == text
    (tmp_path / "other").mkdir()
    autograder("init", "--out", tmp_path / "other" / "course.toml")
    assert Configuration.from_toml(tmp_path / "other" / "course.toml").hidden_seed != course.hidden_seed


@pytest.mark.parametrize(("seed", "warned"), [(8471, True), (2**47 - 1, True), (2**47, False), (2**62 + 5, False)])
def test_a_seed_that_can_be_found_by_trying_is_warned_of(autograder, tmp_path, seed, warned):
    """With what to do about it; a submission tries four digits in seconds."""
    (tmp_path / "short.toml").write_text(f"[checks]\nhidden_seed = {seed}\n")
    built = autograder("build", "gradescope", "--out", tmp_path, "--config", tmp_path / "short.toml")
    assert built.returncode == 0
    assert ("autograder init" in built.stderr) == warned
