"""nbgrader's course: ``submitted/<student>/<assignment>/``, with the time of the submission in ``timestamp.txt``."""

from collections.abc import Iterator
from dataclasses import dataclass

from autograder.intake.folders import NAMED, has_answers, is_notebook
from autograder.intake.places import Place, Unnamed
from autograder.intake.times import as_iso
from autograder.intake.trees import BROKEN, Tree, walk, where
from autograder.roster import Student

SUBMITTED = "submitted"
BESIDE = frozenset({"nbgrader_config.py", "gradebook.db"})  # what tells a course from any folder
TIME = "timestamp.txt"
MAX_TIME = 1000  # bytes of that file


def submitted(tree: Tree) -> Tree | None:
    """The folder of the students in a course, or the one given if it is that; None where it is neither."""
    course = SUBMITTED in tree.folders and ("source" in tree.folders or any(file.name in BESIDE for file in tree.files))
    if not course and where(tree).name != SUBMITTED:
        return None
    students = tree.folders[SUBMITTED] if course else tree
    below = students.folders.values()
    return students if any(folder.folders for folder in below) and not any(map(has_answers, below)) else None


@dataclass(frozen=True)
class _Work:
    """What a student handed in for an assignment."""

    student: str
    assignment: str
    tree: Tree
    files: frozenset[str]


def submissions(students: Tree) -> Iterator[Unnamed]:
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
        place = Place(work.tree.path, work.tree.inside, (Student(sid=work.student),), _time(work.tree))
        yield Unnamed(place, where(work.tree) if several else where(work.tree).parent, label)


def _time(tree: Tree) -> str:
    for file in tree.files:
        if file.name == TIME:
            try:
                return as_iso(file.read(MAX_TIME).decode("utf-8", "replace"))
            except BROKEN:
                return ""
    return ""
