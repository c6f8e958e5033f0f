"""Losses and gradients that are not made of the right formula's terms, but of another formula."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograder.hidden.mistakes.fit import SNAP, Array, solve
from autograder.hidden.mistakes.softmax import log_softmax
from public_checks.expect import Hint

Batch = tuple[Array, Array, Array, float]  # W, X, y, reg
DECIMALS = range(1, 6)  # to which a loss may be rounded


def _softmax(Z: Array) -> Array:
    P: Array = np.exp(log_softmax(Z))
    return P


def _picked(values: Array, y: Array) -> Array:
    """The entry of the right class in each row."""
    picked: Array = values[np.arange(len(y)), y]
    return picked


def _onehot(Z: Array, y: Array) -> Array:
    Y: Array = np.eye(Z.shape[1])[y]
    return Y


def _shifted(Z: Array) -> Array:
    shifted: Array = Z - Z.max(axis=1, keepdims=True)
    return shifted


def _log_sums(Z: Array) -> Array:
    sums: Array = np.log(np.exp(Z).sum(axis=1))
    return sums


def _margins(Z: Array, y: Array) -> Array:
    """Hinges of a support vector machine, 0 at the right class."""
    margins = np.maximum(0.0, Z - _picked(Z, y)[:, np.newaxis] + 1.0)
    hinges: Array = margins * (1 - _onehot(Z, y))
    return hinges


def _hinge_slopes(Z: Array, y: Array) -> Array:
    beyond = (_margins(Z, y) > 0).astype(float)
    slopes: Array = beyond - beyond.sum(axis=1, keepdims=True) * _onehot(Z, y)
    return slopes


def _without_right_class(Z: Array, y: Array) -> Array:
    """Sums of the exponentials of the other classes."""
    sums: Array = np.sum(np.exp(Z) * (1 - _onehot(Z, y)), axis=1)
    return sums


def _slopes_of_others(Z: Array, y: Array) -> Array:
    slopes: Array = np.exp(Z) / _without_right_class(Z, y)[:, np.newaxis] - _onehot(Z, y)
    return slopes


def _errors(Z: Array, y: Array) -> Array:
    errors: Array = _softmax(Z) - _onehot(Z, y)
    return errors


def _square_error_slopes(Z: Array, y: Array) -> Array:
    P, error = _softmax(Z), _errors(Z, y)
    slopes: Array = P * (error - np.sum(P * error, axis=1, keepdims=True))
    return slopes


SHIFT_ONCE = Hint(
    "shift-once",
    "The maximum is subtracted in only one of the two terms log(sum_j exp(s_j)) and s_y: does it cancel?",
)
SQUARED_ERROR = Hint(
    "squared-error",
    "These are squares of p - 1{y = c}: does the question ask for squared errors?",
)
HINGE = Hint(
    "hinge",
    "This is the hinge of a support vector machine: what is the loss of a softmax classifier?",
)
OTHERS_ONLY = Hint(
    "others-only",
    "The denominator leaves the right class out: which classes does the sum run over?",
)
NO_LOG = Hint(
    "no-log",
    "The loss is the mean probability of the right class: where is the logarithm?",
)
LOG_OF_MEAN = Hint(
    "log-of-mean",
    "This is minus the logarithm of the mean probability: which comes first, log or mean?",
)
NO_LOG_SUM = Hint(
    "no-log-sum",
    "The loss holds only the right class's score: where is log(sum_j exp(s_j))?",
)
SCORE_SIGN = Hint(
    "score-sign",
    "The right class's score is added to log(sum_j exp(s_j)): what should its sign be?",
)
NO_SCORE = Hint(
    "no-score",
    "The loss is the mean of log(sum_j exp(s_j)): where is the right class's score?",
)
ALL_CLASSES = Hint(
    "all-classes",
    "Your loss has -log p of every class: which one does an example contribute?",
)
ALL_LABELS = Hint(
    "all-labels",
    "Each example is judged by the labels of all: how do you take one entry out of each row?",
)
ENTROPY = Hint(
    "entropy",
    "Each -log p is multiplied by its own p: what should take the place of that p?",
)
BINARY = Hint(
    "binary",
    "Your loss also has -log(1 - p) of the other classes: does the question ask for that?",
)
SIGMOID = Hint(
    "sigmoid",
    "This is the sigmoid of each score, not the softmax: what is each exponential divided by?",
)
WORST = Hint(
    "worst-example",
    "The loss is that of one example, the largest or the middle one: where is the mean?",
)
PERPLEXITY = Hint(
    "perplexity",
    "The loss is the exponential of the right one: does the question ask for that?",
)
NEAR_LOSSES = frozenset({"shift-once", "others-only", "log-of-mean", "score-sign"})
"""Near enough to the right loss for loops, time and stability to be judged: each needs all exponentials."""

Loss = Callable[[Array, Array], Any]  # of the scores and y, for each example or in all
LOSSES: tuple[tuple[Hint, Loss], ...] = (
    (NO_LOG, lambda Z, y: _picked(_softmax(Z), y)),
    (NO_LOG, lambda Z, y: 1 - _picked(_softmax(Z), y)),
    (LOG_OF_MEAN, lambda Z, y: -np.log(_picked(_softmax(Z), y).mean())),
    (NO_LOG_SUM, lambda Z, y: -_picked(Z, y)),
    (NO_LOG_SUM, lambda Z, y: -_picked(_shifted(Z), y)),
    (SCORE_SIGN, lambda Z, y: _log_sums(Z) + _picked(Z, y)),
    (SCORE_SIGN, lambda Z, y: _log_sums(_shifted(Z)) + _picked(_shifted(Z), y)),
    (NO_SCORE, lambda Z, _y: _log_sums(Z)),
    (SHIFT_ONCE, lambda Z, y: _log_sums(_shifted(Z)) - _picked(Z, y)),
    (SHIFT_ONCE, lambda Z, y: _log_sums(Z) - _picked(_shifted(Z), y)),
    (SQUARED_ERROR, lambda Z, y: np.sum((_softmax(Z) - _onehot(Z, y)) ** 2, axis=1)),
    (SQUARED_ERROR, lambda Z, y: np.mean((_softmax(Z) - _onehot(Z, y)) ** 2, axis=1)),
    (HINGE, lambda Z, y: _margins(Z, y).sum(axis=1)),
    (ALL_CLASSES, lambda Z, _y: -log_softmax(Z).sum(axis=1)),
    (ALL_CLASSES, lambda Z, _y: -log_softmax(Z).mean(axis=1)),
    (ALL_LABELS, lambda Z, y: -log_softmax(Z)[:, np.unique(y)].sum(axis=1)),
    (ENTROPY, lambda Z, _y: -np.sum(_softmax(Z) * log_softmax(Z), axis=1)),
    (BINARY, lambda Z, y: -np.log(np.abs(1 - _onehot(Z, y) - _softmax(Z))).sum(axis=1)),
    (OTHERS_ONLY, lambda Z, y: np.log(_without_right_class(Z, y)) - _picked(Z, y)),
    (SIGMOID, lambda Z, y: np.log1p(np.exp(-_picked(Z, y)))),
    (WORST, lambda Z, y: np.max(-_picked(log_softmax(Z), y))),
    (WORST, lambda Z, y: np.median(-_picked(log_softmax(Z), y))),
    (PERPLEXITY, lambda Z, y: np.exp(-_picked(log_softmax(Z), y).mean())),
)  # of the examples, but for a factor

Slopes = Callable[[Array, Array], Array]  # of the scores and y: what X' is multiplied by
NOT_NORMALIZED = Hint(
    "not-normalized",
    "dW is made of exponentials that do not sum to 1: what should each be divided by?",
)
CLASS_LEFT_OUT = Hint(
    "class-left-out",
    "One column of dW gets nothing from the examples: where does the loop over classes begin and end?",
)
LOG_FOR_P = Hint(
    "log-for-p",
    "dW has log p where it should have p: what is the derivative of log(sum_j exp(s_j))?",
)
SCORES_FOR_P = Hint(
    "scores-for-p",
    "dW has scores where it should have probabilities: where is the softmax?",
)
LABEL_SUBTRACTED = Hint(
    "label-subtracted",
    "The label itself is subtracted from every p: where should the 1 be subtracted?",
)
OF_PROBABILITY = Hint(
    "da-left-out",
    "dW is the gradient of p_y, not of -log p_y: what does the chain rule multiply it by?",
)
ONE_EVERYWHERE = Hint(
    "indicator-everywhere",
    "1 is subtracted from the p of every class: from which one entry of each row should it be?",
)
NO_X = Hint(
    "no-x",
    "All rows of dW are alike but for the regularization: where does x come in?",
)
GRADIENTS: tuple[tuple[Hint, Slopes], ...] = (
    (NOT_NORMALIZED, lambda Z, y: np.exp(Z) - _onehot(Z, y)),
    (NOT_NORMALIZED, lambda Z, y: np.exp(_shifted(Z)) - _onehot(Z, y)),
    (LOG_FOR_P, lambda Z, y: log_softmax(Z) - _onehot(Z, y)),
    (SCORES_FOR_P, lambda Z, y: Z - _onehot(Z, y)),
    (SCORES_FOR_P, lambda Z, y: _shifted(Z) - _onehot(Z, y)),
    (CLASS_LEFT_OUT, lambda Z, y: _errors(Z, y) * (np.arange(Z.shape[1]) > 0)),
    (CLASS_LEFT_OUT, lambda Z, y: _errors(Z, y) * (np.arange(Z.shape[1]) < Z.shape[1] - 1)),
    (HINGE, _hinge_slopes),
    (SQUARED_ERROR, _square_error_slopes),
    (OTHERS_ONLY, _slopes_of_others),
    (OF_PROBABILITY, lambda Z, y: _picked(_softmax(Z), y)[:, np.newaxis] * _errors(Z, y)),
    (ONE_EVERYWHERE, lambda Z, _y: _softmax(Z) - 1),
    (SIGMOID, lambda Z, y: 1 / (1 + np.exp(-Z)) - _onehot(Z, y)),
    (LABEL_SUBTRACTED, lambda Z, y: _softmax(Z) - y[:, np.newaxis]),
)  # but for a factor


def hint_for_other_loss(batches: Sequence[Batch], losses: Sequence[float]) -> Hint | None:
    """Ask about a loss of another formula, or one that is rounded."""
    target = np.array(losses)
    penalties = [reg * np.sum(W**2) for W, _, _, reg in batches]
    for hint, formula in LOSSES:
        data = [float(np.mean(formula(X @ W, y))) for W, X, y, _ in batches]
        found = solve(np.column_stack([data, penalties]), target)
        if found is not None and abs(found[0]) > SNAP:
            return hint
    right = [np.mean(-_picked(log_softmax(X @ W), y)) for W, X, y, _ in batches]
    for digits in DECIMALS:
        if np.allclose(target, np.round(np.add(right, penalties), digits), rtol=0, atol=1e-9):
            return Hint("rounded", f"Your loss has only {digits} decimals: did you round it?")
    return None


def hint_for_other_gradient(batches: Sequence[Batch], gradients: Sequence[Array]) -> Hint | None:
    """Ask about a gradient of another formula."""
    target = np.concatenate([gradient.ravel() for gradient in gradients])
    shrink = np.concatenate([(2 * reg * W).ravel() for W, _, _, reg in batches])
    for hint, formula in GRADIENTS:
        parts = [X.T @ formula(X @ W, y) / len(X) for W, X, y, _ in batches]
        if _explained(parts, shrink, target):
            return hint
    errors = [_errors(X @ W, y).mean(axis=0) for W, X, y, _ in batches]
    alike = [np.broadcast_to(error, W.shape) for error, (W, *_) in zip(errors, batches)]
    return NO_X if _explained(alike, shrink, target) else None


def _explained(parts: Sequence[Array], shrink: Array, target: Array) -> bool:
    """Whether a gradient is made of some parts, a batch each, and of the regularization."""
    data = np.concatenate([part.ravel() for part in parts])
    found = solve(np.column_stack([data, shrink]), target)
    return found is not None and abs(found[0]) > SNAP
