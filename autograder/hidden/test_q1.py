"""Question 1, hidden: the Jacobian against numerical derivatives, and at scores in the thousands."""

import expect
import numpy as np
import pytest
from draws import sizes

from autograder.homework import reference
from autograder.judge.evidence import STEP, Array, Rng
from autograder.judge.examination import RemoteFunction


@pytest.mark.check("q1.numerical")
def test_numerical(softmax_jacobian: RemoteFunction, rng: Rng) -> None:
    """J matches numerical derivatives of softmax"""
    for C in sizes(rng, 2, 3, 9):
        z = rng.normal(size=C)
        forward, backward = (softmax(z + sign * STEP * np.eye(C)) for sign in (1, -1))  # row j: z_j moved
        numerical = ((forward - backward) / (2 * STEP)).T
        expect.close(expect.array(softmax_jacobian(z), (C, C), "J"), numerical, "J", expect.GRADIENT_TOLERANCE)


@pytest.mark.check("q1.stability")
def test_stability(softmax_jacobian: RemoteFunction, rng: Rng) -> None:
    """J stays right when all scores are shifted by +-1,000"""
    for shift in (1000.0, -1000.0):
        z = rng.normal(size=6)
        J = expect.array(softmax_jacobian(z + shift), (6, 6), f"J at scores near {shift:+.0f}")
        expect.close(J, reference("softmax").softmax_jacobian(z), f"J at scores near {shift:+.0f}", expect.GRADIENT_TOLERANCE)


def softmax(Z: Array) -> Array:
    """Softmax of each row, in a form of its own: these numbers judge the reference too."""
    E = np.exp(Z - Z.max(axis=1, keepdims=True))
    P: Array = E / E.sum(axis=1, keepdims=True)
    return P
