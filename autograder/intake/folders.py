"""Which of the folders and archives below a path are submissions, where no platform tells."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.homework import MODULES
from autograder.intake.archives import MAX_DEPTH, File, Tree, is_archive, is_ours, walk, where
from autograder.roster import Student
from public_checks.notebook import NOTEBOOK as NOTEBOOK

ANSWERS = tuple(f"{module}.py" for module in MODULES)
NAMED = frozenset({*ANSWERS, NOTEBOOK})  # what students are asked to call their files


@dataclass(frozen=True)
class Place:
    """Where a submission lies, and what the platform that it comes from tells of it.

    Parameters
    ----------
    path : Path
        A folder or an archive.
    inside : str
        What the names of its files begin with, where folder or archive hold those of others too.
    students : tuple of Student
        Who handed it in; empty where that is not known.
    submitted : str
        When, as ISO 8601; empty where that is not known.
    """

    path: Path
    inside: str = ""
    students: tuple[Student, ...] = ()
    submitted: str = ""


@dataclass(frozen=True)
class Unnamed:
    """A submission that was found and has no name yet: its place, and what the name will be made of.

    Parameters
    ----------
    place : Place
        Where it lies, and whose it is.
    where : Path
        Its path as if archives were folders: no other submission has the same.
    label : str
        The last part of its name; empty for that of ``where``.
    """

    place: Place
    where: Path
    label: str = ""


def is_notebook(name: str) -> bool:
    """Whether a file of this name may hold answers, though not under the name that it should have."""
    return name.lower().endswith(".ipynb") and not name.startswith(".")


def folder_submission(tree: Tree) -> Unnamed:
    """A folder that is a submission."""
    return Unnamed(Place(tree.path, tree.inside), where(tree))


def archive_submission(tree: Tree, file: File) -> Unnamed:
    """An archive that is a submission, in a folder."""
    lying = where(tree) / file.name
    place = Place(file.path) if file.path else Place(tree.path, tree.inside + file.name)
    return Unnamed(place, lying, Path(file.name).stem)


def submissions(tree: Tree, depth: int = 0) -> Iterator[Unnamed]:
    """The submissions that a folder stands for: itself, or those in it.

    What lies deeper than several folders has the name of the folder above it in its own: a student may call folders after
    others, and must not be taken for them.
    """
    children: list[tuple[str, File | Tree]] = [*((file.name, file) for file in archives(tree)), *tree.folders.items()]
    if depth == MAX_DEPTH or has_answers(tree) or not children:
        yield folder_submission(tree)
        return
    for child_name, child in sorted(children, key=lambda entry: entry[0]):
        if isinstance(child, File):
            yield archive_submission(tree, child)
        # One folder with answers somewhere below is a submission wrapped in folders; several are a class of their own.
        elif len(with_answers(child)) > 1 and not has_answers(child):
            for deeper in submissions(child, depth + 1):
                own = deeper.label or deeper.where.name
                yield replace(deeper, label=f"{child_name}-{own}") if len(children) > 1 else deeper
        else:
            yield folder_submission(child)


def archives(tree: Tree) -> list[File]:
    """The archives directly in a folder."""
    return [file for file in tree.files if is_archive(file.name) and is_ours(file.name)]


def has_answers(tree: Tree) -> bool:
    """Whether the answers of one submission lie directly in a folder."""
    names = {file.name for file in tree.files}
    if names & NAMED:
        return True
    # A notebook of any other name beside the folders of a class may be the instructor's.
    return any(map(is_notebook, names)) and len(with_answers(tree) - {where(tree)}) < 2


def with_answers(tree: Tree) -> set[Path]:
    """The folders in a folder that hold answers, and the archives, which may."""
    holding = set()
    for folder, file in walk(tree):
        if is_archive(file.name):
            holding.add(folder / file.name)
        elif file.name in ANSWERS or is_notebook(file.name):
            holding.add(folder)
    return holding


def is_class(tree: Tree) -> bool:
    """Whether what lies in a zip is of several students: archives, or folders with the same answers."""
    if has_answers(tree):
        return False
    answers = Counter(
        kind
        for child in tree.folders.values()
        for kind in {NOTEBOOK if is_notebook(file.name) else file.name for _, file in walk(child)}
        if kind in NAMED
    )
    return len(archives(tree)) + max(answers.values(), default=0) > 1


def unwrapped(tree: Tree) -> list[Tree]:
    """A folder, and those in it one by one, as long as all lies in the one."""
    trees = [tree]
    while len(trees) <= MAX_DEPTH and len(tree.folders) == 1 and not has_answers(tree) and not archives(tree):
        (tree,) = tree.folders.values()
        trees.append(tree)
    return trees
