"""What is left when the grader, or a part of it, is killed: no student's process, and no wrong result."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from autograder import pool
from autograder.homework import ROOT, SOLUTIONS
from autograder.submission import stage

GONE_WITHIN = 20.0  # seconds in which the kernel has to end everything; it takes milliseconds
SUBMISSIONS = ["hostile/deaf-loop", "hostile/dawdles", "broken/endless-import", "right/lambdas"]


def descendants(process: int) -> set[int]:
    """Process ids of everything that a process started, from the kernel's table."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
    found, level = set(), {process}
    while level := {child for child, parent in parents.items() if parent in level}:
        found |= level
    return found


def alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


@pytest.mark.parametrize("seconds", [0.7, 2.0, 3.5, 6.0])
def test_a_killed_grader_leaves_no_process_and_no_wrong_result(tmp_path, seconds):
    """At whatever moment: starting, importing a submission, in an endless loop."""
    paths = [str(ROOT / "tests" / "submissions" / name) for name in SUBMISSIONS]
    command = [
        sys.executable,
        "-c",
        "from autograder.cli import main; main()",
        "grade",
        *paths,
        "--out",
        str(tmp_path),
        "--jobs",
        "2",
    ]
    grader = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    time.sleep(seconds)
    started = descendants(grader.pid)
    grader.kill()
    grader.wait()
    deadline = time.monotonic() + GONE_WITHIN
    while any(map(alive, started)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not [process for process in started if alive(process)]
    for path in tmp_path.glob("*/results.json"):
        results = json.loads(path.read_text())
        assert results["extra_data"]["status"] == "graded"
        assert (path.parent.name == "lambdas") == (results["score"] == 100)


def test_a_submission_whose_sandbox_is_killed_is_judged_again(monkeypatch, hidden_seed):
    """As the system does when memory runs out: the verdict is the same."""
    monkeypatch.setattr(pool, "BENCH", {})
    killed = []

    def kill_zygote():
        while not pool.BENCH:
            time.sleep(0.01)
        time.sleep(0.3)
        zygote = pool.BENCH[hidden_seed].sandbox._zygote
        zygote.kill()
        killed.append(zygote)

    killer = threading.Thread(target=kill_zygote)
    killer.start()
    report = pool.judge_one(stage("solutions", SOLUTIONS), hidden_seed)
    killer.join()
    bench = pool.BENCH.pop(hidden_seed)
    assert bench.sandbox._zygote is not killed[0]
    bench.close()
    assert (report.status, report.score) == ("graded", 100)


def test_a_sandbox_that_is_killed_twice_is_told_as_the_graders_failure(monkeypatch, hidden_seed):
    """The submission is tried again by the next run."""
    from autograder.judge.sandbox import SandboxError
    from autograder.judge.session import Bench

    monkeypatch.setattr(pool, "BENCH", {})

    def judge(self, *_):
        os.kill(self.sandbox._zygote.pid, signal.SIGKILL)
        self.sandbox._zygote.wait()
        self.sandbox.fork()

    monkeypatch.setattr(Bench, "judge", judge)
    report = pool.judge_one(stage("solutions", SOLUTIONS), hidden_seed)
    assert report.status == "error"
    assert SandboxError.__name__ in report.reason
    assert not pool.BENCH
