"""One run on Gradescope: the submission's folder in, results.json out, whatever happens.

A result of 0 points that says so is written first. Every way out of here replaces it as a whole, or leaves it.
"""

import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

from autograder.configuration import Configuration, ConfigurationError
from autograder.homework import ROOT, SOLUTIONS
from autograder.intake.submission import stage
from autograder.judge.limits import Limits
from autograder.judge.results import Report
from autograder.pool import judge_all
from autograder.report.course import full_marks, on_platform, points
from autograder.report.metadata import read_metadata
from autograder.report.results import as_json, for_instructor, results, unfinished
from autograder.report.store import write_atomically

CONFIGURATION = ROOT / "configuration.json"
SHARE = 0.8  # of the deadline for the submission's own answers; the rest is for the reference and for starting up
RESERVED = 1 << 18  # bytes that results.json has from the start, so that a verdict fits though the disk be full
SELF_TEST_SECONDS = 300.0  # for the reference, while the image is built; it takes 3 with half a core


class OutOfTime(Exception):
    """The deadline of the run has passed."""


def main() -> NoReturn:
    """Grade the submission of the platform, or with ``--self-test`` the reference."""
    root = Path(os.environ.get("RUN_ROOT", "/autograder"))
    sys.exit(self_test() if sys.argv[1:] == ["--self-test"] else run(root))


def run(root: Path) -> int:
    """Grade what lies in a folder as the platform makes it.

    Parameters
    ----------
    root : Path
        Holds ``submission/``, ``results/`` and ``submission_metadata.json``.

    Returns
    -------
    code : int
        For the platform: 0 if there is a verdict, or nothing to judge.
    """
    started = time.monotonic()
    path = root / "results" / "results.json"
    write(path, unfinished(), reserve=True)
    metadata = read_metadata(root / "submission_metadata.json")
    try:
        configuration = Configuration.from_json(CONFIGURATION.read_text(encoding="utf-8"))
    except (OSError, ConfigurationError) as error:
        configuration = Configuration()
        report = Report("submission", "error", f"the configuration of the autograder cannot be used: {error}")
    else:
        report = judge(root / "submission", configuration, started)
    metadata = on_platform(metadata, configuration)
    write(path, results(report, configuration, metadata))
    print(for_instructor(report, metadata))
    return 1 if report.status == "error" else 0


def judge(folder: Path, configuration: Configuration, started: float) -> Report:
    """Judge a submission before the deadline; whatever goes wrong is told in the report."""
    seconds = configuration.deadline_seconds
    limits = Limits(own=configuration.submission_seconds, wall=SHARE * seconds)
    try:
        with deadline(seconds - (time.monotonic() - started)):
            return next(judge_all([stage("submission", folder)], 1, configuration.hidden_seed, limits))
    except OutOfTime:
        for process in multiprocessing.active_children():
            process.kill()  # its sandbox ends with it
        return Report("submission", "error", f"the run was not done after {seconds:g} s, its deadline")
    except Exception as error:
        return Report("submission", "error", f"the grader failed: {type(error).__name__}: {error}")


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Raise `OutOfTime` in what runs inside, when the time is up."""

    def ring(*_: Any) -> None:
        raise OutOfTime

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, max(seconds, 0.001))
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def write(path: Path, rendered: dict[str, Any], *, reserve: bool = False) -> None:
    """Replace results.json; where no new file can be written, write over the old one, which has room for it.

    Blanks at the end keep room: they are no text behind the JSON to any reader.
    """
    text = as_json(rendered) + " " * (RESERVED if reserve else 0)
    try:
        write_atomically(path, text)
    except OSError as error:
        print(f"results.json could not be written anew ({error}); the first one is written over.")
        with path.open("r+b") as file:
            room = os.fstat(file.fileno()).st_size
            content = text.encode()
            if len(content) <= room:
                file.write(content.ljust(room))


def self_test() -> int:
    """Grade the reference where submissions will be graded; say what is missing where it does not get all points."""
    from autograder.judge.doctor import examine

    lacking = [finding for finding in examine() if finding.needed and not finding.good]
    for finding in lacking:
        print(f"This machine cannot grade: {finding.name}: {finding.words}")
    if lacking:
        return 1
    report = next(judge_all([stage("reference", SOLUTIONS)], 1, Configuration().hidden_seed, Limits(wall=SELF_TEST_SECONDS)))
    print(for_instructor(report))
    lost = [result.check.id for result in report.checks if not result.passed]
    if lost or report.status != "graded":
        scored = f"{points(report.score)} of {points(full_marks(Configuration()))} points"
        print(f"The reference gets {scored} here; it loses {', '.join(lost) or 'all'}.")
        return 1
    print("The reference gets all points: this image can grade.")
    return 0
