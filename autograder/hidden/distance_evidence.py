"""What is known of a matrix of squared distances: which formula it follows, and how to draw points for it."""

from functools import cached_property
from typing import Any

import numpy as np

from autograder.hidden.mistakes.distances import (
    DistanceModel,
    fit_distances,
    hint_for_distances,
    hint_for_other_distances,
)
from autograder.hidden.mistakes.fit import Array
from autograder.judge.evidence import Axis, Evidence, NotJudged, Rng, evidence_for
from autograder.judge.meters.cpu import Arguments, Load, Shape
from autograder.judge.no_answer import NoAnswer
from public_checks import expect
from public_checks.draws import sizes
from public_checks.expect import Hint, Mismatch

NO_ROOT = Hint("nan", "Rounding can leave -1e-13 where 0 is right: which operation gives no number there?")
KEEPDIMS = Hint(
    "keepdims",
    "Two vectors of norms meet element by element: which one should go down the rows, and has it an axis for that?",
)
NORMS_SWAPPED = Hint(
    "norms-swapped",
    "The norms of A go along the columns of P: which of the two should go down the rows?",
)
OWN_PRODUCTS = Hint(
    "own-products",
    "The products are those of one set of points with itself: which two matrices hold every a.b?",
)
NORMS_OF_COLUMNS = Hint(
    "norms-of-columns",
    "The squares are summed down the columns: along which axis is the norm of one point?",
)
NOT_TRANSPOSED = Hint(
    "not-transposed",
    "In A @ B a row of A meets a column of B: which of the two should be transposed?",
)
CASES = 2  # draws of different sizes, so that a factor which depends on one shows
LARGE_TOLERANCE = 1e-4  # relative: whether the work was done, not how exactly
OF_MANY = "P at another size"


def draw(rng: Rng, shape: Shape) -> tuple[Array, Array]:
    """Draw A and B of a shape (n, m, d)."""
    n, m, d = shape
    return rng.normal(size=(n, d)), rng.normal(size=(m, d))


@evidence_for("pairwise_squared_distances")
class DistanceEvidence(Evidence):
    """What is known of a matrix of squared distances."""

    loop = "neighbours.two_loop_distances"
    axes = (
        Axis("n", "rows of A", "loop-rows", long=Load((15_000, 6, 4)), short=Load((300, 6, 4), 4)),
        Axis("m", "rows of B", "loop-rows", long=Load((6, 15_000, 4)), short=Load((6, 300, 4), 4)),
        # To scatter coordinates by bincount takes 6 times the reference's time, the fastest loop in C 13.
        Axis("d", "coordinates", "loop-features", long=Load((5, 4, 12_000)), short=Load((5, 4, 200), 4), allowed=9.0),
    )
    draw = staticmethod(draw)

    @cached_property
    def sample(self) -> list[tuple[Array, Array, Any]]:
        """A few A and B with the answer's P as it came; empty where there is none."""
        shapes = [sizes(self.rng, 3, 4, 9) for _ in range(CASES)]
        pairs = [draw(self.rng, (n, m, d)) for n, m, d in shapes]
        try:
            return [(A, B, P) for (A, B), P in zip(pairs, self.function.map(pairs))]
        except NoAnswer as missing:
            self.missing = missing
            return []

    @cached_property
    def model(self) -> DistanceModel | None:
        """The formula that the answer follows, if it follows one."""
        if not self.sample:
            return None
        try:
            return fit_distances([(A, B, expect.array(P, (len(A), len(B)), "P")) for A, B, P in self.sample])
        except Mismatch as mismatch:
            self.missing = mismatch
        try:
            turned = [(A, B, expect.array(P, (len(B), len(A)), "P").T) for A, B, P in self.sample]
        except Mismatch:
            return None
        return fit_distances(turned, transposed=True)

    @property
    def alive(self) -> bool:
        """Whether it works: right but for a factor, a power, the coefficient of a.b, or for being transposed."""
        return self.model is not None and self.model.alive

    def require_alive(self) -> None:
        """Expect an answer that works: the speed of one that does not is worth nothing."""
        if not self.alive:
            raise self.missing or NotJudged("q5.values")

    @property
    def crash_hint(self) -> Hint | None:
        """What may be wrong with an answer that raises, and does not where n and m, or all sizes, are equal."""
        n, d, _ = sizes(self.rng, 3, 4, 9)
        return self._crash_hint_at(n, d) or self._crash_hint_at(n, n)

    def _crash_hint_at(self, n: int, d: int) -> Hint | None:
        """What explains the answer for n and n points of d coordinates."""
        A, B = self.rng.normal(size=(n, d)), self.rng.normal(size=(n, d))
        try:
            P = expect.array(self.function(A, B), (n, n), "P")
        except (Mismatch, NoAnswer):
            return None
        a, b = np.sum(A**2, axis=1), np.sum(B**2, axis=1)
        down, doubled = a[:, np.newaxis], 2 * A @ B.T
        formulas = [
            (a + b - doubled, KEEPDIMS),
            ((a + b)[:, np.newaxis] - doubled, KEEPDIMS),
            (a + b[:, np.newaxis] - doubled, NORMS_SWAPPED),
            (down + b - 2 * A @ A.T, OWN_PRODUCTS),
            (down + b - 2 * B @ B.T, OWN_PRODUCTS),
        ]
        if n == d:
            columns = np.sum(A**2, axis=0)[:, np.newaxis] + np.sum(B**2, axis=0)
            formulas += [
                (columns - doubled, NORMS_OF_COLUMNS),
                (down + b - 2 * A @ B, NOT_TRANSPOSED),
                (down + b - 2 * A.T @ B, NOT_TRANSPOSED),
            ]
        # The answer may clip, so that its least value is 0.
        return next((hint for P_, hint in formulas if np.allclose(P, np.maximum(P_, P.min()))), None)

    @cached_property
    def hint(self) -> Hint | None:
        """What may be wrong with the values."""
        if self.model is None and self.sample and not self.missing:
            return hint_for_other_distances([(A, B, np.asarray(P, float)) for A, B, P in self.sample])
        return hint_for_distances(self.model)

    def upright(self, P: Any, shape: tuple[int, int], what: str) -> Array:
        """Expect a matrix of a shape, or its transpose from an answer that is known to be transposed; return it upright."""
        if self.model is not None and self.model.transposed:
            turned: Array = expect.array(P, shape[::-1], what, turned="swapped", not_finite=NO_ROOT).T
            return turned
        matrix: Array = expect.array(P, shape, what, turned="swapped", not_finite=NO_ROOT)
        return matrix

    def verify(self, arguments: Arguments, result: Any, expected: Any) -> None:
        """Expect the matrix that the answer's formula gives, mistakes included."""
        A, B = arguments
        P = self.upright(result, expected.shape, OF_MANY)
        if self.model is None:
            raise NotJudged("q5.values")
        wanted = expected if self.model.right else self.model.predict(A, B)
        expect.close(P, wanted, OF_MANY, LARGE_TOLERANCE)
