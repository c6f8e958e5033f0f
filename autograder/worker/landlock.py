"""Landlock: the kernel closes the file system, TCP, and what leads to processes outside.

Its three system calls are made here directly: the packages that wrap them fail on single files, or expect a list of folders to
allow. Ours is empty, since everything that a submission may import is in memory already.

References
----------
Linux, Documentation/userspace-api/landlock.rst.
"""

import ctypes
import os
import struct

CREATE_RULESET, RESTRICT_SELF = 444, 446  # system calls, the same on every architecture
ASK_VERSION = 1  # asks for the version instead of a ruleset
FILE_RIGHTS = ((5, 0xFFFF), (3, 0x7FFF), (2, 0x3FFF), (1, 0x1FFF))  # all rights known since a version
TCP, SCOPES = (4, 3), (6, 3)  # version, and all rights: bind and connect; abstract sockets and signals of others


def version() -> int:
    """Version of the kernel's Landlock; below 1 where it has none."""
    return int(ctypes.CDLL(None).syscall(CREATE_RULESET, None, ctypes.c_size_t(0), ASK_VERSION))


def close_file_system() -> bool:
    """Let this process open, make and remove no file or folder from here on; it must have given up new privileges.

    Returns
    -------
    in_force : bool
        False where the kernel has no Landlock.

    Raises
    ------
    OSError
        The kernel has Landlock, but refuses.
    """
    known = version()
    if known < 1:
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    rights = next(rights for since, rights in FILE_RIGHTS if known >= since)
    tcp, scopes = (rights if known >= since else 0 for since, rights in (TCP, SCOPES))
    handled = struct.pack("<QQQ", rights, tcp, scopes)[: 24 if scopes else 16 if tcp else 8]
    ruleset = libc.syscall(CREATE_RULESET, handled, ctypes.c_size_t(len(handled)), 0)
    if ruleset < 0 or libc.syscall(RESTRICT_SELF, ruleset, 0) != 0:
        raise OSError(ctypes.get_errno(), "Landlock is there, but refuses")
    os.close(ruleset)
    return True
