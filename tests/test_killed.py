"""What is left when the grader, or a part of it, is killed: no student's process, and no wrong result."""

import json
import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from autograder import pool
from autograder.homework import ROOT, SOLUTIONS
from autograder.intake.submission import Submission, stage
from autograder.judge.judge import Judge
from autograder.judge.sandbox import SandboxError
from tests.grader import COMMAND, all_of
from tests.handed_in import FULL, whole
from tests.processes import alive, descendants, until

SUBMISSIONS = ["hostile/deaf-loop", "hostile/dawdles", "broken/endless-import", "right/lambdas"]


@pytest.mark.parametrize("seconds", [0.0, 1.3, *(pytest.param(seconds, marks=pytest.mark.slow) for seconds in (2.8, 5.3))])
def test_a_killed_grader_leaves_no_process_and_no_wrong_result(tmp_path, seconds):
    """At whatever moment after its first process: starting, importing a submission, in an endless loop."""
    paths = [str(whole(name, tmp_path / "class" / name)) for name in SUBMISSIONS]
    command = [*COMMAND, "grade", *paths, "--out", str(tmp_path / "out"), "--jobs", "2"]
    grader = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    until(lambda: descendants(grader.pid))
    time.sleep(seconds)
    started = descendants(grader.pid)
    grader.kill()
    grader.wait()
    assert started
    until(lambda: not any(map(alive, started)))
    for path in (tmp_path / "out").glob("*/results.json"):
        results = json.loads(path.read_text())
        assert results["extra_data"]["status"] == "graded"
        assert (path.parent.name == "lambdas") == (results["score"] == float(all_of()))


def sleeps(submission: Submission, seed: int, seconds: float) -> None:  # noqa: ARG001
    """Stand for a judge at work on a long submission."""
    time.sleep(1000)


def test_a_judge_at_work_dies_with_its_grader():
    """It would otherwise go on until its submission is done, and only then find out that nobody takes the report."""
    code = (
        "from autograder import pool\nfrom autograder.intake.submission import Submission\n"
        "from tests.test_killed import sleeps\n"
        "pool.judge_one = sleeps\nnext(pool.judge_all([Submission('a', {'softmax': b''})], 1, 1))\n"
    )
    grader = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})
    until(lambda: descendants(grader.pid))
    time.sleep(1.0)
    started = descendants(grader.pid)
    grader.kill()
    grader.wait()
    until(lambda: not any(map(alive, started)))


def test_a_submission_whose_sandbox_is_killed_is_judged_again(monkeypatch, hidden_seed):
    """As the system does when memory runs out: the verdict is the same."""
    monkeypatch.setattr(pool, "JUDGE", {})
    killed = []

    def kill_zygote():
        until(lambda: pool.JUDGE)
        time.sleep(0.3)
        zygote = pool.JUDGE[hidden_seed].sandbox._zygote
        zygote.kill()
        killed.append(zygote)

    killer = threading.Thread(target=kill_zygote)
    killer.start()
    report = pool.judge_one(stage("solutions", SOLUTIONS), hidden_seed)
    killer.join()
    the_judge = pool.JUDGE.pop(hidden_seed)
    assert the_judge.sandbox._zygote is not killed[0]
    the_judge.close()
    assert (report.status, report.score) == ("graded", FULL)


def test_a_sandbox_that_is_killed_twice_is_told_as_the_graders_failure(monkeypatch, hidden_seed):
    """The submission is tried again by the next run."""
    monkeypatch.setattr(pool, "JUDGE", {})

    def judge(self, *_):
        os.kill(self.sandbox._zygote.pid, signal.SIGKILL)
        self.sandbox._zygote.wait()
        self.sandbox.fork()

    monkeypatch.setattr(Judge, "judge", judge)
    report = pool.judge_one(stage("solutions", SOLUTIONS), hidden_seed)
    assert report.status == "error"
    assert SandboxError.__name__ in report.reason
    assert not pool.JUDGE
