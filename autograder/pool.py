"""Judge submissions side by side, in processes of this machine: one that dies takes no other with it."""

import contextlib
import ctypes
import gc
import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Generator, Iterable
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING

from autograder.intake.submission import Submission
from autograder.judge.limits import UNLIMITED, Limits
from autograder.judge.results import Report
from autograder.orders import ONE_THREAD, PR_SET_PDEATHSIG

if TYPE_CHECKING:
    from autograder.judge.judge import Judge

IN_FLIGHT = 2  # submissions staged for each judge: the one at work and the next; staging one takes a millisecond
JUDGE: dict[int, "Judge"] = {}  # that of this process by its seed, made with the first submission; never more than one


def judge_all(
    submissions: Iterable[Submission], jobs: int, seed: int, limits: Limits = UNLIMITED
) -> Generator[Report, None, None]:
    """Judge submissions in processes of their own, in the order in which they are done.

    They are pulled as judges become free, never more than `IN_FLIGHT` for each. A submission whose judge dies is tried once
    more by a new one; if that dies too, it gets the status ``error``.

    Parameters
    ----------
    submissions : iterable of Submission
        Staged ones.
    jobs : int
        Number of processes.
    seed : int
        Hidden seed of the checks.
    limits : Limits
        For each submission.
    """
    todo = iter(submissions)
    ahead: deque[Submission] = deque()
    idle: list[_JudgeProcess] = []
    busy: dict[Connection, _JudgeProcess] = {}

    def give(submission: Submission, *, again: bool = False) -> None:
        judge = idle.pop() if idle else _JudgeProcess(seed, limits)
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


def judge_one(submission: Submission, seed: int, limits: Limits = UNLIMITED) -> Report:
    """Judge a submission in this process; whatever goes wrong with the grader is told in the report.

    A sandbox that is lost, since the system killed it for want of memory, say, is made anew, and the submission judged again.
    """
    from autograder.judge.judge import Judge
    from autograder.judge.sandbox import SandboxError

    for last in (False, True):
        try:
            if seed not in JUDGE:
                _close_judge()
                JUDGE[seed] = Judge(seed)
                gc.freeze()  # what stays for good need not be looked at for each submission
            report = JUDGE[seed].judge(submission, limits)
            break
        except Exception as error:
            _close_judge()
            report = Report(submission.name, "error", f"the grader failed: {type(error).__name__}: {error}")
            if last or not isinstance(error, SandboxError):
                break
    return report


def _close_judge() -> None:
    """End the sandbox of this process, if it has one."""
    while JUDGE:
        JUDGE.popitem()[1].close()


class _JudgeProcess:
    """A process that judges one submission after another."""

    def __init__(self, seed: int, limits: Limits) -> None:
        os.environ.update(ONE_THREAD)
        # A fresh interpreter: a fork of this one would share its threads' locks and its memory.
        context = multiprocessing.get_context("spawn")
        self.channel, theirs = context.Pipe()
        with theirs:
            arguments = (theirs, judge_one, os.getpid(), seed, limits)
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
    channel: Connection, judge: Callable[[Submission, int, Limits], Report], parent: int, seed: int, limits: Limits
) -> None:
    """Judge what comes through the channel, until it is closed."""
    _serve_the_parent(parent)
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):  # the grader is gone, or leaving
        while True:
            channel.send(judge(channel.recv(), seed, limits))


def _serve_the_parent(parent: int) -> None:
    """Leave Ctrl-C to the parent, and end when it does, however it ends; the sandbox then ends with this process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it died before this process could ask to be told
        os._exit(1)
