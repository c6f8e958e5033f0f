"""What all evidence has in common: interpreter steps and CPU time along each axis, each found out once."""

from functools import cached_property
from statistics import median
from typing import Any

import numpy as np
from draws import sizes
from expect import Mismatch

from autograder.judge.examination import NoAnswer, RemoteFunction
from autograder.judge.meters.cpu import FIRST_REPEATS, TOO_LARGE, Race, Yardstick, race
from autograder.judge.meters.steps import steps_per_row

Rng = np.random.Generator
Shape = tuple[int, int, int]

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

    def __init__(self, function: RemoteFunction, reference: Yardstick, rng: Rng) -> None:
        self.function, self.reference, self.rng = function, reference, rng

    def draw(self, shape: Shape) -> tuple[Any, ...]:
        """Draw arguments of a shape."""
        raise NotImplementedError

    def verify(self, result: Any, expected: Any) -> None:
        """Expect the result of a timed call to be an answer, not an excuse."""
        raise NotImplementedError

    @cached_property
    def steps(self) -> dict[str, float]:
        """Interpreter steps for each further row, by axis."""
        found = {}
        others = sizes(self.rng, 3, *STEP_OTHERS)
        for place, axis in enumerate(self.long):

            def draw(size: int, place: int = place) -> tuple[Any, ...]:
                shape = list(others)
                shape[place] = size
                return self.draw((shape[0], shape[1], shape[2]))

            found[axis] = steps_per_row(self.function, draw, large_too=axis not in self.limited, rng=self.rng)
        return found

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
        few, many = self.draw((tenth[0], tenth[1], tenth[2])), self.draw(self.long[axis])
        loop = median(self.function.measure(*few)[1] for _ in range(FIRST_REPEATS))
        return 10 * loop / median(self.reference.measure(*many)[1] for _ in range(FIRST_REPEATS))

    def slowness(self, shape: Shape, enough: float) -> float:
        """CPU time in the reference's, the most of a few repeats: one that is slow enough proves that the work was done."""
        most = 0.0
        for _ in range(FIRST_REPEATS):
            arguments = self.draw(shape)
            expected, reference_cpu, _ = self.reference.measure(*arguments)
            result, cpu, _ = self.function.measure(*arguments)
            self.verify(result, expected)
            most = max(most, cpu / reference_cpu)
            if most >= enough:
                break
        return most

    def race(self, shape: Shape) -> Race:
        """CPU time and memory against the reference's at a shape."""
        return race(self.function, self.reference, lambda: self.draw(shape), self.verify)
