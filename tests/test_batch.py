"""A batch: nothing is lost, nothing is judged twice, nothing piles up."""

import contextlib
import gc
import json
import multiprocessing
import os
import random
import resource
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder import batch, pool
from autograder.configuration import Configuration
from autograder.homework import SOLUTIONS
from autograder.intake.folders import Place
from autograder.intake.submission import Submission
from autograder.judge.results import Report
from autograder.report import store
from autograder.report.store import GRADED, load, save, stored
from tests.grader import COMMAND, HEARS_CTRL_C, all_of, autograder_process, rows
from tests.processes import that_name, until

RIGHT = (SOLUTIONS / "distances.py").read_text(encoding="utf-8")
KILLS = 3  # moments at which a batch is killed; tests/benchmarks/class.py has more of them
MANY = 40  # submissions: on a busy machine some more land before a kill than it waited for, and some are to be left


def write_class(folder: Path, size: int) -> Path:
    """Submissions that are judged quickly: every fourth one is right in q5, the others cannot be read."""
    for k in range(size):
        (folder / f"s{k:02}").mkdir(parents=True)
        (folder / f"s{k:02}" / "distances.py").write_text(f"{'def f(:' if k % 4 else RIGHT}\n# {k}\n", encoding="utf-8")
    return folder


def written(out: Path) -> dict[str, tuple[int, int]]:
    """What tells whether a result was written anew: inode and time, by name."""
    return {path.parent.name: (path.stat().st_ino, path.stat().st_mtime_ns) for path in out.glob(f"*/{GRADED}")}


@pytest.fixture
def answered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Judges answer at once, without a sandbox: what is tested is what lies between them and the folder."""
    monkeypatch.setattr(pool, "judge_one", answer)


def answer(submission: Submission, seed: int, seconds: float) -> Report:  # noqa: ARG001
    return Report(submission.name, "graded", seconds=seed)


def test_a_batch_killed_at_any_moment_goes_on_and_judges_nothing_twice(autograder, tmp_path):
    """Killed with its whole group, or alone; grades.csv is that of a run that nobody disturbed."""
    submissions = write_class(tmp_path / "class", MANY)
    autograder("grade", submissions, "--out", tmp_path / "calm")
    out, moments = tmp_path / "out", random.Random(3)
    for kill in range(KILLS):
        before = written(out)
        grader = subprocess.Popen(
            [*COMMAND, "grade", str(submissions), "--out", str(out), "--jobs", "2"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        enough = len(before) + moments.randint(1, 4)
        while len(written(out)) < enough and grader.poll() is None:
            time.sleep(0.002)
        time.sleep(moments.uniform(0, 0.1))
        os.killpg(grader.pid, signal.SIGKILL) if kill % 2 else grader.kill()
        grader.wait()
        after = written(out)
        assert len(before) < len(after) < MANY
        assert {name: after[name] for name in before} == before
    before = written(out)
    drafts = out / "s00" / ".results.json.draft", out / f"s{MANY - 1}" / f".{GRADED}.draft"
    for draft in drafts:
        draft.parent.mkdir(exist_ok=True)
        draft.write_text('{"key": ')
    assert autograder("grade", submissions, "--out", out).returncode == 0
    assert {name: written(out)[name] for name in before} == before
    assert rows(out) == rows(tmp_path / "calm")
    assert [row["score"] for row in rows(out)] == [("0", all_of("q5"))[k % 4 == 0] for k in range(MANY)]
    assert not drafts[1].exists()  # that of the one graded now is used up; the other one is nobody's result


def test_identical_submissions_are_judged_once(tmp_path):
    """While the first is at work, after it, and in a later run; each has the result under its own name."""
    for name in ("a", "b", "c", "other"):
        (tmp_path / "class" / name).mkdir(parents=True)
        (tmp_path / "class" / name / "softmax.py").write_text("x = 1" if name != "other" else "x = 2")
    asked: list[str] = []

    def judges(submissions: Iterator[Submission]) -> Iterator[Report]:
        staged = list(submissions) if not asked else []
        for submission in staged or submissions:
            asked.append(submission.name)
            yield Report(submission.name, "graded", seconds=7)

    def grade(*names: str, fresh: bool = False) -> list[str]:
        landed: list[str] = []
        places = {name: Place(tmp_path / "class" / name) for name in names}
        batch.grade(
            places,
            tmp_path / "out",
            Configuration(),
            fresh=fresh,
            judges=judges,
            landed=lambda row: landed.append((row.submission, row.seconds)),
        )
        assert sorted(landed) == [(name, 7.0) for name in sorted(names)]
        return asked

    assert grade("a", "b", "other") == ["a", "other"]
    assert grade("a", "c", "b") == ["a", "other"]
    assert grade("c", "b", fresh=True) == ["a", "other", "c"]
    for name in "abc":
        assert json.loads((tmp_path / "out" / name / "results.json").read_text())["extra_data"]["status"] == "graded"
        assert [row.submission for row in stored(tmp_path / "out", [name])] == [name]
    (tmp_path / "class" / "b" / "softmax.py").write_text("x = 3")
    assert grade("a", "b") == ["a", "other", "c", "b"]


@pytest.mark.usefixtures("answered")
def test_submissions_are_pulled_as_judges_become_free():
    """Never more of them wait than are judged, and what is done is kept by nobody here: memory does not grow with the class."""
    pulled, alive = 0, []

    def submissions() -> Iterator[Submission]:
        nonlocal pulled
        for k in range(400):
            pulled += 1
            yield Submission(f"s{k}", {"softmax": b"%d" % k})

    with contextlib.closing(pool.judge_all(submissions(), 2, 1)) as reports:
        for done, _report in enumerate(reports, 1):
            assert pulled <= done + pool.IN_FLIGHT * 2 + 1
            if done % 100 == 0:
                gc.collect()
                alive.append(sum(isinstance(thing, Submission | Report) for thing in gc.get_objects()))
    assert pulled == done == 400
    assert max(alive) <= pool.IN_FLIGHT * 2 + 3


@pytest.mark.usefixtures("answered")
def test_an_iterator_that_is_left_leaves_no_judge():
    """As after Ctrl-C."""
    reports = pool.judge_all((Submission(f"s{k}", {"softmax": b""}) for k in range(100)), 2, 1)
    assert next(reports).status == "graded"
    judges = multiprocessing.active_children()
    assert len(judges) == 2
    reports.close()
    assert not multiprocessing.active_children()
    assert not [judge for judge in judges if judge.is_alive()]


def dies_with_the_first(submission: Submission, seed: int, seconds: float) -> Report:  # noqa: ARG001
    """Stands for a judge that one submission brings down, which none should: the pool must bear it all the same."""
    if submission.name == "deadly":
        os.kill(os.getpid(), signal.SIGKILL)
    return Report(submission.name, "graded", seconds=seed)


def test_a_judge_that_dies_costs_only_the_submission_that_killed_it(monkeypatch):
    """The others are judged, that one has the status error."""
    monkeypatch.setattr(pool, "judge_one", dies_with_the_first)
    submissions = [Submission(name, {"softmax": b""}) for name in ("a", "deadly", "b", "c")]
    statuses = {report.submission: report.status for report in pool.judge_all(submissions, 2, 1)}
    assert statuses == {"a": "graded", "b": "graded", "c": "graded", "deadly": "error"}


def test_a_result_is_taken_for_one_only_if_it_is_whole(tmp_path):
    """A machine that is reset may leave files of zeros, or none, where results should be."""
    report, out = Report("a", "graded"), tmp_path
    torn = [(name, content) for name in ("results.json", "report.json", GRADED) for content in ("", "\0" * 9)]
    for name, content in (*torn, (GRADED, "{}"), (GRADED, "[]"), ("report.json", "{}"), ("report.json", "[]")):
        save(out, report, "key")
        assert load(out, "a", "key")
        (out / "a" / name).write_text(content)
        assert load(out, "a", "key") is None
    save(out, report, "key")
    graded = json.loads((out / "a" / GRADED).read_text())
    (out / "a" / GRADED).write_text(json.dumps({**graded, "row": {**graded["row"], "score": 99.5}}))
    assert load(out, "a", "key") is None
    assert list(stored(out, ["a"])) == []
    (out / "a" / "results.json").unlink()
    assert load(out, "a", "key") is None
    save(out, report, "key")
    assert load(out, "a", "another") is None
    assert load(out, "a", "key")


def test_a_kill_between_the_files_of_a_result_leaves_none_of_it_valid(tmp_path, monkeypatch):
    """Else a later run would take results.json of one setting and grades.csv of another."""
    save(tmp_path, Report("a", "graded"), "key")
    written: list[str] = []

    def killed(path: Path, text: str) -> None:
        if written:
            raise KeyboardInterrupt
        written.append(path.name)
        path.write_text(text)

    monkeypatch.setattr(store, "write_atomically", killed)
    with pytest.raises(KeyboardInterrupt):
        save(tmp_path, Report("a", "graded"), "another key")
    assert written == ["results.json"]
    assert load(tmp_path, "a", "key") is None


def test_two_runs_in_one_folder_are_one_too_many(autograder, tmp_path):
    """The second one says which process is there, and exits with 2; when the first has ended, it is let in."""
    submissions = write_class(tmp_path / "class", 1)
    with batch.alone(tmp_path / "out"):
        second = autograder("grade", submissions, "--out", tmp_path / "out")
    assert second.returncode == 2
    assert f"another run (process {os.getpid()})" in second.stderr
    assert not written(tmp_path / "out")
    with batch.alone(tmp_path / "out"):
        pass


def test_a_folder_that_cannot_be_made_is_told(autograder, tmp_path):
    """Without a traceback, with the system's words."""
    submissions = write_class(tmp_path / "class", 1)
    (tmp_path / "file").touch()
    told = autograder("grade", submissions, "--out", tmp_path / "file" / "out")
    assert told.returncode == 1
    assert "Not a directory" in told.stderr
    assert "0 of 1 submissions have a result" in told.stderr
    assert "Traceback" not in told.stderr


def test_a_full_disk_is_told_and_what_landed_before_stays(autograder, tmp_path):
    """Here a limit on the size of files stands for it, which results.json of a graded submission exceeds."""
    submissions = write_class(tmp_path / "class", 1)
    (submissions / "a").mkdir()
    limit = 1500  # bytes
    told = autograder_process(
        "grade",
        submissions,
        "--out",
        tmp_path / "out",
        "--jobs",
        1,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )
    assert told.returncode == 1
    assert "File too large" in told.stderr
    assert "1 of 2 submissions have a result" in told.stderr
    assert "Traceback" not in told.stderr
    assert autograder("grade", submissions, "--out", tmp_path / "out").returncode == 0
    assert [row["status"] for row in rows(tmp_path / "out")] == ["invalid", "graded"]


def test_ctrl_c_twice_ends_as_well(tmp_path):
    """The second one comes while the first is obeyed; no judge is left, and the next run goes on."""
    submissions = write_class(tmp_path / "class", 8)
    (submissions / "a").mkdir()
    (submissions / "a" / "softmax.py").write_text("import time\ntime.sleep(1000)\n")
    command = [*HEARS_CTRL_C, "grade", str(submissions), "--out", str(tmp_path / "out"), "--jobs", "2"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True) as grader:
        until(lambda: len(written(tmp_path / "out")) >= 2)
        for _ in range(2):
            os.killpg(grader.pid, signal.SIGINT)  # as a terminal does: to all processes of the group
            time.sleep(0.02)
        output, errors = grader.communicate(timeout=20)
    assert grader.returncode == 130
    assert "the same command goes on" in output
    assert "Traceback" not in errors
    assert not that_name(tmp_path)
