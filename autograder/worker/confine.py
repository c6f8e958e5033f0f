"""What a worker takes from itself before it imports a submission: descriptors, environment, resources, system calls.

Every layer says whether it is in force; the judge knows which ones it requires. Where the system refuses one outright, the
worker ends before any code of a student's runs.
"""

import contextlib
import ctypes
import os
import resource
import signal
from dataclasses import dataclass

from autograder.orders import PR_SET_PDEATHSIG
from autograder.worker.landlock import close_file_system
from autograder.worker.seccomp import filter_system_calls

PR_SET_NO_NEW_PRIVS = 38


@dataclass(frozen=True)
class Confinement:
    """What a worker is allowed.

    Parameters
    ----------
    channel : int
        The one descriptor that stays open besides the null device on 0, 1 and 2.
    user : int or None
        User and group id to become; None where the grader is not root and cannot choose.
    memory : int
        Address space, bytes.
    cpu : int
        CPU time of the worker's whole life, seconds: a second line of defence, the judge's own limits are far below.
    """

    channel: int
    user: int | None
    memory: int
    cpu: int


def confine(allowed: Confinement) -> list[str]:
    """Apply every layer to this process, for good.

    Parameters
    ----------
    allowed : Confinement
        What stays allowed.

    Returns
    -------
    layers : list of str
        Names of the layers in force.

    Raises
    ------
    OSError
        The system refuses a layer that it has.
    """
    return [layer.__name__ for layer in LAYERS if layer(allowed)]


def descriptors(allowed: Confinement) -> bool:
    """Close every descriptor but the channel; reading gives nothing, printing goes nowhere."""
    null = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    for descriptor in map(int, os.listdir("/proc/self/fd")):
        if descriptor > 2 and descriptor != allowed.channel:
            try:
                os.close(descriptor)
            except OSError:
                continue  # the listing's own descriptor is closed already
    return True


def environment(allowed: Confinement) -> bool:  # noqa: ARG001
    """Forget the environment, where tokens lie, and leave the grader's folder."""
    os.environ.clear()
    os.chdir("/")
    os.umask(0o077)
    return True


def session(allowed: Confinement) -> bool:  # noqa: ARG001
    """Leave the grader's session, so that no signal to a group reaches it; be the first to go when memory runs out."""
    os.setsid()
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:  # noqa: PTH123
        file.write("1000")
    return True


def resources(allowed: Confinement) -> bool:
    """Cap memory, CPU, files and descriptors, and allow no further process or thread."""
    for kind, cap in (
        (resource.RLIMIT_AS, allowed.memory),
        (resource.RLIMIT_CPU, allowed.cpu),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 32),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),  # the kernel counts threads too; this process exists already
    ):
        hard = resource.getrlimit(kind)[1]
        cap = cap if hard == resource.RLIM_INFINITY else min(cap, hard)
        resource.setrlimit(kind, (cap, cap))
    return True


def user(allowed: Confinement) -> bool:
    """Become a user who owns nothing, so that the grader's memory, files and processes are out of reach."""
    if allowed.user is None:
        return False
    os.setgroups([])
    os.setresgid(allowed.user, allowed.user, allowed.user)
    os.setresuid(allowed.user, allowed.user, allowed.user)
    return True


def privileges(allowed: Confinement) -> bool:  # noqa: ARG001
    """Gain no privilege from a file any more, as the layers below ask for, and die with the zygote.

    The second is forgotten by a change of user, so that this layer comes after it.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    for option, value in ((PR_SET_NO_NEW_PRIVS, 1), (PR_SET_PDEATHSIG, signal.SIGKILL)):
        if libc.prctl(option, value, 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), f"prctl({option}) is refused")
    return True


def landlock(allowed: Confinement) -> bool:  # noqa: ARG001
    """Close the file system, where the kernel has Landlock, and with later versions TCP and signals to processes outside."""
    return close_file_system()


def seccomp(allowed: Confinement) -> bool:  # noqa: ARG001
    """Let only those system calls pass that computing needs."""
    return filter_system_calls()


LAYERS = (descriptors, environment, session, resources, user, privileges, landlock, seccomp)
