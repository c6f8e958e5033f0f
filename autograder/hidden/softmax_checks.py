"""What q3 and q4 have in common: loss, gradient and stability of a softmax loss, by loops or by matrices."""

from typing import Any

import numpy as np

from autograder.hidden.mistakes.fit import Array
from autograder.hidden.mistakes.softmax import terms
from autograder.hidden.mistakes.softmax_names import COUNTED_CLASSES, hint_for_floor
from autograder.hidden.softmax_evidence import Batch, SoftmaxEvidence, number_or_mean
from autograder.homework import reference
from autograder.judge.evidence import NotJudged, Rng
from autograder.judge.student_code import StudentFunction
from public_checks import expect
from public_checks.draws import batch, sizes

BATCHES = 3
SHIFTS = 1000.0, -1000.0  # of all scores
DIGITS = 12  # after the point: where all examples are right, loss and dW are 0 but for round-off


def _answers(function: StudentFunction, batches: list[Batch]) -> list[Any]:
    """Results for some batches, every second one in Fortran's memory order: an answer should not care."""
    return function.map([(in_order(k, W), in_order(k, X), y, reg) for k, (W, X, y, reg) in enumerate(batches)])


def in_order(k: int, array: Array) -> Array:
    """An array in C order, or in Fortran's where the number is odd."""
    return np.asfortranarray(array) if k % 2 else array


def expect_loss(evidence: SoftmaxEvidence, rng: Rng) -> None:
    """Expect the reference's loss."""
    batches = [batch(rng) for _ in range(BATCHES)]
    W, X, y, reg = batches[-1]
    batches[-1] = W, X, y % (W.shape[1] - 1), reg  # a class that does not occur: who counts the classes in y errs here
    for value, (W, X, y, reg) in zip(_answers(evidence.function, batches), batches):
        evidence.loss_failed = True  # until it is known to be right
        loss = expect.number(expect.loss_and_gradient(value, W.shape)[0], "loss")
        expected, _ = reference("softmax").softmax_loss_vectorized(W, X, y, reg)
        hint = COUNTED_CLASSES if counts_classes(loss, W, X, y, reg) else evidence.loss_hint
        try:
            expect.close(loss, expected, "The loss", expect.VALUE_TOLERANCE, hint)
        except expect.Mismatch as mismatch:
            mismatch.hint = mismatch.hint or evidence.state_hint
            raise
        evidence.loss_failed = False


def counts_classes(loss: float, W: Array, X: Array, y: Array, reg: float) -> bool:
    """Whether a loss is that of the classes up to the last that occurs in y, where others do not occur."""
    C = int(y.max()) + 1
    if W.shape[1] == C:
        return False
    data = terms(W[:, :C], X, y, reg).data
    penalties = reg * np.sum(W**2), reg * np.sum(W[:, :C] ** 2)
    return any(np.isclose(loss, data + penalty, rtol=expect.VALUE_TOLERANCE, atol=0.0) for penalty in penalties)


def expect_gradient(evidence: SoftmaxEvidence, rng: Rng) -> None:
    """Expect the reference's gradient."""
    batches = [batch(rng) for _ in range(BATCHES)]
    for value, (W, X, y, reg) in zip(_answers(evidence.function, batches), batches):
        evidence.gradient_failed = True  # until it is known to be right
        _, dW = expect.loss_and_gradient(value, W.shape)
        _, expected = reference("softmax").softmax_loss_vectorized(W, X, y, reg)
        dW = expect.array(dW, W.shape, "dW")
        try:
            expect.close(dW, expected, "dW", expect.GRADIENT_TOLERANCE, evidence.gradient_hint)
        except expect.Mismatch as mismatch:
            mismatch.hint = mismatch.hint or evidence.state_hint
            raise
        evidence.gradient_failed = False


def expect_stable_under_shift(evidence: SoftmaxEvidence, rng: Rng) -> None:
    """Expect that adding +-1,000 to all scores changes nothing."""
    evidence.require_alive()
    cases = []
    for shift in SHIFTS:
        W, X, y, _ = batch(rng)
        cases.append((np.vstack([W, np.full(W.shape[1], shift)]), np.column_stack([X, np.ones(len(X))]), y, 0.0))
    for shift, case, value in zip(SHIFTS, cases, evidence.function.map(cases)):
        _expect_stable(value, case, evidence, f"at scores shifted by {shift:+.0f}")


def expect_stable_far_apart(evidence: SoftmaxEvidence, rng: Rng) -> None:
    """Expect the right loss where the scores of an example lie 1,000 apart and all probabilities are 0 or 1."""
    N, D, C = sizes(rng, 3, 4, 7)
    X = np.eye(D)[rng.permutation(N) % D]  # each example picks one row of W as its scores
    # Each example has a level of its own: a maximum over all of them would leave some with nothing but underflow.
    W = 1000.0 * (np.stack([rng.permutation(C) for _ in range(D)]) + C * rng.permutation(D)[:, np.newaxis])
    evidence.require_alive()
    case = W, X, rng.integers(C, size=N), 0.0
    _expect_stable(evidence.function(*case), case, evidence, "at scores that lie 1,000 apart")


def _expect_stable(value: Any, case: Batch, evidence: SoftmaxEvidence, where: str) -> None:
    """Expect what the answer's own formula gives, its known mistakes included: they have cost their points already."""
    W, X, y, _ = case
    loss, dW = expect.loss_and_gradient(value, W.shape)
    if not evidence.losses:
        raise NotJudged(f"{evidence.question}.loss")
    loss = number_or_mean(loss, f"The loss {where}", not_finite=expect.OVERFLOW)
    model = evidence.loss_model
    unknown = model is None and evidence.gradient_model is None and evidence.loss_hint is None
    if unknown and evidence.loss_failed:  # to be finite is not enough
        raise NotJudged(f"{evidence.question}.loss")
    if model is not None:
        # A number under the log that was too small to matter for the loss costs its points here.
        unpaid = model.floored and not evidence.loss_failed
        expected = model.predict(terms(W, X, y, 0.0, "" if unpaid else model.variant))
        if not np.isfinite(expected):  # a known mistake need not be stable where the right formula is
            raise NotJudged(f"{evidence.question}.loss")
        loss, expected = round(loss, DIGITS), round(expected, DIGITS)
        expect.close(loss, expected, f"The loss {where}", expect.VALUE_TOLERANCE, hint_for_floor(loss, X @ W, y))
    if isinstance(dW, np.ndarray) and np.issubdtype(dW.dtype, np.floating):
        expect.finite(dW, f"dW {where}", expect.OVERFLOW)
    if evidence.gradient_model is not None:
        dW = expect.array(dW, W.shape, f"dW {where}", not_finite=expect.OVERFLOW)
        expected_dW = evidence.gradient_model.predict(terms(W, X, y, 0.0, evidence.gradient_model.variant))
        dW, expected_dW = np.round(dW, DIGITS), np.round(expected_dW, DIGITS)
        expect.close(dW, expected_dW, f"dW {where}", expect.GRADIENT_TOLERANCE)
