"""Find submissions where an instructor points, and stage the answers of each: named files only, as bytes, all sizes capped.

Answers are modules, or stand in a notebook; of both, only text is read. Whatever else lies there is never opened.
"""

import os
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from autograder.homework import MODULES, make_checks_importable
from autograder.roster import Student

make_checks_importable()

# What students have too became importable one line above.
from answers import MAX_MODULE, MAX_NOTEBOOK, choose  # noqa: E402
from lifting import NOTEBOOK, shown  # noqa: E402

ANSWERS = tuple(f"{module}.py" for module in MODULES)
ARCHIVES = (".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".rar", ".7z")
NOT_SUBMITTED = frozenset(
    {"__MACOSX", "__pycache__", "node_modules"}
)  # folders that systems make; names with a dot in front too
MAX_MEMBERS = 10_000  # of an archive
MAX_DEPTH = 6  # folders around the answers
MAX_NAME = 200  # bytes of a submission's name, which becomes a folder's: file systems take 255
TAKEN = frozenset({"grades.csv", "index.html"})  # names in the folder of the results
ENTRY = b"PK\x01\x02"  # begins each entry in the directory of a zip
MAX_RATIO = 200  # of an archive member's compression: source code shrinks 3 to 10 times


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


def find(paths: list[Path]) -> dict[str, Place]:
    """Find the submissions below some paths.

    Parameters
    ----------
    paths : list of Path
        Submission folders, archives, or folders of such.

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
    found: dict[Path, None] = {}
    for path in paths:
        path = path.absolute()
        if not path.is_dir() and not _is_archive(path):
            problem = "is neither a folder nor an archive" if path.exists() else "does not exist"
            raise FileNotFoundError(f"{path} {problem}")
        found.update(dict.fromkeys(_below(Path(os.path.normpath(path)))))
    return {name: Place(path) for name, path in _name(list(found)).items()}


def stage(name: str, path: Path) -> Submission:
    """Read the answers of a submission; whatever else lies there is never opened.

    Parameters
    ----------
    name : str
        The submission's name.
    path : Path
        Its folder or archive.

    Returns
    -------
    submission : Submission
        Without sources where there is nothing to judge, and then with the reason.
    """
    try:
        found = _from_folder(path) if path.is_dir() else _from_zip(path)
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


class Unreadable(Exception):
    """A submission breaks a limit or the rules of its format."""


BROKEN = (Unreadable, OSError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, ValueError, EOFError)


def _below(path: Path, depth: int = 0) -> Iterator[Path]:
    """The submissions that a path stands for."""
    if not path.is_dir() or depth == MAX_DEPTH or _has_answers(path):
        yield path
        return
    children = [child for child in sorted(path.iterdir()) if _may_be_submission(child)]
    if not children:
        yield path
    for child in children:
        # One folder with answers somewhere below is a submission wrapped in folders; several are a class of their own.
        if child.is_dir() and len(_folders_with_answers(child)) > 1 and not _has_answers(child):
            yield from _below(child, depth + 1)
        else:
            yield child


def _may_be_submission(path: Path) -> bool:
    if path.name.startswith(".") or path.name in NOT_SUBMITTED or path.is_symlink():
        return False
    return path.is_dir() or _is_archive(path)


def _has_answers(folder: Path) -> bool:
    if any((folder / file).is_file() for file in (*ANSWERS, NOTEBOOK)):
        return True
    # A notebook of any other name beside the folders of a class may be the instructor's.
    notebooks = any(_is_notebook(path.name) and path.is_file() for path in folder.iterdir())
    return notebooks and len(_folders_with_answers(folder) - {folder}) < 2


def _is_notebook(name: str) -> bool:
    return name.lower().endswith(".ipynb") and not name.startswith(".")


def _folders_with_answers(folder: Path) -> set[Path]:
    return {path.parent for path in _files(folder) if path.name in ANSWERS or _is_notebook(path.name)} | {
        path for path in _files(folder) if path.suffix.lower() in ARCHIVES
    }


def _name(paths: list[Path]) -> dict[str, Path]:
    """Give each path the shortest tail of its parts, joined by ``-``, that no other one has."""
    labels = {path: path.stem if _is_archive(path) else path.name for path in paths}
    beside = Counter((path.parent, label) for path, label in labels.items())
    # A folder and an archive of the same name, side by side, are told apart by the archive's ending.
    labels = {path: path.name if beside[path.parent, label] > 1 else label for path, label in labels.items()}
    parts = {path: [*path.parts[1:-1], label] for path, label in labels.items()}
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
        # Of any bytes but / and NUL: it goes into files and onto the terminal.
        plain = "".join(letter if letter.isprintable() else "_" for letter in tail)
        plain = plain.encode()[-MAX_NAME:].decode(errors="ignore")
        # Only names with hyphens of their own, such that were changed or cut, and taken ones are still equal here.
        names = (plain, *(f"{plain}-{k}" for k in range(2, len(paths) + 3)))
        name = next(name for name in names if name not in named and name not in TAKEN)
        named[name] = path
    return named


def _is_archive(path: Path) -> bool:
    return path.suffix.lower() in ARCHIVES and path.is_file()


def _files(folder: Path) -> Iterator[Path]:
    """Regular files below a folder, no link followed, the shallowest first."""
    level = [folder]
    for _ in range(MAX_DEPTH):
        below = []
        for parent in level:
            try:
                with os.scandir(parent) as scanned:
                    entries = sorted(scanned, key=lambda entry: entry.name)
            except OSError:  # a folder without the right to read it, as a zip may unpack, ends no run over a class
                continue
            for entry in entries:
                if entry.is_file(follow_symlinks=False):
                    yield Path(entry.path)
                elif entry.is_dir(follow_symlinks=False) and not entry.name.startswith(".") and entry.name not in NOT_SUBMITTED:
                    below.append(Path(entry.path))
        level = below


@dataclass(frozen=True)
class _Found:
    """The answer files of a submission, what is worth saying of them, and the names of all its files."""

    files: dict[str, bytes]
    remarks: list[str]
    seen: set[str]


def _from_folder(folder: Path) -> _Found:
    """Answers in a folder; a lone zip inside is looked into where there are none."""

    def reader(path: Path) -> Callable[[int], bytes]:
        def read(most: int) -> bytes:
            if path.stat().st_size > most:
                raise Unreadable(f"is larger than {most >> 20} MiB")
            return path.read_bytes()

        return read

    os.scandir(folder).close()  # raises where nothing in it can be read
    paths = list(_files(folder))
    found = _pick((path.name, reader(path)) for path in paths)
    archives = [path for path in paths if path.suffix.lower() == ".zip"]
    return found if found.files or found.remarks or len(archives) != 1 else _from_zip(archives[0])


def _from_zip(path: Path) -> _Found:
    """Answers in a zip."""
    if path.suffix.lower() != ".zip":
        raise Unreadable(f"{path.suffix} archives are not read; it should be a .zip")
    # Before zipfile reads the directory: a million entries, in 50 MB, take it a minute and 500 MB.
    if _count(path, ENTRY) > MAX_MEMBERS:
        raise Unreadable(f"the zip holds more than {MAX_MEMBERS} files")
    with zipfile.ZipFile(path) as archive:
        return _pick(_members(archive))


def _count(path: Path, mark: bytes) -> int:
    """How often a mark occurs in a file, which is read piece by piece."""
    count, end = 0, b""
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            piece = end + piece
            count += piece.count(mark)
            end = piece[1 - len(mark) :]
    return count


def _members(archive: zipfile.ZipFile) -> Iterator[tuple[str, Callable[[int], bytes]]]:
    """Name and reader of each file in a zip, the shallowest first."""

    def reader(member: zipfile.ZipInfo) -> Callable[[int], bytes]:
        def read(most: int) -> bytes:
            if member.flag_bits & 1:
                raise Unreadable("is locked with a password; pack it without one")
            if member.file_size > most:
                raise Unreadable(f"is larger than {most >> 20} MiB")
            if member.file_size > MAX_RATIO * max(member.compress_size, 1) + 4096:
                raise Unreadable(f"unpacks to {member.file_size} bytes")
            if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise Unreadable("is packed in a way that is not read; an ordinary zip is")
            with archive.open(member) as file:
                content = file.read(most + 1)  # the size in the directory is only a claim
            if len(content) > most:
                raise Unreadable("unpacks to more than it says")
            return content

        return read

    for member in sorted(archive.infolist(), key=lambda member: (member.filename.count("/"), member.filename)):
        place = PurePosixPath(member.filename)
        if (
            place.name
            and not member.filename.endswith("/")  # member.is_dir() fails at an empty name before Python 3.12
            and len(place.parts) <= MAX_DEPTH
            and not any(part in NOT_SUBMITTED or part.startswith(".") for part in place.parts[:-1])
            and member.external_attr >> 28 in (0, 8)  # no link or device, by the file type in the upper bits of the Unix mode
        ):
            yield place.name, reader(member)


def _pick(entries: Iterable[tuple[str, Callable[[int], bytes]]]) -> _Found:
    """Read the first module of each name, and one notebook: that with the name it should have, else the first."""
    found = _Found({}, [], set())
    notebooks = []
    for name, read in entries:
        found.seen.add(name)
        if name in ANSWERS and name not in found.files:
            try:
                found.files[name] = _read(name, read, MAX_MODULE)
            except Unreadable as problem:  # which costs nothing where the other module can be read
                found.remarks.append(f"{problem}.")
        elif _is_notebook(name):
            notebooks.append((name, read))
    if notebooks:
        name, read = next((entry for entry in notebooks if entry[0] == NOTEBOOK), notebooks[0])
        if len(notebooks) > 1 and name != NOTEBOOK:
            found.remarks.append(f"Of {len(notebooks)} notebooks, {shown(name)} was read; name the one that counts {NOTEBOOK}.")
        try:
            found.files[name] = _read(shown(name), read, MAX_NOTEBOOK)
        except Unreadable as problem:  # which costs nothing where the answers are in modules
            found.remarks.append(f"{problem}.")
    return found


def _read(name: str, read: Callable[[int], bytes], most: int) -> bytes:
    """Read a file of no more bytes than that, or say which one cannot be read, and why."""
    try:
        return read(most)
    except BROKEN as error:
        words = str(error) if isinstance(error, Unreadable) else f"cannot be read ({type(error).__name__})"
        raise Unreadable(f"{name} {words}") from None
