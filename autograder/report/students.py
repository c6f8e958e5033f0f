"""Whose submissions they are, who is missing, and what an instructor should know of both."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from autograder.intake.places import Place
from autograder.report.folder import STUDENTS
from autograder.roster import Member, Roster, Student

SHOWN = 5  # names in a sentence for the terminal; the tables have them all


@dataclass(frozen=True)
class Class:
    """Submissions and students.

    Parameters
    ----------
    owners : dict of str to tuple of Member
        Who handed in, for each submission; none where that is not known.
    members : tuple of Member
        All students: those of the roster in its order, then those whom only the platform knows.
    handed_in : dict of Member to list of str
        Submissions of each student who has any, in the order of their times, where these are known.
    missing : tuple of Member
        Who is on the roster and has no submission.
    unknown : tuple of str
        Submissions of nobody on the roster; none without a roster.
    """

    owners: dict[str, tuple[Member, ...]]
    members: tuple[Member, ...] = ()
    handed_in: dict[Member, list[str]] = field(default_factory=dict)
    missing: tuple[Member, ...] = ()
    unknown: tuple[str, ...] = ()

    def sentences(self, roster: Roster | None) -> list[str]:
        """What an instructor should know of it."""
        told = []
        if roster and self.missing:
            have = "has" if len(self.missing) == 1 else "have"
            many = f"{len(self.missing)} of {len(roster.members)} students on the roster {have}"
            told.append(f"{many} not submitted: {_some([member.label for member in self.missing])}.")
        if self.unknown:
            told.append(f"Nobody on the roster is known to have handed in {_some(self.unknown)}; graded all the same.")
        twice = [f"{member.label} ({', '.join(names)})" for member, names in self.handed_in.items() if len(names) > 1]
        if twice:
            told.append(f"More than one submission is of {_some(twice)}: in canvas.csv and gradescope.csv the last one counts.")
        return told


def of(submissions: Mapping[str, Place], roster: Roster | None = None) -> Class:
    """Find out whose submissions they are.

    Parameters
    ----------
    submissions : mapping of str to Place
        By their names.
    roster : Roster, optional
        Knows more of the students than a platform tells, and who is missing.
    """
    owners = {name: _owners(name, place, roster) for name, place in submissions.items()}
    handed_in: dict[Member, list[str]] = {}
    for name in sorted(submissions, key=lambda name: _moment(submissions[name])):
        for member in owners[name]:
            handed_in.setdefault(member, []).append(name)
    enrolled = roster.members if roster else ()
    others = dict.fromkeys(member for members in owners.values() for member in members if not (roster and member.cells))
    unknown = [name for name, members in owners.items() if not any(member.cells for member in members)]
    return Class(
        owners,
        (*enrolled, *others),
        handed_in,
        tuple(member for member in enrolled if member not in handed_in),
        tuple(unknown) if roster else (),
    )


def with_students(rows: Iterable[dict[str, Any]], submissions: Mapping[str, Place], people: Class) -> Iterator[dict[str, Any]]:
    """Add to the rows of grades.csv whose they are, and rows for those who are missing; nothing where nobody is known.

    Parameters
    ----------
    rows : iterable of dict
        One for each submission that was graded.
    submissions : mapping of str to Place
        All that were found.
    people : Class
        Whose they are.
    """
    if not people.members:
        yield from rows
        return
    for row in rows:
        owners, place = people.owners.get(row["submission"], ()), submissions.get(row["submission"])
        yield {**row, **_columns(owners, place.submitted if place else "")}
    for member in people.missing:
        yield {"submission": member.label, "status": "missing", **_columns((member,), "")}


def _owners(name: str, place: Place, roster: Roster | None) -> tuple[Member, ...]:
    from_canvas = place.inside.endswith("_")
    found = []
    for student in place.students:
        member = roster.match(student, from_canvas=from_canvas) if roster else None
        if member is None and from_canvas:
            member = replace(Member.of(replace(student, sid="")), canvas=student.sid)
        found.append(member or Member.of(student))
    if not place.students and roster and (member := roster.called(name)):
        found.append(member)
    return tuple(dict.fromkeys(found))


def _columns(members: tuple[Member, ...], submitted: str) -> dict[str, str]:
    students: list[Student] = [replace(member.student, sid=member.student.sid or member.canvas) for member in members]
    words = ("; ".join(filter(None, (getattr(student, column) for student in students))) for column in ("name", "email", "sid"))
    return dict(zip(STUDENTS, (*words, submitted)))


def _moment(place: Place) -> float:
    return datetime.fromisoformat(place.submitted).timestamp() if place.submitted else 0.0


def _some(words: Iterable[str]) -> str:
    words = list(words)
    more = f" and {len(words) - SHOWN} more" if len(words) > SHOWN else ""
    return ", ".join(words[:SHOWN]) + more
