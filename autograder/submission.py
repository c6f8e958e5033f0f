"""Find submissions where an instructor points, and stage the answers of each: named files only, as bytes, all sizes capped.

Answers are modules, or stand in a notebook; of both, only text is read. Whatever else lies there is never opened.
"""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from autograder.intake import canvas, folders, gradescope_export, nbgrader_tree
from autograder.intake.folders import ANSWERS, NOTEBOOK, is_notebook
from autograder.intake.places import MAX_NAME, Found, Place
from autograder.intake.places import name as _name
from autograder.intake.trees import (
    BROKEN,
    MAX_CLASS_MEMBERS,
    MAX_MEMBERS,
    File,
    OnDisk,
    Tree,
    Unreadable,
    is_archive,
    open_folder,
    open_inner,
    open_zip,
    walk,
)

from answers import MAX_MODULE, MAX_NOTEBOOK, choose
from lifting import shown

__all__ = ["MAX_MODULE", "MAX_NAME", "MAX_NOTEBOOK", "Place", "Submission", "find", "stage"]


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


def find(paths: list[Path], remarks: list[str] | None = None) -> dict[str, Place]:
    """Find the submissions below some paths.

    Parameters
    ----------
    paths : list of Path
        Submission folders, archives, or folders of such; what Gradescope, Canvas and nbgrader export, as it is downloaded.
    remarks : list of str, optional
        Takes a sentence for everything that an instructor should know of what was found.

    Returns
    -------
    submissions : dict of str to Place
        Each by its name: the folder's or archive's own, with as much of the path before it as tells
        equal ones apart, joined by ``-``.

    Raises
    ------
    FileNotFoundError
        A path does not exist, or is neither a folder nor an archive.
    """
    found: dict[Path, Found] = {}
    told = [] if remarks is None else remarks
    for path in paths:
        path = path.absolute()
        if not path.is_dir() and not (is_archive(path.name) and path.is_file()):
            problem = "is neither a folder nor an archive" if path.exists() else "does not exist"
            raise FileNotFoundError(f"{path} {problem}")
        for entry in _below(Path(os.path.normpath(path)), told):
            found.setdefault(entry.where, entry)
    labels = {where: entry.label for where, entry in found.items()}
    return {name: found[where].place for name, where in _name(found, labels).items()}


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
        words = str(error) if isinstance(error, Unreadable) else f"it cannot be read ({type(error).__name__})"
        return Submission(name, reason=f"Nothing was graded: {words}.")
    choice = choose(found.files, unread=found.seen - set(found.files))
    remarks = " ".join([*found.remarks, *choice.remarks])
    if choice.sources:
        return Submission(name, choice.sources, remarks)
    if found.files or found.remarks:
        return Submission(name, reason=f"Nothing was graded. {remarks}")
    what = f"only {', '.join(map(shown, sorted(found.seen)[:5]))}" if found.seen else "it is empty"
    return Submission(name, reason=f"Nothing was graded: there is no {' or '.join(ANSWERS)} in it and no notebook; {what}.")


def _below(path: Path, remarks: list[str]) -> Iterator[Found]:
    """The submissions that a path stands for."""
    alone = Found(Place(path), path)
    if path.is_dir():
        folder = OnDisk(path)
        yield from list(_of_platform(folder, remarks)) or folders.submissions(folder)
        return
    try:
        tree = open_zip(path, MAX_CLASS_MEMBERS)
    except BROKEN as error:
        if isinstance(error, Unreadable) and path.suffix.lower() == ".zip":
            remarks.append(f"{path.name} was not looked into: {error}. If it holds a class, unpack it and name the folder.")
        yield alone  # and staging says why nothing is graded
        return
    inner = folders.unwrapped(tree)[-1]
    several = list(_of_platform(tree, remarks)) or (list(folders.submissions(inner)) if folders.is_class(inner) else [])
    if several:
        remarks.append(f"{path.name} was read as the zip of a class: it holds {_many(several)}.")
    yield from several or [alone]


def _of_platform(tree: Tree, remarks: list[str]) -> Iterator[Found]:
    """The submissions in a folder that an instructor named, if a platform wrote it.

    That is believed only there: the folder of a student may hold as much, to hand in under another name.
    """
    for inner in folders.unwrapped(tree):
        if gradescope_export.recognizes(inner):
            yield from gradescope_export.submissions(inner, remarks)
        elif canvas.recognizes(inner):
            yield from canvas.submissions(inner)
        elif students := nbgrader_tree.submitted(inner):
            yield from nbgrader_tree.submissions(students)
        else:
            continue
        return


def _many(found: list[Found]) -> str:
    return "1 submission" if len(found) == 1 else f"{len(found)} submissions"


@dataclass(frozen=True)
class _Answers:
    """The answer files of a submission, what is worth saying of them, and the names of all its files."""

    files: dict[str, bytes]
    remarks: list[str]
    seen: set[str]


def _read_answers(path: Path, inside: str) -> _Answers:
    """Answers in a folder or a zip; a lone zip in a folder is looked into where there are none."""
    if not path.is_dir() and not inside:
        return _pick(file for _, file in walk(open_zip(path, MAX_MEMBERS)))
    if path.is_dir():
        os.scandir(path).close()  # raises where nothing in it can be read
    tree: Tree = open_folder(path) if path.is_dir() else open_zip(path, MAX_CLASS_MEMBERS)
    *around, last = inside.split("/")
    for folder in around:
        if folder not in tree.folders:
            raise Unreadable("it is no longer where it was found")
        tree = tree.folders[folder]
    for file in tree.beginning(last) if last else ():
        if file.name == last:
            return _pick(file for _, file in walk(open_inner(file)))
    files = canvas.files(tree, last) if last else [file for _, file in walk(tree)]
    found = _pick(files)
    zips = [file for file in files if file.name.lower().endswith(".zip")]
    return found if found.files or found.remarks or len(zips) != 1 else _pick(file for _, file in walk(open_inner(zips[0])))


def _pick(files: Iterable[File]) -> _Answers:
    """Read the first module of each name, and one notebook: that with the name it should have, else the first."""
    found = _Answers({}, [], set())
    notebooks = []
    for file in files:
        found.seen.add(file.name)
        if file.name in ANSWERS and file.name not in found.files:
            try:
                found.files[file.name] = _read(file, MAX_MODULE)
            except Unreadable as problem:  # which costs nothing where the other module can be read
                found.remarks.append(f"{problem}.")
        elif is_notebook(file.name):
            notebooks.append(file)
    if notebooks:
        chosen = next((file for file in notebooks if file.name == NOTEBOOK), notebooks[0])
        if len(notebooks) > 1 and chosen.name != NOTEBOOK:
            which = f"Of {len(notebooks)} notebooks, {shown(chosen.name)} was read"
            found.remarks.append(f"{which}; name the one that counts {NOTEBOOK}.")
        try:
            found.files[chosen.name] = _read(chosen, MAX_NOTEBOOK)
        except Unreadable as problem:  # which costs nothing where the answers are in modules
            found.remarks.append(f"{problem}.")
    return found


def _read(file: File, most: int) -> bytes:
    """Read a file of no more bytes than that, or say which one cannot be read, and why."""
    try:
        return file.read(most)
    except BROKEN as error:
        words = str(error) if isinstance(error, Unreadable) else f"cannot be read ({type(error).__name__})"
        raise Unreadable(f"{shown(file.name)} {words}") from None
