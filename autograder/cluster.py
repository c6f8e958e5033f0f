"""Judge submissions on a Dask cluster: the same function over the same bytes, in the processes of other machines.

Dask unpickles what its members send each other: whoever reaches the scheduler can run anything there, so that the network of a
cluster must be trusted, or TLS be switched on in Dask's own configuration. A submission's own objects never travel: its sources
do, as bytes, and the report that a judge wrote.
"""

# mypy: disable-error-code="no-untyped-call"

import contextlib
import logging
import threading
import time
import uuid
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import CancelledError
from functools import lru_cache
from itertools import chain
from queue import Empty, SimpleQueue
from typing import Any

from distributed import Client, Future
from distributed.comm.addressing import parse_address
from distributed.comm.registry import get_backend
from distributed.scheduler import KilledWorker

from autograder.batch import checks_digest
from autograder.errors import AutograderError, WrongUsage
from autograder.intake.submission import Submission
from autograder.judge.limits import UNLIMITED, Limits
from autograder.judge.results import Report
from autograder.pool import IN_FLIGHT, judge_one
from autograder.versions import versions

CONNECTING = 8.0  # seconds until a scheduler counts as unreachable; one in the same network answers in milliseconds
LOOK = 2.0  # seconds between looks at who is there
FRESH = 60  # seconds for which a worker takes its own files for unchanged: reading all of them takes it 50 ms
TURN = threading.Lock()  # a process has one sandbox: threads of a worker take turns


class ClusterError(AutograderError):
    """The cluster cannot judge, or no longer; the message says why and what to do."""


class Unreachable(WrongUsage):
    """There is no scheduler at that address."""


class OtherVersion(Exception):
    """A worker would judge by other checks or with other packages than the run that asks it."""


def judge_all(
    submissions: Iterable[Submission],
    scheduler: str,
    seed: int,
    limits: Limits = UNLIMITED,
    say: Callable[[str], None] = lambda _: None,
) -> Generator[Report, None, None]:
    """Judge submissions on a cluster, in the order in which they are done.

    They are pulled as workers become free, never more than `IN_FLIGHT` for each. Dask runs those again whose worker dies. One
    whose workers die again and again is tried once more alone, and if they still do, gets the status ``error``.

    Parameters
    ----------
    submissions : iterable of Submission
        Their sources travel as bytes.
    scheduler : str
        Its address, ``tcp://host:8786``.
    seed : int
        Hidden seed of the checks.
    limits : Limits
        For each submission.
    say : callable
        Takes what is worth knowing meanwhile.

    Raises
    ------
    Unreachable
        No scheduler answers there.
    ClusterError
        A worker has other versions, or the scheduler is gone. What was yielded before stands.
    """
    todo = iter(submissions)
    first = next(todo, None)  # no cluster is needed where nothing is left to judge
    if first is None:
        return
    for name in ("distributed", "distributed.client"):  # what matters of their messages is raised here, in words
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    try:
        get_backend(parse_address(scheduler)[0])  # an unknown kind of address is told at once
        client = Client(scheduler, timeout=CONNECTING, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        advice = "is `dask scheduler` running there, and does a firewall let port 8786 through?"
        raise Unreachable(f"no Dask scheduler answers at {scheduler} ({error}): {advice}") from error
    try:
        expected = identity()
        _examine(client, scheduler, expected, say)
        yield from _judge_on(client, chain([first], todo), seed, limits, expected, say)
    except (CancelledError, TimeoutError, OSError) as error:
        if isinstance(error, OSError) and error.errno and not isinstance(error, (ConnectionError, TimeoutError)):
            raise  # of a file, while a submission was read
        raise ClusterError(f"the connection to the scheduler at {scheduler} is lost ({error})") from error
    except OtherVersion as error:
        raise ClusterError(str(error)) from error
    finally:
        with contextlib.suppress(Exception):
            client.close(timeout=LOOK)


def identity() -> dict[str, str]:
    """What a verdict depends on, as the process has it in which this runs."""
    unchanged = checks_digest() == checks_digest.__wrapped__()
    return {**versions(), "checks": checks_digest()[:12] if unchanged else "changed on disk since it was started"}


@lru_cache(maxsize=1)
def _identity_lately(_: int) -> dict[str, str]:
    return identity()


def judge_here(submission: Submission, seed: int, limits: Limits, expected: dict[str, str]) -> Report:
    """Judge a submission in this process of the cluster, if it has what the run expects: it may have joined since."""
    if other := _differences(expected, _identity_lately(int(time.monotonic() // FRESH))):
        from distributed import get_worker

        raise OtherVersion(_refusal(get_worker().address, other))
    with TURN:
        return judge_one(submission, seed, limits)


def _judge_on(
    client: Client,
    submissions: Iterator[Submission],
    seed: int,
    limits: Limits,
    expected: dict[str, str],
    say: Callable[[str], None],
) -> Generator[Report, None, None]:
    done: SimpleQueue[Future[Report]] = SimpleQueue()
    flying: dict[Any, tuple[Future[Report], Submission]] = {}
    suspects: list[Submission] = []
    alone = False
    workers, looked = 1, 0.0
    while True:
        if time.monotonic() - looked > LOOK:
            present, looked = len(client.nthreads()), time.monotonic()
            if not present and workers:
                say("All workers of the cluster are gone: waiting for new ones.")
            workers = present
        while len(flying) < (1 if alone else IN_FLIGHT * max(workers, 1)):
            submission = suspects.pop() if alone and suspects else next(submissions, None)
            if submission is None:
                break
            # The first part is a kind of task to Dask, which keeps statistics of each kind for ever; the second one is unique.
            key = ("judge", f"{submission.name}-{uuid.uuid4().hex}")
            future = client.submit(judge_here, submission, seed, limits, expected, key=key)
            flying[key] = future, submission
            future.add_done_callback(done.put)
        if not flying:
            if not suspects:
                return
            alone = True
            continue
        try:
            future, submission = flying.pop(done.get(timeout=LOOK).key)
        except Empty:
            continue
        try:
            report: Report = future.result()
        except KilledWorker as error:
            if not alone:
                suspects.append(submission)
                continue
            last = error.last_worker.address if error.last_worker else "unknown"
            report = Report(submission.name, "error", f"the workers that judged it died, also alone; the last one was {last}")
        except ImportError as error:
            raise ClusterError(f"a worker lacks a package ({error}): run `make setup` there") from error
        del future  # so that the scheduler forgets it
        yield report


def _examine(client: Client, scheduler: str, expected: dict[str, str], say: Callable[[str], None]) -> None:
    """Wait for workers, and see that each would judge as this process does."""
    waits = False
    while not (threads := client.nthreads()):
        if not waits:
            say(f"The cluster has no workers yet: waiting. Start some: dask worker {scheduler} --nworkers 4 --nthreads 1")
        waits = True
        time.sleep(LOOK)
    problems = []
    for worker, found in client.run(identity, on_error="return").items():
        if isinstance(found, OSError):  # it left meanwhile
            continue
        if isinstance(found, Exception):
            problems.append(f"{worker} cannot run the autograder ({found}): start it as .venv/bin/dask after `make setup`")
        elif other := _differences(expected, found):
            problems.append(_refusal(worker, other))
        if threads.get(worker, 1) != 1:
            problems.append(f"{worker} has {threads[worker]} threads: start it with --nthreads 1, and --nworkers for the cores")
    if problems:
        raise ClusterError(
            "\n".join(["nothing was graded, since the workers would not judge as this machine does:", *problems])
        )


def _differences(expected: dict[str, str], found: dict[str, str]) -> list[str]:
    return [
        f"{name} {found.get(name, 'missing')} there, {mine} here" for name, mine in expected.items() if found.get(name) != mine
    ]


def _refusal(worker: str, other: list[str]) -> str:
    return f"{worker} differs: {'; '.join(other)}. Use the same commit there, run `make setup`, start the worker anew"
