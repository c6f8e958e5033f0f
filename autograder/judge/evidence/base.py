"""What all evidence has in common: interpreter steps and CPU time along each axis, each found out once."""

from collections.abc import Callable, Sequence
from functools import cached_property
from statistics import median
from typing import Any

import numpy as np
from draws import sizes
from expect import Mismatch

from autograder.judge.examination import NoAnswer, RemoteFunction
from autograder.judge.meters.cpu import FIRST_REPEATS, TOO_LARGE, Race, Shape, Yardstick, race
from autograder.judge.meters.steps import LARGE_STEP_SIZES, STEP_SIZES, steps_per_row

Rng = np.random.Generator

STEP_OTHERS = 5, 9  # least and largest size of the axes that are not watched while steps are counted


class NotJudged(AssertionError):
    """A check has nothing to judge, because of what others found.

    Parameters
    ----------
    *checks : str
        Ids of those others.
    """

    def __init__(self, *checks: str) -> None:
        super().__init__(*checks)
        self.checks = checks


class Evidence:
    """How a function fares against the reference when one axis after another is long.

    Parameters
    ----------
    function : RemoteFunction
        The student's.
    reference : Yardstick
        The reference, at work in a worker of the same kind.
    rng : numpy.random.Generator
        Hidden.
    """

    long: dict[str, Shape]
    short: dict[str, Shape]
    widest: Shape | None = None
    limited: str = ""  # axes that numpy itself limits: np.choose takes no more than 64 choices
    missing: Mismatch | NoAnswer | None = None  # why there is no answer at all
    draw: Callable[[Rng, Shape], tuple[Any, ...]]  # arguments of a shape

    def __init__(self, function: RemoteFunction, reference: Yardstick, rng: Rng) -> None:
        self.function, self.reference, self.rng = function, reference, rng

    def verify(self, result: Any, expected: Any) -> None:
        """Expect the result of a timed call to be an answer, not an excuse."""
        raise NotImplementedError

    @cached_property
    def steps(self) -> dict[str, float]:
        """Interpreter steps for each further row, by axis."""
        rows = (STEP_SIZES, LARGE_STEP_SIZES)
        return {axis: self.steps_along(axis, rows[: 1 if axis in self.limited else 2]) for axis in self.long}

    def steps_along(self, axis: str, rows: Sequence[Sequence[int]]) -> float:
        """Interpreter steps for each further row along an axis, which has so many."""
        place = list(self.long).index(axis)
        rng = self.reference.rng(f"steps along {axis}")
        others = sizes(rng, 3, *STEP_OTHERS)

        def draw(size: int, purpose: str) -> tuple[Any, ...]:
            shape = [*others[:place], size, *others[place + 1 :]]
            return self.reference.arguments((shape[0], shape[1], shape[2]), purpose)

        return steps_per_row(self.function, draw, rows, rng)

    @cached_property
    def races(self) -> dict[str, Race]:
        """CPU time and memory against the reference's, by the axis that is long."""
        return {axis: self._long_race(axis) for axis in self.long}

    def _long_race(self, axis: str) -> Race:
        try:
            return self.race(self.long[axis])
        except NoAnswer as missing:
            if missing.kind == "MemoryError":
                return TOO_LARGE
            if axis in self.limited and missing.kind:
                return self.short_race(axis)
            raise

    @cached_property
    def wide(self) -> Race | None:
        """CPU time and memory against the reference's where no axis is short, if that tells more."""
        return None if self.widest is None else self.race(self.widest)

    def short_race(self, axis: str) -> Race:
        """CPU time and memory against the reference's, where the axis is short."""
        return self.race(self.short[axis])

    def loop_ratio(self, axis: str) -> float:
        """CPU time of a loop along an axis against the reference's where the axis is long, from a tenth of the rows."""
        place = list(self.long).index(axis)
        tenth = [size // 10 if k == place else size for k, size in enumerate(self.long[axis])]
        few = self.draw(self.rng, (tenth[0], tenth[1], tenth[2]))
        loop = median(self.function.measure(*few)[1] for _ in range(FIRST_REPEATS))
        return 10 * loop / median(self.reference.measure(self.long[axis], k)[0] for k in range(FIRST_REPEATS))

    def slowness(self, shape: Shape, enough: float) -> float:
        """CPU time in the reference's, the most of a few repeats: one that is slow enough proves that the work was done."""
        most = 0.0
        for number in range(FIRST_REPEATS):
            problem = self.reference.problem(shape, number)
            reference_cpu, _ = self.reference.measure(shape, number)
            result, cpu, _ = self.function.measure(*problem.arguments)
            self.verify(result, problem.expected)
            most = max(most, cpu / reference_cpu)
            if most >= enough:
                break
        return most

    def race(self, shape: Shape) -> Race:
        """CPU time and memory against the reference's at a shape."""
        return race(self.function, self.reference, shape, self.verify)
