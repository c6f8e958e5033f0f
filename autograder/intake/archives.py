"""Folders to look into, on disk here and in `zips` alike: names, and files of which only so many bytes are ever read.

No link is followed.
"""

import io
import os
import zipfile
import zlib
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import islice, takewhile
from pathlib import Path, PurePosixPath
from typing import IO, Protocol

ARCHIVES = (".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".rar", ".7z")
# Folders that systems make; those with a dot in front are such too.
NOT_SUBMITTED = frozenset({"__MACOSX", "__pycache__", "node_modules"})
MAX_DEPTH = 6  # folders around the answers


class Refused(Exception):
    """A file or an archive is not read, since it breaks a limit or the rules of its format; the message says which."""


# All that a file or an archive may raise when it is read, whatever is in it.
BROKEN = (Refused, OSError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, ValueError, EOFError)


@dataclass(frozen=True)
class File:
    """A file that may be read.

    Parameters
    ----------
    name : str
        Without the folders around it.
    read : callable
        Takes the number of bytes that it may have at most; returns them all, or raises one of `BROKEN`.
    stream : callable
        Opens it, to be read piece by piece; nothing of it is checked.
    path : Path or None
        Where it is on disk; None in a zip.
    """

    name: str
    read: Callable[[int], bytes] = field(repr=False, compare=False)
    stream: Callable[[], IO[bytes]] = field(repr=False, compare=False)
    path: Path | None = None


class Tree(Protocol):
    """A folder, wherever it is.

    Parameters
    ----------
    path : Path
        The folder, or the archive that it is in.
    inside : str
        Its name in the archive with ``/`` at the end; empty for all of the path.
    """

    path: Path
    inside: str

    @property
    def folders(self) -> "Mapping[str, Tree]":
        """Folders directly in it by name, in order, without those that systems make."""
        ...

    @property
    def files(self) -> list[File]:
        """Regular files directly in it, in the order of their names."""
        ...

    def beginning(self, start: str) -> list[File]:
        """Those files whose names begin so; it takes no longer where there are many others."""
        ...


def where(tree: Tree) -> Path:
    """The path of a folder, as if archives were folders."""
    return tree.path / tree.inside if tree.inside else tree.path


def walk(tree: Tree) -> Iterator[tuple[Path, File]]:
    """Files below a folder with the path of the folder that each is in, the shallowest first."""
    level = [tree]
    for _ in range(MAX_DEPTH):
        for folder in level:
            for file in folder.files:
                yield where(folder), file
        level = [below for folder in level for below in folder.folders.values()]


def is_archive(name: str) -> bool:
    """Whether a file of this name is one that holds others."""
    return PurePosixPath(name).suffix.lower() in ARCHIVES


def is_ours(name: str) -> bool:
    """Whether a folder of this name was made by a person."""
    return not name.startswith(".") and name not in NOT_SUBMITTED


class OnDisk:
    """A folder on disk; one without the right to read it, as a zip may unpack, is empty, so that no run over a class ends."""

    inside = ""

    def __init__(self, path: Path) -> None:
        self.path = path

    @cached_property
    def _entries(self) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(self.path) as scanned:
                return sorted(scanned, key=lambda entry: entry.name)
        except OSError:
            return []

    @property
    def folders(self) -> "dict[str, OnDisk]":
        """As for every tree."""
        return {
            entry.name: OnDisk(Path(entry.path))
            for entry in self._entries
            if is_ours(entry.name) and entry.is_dir(follow_symlinks=False)
        }

    @property
    def files(self) -> list[File]:
        """As for every tree."""
        return self.beginning("")

    def beginning(self, start: str) -> list[File]:
        """As for every tree."""
        entries = islice(self._entries, bisect_left(self._entries, start, key=lambda entry: entry.name), None)
        mine = takewhile(lambda entry: entry.name.startswith(start), entries)
        return [_on_disk(Path(entry.path)) for entry in mine if entry.is_file(follow_symlinks=False)]


def _on_disk(path: Path) -> File:
    def read(most: int) -> bytes:
        if path.stat().st_size > most:
            raise Refused(f"is larger than {most >> 20} MiB")
        return path.read_bytes()

    return File(path.name, read, lambda: path.open("rb"), path)


def open_folder(path: Path) -> OnDisk:
    """Look at a folder; the last one is kept, as long as no file comes or goes."""
    return _looked_at(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=1)
def _looked_at(path: Path, _: int) -> OnDisk:
    return OnDisk(path)


MAX_MEMBERS = 10_000  # files in the zip of a submission
MAX_CLASS_MEMBERS = 200_000  # files in the zip of a class: 3,000 submissions of 60 files; they take 150 MB of memory
MAX_LISTING = 1 << 10  # bytes that the directory of a zip takes for each of its files: names have some 50
MAX_INNER = 24 << 20  # bytes of a zip within a zip, which is held in memory: a notebook of 20 MiB, and what lies beside it
MAX_RATIO = 200  # of a file's compression: source code shrinks 3 to 10 times
SMALL = 4 << 10  # bytes that a file may unpack to, however well it is compressed
UTF8 = 0x800  # the bit that says so of a name
ENTRY = b"PK\x01\x02"  # begins each entry in the directory of a zip


@dataclass
class InZip:
    """A folder in a zip, with `path` and `inside` as every `Tree` has them.

    Parameters
    ----------
    archive : ZipFile
        The zip.
    path : Path
        Where it is.
    inside : str
        Name of the folder in it.
    folders : dict of str to InZip
        Those directly in the folder.
    members : list of tuple
        Name, without the folders around it, and entry of each file directly in the folder, in the order of the names.
    """

    archive: zipfile.ZipFile
    path: Path
    inside: str = ""
    folders: "dict[str, InZip]" = field(default_factory=dict)
    members: list[tuple[str, zipfile.ZipInfo]] = field(default_factory=list)

    @property
    def files(self) -> list[File]:
        """As for every tree."""
        return self.beginning("")

    def beginning(self, start: str) -> list[File]:
        """As for every tree."""
        members = islice(self.members, bisect_left(self.members, start, key=lambda entry: entry[0]), None)
        return [self._file(*entry) for entry in takewhile(lambda entry: entry[0].startswith(start), members)]

    def _file(self, name: str, member: zipfile.ZipInfo) -> File:
        def read(most: int) -> bytes:
            if member.flag_bits & 1:
                raise Refused("is locked with a password; pack it without one")
            if member.file_size > most:
                raise Refused(f"is larger than {most >> 20} MiB")
            if member.file_size > MAX_RATIO * max(member.compress_size, 1) + SMALL:
                raise Refused(f"unpacks to {member.file_size} bytes")
            if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise Refused("is packed in a way that is not read; an ordinary zip is")
            with self.archive.open(member) as file:
                content = file.read(most + 1)  # the size in the directory is only a claim
            if len(content) > most:
                raise Refused("unpacks to more than it says")
            return content

        return File(name, read, lambda: self.archive.open(member))


def open_zip(path: Path, most: int) -> InZip:
    """Read the directory of a zip; that of the last one is kept, since a class asks for it with every submission.

    Parameters
    ----------
    path : Path
        The zip.
    most : int
        Files that it may hold.

    Raises
    ------
    Refused
        It holds more, or is no zip.
    """
    if path.suffix.lower() != ".zip":
        raise Refused(f"{path.suffix} archives are not read; it should be a .zip")
    stat = path.stat()
    return _opened(path, most, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=1)
def _opened(path: Path, most: int, *_: int) -> InZip:
    return _tree(path, _ClosedBetweenReads(lambda: path.open("rb"), most))


def open_inner(file: File) -> InZip:
    """Read the directory of a zip that lies in a folder, which may be in a zip itself."""
    if file.path is not None:
        return open_zip(file.path, MAX_MEMBERS)
    if not file.name.lower().endswith(".zip"):
        raise Refused(f"{Path(file.name).suffix} archives are not read; it should be a .zip")
    try:
        content = file.read(MAX_INNER)
    except Refused as problem:
        raise Refused(f"{file.name} {problem}") from None
    return _tree(Path(file.name), _ClosedBetweenReads(lambda: io.BytesIO(content), MAX_MEMBERS))


class _ClosedBetweenReads:
    """The bytes of a zip, for `zipfile` to read: open only while it does, so that a zip stays known without staying open.

    Before zipfile goes through a directory, its entries are counted: a million, in 50 MB, would take it a minute and 500 MB.

    Parameters
    ----------
    opener : callable
        Opens the file.
    most : int
        Files that the zip may hold.
    """

    def __init__(self, opener: Callable[[], IO[bytes]], most: int) -> None:
        self.opener, self.most, self.position = opener, most, 0
        self.listed = False  # whether zipfile has gone through the directory

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        with self.opener() as file:
            file.seek(self.position)
            self.position = file.seek(offset, whence)
        return self.position

    def read(self, size: int = -1) -> bytes:
        if not self.listed and size > self.most * MAX_LISTING:
            raise Refused(f"the zip holds more than {self.most} files, or its list of them is broken")
        with self.opener() as file:
            file.seek(self.position)
            content = file.read(size)
        self.position += len(content)
        if not self.listed and content.startswith(ENTRY) and content.count(ENTRY) > self.most:
            raise Refused(f"the zip holds more than {self.most} files")
        return content


def _tree(path: Path, content: _ClosedBetweenReads) -> InZip:
    """The folders of a zip; links, devices and what lies too deep are left out."""
    archive = zipfile.ZipFile(content)
    content.listed = True
    root = InZip(archive, path)
    for member in archive.infolist():
        parts = tuple(part for part in PurePosixPath(_name(member)).parts if part != "/")
        folder = member.filename.endswith("/")  # member.is_dir() fails at an empty name before Python 3.12
        # The file type in the upper bits of the Unix mode: none, a file, or for folders one.
        if not parts or len(parts) > 2 * MAX_DEPTH or member.external_attr >> 28 not in ((0, 4) if folder else (0, 8)):
            continue
        branch = root
        for part in parts if folder else parts[:-1]:
            if not is_ours(part):
                break
            if part not in branch.folders:
                branch.folders[part] = InZip(archive, path, f"{branch.inside}{part}/")
            branch = branch.folders[part]
        else:
            if not folder:
                branch.members.append((parts[-1], member))
    _sort(root)
    return root


def _name(member: zipfile.ZipInfo) -> str:
    """The name of a file, also of a zip whose UTF-8 is not declared: Ruby writes it so, and macOS does."""
    try:
        return member.filename if member.flag_bits & UTF8 else member.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return member.filename


def _sort(branch: InZip) -> None:
    branch.members.sort(key=lambda entry: (entry[0], entry[1].filename.startswith("/")))  # an absolute name is no honest one
    branch.folders = dict(sorted(branch.folders.items()))
    for below in branch.folders.values():
        _sort(below)
