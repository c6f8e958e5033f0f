"""What is known of an answer as a whole: which formula it follows, whether it works at all, how it fares against the reference.

Each piece is found out once, when the first check asks for it.
"""

from functools import cached_property
from statistics import median
from typing import Any

import expect
import numpy as np
from draws import batch, sizes
from expect import Hint, Mismatch

from autograder.judge import mistakes
from autograder.judge.examination import NoAnswer, RemoteFunction
from autograder.judge.meters import FIRST_REPEATS, TOO_LARGE, Race, Yardstick, race, steps_per_row
from autograder.judge.mistakes import GradientModel, LossModel, Terms, fit_distances, fit_gradient, fit_loss, terms

Array = np.ndarray[Any, Any]
Rng = np.random.Generator
Shape = tuple[int, int, int]

CASES = 6  # batches to explain an answer with: two unknowns in the loss, so that a wrong explanation leaves a residual
STEP = 1e-5  # central difference: truncation h^2 against round-off eps / h, worst error 7e-11 here
RIGHT = 1e-6  # relative: as `expect.GRADIENT_TOLERANCE`

# Sizes at which one axis is long, so that a loop along it takes many times the reference's CPU time; measured with make bench.
LONG_SOFTMAX = {"N": (8_000, 4, 3), "D": (5, 4_000, 4), "C": (4, 2, 800)}  # (N, D, C)
LONG_DISTANCES = {"n": (8_000, 6, 4), "m": (6, 8_000, 4), "d": (5, 4, 4_000)}  # (n, m, d)
# Sizes where an array of the squared axis still costs next to nothing: a loop is slow here too, waste is not.
SHORT_SOFTMAX = {"N": (300, 4, 3), "D": (5, 150, 4), "C": (4, 2, 60)}
SHORT_DISTANCES = {"n": (300, 6, 4), "m": (6, 300, 4), "d": (5, 4, 200)}
WIDE_SOFTMAX = (400, 250, 60)  # an (N, D, C) array takes 12 times the reference's time here, every frugal style at most 3
HONEST_SOFTMAX = (1_500, 4, 3)  # a loop over examples takes 15 times the vectorized time here, in its leanest form
STEP_BASE = 5  # size of the axes that are not watched while steps are counted


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
        for place, axis in enumerate(self.long):

            def draw(size: int, place: int = place) -> tuple[Any, ...]:
                shape = [STEP_BASE, STEP_BASE + 1, STEP_BASE + 2]
                shape[place] = size
                return self.draw((shape[0], shape[1], shape[2]))

            found[axis] = steps_per_row(self.function, draw, large_too=axis not in self.limited)
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


class SoftmaxEvidence(Evidence):
    """What is known of a softmax loss.

    Parameters
    ----------
    function, reference, rng
        As of `Evidence`.
    question : str
        As in ``q4``: a check that cannot be judged names its checks.
    """

    long, short, widest, limited = LONG_SOFTMAX, SHORT_SOFTMAX, WIDE_SOFTMAX, "C"

    def __init__(self, function: RemoteFunction, reference: Yardstick, rng: Rng, question: str) -> None:
        super().__init__(function, reference, rng)
        self.question = question

    @cached_property
    def sample(self) -> tuple[list[Terms], list[Any], list[Any]]:
        """Terms, losses and gradients at a few batches, the latter two as they came; nothing where there is no answer."""
        batches = [batch(self.rng) for _ in range(CASES)]
        try:
            pairs = [expect.loss_and_gradient(value, W.shape) for value, (W, *_) in zip(self.function.map(batches), batches)]
        except (Mismatch, NoAnswer) as error:
            self.missing = error
            return [], [], []
        return [terms(*one) for one in batches], [loss for loss, _ in pairs], [dW for _, dW in pairs]

    @cached_property
    def loss_model(self) -> LossModel | None:
        """The formula that the loss follows, if it follows one."""
        cases, losses, _ = self.sample
        try:
            return fit_loss(cases, [expect.number(loss, "loss") for loss in losses]) if cases else None
        except Mismatch:
            return None

    @cached_property
    def gradient_model(self) -> GradientModel | None:
        """The formula that the gradient follows, if it follows one."""
        cases, _, gradients = self.sample
        try:
            return (
                fit_gradient(cases, [expect.array(dW, at.shrink.shape, "dW") for dW, at in zip(gradients, cases)])
                if cases
                else None
            )
        except Mismatch:
            return None

    @cached_property
    def mean_probability(self) -> bool:
        """Whether the loss is a mean of probabilities, without the logarithm."""
        cases, losses, _ = self.sample
        try:
            values = np.array([expect.number(loss, "loss") for loss in losses])
        except Mismatch:
            return False
        columns = np.array([[at.right_probability, at.penalty] for at in cases])
        return bool(cases) and mistakes.solve(columns, values) is not None

    @property
    def loss_hint(self) -> Hint | None:
        """What may be wrong with the loss."""
        if self.loss_model is not None and self.loss_model.data.is_(0):
            return Hint("stub", "The loss does not depend on the examples: is there still something to fill in?")
        if self.loss_model is None and self.mean_probability:
            return Hint("no-log", mistakes.LOSS_QUESTIONS["no-log"])
        return mistakes.hint_for_loss(mistakes.name_loss(self.loss_model), mistakes.name_gradient(self.gradient_model))

    @property
    def gradient_hint(self) -> Hint | None:
        """What may be wrong with the gradient."""
        model = self.gradient_model
        idle = self.loss_model is not None and self.loss_model.data.is_(0)
        if idle and model is not None and model.pull.is_(0) and model.push.is_(0):
            return self.loss_hint
        return mistakes.hint_for_gradient(mistakes.name_gradient(self.gradient_model), mistakes.name_loss(self.loss_model))

    @cached_property
    def own_gradient_error(self) -> tuple[Array, Array]:
        """The gradient at a batch, and central differences of the answer's own loss there.

        Raises
        ------
        Mismatch
            The loss does not change with W or with y: there is nothing to differentiate.
        """
        W, X, y, reg = batch(self.rng)
        other = (y + 1) % W.shape[1]
        shifted = [W + sign * STEP * unit.reshape(W.shape) for unit in np.eye(W.size) for sign in (1, -1)]
        calls = [(W, X, y, 0.0), (2 * W, X, y, 0.0), (W, X, other, 0.0), (W, X, y, reg), *((V, X, y, reg) for V in shifted)]
        pairs = [expect.loss_and_gradient(value, W.shape) for value in self.function.map(calls)]
        dW = expect.array(pairs[3][1], W.shape, "dW")
        at_W, at_2W, at_other, _, *losses = (expect.number(loss, "loss") for loss, _ in pairs)
        if len({at_W, at_2W, at_other}) < 3:
            raise Mismatch("The loss does not depend on both W and y: it has no gradient to compare with.", hint=self.loss_hint)
        forward, backward = np.array(losses).reshape(-1, 2).T
        return dW, ((forward - backward) / (2 * STEP)).reshape(W.shape)

    @cached_property
    def alive(self) -> bool:
        """Whether it works: loss or gradient is right but for a known mistake, or the gradient is that of its own loss."""
        if self.loss_model is not None and not self.loss_model.data.is_(0):
            return True
        model = self.gradient_model
        if model is not None and not (model.pull.is_(0) and model.push.is_(0)):
            return True
        try:
            expect.close(*self.own_gradient_error, "dW", RIGHT)
        except (Mismatch, NoAnswer):
            return False
        return True

    def agrees_with(self, other: "SoftmaxEvidence") -> bool:
        """Whether two answers, right or wrong, are the same function."""
        batches = [batch(self.rng) for _ in range(2)]
        for ours, theirs in zip(self.function.map(batches), other.function.map(batches)):
            try:
                for one, another, what in zip(ours, theirs, ("loss", "dW")):
                    expect.close(one, another, what, RIGHT)
            except (Mismatch, TypeError, ValueError):  # whatever they return
                return False
        return True

    def require_alive(self) -> None:
        """Expect an answer that works: speed and tidiness of one that does not are worth nothing."""
        if not self.alive:
            raise self.missing or NotJudged(f"{self.question}.loss", f"{self.question}.gradient")

    def draw(self, shape: Shape) -> tuple[Any, ...]:
        """Draw W, X, y, reg."""
        arguments: tuple[Any, ...] = batch(self.rng, *shape)
        return arguments

    def verify(self, result: Any, expected: Any) -> None:
        """Expect a loss and a gradient of the right form; right ones, if they were right at small sizes."""
        loss, dW = expect.loss_and_gradient(result, expected[1].shape)
        if self.loss_model is not None:
            loss = expect.number(loss, "loss of a large batch")
            if self.loss_model.right:
                expect.close(loss, expected[0], "The loss of a large batch", expect.VALUE_TOLERANCE)
        if self.gradient_model is not None:
            dW = expect.array(dW, expected[1].shape, "dW of a large batch")
            if self.gradient_model.right:
                expect.close(dW, expected[1], "dW of a large batch", expect.GRADIENT_TOLERANCE)


class DistanceEvidence(Evidence):
    """What is known of a matrix of squared distances."""

    long, short = LONG_DISTANCES, SHORT_DISTANCES

    @cached_property
    def sample(self) -> tuple[Array, Array, Array] | None:
        """A and B with the answer's P, or None where there is none."""
        n, m, d = sizes(self.rng, 3, 4, 9)
        A, B = self.rng.normal(size=(n, d)), self.rng.normal(size=(m, d))
        try:
            return A, B, expect.array(self.function(A, B), (n, m), "P", dtype="number").astype(float)
        except (Mismatch, NoAnswer) as error:
            self.missing = error
            return None

    @cached_property
    def power(self) -> float:
        """The power of its entries that follows the formula, 1 when right, 2 for a root; 0 where none does."""
        if self.sample is None:
            return 0.0
        A, B, P = self.sample
        for power in (1.0, 2.0, 0.5):
            with np.errstate(invalid="ignore"):
                coefficients = fit_distances(P**power, A, B)
            if coefficients is not None:
                self.coefficients = coefficients
                return power
        return 0.0

    coefficients: Array = np.zeros(3)  # of |a|^2, |b|^2 and a.b in P**power

    @cached_property
    def factor(self) -> float:
        """P**power in units of the right distances; 0 where it is not proportional to them."""
        if not self.power:
            return 0.0
        factor = float(self.coefficients[0])
        return factor if np.allclose(self.coefficients, factor * np.array([1, 1, -2]), atol=1e-6) and factor else 0.0

    @cached_property
    def alive(self) -> bool:
        """Whether it works: right but for a factor, a power, or the coefficient of a.b."""
        if not self.power:
            return False
        a, b, ab = self.coefficients
        return bool(abs(a) > RIGHT and abs(a - b) <= RIGHT * abs(a) and abs(ab) > RIGHT)

    def require_alive(self) -> None:
        """Expect an answer that works: the speed of one that does not is worth nothing."""
        if not self.alive:
            raise self.missing or NotJudged("q5.values")

    @property
    def hint(self) -> Hint | None:
        """What may be wrong with the values."""
        if not self.power:
            return None
        a, b, ab = self.coefficients
        if not np.any(self.coefficients):
            return Hint("stub", "All distances are 0: is there still something to fill in?")
        if self.factor and self.power == 2:
            return Hint("sqrt", "Yours squared are the right values: does the question ask for the root?")
        if np.allclose((a, b), 1) and self.power == 1 and abs(ab + 2) > RIGHT:
            return Hint("cross-term", f"Your a.b has the factor {ab:.3g}: which has it in |a - b|^2 when you multiply out?")
        return None

    def draw(self, shape: Shape) -> tuple[Any, ...]:
        """Draw A and B."""
        n, m, d = shape
        return self.rng.normal(size=(n, d)), self.rng.normal(size=(m, d))

    def verify(self, result: Any, expected: Any) -> None:
        """Expect a matrix of the right form; a right one, if it was right at small sizes."""
        P = expect.array(result, expected.shape, "P of many points", dtype="number")
        if self.factor == 1 and self.power == 1:
            expect.close(P, expected, "P of many points", RIGHT)
