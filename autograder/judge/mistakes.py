"""Which mistake explains these numbers: least squares of an answer on the terms of the right formula.

A right answer has all coefficients 1. A mistake in a factor, a sign or a missing term changes coefficients and leaves no
residual, so that the answer can be predicted, mistake and all; a mistake in the structure leaves a residual, and then nothing
is said.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from expect import Hint

RESIDUAL = 1e-6  # relative: a mistake that is explained leaves 1e-12, one that is not 1e-2
SNAP = 1e-5  # relative: how near a coefficient must be to a number to be called it

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Factor:
    """A coefficient that may depend on the sizes of the data: constant * N**examples * C**classes."""

    constant: float
    examples: int = 0
    classes: int = 0

    def at(self, N: int, C: int) -> float:
        """Its value for N examples and C classes."""
        return self.constant * float(N) ** self.examples * float(C) ** self.classes

    def is_(self, constant: float, examples: int = 0, classes: int = 0) -> bool:
        """Whether it is this one, up to rounding; a vanishing factor depends on nothing."""
        if constant == 0.0:
            return abs(self.constant) < SNAP
        return abs(self.constant - constant) < SNAP * abs(constant) and (self.examples, self.classes) == (examples, classes)


ONE = Factor(1.0)
POWERS = ((0, 0), (1, 0), (0, -1), (1, -1), (0, 1), (-1, 0))  # of N and C in a wrong mean, likeliest first


@dataclass(frozen=True)
class Terms:
    """The terms of loss and gradient at one batch, from which right and wrong answers are made.

    loss = data + penalty; dW = pull - push + shrink.
    """

    N: int
    C: int
    data: float  # mean_i(-log P[i, y_i])
    penalty: float  # reg * sum(W**2)
    pull: Array  # X'P / N
    push: Array  # X'Y / N
    shrink: Array  # 2 reg W
    right_probability: float  # mean_i P[i, y_i]


def terms(W: Array, X: Array, y: Array, reg: float) -> Terms:
    """Compute all terms, with scores of any size."""
    N, C = len(X), W.shape[1]
    Z = X @ W
    Z = Z - Z.max(axis=1, keepdims=True)
    log_P = Z - np.log(np.exp(Z).sum(axis=1, keepdims=True))
    P = np.exp(log_P)
    picked = np.arange(N), y
    return Terms(
        N, C, float(-log_P[picked].mean()), float(reg * np.sum(W**2)), X.T @ P / N, X.T @ np.eye(C)[y] / N, 2 * reg * W,
        float(P[picked].mean()),
    )  # fmt: skip


@dataclass(frozen=True)
class LossModel:
    """loss = data * mean(-log P) + penalty * reg * sum(W**2)."""

    data: Factor
    penalty: Factor

    def predict(self, at: Terms) -> float:
        """Compute the loss that an answer with this mistake gives."""
        return self.data.at(at.N, at.C) * at.data + self.penalty.at(at.N, at.C) * at.penalty

    @property
    def right(self) -> bool:
        """Whether there is no mistake."""
        return self.data.is_(1) and self.penalty.is_(1)


@dataclass(frozen=True)
class GradientModel:
    """dW = pull * X'P / N - push * X'Y / N + shrink * 2 reg W."""

    pull: Factor
    push: Factor
    shrink: Factor

    def predict(self, at: Terms) -> Array:
        """Compute the gradient that an answer with this mistake gives."""
        N, C = at.N, at.C
        return self.pull.at(N, C) * at.pull - self.push.at(N, C) * at.push + self.shrink.at(N, C) * at.shrink

    @property
    def right(self) -> bool:
        """Whether there is no mistake."""
        return self.pull.is_(1) and self.push.is_(1) and self.shrink.is_(1)


def fit_loss(cases: Sequence[Terms], losses: Sequence[float]) -> LossModel | None:
    """Explain losses at batches of different sizes; None where no model does."""
    target = np.array(losses, float)
    for data_power, penalty_power in itertools.product(POWERS, POWERS):
        data, penalty = Factor(1.0, *data_power), Factor(1.0, *penalty_power)
        columns = np.array([(data.at(c.N, c.C) * c.data, penalty.at(c.N, c.C) * c.penalty) for c in cases])
        coefficients = solve(columns, target)
        if coefficients is not None:
            return LossModel(Factor(coefficients[0], *data_power), Factor(coefficients[1], *penalty_power))
    return None


def fit_gradient(cases: Sequence[Terms], gradients: Sequence[Array]) -> GradientModel | None:
    """Explain gradients at batches of different sizes; None where no model does."""
    target = np.concatenate([np.ravel(gradient) for gradient in gradients])
    for data_power, penalty_power in itertools.product(POWERS, POWERS):
        data, penalty = Factor(1.0, *data_power), Factor(1.0, *penalty_power)
        columns = np.concatenate(
            [
                np.stack([data.at(c.N, c.C) * c.pull, -data.at(c.N, c.C) * c.push, penalty.at(c.N, c.C) * c.shrink], axis=-1)
                for c in (_flat(case) for case in cases)
            ]
        )
        coefficients = solve(columns, target)
        if coefficients is not None:
            pull, push, shrink = coefficients
            return GradientModel(Factor(pull, *data_power), Factor(push, *data_power), Factor(shrink, *penalty_power))
    return None


def _flat(case: Terms) -> Terms:
    return replace(case, pull=case.pull.ravel(), push=case.push.ravel(), shrink=case.shrink.ravel())


def fit_distances(P: Array, A: Array, B: Array) -> Array | None:
    """Explain distances as coefficients of |a|^2, |b|^2 and a.b, which are (1, 1, -2) when right; None where none do."""
    columns = np.stack(
        np.broadcast_arrays(np.sum(A**2, axis=1)[:, np.newaxis], np.sum(B**2, axis=1), A @ B.T), axis=-1
    ).reshape(-1, 3)
    return solve(columns, np.ravel(P))


def solve(columns: Array, target: Array) -> Array | None:
    """Least squares, where the residual is nothing but rounding."""
    if not np.all(np.isfinite(target)):
        return None
    scale = np.linalg.norm(target)
    if scale == 0:
        return np.zeros(columns.shape[1])
    coefficients: Array = np.linalg.lstsq(columns, target, rcond=None)[0]
    return coefficients if np.linalg.norm(columns @ coefficients - target) <= RESIDUAL * scale else None


LOSS_QUESTIONS = {
    "no-mean": "It grows with the number of examples: is the mean over them missing?",
    "no-reg": "It does not depend on reg: where does reg * sum(W**2) come in?",
    "half-reg": "The regularization is half of what it should be: is there a factor 0.5 that the question does not have?",
    "double-reg": "The regularization is twice what it should be: where does the 2 come from?",
    "reg-over-n": "The regularization shrinks with the number of examples: should the mean reach it?",
    "divided-by-classes": "It is divided by the number of classes: which axis is the mean over?",
    "log-base": "It is the right one times a constant: which base has your logarithm?",
    "no-log": "It is the mean probability of the right class: where is the logarithm?",
    "loss-sign": "It is the right one with the other sign: which sign does -log p have?",
}
GRADIENT_QUESTIONS = {
    **LOSS_QUESTIONS,
    "loss-only": "dW holds nothing from the examples: is the gradient of the data term still to do?",
    "no-indicator": "dW has the part of all classes, but does the right class not get a -1 of its own?",
    "indicator-added": "At the right class dW has +1 where p - 1 is due: which sign has it?",
    "sign": "dW is the right one with the other sign: does it point uphill?",
}


def name_loss(model: LossModel | None) -> str | None:
    """Name the mistake in a loss."""
    if model is None or model.right:
        return None
    if model.data.is_(1):
        return _name_penalty(model.penalty)
    if not (model.penalty.is_(1) or model.penalty == model.data):
        return None  # two mistakes at once: the numbers do not say which one the student should look at
    for name, factor in (
        ("no-mean", (1.0, 1, 0)), ("divided-by-classes", (1.0, 0, -1)), ("divided-by-classes", (1.0, 1, -1)),
        ("loss-sign", (-1.0,)),
        ("log-base", (1 / np.log(2),)), ("log-base", (1 / np.log(10),)),
    ):  # fmt: skip
        if model.data.is_(*factor):
            return name
    return None


def name_gradient(model: GradientModel | None) -> str | None:
    """Name the mistake in a gradient."""
    if model is None or model.right:
        return None
    pull, push, shrink = model.pull, model.push, model.shrink
    if pull.is_(0) and push.is_(0):
        return "loss-only"
    if pull.is_(1) and push.is_(1):
        return _name_penalty(shrink)
    if pull.is_(-1) and push.is_(-1) and (shrink.is_(1) or shrink.is_(-1)):
        return "sign"
    if not (shrink.is_(1) or shrink == pull):
        return None
    for name, pull_factor, push_factor in (
        ("no-indicator", (1.0,), (0.0,)), ("indicator-added", (1.0,), (-1.0,)),
        ("no-mean", (1.0, 1, 0), (1.0, 1, 0)), ("divided-by-classes", (1.0, 0, -1), (1.0, 0, -1)),
        ("divided-by-classes", (1.0, 1, -1), (1.0, 1, -1)),
    ):  # fmt: skip
        if pull.is_(*pull_factor) and push.is_(*push_factor):
            return name
    return None


def _name_penalty(factor: Factor) -> str | None:
    for name, named in (("no-reg", (0.0,)), ("half-reg", (0.5,)), ("double-reg", (2.0,)), ("reg-over-n", (1.0, -1, 0))):
        if factor.is_(*named):
            return name
    return None


def hint_for_loss(loss: str | None, gradient: str | None) -> Hint | None:
    """Ask about a mistake in the loss, which may be the gradient's too."""
    if loss is None:
        return None
    suffix = "" if loss == gradient or loss in ("log-base", "no-log", "divided-by-classes", "loss-sign") else "-loss"
    return Hint(loss + suffix, "The loss: " + LOSS_QUESTIONS[loss])


def hint_for_gradient(gradient: str | None, loss: str | None) -> Hint | None:
    """Ask about a mistake in the gradient, which may be the loss's too."""
    if gradient is None:
        return None
    suffix = (
        "-gradient" if gradient in ("no-mean", "no-reg", "half-reg", "double-reg", "reg-over-n") and gradient != loss else ""
    )
    return Hint(gradient + suffix, "The gradient: " + GRADIENT_QUESTIONS[gradient])
