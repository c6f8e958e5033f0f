"""The judge's hold on the sandbox: the zygote, which forks workers, and the layers that each of them must be confined by."""

import os
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from autograder.errors import AutograderError
from autograder.judge.worker import Worker, WorkerDied
from autograder.orders import ANSWER, END, FORK, ONE_THREAD, ORDER

PACKAGE_HOME = Path(__file__).resolve().parents[2]
MEMORY = 1 << 29  # bytes of address space: numpy and the standard library take 160 MB of it, the largest check 100 MB
WORKER_CPU = 300  # seconds in a worker's whole life
CONFINING = 5.0  # seconds of CPU to apply all layers, measured: 0.002
FIRST_USER = 61000  # user ids that no system hands out; two for each sandbox
MOST_SANDBOXES = 512
ALWAYS_REQUIRED = frozenset(["descriptors", "environment", "session", "resources", "privileges"])
ADVICE = "`autograder doctor` tells what works here, and what to do."
ZYGOTE_PATIENCE = 120.0  # seconds for one order; starting up takes 2, forking and killing milliseconds


class SandboxError(AutograderError):
    """The sandbox itself cannot work here."""


def required_layers() -> frozenset[str]:
    """Layers without which no submission is graded; the others are reported where they are missing.

    A worker of the grader's own user could read the grader's memory and environment. Root gives each worker another user; who
    is not root needs the kernel's filters instead.
    """
    return ALWAYS_REQUIRED | ({"user"} if os.geteuid() == 0 else {"landlock", "seccomp"})


def claim_slot() -> tuple[int, socket.socket]:
    """Claim the lowest number that no other sandbox on this machine has, for as long as the socket is open.

    Each sandbox has user ids of its own, since the kernel delivers signals, and counts processes, by user.
    """
    for slot in range(MOST_SANDBOXES):
        claim = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            claim.bind(f"\0autograder-slot-{slot}")
        except OSError:
            claim.close()
            continue
        return slot, claim
    raise SandboxError(f"{MOST_SANDBOXES} sandboxes are at work on this machine already.")


class Sandbox:
    """A zygote and the workers that it forks, for one process of the grader's.

    Parameters
    ----------
    memory : int
        Address space of a worker, bytes.
    required : frozenset of str or None
        Layers without which no worker is handed out; None for `required_layers`.

    Raises
    ------
    SandboxError
        The system is not Linux, or the zygote does not start.
    """

    def __init__(self, memory: int = MEMORY, required: frozenset[str] | None = None) -> None:
        if sys.platform != "linux":
            raise SandboxError("Grading needs Linux: CPU time and memory of a submission are read from its kernel.")
        self._memory = memory
        self._required = required_layers() if required is None else required
        self._slot, self._claim = claim_slot()
        self._channels: set[socket.socket] = set()
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._socket.settimeout(ZYGOTE_PATIENCE)
        start = f"import sys; sys.path.insert(0, {str(PACKAGE_HOME)!r}); from autograder.worker.zygote import main; main()"
        with theirs:
            self._zygote = subprocess.Popen(
                [sys.executable, "-I", "-B", "-c", start],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={**ONE_THREAD, "PATH": os.defpath, "LC_ALL": "C.UTF-8"},
                start_new_session=True,  # Ctrl-C is for the grader, which then ends the zygote
            )

    def fork(self, *, trusted: bool = False) -> Worker:
        """Start a worker, confined and with nothing imported yet.

        Parameters
        ----------
        trusted : bool
            Whether it is to run the reference: such a worker has a user of its own, whom no submission can reach.

        Raises
        ------
        SandboxError
            The zygote or the confinement failed.
        """
        user = FIRST_USER + 2 * self._slot + trusted if os.geteuid() == 0 else -1
        ours, theirs = socket.socketpair()
        self._channels.add(ours)
        with theirs:
            process = self._order([ORDER.pack(FORK, 0, user, self._memory, WORKER_CPU)], [theirs.fileno()])
        worker = Worker(process, ours, lambda: self._finish(process, ours))
        try:
            greeting = worker.ask({}, CONFINING).value
        except WorkerDied as error:
            raise SandboxError(f"A worker could not be confined: {error}") from error
        if "refused" in greeting:
            worker.end()
            raise SandboxError(f"A worker could not be confined: {greeting['refused']}. {ADVICE}")
        worker.layers = greeting["layers"]
        if missing := self._required - set(worker.layers):
            worker.end()
            raise SandboxError(f"The sandbox lacks what it must have here: {', '.join(sorted(missing))}. {ADVICE}")
        return worker

    def close(self) -> None:
        """End the zygote with all its workers."""
        for held in (self._socket, *self._channels):
            held.close()
        try:
            self._zygote.wait(ZYGOTE_PATIENCE)
        except subprocess.TimeoutExpired:
            self._zygote.kill()  # its workers die with it
            self._zygote.wait()
        self._claim.close()

    def _finish(self, process: int, channel: socket.socket) -> int:
        channel.close()
        self._channels.discard(channel)
        return self._order([ORDER.pack(END, process, 0, 0, 0)])

    def _order(self, order: list[bytes], descriptors: Sequence[int] = ()) -> int:
        """Give the zygote an order; return its answer."""
        try:
            socket.send_fds(self._socket, order, descriptors)
            message = self._socket.recv(ANSWER.size)
        except OSError as error:
            raise SandboxError(f"The zygote does not obey: {error}.") from error
        if not message:
            raise SandboxError("The zygote is gone; the system may be short of memory or of processes.")
        return int(ANSWER.unpack(message)[0])
