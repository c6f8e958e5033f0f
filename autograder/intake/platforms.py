"""What Gradescope, Canvas and nbgrader make of a class: how a download is recognized, and whose each submission in it is.

Gradescope's "Export submissions" has one folder per submission, and a file that says who handed in which. That file is read
event by event and no object is built from it: it contains whatever students printed, and can reach 100 MB.

Canvas's "Download submissions" puts all files of a class into one folder. A file has a name like
``doejane_LATE_12345_67890_softmax-1.py``: letters of the name, whether it was late, the number of the student and that of the
file, and the name that the student gave it; Canvas counts up (``-1``) when a file is handed in again. With anonymous grading,
``anon_Xy12z`` stands for name and number.

nbgrader's course has ``submitted/<student>/<assignment>/``, with the time of the submission in ``timestamp.txt``.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import IO, Any, NamedTuple

from autograder.intake.archives import BROKEN, File, Tree, walk, where
from autograder.intake.folders import (
    NAMED,
    Place,
    Unnamed,
    archive_submission,
    archives,
    folder_submission,
    has_answers,
    is_notebook,
    with_answers,
)
from autograder.intake.times import as_iso
from autograder.roster import Student
from autograder.text import for_terminal

GRADESCOPE_METADATA = "submission_metadata.yml"
SUBMITTERS, CREATED = (":submitters", ":created_at")  # keys, as Ruby writes symbols
GRADESCOPE_FOLDER = re.compile(r"submission_\d+", re.ASCII)
MAX_VALUES = 10_000  # in what tells of one submission: a group has some students with three words each
MAX_NESTED = 8  # lists in lists


class Told(NamedTuple):
    """What the file tells of a submission: who handed it in, and when, as ISO 8601; empty where it does not."""

    students: tuple[Student, ...] = ()
    submitted: str = ""


class NotTold(Exception):
    """The file does not tell what it should."""


def is_gradescope(tree: Tree) -> bool:
    """Whether a folder is such an export."""
    names = [*tree.folders, *(file.name for file in archives(tree))]
    told = any(file.name == GRADESCOPE_METADATA for file in tree.files)
    return bool(names) and (told or all(map(GRADESCOPE_FOLDER.fullmatch, names)))


def from_gradescope(tree: Tree, remarks: list[str]) -> Iterator[Unnamed]:
    """One submission for each folder, whatever the file beside them tells."""
    told: dict[str, Told] = {}
    metadata = next((file for file in tree.files if file.name == GRADESCOPE_METADATA), None)
    if metadata is None:
        remarks.append(f"There is no {GRADESCOPE_METADATA} beside the submissions: it is not known whose they are.")
    else:
        try:
            with metadata.stream() as stream:
                read_metadata(stream, told)
        except ImportError:
            remarks.append(f"{GRADESCOPE_METADATA} cannot be read without PyYAML: it is not known whose the submissions are.")
        except (NotTold, *BROKEN) as problem:
            why = str(problem) if isinstance(problem, NotTold) else type(problem).__name__
            cannot = f"{GRADESCOPE_METADATA} cannot be read{' to its end' if told else ''} ({why})"
            remarks.append(f"{cannot}: the students are known of {len(told)} of the submissions.")
    lying = [*map(folder_submission, tree.folders.values()), *(archive_submission(tree, file) for file in archives(tree))]
    for entry in lying:
        about = told.pop(entry.where.name, Told())
        yield replace(entry, place=replace(entry.place, students=about.students, submitted=about.submitted))
    if told:
        names = ", ".join(sorted(told)[:3]) + (", ..." if len(told) > 3 else "")
        remarks.append(
            f"{GRADESCOPE_METADATA} tells of submissions that are not beside it ({len(told)}): {for_terminal(names)}."
        )


def read_metadata(stream: IO[bytes], told: dict[str, Told]) -> None:
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
            told[folder] = Told(_students(about.get(SUBMITTERS)), _gradescope_time(about.get(CREATED)))
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


def _gradescope_time(value: Any) -> str:
    """A time, also of Ruby on Rails, which writes when it was in UTC and in its own zone."""
    if isinstance(value, dict):
        value = value.get("utc")
    return as_iso(value) if isinstance(value, str) else ""


def _word(value: Any) -> str:
    return for_terminal(value) if isinstance(value, str) and value not in ("~", "null") else ""


CANVAS_FILE = re.compile(
    r"(?P<owner>(?:LATE_)?(?P<anonymous>anon_[0-9A-Za-z]+)|(?P<name>.*?)(?:_LATE)?_(?P<number>\d+))_"
    r"(?:(?P<file>\d+)_(?P<own>.+)|text\.html|link\.html)",
    re.DOTALL,
)
CANVAS_AGAIN = re.compile(r"(?P<stem>.+)-(?P<times>\d{1,3})(?P<ending>\.\w+)", re.DOTALL)


def is_canvas(tree: Tree) -> bool:
    """Whether a folder holds what Canvas makes: every file that may hold answers is called so."""
    files = [file.name for file in tree.files]
    answers = [name for name in files if name.endswith(".py") or is_notebook(name)] + [file.name for file in archives(tree)]
    named = any(map(CANVAS_FILE.fullmatch, files)) and all(map(CANVAS_FILE.fullmatch, answers))
    return named and not any(with_answers(folder) for folder in tree.folders.values())


def from_canvas(tree: Tree, remarks: list[str]) -> Iterator[Unnamed]:
    """One submission for each student, and a remark on those that Canvas calls late."""
    seen, late = set(), []
    for file in tree.files:
        if not (match := CANVAS_FILE.fullmatch(file.name)) or match["owner"] in seen:
            continue
        seen.add(match["owner"])
        known = () if match["anonymous"] else (Student(name=match["name"], sid=match["number"]),)
        label = match["anonymous"] or f"{match['name']}_{match['number']}"
        late += [label] if "LATE_" in match["owner"] else []
        yield Unnamed(Place(tree.path, f"{tree.inside}{match['owner']}_", known), where(tree) / match["owner"], label)
    if late:
        many = f"{len(late)} submissions" if len(late) > 1 else "a submission"
        names = for_terminal(", ".join(late))
        remarks.append(f"Canvas marks {many} as late, without saying how late: nothing is taken off here ({names}).")


def canvas_files(tree: Tree, beginning: str) -> list[File]:
    """Files of one student under the names that they had, the latest of each name last handed in first."""
    own = []
    for file in tree.beginning(beginning):
        match = CANVAS_FILE.fullmatch(file.name)
        if match and match["own"] and f"{match['owner']}_" == beginning:
            again = CANVAS_AGAIN.fullmatch(match["own"])
            name = again["stem"] + again["ending"] if again else match["own"]
            own.append((match["own"] not in NAMED, -int(match["file"]), replace(file, name=name)))
    return [file for *_, file in sorted(own, key=lambda entry: entry[:2])]


NBGRADER_SUBMITTED = "submitted"
NBGRADER_BESIDE = frozenset({"nbgrader_config.py", "gradebook.db"})  # what tells a course from any folder
NBGRADER_TIME = "timestamp.txt"
NBGRADER_MAX_TIME = 1000  # bytes of that file


def nbgrader_students(tree: Tree) -> Tree | None:
    """The folder of the students in a course, or the one given if it is that; None where it is neither."""
    course = NBGRADER_SUBMITTED in tree.folders and (
        "source" in tree.folders or any(file.name in NBGRADER_BESIDE for file in tree.files)
    )
    if not course and where(tree).name != NBGRADER_SUBMITTED:
        return None
    students = tree.folders[NBGRADER_SUBMITTED] if course else tree
    below = students.folders.values()
    return students if any(folder.folders for folder in below) and not any(map(has_answers, below)) else None


@dataclass(frozen=True)
class _Work:
    """What a student handed in for an assignment."""

    student: str
    assignment: str
    tree: Tree
    files: frozenset[str]


def from_nbgrader(students: Tree) -> Iterator[Unnamed]:
    """One submission for each student and each assignment that is ours: somebody has a file of the right name in it."""
    works = [
        _Work(student, assignment, tree, frozenset(file.name for _, file in walk(tree)))
        for student, folder in students.folders.items()
        for assignment, tree in folder.folders.items()
    ]
    ours = {work.assignment for work in works if work.files & NAMED} or {
        work.assignment for work in works if any(map(is_notebook, work.files))
    }
    chosen = [work for work in works if work.assignment in ours]
    for work in chosen:
        several = sum(other.student == work.student for other in chosen) > 1
        label = f"{work.student}-{work.assignment}" if several else work.student
        place = Place(work.tree.path, work.tree.inside, (Student(sid=work.student),), _nbgrader_time(work.tree))
        yield Unnamed(place, where(work.tree) if several else where(work.tree).parent, label)


def _nbgrader_time(tree: Tree) -> str:
    for file in tree.files:
        if file.name == NBGRADER_TIME:
            try:
                return as_iso(file.read(NBGRADER_MAX_TIME).decode("utf-8", "replace"))
            except BROKEN:
                return ""
    return ""
