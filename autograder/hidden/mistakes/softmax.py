"""Mistakes in a softmax loss and its gradient: which factors, and which variant of the formula, explain the numbers."""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from autograder.hidden.mistakes.fit import SNAP, Array, solve


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


POWERS = ((0, 0), (1, 0), (0, -1), (1, -1), (0, 1), (-1, 0))  # of N and C in a wrong mean, likeliest first
UNEQUAL = (
    ((0, 0), (0, 1), (0, 0)),  # -1 at the right class inside the loop over classes: C times
    ((1, 0), (0, 0), (0, 0)),  # P - Y / N
    ((0, 0), (-1, 0), (0, 0)),  # the same, divided by N once more
)  # of pull, push and shrink
GRADIENT_POWERS = (*((data, data, penalty) for data, penalty in itertools.product(POWERS, POWERS)), *UNEQUAL)


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


def log_softmax(Z: Array, axis: int = 1) -> Array:
    """Logarithms of the softmax of scores of any size."""
    Z = Z - Z.max(axis=axis, keepdims=True)
    log_P: Array = Z - np.log(np.exp(Z).sum(axis=axis, keepdims=True))
    return log_P


def _log_share(Z: Array, axis: int | None) -> Array:
    with np.errstate(divide="ignore"):
        shares: Array = Z - np.log(np.exp(Z).sum(axis=axis))
    return shares


@dataclass(frozen=True)
class Variant:
    """A formula near the right one.

    Parameters
    ----------
    log_probabilities : callable
        Takes scores of shape (N, C), returns logarithms of what is taken for the probabilities.
    spared : int or None
        The row of W that the regularization leaves out.
    """

    log_probabilities: Callable[[Array], Array] = log_softmax
    spared: int | None = None


VARIANTS = {
    "": Variant(),
    "softmax over the examples": Variant(lambda Z: log_softmax(Z, axis=0)),
    "maximum over the examples": Variant(lambda Z: log_softmax(Z - Z.max(axis=0))),
    "sum over the examples": Variant(lambda Z: _log_share(Z - Z.max(axis=1, keepdims=True), axis=0)),
    "sum over everything": Variant(lambda Z: _log_share(Z - Z.max(axis=1, keepdims=True), axis=None)),
    "last row spared": Variant(spared=-1),
    "first row spared": Variant(spared=0),
}  # the right formula first


def terms(W: Array, X: Array, y: Array, reg: float, variant: str = "") -> Terms:
    """Compute all terms of a variant, with scores of any size."""
    N, C = len(X), W.shape[1]
    log_P = VARIANTS[variant].log_probabilities(X @ W)
    P = np.exp(log_P)
    picked = np.arange(N), y
    kept = W.copy()
    if (row := VARIANTS[variant].spared) is not None:
        kept[row] = 0.0
    return Terms(
        N, C, float(-log_P[picked].mean()), float(reg * np.sum(kept**2)), X.T @ P / N, X.T @ np.eye(C)[y] / N, 2 * reg * kept,
        float(P[picked].mean()),
    )  # fmt: skip


@dataclass(frozen=True)
class LossModel:
    """loss = data * mean(-log P) + penalty * reg * sum(W**2), in one of `VARIANTS`."""

    data: Factor
    penalty: Factor
    variant: str = ""

    def predict(self, at: Terms) -> float:
        """Compute the loss that an answer with this mistake gives."""
        return self.data.at(at.N, at.C) * at.data + self.penalty.at(at.N, at.C) * at.penalty

    @property
    def idle(self) -> bool:
        """Whether nothing of the examples is in it."""
        return abs(self.data.constant) < SNAP * max(1.0, abs(self.penalty.constant))

    @property
    def right(self) -> bool:
        """Whether there is no mistake."""
        return not self.variant and self.data.is_(1) and self.penalty.is_(1)


@dataclass(frozen=True)
class GradientModel:
    """dW = pull * X'P / N - push * X'Y / N + shrink * 2 reg W, in one of `VARIANTS`."""

    pull: Factor
    push: Factor
    shrink: Factor
    variant: str = ""

    def predict(self, at: Terms) -> Array:
        """Compute the gradient that an answer with this mistake gives."""
        N, C = at.N, at.C
        return self.pull.at(N, C) * at.pull - self.push.at(N, C) * at.push + self.shrink.at(N, C) * at.shrink

    @property
    def right(self) -> bool:
        """Whether there is no mistake."""
        return not self.variant and self.pull.is_(1) and self.push.is_(1) and self.shrink.is_(1)

    @property
    def idle(self) -> bool:
        """Whether nothing of the examples is in it."""
        scale = max(1.0, abs(self.shrink.constant))
        return max(abs(self.pull.constant), abs(self.push.constant)) < SNAP * scale


def fit_loss(cases: Sequence[Terms], losses: Sequence[float], variant: str = "") -> LossModel | None:
    """Explain losses at batches of different sizes, whose terms are those of a variant; None where no model does."""
    target = np.array(losses, float)
    for data_power, penalty_power in itertools.product(POWERS, POWERS):
        data, penalty = Factor(1.0, *data_power), Factor(1.0, *penalty_power)
        columns = np.array([(data.at(c.N, c.C) * c.data, penalty.at(c.N, c.C) * c.penalty) for c in cases])
        coefficients = solve(columns, target)
        if coefficients is not None:
            return LossModel(Factor(coefficients[0], *data_power), Factor(coefficients[1], *penalty_power), variant)
    return None


def fit_gradient(cases: Sequence[Terms], gradients: Sequence[Array], variant: str = "") -> GradientModel | None:
    """Explain gradients at batches of different sizes, whose terms are those of a variant; None where no model does."""
    target = np.concatenate([np.ravel(gradient) for gradient in gradients])
    for powers in GRADIENT_POWERS:
        pull, push, shrink = (Factor(1.0, *power) for power in powers)
        columns = np.concatenate(
            [
                np.stack(
                    [
                        pull.at(c.N, c.C) * c.pull.ravel(),
                        -push.at(c.N, c.C) * c.push.ravel(),
                        shrink.at(c.N, c.C) * c.shrink.ravel(),
                    ],
                    axis=-1,
                )
                for c in cases
            ]
        )
        found = solve(columns, target)
        if found is not None:
            pull, push, shrink = (Factor(constant, *power) for constant, power in zip(found, powers))
            return GradientModel(pull, push, shrink, variant)
    return None
