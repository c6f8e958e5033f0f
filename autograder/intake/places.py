"""Records of submissions that were found and are not read yet: where each lies, and what a platform tells of it."""

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
class Unnamed:
    """A submission that was found and has no name yet: its place, and what the name will be made of.

    Parameters
    ----------
    place : Place
        Where it lies, and whose it is.
    where : Path
        Its path as if archives were folders: no other submission has the same.
    label : str
        The last part of its name; empty for that of ``where``.
    """

    place: Place
    where: Path
    label: str = ""
