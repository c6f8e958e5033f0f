"""The judge's hold on workers: start them, ask them under limits, read what the kernel knows of them, end them.

A worker is believed in nothing but its answers. How long it computed and how much memory it took come from the kernel, and an
answer that comes late, unasked, malformed or not at all ends the worker.
"""

import contextlib
import math
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.orders import ANSWER, END, FORK, ONE_THREAD, ORDER
from autograder.wire import LENGTHS, MAX_TEXT, WireError, decode, encode

PACKAGE_HOME = Path(__file__).resolve().parents[2]
MEMORY = 1 << 29  # bytes of address space: numpy and the standard library take 160 MB of it, the largest check 100 MB
WORKER_CPU = 300  # seconds in a worker's whole life
CONFINING = 5.0  # seconds of CPU to apply all layers, measured: 0.002
STALL = 6.0  # seconds without any CPU time before a worker counts as asleep
PATIENCE = (
    40.0  # times its CPU time that a worker may take by the wall clock: a runnable process gets 1/40 of a core on any machine
)
MAX_REPLY = 1 << 25  # bytes of arrays in an answer: the largest right one, 500 x 300 distances, has 1.2 MB
FIRST_USER = 61000  # user ids that no system hands out; two for each sandbox
MOST_SANDBOXES = 512
ALWAYS_REQUIRED = frozenset(["descriptors", "environment", "session", "resources", "privileges"])
ADVICE = "`autograder doctor` tells what works here, and what to do."
ZYGOTE_PATIENCE = 120.0  # seconds for one order; starting up takes 2, forking and killing milliseconds
PIECE = 1 << 16  # bytes: most answers come as one
POLL = 0.05  # seconds between looks at the worker's clock while waiting


class WorkerDied(Exception):
    """A worker gave no answer; the message says how it ended, in words for the student.

    Parameters
    ----------
    words : str
        The message.
    cpu, wall : float
        CPU time and time that the request took, seconds, as far as they are known.
    """

    def __init__(self, words: str, cpu: float = 0.0, wall: float = 0.0) -> None:
        super().__init__(words)
        self.cpu, self.wall = cpu, wall


class TookTooLong(WorkerDied):
    """A worker used up its CPU time, or slept."""


class SandboxError(Exception):
    """The sandbox itself cannot work here."""


@dataclass(frozen=True)
class Reply:
    """A worker's answer, with what the kernel says of the time between request and answer.

    Parameters
    ----------
    value : Any
        What the worker sent.
    cpu : float
        CPU time of all its threads, seconds.
    wall : float
        Time that passed, seconds.
    peak : int
        Growth of its resident memory at the highest point, bytes, if it was weighed.
    """

    value: Any
    cpu: float
    wall: float
    peak: int


class Worker:
    """A confined process that imports one module and answers calls.

    Parameters
    ----------
    process : int
        Its process id.
    channel : socket
        The judge's end of its channel.
    end : callable
        Closes its channel, kills it with all it started, and returns its status as waitpid gives it.
    """

    def __init__(self, process: int, channel: socket.socket, end: Callable[[], int]) -> None:
        self.process = process
        self._channel = channel
        self._channel.setblocking(False)
        self._end = end
        self._ended = False
        self._poll = select.poll()
        self._received = bytearray()
        self.layers: list[str] = []

    def ask(self, request: Any, cpu_limit: float, *, wall_limit: float = math.inf, weighed: bool = False) -> Reply:
        """Send a request and wait for the answer.

        Parameters
        ----------
        request : Any
            A value for the wire.
        cpu_limit : float
            CPU time that the answer may take, seconds.
        wall_limit : float
            Time that the answer may take, whatever the machine does meanwhile, seconds.
        weighed : bool
            Whether to read the worker's memory too.

        Raises
        ------
        WorkerDied
            There is no answer: the worker crashed, left, spoke out of turn, or spoke nonsense. It is ended.
        TookTooLong
            There is no answer within the limit. It is ended.
        """
        if self._received or self._peek():
            raise self._dead("it wrote to the grader's channel, which is not for answers to use")
        clock = self._clock
        if weighed:
            self._forget_peak()
        memory_before, peak_before = self._memory() if weighed else (0, 0)
        started, cpu_started = time.monotonic(), clock()

        def check_time() -> None:
            cpu, wall = clock() - cpu_started, time.monotonic() - started
            if cpu > cpu_limit:
                raise self._late(f"no answer within {cpu_limit:g} s of computing", cpu, wall)
            if wall > wall_limit:
                raise self._late("the time for this question is used up", cpu, wall)
            if wall > STALL + PATIENCE * cpu:
                raise self._late("no answer: it slept", cpu, wall)

        self._write(encode(request), check_time)
        text_length, payload_length = LENGTHS.unpack(self._read(LENGTHS.size, check_time))
        if text_length > MAX_TEXT or payload_length > MAX_REPLY:
            raise self._dead("its answer is larger than any right one")
        text, payload = self._read(text_length, check_time), self._read(payload_length, check_time)
        cpu = clock() - cpu_started
        memory_after, peak_after = self._memory() if weighed else (0, 0)
        try:
            value = decode(bytes(text), payload)
        except WireError as error:
            raise self._dead(f"its answer cannot be read: {error}") from error
        growth = (peak_after if peak_after > peak_before else memory_after) - memory_before
        return Reply(value, cpu, time.monotonic() - started, max(growth, 0))

    def end(self) -> int:
        """End the worker and all it started, if it is not ended yet; return its status."""
        if self._ended:
            return 0
        self._ended = True
        return self._end()

    def _dead(self, why: str) -> WorkerDied:
        self.end()
        return WorkerDied(why)

    def _late(self, why: str, cpu: float, wall: float) -> TookTooLong:
        self.end()
        return TookTooLong(why, cpu, wall)

    def _left(self) -> WorkerDied:
        """Say how a worker ended that closed its channel on its own."""
        status = self.end()
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) != signal.SIGKILL:
            number = os.WTERMSIG(status)
            return WorkerDied(f"the process crashed: {signal.strsignal(number)} ({signal.Signals(number).name})")
        return WorkerDied("the process ended before it answered: it left by itself, or was killed")

    @property
    def _clock(self) -> Callable[[], float]:
        """The kernel's CPU clock of the process, all threads counted, waiting not: seconds."""
        clock_id = (~self.process << 3) | 2  # as clock_getcpuclockid(3) makes it

        def read() -> float:
            return time.clock_gettime_ns(clock_id) * 1e-9

        return read

    def _forget_peak(self) -> None:
        """Let the kernel's highest mark start anew, so that no earlier, higher peak hides what comes."""
        with open(f"/proc/{self.process}/clear_refs", "w") as file:  # noqa: PTH123
            file.write("5")

    def _memory(self) -> tuple[int, int]:
        """Resident memory now and at its highest so far, bytes."""
        now = peak = 0
        with open(f"/proc/{self.process}/status", "rb") as file:  # noqa: PTH123
            for line in file:
                if line.startswith(b"VmHWM:"):
                    peak = int(line.split()[1]) << 10
                elif line.startswith(b"VmRSS:"):
                    now = int(line.split()[1]) << 10
        return now, peak

    def _peek(self) -> bytes:
        try:
            return self._channel.recv(1, socket.MSG_PEEK)
        except OSError:
            return b""

    def _write(self, data: bytes, check_time: Callable[[], None]) -> None:
        view = memoryview(data)
        while view:
            try:
                view = view[self._channel.send(view) :]
            except BlockingIOError:
                self._wait(select.POLLOUT, check_time)
            except (BrokenPipeError, ConnectionResetError):
                raise self._left() from None

    def _read(self, count: int, check_time: Callable[[], None]) -> bytearray:
        """Take so many bytes of what was received; what comes with them is kept for the next call."""
        while len(self._received) < count:
            self._wait(select.POLLIN, check_time)  # an answer that trickles in is late too
            with contextlib.suppress(BlockingIOError):
                self._received += self._receive(max(PIECE, count - len(self._received)))
        whole, self._received = self._received, self._received[count:]
        del whole[count:]
        return whole

    def _receive(self, most: int) -> bytes:
        try:
            piece = self._channel.recv(most)
        except ConnectionResetError:
            piece = b""
        if not piece:
            raise self._left()
        return piece

    def _wait(self, event: int, check_time: Callable[[], None]) -> None:
        self._poll.register(self._channel, event)
        self._poll.poll(POLL * 1000)
        check_time()


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
