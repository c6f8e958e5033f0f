"""Mistakes named from numbers alone: right where they decide, silent where they do not."""

import numpy as np
import pytest

from autograder.hidden.mistakes.distances import (
    fit_distances,
    hint_for_distances,
    hint_for_other_distances,
)
from autograder.hidden.mistakes.example import (
    hint_for_jacobian,
    hint_for_parameter_gradient,
    hint_for_probability_gradient,
    hint_for_score_gradient,
)
from autograder.hidden.mistakes.softmax import (
    EVERY_VARIANT,
    PENALTIES,
    SHRINKS,
    VARIANTS,
    fit_gradient,
    fit_loss,
    log_softmax,
    terms,
)
from autograder.hidden.mistakes.softmax_names import (
    PENALTY_NAMES,
    VARIANT_NAMES,
    hint_for_floor,
    name_gradient,
    name_loss,
)
from autograder.hidden.mistakes.softmax_others import (
    hint_for_other_gradient,
    hint_for_other_loss,
)
from autograder.hidden.test_q2 import draw, softmax
from public_checks.draws import batch, check_rng

CASES = [batch(check_rng(5, str(k))) for k in range(6)]
TERMS = [terms(*case) for case in CASES]


def called(named):
    return named and named.id


def right_loss(at):
    return at.data + at.penalty()


def right_gradient(at):
    return at.pull - at.push + at.shrink()


@pytest.mark.parametrize(
    ("name", "loss"),
    [
        (None, right_loss),
        ("no-mean", lambda at: at.N * at.data + at.penalty()),
        ("no-reg", lambda at: at.data),
        ("half-reg", lambda at: at.data + at.penalty() / 2),
        ("double-reg", lambda at: at.data + 2 * at.penalty()),
        ("reg-over-n", lambda at: at.data + at.penalty() / at.N),
        ("divided-by-classes", lambda at: at.data / at.C + at.penalty()),
        ("log-base", lambda at: at.data / np.log(2) + at.penalty()),
        ("log-base", lambda at: at.data / np.log(10) + at.penalty()),
        ("loss-sign", lambda at: -at.data + at.penalty()),
        ("factor", lambda at: 0.3 * (at.data + at.penalty())),
        ("factor", lambda at: 0.3 * at.data + at.penalty()),
        ("reg-factor", lambda at: at.data + at.penalty() / 4),
        ("reg-sign", lambda at: at.data - at.penalty()),
        ("loss-repeated", lambda at: at.C * at.data + at.penalty()),
        ("reg-repeated", lambda at: at.data + at.N * at.penalty()),
        ("reg-repeated", lambda at: at.data + at.C * at.penalty()),
        ("reg-over-n", lambda at: at.data + at.penalty() / (2 * at.N)),
        *(
            (name, lambda at, kind=kind: at.data + at.penalty(kind))
            for kind, name in PENALTY_NAMES.items()
            if kind in PENALTIES
        ),
    ],
)
def test_a_mistake_in_the_loss_is_named_and_the_loss_predicted(name, loss):
    """At batches of other sizes than it was found at."""
    model = fit_loss(TERMS[:5], [loss(at) for at in TERMS[:5]])
    assert model is not None
    assert called(name_loss(model)) == name
    assert model.right == (name is None)
    np.testing.assert_allclose(model.predict(TERMS[5]), loss(TERMS[5]), rtol=1e-9)


@pytest.mark.parametrize(
    ("name", "gradient"),
    [
        (None, right_gradient),
        ("no-mean", lambda at: at.N * (at.pull - at.push) + at.shrink()),
        ("no-reg", lambda at: at.pull - at.push),
        ("half-reg", lambda at: at.pull - at.push + at.shrink() / 2),
        ("double-reg", lambda at: at.pull - at.push + 2 * at.shrink()),
        ("reg-over-n", lambda at: at.pull - at.push + at.shrink() / at.N),
        ("divided-by-classes", lambda at: (at.pull - at.push) / at.C + at.shrink()),
        ("no-indicator", lambda at: at.pull + at.shrink()),
        ("indicator-repeated", lambda at: at.pull - at.C * at.push + at.shrink()),
        ("indicator-added", lambda at: at.pull + at.push + at.shrink()),
        ("sign", lambda at: at.push - at.pull - at.shrink()),
        ("sign", lambda at: at.push - at.pull + at.shrink()),
        ("own-missing", lambda at: at.pull - at.push - at.own + at.shrink()),
        ("brackets", lambda at: at.pull - at.N * at.push + at.shrink()),
        ("brackets", lambda at: at.N * at.pull - at.push + at.shrink()),
        ("brackets", lambda at: at.pull - at.push / at.N + at.shrink()),
        ("own-sign", lambda at: at.pull + at.push - 2 * at.own + at.shrink()),
        ("right-class-skipped", lambda at: at.pull - at.own + at.shrink()),
        ("only-right-class", lambda at: at.own - at.push + at.shrink()),
        ("no-probabilities", lambda at: -at.push + at.shrink()),
        ("reg-repeated", lambda at: at.pull - at.push + at.N * at.shrink()),
        ("factor", lambda at: 0.3 * (at.pull - at.push + at.shrink())),
        ("factor", lambda at: 0.3 * (at.pull - at.push) + at.shrink()),
        ("reg-factor", lambda at: at.pull - at.push + at.shrink() / 4),
        ("reg-sign", lambda at: at.pull - at.push - at.shrink()),
        *(
            (name, lambda at, kind=kind: at.pull - at.push + at.shrink(kind))
            for kind, name in PENALTY_NAMES.items()
            if kind in SHRINKS
        ),
        ("loss-only", lambda at: at.shrink()),
        ("loss-only", lambda at: 0 * at.shrink()),
    ],
)
def test_a_mistake_in_the_gradient_is_named_and_the_gradient_predicted(name, gradient):
    """At batches of other sizes than it was found at."""
    model = fit_gradient(TERMS[:5], [gradient(at) for at in TERMS[:5]])
    assert model is not None
    assert called(name_gradient(model)) == name
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
    assert name_loss(fit_loss(TERMS, [at.N * at.data + 2 * at.penalty() for at in TERMS])) is None
    assert name_gradient(fit_gradient(TERMS, [at.pull + 2 * at.shrink() for at in TERMS])) is None
    assert name_loss(fit_loss(TERMS, [at.data + at.penalty("mean") * at.C for at in TERMS])) is None


def exp(Z):
    return np.exp(Z - Z.max(axis=1, keepdims=True))


def share(Z):
    return exp(Z) / exp(Z).sum(axis=1, keepdims=True)


def hot(Z, y):
    return np.eye(Z.shape[1])[y]


def right(Z, y):
    return Z[np.arange(len(y)), y]


def others(Z, y):
    return (np.exp(Z) * (1 - hot(Z, y))).sum(axis=1)


def hinges(Z, y):
    return np.maximum(0, Z - right(Z, y)[:, None] + 1) * (1 - hot(Z, y))


def hinge_slopes(Z, y):
    beyond = 1.0 * (hinges(Z, y) > 0)
    return beyond - beyond.sum(axis=1, keepdims=True) * hot(Z, y)


def lse(Z):
    return np.log(np.exp(Z).sum(axis=1))


OTHER_LOSSES = [
    ("no-log", lambda Z, y: -right(share(Z), y)),
    ("log-of-mean", lambda Z, y: -np.log(right(share(Z), y).mean())),
    ("no-log-sum", lambda Z, y: -right(Z, y)),
    ("no-log-sum", lambda Z, y: Z.max(axis=1) - right(Z, y)),
    ("score-sign", lambda Z, y: lse(Z) + right(Z, y)),
    ("score-sign", lambda Z, y: lse(Z) + right(Z, y) - 2 * Z.max(axis=1)),
    ("no-score", lambda Z, _: lse(Z)),
    ("shift-once", lambda Z, y: np.log(exp(Z).sum(axis=1)) - right(Z, y)),
    ("shift-once", lambda Z, y: lse(Z) - right(Z, y) + Z.max(axis=1)),
    ("squared-error", lambda Z, y: 0.5 * ((share(Z) - hot(Z, y)) ** 2).sum(axis=1)),
    ("squared-error", lambda Z, y: ((share(Z) - hot(Z, y)) ** 2).mean(axis=1)),
    ("hinge", lambda Z, y: hinges(Z, y).sum(axis=1)),
    ("all-classes", lambda Z, _: -np.log(share(Z)).sum(axis=1)),
    ("all-classes", lambda Z, _: -np.log(share(Z)).mean(axis=1)),
    ("all-labels", lambda Z, y: -np.log(share(Z))[:, sorted(set(y))].sum(axis=1)),
    ("entropy", lambda Z, _: -(share(Z) * np.log(share(Z))).sum(axis=1)),
    ("binary", lambda Z, y: -np.log(np.where(hot(Z, y), share(Z), 1 - share(Z))).sum(axis=1)),
    ("others-only", lambda Z, y: np.log(others(Z, y)) - right(Z, y)),
    ("no-log", lambda Z, y: 1 - right(share(Z), y)),
    ("sigmoid", lambda Z, y: -np.log(1 / (1 + np.exp(-right(Z, y))))),
    ("worst-example", lambda Z, y: np.max(lse(Z) - right(Z, y))),
    ("worst-example", lambda Z, y: np.median(lse(Z) - right(Z, y))),
    ("perplexity", lambda Z, y: np.exp(np.mean(lse(Z) - right(Z, y)))),
    (None, lambda Z, y: lse(Z) - right(Z, y) ** 2),
]
OTHER_GRADIENTS = [
    ("not-normalized", lambda Z, y: np.exp(Z) - hot(Z, y)),
    ("not-normalized", lambda Z, y: exp(Z) - hot(Z, y)),
    ("log-for-p", lambda Z, y: np.log(share(Z)) - hot(Z, y)),
    ("scores-for-p", lambda Z, y: Z - hot(Z, y)),
    ("scores-for-p", lambda Z, y: Z - Z.max(axis=1, keepdims=True) - hot(Z, y)),
    ("class-left-out", lambda Z, y: (share(Z) - hot(Z, y)) * (np.arange(Z.shape[1]) > 0)),
    ("class-left-out", lambda Z, y: (share(Z) - hot(Z, y)) * (np.arange(Z.shape[1])[::-1] > 0)),
    ("hinge", hinge_slopes),
    ("others-only", lambda Z, y: np.exp(Z) / others(Z, y)[:, None] - hot(Z, y)),
    ("label-subtracted", lambda Z, y: share(Z) - y[:, None]),
    ("da-left-out", lambda Z, y: right(share(Z), y)[:, None] * (hot(Z, y) - share(Z))),
    ("indicator-everywhere", lambda Z, _: share(Z) - 1),
    ("sigmoid", lambda Z, y: 1 / (1 + np.exp(-Z)) - hot(Z, y)),
    (None, lambda Z, y: share(Z) ** 2 - hot(Z, y)),
]


@pytest.mark.parametrize(("name", "formula"), OTHER_LOSSES)
def test_loss_of_another_formula_is_named(name, formula):
    """With the right regularization, half of it, or none."""
    for half in (1.0, 0.5, 0.0):
        losses = [np.mean(formula(X @ W, y)) + half * reg * np.sum(W**2) for W, X, y, reg in CASES]
        assert called(hint_for_other_loss(CASES, losses)) == name
        assert fit_loss(TERMS, losses) is None


@pytest.mark.parametrize(("name", "formula"), OTHER_GRADIENTS)
def test_gradient_of_another_formula_is_named(name, formula):
    """With the right regularization, half of it, or none."""
    for half in (1.0, 0.5, 0.0):
        found = [X.T @ formula(X @ W, y) / len(X) + half * 2 * reg * W for W, X, y, reg in CASES]
        assert called(hint_for_other_gradient(CASES, found)) == name


def test_gradient_of_a_squared_error_is_named():
    """By the chain rule through the softmax."""
    found = []
    for W, X, y, reg in CASES:
        P = share(X @ W)
        error = P - hot(P, y)
        slopes = P * (error - (P * error).sum(axis=1, keepdims=True))
        found.append(2 * X.T @ slopes / len(X) + 2 * reg * W)
    assert called(hint_for_other_gradient(CASES, found)) == "squared-error"


def test_gradient_without_x_is_named():
    """All of its rows are the mean of P - Y."""
    found = []
    for W, X, y, reg in CASES:
        P = share(X @ W)
        found.append((P - hot(P, y)).mean(axis=0) + 2 * reg * W)
    assert called(hint_for_other_gradient(CASES, found)) == "no-x"


@pytest.mark.parametrize("digits", range(1, 6))
def test_rounded_loss_is_named(digits):
    """If it is the right one."""
    losses = [round(right_loss(at), digits) for at in TERMS]
    assert called(hint_for_other_loss(CASES, losses)) == "rounded"
    assert hint_for_other_loss(CASES, np.ones(len(CASES))) is None


def test_the_right_loss_and_gradient_follow_no_other_formula():
    """Nor do random numbers."""
    rng = np.random.default_rng(3)
    noise = [rng.normal(size=at.pull.shape) for at in TERMS]
    assert hint_for_other_loss(CASES, [right_loss(at) for at in TERMS]) is None
    assert hint_for_other_loss(CASES, rng.normal(size=6)) is None
    assert hint_for_other_gradient(CASES, [right_gradient(at) for at in TERMS]) is None
    assert hint_for_other_gradient(CASES, noise) is None


def test_gradient_of_the_right_class_alone_depends_on_the_examples():
    """Though both X'P and X'Y are missing."""
    model = fit_gradient(TERMS, [at.own + at.shrink() for at in TERMS])
    assert not model.idle
    assert name_gradient(model) is None


def test_spared_column_beside_another_mistake_has_no_name():
    """The numbers do not say which one the student should look at first."""
    variant = "first column spared"
    turned = [terms(*case, variant) for case in CASES]
    gradients = [at.pull - at.push - at.own + at.shrink() for at in turned]
    assert name_gradient(fit_gradient(turned, gradients, variant)) is None


def test_a_nan_is_not_explained():
    """It is not a number to explain."""
    assert fit_loss(TERMS, [np.nan] * 6) is None


def test_the_terms_stay_finite_where_scores_are_in_the_thousands():
    """They judge stability."""
    W, X, y, reg = CASES[0]
    at = terms(1000 * W, X, y, reg)
    assert np.isfinite(at.data)
    assert np.all(np.isfinite(at.pull))


@pytest.mark.parametrize("variant", [variant for variant in VARIANTS if variant])
def test_mistakes_in_the_structure_that_are_common_are_recognized(variant):
    """Such as probabilities along the wrong axis, and a regularization that spares the bias; nothing else explains them."""
    turned = [terms(*case, variant) for case in CASES]
    losses, gradients = [right_loss(at) for at in turned], [right_gradient(at) for at in turned]
    loss, gradient = fit_loss(turned[:5], losses[:5], variant), fit_gradient(turned[:5], gradients[:5], variant)
    names = called(name_loss(loss)), called(name_gradient(gradient))
    if EVERY_VARIANT[variant].pairs:
        assert names == ("all-labels", "indicator-everywhere")
    else:
        assert names == (VARIANT_NAMES[variant],) * 2
    assert not loss.right
    np.testing.assert_allclose(gradient.predict(turned[5]), right_gradient(turned[5]), rtol=1e-9, atol=1e-12)
    for other in VARIANTS:
        if other != variant:
            at = [terms(*case, other) for case in CASES]
            others = fit_loss(at, losses, other), fit_gradient(at, gradients, other)
            assert others[0] is None or EVERY_VARIANT[variant].spared is not None
            assert others[1] is None or EVERY_VARIANT[variant].spared is not None


@pytest.mark.parametrize("digits", range(3, 13))
def test_a_number_added_under_the_logarithm_is_recognized_at_probabilities_of_any_size(digits):
    """It is told from the right loss, as long as the loss shows it."""
    losses = [terms(*case, f"1e-{digits} added") for case in CASES]
    exact = fit_loss(TERMS, [right_loss(at) for at in losses])
    floored = fit_loss(losses, [right_loss(at) for at in losses], f"1e-{digits} added")
    assert floored.floored
    assert called(name_loss(floored)) == "floor-in-log"
    assert exact is None or exact.residual > floored.residual or digits > 10


@pytest.mark.parametrize("floor", [1e-6, 1e-8, 1e-12, 1e-15, 1e-300, np.finfo(float).eps, np.finfo(float).tiny])
def test_a_floor_under_the_probabilities_is_recognized_where_they_are_0_or_1(floor):
    """Added, or clipped to; any other loss, and one of examples that are all right, says nothing."""
    y = np.array([0, 1, 2, 0, 1])
    Z = 1000.0 * np.array([[2, 1, 0], [0, 2, 1], [2, 1, 0], [1, 2, 0], [0, 1, 2]])
    P = np.exp(log_softmax(Z))[np.arange(5), y]
    for kept in (P + floor, np.maximum(P, floor)):
        assert hint_for_floor(-np.log(kept).mean(), Z, y).id == "floor-in-log"
    for other in (-1.001 * np.log(P + floor).mean(), -log_softmax(Z)[np.arange(5), y].mean(), np.inf, np.nan, 0.0):
        assert hint_for_floor(other, Z, y) is None
    assert hint_for_floor(0.0, Z, Z.argmax(axis=1)) is None


def points():
    rng = np.random.default_rng(1)
    return [(rng.normal(size=(n, d)), rng.normal(size=(m, d))) for n, m, d in ((5, 4, 3), (6, 7, 8))]


def distances(A, B, a=1.0, b=1.0, ab=-2.0):
    return a * (A**2).sum(1)[:, None] + b * (B**2).sum(1) + ab * A @ B.T


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        (None, distances),
        ("cross-term", lambda A, B: distances(A, B, ab=-1)),
        ("cross-term", lambda A, B: distances(A, B, ab=0)),
        ("cross-term", lambda A, B: distances(A, B, ab=2)),
        ("dot-product", lambda A, B: A @ B.T),
        ("norm-missing", lambda A, B: distances(A, B, b=0)),
        ("norm-missing", lambda A, B: distances(A, B, a=0)),
        ("factor", lambda A, B: distances(A, B) / 2),
        ("sqrt", lambda A, B: np.sqrt(distances(A, B))),
        ("squared-twice", lambda A, B: distances(A, B) ** 2),
        ("mean-over-features", lambda A, B: distances(A, B) / A.shape[1]),
        ("sign", lambda A, B: -distances(A, B)),
        ("norm-sign", lambda A, B: distances(A, B, b=-1)),
        ("norm-sign", lambda A, B: distances(A, B, a=-1)),
        ("stub", lambda A, B: 0 * A @ B.T),
        (None, lambda A, B: np.abs(A[:, None] - B).max(axis=2)),
    ],
)
def test_a_mistake_in_distances_is_named(name, wrong):
    """From two draws of different sizes; where the numbers do not decide, nothing is said."""
    model = fit_distances([(A, B, wrong(A, B)) for A, B in points()])
    hint = hint_for_distances(model)
    assert (hint and hint.id) == name
    assert bool(model and model.right) == (wrong is distances)
    if model is not None and model.proportional:
        A, B = points()[1]
        np.testing.assert_allclose(model.corrected(wrong(A, B), A.shape[1]), distances(A, B))


def clipped(A, B, a, b):
    return np.maximum(a(A)[:, None] + b(B) - 2 * A @ B.T, 0)


def squares(A):
    return (A**2).sum(axis=1)


def nothing(A):
    return np.zeros(len(A))


OTHER_DISTANCES = [
    ("l1", lambda A, B: np.abs(A[:, None] - B).sum(axis=2)),
    ("maximum", lambda A, B: ((A[:, None] - B) ** 2).max(axis=2)),
    ("maximum", lambda A, B: np.abs(A[:, None] - B).max(axis=2)),
    ("normalized", lambda A, B: 2 - 2 * A @ B.T / np.sqrt(np.outer(squares(A), squares(B)))),
    ("rounded", lambda A, B: distances(A, B).round(2)),
    ("square-of-sum", lambda A, B: (A.sum(axis=1)[:, None] - B.sum(axis=1)) ** 2),
    ("norms-rooted", lambda A, B: clipped(A, B, *2 * [lambda A: np.linalg.norm(A, axis=1)])),
    ("norms-not-squared", lambda A, B: clipped(A, B, *2 * [lambda A: A.sum(axis=1)])),
    ("norms-averaged", lambda A, B: clipped(A, B, *2 * [lambda A: (A**2).mean(axis=1)])),
    ("sum-without-axis", lambda A, B: (A**2).sum() + (B**2).sum() - 2 * A @ B.T),
    ("norm-missing", lambda A, B: clipped(A, B, squares, nothing)),
    ("norm-missing", lambda A, B: clipped(A, B, nothing, squares)),
    ("dot-product", lambda A, B: clipped(A, B, nothing, nothing)),
    ("cosine", lambda A, B: 1 - A @ B.T / np.sqrt(np.outer(squares(A), squares(B)))),
    ("cosine", lambda A, B: A @ B.T / np.sqrt(np.outer(squares(A), squares(B)))),
    ("centred-apart", lambda A, B: distances(A - A.mean(0), B - B.mean(0))),
    ("diagonal-emptied", lambda A, B: distances(A, B) * (1 - np.eye(len(A), len(B)))),
    ("clipped-above", lambda A, B: np.minimum(distances(A, B), 1)),
    ("cast-to-int", lambda A, B: distances(A.astype(int), B.astype(int))),
    (None, distances),
    (None, lambda A, B: ((A[:, None] - B) ** 4).sum(axis=2)),
]


@pytest.mark.parametrize(("name", "wrong"), OTHER_DISTANCES)
def test_distances_of_another_formula_are_named(name, wrong):
    """Where the three terms do not explain them."""
    cases = [(A, B, wrong(A, B)) for A, B in points()]
    assert called(hint_for_other_distances(cases)) == name


# The derivatives of one example, whose probabilities are a and whose right class is y


def jacobian(s):
    return np.diag(s) - np.outer(s, s)


JACOBIANS = {
    "right": (None, lambda s: np.diag(s) - np.outer(s, s)),
    "ones": (None, lambda s: np.ones((len(s), len(s)))),
    "plus": ("sign", lambda s: np.diag(s) + np.outer(s, s)),
    "plus beside a right diagonal": ("sign", lambda s: np.diag(s - 2 * s**2) + np.outer(s, s)),
    "minus": ("sign", lambda s: np.outer(s, s) - np.diag(s)),
    "diagonal s": ("diagonal-only", np.diag),
    "diagonal of a sigmoid": ("diagonal-only", lambda s: np.diag(s * (1 - s))),
    "no diagonal": ("no-diagonal", lambda s: -np.outer(s, s)),
    "s on the diagonal": ("no-diagonal", lambda s: np.diag(s + s**2) - np.outer(s, s)),
    "0 on the diagonal": ("no-diagonal", lambda s: np.diag(s**2) - np.outer(s, s)),
    "s @ s.T": ("outer", lambda s: np.diag(s) - s @ s.T),
    "s * s.T": ("outer", lambda s: np.diag(s) - s * s.T),
    "no indicator": ("indicator-everywhere", lambda s: s[:, None] * (1 - s)),
    "exponentials": ("not-normalized", lambda s: 7 * np.diag(s) - 49 * np.outer(s, s)),
    "diagonal twice": ("diagonal-twice", lambda s: np.diag(s * (1 - s)) - np.outer(s, s)),
    "identity": ("identity-for-diagonal", lambda s: np.eye(len(s)) - np.outer(s, s)),
    "1 - s on the diagonal": ("diagonal-factor", lambda s: np.diag(1 - s + s**2) - np.outer(s, s)),
    "of log s": ("log-jacobian", lambda s: np.eye(len(s)) - s),
    "of log s, transposed": ("log-jacobian", lambda s: np.eye(len(s)) - s[:, None]),
    "-s_i^2": ("row-square", lambda s: np.diag(s) - s[:, None] ** 2),
    "upper half": ("half-filled", lambda s: np.triu(np.diag(s) - np.outer(s, s))),
    "lower half": ("half-filled", lambda s: np.tril(np.diag(s) - np.outer(s, s))),
    "softmax twice": ("softmax-twice", lambda s: jacobian(np.exp(s) / np.exp(s).sum())),
    "softmax(-z)": ("exponent-sign", lambda s: jacobian(1 / s / (1 / s).sum())),
    "a tiny diagonal": (None, lambda s: 1e-6 * np.diag(s)),
    "huge numbers": (None, lambda s: 1e90 * np.diag(s) - 1e120 * np.outer(s, s)),
    "halves": (None, lambda s: np.diag(s) / 2 - np.outer(s, s) / 2),
    "s_i s_j": (None, lambda s: np.diag(s) + 3 * np.outer(s, s)),
}
SCORE_GRADIENTS = {
    "right": (None, lambda a, hot: a - hot),
    "squares": (None, lambda a, _: a**2),
    "a": ("no-indicator", lambda a, _: a),
    "plus": ("indicator-added", lambda a, hot: a + hot),
    "minus": ("sign", lambda a, hot: hot - a),
    "mean": ("divided-by-classes", lambda a, hot: (a - hot) / len(a)),
    "row of J": ("da-left-out", lambda a, hot: (a @ hot) * (hot - a)),
    "minus row of J": ("da-left-out", lambda a, hot: (a @ hot) * (a - hot)),
    "da": ("jacobian-left-out", lambda a, hot: -hot / a),
    "da times the diagonal of J": ("diagonal-only", lambda a, hot: -hot / a * a * (1 - a)),
    "minus the one-hot vector": ("no-probabilities", lambda _, hot: -hot),
    "a constant factor": ("factor", lambda a, hot: 0.3 * (a - hot)),
    "-1 at the right class": ("own-missing", lambda a, hot: a * (1 - hot) - hot),
    "1 - a at the right class": ("own-sign", lambda a, hot: a * (1 - hot) + hot * (1 - a)),
    "1 from every class": ("indicator-everywhere", lambda a, _: a - 1),
    "the class before": ("labels-from-1", lambda a, hot: a - np.roll(hot, -1)),
}
PROBABILITY_GRADIENTS = {
    "right": (None, lambda a, hot: -hot / a),
    "a": (None, lambda a, _: a),
    "plus": ("sign", lambda a, hot: hot / a),
    "every class": ("da-everywhere", lambda a, _: -1 / a),
    "every class that of y": ("da-everywhere", lambda a, hot: 0 * a - 1 / (a @ hot)),
    "dz": ("da-is-dz", lambda a, hot: a - hot),
    "changed a": ("alias", lambda a, hot: -hot / (a - 1)),
    "the loss": ("loss-itself", lambda a, hot: -hot * np.log(a)),
    "square": ("da-at-right-class", lambda a, hot: -hot / a**2),
    "a at the right class": ("da-at-right-class", lambda a, hot: hot * a),
    "-1": ("da-minus-one", lambda _, hot: -hot),
    "the class before": ("labels-from-1", lambda a, hot: -np.roll(hot, -1) / a),
}
PARAMETER_GRADIENTS = {
    "right": (None, lambda x, a, hot: x * (a - hot)),
    "a": ("no-indicator", lambda x, a, _: x * a),
    "minus": ("sign", lambda x, a, hot: x * (hot - a)),
    "da": ("from-da", lambda x, a, hot: x * -hot / a),
    "a constant factor": (None, lambda x, a, hot: 0.3 * x * (a - hot)),
    "the one-hot vector": (None, lambda x, _, hot: x * hot),
}
WEIGHT_GRADIENTS = {
    **PARAMETER_GRADIENTS,
    "mean": ("divided-by-features", lambda x, a, hot: x * (a - hot) / len(x)),
    "no x": ("no-x", lambda x, a, hot: np.ones_like(x) * (a - hot)),
    "squares of x": (None, lambda x, a, hot: x**2 * (a - hot)),
}


def examples():
    """Probabilities, right class and x of some examples, drawn as the checks draw them."""
    for seed in range(40):
        W, b, x, y = draw(check_rng(seed, "example"))
        yield softmax(x @ W + b), y, np.eye(len(b))[y], x[:, None]


@pytest.mark.parametrize("name", JACOBIANS)
def test_mistake_in_jacobian_is_named(name):
    """By coefficients on diag(s), s s^T and diag(s)^2, or by another product of s with itself."""
    expected, J = JACOBIANS[name]
    for s, *_ in examples():
        hint = hint_for_jacobian(J(s), s)
        assert (hint and hint.id) == expected


@pytest.mark.parametrize(
    ("name", "taken_for_softmax"),
    [
        ("sigmoid", lambda z: 1 / (1 + np.exp(-z))),
        ("divided-by-maximum", lambda z: softmax(z / z.max())),
    ],
)
def test_jacobian_of_another_function_is_named(name, taken_for_softmax):
    """Which takes the scores to tell."""
    z = np.array([0.3, -1.2, 2.0, 0.5])
    assert called(hint_for_jacobian(jacobian(taken_for_softmax(z)), softmax(z), z)) == name
    assert hint_for_jacobian(jacobian(softmax(z)), softmax(z), z) is None


def test_number_of_the_class_subtracted_is_named():
    """Where it is 0, nothing is subtracted; where it is 1, that is 1 everywhere."""
    for a, y, *_ in examples():
        name = {0: "no-indicator", 1: "indicator-everywhere"}.get(y, "label-subtracted")
        assert called(hint_for_score_gradient(a - y, a, y)) == name


@pytest.mark.parametrize("name", SCORE_GRADIENTS)
def test_mistake_in_score_gradient_is_named(name):
    """By its coefficients on a and the one-hot vector."""
    expected, dz = SCORE_GRADIENTS[name]
    for a, y, hot, _ in examples():
        hint = hint_for_score_gradient(dz(a, hot), a, y, -hot / a)
        assert (hint and hint.id) == expected


def test_gradients_that_are_swapped_leave_no_jacobian_out():
    """Where da is what dz should be, and dz what da should be, neither is made of the other."""
    for a, y, hot, _ in examples():
        assert hint_for_score_gradient(-hot / a, a, y, a - hot) is None


@pytest.mark.parametrize("name", PROBABILITY_GRADIENTS)
def test_mistake_in_probability_gradient_is_named(name):
    """By comparison with what students write."""
    expected, da = PROBABILITY_GRADIENTS[name]
    for a, y, hot, _ in examples():
        hint = hint_for_probability_gradient(da(a, hot), a, y)
        assert (hint and hint.id) == expected


@pytest.mark.parametrize("name", WEIGHT_GRADIENTS)
def test_mistake_in_weight_gradient_is_named(name):
    """By what stands in the place of dz, or of x."""
    expected, dW = WEIGHT_GRADIENTS[name]
    for a, y, hot, x in examples():
        hint = hint_for_parameter_gradient("dW", dW(x, a, hot), x, a, y, -hot / a)
        assert (hint and hint.id) == expected


@pytest.mark.parametrize("name", PARAMETER_GRADIENTS)
def test_mistake_in_bias_gradient_is_named(name):
    """As in dW, with 1 for x."""
    expected, db = PARAMETER_GRADIENTS[name]
    for a, y, hot, _ in examples():
        one = np.ones(1)
        hint = hint_for_parameter_gradient("db", db(one, a, hot), one, a, y, -hot / a)
        assert (hint and hint.id) == expected


def test_bias_gradient_of_ones_is_named():
    """It is dz / db, without what the chain rule adds."""
    for a, y, *_ in examples():
        hint = hint_for_parameter_gradient("db", np.ones_like(a), np.ones(1), a, y)
        assert called(hint) == "db-ones"
        mean = (a - np.eye(len(a))[y]) / len(a)
        hint = hint_for_parameter_gradient("db", mean, np.ones(1), a, y)
        assert called(hint) == "divided-by-classes"


def test_gradient_made_of_an_odd_da_has_no_name():
    """It may be infinite, of another shape, or dz itself, where the two were swapped."""
    for a, y, hot, x in examples():
        dz = a - hot
        for da in (None, np.full_like(a, -np.inf), a[1:], x, np.full_like(a, np.nan)):
            assert hint_for_parameter_gradient("dW", x * hot, x, a, y, da) is None
        assert hint_for_parameter_gradient("dW", x * dz, x, a, y, dz) is None
