"""What all evidence has in common: interpreter steps and CPU time along each axis, each found out once."""

from collections.abc import Sequence
from functools import cached_property
from statistics import median
from typing import Any

import numpy as np

from autograder.judge.examination import NoAnswer, RemoteFunction
from autograder.judge.meters.cpu import FEW_READINGS, FIRST_LOOK, TOO_LARGE, Draw, Race, Shape, Yardstick, race
from autograder.judge.meters.steps import LARGE_STEP_SIZES, STEP_SIZES, jittered, steps_per_row

from draws import sizes
from expect import Mismatch

Rng = np.random.Generator

GLANCE_FLOOR = 4 << 20  # bytes: at a glance a frugal answer takes 1 MB, one with an (N, D, C) array 14 MB, 7 in float32
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
    widest: Shape | None = None  # where waste costs time
    glance: Shape = (0, 0, 0)  # where it takes memory already
    limited: str = ""  # axes that numpy itself limits: np.choose takes no more than 64 choices
    missing: Mismatch | NoAnswer | None = None  # why there is no answer at all
    draw: Draw  # arguments of a shape

    def __init__(self, function: RemoteFunction, reference: Yardstick, rng: Rng) -> None:
        self.function, self.reference, self.rng = function, reference, rng

    def verify(self, result: Any, expected: Any) -> None:
        """Expect the result of a timed call to be an answer, not an excuse."""
        raise NotImplementedError

    @cached_property
    def steps(self) -> dict[str, float]:
        """Interpreter steps for each further row, by axis."""
        # All axes grow together first: where that costs no steps, no axis does.
        looping = self._steps(tuple(self.long), STEP_SIZES) > 0
        found = {axis: self.steps_along(axis, STEP_SIZES) if looping else 0.0 for axis in self.long}
        unlimited = [axis for axis, steps in found.items() if steps == 0 and axis not in self.limited]
        return found | {axis: self.steps_along(axis, LARGE_STEP_SIZES) for axis in unlimited}

    def steps_along(self, axis: str, rows: Sequence[int]) -> float:
        """Interpreter steps for each further row along an axis, which has about so many."""
        return self._steps((axis,), rows)

    def _steps(self, axes: tuple[str, ...], rows: Sequence[int]) -> float:
        """Interpreter steps for each further row along some axes at once."""
        rng = self.reference.rng(f"steps along {axes}")
        others = sizes(rng, 3, *STEP_OTHERS)
        growing = {axis: jittered(rows, rng) for axis in axes}

        def arguments(k: int, purpose: str) -> tuple[Any, ...]:
            n, m, d = (growing[axis][k] if axis in growing else other for axis, other in zip(self.long, others))
            return self.reference.arguments((n, m, d), purpose)

        sized = enumerate(growing[axes[0]])
        return steps_per_row(self.function, {size: (arguments(k, "warm-up"), arguments(k, "count")) for k, size in sized})

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
        """CPU time and memory against the reference's where no axis is short, if a look at its memory says that it matters."""
        if self.widest is None:
            return None
        problem = self.reference.problem(self.glance, FIRST_LOOK)
        result, _, peak = self.function.measure(*problem.arguments)
        self.verify(result, problem.expected)
        return self.race(self.widest) if peak > GLANCE_FLOOR else None

    def short_race(self, axis: str) -> Race:
        """CPU time and memory against the reference's, where the axis is short."""
        return self.race(self.short[axis])

    def loop_ratio(self, axis: str) -> float:
        """CPU time of a loop along an axis against the reference's where the axis is long, from a tenth of the rows."""
        place = list(self.long).index(axis)
        tenth = [size // 10 if k == place else size for k, size in enumerate(self.long[axis])]
        few = self.draw(self.rng, (tenth[0], tenth[1], tenth[2]))
        loop = median(self.function.measure(*few)[1] for _ in range(FEW_READINGS))
        return 10 * loop / median(self.reference.measure(self.long[axis], k)[0] for k in range(FEW_READINGS))

    def slowness(self, shape: Shape, enough: float) -> float:
        """CPU time in the reference's, the most of a few repeats: one that is slow enough proves that the work was done."""
        most = 0.0
        for number in range(FEW_READINGS):
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
