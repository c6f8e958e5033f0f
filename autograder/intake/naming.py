"""A name for each submission that no other one of the run has, and that is fit for a folder of results."""

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from autograder.intake.trees import is_archive

MAX_NAME = 200  # bytes of a submission's name, which becomes a folder's: file systems take 255
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
        Each path by its name: printable, no longer than `MAX_NAME` and a number behind it, none of `TAKEN`.
    """
    paths = list(paths)
    own = {path: labels.get(path) or (path.stem if is_archive(path.name) and path.is_file() else path.name) for path in paths}
    beside = Counter((path.parent, label) for path, label in own.items())
    # A folder and an archive of the same name, side by side, are told apart by the archive's ending.
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
        # Of any bytes but / and NUL: it goes into files and onto the terminal.
        plain = "".join(letter if letter.isprintable() and letter != "/" else "_" for letter in tail)
        plain = plain.encode()[-MAX_NAME:].decode(errors="ignore")
        # Only names with hyphens of their own, such that were changed or cut, and taken ones are still equal here.
        names = (plain, *(f"{plain}-{k}" for k in range(2, len(paths) + 3)))
        chosen = next(name for name in names if name not in named and name not in TAKEN)
        named[chosen] = path
    return named
