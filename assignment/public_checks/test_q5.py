"""Question 5: squared distances between two sets of points, without loops."""

import numpy as np
import pytest

from public_checks import expect
from public_checks.draws import all_digits, sizes
from public_checks.expect import Hint
from public_checks.given import neighbours

ROUND_OFF = 64  # times eps (|a|^2 + |b|^2): the expansion of |a - b|^2 loses this much where d is below 100
STATED_ACCURACY = 0.90  # the nearest of 300 neighbours is right for 0.92 to 0.99 of the digits, over 400 draws


def off_by(error):
    """Say how large errors in units of |a|^2 + |b|^2 are, where that tells more than the values."""
    return f"it is off by {np.max(error):.1e} of |a|^2 + |b|^2" if np.max(error) < 1e-6 else ""


def close_distances(P, A, B, expected=None, what="P", hint=None):
    """Expect squared distances within the rounding of the expansion, measured by the norms, never by P itself."""
    A, B = A.astype(float), B.astype(float)
    expected = neighbours.two_loop_distances(A, B) if expected is None else expected
    P = expect.array(P, expected.shape, what, turned="swapped").astype(float)
    scale = np.sum(A**2, axis=1)[:, np.newaxis] + np.sum(B**2, axis=1)
    error = np.abs(P - expected) / scale
    tolerance = ROUND_OFF * np.finfo(float).eps
    if not np.all(error <= tolerance):
        raise expect.differs(P, expected, error, what, off_by(error), hint, tolerance=tolerance)


@pytest.mark.check("q5.shape")
def test_shape(pairwise_squared_distances, rng, observe):
    """P is (n, m), also for n = 1 and m = 1; the arguments are left as they were"""
    n, m, d = sizes(rng, 3, 2, 9)
    for shape in (n, m), (1, m), (n, 1), (1, 1):
        arguments = rng.normal(size=(shape[0], d)), rng.normal(size=(shape[1], d))
        P, after = observe(pairwise_squared_distances, *arguments)
        expect.array(P, shape, "P", strict=True, integers=True, turned="swapped")
        expect.unchanged(arguments, after, "A B")


@pytest.mark.check("q5.small")
def test_small(pairwise_squared_distances, rng):
    """A case worked by hand, and the two-loop baseline on random points"""
    A, B = np.array([[0.0, 0.0], [1.0, 2.0], [3.0, -1.0]]), np.array([[1.0, 0.0], [0.0, 3.0]])
    by_hand = np.array([[1.0, 9.0], [4.0, 2.0], [5.0, 25.0]])
    close_distances(pairwise_squared_distances(A, B), A, B, by_hand, "P of the case worked by hand")
    n, m, d = sizes(rng, 3, 3, 9)
    for rows in (m, n):
        A, B = rng.normal(size=(n, d)), rng.normal(size=(rows, d))
        close_distances(pairwise_squared_distances(A, B), A, B)


@pytest.mark.check("q5.integer")
def test_integer(pairwise_squared_distances, rng):
    """uint8 images do not wrap round"""
    n, m, d = sizes(rng, 3, 4, 12)
    m += 1 - m % 2  # odd, so that the mean of B has more digits than float32
    A, B = (rng.integers(256, size=(rows, d), dtype=np.uint8) for rows in (n, m))
    P, as_floats = pairwise_squared_distances(A, B), pairwise_squared_distances(A.astype(float), B.astype(float))
    as_floats = expect.array(as_floats, (n, m), "P", turned="swapped")
    if np.ptp(as_floats) == 0:
        raise expect.Mismatch("All distances are the same.")
    # Another mistake has cost its points already: here only the type may make a difference.
    hint = Hint("integer-wrap", "The images are uint8: what is 200 + 100 there?")
    close_distances(P, A, B, as_floats, "P of uint8 images, compared with P of the same images as floats,", hint)


@pytest.mark.check("q5.application")
def test_application(pairwise_squared_distances, rng):
    """The nearest neighbour reads digits"""
    X, y = all_digits()
    order = rng.permutation(len(X))
    known, asked = order[:300], order[300:550]
    P = expect.array(pairwise_squared_distances(X[asked], X[known]), (len(asked), len(known)), "P", turned="swapped")
    right = np.mean(y[known][np.argmin(P, axis=1)] == y[asked])
    if not right >= STATED_ACCURACY:
        raise expect.Mismatch(f"The nearest neighbour reads {right:.0%} of the digits right; {STATED_ACCURACY:.0%} should be.")
