"""CPU time against the reference's, both read from the kernel's clock of their workers, in turn and on the same inputs."""

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any

from autograder.judge.examination import RemoteFunction
from autograder.judge.meters.memory import wasteful

CPU_LIMIT = 8.0  # times the reference's CPU time: vectorized styles reach 4, the mildest full loop 12 (make bench)
WASTEFUL_CPU_LIMIT = 5.0  # times, with arrays larger than needed: an (N, D, C) array takes 8 to 12

FIRST_REPEATS = 3  # of a race that is clearly won: a median of three bears one outlier
SLOW_REPEATS = 5  # of a race that is clearly lost, before anyone loses points
MOST_REPEATS = 21  # of a race near the limit
READINGS = 15  # of the reference at each shape, remembered from submission to submission
CREDIBLE = 0.4  # of the upper quartile of what was read before: load makes a factor of 2, a miss of the clock much more
IMPLAUSIBLE = 0.2  # times the reference's CPU time: no style is that fast, so a reading below is a miss of the clock
LEAST = 2e-5  # seconds: no request takes less
CLEAR = 0.6  # of the limit: below it a race is clearly won
HOPELESS = 3.0  # times the limit: above it a race is clearly lost
Arguments = tuple[Any, ...]


class Yardstick:
    """The reference, whose CPU time is the unit for all others.

    Where a hypervisor takes a processor away, the kernel takes the stolen time off whatever runs next, and its clock misses
    milliseconds (2 readings in 1,000 here, some in a row). A reading far below what the same work took before is not believed.

    Parameters
    ----------
    function : RemoteFunction
        The reference, in a worker of the same kind as a submission's.
    """

    def __init__(self, function: RemoteFunction) -> None:
        self._function = function
        self._readings: dict[tuple[tuple[int, ...], ...], deque[float]] = {}

    def measure(self, *arguments: Any) -> tuple[Any, float, int]:
        """Call the reference; return its result, a credible CPU time (seconds) and the growth of its memory (bytes)."""
        shapes = tuple(getattr(argument, "shape", ()) for argument in arguments)
        readings = self._readings.setdefault(shapes, deque(maxlen=READINGS))
        for _ in range(READINGS):
            result, cpu, peak = self._function.measure(*arguments)
            readings.append(cpu)
            if cpu > CREDIBLE * sorted(readings)[3 * len(readings) // 4]:
                break
        return result, max(cpu, LEAST), peak


@dataclass(frozen=True)
class Race:
    """CPU time and memory of a function against the reference's, on the same inputs.

    Parameters
    ----------
    cpu, reference_cpu : float
        The median CPU time of all repeats, seconds; not the least, which could be one of the clock's misses.
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

    @property
    def slow(self) -> bool:
        """Whether it takes too long."""
        return self.ratio > self.limit

    @property
    def limit(self) -> float:
        """The ratio allowed: who also wastes memory has less time."""
        return WASTEFUL_CPU_LIMIT if self.wasteful else CPU_LIMIT


TOO_LARGE = Race(math.inf, 1.0, 1 << 62, 0)  # of an answer whose arrays do not fit into memory


def race(
    function: RemoteFunction,
    reference: Yardstick,
    draw: Callable[[], Arguments],
    verify: Callable[[Any, Any], None],
) -> Race:
    """Measure a function and the reference in turn, each repeat on fresh inputs.

    Parameters
    ----------
    function : RemoteFunction
        The student's.
    reference : Yardstick
        What it is measured against.
    draw : callable
        Returns fresh arguments.
    verify : callable
        Takes both results of a repeat; raises where the function's will not do.

    Returns
    -------
    race : Race
        Median over the repeats, more of them near the limit.
    """
    cpu, reference_cpu, peak, reference_peak = [], [], 0, 0
    while True:
        arguments = draw()
        expected, seconds, memory = reference.measure(*arguments)
        reference_cpu.append(seconds)
        reference_peak = max(reference_peak, memory)
        for _ in range(READINGS):
            result, seconds, memory = function.measure(*arguments)
            peak = max(peak, memory)
            if seconds > IMPLAUSIBLE * reference_cpu[-1]:
                break
        cpu.append(max(seconds, LEAST))
        verify(result, expected)
        measured = Race(median(cpu), median(reference_cpu), peak, reference_peak)
        won = measured.ratio < CLEAR * CPU_LIMIT and not measured.slow
        lost = measured.ratio > HOPELESS * CPU_LIMIT
        if len(cpu) >= (FIRST_REPEATS if won else SLOW_REPEATS if lost else MOST_REPEATS):
            return measured
