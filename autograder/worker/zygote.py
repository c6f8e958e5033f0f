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

from autograder.orders import ANSWER, FORK, ORDER

PR_SET_CHILD_SUBREAPER = 36

NUMPY = [
    "numpy",
    "numpy.ctypeslib",
    "numpy.fft",
    "numpy.lib",
    "numpy.lib.recfunctions",
    "numpy.linalg",
    "numpy.ma",
    "numpy.ma.mrecords",
    "numpy.matlib",
    "numpy.polynomial",
    "numpy.random",
    "numpy.testing",
    "numpy.typing",
    "_strptime",  # the standard library loads it when a time is first parsed
]
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
    """Import numpy's public parts and the standard library, so that a worker that can read no file still imports them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # parts of the standard library announce their end
        for name in NUMPY:
            with contextlib.suppress(ImportError):  # numpy's versions differ
                importlib.import_module(name)
        numpy = sys.modules["numpy"]
        for name in numpy.__all__:
            getattr(numpy, name, None)  # numpy loads some submodules when they are first asked for, as `import *` does
        for name in sys.stdlib_module_names - NEVER:
            if not name.startswith("_"):
                preload_package(name)


def preload_package(name: str) -> None:
    """Import a module of the standard library with all that lies below it, as far as this system has it."""
    try:
        module = importlib.import_module(name)
    except ImportError:
        return
    for _, part, _ in pkgutil.iter_modules(getattr(module, "__path__", ())):
        if part not in NEVER and not part.startswith("_"):
            preload_package(f"{name}.{part}")


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
