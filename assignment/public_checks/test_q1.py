"""Question 1: the Jacobian of the softmax function."""

import numpy as np
import pytest

from public_checks import expect
from public_checks.draws import sizes

ROUND_OFF = 1e-12  # absolute: entries of J are below 1, and softmax costs a few roundings of 1e-16


@pytest.mark.check("q1.shape")
def test_shape(softmax_jacobian, rng, observe):
    """J is (C, C), float and finite; z is left as it was"""
    for C in sizes(rng, 2, 2, 9):
        z = rng.normal(size=C)
        J, after = observe(softmax_jacobian, z)
        expect.array(J, (C, C), "J", strict=True)
        expect.unchanged([z], after, "z")


@pytest.mark.check("q1.identities")
def test_identities(softmax_jacobian, rng):
    """Rows of J sum to 0, J is symmetric with a positive diagonal, and a shift of z changes nothing"""
    (C,) = sizes(rng, 1, 4, 8)
    z = rng.normal(size=C)
    J = expect.array(softmax_jacobian(z), (C, C), "J")
    sums = J.sum(axis=1)
    if not np.all(np.abs(sums) <= ROUND_OFF):
        what, measure = "The sum of each row of J", "it should be 0"
        raise expect.differs(sums, 0 * sums, np.abs(sums), what, measure, tolerance=ROUND_OFF)
    expect.close(J, J.T, "J, compared with its transpose,", ROUND_OFF)
    if not np.all(np.diag(J) > 0):
        bad = np.flatnonzero(~(np.diag(J) > 0))
        raise expect.Mismatch(
            f"The diagonal of J should be positive; yours is not at {bad.size} places of {C}, first [{bad[0]}]"
        )
    shifted = "J after adding the same number to all scores"
    again = expect.array(softmax_jacobian(z + rng.uniform(5, 10)), (C, C), shifted)
    expect.close(again, J, shifted, 1e-10)
    if np.allclose(expect.array(softmax_jacobian(z[::-1] * 1.5), (C, C), "J"), J):
        raise expect.Mismatch("J is the same for two different z.")
