"""Find the submissions where an instructor points: a student's folder or zip, or whatever a platform exports of a class."""

import os
from pathlib import Path

from autograder.intake import canvas, folders, gradescope_export, nbgrader_tree
from autograder.intake.naming import unique_names
from autograder.intake.places import Place, Unnamed
from autograder.intake.trees import BROKEN, OnDisk, Refused, Tree, is_archive
from autograder.intake.zips import MAX_CLASS_MEMBERS, open_zip


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
    found: dict[Path, Unnamed] = {}
    told = [] if remarks is None else remarks
    for path in paths:
        path = path.absolute()
        if not path.is_dir() and not (is_archive(path.name) and path.is_file()):
            problem = "is neither a folder nor an archive" if path.exists() else "does not exist"
            raise FileNotFoundError(f"{path} {problem}")
        for entry in _submissions(Path(os.path.normpath(path)), told):
            found.setdefault(entry.where, entry)
    labels = {where: entry.label for where, entry in found.items()}
    return {name: found[where].place for name, where in unique_names(found, labels).items()}


def _submissions(path: Path, remarks: list[str]) -> list[Unnamed]:
    """The submissions that a path stands for."""
    if path.is_dir():
        folder = OnDisk(path)
        return _of_platform(folder, remarks) or list(folders.submissions(folder))
    alone = Unnamed(Place(path), path)
    try:
        tree = open_zip(path, MAX_CLASS_MEMBERS)
    except BROKEN as error:
        if isinstance(error, Refused) and path.suffix.lower() == ".zip":
            remarks.append(f"{path.name} was not looked into: {error}. If it holds a class, unpack it and name the folder.")
        return [alone]  # and staging says why nothing is graded
    inner = folders.unwrapped(tree)[-1]
    several = _of_platform(tree, remarks) or (list(folders.submissions(inner)) if folders.is_class(inner) else [])
    if several:
        remarks.append(f"{path.name} was read as the zip of a class: it holds {_many(several)}.")
    return several or [alone]


def _of_platform(tree: Tree, remarks: list[str]) -> list[Unnamed]:
    """The submissions in a folder that an instructor named, if a platform wrote it.

    That is believed only there: the folder of a student may hold as much, to hand in under another name.
    """
    for inner in folders.unwrapped(tree):
        if gradescope_export.recognizes(inner):
            return list(gradescope_export.submissions(inner, remarks))
        if canvas.recognizes(inner):
            return list(canvas.submissions(inner, remarks))
        if students := nbgrader_tree.submitted(inner):
            return list(nbgrader_tree.submissions(students))
    return []


def _many(found: list[Unnamed]) -> str:
    return "1 submission" if len(found) == 1 else f"{len(found)} submissions"
