"""One run over a class: find the submissions, grade each of them once, and write tables and pages over all of them."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from rich.progress import Progress

from autograder import batch, pool
from autograder.configuration import Configuration
from autograder.errors import AutograderError, WrongUsage
from autograder.intake.finding import find
from autograder.judge.limits import Limits
from autograder.progress import Follower
from autograder.report.tables import due
from autograder.report.tables.gradebooks import canvas_sentences, write_gradebooks
from autograder.report.tables.grades import write_grades
from autograder.report.tables.students import SHOWN, Class
from autograder.report.tally import Tally
from autograder.report.words import shown_later
from autograder.roster import read_roster
from autograder.text import counted, first_few

GOES_ON = "the same command goes on where it stopped"


@dataclass(frozen=True)
class Request:
    """What is to be graded, and how."""

    paths: tuple[Path, ...]
    out: Path
    configuration: Configuration
    jobs: int  # processes that judge side by side on this machine
    scheduler: str | None = None  # address of a Dask cluster that judges instead
    roster: Path | None = None
    fresh: bool = False  # whether to grade again what has been graded before


@dataclass(frozen=True)
class Summary:
    """What a run found and wrote."""

    tally: Tally
    written: tuple[Path, ...]  # files over the whole class
    notices: tuple[str, ...]  # what an instructor should know besides
    seconds: float
    interrupted: bool  # whether it was stopped before its end; what was graded is kept
    problem: str = ""  # why not all were judged


def grade(request: Request, progress: Progress, show: Callable[[Summary], None]) -> Summary:
    """Grade a class into a folder; a run that was stopped is continued.

    Parameters
    ----------
    request : Request
        What and how.
    progress : Progress
        Where a bar is shown meanwhile.
    show : callable
        Takes the summary while no other run can write into the folder, which its rows are read from.

    Raises
    ------
    WrongUsage
        A path or the roster cannot be read, the scheduler does not answer, or another run is writing into the folder.
    AutograderError
        A result cannot be written, or a cluster judged nothing.
    KeyboardInterrupt
        A second one: the first stops the judging, and the tables are still written.
    """
    started = time.monotonic()
    notices: list[str] = []
    try:
        submissions = find(list(request.paths), notices)
    except OSError as error:
        raise WrongUsage(str(error)) from error
    people = Class.of(submissions, read_roster(request.roster) if request.roster else None)
    tally = Tally(request.out, submissions)
    try:
        with batch.alone(request.out):
            follower = Follower(request.out, people, tally, progress)
            problem, interrupted = "", False
            try:
                problem = _judge(request, people, follower)
            except KeyboardInterrupt:
                interrupted = True
                follower.say("Stopping.")
            if problem and not tally.landed:
                raise AutograderError(f"{problem}.")
            written = [write_grades(request.out, tally.rows(), people)]
            written += write_gradebooks(request.out, tally.rows(), people, request.configuration)
            if not interrupted:
                from autograder.report.page import write_page  # with matplotlib: what takes memory comes last

                written.append(write_page(request.out))
            notices += [*people.sentences(), *due.sentences(people, request.configuration)]
            notices += [*canvas_sentences(people, request.configuration), *_held_back(request), *_faults(tally)]
            seconds = time.monotonic() - started
            summary = Summary(tally, tuple(written), tuple(notices), seconds, interrupted, problem)
            show(summary)
            return summary
    except OSError as error:
        many = f"{tally.landed} of {tally.submissions} submissions have a result"
        raise AutograderError(f"{request.out} cannot be written: {error}. {many}; {GOES_ON}.") from error


def _judge(request: Request, people: Class, follower: Follower) -> str:
    """Judge here or on a cluster; return why not all submissions were judged, and nothing if they were."""
    seed, limits = request.configuration.hidden_seed, Limits(own=request.configuration.submission_seconds)
    grade_by: Callable[..., None] = partial(
        batch.grade,
        people.submissions,
        request.out,
        request.configuration,
        fresh=request.fresh,
        metadata=due.metadata_of(people, request.configuration),
        landed=follower.landed,
    )
    if request.scheduler is None:
        grade_by(judges=partial(pool.judge_all, jobs=request.jobs, seed=seed, limits=limits))
        return ""
    from autograder import cluster

    try:
        judges = partial(cluster.judge_all, scheduler=request.scheduler, seed=seed, limits=limits, say=follower.say)
        grade_by(judges=judges)
    except cluster.ClusterError as error:
        return str(error)
    return ""


def _faults(tally: Tally) -> list[str]:
    """What to say where a check of the grader's failed by itself, whatever an answer had returned."""
    if not tally.faulty:
        return []
    whom = first_few(tally.faulty, SHOWN)
    return [f"A check failed by itself, and gave no points, for {whom}. Look at it: {tally.fault}."]


def _held_back(request: Request) -> list[str]:
    """What to say where students' pages do not show everything."""
    later = shown_later(request.configuration)
    if not later:
        return []
    everything = f"autograder report {request.out} --all writes them with everything"
    return [f"Students' pages leave out {counted(len(later), 'check')} and the total, as the settings say: {everything}."]
