"""The checks are adequate: no combination of mistakes gets full marks, and marks do not depend on the draw."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from autograder.hidden import softmax_checks, test_q5
from autograder.hidden.distance_evidence import DistanceEvidence
from autograder.hidden.mistakes.softmax import VARIANTS, terms
from autograder.hidden.softmax_evidence import SoftmaxEvidence
from autograder.homework import SOLUTIONS
from autograder.intake.submission import Submission, stage
from autograder.judge.evidence import NotJudged
from autograder.judge.judge import Judge
from public_checks.draws import check_rng
from public_checks.expect import Mismatch
from tests.handed_in import FULL, reference_but


class InThisProcess:
    """Stands in for a proxy, where the function is this test's own and nothing is measured."""

    def __init__(self, function, name):
        self.function, self.name = function, name

    def __call__(self, *arguments):
        return self.function(*arguments)

    def map(self, calls):
        return [self(*arguments) for arguments in calls]


def fails(check, *arguments) -> bool:
    try:
        check(*arguments)
    except (Mismatch, NotJudged):
        return True
    return False


coefficients = st.one_of(st.sampled_from([-2.0, -1.0, 0.0, 0.5, 1.0, 2.0]), st.floats(-3, 3))


@settings(max_examples=40)
@given(st.tuples(*[coefficients] * 5), st.sampled_from(list(VARIANTS)), st.integers(0, 9))
def test_no_combination_of_mistakes_in_a_softmax_loss_gets_all_points(factors, variant, seed):
    """Factors of the five terms of loss and gradient, in the right formula or a variant of it."""
    data, penalty, pull, push, shrink = factors
    assume(variant or np.max(np.abs(np.array(factors) - 1)) > 1e-4)

    def answer(W, X, y, reg):
        at = terms(W, X, y, reg, variant)
        return data * at.data + penalty * at.penalty(), pull * at.pull - push * at.push + shrink * at.shrink()

    evidence = SoftmaxEvidence(InThisProcess(answer, "softmax_loss_vectorized"), None, check_rng(seed, "evidence"))
    lost = [
        fails(softmax_checks.expect_loss, evidence, check_rng(seed, "loss")),
        fails(softmax_checks.expect_gradient, evidence, check_rng(seed, "gradient")),
    ]
    assert any(lost)
    if variant == "" and (data, penalty) == (1.0, 1.0):
        assert not lost[0]
    if variant == "" and (pull, push, shrink) == (1.0, 1.0, 1.0):
        assert not lost[1]


@settings(max_examples=40)
@given(st.tuples(*[coefficients] * 3), st.sampled_from([0.5, 1.0, 2.0]), st.integers(0, 9))
def test_no_combination_of_mistakes_in_distances_gets_all_points(factors, power, seed):
    """Factors of the three terms, and a power."""
    a, b, ab = factors
    assume(power != 1 or np.max(np.abs(np.array(factors) - [1, 1, -2])) > 1e-4)

    def answer(A, B):
        P = a * np.sum(A**2, axis=1)[:, np.newaxis] + b * np.sum(B**2, axis=1) + ab * A @ B.T
        return np.abs(P) ** power

    function = InThisProcess(answer, "pairwise_squared_distances")
    evidence = DistanceEvidence(function, None, check_rng(seed, "evidence"))
    assert fails(test_q5.test_values, function, check_rng(seed, "values"), lambda _: evidence)


def marks(the_judge: Judge, submission: Submission) -> dict[str, int]:
    return {result.check.id: result.points for result in the_judge.judge(submission).checks}


@pytest.mark.parametrize("seed", [1, 300, 2**64 + 1])
def test_marks_do_not_depend_on_the_draw(seed):
    """Of a right submission, and of one with a mistake in every question."""
    wrong = {
        "softmax": """
            def softmax_jacobian(z):
                s = np.exp(z) / np.sum(np.exp(z))
                return np.diag(s) - np.outer(s, s)
            right = cross_entropy_gradients
            def cross_entropy_gradients(W, b, x, y):
                da, dz, dW, db = right(W, b, x, y)
                return da, dz, dW.T, db
            def softmax_loss_naive(W, X, y, reg):
                loss, dW = softmax_loss_vectorized(W, X, y, reg)
                return loss, dW - reg * W
            """,
        "distances": """
            right = pairwise_squared_distances
            def pairwise_squared_distances(A, B):
                return np.array([right(a[np.newaxis], B)[0] for a in A]) / 2
            """,
    }
    the_judge = Judge(seed)
    try:
        assert the_judge.judge(stage("solutions", SOLUTIONS)).score == FULL
        found = marks(the_judge, Submission("wrong", reference_but(**wrong)))
    finally:
        the_judge.close()
    lost = {check for check, score in found.items() if score == 0}
    assert lost == {
        "q1.stability",
        *("q2.shape", "q2.dW"),
        *("q3.gradient", "q3.loops"),
        *("q5.small", "q5.values", "q5.loops", "q5.timing"),
    }
