"""Question 2: gradients of one example's loss, backwards through the softmax."""

import pytest

from public_checks import expect
from public_checks.draws import sizes
from public_checks.expect import Hint

SUMMED = Hint("db-summed", "This is the sum of dz: how many entries does the gradient of b have?")
ORDER = Hint("order", "In which order does the question ask for the four?")
FOUR = Hint("more-than-four", "Which four of these values does the question ask for?")


@pytest.mark.check("q2.shape")
def test_shapes(cross_entropy_gradients, rng, observe):
    """Four float arrays: da (C), dz (C), dW (D, C), db (C); the arguments are left as they were"""
    D, C = sizes(rng, 2, 3, 8)
    arguments = rng.normal(size=(D, C)), rng.normal(size=C), rng.normal(size=D), int(rng.integers(C))
    value, after = observe(cross_entropy_gradients, *arguments)
    if not isinstance(value, (tuple, list)) or len(value) != 4:
        raise expect.Mismatch(
            f"The function should return (da, dz, dW, db); yours is {expect.contents(value)}.",
            hint=FOUR if isinstance(value, (tuple, list)) and len(value) > 4 else None,
            key=expect.describe(value),
        )
    shapes = [getattr(gradient, "shape", ()) for gradient in value]
    if shapes in ([(D, C), (C,), (C,), (C,)], [(C,), (D, C), (C,), (C,)]):
        raise expect.Mismatch("The four gradients are in another order than (da, dz, dW, db).", hint=ORDER)
    da, dz, dW, db = value
    expect.array(da, (C,), "da", strict=True)
    expect.array(dz, (C,), "dz", strict=True)
    expect.array(dW, (D, C), "dW", strict=True)
    rounding = isinstance(db, float) and 0 < abs(db) < 1e-12  # what is left when dz is summed
    expect.array(db, (C,), "db", strict=True, no_array=SUMMED if rounding else None)
    expect.unchanged(arguments, after, "W b x y")
