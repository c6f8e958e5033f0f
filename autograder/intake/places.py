"""Where a submission lies and whose it is, before it is read."""

from dataclasses import dataclass
from pathlib import Path

from autograder.roster import Student


@dataclass(frozen=True)
class Place:
    """Where a submission lies, and what the platform that it comes from tells of it.

    Parameters
    ----------
    path : Path
        A folder or an archive.
    inside : str
        What the names of its files begin with, where folder or archive hold those of others too.
    students : tuple of Student
        Who handed it in; empty where that is not known.
    submitted : str
        When, as ISO 8601; empty where that is not known.
    """

    path: Path
    inside: str = ""
    students: tuple[Student, ...] = ()
    submitted: str = ""


@dataclass(frozen=True)
class Found:
    """A place, and what it would be called if nothing else were called that.

    Parameters
    ----------
    place : Place
        Where it lies.
    where : Path
        As if archives were folders: no other submission has the same.
    label : str
        The last part of its name; empty for that of ``where``.
    """

    place: Place
    where: Path
    label: str = ""
