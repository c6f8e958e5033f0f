"""Question 4, hidden: the softmax loss without loops."""

import pytest

from autograder.hidden import softmax_checks
from autograder.hidden.loops import expect_fast, expect_no_loop
from autograder.judge.evidence.base import Rng
from autograder.judge.evidence.softmax import SoftmaxEvidence
from autograder.judge.examination import RemoteFunction


@pytest.mark.check("q4.loss")
def test_loss(softmax_loss_vectorized: RemoteFunction, rng: Rng, vectorized_evidence: SoftmaxEvidence) -> None:
    """The loss is right"""
    softmax_checks.expect_loss(softmax_loss_vectorized, rng, vectorized_evidence)


@pytest.mark.check("q4.gradient")
def test_own_gradient(vectorized_evidence: SoftmaxEvidence) -> None:
    """dW is the gradient of your own loss"""
    softmax_checks.expect_own_gradient(vectorized_evidence)


@pytest.mark.check("q4.gradient")
def test_gradient(softmax_loss_vectorized: RemoteFunction, rng: Rng, vectorized_evidence: SoftmaxEvidence) -> None:
    """dW is the gradient of the right loss"""
    softmax_checks.expect_gradient(softmax_loss_vectorized, rng, vectorized_evidence)


@pytest.mark.check("q4.stability", weight=2)
def test_shift(softmax_loss_vectorized: RemoteFunction, rng: Rng, vectorized_evidence: SoftmaxEvidence) -> None:
    """Loss and gradient stay right for scores shifted by +-1,000"""
    softmax_checks.expect_stable_under_shift(softmax_loss_vectorized, rng, vectorized_evidence)


@pytest.mark.check("q4.stability")
def test_far_apart(softmax_loss_vectorized: RemoteFunction, rng: Rng, vectorized_evidence: SoftmaxEvidence) -> None:
    """Loss and gradient stay right for scores 1,000 apart, where log(0) lurks"""
    softmax_checks.expect_stable_far_apart(softmax_loss_vectorized, rng, vectorized_evidence)


@pytest.mark.check("q4.loops")
def test_loops(vectorized_evidence: SoftmaxEvidence) -> None:
    """No Python loop along examples, features or classes"""
    vectorized_evidence.require_alive()
    expect_no_loop(vectorized_evidence)


@pytest.mark.check("q4.timing")
def test_timing(vectorized_evidence: SoftmaxEvidence) -> None:
    """Takes about the CPU time of the vectorized reference"""
    vectorized_evidence.require_alive()
    expect_fast(vectorized_evidence)
