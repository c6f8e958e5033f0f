"""Question 4: the softmax loss and its gradient, without loops."""

import pytest

from public_checks import expect
from public_checks.draws import all_digits, batch
from public_checks.given import training

LOSS, GRADIENT = "The loss, compared with the loop's,", "dW, compared with the loop's,"
EXAMPLES = 300  # enough for 9 in 10 right after 30 steps, which even a loop does in a second
STATED_ACCURACY = 0.85  # the reference reaches 0.89 to 0.93, over 200 draws of the examples


@pytest.mark.check("q4.shape")
def test_shape(softmax_loss_vectorized, rng, observe):
    """A number and a float array of shape (D, C); the arguments are left as they were"""
    arguments = batch(rng)
    value, after = observe(softmax_loss_vectorized, *arguments)
    loss, dW = expect.loss_and_gradient(value, arguments[0].shape, strict=True)
    expect.number(loss, "loss", strict=True)
    expect.array(dW, arguments[0].shape, "dW", strict=True)
    expect.unchanged(arguments, after, "W X y")


@pytest.mark.check("q4.agree")
def test_agrees(softmax_loss_vectorized, softmax_loss_naive, rng, alive, baseline):
    """Agrees with softmax_loss_naive"""
    alive(softmax_loss_vectorized)
    naive = baseline(softmax_loss_naive, softmax_loss_vectorized)
    for _ in range(2):
        W, X, y, reg = batch(rng)
        loss, dW = expect.loss_and_gradient(softmax_loss_vectorized(W, X, y, reg), W.shape)
        expected_loss, expected_dW = expect.loss_and_gradient(naive(W, X, y, reg), W.shape)
        expected_loss, expected_dW = expect.number(expected_loss, "loss"), expect.array(expected_dW, W.shape, "dW")
        expect.close(expect.number(loss, "loss"), expected_loss, LOSS, expect.VALUE_TOLERANCE, against="loop")
        expect.close(expect.array(dW, W.shape, "dW"), expected_dW, GRADIENT, expect.GRADIENT_TOLERANCE, against="loop")


@pytest.mark.check("q4.trains")
def test_trains(softmax_loss_vectorized, gradient_descent, rng):
    """Gradient descent with it learns to read digits"""
    X, y = all_digits()
    order = rng.permutation(len(X))
    learn, held_back = order[:EXAMPLES], order[EXAMPLES:]
    X = training.add_ones(X)
    W, _ = gradient_descent(softmax_loss_vectorized, X[learn], y[learn], 10)
    reached = training.accuracy(expect.array(W, (X.shape[1], 10), "W after training"), X[held_back], y[held_back])
    if not reached >= STATED_ACCURACY:
        raise expect.Mismatch(
            f"After 30 steps {reached:.0%} of the digits held back are read right; {STATED_ACCURACY:.0%} should be."
        )
