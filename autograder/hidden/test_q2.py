"""Question 2, hidden: each gradient against numerical derivatives."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import pytest

from autograder.hidden.mistakes.example import (
    hint_for_parameter_gradient,
    hint_for_probability_gradient,
    hint_for_score_gradient,
)
from autograder.hidden.mistakes.fit import Array
from autograder.hidden.softmax_evidence import STEP
from autograder.homework import reference
from autograder.judge.evidence import NotJudged, Rng
from autograder.judge.no_answer import NoAnswer
from autograder.judge.student_code import StudentFunction
from public_checks import expect
from public_checks.draws import sizes
from public_checks.expect import Hint

NO_BIAS = Hint("no-bias", "da fits scores without b: where is it added?")
BIAS_SIGN = Hint("bias-sign", "da fits the scores x W - b: what is the sign of b?")
THROUGH_DA = Hint(
    "dz-through-da",
    "Where a_y rounds to 0, da is infinite, but dz is not: can you compute dz without da?",
)
NAMES = ("da", "dz", "dW", "db")


def draw(rng: Rng) -> tuple[Array, Array, Array, int]:
    """Draw W, b, x, y with a_y above 0.05: the central difference of -log a_y errs by h^2 / (3 a_y^2)."""
    D, C = sizes(rng, 2, 3, 8)
    while True:
        W, b, x, y = rng.normal(size=(D, C)) / np.sqrt(D), rng.normal(size=C), rng.normal(size=D), int(rng.integers(C))
        if np.exp(-loss(x @ W + b, y)) > 0.05:
            return np.asfortranarray(W), b, x, y  # the check of shapes draws W in C order


def loss(z: Array, y: int) -> float:
    """Minus the logarithm of the softmax of z at y."""
    return float(np.log(np.sum(np.exp(z - z.max()))) + z.max() - z[y])


def softmax(z: Array) -> Array:
    """Softmax of one vector of scores of moderate size."""
    a: Array = np.exp(z) / np.sum(np.exp(z))
    return a


def floats(value: Any) -> Array | None:
    """A result of the answer's as an array of floats, or None where it is no such thing."""
    try:
        return np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        return None


def own_product(left: Any, right: Any) -> Any:
    """The product of two steps of an answer's own, or None where they cannot be multiplied."""
    left, right = floats(left), floats(right)
    try:
        return None if left is None or right is None else left @ right if right.ndim == 2 else left * right
    except ValueError:
        return None


def derivatives(f: Callable[[Array], float], at: Array) -> Array:
    """Central differences of a function of one array."""
    steps = STEP * np.eye(at.size).reshape(-1, *at.shape)
    return np.array([(f(at + step) - f(at - step)) / (2 * STEP) for step in steps]).reshape(at.shape)


def answers(function: StudentFunction, *calls: Sequence[Any]) -> list[dict[str, Any]]:
    """The four gradients by name, whatever they are, for the arguments of each call."""
    return [named(value, W.shape) for value, (W, *_) in zip(function.map(calls), calls)]


def named(value: Any, shape: tuple[int, int]) -> dict[str, Any]:
    """Four gradients by name, where dW should have a shape.

    What is too much, or in the other order, has cost its points in the check of shapes.
    """
    if not isinstance(value, (tuple, list)) or len(value) < 4:
        raise expect.Mismatch(
            f"The function should return (da, dz, dW, db); yours is {expect.contents(value)}.",
            key=expect.describe(value),
        )
    da, dz, dW, db = in_order(value, shape) if len(value) == 4 else four_among(value, shape)
    if getattr(dW, "ndim", 0) == 1 and getattr(db, "ndim", 0) == 2:
        dW, db = db, dW
    return dict(zip(NAMES, (da, dz, dW, db)))


def in_order(values: Sequence[Any], shape: tuple[int, int]) -> Sequence[Any]:
    """Four gradients as asked for, if they start with dW or are reversed."""
    shapes = [getattr(value, "shape", ()) for value in values]
    if shapes[0] == shape:
        return [*values[2:], *values[:2]]
    return values[::-1] if shapes[1] == shape else values


def four_among(values: Sequence[Any], shape: tuple[int, int]) -> Sequence[Any]:
    """The four gradients among more values, known by the shapes of dW and of what is next to it."""
    vectors = [k for k, value in enumerate(values) if getattr(value, "shape", ()) == shape[1:]]
    for k, value in enumerate(values):
        before, after = [i for i in vectors if i < k], [i for i in vectors if i > k]
        if getattr(value, "shape", ()) == shape and len(before) > 1 and after:
            return [values[i] for i in (*before[-2:], k, after[0])]
    return values[:4]


Example = tuple[Array, Array, Array, int]  # W, b, x, y


Others = tuple[dict[str, Any], dict[str, Any]]  # the gradients at -W, and those at -x


def at_two_places(function: StudentFunction, rng: Rng) -> Iterator[tuple[Example, dict[str, Any], Others]]:
    """Two examples, each with its gradients and those of two others."""
    examples = [draw(rng) for _ in range(2)]
    calls = []
    for W, b, x, y in examples:
        calls += [(W, b, x, y), (-W, b, x, y), (W, b, -x, y)]
    found = answers(function, *calls)
    return zip(examples, found[::3], zip(found[1::3], found[2::3]))


def follows(result: Any, expected: Any, cause: Any, others: Sequence[Any]) -> bool:
    """Whether a wrong result follows rightly from the answer's own wrong step before it: then that step alone costs points.

    Zeros, and what is the same for another W or another x, follow from nothing.
    """
    arrays = [array.ravel() for array in map(floats, (result, expected, cause, *others)) if array is not None]
    if len(arrays) < 3 + len(others) or not all(np.all(np.isfinite(array)) for array in arrays):
        return False
    result, expected, cause, *elsewhere = arrays
    if result.size != expected.size or any(cause.size != other.size for other in elsewhere):
        return False
    moves = np.any(cause) and not any(np.allclose(cause, other) for other in elsewhere)
    return bool(moves and np.allclose(result, expected, rtol=expect.GRADIENT_TOLERANCE, atol=0))


def scores_of(da: Any, W: Array, b: Array, x: Array, y: int) -> tuple[Array, Hint | None]:
    """The scores that da belongs to, and what to ask where b is missing in them, or subtracted."""
    own = floats(da)
    for z, hint in ((x @ W, NO_BIAS), (x @ W - b, BIAS_SIGN)):
        expected = np.zeros(W.shape[1])
        expected[y] = -1 / softmax(z)[y]
        if own is not None and own.shape == expected.shape and np.allclose(own, expected, atol=0):
            return z, hint
    return x @ W + b, None


def through_da(own: dict[str, Any], z: Array) -> bool:
    """Whether dz is the product of the answer's own da and the Jacobian at z, NaN and all."""
    with np.errstate(invalid="ignore"):
        product = own_product(own["da"], reference("softmax").softmax_jacobian(z))
    dz = floats(own["dz"])
    if dz is None or product is None or not dz.shape == product.shape == z.shape:
        return False
    return np.allclose(dz, product, equal_nan=True)


@pytest.mark.check("q2.da")
def test_da(cross_entropy_gradients: StudentFunction, rng: Rng) -> None:
    """da matches numerical derivatives of -log a_y"""
    for (W, b, x, y), own, _ in at_two_places(cross_entropy_gradients, rng):
        da = expect.array(own["da"], b.shape, "da")
        a = softmax(x @ W + b)
        step = STEP * a[y]  # in proportion, so that truncation does not depend on a_y
        numerical = np.zeros_like(b)
        numerical[y] = -(np.log(a[y] + step) - np.log(a[y] - step)) / (2 * step)
        _, hint = scores_of(da, W, b, x, y)
        hint = hint or hint_for_probability_gradient(da, a, y)
        expect.close(da, numerical, "da", expect.GRADIENT_TOLERANCE, hint)


@pytest.mark.check("q2.dz", weight=3)
def test_dz(cross_entropy_gradients: StudentFunction, rng: Rng) -> None:
    """dz matches numerical derivatives, and is da J"""
    for (W, b, x, y), own, others in at_two_places(cross_entropy_gradients, rng):
        dz = expect.array(own["dz"], b.shape, "dz")
        z, _ = scores_of(own["da"], W, b, x, y)  # da has paid for the bias already
        J = reference("softmax").softmax_jacobian(z)
        if follows(dz, own_product(own["da"], J), own["da"], [other["da"] for other in others]):
            continue
        hint = hint_for_score_gradient(dz, softmax(z), y, floats(own["da"]))
        expect.close(dz, derivatives(lambda z: loss(z, y), z), "dz", expect.GRADIENT_TOLERANCE, hint)  # noqa: B023
        da = reference("softmax").cross_entropy_gradients(W, z - x @ W, x, y)[0]
        expect.close(dz, da @ J, "dz, compared with da J,", expect.GRADIENT_TOLERANCE)


@pytest.mark.check("q2.dz")
def test_stability(cross_entropy_gradients: StudentFunction, rng: Rng) -> None:
    """dz stays the same for scores shifted by +-1,000, and right for scores 1,000 apart"""
    W, b, x, y = draw(rng)
    pair = answers(cross_entropy_gradients, (W, b, x, y), (W, b, x, (y + 1) % b.size))
    own, other = (expect.array(gradients["dz"], b.shape, "dz") for gradients in pair)
    if np.allclose(own, other):  # a constant is stable, and no answer
        raise NotJudged("q2.dz")
    shifts = 1000.0, -1000.0
    for shift, shifted in zip(shifts, answers(cross_entropy_gradients, *((W, b + shift, x, y) for shift in shifts))):
        where = f"dz at scores shifted by {shift:+.0f}"
        dz = expect.array(shifted["dz"], b.shape, where, not_finite=expect.OVERFLOW)
        expect.close(dz, own, where, expect.GRADIENT_TOLERANCE)
        for name in ("dW", "db"):
            if (values := floats(shifted[name])) is not None:
                expect.finite(values, f"{name} at scores shifted by {shift:+.0f}", expect.OVERFLOW)
    if not np.allclose(own, reference("softmax").cross_entropy_gradients(W, b, x, y)[1]):
        return  # what a mistake makes of scores 1,000 apart, nobody knows
    onehot = np.eye(b.size)[y]
    for lead, side in ((1000.0, "above"), (-1000.0, "below")):
        where = f"dz where the right class has a score 1,000 {side} the others"
        apart = b + lead * onehot
        z = x @ W + apart
        try:
            (far,) = answers(cross_entropy_gradients, (W, apart, x, y))
        except NoAnswer as missing:
            if lead < 0 and missing.kind == "ZeroDivisionError":
                continue  # da is -1/0 by its definition, which raises in Python's own floats
            raise
        hint = THROUGH_DA if through_da(far, z) else None
        dz = expect.array(far["dz"], b.shape, where, not_finite=hint or expect.OVERFLOW)
        expected = softmax(z - z.max()) - onehot
        error = np.abs(dz - expected)  # absolute: entries of dz are at most 1, and may all be 0
        if not np.max(error) <= expect.GRADIENT_TOLERANCE:
            tolerance = expect.GRADIENT_TOLERANCE
            raise expect.differs(dz, expected, error, where, "", hint, tolerance=tolerance)


@pytest.mark.check("q2.dW")
def test_dW(cross_entropy_gradients: StudentFunction, rng: Rng) -> None:  # noqa: N802
    """dW matches numerical derivatives"""
    for (W, b, x, y), own, others in at_two_places(cross_entropy_gradients, rng):
        dW = expect.array(own["dW"], W.shape, "dW")
        if not follows(dW, own_product(x[:, np.newaxis], own["dz"]), own["dz"], [other["dz"] for other in others]):
            numerical = derivatives(lambda W: loss(x @ W + b, y), W)  # noqa: B023
            factor, a = x[:, np.newaxis], softmax(x @ W + b)
            hint = hint_for_parameter_gradient("dW", dW, factor, a, y, floats(own["da"]))
            expect.close(dW, numerical, "dW", expect.GRADIENT_TOLERANCE, hint)


@pytest.mark.check("q2.db")
def test_db(cross_entropy_gradients: StudentFunction, rng: Rng) -> None:
    """db matches numerical derivatives"""
    for (W, b, x, y), own, others in at_two_places(cross_entropy_gradients, rng):
        db = expect.array(own["db"], b.shape, "db")
        if not follows(db, own["dz"], own["dz"], [other["dz"] for other in others]):
            numerical = derivatives(lambda b: loss(x @ W + b, y), b)  # noqa: B023
            a = softmax(x @ W + b)
            hint = hint_for_parameter_gradient("db", db, np.ones(1), a, y, floats(own["da"]))
            expect.close(db, numerical, "db", expect.GRADIENT_TOLERANCE, hint)
