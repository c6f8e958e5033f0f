"""What is known of one function of a submission: its steps, CPU time and memory along each axis, found out once, when asked.

A homework derives a kind of its own for the functions that it asks for: how to draw arguments, which axes there are, and
whether an answer works at all.
"""

import math
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import median
from typing import Any, TypeVar

import numpy as np

from autograder.homework import FUNCTIONS, QUESTION_OF, QUESTIONS, SOLUTIONS
from autograder.judge.meters.cpu import FEW_READINGS, FIRST_LOOK, FIRST_REPEATS, TOO_LARGE, Draw, Race, Shape, Yardstick, race
from autograder.judge.meters.steps import LARGE_STEP_SIZES, STEP_SIZES, jittered, steps_per_row
from autograder.judge.no_answer import NoAnswer
from autograder.judge.results import Measurement
from autograder.judge.sandbox import Sandbox
from autograder.judge.student_code import StudentCode, StudentFunction
from public_checks.draws import check_rng, sizes
from public_checks.expect import Hint, Mismatch

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


@dataclass(frozen=True)
class Axis:
    """An axis of the arguments, along which nothing may loop.

    Parameters
    ----------
    name : str
        As in the shapes that students read: ``N``.
    counts : str
        What there is one more of with each row, as students call it: ``examples``.
    hint : str
        Id of the mistake of looping along it.
    long : tuple of int
        Sizes of all axes at which this one is long, so that a loop along it takes many times the reference's CPU time.
    short : tuple of int
        Sizes at which an array of the squared axis still costs next to nothing: a loop is slow here too, waste is not.
    limited : bool
        Whether numpy itself limits it: np.choose takes no more than 64 choices.
    """

    name: str
    counts: str
    hint: str
    long: Shape
    short: Shape
    limited: bool = False


@dataclass(frozen=True)
class Wide:
    """Where arrays larger than an answer needs show, though no axis is long.

    Parameters
    ----------
    shape : tuple of int
        Sizes of all axes at which they cost CPU time.
    glance : tuple of int
        Smaller sizes at which they take memory already.
    suspicious : int
        Growth of memory at a glance that gives reason to measure the time, bytes.
    """

    shape: Shape
    glance: Shape
    suspicious: int


class Evidence:
    """What is known of a function of the submission.

    Parameters
    ----------
    function : StudentFunction
        The student's.
    yardstick : Yardstick
        The reference, at work in a worker of the same kind.
    rng : numpy.random.Generator
        Hidden.

    Attributes
    ----------
    unit : str
        Name of the reference's function that CPU time is compared with; empty where it is the one of the same name.
    loop : str
        Name of the reference's function, or ``module.function`` of the given code, that works by loops: the speed-up over it
        is told. Empty where there is none.
    axes : tuple of Axis
        In the order of a shape.
    wide : Wide or None
        Where waste shows, if the checks of memory do not tell of it.
    missing : Mismatch or NoAnswer or None
        Why there is no answer at all.
    """

    unit: str = ""
    loop: str = ""
    axes: tuple[Axis, ...] = ()
    wide: Wide | None = None
    missing: Mismatch | NoAnswer | None = None
    draw: Draw

    def __init__(self, function: StudentFunction, yardstick: Yardstick, rng: Rng) -> None:
        self.function, self.yardstick, self.rng = function, yardstick, rng

    @property
    def question(self) -> str:
        """The question that asks for the function."""
        return QUESTION_OF[self.function.name]

    def require_alive(self) -> None:
        """Expect an answer that works: speed and tidiness of one that does not are worth nothing.

        Raises
        ------
        Mismatch, NoAnswer, NotJudged
            It does not.
        """
        raise NotImplementedError

    def verify(self, result: Any, expected: Any) -> None:
        """Expect the result of a timed call to be an answer, not an excuse.

        Raises
        ------
        Mismatch
            It is none.
        """
        raise NotImplementedError

    @property
    def crash_hint(self) -> Hint | None:
        """What may be wrong with an answer whose shapes do not fit together."""
        return None

    def baseline(self, other: "Evidence") -> Callable[..., Any]:  # noqa: ARG002
        """Choose what another function of the submission is to agree with, where this one should be its measure."""
        return self.function

    def within(self, given: str, *arguments: Any) -> Any:
        """Call a function of the given code, as in ``training.gradient_descent``, with this one as its first argument."""
        return self.function.within(given, *arguments)

    @cached_property
    def steps(self) -> dict[str, float]:
        """Interpreter steps for each further row, by the name of the axis."""
        # All axes grow together first: where that costs no steps, no axis does.
        looping = self._steps(self.axes, STEP_SIZES) > 0
        found = {axis.name: self.steps_along(axis, STEP_SIZES) if looping else 0.0 for axis in self.axes}
        unlimited = [axis for axis in self.axes if found[axis.name] == 0 and not axis.limited]
        return found | {axis.name: self.steps_along(axis, LARGE_STEP_SIZES) for axis in unlimited}

    def steps_along(self, axis: Axis, rows: Sequence[int]) -> float:
        """Interpreter steps for each further row along an axis, which has about so many."""
        return self._steps((axis,), rows)

    def _steps(self, axes: tuple[Axis, ...], rows: Sequence[int]) -> float:
        """Interpreter steps for each further row along some axes at once."""
        rng = self.yardstick.rng(f"steps along {tuple(axis.name for axis in axes)}")
        others = sizes(rng, len(self.axes), *STEP_OTHERS)
        growing = {axis: jittered(rows, rng) for axis in axes}

        def arguments(k: int, purpose: str) -> tuple[Any, ...]:
            shape = tuple(growing[axis][k] if axis in growing else other for axis, other in zip(self.axes, others))
            return self.yardstick.arguments(shape, purpose)

        sized = enumerate(growing[axes[0]])
        return steps_per_row(self.function, {size: (arguments(k, "warm-up"), arguments(k, "count")) for k, size in sized})

    @cached_property
    def races(self) -> dict[str, Race]:
        """CPU time and memory against the reference's, by the name of the axis that is long."""
        return {axis.name: self._long_race(axis) for axis in self.axes}

    def _long_race(self, axis: Axis) -> Race:
        try:
            return self.race(axis.long)
        except NoAnswer as missing:
            if missing.kind == "MemoryError":
                return TOO_LARGE
            if axis.limited and missing.kind:
                return self.race(axis.short)
            raise

    @cached_property
    def wide_race(self) -> Race | None:
        """CPU time and memory against the reference's where no axis is short, if a look at its memory says that it matters."""
        if self.wide is None:
            return None
        problem = self.yardstick.problem(self.wide.glance, FIRST_LOOK)
        result, _, peak = self.function.measure(*problem.arguments)
        self.verify(result, problem.expected)
        return self.race(self.wide.shape) if peak > self.wide.suspicious else None

    @property
    def first_race(self) -> Race | None:
        """CPU time and memory against the reference's along the first axis, if that was measured."""
        races: dict[str, Race] = vars(self).get("races", {})
        return races.get(self.axes[0].name)

    def measurements(self) -> Iterator[Measurement]:
        """What was measured along each axis, as far as a check asked for it: CPU ratios, and steps for each further row."""
        races: dict[str, Race] = vars(self).get("races", {})  # computed already, or not at all
        steps: dict[str, float] = vars(self).get("steps", {})
        for axis, found in races.items():
            ratio = round(found.ratio, 2) if math.isfinite(found.ratio) else None
            yield Measurement(self.question, "cpu_ratio", axis, ratio)
        for axis, count in steps.items():
            yield Measurement(self.question, "steps", axis, count if math.isfinite(count) else None)

    def loop_ratio(self) -> float:
        """CPU time of a loop along the first axis against the reference's where it is long, from a tenth of the rows."""
        rows, *others = long = self.axes[0].long
        few = self.draw(self.rng, (rows // 10, *others))
        loop = median(self.function.measure(*few)[1] for _ in range(FEW_READINGS))
        return 10 * loop / median(self.yardstick.measure(long, k)[0] for k in range(FEW_READINGS))

    def slowness(self, shape: Shape, enough: float) -> float:
        """CPU time in the reference's, the most of a few repeats: one that is slow enough proves that the work was done."""
        most = 0.0
        for number in range(FIRST_REPEATS):
            problem = self.yardstick.problem(shape, number)
            reference_cpu, _ = self.yardstick.measure(shape, number)
            result, cpu, _ = self.function.measure(*problem.arguments)
            self.verify(result, problem.expected)
            most = max(most, cpu / reference_cpu)
            if most >= enough:
                break
        return most

    def race(self, shape: Shape) -> Race:
        """CPU time and memory against the reference's at a shape."""
        return race(self.function, self.yardstick, shape, self.verify)


_KINDS: dict[str, type[Evidence]] = {}  # by the name of the function that each is for

Kind = TypeVar("Kind", bound=type[Evidence])


def evidence_for(*functions: str) -> Callable[[Kind], Kind]:
    """Register a class as the kind of evidence for some functions of the homework; used as a decorator.

    Raises
    ------
    TypeError
        Another class has claimed one of them.
    """

    def claim(kind: Kind) -> Kind:
        for function in functions:
            known = _KINDS.setdefault(function, kind)
            if _origin(known) != _origin(kind):
                raise TypeError(f"{function} has two kinds of evidence: {known.__qualname__} and {kind.__qualname__}")
            _KINDS[function] = kind  # pytest may load a module of checks once more, under another name
        return kind

    return claim


def kind_for(function: str) -> type[Evidence] | None:
    """The kind of evidence that the homework has for a function, once its checks are collected; None where it has none."""
    return _KINDS.get(function)


def _origin(kind: type[Evidence]) -> tuple[str | None, str]:
    return sys.modules[kind.__module__].__file__, kind.__qualname__


class Reference:
    """The reference answers, each module in a long-lived worker.

    Parameters
    ----------
    sandbox : Sandbox
        Where the workers come from.
    seed : int
        Hidden.
    """

    def __init__(self, sandbox: Sandbox, seed: int) -> None:
        self._seed = seed
        self._code: dict[str, StudentCode] = {}  # by module
        self._yardsticks: dict[str, Yardstick] = {}
        for question, module in QUESTIONS.items():
            if module not in self._code:
                source = (SOLUTIONS / f"{module}.py").read_bytes()
                self._code[module] = StudentCode(sandbox, {module: source}, trusted=True)
                self._code[module].turn_to(question)

    def function(self, name: str, module: str) -> StudentFunction:
        """Stand in for one of its functions, or for one of the given code, in the worker of a module."""
        return self._code[module].function(name)

    def yardstick(self, kind: type[Evidence], name: str) -> Yardstick:
        """The function that one of a submission's is compared with; the same for all submissions."""
        unit = kind.unit or name
        if unit not in self._yardsticks:
            self._yardsticks[unit] = Yardstick(self.function(unit, FUNCTIONS[unit]), kind.draw, self._seed)
        return self._yardsticks[unit]

    @cached_property
    def loop_ratios(self) -> dict[str, float]:
        """CPU time of the reference's loops in units of its vectorized answers, at many rows, by the name of the function."""
        found = {}
        for name, module in FUNCTIONS.items():
            kind = kind_for(name)
            if kind is not None and kind.loop and name == (kind.unit or name):
                rng = check_rng(self._seed, f"loop of {name}")
                found[name] = kind(self.function(kind.loop, module), self.yardstick(kind, name), rng).loop_ratio()
        return found

    def speed_ups(self, evidence: dict[str, Evidence]) -> dict[str, float]:
        """How many times faster than a loop a submission is, by question; 0 where that was not measured."""
        found = {}
        for name, loop in self.loop_ratios.items():
            race = evidence[name].first_race if name in evidence else None
            found[QUESTION_OF[name]] = loop / race.ratio if race else 0.0
        return found
