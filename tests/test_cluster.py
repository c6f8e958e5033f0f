"""A cluster judges as this machine does, whoever of it dies; here two workers on this machine, and a scheduler."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from distributed import Client

from autograder.homework import ROOT, SOLUTIONS
from tests.grader import COMMAND, all_of, autograder_process, rows
from tests.processes import PATIENCE, lost_sandboxes, until

RIGHT = (SOLUTIONS / "distances.py").read_text(encoding="utf-8")
DASK = [sys.executable, "-m", "dask"]


@dataclass
class Cluster:
    """A scheduler, and workers that the test starts."""

    folder: Path
    address: str = ""
    programs: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, *arguments: str, code: Path = ROOT, **variables: str) -> subprocess.Popen[bytes]:
        log = (self.folder / f"log-{len(self.programs)}").open("wb")
        environment = {**os.environ, "PYTHONPATH": str(code), **variables}
        with log:
            program = subprocess.Popen(
                [*DASK, *arguments, "--no-dashboard", "--host", "127.0.0.1"],
                env=environment,
                cwd=self.folder,
                stdout=log,
                stderr=log,
            )
        self.programs.append(program)
        return program

    def workers(self, count: int, *options: str, threads: int = 1, code: Path = ROOT) -> subprocess.Popen[bytes]:
        """Start that many worker processes below one nanny each, and wait for them."""
        with self.client() as client:
            before = len(client.nthreads())
            program = self.start(
                "worker", self.address, "--nworkers", str(count), "--nthreads", str(threads), *options, code=code
            )
            client.wait_for_workers(before + count, timeout=60)
        return program

    def client(self) -> Client:
        return Client(self.address, timeout=30, set_as_default=False)

    def processes(self) -> dict[str, int]:
        """Process ids of the workers, by address."""
        with self.client() as client:
            return dict(client.run(os.getpid))


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """A scheduler without workers, for which a task whose worker has died once is suspicious."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    cluster = Cluster(tmp_path, f"tcp://127.0.0.1:{port}")
    cluster.start("scheduler", "--port", str(port), DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES="0")
    yield cluster
    for program in reversed(cluster.programs):
        program.terminate()
        try:
            program.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            program.kill()
            program.wait()


@pytest.fixture
def a_class(tmp_path: Path) -> Path:
    """Ten submissions: two right in q5, the others unreadable, one of them empty."""
    for k in range(10):
        (tmp_path / "class" / f"s{k}").mkdir(parents=True)
        if k != 7:
            text = f"{'def f(:' if k % 5 else RIGHT}\n# {k}\n"
            (tmp_path / "class" / f"s{k}" / "distances.py").write_text(text, encoding="utf-8")
    return tmp_path / "class"


@pytest.mark.slow
def test_a_cluster_that_loses_a_worker_gives_the_same_grades(cluster, a_class, tmp_path):
    """One worker is killed while it judges; its submission is judged by another one, and no sandbox is left behind."""
    local = autograder_process("grade", a_class, "--out", tmp_path / "local", "--jobs", 2)
    assert local.returncode == 0, local.stderr
    started = cluster.workers(2)
    (a_class / "slow").mkdir()
    (a_class / "slow" / "distances.py").write_text("import time\ntime.sleep(3)\n" + RIGHT, encoding="utf-8")
    killed = []

    def kill() -> None:
        with cluster.client() as client:
            pids = client.run(os.getpid)
            while not killed:
                for worker, tasks in client.processing().items():
                    if any("slow" in str(task) for task in tasks) and len(list((tmp_path / "out").glob("s?/results.json"))) > 1:
                        os.kill(pids[worker], signal.SIGKILL)
                        killed.append(worker)
                time.sleep(0.02)

    killer = threading.Thread(target=kill)
    killer.start()
    run = autograder_process("grade", a_class, "--out", tmp_path / "out", "--scheduler", cluster.address)
    killer.join()
    assert run.returncode == 0, run.stdout + run.stderr
    assert len(killed) == 1
    assert [row for row in rows(tmp_path / "out") if row["submission"] != "slow"] == rows(tmp_path / "local")
    assert [row["score"] for row in rows(tmp_path / "out") if row["submission"] == "slow"] == [all_of("q5")]
    started.terminate()
    started.wait(PATIENCE)
    until(lambda: not lost_sandboxes())


@pytest.mark.slow
def test_a_submission_that_kills_its_workers_takes_nobody_with_it(cluster, a_class, tmp_path):
    """None should be able to: it is tried once more alone, gets the status error, and all others their marks."""
    cluster.workers(2)
    (a_class / "deadly").mkdir()
    (a_class / "deadly" / "distances.py").write_text("import time\ntime.sleep(1000)\n", encoding="utf-8")
    killed: list[str] = []
    over = threading.Event()

    def kill() -> None:
        with cluster.client() as client:
            while not over.is_set():
                for worker, tasks in client.processing().items():
                    if any("deadly" in str(task) for task in tasks) and worker not in killed:
                        pid = client.run(os.getpid, workers=[worker], on_error="ignore").get(worker)
                        if pid:
                            os.kill(pid, signal.SIGKILL)
                            killed.append(worker)
                time.sleep(0.05)

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        run = autograder_process("grade", a_class, "--out", tmp_path / "out", "--scheduler", cluster.address)
    finally:
        over.set()
        killer.join()
    assert run.returncode == 1, run.stdout + run.stderr
    assert "The grader failed on deadly" in run.stdout
    assert "workers that judged it died, also alone" in run.stdout
    assert len(killed) == 2
    statuses = {row["submission"]: row["status"] for row in rows(tmp_path / "out")}
    assert statuses == {f"s{k}": "invalid" if k == 7 else "graded" for k in range(10)} | {"deadly": "error"}


def test_workers_that_would_judge_otherwise_are_refused(cluster, a_class, tmp_path):
    """Before anything is graded: other checks, or several threads; the message names the worker and what to do."""
    other = tmp_path / "other"
    for folder in ("autograder", "assignment", "solutions"):
        shutil.copytree(ROOT / folder, other / folder, ignore=shutil.ignore_patterns("__pycache__"))
    with (other / "autograder" / "hidden" / "test_q5.py").open("a", encoding="utf-8") as file:
        file.write("\n# as it was before the last correction\n")
    changed = cluster.workers(1, code=other)
    stale = autograder_process("grade", a_class, "--out", tmp_path / "out", "--scheduler", cluster.address)
    assert stale.returncode == 1
    for words in ("nothing was graded", next(iter(cluster.processes())), "differs: checks ", "Use the same commit"):
        assert words in stale.stderr
    assert "Traceback" not in stale.stderr
    assert not list((tmp_path / "out").glob("*/results.json"))
    changed.terminate()
    changed.wait(PATIENCE)
    cluster.workers(1, threads=2)
    threaded = autograder_process("grade", a_class, "--out", tmp_path / "out", "--scheduler", cluster.address)
    assert threaded.returncode == 1
    assert "has 2 threads: start it with --nthreads 1" in threaded.stderr
    assert not list((tmp_path / "out").glob("*/results.json"))


@pytest.mark.slow
def test_a_run_waits_for_workers_and_says_so(cluster, a_class, tmp_path):
    """It does not fail, and says how to start some; that there is no scheduler any more ends it, and what landed is kept."""
    command = [*COMMAND, "grade", str(a_class), "--out", str(tmp_path / "out"), "--scheduler", cluster.address]
    (a_class / "t").mkdir()
    (a_class / "t" / "distances.py").write_text("import time\ntime.sleep(1000)\n", encoding="utf-8")
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as run:
        assert run.stderr is not None
        assert "no workers yet: waiting" in run.stderr.readline()
        cluster.workers(1)
        until(lambda: (tmp_path / "out" / "s9" / "results.json").exists())
        cluster.programs[0].kill()
        output, errors = run.communicate(timeout=60)
    assert run.returncode == 1
    assert "10 of 11 submissions have a result" in output
    assert "the connection to the scheduler" in errors
    assert "Traceback" not in errors
    assert len(rows(tmp_path / "out")) == 10


@pytest.mark.parametrize("address", [pytest.param("tcp://127.0.0.1:9", marks=pytest.mark.slow), "frob://127.0.0.1:8786"])
def test_a_scheduler_that_is_not_there_is_told_within_seconds(a_class, tmp_path, address):
    """As wrong usage, and nothing is graded; where all have a result already, none is asked for."""
    run = autograder_process("grade", a_class, "--out", tmp_path / "out", "--scheduler", address)
    assert run.returncode == 2
    assert f"no Dask scheduler answers at {address}" in run.stderr
    assert "Traceback" not in run.stderr
    assert not list((tmp_path / "out").glob("*/results.json"))


def test_jobs_are_for_this_machine(a_class, tmp_path):
    """With a cluster, they are wrong usage, of which the message speaks: that nobody answers there would be told too."""
    run = autograder_process("grade", a_class, "--out", tmp_path / "out", "--scheduler", "tcp://127.0.0.1:9", "--jobs", 2)
    assert run.returncode == 2
    assert "--jobs is for this machine" in run.stderr
