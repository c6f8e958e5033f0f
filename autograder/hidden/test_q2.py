"""Question 2, hidden: each gradient against numerical derivatives."""

from collections.abc import Callable
from typing import Any

import expect
import numpy as np
import pytest
from draws import sizes

from autograder.homework import reference
from autograder.judge.evidence import STEP, Array, Rng
from autograder.judge.examination import RemoteFunction

NAMES = ("da", "dz", "dW", "db")


def draw(rng: Rng) -> tuple[Array, Array, Array, int]:
    """Draw W, b, x, y with a_y above 0.05: the central difference of -log a_y errs by h^2 / (3 a_y^2)."""
    D, C = sizes(rng, 2, 3, 8)
    while True:
        W, b, x, y = rng.normal(size=(D, C)) / np.sqrt(D), rng.normal(size=C), rng.normal(size=D), int(rng.integers(C))
        if np.exp(-loss(x @ W + b, y)) > 0.05:
            return W, b, x, y


def loss(z: Array, y: int) -> float:
    """Minus the logarithm of the softmax of z at y."""
    return float(np.log(np.sum(np.exp(z - z.max()))) + z.max() - z[y])


def derivatives(f: Callable[[Array], float], at: Array) -> Array:
    """Central differences of a function of one array."""
    steps = STEP * np.eye(at.size).reshape(-1, *at.shape)
    return np.array([(f(at + step) - f(at - step)) / (2 * STEP) for step in steps]).reshape(at.shape)


def answer(function: RemoteFunction, *arguments: Any) -> dict[str, Any]:
    """The four gradients by name, whatever they are."""
    value = function(*arguments)
    if not isinstance(value, (tuple, list)) or len(value) != 4:
        raise expect.Mismatch(f"The function should return (da, dz, dW, db); yours is {expect.describe(value)}.")
    return dict(zip(NAMES, value))


@pytest.mark.check("q2.da")
def test_da(cross_entropy_gradients: RemoteFunction, rng: Rng) -> None:
    """da matches numerical derivatives of -log a_y"""
    for _ in range(2):
        W, b, x, y = draw(rng)
        da = expect.array(answer(cross_entropy_gradients, W, b, x, y)["da"], b.shape, "da")
        a_y = np.exp(-loss(x @ W + b, y))
        step = STEP * a_y  # in proportion, so that truncation does not depend on a_y
        numerical = np.zeros_like(b)
        numerical[y] = -(np.log(a_y + step) - np.log(a_y - step)) / (2 * step)
        expect.close(da, numerical, "da", expect.GRADIENT_TOLERANCE)


@pytest.mark.check("q2.dz")
def test_dz(cross_entropy_gradients: RemoteFunction, rng: Rng) -> None:
    """dz matches numerical derivatives, and is da J"""
    for _ in range(2):
        W, b, x, y = draw(rng)
        dz = expect.array(answer(cross_entropy_gradients, W, b, x, y)["dz"], b.shape, "dz")
        z = x @ W + b
        expect.close(dz, derivatives(lambda z: loss(z, y), z), "dz", expect.GRADIENT_TOLERANCE)  # noqa: B023
        da = reference("softmax").cross_entropy_gradients(W, b, x, y)[0]
        expect.close(dz, da @ reference("softmax").softmax_jacobian(z), "dz, compared with da J,", expect.GRADIENT_TOLERANCE)


@pytest.mark.check("q2.dW")
def test_dW(cross_entropy_gradients: RemoteFunction, rng: Rng) -> None:  # noqa: N802
    """dW matches numerical derivatives"""
    for _ in range(2):
        W, b, x, y = draw(rng)
        dW = expect.array(answer(cross_entropy_gradients, W, b, x, y)["dW"], W.shape, "dW")
        expect.close(dW, derivatives(lambda W: loss(x @ W + b, y), W), "dW", expect.GRADIENT_TOLERANCE)  # noqa: B023


@pytest.mark.check("q2.db")
def test_db(cross_entropy_gradients: RemoteFunction, rng: Rng) -> None:
    """db matches numerical derivatives"""
    for _ in range(2):
        W, b, x, y = draw(rng)
        db = expect.array(answer(cross_entropy_gradients, W, b, x, y)["db"], b.shape, "db")
        expect.close(db, derivatives(lambda b: loss(x @ W + b, y), b), "db", expect.GRADIENT_TOLERANCE)  # noqa: B023
