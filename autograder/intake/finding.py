"""Find the submissions where an instructor points: a student's folder or zip, or whatever a platform exports of a class."""

import os
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from autograder.intake import folders, platforms
from autograder.intake.archives import BROKEN, MAX_CLASS_MEMBERS, OnDisk, Refused, Tree, is_archive, open_zip
from autograder.intake.folders import Place, Unnamed
from autograder.text import for_filename


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
        if platforms.is_gradescope(inner):
            return list(platforms.from_gradescope(inner, remarks))
        if platforms.is_canvas(inner):
            return list(platforms.from_canvas(inner, remarks))
        if students := platforms.nbgrader_students(inner):
            return list(platforms.from_nbgrader(students))
    return []


def _many(found: list[Unnamed]) -> str:
    return "1 submission" if len(found) == 1 else f"{len(found)} submissions"


# Names in the folder of the results.
TAKEN = frozenset({"grades.csv", "canvas.csv", "gradescope.csv", "index.html"})


def unique_names(paths: Iterable[Path], labels: Mapping[Path, str] = MappingProxyType({})) -> dict[str, Path]:
    """Give each path the shortest tail of its parts, joined by ``-``, that no other one has.

    Parameters
    ----------
    paths : iterable of Path
        Each once.
    labels : mapping of Path to str
        What stands for the last part of a path, where that is not its name, or an archive's without its ending.

    Returns
    -------
    named : dict of str to Path
        Each path by its name: printable, no longer than `LONGEST_FILENAME` and a number behind it, none of `TAKEN`.
    """
    paths = list(paths)
    own = {path: labels.get(path) or (path.stem if is_archive(path.name) and path.is_file() else path.name) for path in paths}
    beside = Counter((path.parent, label) for path, label in own.items())
    # If a folder and an archive beside it have the same name, the archive keeps its extension.
    own = {path: path.name if beside[path.parent, label] > 1 else label for path, label in own.items()}
    around = {path: [Path(part).stem if is_archive(part) else part for part in path.parts[1:-1]] for path in paths}
    parts = {path: [*around[path], label] for path, label in own.items()}
    depth = dict.fromkeys(paths, 1)
    while True:
        tails = {path: "-".join(parts[path][-depth[path] :]) for path in paths}
        shared = Counter(tails.values())
        longer = [path for path in paths if shared[tails[path]] > 1 and depth[path] < len(parts[path])]
        if not longer:
            break
        for path in longer:
            depth[path] += 1
    named: dict[str, Path] = {}
    for path, tail in tails.items():
        plain = for_filename(tail)
        # Only names with hyphens of their own, such that were changed or cut, and taken ones are still equal here.
        names = (plain, *(f"{plain}-{k}" for k in range(2, len(paths) + 3)))
        chosen = next(name for name in names if name not in named and name not in TAKEN)
        named[chosen] = path
    return named
