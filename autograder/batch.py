"""Grade many submissions side by side, each once, and lose none."""

import contextlib
import ctypes
import fcntl
import gc
import hashlib
import json
import math
import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import cache
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from autograder.configuration import DEFAULT, Configuration
from autograder.homework import ASSIGNMENT, ROOT, SOLUTIONS
from autograder.judge.verdict import Report
from autograder.orders import ONE_THREAD, PR_SET_PDEATHSIG
from autograder.report.folder import copy, load, save
from autograder.submission import Place, Submission, stage
from autograder.versions import versions

IN_FLIGHT = 2  # submissions staged for each judge: the one at work and the next; staging one takes a millisecond
LOCK = ".lock"  # in the folder of results: held while a run writes there
JUDGED = ".judged"  # in the folder of results: a line with key and name of each submission that was judged
JUDGE: dict[int, Any] = {}  # the bench of this process by its seed, made with the first submission; never more than one


class Busy(Exception):
    """Another run is writing into the same folder."""


@contextmanager
def alone(out: Path) -> Iterator[None]:
    """Make the folder of results and hold it; the system lets go of it however this process ends.

    Raises
    ------
    Busy
        Another run holds it.
    OSError
        It cannot be made or written.
    """
    out.mkdir(parents=True, exist_ok=True)
    with (out / LOCK).open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise Busy(f"another run (process {file.read().strip()}) is grading into {out}") from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def grade(
    submissions: Mapping[str, Place],
    out: Path,
    *,
    jobs: int,
    seed: int,
    fresh: bool,
    landed: Callable[[dict[str, Any]], None],
    configuration: Configuration = DEFAULT,
    judges: Callable[[Iterator[Submission]], Iterator[Report]] | None = None,
) -> None:
    """Grade submissions; each is read when a judge is about to be free, and its result is on disk as soon as it is done.

    Identical ones are judged once.

    Parameters
    ----------
    submissions : mapping of str to Place
        Each by its name.
    out : Path
        Folder for the results.
    jobs : int
        Number of processes that judge side by side.
    seed : int
        Hidden seed of the checks.
    fresh : bool
        Whether to grade again what has been graded with the same answers, checks, settings and seed.
    landed : callable
        Takes the row of each submission as it lands.
    configuration : Configuration
        Settings of the course: how results are shown. Number of jobs and seed are those given above.
    judges : callable or None
        Takes staged submissions and yields their reports; None for processes of this machine.

    Raises
    ------
    OSError
        A result cannot be written.
    """
    if fresh:
        (out / JUDGED).unlink(missing_ok=True)
    known = _judged(out)
    keys: dict[str, str] = {}  # of submissions in flight, by name
    twins: dict[str, list[str]] = {}  # names of those identical to one in flight, by key

    def staged() -> Iterator[Submission]:
        for name, place in submissions.items():
            submission = stage(name, place.path, place.inside)
            digest = key(submission, seed, configuration)
            row = None if fresh else load(out, name, digest)
            if row is None and digest in twins:
                twins[digest].append(name)
                continue
            if row is None and bytes.fromhex(digest) in known:
                row = copy(out, known[bytes.fromhex(digest)], name, digest)
            if row is None:
                keys[name], twins[digest] = digest, []
                yield submission
            else:
                known.setdefault(bytes.fromhex(digest), name)
                landed(row)

    out.mkdir(parents=True, exist_ok=True)
    todo = staged()
    with (
        (out / JUDGED).open("a", encoding="utf-8") as log,
        closing(judges(todo) if judges else judge_all(todo, jobs, seed)) as reports,  # type: ignore[type-var]
    ):
        for report in reports:
            digest = keys.pop(report.submission)
            for name in (report.submission, *twins.pop(digest)):
                landed(save(out, replace(report, submission=name), digest, configuration))
            if report.status != "error":
                known[bytes.fromhex(digest)] = report.submission
                log.write(json.dumps([digest, report.submission]) + "\n")
                log.flush()


def judge_all(submissions: Iterable[Submission], jobs: int, seed: int, seconds: float = math.inf) -> Iterator[Report]:
    """Judge submissions in processes of their own, in the order in which they are done; each within that time.

    They are pulled as judges become free, never more than `IN_FLIGHT` for each. A submission whose judge dies is tried once
    more by a new one; if that dies too, it gets the status ``error``.
    """
    todo = iter(submissions)
    ahead: deque[Submission] = deque()
    idle: list[_Judge] = []
    busy: dict[Connection, _Judge] = {}

    def give(submission: Submission, *, again: bool = False) -> None:
        judge = idle.pop() if idle else _Judge(seed, seconds)
        busy[judge.channel] = judge
        judge.give(submission, again=again)

    try:
        while True:
            while len(busy) + len(ahead) < IN_FLIGHT * jobs and (submission := next(todo, None)):
                if len(busy) < jobs:
                    give(submission)
                else:
                    ahead.append(submission)
            if not busy:
                return
            reports = []
            heard = wait(list(busy))
            for channel in [channel for channel in busy if channel in heard]:
                judge = busy.pop(channel)
                if report := judge.take():
                    idle.append(judge)
                elif judge.again:
                    report = Report(judge.submission.name, "error", "the process that judged it died twice")
                else:
                    give(judge.submission, again=True)
                    continue
                reports.append(report)
                if ahead:
                    give(ahead.popleft())
            yield from reports
    finally:  # an interrupt does not wait for the longest submission
        for judge in (*idle, *busy.values()):
            judge.end()


def judge_one(submission: Submission, seed: int, seconds: float = math.inf) -> Report:
    """Judge a submission in this process; whatever goes wrong with the grader is told in the report.

    A sandbox that is lost, since the system killed it for want of memory, say, is made anew, and the submission judged again.
    """
    from autograder.judge.sandbox import SandboxError
    from autograder.judge.session import Bench

    for last in (False, True):
        try:
            if seed not in JUDGE:
                close_bench()
                JUDGE[seed] = Bench(seed)
                gc.freeze()  # what stays for good need not be looked at for each submission
            report: Report = JUDGE[seed].judge(submission, seconds)
            break
        except Exception as error:
            close_bench()
            report = Report(submission.name, "error", f"the grader failed: {type(error).__name__}: {error}")
            if last or not isinstance(error, SandboxError):
                break
    return report


def close_bench() -> None:
    """End the sandbox of this process, if it has one."""
    while JUDGE:
        JUDGE.popitem()[1].close()


def key(submission: Submission, seed: int, configuration: Configuration = DEFAULT) -> str:
    """Digest of everything that a result depends on: answers, checks, versions, seed, and how the course shows it."""
    shown = replace(configuration, hidden_seed=seed, jobs=None).to_json()
    digest = hashlib.sha256(repr((sorted(submission.sources.items()), submission.reason, shown, checks_digest())).encode())
    return digest.hexdigest()


@cache
def checks_digest() -> str:
    """Digest of the program, of the checks and of the versions below them, as they were when it was first asked for."""
    files = [
        *(ROOT / "autograder").rglob("*.py"),
        *(ROOT / "autograder").rglob("*.csv"),
        *ASSIGNMENT.glob("*.py"),
        *(ASSIGNMENT / "tests").glob("*.py"),
        *(ASSIGNMENT / "tests").glob("*.csv"),
        *SOLUTIONS.glob("*.py"),
    ]
    digest = hashlib.sha256(repr(versions()).encode())
    for file in sorted(files):
        digest.update(file.read_bytes())
    return digest.hexdigest()


class _Judge:
    """A process that judges one submission after another."""

    def __init__(self, seed: int, seconds: float) -> None:
        os.environ.update(ONE_THREAD)
        # A fresh interpreter: a fork of this one would share its threads' locks and its memory.
        context = multiprocessing.get_context("spawn")
        self.channel, theirs = context.Pipe()
        with theirs:
            arguments = (theirs, judge_one, os.getpid(), seed, seconds)
            self.process = context.Process(target=_serve, args=arguments, daemon=True)
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # the process inherits that, until it ignores Ctrl-C
            try:
                self.process.start()
            finally:
                signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})

    def give(self, submission: Submission, *, again: bool) -> None:
        """Hand over a submission; `again` tells that it has brought down a judge before."""
        self.submission, self.again = submission, again
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # it died; `take` finds that out
            self.channel.send(submission)

    def take(self) -> Report | None:
        """Receive the report that is there; None where the process died instead."""
        try:
            report: Report = self.channel.recv()
        except (EOFError, ConnectionResetError):
            self.end()
            return None
        return report

    def end(self) -> None:
        """End the process, whatever it does; its sandbox ends with it."""
        self.process.kill()
        self.process.join()
        self.channel.close()


def _serve(
    channel: Connection, judge: Callable[[Submission, int, float], Report], parent: int, seed: int, seconds: float
) -> None:
    """Judge what comes through the channel, until it is closed."""
    _serve_the_parent(parent)
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):  # the grader is gone, or leaving
        while True:
            channel.send(judge(channel.recv(), seed, seconds))


def _serve_the_parent(parent: int) -> None:
    """Leave Ctrl-C to the parent, and end when it does, however it ends; the sandbox then ends with this process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it died before this process could ask to be told
        os._exit(1)


def _judged(out: Path) -> dict[bytes, str]:
    """Read which submission was judged under each key: hints, since the folders have the last word; a torn line is none."""
    latest: dict[str, bytes] = {}
    with contextlib.suppress(FileNotFoundError), (out / JUDGED).open(encoding="utf-8") as lines:
        for line in lines:
            with contextlib.suppress(ValueError, TypeError):
                digest, name = json.loads(line)
                latest[name] = bytes.fromhex(digest)
    return {digest: name for name, digest in latest.items()}
