"""Folders to look into, on disk here and in `zips` alike: names, and files of which only so many bytes are ever read.

No link is followed.
"""

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
