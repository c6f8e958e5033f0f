"""Question 4, hidden: the softmax loss without loops."""

from collections.abc import Callable

import pytest

from autograder.hidden import softmax_checks
from autograder.hidden.loops import expect_fast, expect_no_loop
from autograder.hidden.softmax_evidence import SoftmaxEvidence
from autograder.judge.evidence import Rng
from autograder.judge.student_code import StudentFunction

Known = Callable[[StudentFunction], SoftmaxEvidence]  # of a function of the submission


@pytest.mark.check("q4.loss")
def test_loss(softmax_loss_vectorized: StudentFunction, rng: Rng, evidence: Known) -> None:
    """The loss is right"""
    softmax_checks.expect_loss(evidence(softmax_loss_vectorized), rng)


@pytest.mark.check("q4.gradient")
def test_own_gradient(softmax_loss_vectorized: StudentFunction, evidence: Known) -> None:
    """dW is the gradient of your own loss"""
    evidence(softmax_loss_vectorized).require_own_gradient()


@pytest.mark.check("q4.gradient")
def test_gradient(softmax_loss_vectorized: StudentFunction, rng: Rng, evidence: Known) -> None:
    """dW is the gradient of the right loss"""
    softmax_checks.expect_gradient(evidence(softmax_loss_vectorized), rng)


@pytest.mark.check("q4.stability", weight=2)
def test_shift(softmax_loss_vectorized: StudentFunction, rng: Rng, evidence: Known) -> None:
    """Loss and gradient stay right for scores shifted by +-1,000"""
    softmax_checks.expect_stable_under_shift(evidence(softmax_loss_vectorized), rng)


@pytest.mark.check("q4.stability")
def test_far_apart(softmax_loss_vectorized: StudentFunction, rng: Rng, evidence: Known) -> None:
    """Loss and gradient stay right for scores 1,000 apart, where log(0) lurks"""
    softmax_checks.expect_stable_far_apart(evidence(softmax_loss_vectorized), rng)


@pytest.mark.check("q4.loops")
def test_loops(softmax_loss_vectorized: StudentFunction, evidence: Known) -> None:
    """No Python loop along examples, features or classes"""
    known = evidence(softmax_loss_vectorized)
    expect_no_loop(known, wasteful=known.pairs_examples)


@pytest.mark.check("q4.timing")
def test_timing(softmax_loss_vectorized: StudentFunction, evidence: Known) -> None:
    """Takes about the CPU time of the vectorized reference"""
    expect_fast(evidence(softmax_loss_vectorized))
