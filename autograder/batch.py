"""Grade many submissions side by side, each once, and lose none."""

import ctypes
import hashlib
import math
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from autograder.configuration import Configuration
from autograder.homework import ASSIGNMENT, ROOT, SOLUTIONS
from autograder.judge.verdict import Report
from autograder.report.folder import load, save
from autograder.report.gradescope import DEFAULT, versions
from autograder.submission import Place, Submission, stage
from autograder.worker.confine import PR_SET_PDEATHSIG

JUDGE: list[Any] = []  # the bench of this process of the pool, made with its first submission


def grade(
    submissions: dict[str, Place],
    out: Path,
    *,
    jobs: int,
    seed: int,
    fresh: bool,
    landed: Callable[[dict[str, Any]], None],
    configuration: Configuration = DEFAULT,
) -> None:
    """Grade submissions; each result is on disk before the next is waited for.

    Parameters
    ----------
    submissions : dict of str to Place
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
    """
    staged, keys = [], {}
    for name, place in submissions.items():
        submission = stage(name, place.path, place.inside)
        keys[name] = key(submission, seed, configuration)
        row = None if fresh else load(out, name, keys[name])
        if row is None:
            staged.append(submission)
        else:
            landed(row)
    for report in judge_all(staged, jobs, seed):
        landed(save(out, report, keys[report.submission], configuration))


def judge_all(submissions: list[Submission], jobs: int, seed: int, seconds: float = math.inf) -> Iterator[Report]:
    """Judge submissions in a pool of processes, in the order in which they are done; each within that time.

    A submission whose judge dies is tried once more, alone; if its judge dies again, it gets the status ``error``.
    """
    if not submissions:
        return
    unfinished = {submission.name: submission for submission in submissions}
    for report in _in_pool(submissions, min(jobs, len(submissions)), seed, seconds):
        del unfinished[report.submission]
        yield report
    for submission in unfinished.values():
        reports = list(_in_pool([submission], 1, seed, seconds))
        yield reports[0] if reports else Report(submission.name, "error", "the process that judged it died twice")


def judge_one(submission: Submission, seed: int, seconds: float = math.inf) -> Report:
    """Judge a submission in this process; whatever goes wrong with the grader is told in the report.

    A sandbox that is lost, since the system killed it for want of memory, say, is made anew, and the submission judged again.
    """
    from autograder.judge.sandbox import SandboxError
    from autograder.judge.session import Bench

    for last in (False, True):
        try:
            if not JUDGE:
                JUDGE.append(Bench(seed))
            report: Report = JUDGE[0].judge(submission, seconds)
            break
        except Exception as error:
            if JUDGE:
                JUDGE.pop().close()
            report = Report(submission.name, "error", f"the grader failed: {type(error).__name__}: {error}")
            if last or not isinstance(error, SandboxError):
                break
    return report


def key(submission: Submission, seed: int, configuration: Configuration = DEFAULT) -> str:
    """Digest of everything that a result depends on: answers, checks, versions, seed, and how the course shows it."""
    shown = replace(configuration, hidden_seed=seed, jobs=None).to_json()
    digest = hashlib.sha256(repr((sorted(submission.sources.items()), submission.reason, shown, _checks_digest())).encode())
    return digest.hexdigest()


@cache
def _checks_digest() -> str:
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


def _in_pool(submissions: list[Submission], jobs: int, seed: int, seconds: float) -> Iterator[Report]:
    """Judge submissions in a pool; where it breaks, some have no report."""
    # A fresh interpreter each: a fork of this one would share its threads' locks and its memory.
    pool = ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn"), _serve_the_parent, (os.getpid(),))
    try:
        for future in as_completed([pool.submit(judge_one, submission, seed, seconds) for submission in submissions]):
            yield future.result()
    except BrokenProcessPool:
        return
    finally:
        pool.shutdown(wait=False, cancel_futures=True)  # an interrupt does not wait for the longest submission


def _serve_the_parent(parent: int) -> None:
    """Leave Ctrl-C to the parent, and end when it does, however it ends; the sandbox then ends with this process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it died before this process could ask to be told
        os._exit(1)
