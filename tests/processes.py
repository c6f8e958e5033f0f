"""Processes as the kernel lists them: who started whom, who is alive, what they were started with and what they have used."""

import multiprocessing
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from autograder.homework import ROOT

PATIENCE = 90.0  # seconds in which what must happen has happened, on a machine with ten times more to do than it can
TICK = os.sysconf("SC_CLK_TCK")


def _stat(process: int) -> list[str]:
    """Fields of /proc/PID/stat from the third on, which is the state; none where there is no such process."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _parents() -> dict[int, int]:
    """Process id of each process's parent, by its own."""
    found = {int(entry.name): _stat(int(entry.name)) for entry in Path("/proc").iterdir() if entry.name.isdigit()}
    return {process: int(fields[1]) for process, fields in found.items() if fields}


def _command(process: int) -> str:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def descendants(process: int) -> set[int]:
    """Process ids of everything that a process started, and of what these started."""
    parents, found, level = _parents(), set(), {process}
    while level := {child for child, parent in parents.items() if parent in level}:
        found |= level
    return found


def alive(process: int) -> bool:
    """Whether a process lives; one that has ended and waits for its parent does not."""
    return _stat(process)[:1] not in ([], ["Z"], ["X"])


def cpu_time(process: int) -> float:
    """CPU time of a process and of its children that have ended, seconds."""
    return sum(map(int, _stat(process)[11:15])) / TICK


def that_name(path: Path) -> list[str]:
    """Command lines that name a path."""
    return [command for process in _parents() if str(path) in (command := _command(process))]


def lost_sandboxes() -> list[str]:
    """Command lines of the sandboxes of this code that nobody holds any more: the first process has adopted them."""
    commands = [_command(process) for process, parent in _parents().items() if parent == 1]
    return [command for command in commands if "autograder.worker.zygote" in command and str(ROOT) in command]


@contextmanager
def busy(count: int) -> Iterator[None]:
    """Keep the cores busy with so many processes meanwhile."""
    spinners = [multiprocessing.get_context("spawn").Process(target=_spin, daemon=True) for _ in range(count)]
    for spinner in spinners:
        spinner.start()
    try:
        yield
    finally:
        for spinner in spinners:
            spinner.kill()


def _spin() -> None:
    while True:
        pass


def until(condition: Callable[[], object]) -> None:
    """Wait for something to happen; that it does not, in `PATIENCE`, fails the test."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)
