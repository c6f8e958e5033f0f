"""What Canvas makes of «Download submissions»: all files of a class in one folder, with whose each is in its name.

A file is called ``doejane_LATE_12345_67890_softmax-1.py``: letters of the name, whether it was late, the number of the student
and that of the file, and the name that the student gave it; Canvas counts up (``-1``) when a file is handed in again. With
anonymous grading, ``anon_Xy12z`` stands for name and number.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from autograder.intake.folders import NAMED, archives, is_notebook, with_answers
from autograder.intake.places import Place, Unnamed
from autograder.intake.trees import File, Tree, where
from autograder.roster import Student, plain

FILE = re.compile(
    r"(?P<owner>(?:LATE_)?(?P<anonymous>anon_[0-9A-Za-z]+)|(?P<name>.*?)(?:_LATE)?_(?P<number>\d+))_"
    r"(?:(?P<file>\d+)_(?P<own>.+)|text\.html|link\.html)",
    re.DOTALL,
)
AGAIN = re.compile(r"(?P<stem>.+)-(?P<times>\d{1,3})(?P<ending>\.\w+)", re.DOTALL)


def recognizes(tree: Tree) -> bool:
    """Whether a folder holds what Canvas makes: every file that may hold answers is called so."""
    files = [file.name for file in tree.files]
    answers = [name for name in files if name.endswith(".py") or is_notebook(name)] + [file.name for file in archives(tree)]
    named = any(map(FILE.fullmatch, files)) and all(map(FILE.fullmatch, answers))
    return named and not any(with_answers(folder) for folder in tree.folders.values())


def submissions(tree: Tree, remarks: list[str]) -> Iterator[Unnamed]:
    """One submission for each student, and a remark on those that Canvas calls late."""
    seen, late = set(), []
    for file in tree.files:
        if not (match := FILE.fullmatch(file.name)) or match["owner"] in seen:
            continue
        seen.add(match["owner"])
        known = () if match["anonymous"] else (Student(name=match["name"], sid=match["number"]),)
        label = match["anonymous"] or f"{match['name']}_{match['number']}"
        late += [label] if "LATE_" in match["owner"] else []
        yield Unnamed(Place(tree.path, f"{tree.inside}{match['owner']}_", known), where(tree) / match["owner"], label)
    if late:
        many = f"{len(late)} submissions" if len(late) > 1 else "a submission"
        names = plain(", ".join(late))
        remarks.append(f"Canvas marks {many} as late, without saying how late: nothing is taken off here ({names}).")


def files(tree: Tree, beginning: str) -> list[File]:
    """Files of one student under the names that they had, the latest of each name last handed in first."""
    own = []
    for file in tree.beginning(beginning):
        match = FILE.fullmatch(file.name)
        if match and match["own"] and f"{match['owner']}_" == beginning:
            again = AGAIN.fullmatch(match["own"])
            name = again["stem"] + again["ending"] if again else match["own"]
            own.append((match["own"] not in NAMED, -int(match["file"]), replace(file, name=name)))
    return [file for *_, file in sorted(own, key=lambda entry: entry[:2])]
