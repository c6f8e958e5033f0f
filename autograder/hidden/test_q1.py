"""Question 1, hidden: the Jacobian against numerical derivatives, and at scores in the thousands."""

import numpy as np
import pytest

from autograder.hidden.mistakes.example import hint_for_jacobian, is_of_softmax
from autograder.hidden.mistakes.fit import Array
from autograder.hidden.softmax_evidence import STEP
from autograder.homework import reference
from autograder.judge.evidence import NotJudged, Rng
from autograder.judge.student_code import StudentFunction
from public_checks import expect
from public_checks.draws import sizes
from public_checks.expect import Hint


@pytest.mark.check("q1.numerical")
def test_numerical(softmax_jacobian: StudentFunction, rng: Rng) -> None:
    """J matches numerical derivatives of softmax"""
    for C in sizes(rng, 2, 3, 9):
        z = rng.normal(size=C)
        forward, backward = (softmax(z + sign * STEP * np.eye(C)) for sign in (1, -1))  # row j: z_j moved
        numerical = ((forward - backward) / (2 * STEP)).T
        value, s = softmax_jacobian(z), softmax(z[np.newaxis])[0]
        if isinstance(value, np.ndarray) and value.shape == (C,) and np.allclose(value, s * (1 - s)):
            hint = Hint("diagonal-only", "These are ds_i / dz_i: where are the derivatives of s_i by the other scores?")
            raise expect.Mismatch("J is only its diagonal.", hint=hint)
        J = expect.array(value, (C, C), "J")
        expect.close(J, numerical, "J", expect.GRADIENT_TOLERANCE, hint_for_jacobian(J, s, z))


@pytest.mark.check("q1.stability", weight=2)
def test_shift(softmax_jacobian: StudentFunction, rng: Rng) -> None:
    """J stays right when all scores are shifted by +-1,000"""
    for shift in (1000.0, -1000.0):
        z = rng.normal(size=6)
        expected = own_or_right(softmax_jacobian, z)
        J = expect.array(softmax_jacobian(z + shift), (6, 6), f"J at scores near {shift:+.0f}", not_finite=expect.OVERFLOW)
        expect.close(J, expected, f"J at scores near {shift:+.0f}", expect.GRADIENT_TOLERANCE)


@pytest.mark.check("q1.stability")
def test_far_apart(softmax_jacobian: StudentFunction, rng: Rng) -> None:
    """J stays right for scores 1,000 apart"""
    z, where = rng.normal(size=6), "J at scores that lie 1,000 apart"
    right = reference("softmax").softmax_jacobian
    known = own_or_right(softmax_jacobian, z)
    apart = z + np.repeat([1000.0, -1000.0], 3)
    J = expect.array(softmax_jacobian(apart), (6, 6), where, not_finite=expect.OVERFLOW)
    # What a mistake makes of these scores nobody knows, but that a shift changes nothing.
    expected = (
        right(apart) if np.array_equal(known, right(z)) else expect.array(softmax_jacobian(apart + 1000.0), (6, 6), where)
    )
    expect.close(J, expected, where, expect.GRADIENT_TOLERANCE)


def own_or_right(softmax_jacobian: StudentFunction, z: Array) -> Array:
    """What J should be at shifted scores: the right one, or the answer's own where its mistake has cost its points already."""
    right: Array = reference("softmax").softmax_jacobian(z)
    try:
        own, other = (expect.array(J, right.shape, "J") for J in softmax_jacobian.map([(z,), (1.5 * z[::-1],)]))
    except expect.Mismatch:
        raise NotJudged("q1.numerical") from None
    if np.allclose(own, right, rtol=expect.GRADIENT_TOLERANCE):
        return right
    # A constant is stable, and no answer; nor is what is made of anything but softmax.
    if np.allclose(own, other) or not is_of_softmax(own, softmax(z[np.newaxis])[0], z):
        raise NotJudged("q1.numerical")
    return np.asarray(own)


def softmax(Z: Array) -> Array:
    """Softmax of each row, in a form of its own: these numbers judge the reference too."""
    E = np.exp(Z - Z.max(axis=1, keepdims=True))
    P: Array = E / E.sum(axis=1, keepdims=True)
    return P
