"""Grade many submissions into a folder, each once, and lose none."""

import contextlib
import fcntl
import hashlib
import json
import os
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import MappingProxyType

from autograder.configuration import Configuration
from autograder.errors import WrongUsage
from autograder.homework import ASSIGNMENT, PUBLIC_CHECKS, ROOT, SOLUTIONS
from autograder.intake.folders import Place
from autograder.intake.submission import Submission, stage
from autograder.judge.results import Report
from autograder.report.course import Metadata
from autograder.report.results import UNKNOWN
from autograder.report.store import Row, copy, load, save
from autograder.versions import versions

LOCK = ".lock"  # in the folder of results: held while a run writes there
JUDGED = ".judged"  # in the folder of results: a line with key and name of each submission that was judged


class Busy(WrongUsage):
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
            other = f"another run (process {file.read().strip()}) is grading into {out}"
            raise Busy(f"{other}: wait for it, or choose another folder.") from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def grade(
    submissions: Mapping[str, Place],
    out: Path,
    configuration: Configuration,
    *,
    fresh: bool,
    metadata: Mapping[str, Metadata] = MappingProxyType({}),
    judges: Callable[[Iterator[Submission]], Generator[Report, None, None]],
    landed: Callable[[Row], None],
) -> None:
    """Grade submissions; each is read when a judge is about to be free, and its result is on disk as soon as it is done.

    Identical ones are judged once.

    Parameters
    ----------
    submissions : mapping of str to Place
        Each by its name.
    out : Path
        Folder for the results.
    configuration : Configuration
        Settings of the course, with the seed that the judges have.
    fresh : bool
        Whether to grade again what has been graded with the same answers, checks and settings.
    metadata : mapping of str to Metadata
        When a submission came and was due, by its name; one that is not there is not late.
    judges : callable
        Takes staged submissions and yields their reports, in any order.
    landed : callable
        Takes the row of each submission as it lands.

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
            digest = key(submission, configuration, metadata.get(name, UNKNOWN))
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
    with (
        (out / JUDGED).open("a", encoding="utf-8") as log,
        closing(judges(staged())) as reports,
    ):
        for report in reports:
            digest = keys.pop(report.submission)
            for name in (report.submission, *twins.pop(digest)):
                landed(save(out, replace(report, submission=name), digest, configuration, metadata.get(name, UNKNOWN)))
            if report.status != "error":
                known[bytes.fromhex(digest)] = report.submission
                log.write(json.dumps([digest, report.submission]) + "\n")
                log.flush()


def key(submission: Submission, configuration: Configuration, metadata: Metadata = UNKNOWN) -> str:
    """Digest of everything that a result depends on: answers, checks, versions, seed, lateness, and how the course shows it.

    Who has an extension, and when the homework is due, is not in it, but what follows for this submission.
    """
    shown = replace(configuration, jobs=None, due=None, extensions={}).to_json()
    late = (metadata.late, metadata.due) if metadata.late else ()
    known = (sorted(submission.sources.items()), submission.reason, shown, late, checks_digest())
    return hashlib.sha256(repr(known).encode()).hexdigest()


@cache
def checks_digest() -> str:
    """Digest of the program, of the checks and of the versions below them, as they were when it was first asked for."""
    files = [
        *(ROOT / "autograder").rglob("*.py"),
        *(ROOT / "autograder").rglob("*.csv"),
        *ASSIGNMENT.glob("*.py"),
        *PUBLIC_CHECKS.glob("*.py"),
        *PUBLIC_CHECKS.glob("*.csv"),
        *SOLUTIONS.glob("*.py"),
    ]
    digest = hashlib.sha256(repr(versions()).encode())
    for file in sorted(files):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _judged(out: Path) -> dict[bytes, str]:
    """Read which submission was judged under each key: hints, since the folders have the last word; a torn line is none."""
    latest: dict[str, bytes] = {}
    with contextlib.suppress(FileNotFoundError), (out / JUDGED).open(encoding="utf-8") as lines:
        for line in lines:
            with contextlib.suppress(ValueError, TypeError):
                digest, name = json.loads(line)
                latest[name] = bytes.fromhex(digest)
    return {digest: name for name, digest in latest.items()}
