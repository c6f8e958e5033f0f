"""Gradescope's «Export submissions»: a folder for each, and beside them a file that tells whose they are.

The file is read event by event and nothing in it is constructed: it holds what students printed, and may have 100 MB.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import IO, Any, NamedTuple

from autograder.intake.folders import archive_submission, archives, folder_submission
from autograder.intake.places import Unnamed
from autograder.intake.times import as_iso
from autograder.intake.trees import BROKEN, Tree
from autograder.roster import Student, plain

METADATA = "submission_metadata.yml"
SUBMITTERS, CREATED = (":submitters", ":created_at")  # keys, as Ruby writes symbols
FOLDER = re.compile(r"submission_\d+", re.ASCII)
MAX_VALUES = 10_000  # in what tells of one submission: a group has some students with three words each
MAX_NESTED = 8  # lists in lists


class Told(NamedTuple):
    """What the file tells of a submission: who handed it in, and when, as ISO 8601; empty where it does not."""

    students: tuple[Student, ...] = ()
    submitted: str = ""


class NotTold(Exception):
    """The file does not tell what it should."""


def recognizes(tree: Tree) -> bool:
    """Whether a folder is such an export."""
    names = [*tree.folders, *(file.name for file in archives(tree))]
    told = any(file.name == METADATA for file in tree.files)
    return bool(names) and (told or all(map(FOLDER.fullmatch, names)))


def submissions(tree: Tree, remarks: list[str]) -> Iterator[Unnamed]:
    """One submission for each folder, whatever the file beside them tells."""
    told: dict[str, Told] = {}
    metadata = next((file for file in tree.files if file.name == METADATA), None)
    if metadata is None:
        remarks.append(f"There is no {METADATA} beside the submissions: it is not known whose they are.")
    else:
        try:
            with metadata.stream() as stream:
                read(stream, told)
        except ImportError:
            remarks.append(f"{METADATA} cannot be read without PyYAML: it is not known whose the submissions are.")
        except (NotTold, *BROKEN) as problem:
            why = str(problem) if isinstance(problem, NotTold) else type(problem).__name__
            cannot = f"{METADATA} cannot be read{' to its end' if told else ''} ({why})"
            remarks.append(f"{cannot}: the students are known of {len(told)} of the submissions.")
    lying = [*map(folder_submission, tree.folders.values()), *(archive_submission(tree, file) for file in archives(tree))]
    for entry in lying:
        about = told.pop(entry.where.name, Told())
        yield replace(entry, place=replace(entry.place, students=about.students, submitted=about.submitted))
    if told:
        names = ", ".join(sorted(told)[:3]) + (", ..." if len(told) > 3 else "")
        remarks.append(f"{METADATA} tells of submissions that are not beside it ({len(told)}): {plain(names)}.")


def read(stream: IO[bytes], told: dict[str, Told]) -> None:
    """Read who handed in what and when; what was read before a mistake stays.

    Parameters
    ----------
    stream : binary file
        Contents of the file.
    told : dict of str to Told
        Is filled, by the names of the folders.

    Raises
    ------
    NotTold
        The file is no YAML, or not of this shape.
    """
    import yaml

    try:
        reader = _Reader(yaml.parse(stream, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
        for folder in reader.mapping():
            about = {}
            for key in reader.mapping():
                if key in (SUBMITTERS, CREATED):
                    about[key] = reader.value()
                else:
                    reader.skip()
            told[folder] = Told(_students(about.get(SUBMITTERS)), _time(about.get(CREATED)))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise NotTold(f"line {mark.line + 1} is no YAML" if mark else "it is no YAML") from None
    if not told:
        raise NotTold("it tells of no submission")


class _Reader:
    """Takes values out of a stream of YAML's events; tags are passed over, an alias means what it names, if that was read."""

    def __init__(self, events: Iterable[Any]) -> None:
        opening = ("StreamStartEvent", "DocumentStartEvent")
        self.events = ((kind, event) for event in events if (kind := type(event).__name__) not in opening)
        self.anchors: dict[str, Any] = {}
        self.values = 0

    def mapping(self) -> Iterator[str]:
        """Keys of the mapping that comes next, if one does; who asks for a key has taken the value of the one before."""
        kind, event = self._next()
        if kind != "MappingStartEvent":
            self._pass(kind)
            return
        while (entry := self._next())[0] != "MappingEndEvent":
            kind, event = entry
            if kind == "ScalarEvent":
                yield event.value
            else:
                self._pass(kind)
                self.skip()

    def skip(self) -> None:
        """Pass over the value that comes next."""
        self._pass(self._next()[0])

    def value(self) -> Any:
        """Read the value that comes next: words, in lists and dicts."""
        self.values = 0
        return self._value(*self._next())

    def _value(self, kind: str, event: Any, depth: int = 0) -> Any:
        self.values += 1
        if depth > MAX_NESTED or self.values > MAX_VALUES:
            raise NotTold("it tells more of a submission than there can be")
        made: Any = None
        if kind == "AliasEvent":
            return self.anchors.get(event.anchor)
        if kind == "ScalarEvent":
            made = event.value
        elif kind == "SequenceStartEvent":
            made = []
            while (entry := self._next())[0] != "SequenceEndEvent":
                made.append(self._value(*entry, depth + 1))
        elif kind == "MappingStartEvent":
            made = {}
            while (entry := self._next())[0] != "MappingEndEvent":
                key = self._value(*entry, depth + 1)
                made[str(key)] = self._value(*self._next(), depth + 1)
        if getattr(event, "anchor", None):
            self.anchors[event.anchor] = made
        return made

    def _pass(self, kind: str) -> None:
        depth = int(kind.endswith("StartEvent"))
        while depth:
            kind, _ = self._next()
            depth += kind.endswith("StartEvent") - kind.endswith("EndEvent")

    def _next(self) -> tuple[str, Any]:
        try:
            return next(self.events)
        except StopIteration:
            raise NotTold("it ends too early") from None


def _students(submitters: Any) -> tuple[Student, ...]:
    """The members of a group, without those of whom nothing is said."""
    people = [person for person in submitters if isinstance(person, dict)] if isinstance(submitters, list) else []
    students = [Student(*(_word(person.get(f":{key}")) for key in ("name", "sid", "email"))) for person in people]
    return tuple(dict.fromkeys(student for student in students if student != Student()))


def _time(value: Any) -> str:
    """A time, also of Ruby on Rails, which writes when it was in UTC and in its own zone."""
    if isinstance(value, dict):
        value = value.get("utc")
    return as_iso(value) if isinstance(value, str) else ""


def _word(value: Any) -> str:
    return plain(value) if isinstance(value, str) and value not in ("~", "null") else ""
