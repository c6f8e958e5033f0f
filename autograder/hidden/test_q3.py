"""Question 3, hidden: the softmax loss with loops."""

from collections.abc import Callable

import pytest

from autograder.hidden import softmax_checks
from autograder.hidden.softmax_evidence import HONEST, SoftmaxEvidence
from autograder.judge.evidence import Rng
from autograder.judge.meters.steps import FEW_STEP_SIZES
from autograder.judge.student_code import StudentFunction
from public_checks.expect import Hint, Mismatch

HONEST_STEPS = 12.0  # bytecodes for each example: a loop that picks a row, calls numpy on it and adds takes 25 and more
HONEST_RATIO = 2.5  # times the CPU time of the vectorized reference: honest loops take 8 and more, one that does nothing 1.6
NOT_A_LOOP = Hint(
    "not-a-loop", "The loop version is there to be compared with the vectorized one: where is the loop over examples?"
)

Known = Callable[[StudentFunction], SoftmaxEvidence]  # of a function of the submission


@pytest.mark.check("q3.loss")
def test_loss(softmax_loss_naive: StudentFunction, rng: Rng, evidence: Known) -> None:
    """The loss is right"""
    softmax_checks.expect_loss(evidence(softmax_loss_naive), rng)


@pytest.mark.check("q3.gradient")
def test_own_gradient(softmax_loss_naive: StudentFunction, evidence: Known) -> None:
    """dW is the gradient of your own loss"""
    evidence(softmax_loss_naive).require_own_gradient()


@pytest.mark.check("q3.gradient")
def test_gradient(softmax_loss_naive: StudentFunction, rng: Rng, evidence: Known) -> None:
    """dW is the gradient of the right loss"""
    softmax_checks.expect_gradient(evidence(softmax_loss_naive), rng)


@pytest.mark.check("q3.stability")
def test_shift(softmax_loss_naive: StudentFunction, rng: Rng, evidence: Known) -> None:
    """Loss and gradient stay right for scores shifted by +-1,000"""
    softmax_checks.expect_stable_under_shift(evidence(softmax_loss_naive), rng)


@pytest.mark.check("q3.stability")
def test_far_apart(softmax_loss_naive: StudentFunction, rng: Rng, evidence: Known) -> None:
    """Loss and gradient stay right for scores 1,000 apart, where log(0) lurks"""
    softmax_checks.expect_stable_far_apart(evidence(softmax_loss_naive), rng)


@pytest.mark.check("q3.loops")
def test_loops(softmax_loss_naive: StudentFunction, evidence: Known) -> None:
    """Works example by example, with an explicit loop"""
    known = evidence(softmax_loss_naive)
    known.require_alive()
    examples, *_ = known.axes
    steps = known.steps_along(examples, FEW_STEP_SIZES)
    if steps < HONEST_STEPS:
        stops_early = known.loss_hint if known.loss_hint and known.loss_hint.id == "first-example-only" else None
        raise Mismatch(
            f"This should work example by example; each further one costs {steps:.0f} interpreter steps.",
            hint=stops_early or NOT_A_LOOP,
        )
    ratio = known.slowness(HONEST, enough=HONEST_RATIO)
    if ratio < HONEST_RATIO:
        raise Mismatch(
            f"This should work example by example; many of them take {ratio:.1f} times the CPU time of the vectorized"
            " reference, so the work is not done in the loop."
        )
