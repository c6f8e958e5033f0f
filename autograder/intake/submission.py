"""A submission as it is judged: its answers, as bytes, read from named files of limited sizes.

Answers are modules, or stand in a notebook; of both, only text is read. Whatever else lies there is never opened.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from autograder.intake.archives import (
    BROKEN,
    MAX_CLASS_MEMBERS,
    MAX_MEMBERS,
    File,
    Refused,
    Tree,
    open_folder,
    open_inner,
    open_zip,
    walk,
)
from autograder.intake.folders import ANSWERS, NOTEBOOK, is_notebook
from autograder.intake.platforms import canvas_files
from public_checks.answers import MAX_MODULE, MAX_NOTEBOOK, choose, listed
from public_checks.notebook import shown


@dataclass(frozen=True)
class Submission:
    """What a student handed in, ready to be judged.

    Parameters
    ----------
    name : str
        Unique among those graded together.
    sources : dict of str to bytes
        The answer modules, by name: as they were found, or lifted out of a notebook.
    reason : str
        Why there are none, or what is worth saying of what was found.
    """

    name: str
    sources: dict[str, bytes] = field(default_factory=dict)
    reason: str = ""


def stage(name: str, path: Path, inside: str = "") -> Submission:
    """Read the answers of a submission; whatever else lies there is never opened.

    Parameters
    ----------
    name : str
        The submission's name.
    path : Path
        Its folder or archive.
    inside : str
        What the names of its files begin with there, where it is not alone.

    Returns
    -------
    submission : Submission
        Without sources where there is nothing to judge, and then with the reason.
    """
    try:
        found = _read_answers(path, inside)
    except BROKEN as error:
        words = str(error) if isinstance(error, Refused) else f"it cannot be read ({type(error).__name__})"
        return Submission(name, reason=f"Nothing was graded: {words}.")
    choice = choose(found.files, unread=found.seen - set(found.files))
    remarks = " ".join([*found.remarks, *choice.remarks])
    if choice.sources:
        return Submission(name, choice.sources, remarks)
    if found.files or found.remarks:
        return Submission(name, reason=f"Nothing was graded. {remarks}")
    what = f"only {', '.join(map(shown, sorted(found.seen)[:5]))}" if found.seen else "it is empty"
    return Submission(name, reason=f"Nothing was graded: there is no {listed(ANSWERS, 'or')} in it and no notebook; {what}.")


@dataclass(frozen=True)
class _Answers:
    """The answer files of a submission, what is worth saying of them, and the names of all its files."""

    files: dict[str, bytes]
    remarks: list[str]
    seen: set[str]


def _read_answers(path: Path, inside: str) -> _Answers:
    """Answers in a folder or a zip; a lone zip in a folder is looked into where there are none."""
    if path.is_dir():
        os.scandir(path).close()  # raises where nothing in it can be read
    elif not inside:
        return _pick(_files(open_zip(path, MAX_MEMBERS)))
    tree: Tree = open_folder(path) if path.is_dir() else open_zip(path, MAX_CLASS_MEMBERS)
    *around, last = inside.split("/")
    for folder in around:
        if folder not in tree.folders:
            raise Refused("it is no longer where it was found")
        tree = tree.folders[folder]
    if last:  # one of many files: an archive, or the beginning of the names that Canvas gives to all files of a student
        for file in tree.beginning(last):
            if file.name == last:
                return _pick(_files(open_inner(file)))
        files = canvas_files(tree, last)
    else:
        files = _files(tree)
    found = _pick(files)
    zips = [file for file in files if file.name.lower().endswith(".zip")]
    return found if found.files or found.remarks or len(zips) != 1 else _pick(_files(open_inner(zips[0])))


def _files(tree: Tree) -> list[File]:
    return [file for _, file in walk(tree)]


def _pick(candidates: Iterable[File]) -> _Answers:
    """Read the first module of each name, and one notebook: that with the name it should have, else the first."""
    files: dict[str, bytes] = {}
    remarks: list[str] = []
    seen: set[str] = set()
    notebooks = []
    for file in candidates:
        seen.add(file.name)
        if file.name in ANSWERS and file.name not in files:
            try:
                files[file.name] = _read(file, MAX_MODULE)
            except Refused as problem:  # which costs nothing where the other module can be read
                remarks.append(f"{problem}.")
        elif is_notebook(file.name):
            notebooks.append(file)
    if notebooks:
        chosen = next((file for file in notebooks if file.name == NOTEBOOK), notebooks[0])
        if len(notebooks) > 1 and chosen.name != NOTEBOOK:
            remarks.append(
                f"Of {len(notebooks)} notebooks, {shown(chosen.name)} was read; name the one that counts {NOTEBOOK}."
            )
        try:
            files[chosen.name] = _read(chosen, MAX_NOTEBOOK)
        except Refused as problem:  # which costs nothing where the answers are in modules
            remarks.append(f"{problem}.")
    return _Answers(files, remarks, seen)


def _read(file: File, most: int) -> bytes:
    """Read a file of no more bytes than that, or say which one cannot be read, and why."""
    try:
        return file.read(most)
    except BROKEN as error:
        words = str(error) if isinstance(error, Refused) else f"cannot be read ({type(error).__name__})"
        raise Refused(f"{shown(file.name)} {words}") from None
