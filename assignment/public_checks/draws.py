"""Random inputs without blind spots: sizes that differ pairwise, weights away from 0, reg above 0."""

import hmac
from functools import cache

import numpy as np

from public_checks.given import digits

PUBLIC_SEED = 20260901  # of the checks that you run yourself; the grader has others


def check_rng(seed: int, purpose: str) -> np.random.Generator:
    """Random numbers for one purpose, such as a check: they do not depend on what else runs.

    A keyed hash: whoever has seen the numbers of one purpose knows nothing of another's.
    """
    return np.random.default_rng(_entropy(seed, purpose))


@cache
def _entropy(seed: int, purpose: str) -> np.random.SeedSequence:
    digest = hmac.new(str(seed).encode(), purpose.encode(), "sha256").digest()
    return np.random.SeedSequence(int.from_bytes(digest, "big"))


def sizes(rng: np.random.Generator, count: int, low: int, high: int) -> tuple[int, ...]:
    """Draw pairwise different sizes from low to high, so that no mistake in an axis or a mean can hide."""
    return tuple((low + rng.permutation(high - low + 1)[:count]).tolist())


def batch(
    rng: np.random.Generator, N: int | None = None, D: int | None = None, C: int | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """Draw W (D, C), X (N, D), y (N,) and reg, at the given sizes or at small ones.

    Scores are about N(0, 1), so that every probability is well above 1e-3 and small constants inside a logarithm do no harm.
    """
    drawn = sizes(rng, 3, 3, 9)
    N, D, C = N or drawn[0], D or drawn[1], C or drawn[2]
    X = rng.normal(size=(N, D))
    W = rng.uniform(0.5, 1.5, size=(D, C)) * np.sign(rng.uniform(-1.0, 1.0, size=(D, C))) / np.sqrt(D)
    y = rng.integers(C, size=N)
    y[: min(N, C)] = rng.permutation(C)[: min(N, C)]  # as many classes as can be
    if C - 1 not in y:
        y[0] = C - 1  # so that it is not a matter of luck whether max(y) + 1 is C
    return W, X, y, float(rng.uniform(0.1, 0.5))


@cache
def all_digits() -> tuple[np.ndarray, np.ndarray]:
    """All images of the digits (1797, 64) and what they show (1797,), to be split anew."""
    X_train, y_train, X_test, y_test = digits.load_digits()
    return np.concatenate([X_train, X_test]), np.concatenate([y_train, y_test])
