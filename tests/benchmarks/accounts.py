"""CPU time of a command and of everything that it starts, whoever ends it."""

import contextlib
import ctypes
import os
import resource
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

PR_SET_CHILD_SUBREAPER = 36


def adopt_orphans() -> None:
    """Become the parent of descendants whose parent ends before them: a sandbox, or a kernel, that nobody waited for."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def cpu(command: Sequence[str | Path], environment: Mapping[str, str] = os.environ, folder: Path | None = None) -> float:
    """Run a command; return the CPU time of it and of all its descendants, seconds.

    Raises
    ------
    SystemExit
        It fails; its output is the message.
    """
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=False)
    if run.returncode:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{run.stdout}{run.stderr}")
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()  # the kernel adds up what is waited for
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
