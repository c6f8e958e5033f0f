"""A fresh program with numpy loaded and nothing secret in its memory, which forks a worker in a few milliseconds.

It obeys single orders over a socket (descriptor 0): FORK, with the worker's end of a channel attached, is answered by the
worker's process id; END kills a worker and whatever it started, and is answered by how it ended. When the judge is gone, so are
all workers.
"""

import contextlib
import gc
import importlib
import os
import pkgutil
import signal
import socket
import sys
import warnings
from collections.abc import Callable

from autograder.orders import ANSWER, FORK, ORDER

PR_SET_CHILD_SUBREAPER = 36

NOT_OF_NUMPY = frozenset(
    ["__main__", "_distutils", "_pyinstaller", "conftest", "distutils", "mypy_plugin", "tests"]
)  # its tests, and what needs a compiler, pytest or mypy: 0.5 s and 500 modules more
LOADED_LATE = ("_strptime",)  # by the standard library, when a time is first parsed
NEVER = frozenset(
    [
        "antigravity",
        "audioop",
        "crypt",
        "curses",
        "distutils",
        "ensurepip",
        "idlelib",
        "lib2to3",
        "nis",
        "ossaudiodev",
        "pydoc_data",
        "readline",
        "rlcompleter",
        "spwd",
        "test",
        "tests",
        "this",
        "tkinter",
        "turtle",
        "turtledemo",
        "venv",
    ]
)  # they open windows, print, build packages, or load libraries of terminals and networks, to be copied at each fork


def main() -> None:
    """Load everything a submission may import, then obey until the judge hangs up."""
    # To look after locks that nobody holds, and to seed `random` anew, touches and so copies memory at each fork.
    os.register_at_fork = lambda **hooks: None  # noqa: ARG005
    from autograder.worker.confine import Confinement
    from autograder.worker.serve import prepare, serve

    preload()
    become_reaper()
    prepare()
    gc.collect()
    gc.freeze()  # a collection in a worker touches none of it: each page that it touches is copied
    # A worker finds numpy and the standard library: not what they happen to load on this machine, and not the grader.
    for name in [name for name in sys.modules if name.partition(".")[0] not in {"__main__", "numpy", *sys.stdlib_module_names}]:
        del sys.modules[name]
    sys.path.clear()
    sys.argv = [""]
    judge = socket.socket(fileno=os.dup(0))
    workers: set[int] = set()
    while True:
        message, descriptors, _, _ = socket.recv_fds(judge, ORDER.size, 1)
        if not message:
            break
        order, process, user, memory, cpu = ORDER.unpack(message)
        if order == FORK:
            process = os.fork()
            if process == 0:
                serve(Confinement(descriptors[0], user if user >= 0 else None, memory, cpu))
            os.close(descriptors[0])
            workers.add(process)
            judge.send(ANSWER.pack(process))
        else:
            judge.send(ANSWER.pack(end(process)))
            workers.discard(process)
            sweep(workers)
    for process in workers:
        end(process)
    sweep(set())


def preload() -> None:
    """Import numpy and the standard library, so that a worker can import them and reads no file."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # parts of both announce their end
        # Editors add imports by themselves, such as `from numpy.core.fromnumeric import argmax`.
        preload_package("numpy", lambda part: part not in NOT_OF_NUMPY)
        numpy = sys.modules["numpy"]
        for name in numpy.__all__:
            getattr(numpy, name, None)  # as `import *` does
        for name in (*LOADED_LATE, *(sys.stdlib_module_names - NEVER)):
            if not name.startswith("_") or name in LOADED_LATE:
                preload_package(name, lambda part: part not in NEVER and not part.startswith("_"))


def preload_package(name: str, wanted: Callable[[str], bool]) -> None:
    """Import a module and all wanted ones below it, as far as this system has them."""
    try:
        module = importlib.import_module(name)
    except (Exception, SystemExit):  # a worker that imports it fails in the same way
        return
    for _, part, _ in pkgutil.iter_modules(getattr(module, "__path__", ())):
        if wanted(part):
            preload_package(f"{name}.{part}", wanted)


def become_reaper() -> None:
    """Become the parent of every orphan among the descendants, so that none can slip away by forking twice."""
    import ctypes

    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def end(process: int) -> int:
    """Kill a process of ours if it still runs; return its status as waitpid gives it."""
    os.kill(process, signal.SIGKILL)  # a process that ended on its own keeps its own status until it is waited for
    return os.waitpid(process, 0)[1]


def sweep(keep: set[int]) -> None:
    """Kill every child but those to keep, until there is none: killing one can hand us its children."""
    while strays := children() - keep:
        for process in strays:
            with contextlib.suppress(ProcessLookupError, ChildProcessError):
                end(process)


def children() -> set[int]:
    """Process ids of this process's children.

    The kernel's list may lack one while another ends: the next sweep finds it. A kernel built without that list has the table
    of all processes, which takes a millisecond to read.
    """
    own = os.getpid()
    try:
        with open(f"/proc/{own}/task/{own}/children", "rb") as file:  # noqa: PTH123
            return set(map(int, file.read().split()))
    except FileNotFoundError:
        return {process for process in map(int, filter(str.isdigit, os.listdir("/proc"))) if parent_of(process) == own}


def parent_of(process: int) -> int:
    """Process id of a process's parent; 0 where the process is gone."""
    try:
        with open(f"/proc/{process}/stat", "rb") as file:  # noqa: PTH123
            return int(file.read().rpartition(b")")[2].split()[1])
    except OSError:
        return 0
