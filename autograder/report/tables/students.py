"""Whose submissions they are, who is missing, and what an instructor should know of both."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from autograder.intake.folders import Place
from autograder.roster import Member, Roster
from autograder.text import first_few

SHOWN = 5  # names in a sentence for the terminal; the tables have them all


@dataclass(frozen=True)
class Class:
    """Submissions and students.

    Parameters
    ----------
    submissions : mapping of str to Place
        All that were found, by their names.
    roster : Roster or None
        Who is in the class, if that is known.
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

    submissions: Mapping[str, Place]
    roster: Roster | None
    owners: dict[str, tuple[Member, ...]]
    members: tuple[Member, ...]
    handed_in: dict[Member, list[str]]
    missing: tuple[Member, ...]
    unknown: tuple[str, ...]

    @classmethod
    def of(cls, submissions: Mapping[str, Place], roster: Roster | None = None) -> "Class":
        """Find out whose submissions they are; a roster knows more of the students than a platform, and who is missing."""
        owners = {name: _owners(name, place, roster) for name, place in submissions.items()}
        handed_in: dict[Member, list[str]] = {}
        for name in sorted(submissions, key=lambda name: _moment(submissions[name])):
            for member in owners[name]:
                handed_in.setdefault(member, []).append(name)
        enrolled = roster.members if roster else ()
        others = dict.fromkeys(member for members in owners.values() for member in members if not (roster and member.cells))
        unknown = [name for name, members in owners.items() if not any(member.cells for member in members)]
        return cls(
            submissions,
            roster,
            owners,
            members=(*enrolled, *others),
            handed_in=handed_in,
            missing=tuple(member for member in enrolled if member not in handed_in),
            unknown=tuple(unknown) if roster else (),
        )

    def sentences(self) -> list[str]:
        """What an instructor should know of the students."""
        told = []
        if self.roster and self.missing:
            have = "has" if len(self.missing) == 1 else "have"
            many = f"{len(self.missing)} of {len(self.roster.members)} students on the roster {have}"
            told.append(f"{many} not submitted: {first_few([member.label for member in self.missing], SHOWN)}.")
        if self.unknown:
            told.append(
                f"Nobody on the roster is known to have handed in {first_few(self.unknown, SHOWN)}; graded all the same."
            )
        twice = [f"{member.label} ({', '.join(names)})" for member, names in self.handed_in.items() if len(names) > 1]
        if twice:
            named = first_few(twice, SHOWN)
            told.append(f"More than one submission is of {named}: in canvas.csv and gradescope.csv the last one counts.")
        return told


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


def _moment(place: Place) -> float:
    return datetime.fromisoformat(place.submitted).timestamp() if place.submitted else 0.0
