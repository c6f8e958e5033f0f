"""Question 60: cosine similarities, without loops."""

import pytest

from public_checks import expect
from public_checks.draws import sizes


@pytest.mark.check("q60.shape")
def test_shape(cosine_similarities, rng, observe):
    """S is (n, m), also for n = 1; the arguments are left as they were"""
    n, m, d = sizes(rng, 3, 2, 9)
    for rows in (n, 1):
        arguments = rng.normal(size=(rows, d)), rng.normal(size=(m, d))
        S, after = observe(cosine_similarities, *arguments)
        expect.array(S, (rows, m), "S", strict=True)
        expect.unchanged(arguments, after, "A B")
