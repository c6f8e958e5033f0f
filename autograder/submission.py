"""Find submissions where an instructor points, and stage the answers of each: named files only, as bytes, all sizes capped."""

import os
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from autograder.homework import MODULES

ANSWERS = tuple(f"{module}.py" for module in MODULES)
ARCHIVES = (".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".rar", ".7z")
NOT_SUBMITTED = frozenset(
    {"__MACOSX", "__pycache__", "node_modules"}
)  # folders that systems make; names with a dot in front too
MAX_FILE = 1 << 20  # bytes of an answer file: the longest of 324 real ones has 30 kB
MAX_MEMBERS = 10_000  # of an archive
MAX_DEPTH = 6  # folders around the answers
MAX_RATIO = 200  # of an archive member's compression: source code shrinks 3 to 10 times


@dataclass(frozen=True)
class Submission:
    """What a student handed in, ready to be judged.

    Parameters
    ----------
    name : str
        Unique among those graded together.
    sources : dict of str to bytes
        The answer modules found, by name.
    reason : str
        Why there are none, or what is worth saying of what was found.
    """

    name: str
    sources: dict[str, bytes] = field(default_factory=dict)
    reason: str = ""


def find(paths: list[Path]) -> dict[str, Path]:
    """Find the submissions below some paths.

    Parameters
    ----------
    paths : list of Path
        Submission folders, archives, or folders of such.

    Returns
    -------
    submissions : dict of str to Path
        Folder or archive of each by its name: the folder's or archive's own, with as much of the path before it as tells
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
    return _name(list(found))


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
        sources, seen = _from_folder(path) if path.is_dir() else _from_zip(path)
    except (OSError, Unreadable, zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, EOFError) as error:
        words = str(error) if isinstance(error, Unreadable) else f"it cannot be read ({type(error).__name__})"
        return Submission(name, reason=f"Nothing was graded: {words}.")
    if sources:
        missing = [file for file in ANSWERS if file.removesuffix(".py") not in sources]
        return Submission(name, sources, f"{' and '.join(missing)} is missing." if missing else "")
    what = f"only {', '.join(sorted(seen)[:5])}" if seen else "nothing"
    return Submission(name, reason=f"Nothing was graded: there is no {' or '.join(ANSWERS)} in it, {what}.")


class Unreadable(Exception):
    """A submission breaks a limit or the rules of its format."""


def _below(path: Path) -> Iterator[Path]:
    """The submissions that a path stands for."""
    if not path.is_dir() or _has_answers(path):
        yield path
        return
    children = [child for child in sorted(path.iterdir()) if _may_be_submission(child)]
    if not children:
        yield path
    for child in children:
        # One folder with answers somewhere below is a submission wrapped in folders; several are a class of their own.
        if child.is_dir() and len(_folders_with_answers(child)) > 1 and not _has_answers(child):
            yield from _below(child)
        else:
            yield child


def _may_be_submission(path: Path) -> bool:
    if path.name.startswith(".") or path.name in NOT_SUBMITTED or path.is_symlink():
        return False
    return path.is_dir() or _is_archive(path)


def _has_answers(folder: Path) -> bool:
    return any((folder / file).is_file() for file in ANSWERS)


def _folders_with_answers(folder: Path) -> set[Path]:
    return {path.parent for path in _files(folder) if path.name in ANSWERS} | {
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
        # Only names with hyphens of their own are still equal here: /a-b and /a/b.
        name = next(name for name in (tail, *(f"{tail}-{k}" for k in range(2, len(paths) + 2))) if name not in named)
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
            with os.scandir(parent) as entries:
                for entry in sorted(entries, key=lambda entry: entry.name):
                    if entry.is_file(follow_symlinks=False):
                        yield Path(entry.path)
                    elif (
                        entry.is_dir(follow_symlinks=False)
                        and not entry.name.startswith(".")
                        and entry.name not in NOT_SUBMITTED
                    ):
                        below.append(Path(entry.path))
        level = below


def _from_folder(folder: Path) -> tuple[dict[str, bytes], set[str]]:
    """Answers in a folder, the shallowest of each name, and the names of all files; a lone archive inside is looked into."""
    sources: dict[str, bytes] = {}
    seen, archives = set(), []
    for path in _files(folder):
        seen.add(path.name)
        module = path.name.removesuffix(".py")
        if path.name in ANSWERS and module not in sources:
            if path.stat().st_size > MAX_FILE:
                raise Unreadable(f"{path.name} is larger than {MAX_FILE >> 20} MiB")
            sources[module] = path.read_bytes()
        elif path.suffix.lower() == ".zip":
            archives.append(path)
    if not sources and len(archives) == 1:
        return _from_zip(archives[0])
    return sources, seen


def _from_zip(path: Path) -> tuple[dict[str, bytes], set[str]]:
    """Answers in a zip, the shallowest of each name, and the names of all files."""
    if path.suffix.lower() != ".zip":
        raise Unreadable(f"{path.suffix} archives are not read; it should be a .zip")
    sources: dict[str, bytes] = {}
    seen = set()
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        if len(members) > MAX_MEMBERS:
            raise Unreadable(f"the zip holds more than {MAX_MEMBERS} files")
        for member in sorted(members, key=lambda member: (member.filename.count("/"), member.filename)):
            place = PurePosixPath(member.filename)
            if (
                member.is_dir()
                or len(place.parts) > MAX_DEPTH
                or any(part in NOT_SUBMITTED or part == ".." for part in place.parts[:-1])
            ):
                continue
            seen.add(place.name)
            module = place.name.removesuffix(".py")
            if place.name in ANSWERS and module not in sources:
                if member.external_attr >> 28 not in (0, 8):
                    continue  # a link or a device, by the file type in the upper bits of the Unix mode
                if member.file_size > MAX_FILE or member.file_size > MAX_RATIO * max(member.compress_size, 1) + 4096:
                    raise Unreadable(f"{place.name} unpacks to {member.file_size} bytes")
                with archive.open(member) as file:
                    content = file.read(MAX_FILE + 1)  # the size in the directory is only a claim
                if len(content) > MAX_FILE:
                    raise Unreadable(f"{place.name} unpacks to more than it says")
                sources[module] = content
    return sources, seen
