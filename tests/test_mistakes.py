"""Mistakes named from numbers alone: right where they decide, silent where they do not."""

import numpy as np
import pytest

from autograder.homework import make_checks_importable

make_checks_importable()

from draws import batch, check_rng  # noqa: E402

from autograder.judge.mistakes import fit_distances, fit_gradient, fit_loss, name_gradient, name_loss, terms  # noqa: E402

CASES = [batch(check_rng(5, str(k))) for k in range(6)]
TERMS = [terms(*case) for case in CASES]


def right_loss(at):
    return at.data + at.penalty


def right_gradient(at):
    return at.pull - at.push + at.shrink


@pytest.mark.parametrize(
    ("name", "loss"),
    [
        (None, right_loss),
        ("no-mean", lambda at: at.N * at.data + at.penalty),
        ("no-reg", lambda at: at.data),
        ("half-reg", lambda at: at.data + at.penalty / 2),
        ("double-reg", lambda at: at.data + 2 * at.penalty),
        ("reg-over-n", lambda at: at.data + at.penalty / at.N),
        ("divided-by-classes", lambda at: at.data / at.C + at.penalty),
        ("log-base", lambda at: at.data / np.log(2) + at.penalty),
        ("log-base", lambda at: at.data / np.log(10) + at.penalty),
        ("loss-sign", lambda at: -at.data + at.penalty),
    ],
)
def test_a_mistake_in_the_loss_is_named_and_the_loss_predicted(name, loss):
    """At batches of other sizes than it was found at."""
    model = fit_loss(TERMS[:5], [loss(at) for at in TERMS[:5]])
    assert model is not None
    assert name_loss(model) == name
    assert model.right == (name is None)
    np.testing.assert_allclose(model.predict(TERMS[5]), loss(TERMS[5]), rtol=1e-9)


@pytest.mark.parametrize(
    ("name", "gradient"),
    [
        (None, right_gradient),
        ("no-mean", lambda at: at.N * (at.pull - at.push) + at.shrink),
        ("no-reg", lambda at: at.pull - at.push),
        ("half-reg", lambda at: at.pull - at.push + at.shrink / 2),
        ("double-reg", lambda at: at.pull - at.push + 2 * at.shrink),
        ("reg-over-n", lambda at: at.pull - at.push + at.shrink / at.N),
        ("divided-by-classes", lambda at: (at.pull - at.push) / at.C + at.shrink),
        ("no-indicator", lambda at: at.pull + at.shrink),
        ("indicator-added", lambda at: at.pull + at.push + at.shrink),
        ("sign", lambda at: at.push - at.pull - at.shrink),
        ("loss-only", lambda at: at.shrink),
        ("loss-only", lambda at: 0 * at.shrink),
    ],
)
def test_a_mistake_in_the_gradient_is_named_and_the_gradient_predicted(name, gradient):
    """At batches of other sizes than it was found at."""
    model = fit_gradient(TERMS[:5], [gradient(at) for at in TERMS[:5]])
    assert model is not None
    assert name_gradient(model) == name
    assert model.right == (name is None)
    np.testing.assert_allclose(model.predict(TERMS[5]), gradient(TERMS[5]), rtol=1e-9, atol=1e-12)


def test_a_mistake_in_the_structure_is_not_explained():
    """No name, no prediction."""
    rng = np.random.default_rng(0)
    assert fit_loss(TERMS, [right_loss(at) + 0.01 * rng.normal() for at in TERMS]) is None
    assert fit_gradient(TERMS, [right_gradient(at) + 0.01 * rng.normal(size=at.pull.shape) for at in TERMS]) is None
    assert name_loss(None) is None
    assert name_gradient(None) is None


def test_two_mistakes_at_once_have_no_name():
    """The numbers do not say which one the student should look at first."""
    assert name_loss(fit_loss(TERMS, [at.N * at.data + 2 * at.penalty for at in TERMS])) is None
    assert name_gradient(fit_gradient(TERMS, [at.pull + 2 * at.shrink for at in TERMS])) is None


def test_a_nan_is_not_explained():
    """It is not a number to explain."""
    assert fit_loss(TERMS, [np.nan] * 6) is None


def test_the_terms_stay_finite_where_scores_are_in_the_thousands():
    """They judge stability."""
    W, X, y, reg = CASES[0]
    at = terms(1000 * W, X, y, reg)
    assert np.isfinite(at.data)
    assert np.all(np.isfinite(at.pull))


@pytest.mark.parametrize("coefficients", [(1, 1, -2), (1, 1, -1), (1, 1, 2), (0, 0, 1), (3, 3, -6)])
def test_distances_are_explained_by_their_three_terms(coefficients):
    """|a|^2, |b|^2 and a.b."""
    rng = np.random.default_rng(1)
    A, B = rng.normal(size=(5, 3)), rng.normal(size=(4, 3))
    a, b, ab = coefficients
    P = a * (A**2).sum(1)[:, None] + b * (B**2).sum(1) + ab * A @ B.T
    np.testing.assert_allclose(fit_distances(P, A, B), coefficients, atol=1e-9)
    assert fit_distances(np.sqrt(np.abs(P) + 1), A, B) is None
