"""CPU time against the reference's, both read from the kernel's clock of their workers, in turn and on the same inputs."""

import math
import os
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from autograder.judge.meters.memory import wasteful
from autograder.judge.student_code import StudentFunction
from public_checks.draws import check_rng

CPU_LIMIT = 6.0  # times the reference's CPU time: vectorized styles reach 3.5, a loop along a long axis 6.4 (make bench)
WASTEFUL_CPU_LIMIT = 5.0  # times, with arrays larger than needed: an (N, D, C) array takes 8 to 12

FIRST_REPEATS = 7  # of a race that is won, or of proof that work was done, if not at once
SLOW_REPEATS = 5  # of a race that is clearly lost, before anyone loses points
MOST_REPEATS = 21  # of a race near the limit
PROBLEMS = 40  # kept from submission to submission, of 0.3 to 1 MB: two for each shape and some more
DRAWN = 100  # arguments that are kept, of some kB: all that steps are counted with
FEW_READINGS = 3  # with fewer, what was read before is not relied on
FIRST_LOOK = -1  # number of the problem that most answers are measured with, and no others
RENEWED = 8  # races at a shape until the reference is measured anew, though what was read before would do
READINGS = 15  # of the reference at each shape, remembered from submission to submission
CREDIBLE = 0.4  # of the upper quartile of all readings of one work: load makes a factor of 2, a miss of the clock much more
IMPLAUSIBLE = 0.2  # times the reference's CPU time: no style is that fast, so a reading below is a miss of the clock
LEAST = 2e-5  # seconds: no request takes less
DECISIVE = 0.45  # of the limit: a loop would have to be read at a third of its time
CLEAR = 0.65  # of the limit: below it a race is clearly won
HOPELESS = 3.0  # times the limit: above it a race is clearly lost
Arguments = tuple[Any, ...]
Shape = tuple[int, ...]  # the size of each axis
Draw = Callable[[np.random.Generator, Shape], Arguments]


@dataclass(frozen=True)
class Problem:
    """Arguments to measure with, and the reference's result."""

    arguments: Arguments
    expected: Any


class Yardstick:
    """The reference, whose CPU time is the unit for all others.

    Where a hypervisor takes a processor away, the kernel takes the stolen time off whatever runs next, and its clock misses
    milliseconds: 2 readings in 1,000 here, some in a row. So nothing far below what the same work took at other times counts.

    Parameters
    ----------
    function : StudentFunction
        The reference, in a worker of the same kind as a submission's.
    draw : callable
        Takes random numbers and a shape, returns arguments.
    seed : int
        Hidden.
    """

    def __init__(self, function: StudentFunction, draw: Draw, seed: int) -> None:
        self._function, self._draw, self._seed = function, draw, seed
        self._readings: dict[Shape, deque[float]] = {}
        self._uses: Counter[Shape] = Counter()
        self.arguments = lru_cache(DRAWN)(self._drawn_arguments)
        self.problem = lru_cache(PROBLEMS)(self._solved_problem)

    def remembered(self, shape: Shape) -> float | None:
        """The unit of what was read at a shape, seconds; None where that is not enough, or has been for long."""
        readings = self._readings.get(shape, ())
        self._uses[shape] += 1
        if len(readings) < FEW_READINGS or self._uses[shape] % RENEWED == 0:
            return None
        return unit(readings)

    def measure(self, shape: Shape, number: int) -> tuple[float, int]:
        """Solve a problem; return the CPU time (seconds) and the growth of memory (bytes)."""
        arguments = self.problem(shape, number).arguments
        readings = self._readings.setdefault(shape, deque(maxlen=READINGS))
        for _ in range(READINGS):
            _, cpu, peak = self._function.measure(*arguments)
            if cpu >= LEAST:
                break
        cpu = max(cpu, LEAST)
        readings.append(cpu)
        return cpu, peak

    def stay_on(self, processors: set[int]) -> None:
        """Let the reference compute on some processors only."""
        self._function.stay_on(processors)

    def rng(self, purpose: str) -> np.random.Generator:
        """Random numbers for a purpose, the same for all submissions."""
        return check_rng(self._seed, f"{self._function.name} {purpose}")

    def _drawn_arguments(self, shape: Shape, purpose: str) -> Arguments:
        """Arguments of a shape, drawn once for all submissions; for another purpose the data are others."""
        return self._arguments(f"{purpose} {shape}", shape)

    def _solved_problem(self, shape: Shape, number: int) -> Problem:
        """A problem of a shape, drawn and solved once for all submissions; of another number the data are others."""
        arguments = self._arguments(f"{number} {shape}", shape)
        return Problem(arguments, self._function(*arguments))

    def _arguments(self, purpose: str, shape: Shape) -> Arguments:
        arguments = self._draw(self.rng(purpose), shape)
        if not isinstance(arguments, tuple):  # the rows of a lone array would be taken for arguments
            raise TypeError(f"draw should return a tuple of arguments for {self._function.name}, also where there is only one")
        return arguments


@dataclass(frozen=True)
class Race:
    """CPU time and memory of a function against the reference's, on the same inputs.

    Parameters
    ----------
    cpu, reference_cpu : float
        The lower quartile of the CPU time of all repeats, of the reference's credible ones, seconds; not the least, which could
        be one of the clock's misses.
    peak, reference_peak : int
        The largest growth of memory, bytes.
    """

    cpu: float
    reference_cpu: float
    peak: int
    reference_peak: int

    @property
    def ratio(self) -> float:
        """CPU time in units of the reference's."""
        return self.cpu / self.reference_cpu

    @property
    def wasteful(self) -> bool:
        """Whether memory explains what CPU time was spent on."""
        return wasteful(self.peak, self.reference_peak)

    def settled(self, worst: float, repeats: int) -> bool:
        """Whether more repeats would change nothing, after so many whose ratio is that at worst."""
        won = self.ratio < CLEAR * CPU_LIMIT and not self.slow
        lost = self.ratio > HOPELESS * CPU_LIMIT
        if won and worst < DECISIVE * CPU_LIMIT and not self.wasteful:
            return True
        return repeats >= (FIRST_REPEATS if won else SLOW_REPEATS if lost else MOST_REPEATS)

    @property
    def slow(self) -> bool:
        """Whether it takes too long."""
        return self.ratio > self.limit

    @property
    def limit(self) -> float:
        """The ratio allowed: who also wastes memory has less time."""
        return WASTEFUL_CPU_LIMIT if self.wasteful else CPU_LIMIT


def lower_quartile(readings: Iterable[float]) -> float:
    """What a quarter of the readings stay below: load makes readings larger, the clock's few misses are left out below."""
    ordered = sorted(readings)
    return ordered[len(ordered) // 4]


def credible(readings: Collection[float]) -> list[float]:
    """Those readings of one work that are no misses of the clock, while no more than three quarters are."""
    upper_quartile = sorted(readings)[3 * len(readings) // 4]
    return [reading for reading in readings if reading > CREDIBLE * upper_quartile]


def unit(readings: Collection[float]) -> float:
    """The lower quartile of the reference's credible readings: were it too small, a right answer would be called a loop."""
    return lower_quartile(credible(readings))


TOO_LARGE = Race(math.inf, 1.0, 1 << 62, 0)  # of an answer whose arrays do not fit into memory


def race(function: StudentFunction, reference: Yardstick, shape: Shape, verify: Callable[[Any, Any], None]) -> Race:
    """Measure a function and the reference in turn, each repeat on fresh inputs; where it is fast at a first look, only once.

    Load makes readings differ by a factor of 2, so that a ratio to what was read before decides only what is clear.

    Parameters
    ----------
    function : StudentFunction
        The student's.
    reference : Yardstick
        What it is measured against.
    shape : tuple of int
        Of the arguments.
    verify : callable
        Takes the function's result and the reference's; raises where the function's will not do.

    Returns
    -------
    race : Race
        Over the repeats, more of them near the limit.
    """
    if (remembered := reference.remembered(shape)) is not None:
        problem = reference.problem(shape, FIRST_LOOK)
        result, seconds, peak = function.measure(*problem.arguments)
        verify(result, problem.expected)
        look = Race(max(seconds, LEAST), remembered, peak, 0)
        if IMPLAUSIBLE < look.ratio < DECISIVE * CPU_LIMIT and not look.wasteful:
            return look
    # Processors differ: what shares a core with a busy neighbour takes twice the time.
    every = sorted(os.sched_getaffinity(0))
    one = {every[os.getpid() % len(every)]}
    function.stay_on(one)
    reference.stay_on(one)
    try:
        return _race(function, reference, shape, verify)
    finally:
        reference.stay_on(set(every))


def _race(function: StudentFunction, reference: Yardstick, shape: Shape, verify: Callable[[Any, Any], None]) -> Race:
    cpu: list[float] = []
    reference_cpu: list[float] = []
    peak = reference_peak = 0
    while True:
        seconds, memory = reference.measure(shape, len(cpu))
        reference_cpu.append(seconds)
        reference_peak = max(reference_peak, memory)
        problem = reference.problem(shape, len(cpu))
        for _ in range(READINGS):
            result, seconds, memory = function.measure(*problem.arguments)
            peak = max(peak, memory)
            if seconds > IMPLAUSIBLE * reference_cpu[-1]:
                break
        cpu.append(max(seconds, LEAST))
        verify(result, problem.expected)
        measured = Race(lower_quartile(cpu), unit(reference_cpu), peak, reference_peak)
        if measured.settled(max(cpu) / min(reference_cpu), len(cpu)):
            return measured
