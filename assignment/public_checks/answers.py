"""Which of a student's files count: a module, or what is lifted out of the notebook."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from public_checks.notebook import Notebook, lift, read_notebook, shown
from public_checks.reading import Reading, Unreadable
from public_checks.tables import MODULES

MAX_MODULE = 1 << 20  # bytes of a module that is read: the longest of 324 real ones has 30 kB
MAX_NOTEBOOK = 20 << 20  # bytes of a notebook that is read: its outputs hold pictures


@dataclass(frozen=True)
class Choice:
    """The files that count.

    Parameters
    ----------
    readings : dict of str to Reading
        By module; one that is nowhere is missing.
    remarks : tuple of str
        Sentences worth saying about the choice.
    notebook : Notebook or None
        The notebook, if there is one that can be read, whether it counts or not.
    """

    readings: dict[str, Reading]
    remarks: tuple[str, ...]
    notebook: Notebook | None

    @property
    def sources(self) -> dict[str, bytes]:
        """Source of each module by its name."""
        return {module: reading.source for module, reading in self.readings.items()}


def choose(files: Mapping[str, bytes], unread: Collection[str] = ()) -> Choice:
    """Choose the file that counts for each module.

    The module's file counts if it answers anything; else the notebook, if that does; else the module's file as it is, and
    the notebook only where there is no such file. What cannot be read is taken for an answer, so that its author sees why it
    cannot, but only where nothing can be read that answers.

    Parameters
    ----------
    files : mapping of str to bytes
        Modules and at most one notebook, by file name.
    unread : collection of str
        Names of files that are there and could not be read, which has been said: they are not missing.

    Returns
    -------
    choice : Choice
        Whatever is in the files.
    """
    remarks, notebook = [], None
    for name in files:
        if name.lower().endswith(".ipynb"):
            try:
                notebook = read_notebook(files[name], name)
            except Unreadable as problem:
                remarks.append(f"{shown(name)} cannot be read: {problem}.")
    readings = {}
    for module in MODULES:
        file = f"{module}.py"
        mine = Reading(module, file, files[file]) if file in files else None
        lifted = lift(notebook, module) if notebook else None
        found = [reading for reading in (mine, lifted) if reading]
        if not found:
            continue
        # The first of equals is the module's file.
        chosen = readings[module] = max(found, key=lambda r: (bool(r.questions), bool(r.problem or r.lost)))
        if mine and lifted and lifted.questions and chosen is mine:
            remarks.append(
                f"{file} is graded, since it answers {listed(mine.questions)};"
                f" what {lifted.file} answers ({listed(lifted.questions)}) is not. Put them all in one place."
            )
        elif mine and mine.problem and chosen is lifted:
            remarks.append(f"{mine.problem} cannot be read, so the answers in {lifted.file} are graded.")
        if chosen is lifted:
            remarks += [remark for remark in lifted.remarks if remark not in remarks]
            if lifted.absent:
                remarks.append(f"{lifted.file} has no {listed(lifted.absent)}.")
    if missing := [f"{module}.py" for module in MODULES if module not in readings and f"{module}.py" not in unread]:
        remarks.append(f"{listed(missing)} {'is' if len(missing) == 1 else 'are'} missing.")
    return Choice(readings, tuple(remarks), notebook)


def listed(words: Sequence[str], last: str = "and") -> str:
    """Join words as in «q1, q2 and q3»."""
    return f" {last} ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))
