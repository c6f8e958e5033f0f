"""Question 3: the softmax loss and its gradient, with loops."""

import numpy as np
import pytest

from public_checks import expect
from public_checks.draws import batch

LOG_C = 1e-4  # relative: an epsilon of 1e-6 in the logarithm errs by 4e-6, a wrong formula by 0.1


@pytest.mark.check("q3.shape")
def test_shape(softmax_loss_naive, rng):
    """A number and a float array of shape (D, C)"""
    W, X, y, reg = batch(rng)
    loss, dW = expect.loss_and_gradient(softmax_loss_naive(W, X, y, reg), W.shape, strict=True)
    expect.number(loss, "loss", strict=True)
    expect.array(dW, W.shape, "dW", strict=True)


@pytest.mark.check("q3.purity")
def test_purity(softmax_loss_naive, rng, observe, alive):
    """The arguments are left as they were"""
    arguments = batch(rng)
    _, after = observe(softmax_loss_naive, *arguments)
    expect.unchanged(arguments, after, "W X y")
    alive(softmax_loss_naive)


@pytest.mark.check("q3.identities")
def test_identities(softmax_loss_naive, rng, alive):
    """The loss is log C at W = 0, and reg adds reg * sum(W**2)"""
    alive(softmax_loss_naive)
    W, X, y, reg = batch(rng)

    def loss(W, reg):
        return expect.number(expect.loss_and_gradient(softmax_loss_naive(W, X, y, reg), W.shape)[0], "loss")

    expect.close(
        loss(np.zeros_like(W), reg),
        np.log(W.shape[1]),
        "The loss at W = 0, where every class is as likely,",
        LOG_C,
    )
    added = loss(W, reg) - loss(W, 0.0)
    if added == 0:
        grows = "it should grow by reg * sum(W**2)."
        raise expect.Mismatch(f"The loss stays the same when reg changes: {grows}")
    what = "What regularization adds to the loss"
    expect.close(added, reg * np.sum(W**2), what, expect.VALUE_TOLERANCE)
