"""What is known of one function of a submission: its steps, CPU time and memory along each axis, found out once, when asked.

A homework derives a kind of its own for the functions that it asks for: how to draw arguments, which axes there are, and
whether an answer works at all.
"""

import math
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from statistics import median
from typing import Any, TypeVar

import numpy as np

from autograder.homework import FUNCTIONS, QUESTION_OF, QUESTIONS, SOLUTIONS
from autograder.judge.meters.cpu import (
    CPU_LIMIT,
    FEW_READINGS,
    FIRST_LOOK,
    FIRST_REPEATS,
    LOOP_CPU_LIMIT,
    LOOP_STEPS,
    REFUSED_CPU_LIMIT,
    TOO_LARGE,
    WASTEFUL_CPU_LIMIT,
    Arguments,
    Draw,
    Load,
    Race,
    Shape,
    Yardstick,
    look,
    race,
    verify_all,
)
from autograder.judge.meters.memory import IMPORTED
from autograder.judge.meters.steps import LEAST_GROWTH, OTHER_WAY, STEP_OTHERS, STEP_SIZES, growing_together, growth, jittered
from autograder.judge.no_answer import NoAnswer
from autograder.judge.results import Measurement
from autograder.judge.sandbox import Sandbox
from autograder.judge.student_code import Measured, StudentCode, StudentFunction
from autograder.orders import SWITCHED_OFF
from public_checks.draws import check_rng, sizes
from public_checks.expect import Hint, Mismatch

Rng = np.random.Generator

SQUARE = 64  # size of every axis where none is short: a loop over the shortest takes 7 times the reference's time there
SQUARE_CALLS = 6
LOOPING_SHARE = 3  # a third of the rows will do for an answer whose steps say that it loops: it may take long
MANY = 1_000  # rows: so many that the steps of small calls are no matter
PADDED_STEPS = 1_500  # interpreter steps of a small call: who prints takes 850, a loop padded to 64 passes 1,900
REFUSED_STEPS = 400  # interpreter steps of a small call: np.choose's way takes 200, a loop over its 60 classes 700
MIDDLE_SHARE = 8  # an eighth of the rows, where arrays that are too large for many of them still fit: 32 MB for (N, N)


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
    long : Load
        Calls in which this axis is long, so that a loop along it takes many times the reference's CPU time.
    short : Load
        Calls in which an array of the squared axis still costs next to nothing: a loop is slow here too, waste is not.
    limited : bool
        Whether numpy itself limits it: np.choose takes no more than 64 choices.
    allowed : float
        Times the reference's CPU time that an answer without steps may take.
    """

    name: str
    counts: str
    hint: str
    long: Load
    short: Load
    limited: bool = False
    allowed: float = CPU_LIMIT


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

    def verify(self, arguments: Arguments, result: Any, expected: Any) -> None:
        """Expect what the function's formula gives, mistakes included, whichever meter asked for the call.

        Parameters
        ----------
        arguments : tuple
            Of the call, of any size.
        result, expected : any
            The function's and the reference's.

        Raises
        ------
        Mismatch
            It is something else.
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
    def _few_steps(self) -> list[int]:
        """Steps of calls that differ in all sizes: equal where no path depends on any."""
        ends = [shape for order in self._orders for shape in (order[0], order[-1])]
        return self._count([ends[0], *ends])[1:]  # the first call fills caches

    @property
    def _orders(self) -> list[list[Shape]]:
        return list(growing_together(len(self.axes), self.yardstick.rng("steps along all axes")))

    def _count(self, shapes: Sequence[Shape]) -> list[int]:
        """Interpreter steps of a call at each shape; what the calls return is verified."""
        problems = [self.yardstick.problem(Load(shape), f"count {k}") for k, shape in enumerate(shapes)]
        measured = self.function.measure(*(problem.calls[0] for problem in problems), counted=True)
        for problem, result in zip(problems, measured.results):
            verify_all(problem, [result], self.verify)
        return measured.steps

    def _growth(self, rows: Sequence[int], shapes: Sequence[Shape]) -> float:
        """Interpreter steps for each further row, each counted in a second call at its shape."""
        twice = [shape for shape in shapes for _ in range(2)]
        return growth(rows, self._count(twice)[1::2])

    @cached_property
    def steps_together(self) -> float:
        """Interpreter steps for each further row of all axes at once: above 0 wherever there is a loop."""
        if SWITCHED_OFF in self._few_steps:
            return math.inf
        if len(set(self._few_steps)) == 1:
            return 0.0
        return max(self._growth([min(shape) for shape in order], order) for order in self._orders)

    @cached_property
    def _steps_of_few(self) -> dict[str, float]:
        """Interpreter steps for each further row where all axes are short, by the name of the axis."""
        if not self.steps_together or math.isinf(self.steps_together):
            return {axis.name: self.steps_together for axis in self.axes}
        return {axis.name: self.steps_along(axis, STEP_SIZES) for axis in self.axes}

    @cached_property
    def steps(self) -> dict[str, float]:
        """Interpreter steps for each further row, by the name of the axis."""
        return {axis.name: self._steps_of_few[axis.name] or self._steps_of_many(axis) for axis in self.axes}

    def steps_along(self, axis: Axis, rows: Sequence[int]) -> float:
        """Interpreter steps for each further row along an axis, which has about so many."""
        rng = self.yardstick.rng(f"steps along {axis.name}")
        others = sizes(rng, len(self.axes), *STEP_OTHERS)
        growing = jittered(rows, rng)
        place = self.axes.index(axis)
        return self._growth(growing, [(*others[:place], size, *others[place + 1 :]) for size in growing])

    def _steps_of_many(self, axis: Axis) -> float:
        """Steps for each further row where there are many, as an answer may take that loops from some size on."""
        measured = self._looks[axis.name]
        if measured is None:
            return 0.0
        if SWITCHED_OFF in measured.steps:
            return math.inf
        most, rows = max(measured.steps), self._rows(axis)
        hides = self.padded and rows > MANY
        more = most if hides else most - max(self._few_steps)
        along = more / rows
        return along if along > LEAST_GROWTH and more > OTHER_WAY else 0.0

    def _load(self, axis: Axis) -> Load:
        """What is asked where an axis is long; of an answer that is known to loop less, since it may take long."""
        looping = self._steps_of_few[axis.name] > 0
        return self.yardstick.near(fewer(axis.long, LOOPING_SHARE) if looping else axis.long)

    def _rows(self, axis: Axis) -> int:
        return self._load(axis).shape[self.axes.index(axis)]

    @cached_property
    def _looks(self) -> dict[str, Measured | None]:
        """One measurement where each axis is long, with its steps; None where the function cannot go that far."""
        return {axis.name: self._look(axis) for axis in self.axes}

    def _look(self, axis: Axis) -> Measured | None:
        problem = self.yardstick.problem(self._load(axis), FIRST_LOOK)
        try:
            measured = self.function.measure(*problem.calls, counted=True)
        except NoAnswer as missing:
            if missing.kind == "MemoryError" or (axis.limited and missing.kind):
                return None
            raise
        verify_all(problem, measured.results, self.verify)
        return measured

    def limit(self, axis: Axis) -> float:
        """The ratio that is allowed where an axis is long: next to none where the steps of those calls say that they loop."""
        measured = self._looks[axis.name]
        looping = measured is not None and max(measured.steps) >= LOOP_STEPS * self._rows(axis)
        if looping or self.pads(axis):
            return LOOP_CPU_LIMIT
        return REFUSED_CPU_LIMIT if measured is None and axis.limited else axis.allowed

    def pads(self, axis: Axis) -> bool:
        """Whether it raises where an axis is long that numpy limits, and takes as many steps as a loop over all it allows."""
        refuses = axis.limited and self.steps[axis.name] == 0 and self._looks[axis.name] is None
        return refuses and self.most_steps > REFUSED_STEPS

    @property
    def padded(self) -> bool:
        """Whether small calls take so many steps, or so different ones, that they could hide a loop in larger ones."""
        return max(self._few_steps) > PADDED_STEPS or max(self._few_steps) - min(self._few_steps) > OTHER_WAY

    @property
    def most_steps(self) -> int:
        """Interpreter steps of the longest of a few small calls."""
        return max(self._few_steps)

    @cached_property
    def races(self) -> dict[str, Race]:
        """CPU time and memory against the reference's, by the name of the axis that is long."""
        return {axis.name: self._long_race(axis) for axis in self.axes}

    def _long_race(self, axis: Axis) -> Race:
        measured = self._looks[axis.name]
        if measured is not None:
            seen = look(self.yardstick, self._load(axis), measured) if self.limit(axis) == axis.allowed else None
            return seen or self._race(self._load(axis), self.limit(axis))
        if axis.limited:
            return self.race(axis.short, min(self.limit(axis), REFUSED_CPU_LIMIT))
        # Arrays that do not fit into memory show where there are fewer rows too: else nothing excuses the missing result.
        middle = self.race(fewer(axis.long, MIDDLE_SHARE), axis.allowed)
        return TOO_LARGE if middle.wasteful else replace(TOO_LARGE, peak=0)

    @cached_property
    def square_race(self) -> Race | None:
        """CPU time where no axis is short, if a loop shows only when all axes grow, or could be hidden by padding."""
        if any(self.steps.values()) or not (self.steps_together or self.padded):
            return None
        return self.race(Load((SQUARE,) * len(self.axes), SQUARE_CALLS), LOOP_CPU_LIMIT)

    @cached_property
    def wide_race(self) -> Race | None:
        """CPU time and memory against the reference's where no axis is short, if a look at its memory says that it matters."""
        if self.wide is None:
            return None
        problem = self.yardstick.problem(self.yardstick.near(Load(self.wide.glance)), FIRST_LOOK)
        measured = self.function.measure(*problem.calls)
        verify_all(problem, measured.results, self.verify)
        suspicious = max(measured.peak, measured.held - IMPORTED) > self.wide.suspicious
        return self.race(Load(self.wide.shape), WASTEFUL_CPU_LIMIT) if suspicious else None

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
        long = self.yardstick.near(self.axes[0].long)
        few = self.yardstick.problem(fewer(long, 10), FIRST_LOOK)
        loop = median(self.function.measure(*few.calls).cpu for _ in range(FEW_READINGS))
        unit = median(self.yardstick.measure(long, k)[0] for k in range(FEW_READINGS))
        return 10 * loop / self.yardstick.work(unit, long)

    def slowness(self, load: Load, enough: float) -> float:
        """CPU time in the reference's, the median of some repeats where one does not say enough: the work was done."""
        load = self.yardstick.near(load)
        ratios: list[float] = []
        for number in range(FIRST_REPEATS):
            problem = self.yardstick.problem(load, number)
            measured = self.function.measure(*problem.calls)
            verify_all(problem, measured.results, self.verify)
            unit = self.yardstick.unit(self.yardstick.remembered(load), load)
            ratios.append(self.yardstick.work(measured.cpu, load) / unit)
            if ratios[0] >= 2 * enough:
                break
        return median(ratios)

    def race(self, load: Load, limit: float) -> Race:
        """CPU time and memory against the reference's at a load, as exactly as a limit asks for."""
        return self._race(self.yardstick.near(load), limit)

    def _race(self, load: Load, limit: float) -> Race:
        return race(self.function, self.yardstick, load, self.verify, limit)


def fewer(load: Load, share: int) -> Load:
    """A load whose longest axis has one row where it had so many."""
    longest = max(load.shape)
    return replace(load, shape=tuple(size // share if size == longest else size for size in load.shape))


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
