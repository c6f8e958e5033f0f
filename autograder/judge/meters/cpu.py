"""CPU time against the reference's, both read from the kernel's clock of their workers, in turn and on the same inputs."""

import math
import os
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from autograder.judge.meters.memory import wasteful
from autograder.judge.student_code import Measured, StudentFunction
from public_checks.draws import check_rng

# Times the reference's CPU time, a request's own cost taken off; `make bench` prints where every style and loop lies.
CPU_LIMIT = 6.0  # of an answer without interpreter steps: vectorized styles reach 2.7, arrays too large 4, loops in C 9
LOOP_CPU_LIMIT = 1.5  # of calls that take `LOOP_STEPS`: such loops take 2.6 and more, so it is the steps that decide
LOOP_STEPS = (
    8.0  # for each row of a timed call: a comprehension takes 9, and sum or nditer, which is nearly as fast as numpy, 6
)
REFUSED_CPU_LIMIT = 3.0  # with the most that an answer takes, where it raises beyond: np.choose takes 1.5, a loop in C 4
PADDED_CPU_LIMIT = 4.5  # where no axis is short, of small calls that take many steps: who prints takes 3, loops 7 and more
WASTEFUL_CPU_LIMIT = 5.0  # of one with arrays larger than needed where no axis is short: an (N, D, C) array takes 14 to 22

FIRST_REPEATS = 7  # of a race that is won, or of proof that work was done, if not at once
SLOW_REPEATS = 9  # of a race that is clearly lost, before anyone loses points
MOST_REPEATS = 21  # of a race near the limit
PROBLEMS = 120  # kept from submission to submission, a tenth of them of 1 MB: those of all meters of a function
FEW_READINGS = 3  # with fewer, what was read before is not relied on
FIRST_LOOK = -1  # number of the problem that most answers are measured with, and no others
RENEWED = 4  # looks at a load until the reference is measured once more
READINGS = 15  # of the reference at each shape, remembered from submission to submission
CREDIBLE = 0.4  # of the upper quartile of all readings of one work: load makes a factor of 2, a miss of the clock much more
IMPLAUSIBLE = 0.2  # times the reference's CPU time: no style is that fast, so a reading below is a miss of the clock
LEAST = 2e-5  # seconds: no request takes less
LEAST_WORK = 0.1  # of a request's time: what is left at least when its own cost is taken off
IDLE_READINGS = 7  # of a request that calls nothing, at each shape: the least of them, which errs on the safe side
STEADY = 0.5  # of the upper quartile of the reference's work: a unit below would be what load and misses make of it
FAST_AT_A_LOOK = 3.0  # times the reference's time: right answers are read at 1 to 2.5 in a new worker, loops in C at 7 and more
JITTER = 1 / 16  # of a size, up or down
DECISIVE = 0.45  # of the limit: a loop would have to be read at a third of its time
CLEAR = 0.65  # of the limit: below it a race is clearly won
HOPELESS = 3.0  # times the limit: above it a race is clearly lost
Arguments = tuple[Any, ...]
Shape = tuple[int, ...]  # the size of each axis
Draw = Callable[[np.random.Generator, Shape], Arguments]
Verify = Callable[[Arguments, Any, Any], None]  # takes arguments, a result and the reference's


@dataclass(frozen=True)
class Load:
    """What one request holds: so many calls at a shape, since a single one may be too short to be measured."""

    shape: Shape
    calls: int = 1


@dataclass(frozen=True)
class Problem:
    """Arguments of some calls to measure with, and the reference's results."""

    calls: tuple[Arguments, ...]
    expected: tuple[Any, ...]


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
        self._readings: dict[Load, deque[float]] = {}
        self._idle: dict[Load, float] = {}
        self._uses: Counter[Load] = Counter()
        self.problem = lru_cache(PROBLEMS)(self._solved_problem)

    def near(self, load: Load) -> Load:
        """A load of about this one's sizes, the same for all submissions: no answer can know where it is measured."""
        rng = self.rng(f"sizes near {load}")
        shape = tuple(round(size * rng.uniform(1 - JITTER, 1 + JITTER)) for size in load.shape)
        return replace(load, shape=shape)

    def remembered(self, load: Load) -> list[float]:
        """What the reference's requests at a load took, seconds, with a new reading now and then."""
        readings = self._readings.get(load, ())
        self._uses[load] += 1
        for number in range(max(FEW_READINGS - len(readings), self._uses[load] % RENEWED == 0)):
            self.measure(load, number)
        return list(self._readings[load])

    def measure(self, load: Load, number: int) -> tuple[float, int]:
        """Solve a problem; return the CPU time of the request (seconds) and the growth of memory (bytes)."""
        calls = self.problem(load, number).calls
        readings = self._readings.setdefault(load, deque(maxlen=READINGS))
        for _ in range(READINGS):
            measured = self._function.measure(*calls)
            if measured.cpu >= LEAST:
                break
        cpu = max(measured.cpu, LEAST)
        readings.append(cpu)
        return cpu, measured.peak

    def work(self, cpu: float, load: Load) -> float:
        """What is left of a request's CPU time when its own cost, without any call, is taken off: seconds."""
        if load not in self._idle:
            calls = self.problem(load, FIRST_LOOK).calls
            self._idle[load] = min(self._function.idle(*calls) for _ in range(IDLE_READINGS))
        return max(cpu - self._idle[load], LEAST_WORK * cpu)

    def unit(self, readings: Collection[float], load: Load) -> float:
        """The reference's work in some of its requests, seconds: were it too small, a right answer would be called a loop."""
        works = [self.work(reading, load) for reading in credible(readings)]
        return max(lower_quartile(works), STEADY * upper_quartile(works))

    def stay_on(self, processors: set[int]) -> None:
        """Let the reference compute on some processors only."""
        self._function.stay_on(processors)

    def rng(self, purpose: str) -> np.random.Generator:
        """Random numbers for a purpose, the same for all submissions."""
        return check_rng(self._seed, f"{self._function.name} {purpose}")

    def _solved_problem(self, load: Load, name: int | str) -> Problem:
        """A problem of a load, drawn and solved once for all submissions; of another name the data are others."""
        calls = tuple(self._arguments(f"{name} {load.shape} {k}", load.shape) for k in range(load.calls))
        return Problem(calls, tuple(self._function.map(calls)))

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
        The lower quartile of the CPU time of all repeats, of the reference's credible ones, without what a request costs by
        itself, seconds; not the least, which could be one of the clock's misses.
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

    def settled(self, worst: float, repeats: int, limit: float) -> bool:
        """Whether more repeats would change nothing about which side of a limit it is on, the worst of them included."""
        if self.ratio < CLEAR * limit and not self.wasteful:
            return worst < DECISIVE * limit or repeats >= FIRST_REPEATS
        return repeats >= (SLOW_REPEATS if self.ratio > HOPELESS * limit else MOST_REPEATS)


def lower_quartile(readings: Iterable[float]) -> float:
    """What a quarter of the readings stay below: load makes readings larger, the clock's few misses are left out below."""
    ordered = sorted(readings)
    return ordered[len(ordered) // 4]


def upper_quartile(readings: Iterable[float]) -> float:
    """What three quarters of the readings stay below."""
    ordered = sorted(readings)
    return ordered[3 * len(ordered) // 4]


def credible(readings: Collection[float]) -> list[float]:
    """Those readings of one work that are no misses of the clock, while no more than three quarters are."""
    least = CREDIBLE * upper_quartile(readings)
    return [reading for reading in readings if reading > least]


TOO_LARGE = Race(math.inf, 1.0, 1 << 62, 0)  # of an answer whose arrays do not fit into memory


def look(reference: Yardstick, load: Load, measured: Measured) -> Race | None:
    """Judge by one measurement, where what is known of the reference says that it is fast; else None.

    Parameters
    ----------
    reference : Yardstick
        What the function is compared with.
    load : Load
        What was asked.
    measured : Measured
        What came of it.
    """
    known = reference.remembered(load)
    if measured.cpu < IMPLAUSIBLE * lower_quartile(credible(known)):
        return None
    race = Race(reference.work(measured.cpu, load), reference.unit(known, load), measured.peak, 0)
    return race if race.ratio < FAST_AT_A_LOOK and not race.wasteful else None


def race(function: StudentFunction, reference: Yardstick, load: Load, verify: Verify, limit: float) -> Race:
    """Measure a function and the reference in turn, each repeat on fresh inputs, more often near a limit.

    Parameters
    ----------
    function : StudentFunction
        The student's.
    reference : Yardstick
        What it is measured against.
    load : Load
        What is asked.
    verify : callable
        Takes the arguments of a call, the function's result and the reference's; raises where the function's will not do.
    limit : float
        The ratio that the verdict depends on.

    Returns
    -------
    race : Race
        Over all repeats.
    """
    # Processors differ: what shares a core with a busy neighbour takes twice the time.
    every = sorted(os.sched_getaffinity(0))
    one = {every[os.getpid() % len(every)]}
    function.stay_on(one)
    reference.stay_on(one)
    try:
        return _race(function, reference, load, verify, limit)
    finally:
        reference.stay_on(set(every))


def _race(function: StudentFunction, reference: Yardstick, load: Load, verify: Verify, limit: float) -> Race:
    cpu: list[float] = []
    reference_cpu: list[float] = []
    peak = reference_peak = 0
    while True:
        seconds, memory = reference.measure(load, len(cpu))
        reference_cpu.append(seconds)
        reference_peak = max(reference_peak, memory)
        problem = reference.problem(load, len(cpu))
        for _ in range(READINGS):
            measured = function.measure(*problem.calls)
            verify_all(problem, measured.results, verify)
            peak = max(peak, measured.peak)
            if measured.cpu > IMPLAUSIBLE * reference_cpu[-1]:
                break
        cpu.append(max(measured.cpu, LEAST))
        work = reference.work(lower_quartile(cpu), load)
        found = Race(work, reference.unit(reference_cpu, load), peak, reference_peak)
        worst = max(cpu) / min(reference_cpu)
        if found.settled(worst, len(cpu), limit):
            return found


def verify_all(problem: Problem, results: Sequence[Any], verify: Verify) -> None:
    """Verify the results of a problem's calls one by one."""
    for arguments, result, expected in zip(problem.calls, results, problem.expected):
        verify(arguments, result, expected)
