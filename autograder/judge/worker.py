"""A worker as the judge sees it: asked under limits, believed in nothing but its answers.

How long it computed and how much memory it took come from the kernel, and an answer that comes late, unasked, malformed or not
at all ends it.
"""

import contextlib
import math
import os
import select
import signal
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from autograder.wire import LENGTHS, MAX_TEXT, WireError, decode, encode

STALL = 6.0  # seconds without any CPU time before a worker counts as asleep
PATIENCE = (
    40.0  # times its CPU time that a worker may take by the wall clock: a runnable process gets 1/40 of a core on any machine
)
MAX_REPLY = 1 << 25  # bytes of arrays in an answer: the largest right one, 500 x 300 distances, has 1.2 MB
PIECE = 1 << 16  # bytes: most answers come as one
POLL = 0.05  # seconds between looks at the worker's clock while waiting
BLINK = 1.0  # seconds: where more passes between two looks, not the worker stood still but the machine, or the whole grader


class WorkerDied(Exception):
    """A worker gave no answer; the message says how it ended, in words for the student.

    Parameters
    ----------
    words : str
        The message.
    cpu, wall, own : float
        As a `Reply` has them, as far as they are known.
    """

    def __init__(self, words: str, cpu: float = 0.0, wall: float = 0.0, own: float = 0.0) -> None:
        super().__init__(words)
        self.cpu, self.wall, self.own = cpu, wall, own


class TookTooLong(WorkerDied):
    """A worker used up its CPU time, or slept."""


MOST_STEPS = 1 << 40  # bytecodes that fit into any time limit; what is more is a lie, and no float holds 10**400


@dataclass(frozen=True)
class Reply:
    """A worker's answer, with what the kernel says of the time between request and answer.

    Parameters
    ----------
    value : Any
        What the worker sent.
    cpu : float
        CPU time of all its threads, seconds.
    wall, own : float
        Time that passed while the judge looked on, and of it that in which the worker computed or slept, seconds: on a
        busy machine it also waits for a processor, which is not its fault.
    peak, held : int
        Growth of its resident memory at the highest point, since the request and since the worker's first answer, which
        comes before anything of a submission is loaded: bytes, if it was weighed.
    """

    value: Any
    cpu: float
    wall: float
    own: float
    peak: int = 0
    held: int = 0


class _Watch:
    """Time by the wall clock as far as the judge was awake to see it: after Ctrl-Z, or a pause of the machine, nobody slept."""

    def __init__(self) -> None:
        self._seen, self._looked = 0.0, time.monotonic()

    def look(self) -> float:
        """Seconds since the start."""
        now = time.monotonic()
        self._seen += min(now - self._looked, BLINK)
        self._looked = now
        return self._seen


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
        self._empty = 0  # bytes of memory before anything of a submission's was loaded
        self.layers: list[str] = []

    def ask(
        self,
        request: Any,
        cpu_limit: float,
        *,
        wall_limit: float = math.inf,
        own_limit: float = math.inf,
        weighed: bool = False,
    ) -> Reply:
        """Send a request and wait for the answer.

        Parameters
        ----------
        request : Any
            A value for the wire.
        cpu_limit : float
            CPU time that the answer may take, seconds.
        wall_limit, own_limit : float
            Time that the answer may take while the judge looks on, and without what the worker waits for a processor:
            seconds.
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
        watch, cpu_started, queued_before = _Watch(), clock(), self._queued()

        def own() -> float:
            return max(watch.look() - (self._queued() - queued_before), 0.0)

        def check_time() -> None:
            cpu, wall = clock() - cpu_started, watch.look()
            if cpu > cpu_limit:
                raise self._late(f"no answer within {cpu_limit:g} s of computing", cpu, wall, own())
            if wall > wall_limit:
                raise self._late("the time for this question is used up", cpu, wall, own())
            if wall > own_limit and own() > own_limit:
                raise self._late("the time for this submission is used up", cpu, wall, own())
            if wall > STALL + PATIENCE * cpu:
                raise self._late("no answer: it slept", cpu, wall, own())

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
        highest = peak_after if peak_after > peak_before else memory_after
        self._empty = self._empty or self._memory()[0]
        taken, held = max(highest - memory_before, 0), max(highest - self._empty, 0)
        return Reply(value, cpu, watch.look(), own(), taken, held)

    def end(self) -> int:
        """End the worker and all it started, if it is not ended yet; return its status."""
        if self._ended:
            return 0
        self._ended = True
        return self._end()

    def _dead(self, why: str) -> WorkerDied:
        self.end()
        return WorkerDied(why)

    def _late(self, why: str, cpu: float, wall: float, own: float) -> TookTooLong:
        self.end()
        return TookTooLong(why, cpu, wall, own)

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

    def _queued(self) -> float:
        """Seconds that the process could have computed and had no processor; 0 where the kernel does not say."""
        try:
            with open(f"/proc/{self.process}/schedstat", "rb") as file:  # noqa: PTH123
                return int(file.read().split()[1]) * 1e-9
        except (OSError, ValueError, IndexError):
            return 0.0

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


def is_answer(answer: Any, calls: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a frame has the form of an answer to these calls."""
    returned = sum(call.get("returned", False) for call in calls)
    sizes = {"results": len(calls), "steps": len(calls), "arguments": returned}
    return (
        isinstance(answer, dict)
        and all(isinstance(answer.get(key), list) and len(answer[key]) == size for key, size in sizes.items())
        and all(type(count) is int and -1 <= count < MOST_STEPS for count in answer["steps"])
        and all(isinstance(arguments, list) for arguments in answer["arguments"])
    )
