"""A race is decided by what was computed, whatever a clock misses that a hypervisor steals from."""

import random
from collections.abc import Callable

import pytest

from autograder.judge.meters.cpu import CPU_LIMIT, FEW_READINGS, FIRST_LOOK, Load, Race, Yardstick, look, race
from autograder.judge.student_code import Measured

REFERENCE = 7e-4  # seconds: the vectorized loss at one of its long shapes
RACES = 300
LOAD = Load((1,))
IDLE = 2e-4  # seconds: a request that calls nothing


class Timed:
    """A function whose calls a clock times."""

    name = "timed"

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock, self.calls = clock, 0

    def __call__(self, *arguments: object) -> tuple[object, ...]:
        return arguments

    def map(self, calls: tuple[tuple[object, ...], ...]) -> list[object]:
        return [self(*arguments) for arguments in calls]

    def measure(self, *calls: tuple[object, ...]) -> Measured:
        self.calls += 1
        return Measured(list(calls), [0] * len(calls), self._clock(), 0, 0)

    def idle(self, *_calls: tuple[object, ...]) -> float:
        """What the request takes by itself is known well."""
        return IDLE

    def stay_on(self, processors: set[int]) -> None:
        """There is but one."""


class Processor:
    """One whose time is stolen now and then: the kernel takes what was stolen off whatever runs next."""

    def __init__(self, seed: int, often: float, stolen: float) -> None:
        self._rng, self._often, self._stolen, self._debt = random.Random(seed), often, stolen, 0.0

    def timed(self, seconds: float) -> Timed:
        """A function that takes so long; other work on the machine makes it up to a third longer."""

        def clock() -> float:
            if self._rng.random() < self._often:
                self._debt += self._rng.expovariate(1 / self._stolen)
            taken = seconds * self._rng.uniform(1, 4 / 3)
            missed = min(self._debt, taken)
            self._debt -= missed
            return taken - missed

        return Timed(clock)


class Misread(Timed):
    """A function that takes so many seconds, and of whose first calls only some shares are read."""

    def __init__(self, shares: list[float], seconds: float) -> None:
        read = iter(shares)
        super().__init__(lambda: next(read, 1) * seconds)


def ratios(often: float, stolen: float, times: float) -> list[float]:
    """Of races in which a grader measures for the first time: a function that takes so many times the reference's CPU time."""
    found = []
    for seed in range(RACES):
        processor = Processor(seed, often, stolen)
        reference = Yardstick(processor.timed(REFERENCE), lambda _rng, shape: shape, seed)
        found.append(race(processor.timed(times * REFERENCE), reference, LOAD, lambda *_: None, CPU_LIMIT).ratio)
    return found


THEFT = [(0.0, 1e-3), (0.002, 3e-3), (0.02, 3e-3), (0.1, 3e-3), (0.3, 1e-3), (0.5, 1e-3)]


@pytest.mark.parametrize(("often", "stolen"), THEFT)
@pytest.mark.parametrize("times", [0.8, 1, 2.5])
def test_a_right_answer_never_takes_too_long(often, stolen, times):
    """Also where half of all requests are robbed of a millisecond: two here in a thousand are."""
    assert max(ratios(often, stolen, times)) < CPU_LIMIT


@pytest.mark.parametrize(("often", "stolen"), THEFT)
def test_a_loop_takes_too_long(often, stolen):
    """Thirty times the reference's time is read as less only where a clock misses nearly all."""
    assert sum(ratio > CPU_LIMIT for ratio in ratios(often, stolen, 30)) >= 0.99 * RACES


@pytest.mark.parametrize("missed", [[0.0] * 20, [0.01] * 20, [0.1, 0.1], [0.1, 0.1, 0.1]])
def test_what_a_clock_misses_at_the_start_is_no_unit(missed):
    """No request takes next to no time, and what is far below the rest is a miss, though it came first."""
    reference = Misread(missed, REFERENCE)
    yardstick = Yardstick(reference, lambda _rng, shape: shape, 1)
    assert race(Misread([], 1.2 * REFERENCE), yardstick, LOAD, lambda *_: None, CPU_LIMIT).ratio < CPU_LIMIT


@pytest.mark.parametrize("races", [0, FEW_READINGS])
@pytest.mark.parametrize("missed", [[0.0], [0.005], [0.005] * 3, [1, 0.1]])
def test_what_a_clock_misses_of_a_loop_wins_it_nothing(missed, races):
    """Nobody is that fast: neither in a race, nor at a first look once the reference is known."""
    yardstick = Yardstick(Misread([], REFERENCE), lambda _rng, shape: shape, 1)
    for _ in range(races):
        race(Misread([], REFERENCE), yardstick, LOAD, lambda *_: None, CPU_LIMIT)
    assert race(Misread(missed, 30 * REFERENCE), yardstick, LOAD, lambda *_: None, CPU_LIMIT).ratio > CPU_LIMIT


def test_a_look_is_enough_for_what_is_fast_once_the_reference_is_known():
    """And only for that; the reference is measured a few times at first, and once more now and then."""
    reference = Misread([], REFERENCE)
    yardstick = Yardstick(reference, lambda _rng, shape: shape, 1)
    assert seen(yardstick, 1).ratio == pytest.approx(1)
    assert reference.calls == FEW_READINGS
    assert seen(yardstick, 5) is None
    assert seen(yardstick, 0.01) is None, "nobody is that fast"
    for _ in range(8):
        assert seen(yardstick, 2).ratio == pytest.approx(2, rel=0.5)
    assert FEW_READINGS < reference.calls <= FEW_READINGS + 3


def seen(yardstick: Yardstick, times: float) -> Race | None:
    """A look at a function that takes so many times the reference's time."""
    measured = Misread([], times * REFERENCE).measure(*yardstick.problem(LOAD, FIRST_LOOK).calls)
    return look(yardstick, LOAD, measured)


def test_what_a_request_costs_by_itself_is_taken_off():
    """Where a call takes less than its request, a ratio of 16 would be read as 2.5."""
    call = 5e-5
    reference, function = Misread([], IDLE + call), Misread([], IDLE + 16 * call)
    yardstick = Yardstick(reference, lambda _rng, shape: shape, 1)
    assert race(function, yardstick, LOAD, lambda *_: None, CPU_LIMIT).ratio == pytest.approx(16, rel=0.01)
