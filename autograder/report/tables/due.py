"""When the submissions of a class came and were due, where grading is not on the platform: by the course's own settings."""

from collections.abc import Iterator

from autograder.configuration import Configuration
from autograder.report.course import Metadata, kept_fraction, read_moment
from autograder.report.tables.students import SHOWN, Class
from autograder.roster import Member
from autograder.text import first_few


def metadata_of(people: Class, configuration: Configuration) -> dict[str, Metadata]:
    """What is known of each submission: when it came, and the latest date at which it was due for any of its students.

    An extension that one member of a group was given serves the work of all.
    """
    usual = read_moment(configuration.due)
    extensions = {name.casefold(): read_moment(due) for name, due in configuration.extensions.items()}
    found = {}
    for name, place in people.submissions.items():
        own = [extensions[key] for key in _names(name, people.owners[name]) if key in extensions]
        dates = [date for date in own or [usual] if date is not None]
        found[name] = Metadata(submitted=read_moment(place.submitted), due=max(dates, default=None))
    return found


def sentences(people: Class, configuration: Configuration) -> Iterator[str]:
    """What an instructor should know of lateness."""
    if configuration.due is None:
        if configuration.percent_per_day or configuration.latest_day is not None:
            yield "Nothing is taken off for lateness here: lateness.due of the configuration says when the homework is due."
        return
    known = metadata_of(people, configuration)
    if late := [name for name, metadata in known.items() if metadata.late]:
        losing = [name for name in late if kept_fraction(known[name], configuration) < 1]
        taken = f" Points are taken off from {len(losing)}: {first_few(losing, SHOWN)}." if losing else " Nothing is taken off."
        yield f"Handed in after the due date ({len(late)} of {len(known)}): {first_few(late, SHOWN)}.{taken}"
    if untold := [name for name, metadata in known.items() if metadata.submitted is None]:
        many = f"{len(untold)} of {len(known)}"
        yield f"It is not known when these were handed in ({many}), and nothing is taken off: {first_few(untold, SHOWN)}."
    present = {key for name, owners in people.owners.items() for key in _names(name, owners)}
    if strangers := [name for name in configuration.extensions if name.casefold() not in present]:
        yield f"No submission matches these extensions: {first_few(strangers, SHOWN)}."


def _names(submission: str, owners: tuple[Member, ...]) -> set[str]:
    """What an extension may call the students of a submission by."""
    names = {submission}
    for member in owners:
        names |= {member.student.email, member.student.sid, member.student.name, member.canvas, member.login}
    return {name.casefold() for name in names if name}
