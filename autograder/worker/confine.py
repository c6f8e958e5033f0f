"""What a worker takes from itself before it imports a submission: descriptors, environment, privileges, resources.

Every layer returns whether it is in force; where the system refuses one that is required, the worker ends before any code of a
student's runs. A filter of system calls (seccomp) belongs at the end of `LAYERS`.
"""

import ctypes
import os
import resource
import signal
import struct
from dataclasses import dataclass

PR_SET_PDEATHSIG = 1
PR_SET_NO_NEW_PRIVS = 38
LANDLOCK_CREATE_RULESET = 444  # system calls, the same on every architecture
LANDLOCK_RESTRICT_SELF = 446
LANDLOCK_VERSION = 1  # asks for the version instead of a ruleset
LANDLOCK_FILE_RIGHTS = ((5, 0xFFFF), (3, 0x7FFF), (2, 0x3FFF), (1, 0x1FFF))  # all rights known since a version


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
        The system refuses a layer that is required.
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
    with open("/proc/self/oom_score_adj", "w") as file:  # noqa: PTH123
        file.write("1000")
    return True


def user(allowed: Confinement) -> bool:
    """Become a user who owns nothing, so that the grader's memory, files and processes are out of reach."""
    libc = ctypes.CDLL(None, use_errno=True)
    if allowed.user is not None:
        os.setgroups([])
        os.setresgid(allowed.user, allowed.user, allowed.user)
        os.setresuid(allowed.user, allowed.user, allowed.user)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)  # after the change of user, which clears it
    return allowed.user is not None


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


def files(allowed: Confinement) -> bool:  # noqa: ARG001
    """Close the file system, where the kernel has Landlock: no file or folder can be opened, made or removed from here on.

    The list of what is allowed is empty, since everything that a submission may import is in memory already. Later versions of
    Landlock also close TCP, and signals and sockets to processes outside.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    version = libc.syscall(LANDLOCK_CREATE_RULESET, None, ctypes.c_size_t(0), LANDLOCK_VERSION)
    if version < 1:
        return False
    rights = next(rights for least, rights in LANDLOCK_FILE_RIGHTS if version >= least)
    tcp, scopes = (3 if version >= 4 else 0), (3 if version >= 6 else 0)
    handled = struct.pack("<QQQ", rights, tcp, scopes)[: 24 if scopes else 16 if tcp else 8]
    ruleset = libc.syscall(LANDLOCK_CREATE_RULESET, handled, ctypes.c_size_t(len(handled)), 0)
    if ruleset < 0 or libc.syscall(LANDLOCK_RESTRICT_SELF, ruleset, 0) != 0:
        raise OSError(ctypes.get_errno(), "Landlock is there, but refuses")
    os.close(ruleset)
    return True


LAYERS = (descriptors, environment, session, user, resources, files)
