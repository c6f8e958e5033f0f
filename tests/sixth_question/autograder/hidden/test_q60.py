"""Question 60, hidden: cosine similarities without loops."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograder.hidden.loops import expect_no_loop
from autograder.hidden.mistakes.fit import Array
from autograder.homework import reference
from autograder.judge.evidence import Axis, Evidence, NotJudged, Rng, evidence_for
from autograder.judge.meters.cpu import Arguments, Load, Shape
from autograder.judge.student_code import StudentFunction
from public_checks import expect
from public_checks.draws import sizes
from public_checks.expect import Hint

NO_NORMS = Hint("no-norms", "These are products a.b: where are they divided by the lengths?")


def draw(rng: Rng, shape: Shape) -> tuple[Array, Array]:
    """Draw A and B of a shape (n, m, d)."""
    n, m, d = shape
    return rng.normal(size=(n, d)), rng.normal(size=(m, d))


@evidence_for("cosine_similarities")
class SimilarityEvidence(Evidence):
    """How fast it is where one axis is long."""

    axes = (
        Axis("n", "rows of A", "loop-rows", long=Load((15_000, 6, 4)), short=Load((300, 6, 4))),
        Axis("m", "rows of B", "loop-rows", long=Load((6, 15_000, 4)), short=Load((6, 300, 4))),
        Axis("d", "coordinates", "loop-features", long=Load((5, 4, 20_000)), short=Load((5, 4, 200))),
    )
    draw = staticmethod(draw)

    def verify(self, arguments: Arguments, result: Any, expected: Any) -> None:
        """Expect the right matrix, or products that are not divided: that mistake has cost its points already."""
        A, B = arguments
        S = expect.array(result, expected.shape, "S at another size")
        if not np.allclose(S, A @ B.T):
            expect.close(S, expected, "S at another size", expect.VALUE_TOLERANCE)

    def require_alive(self) -> None:
        """Expect more than a constant, whose speed is worth nothing."""
        if np.ptp(expect.array(self.function(*draw(self.rng, (5, 4, 3))), (5, 4), "S")) == 0:
            raise NotJudged("q60.values")


def expect_similarities(S: Any, A: Array, B: Array) -> None:
    """Expect the reference's similarities."""
    expected = reference("similarity").cosine_similarities(A, B)
    S = expect.array(S, expected.shape, "S")
    hint = NO_NORMS if np.allclose(S, A @ B.T) else None
    expect.close(S, expected, "S", expect.VALUE_TOLERANCE, hint)


@pytest.mark.check("q60.values")
def test_values(cosine_similarities: StudentFunction, rng: Rng) -> None:
    """S is right on random data"""
    pairs = [draw(rng, (n, m, d)) for n, m, d in (sizes(rng, 3, 3, 12) for _ in range(3))]
    for S, (A, B) in zip(cosine_similarities.map(pairs), pairs):
        expect_similarities(S, A, B)


@pytest.mark.check("q60.zero")
def test_zero(cosine_similarities: StudentFunction, rng: Rng) -> None:
    """The similarities of a vector of zeros are 0"""
    A, B = draw(rng, (5, 4, 3))
    A[2] = 0.0
    S = expect.array(cosine_similarities(A, B), (5, 4), "S")
    expect.close(S[2] + 1.0, np.ones(4), "S of a vector of zeros, plus 1,", expect.VALUE_TOLERANCE)


@pytest.mark.check("q60.loops")
def test_loops(cosine_similarities: StudentFunction, evidence: Callable[[StudentFunction], SimilarityEvidence]) -> None:
    """No Python loop along n, m or d"""
    expect_no_loop(evidence(cosine_similarities))
