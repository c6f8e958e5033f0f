"""A filter of system calls: those that computing needs pass, every other fails, also those that a later kernel brings.

`system_calls.csv` lists them with their numbers. Table and program are written out, since no maintained package does it:
pyseccomp was last released in 2021 and needs a C library that the platforms' images lack. The file system looks empty rather
than forbidden, and no process or thread can be had: code that copes with a missing file or a full machine copes here.

No memory becomes executable: machine code of a submission's own could loop as fast as the
reference. The zygote has loaded the libraries of numpy and of the standard library by then. No
other could be loaded anyway, since no file opens. `ctypes` still calls C functions. A callback from
C needs a page of code, and raises MemoryError.

A futex wakes only threads of its own process: a shared one reaches whoever else maps the same page,
as all workers do with their libraries, so that two submissions could keep in step with each other.
The C library's locks are private. Its `pthread_join` is not, but no worker has a second thread.

References
----------
Linux, Documentation/userspace-api/seccomp_filter.rst; McCanne and Jacobson, The BSD packet filter, 1993.
"""

import csv
import ctypes
import errno
import os
import platform
import struct
from functools import cache
from pathlib import Path

PR_SET_SECCOMP = 22
MODE_FILTER = 2

ALLOW, FAIL_WITH = 0x7FFF0000, 0x00050000  # what a filter returns; an error number is added to the second
LOAD, JUMP_IF_EQUAL, JUMP_IF_ANY_BIT, RETURN = 0x20, 0x15, 0x45, 0x06  # instructions of classic BPF
NUMBER_AT, MACHINE_AT, ARGUMENTS_AT = 0, 4, 16  # offsets in struct seccomp_data, bytes; an argument has 8
MACHINES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}  # as the kernel's audit.h names them

FLAGS_OF = {"open": 1, "openat": 2}  # which argument holds them
FUTEX_OPERATION_AT = 1  # which argument of futex holds it
FUTEX_PRIVATE = 128  # a bit of the operation
PROTECTION_AT = 2  # which argument of mmap and mprotect holds it
PROT_READ, PROT_WRITE, PROT_EXEC = 1, 2, 4  # the same on every architecture
ASK_PERSONALITY = 0xFFFFFFFF  # instead of setting it
READ_IMPLIES_EXEC = 0x0400000  # `setarch -X` sets it for all that it starts
FOR_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT

OWN_PROCESS = b"\xfe\xca\xad\x7b"  # in a program's place for the process id; larger than any, and no other operand has it

Instruction = tuple[int, int, int, int]  # code, instructions to skip if true, if false, operand


def filter_system_calls() -> bool:
    """Filter the system calls of this process for good; it must have no other thread.

    Returns
    -------
    in_force : bool
        False where the kernel has no such filters, or where the machine's numbers are not known here.
    """
    if platform.machine() not in MACHINES:
        return False
    program = template(platform.machine()).replace(OWN_PROCESS, struct.pack("<I", os.getpid()))
    libc = ctypes.CDLL(None, use_errno=True)
    code = ctypes.create_string_buffer(program, len(program))
    # struct sock_fprog: the number of instructions, and where they are; padded as the machine's C compiler does.
    described = struct.pack("@HP", len(program) // 8, ctypes.addressof(code))
    return bool(libc.prctl(PR_SET_SECCOMP, MODE_FILTER, described, 0, 0) == 0)


def take_back_executable_memory() -> None:
    """Leave no memory of this process both writable and executable, nor shared and executable.

    Every worker would inherit it, past the filter. libffi allocates such pages for the callbacks
    of `ctypes`.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    inherited = libc.personality(ctypes.c_ulong(ASK_PERSONALITY))
    if inherited > 0:  # neither the usual one nor a refusal
        libc.personality(ctypes.c_ulong(inherited & ~READ_IMPLIES_EXEC))
    for line in Path("/proc/self/maps").read_text(errors="replace").splitlines():
        span, rights = line.split()[:2]
        if "x" in rights and ("w" in rights or "s" in rights):
            start, end = (int(address, 16) for address in span.split("-"))
            kept = PROT_READ | PROT_WRITE if "w" in rights else PROT_READ
            if libc.mprotect(ctypes.c_void_p(start), ctypes.c_size_t(end - start), kept) != 0:
                raise OSError(ctypes.get_errno(), f"the memory at {span} stays executable")


@cache
def template(machine: str) -> bytes:
    """The program for a process that is still to be filled in: assembled by the zygote, once for all workers."""
    (process,) = struct.unpack("<I", OWN_PROCESS)
    return b"".join(struct.pack("<HBBI", *instruction) for instruction in assemble(machine, process))


def assemble(machine: str, process: int) -> list[Instruction]:
    """Write the filter as a program.

    Parameters
    ----------
    machine : str
        A key of `MACHINES`.
    process : int
        The one process that may be sent signals: itself, since a crash in C ends by one.

    Returns
    -------
    program : list of Instruction
        A call's number is compared with each in `CALLS` in turn; what is not there fails with EPERM.
    """
    refused = _fail(errno.EPERM)
    program = [(LOAD, 0, 0, MACHINE_AT), (JUMP_IF_EQUAL, 1, 0, MACHINES[machine]), refused, (LOAD, 0, 0, NUMBER_AT)]
    for call in CALLS:
        if call[machine]:
            then = _then(call["call"], call["answer"], process)
            program += [(JUMP_IF_EQUAL, 0, len(then), int(call[machine])), *then]
    return [*program, refused]


def _then(call: str, answer: str, process: int) -> list[Instruction]:
    """What the program does with a call."""
    allowed = (RETURN, 0, 0, ALLOW)
    match answer:
        case "pass":
            return [allowed]
        case "own process":
            return [(LOAD, 0, 0, ARGUMENTS_AT), (JUMP_IF_EQUAL, 0, 1, process), allowed, _fail(errno.EPERM)]
        case "open":
            flags = (LOAD, 0, 0, ARGUMENTS_AT + 8 * FLAGS_OF[call])
            return [flags, (JUMP_IF_ANY_BIT, 0, 1, FOR_WRITING), _fail(errno.EACCES), _fail(errno.ENOENT)]
        case "private":
            operation = (LOAD, 0, 0, ARGUMENTS_AT + 8 * FUTEX_OPERATION_AT)
            shared = _fail(errno.EINVAL)  # the C library ends the process if it meets EPERM here
            return [operation, (JUMP_IF_ANY_BIT, 0, 1, FUTEX_PRIVATE), allowed, shared]
        case "no code":
            lower_half = (LOAD, 0, 0, ARGUMENTS_AT + 8 * PROTECTION_AT)
            return [lower_half, (JUMP_IF_ANY_BIT, 0, 1, PROT_EXEC), _fail(errno.EPERM), allowed]
    return [_fail(getattr(errno, answer))]


def _fail(number: int) -> Instruction:
    return (RETURN, 0, 0, FAIL_WITH | number)


def _read_calls() -> list[dict[str, str]]:
    with Path(__file__).with_name("system_calls.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


CALLS = _read_calls()  # by the zygote: a worker can read no file
if platform.machine() in MACHINES:
    template(platform.machine())
