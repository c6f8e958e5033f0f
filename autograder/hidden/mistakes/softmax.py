"""Mistakes in a softmax loss and its gradient: which factors, and which variant of the formula, explain the numbers."""

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from autograder.hidden.mistakes.fit import SNAP, Array, solve

TINY = 1e-300  # so that nothing is divided by 0
PRECISE = 1e-9  # relative residual of a formula that is exactly right; what is larger may be a small number under the log


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
        same = (self.examples, self.classes) == (examples, classes)
        return same and abs(self.constant - constant) < SNAP * abs(constant)

    @property
    def plain(self) -> bool:
        """Whether it is the same for all sizes."""
        return (self.examples, self.classes) == (0, 0)


POWERS = ((0, 0), (1, 0), (0, -1), (1, -1), (0, 1), (-1, 0))  # of N and C in a wrong mean, likeliest first
UNEQUAL = (
    ((0, 0), (0, 1), (0, 0)),  # -1 at the right class inside the loop over classes: C times
    ((1, 0), (0, 0), (0, 0)),  # P - Y / N
    ((0, 0), (-1, 0), (0, 0)),  # the same, divided by N once more
    ((0, 0), (1, 0), (0, 0)),  # P / N - Y
)  # of pull, push and shrink
GRADIENT_POWERS = (
    *((data, data, penalty) for data, penalty in itertools.product(POWERS, POWERS)),
    *UNEQUAL,
)

Weights = Callable[[Array, Array], Array]  # of X and y: how much each example counts

Labels = Callable[[Array, Array], Array]  # of y and the scores: the classes taken for the right ones

Index = int | tuple[slice, int]  # of a row or a column


def own_labels(y: Array, _Z: Array) -> Array:
    """Take the label of each example for its own."""
    return y


def mean_weights(X: Array, _y: Array) -> Array:
    """Weights of the mean over the examples."""
    return np.full(len(X), 1 / len(X))


def _only(place: int) -> Weights:
    def weights(X: Array, _y: Array) -> Array:
        chosen: Array = np.eye(len(X))[place] / len(X)
        return chosen

    return weights


def _all_but(place: int) -> Weights:
    def weights(X: Array, _y: Array) -> Array:
        left: Array = (1 - np.eye(len(X))[place]) / len(X)
        return left

    return weights


def _divided_in_the_loop(X: Array, _y: Array) -> Array:
    return float(len(X)) ** -np.arange(len(X), 0, -1.0)


def _one_too_few(X: Array, _y: Array) -> Array:
    return np.full(len(X), 1 / (len(X) - 1))


def _by_features(X: Array, _y: Array) -> Array:
    return np.full(len(X), 1 / X.shape[1])


def _by_label(X: Array, y: Array) -> Array:
    return y / len(X)


def log_softmax(Z: Array, axis: int = 1) -> Array:
    """Logarithms of the softmax of scores of any size."""
    Z = Z - Z.max(axis=axis, keepdims=True)
    log_P: Array = Z - np.log(np.exp(Z).sum(axis=axis, keepdims=True))
    return log_P


def _log_share(Z: Array, axis: int | None) -> Array:
    with np.errstate(divide="ignore"):
        shares: Array = Z - np.log(np.exp(Z).sum(axis=axis))
    return shares


def _softmax_twice(Z: Array) -> Array:
    return log_softmax(np.exp(log_softmax(Z)))


@dataclass(frozen=True)
class Variant:
    """A formula near the right one.

    Parameters
    ----------
    log_probabilities : callable
        Takes scores of shape (N, C), returns logarithms of what is taken for the probabilities.
    spared : int, tuple or None
        Index of the row or column of W that the regularization leaves out.
    weights : callable
        How much each example counts.
    labels : callable
        Takes y and the scores, returns the classes that are taken for the right ones.
    pairs : bool
        Whether the labels of all examples are taken in every row, as by ``[:, y]``.
    floor : float
        What is added to each probability under the logarithm.
    """

    log_probabilities: Callable[[Array], Array] = log_softmax
    spared: Index | None = None
    weights: Weights = mean_weights
    labels: Labels = own_labels
    pairs: bool = False
    floor: float = 0.0


VARIANTS = {
    "": Variant(),
    "softmax over the examples": Variant(lambda Z: log_softmax(Z, axis=0)),
    "maximum over the examples": Variant(lambda Z: log_softmax(Z - Z.max(axis=0))),
    "sum over the examples": Variant(lambda Z: _log_share(Z - Z.max(axis=1, keepdims=True), axis=0)),
    "sum over everything": Variant(lambda Z: _log_share(Z - Z.max(axis=1, keepdims=True), axis=None)),
    "last row spared": Variant(spared=-1),
    "first row spared": Variant(spared=0),
    "last column spared": Variant(spared=(slice(None), -1)),
    "first column spared": Variant(spared=(slice(None), 0)),
    "mean inside the loop": Variant(weights=_divided_in_the_loop),
    "last example only": Variant(weights=_only(-1)),
    "first example only": Variant(weights=_only(0)),
    "last example left out": Variant(weights=_all_but(-1)),
    "first example left out": Variant(weights=_all_but(0)),
    "N - 1": Variant(weights=_one_too_few),
    "D for N": Variant(weights=_by_features),
    "labels as weights": Variant(weights=_by_label),
    "first label for all": Variant(labels=lambda y, _Z: np.full(len(y), y[0])),
    "last label for all": Variant(labels=lambda y, _Z: np.full(len(y), y[-1])),
    "labels from 1": Variant(labels=lambda y, Z: (y - 1) % Z.shape[1]),
    "predictions for labels": Variant(labels=lambda _y, Z: Z.argmax(axis=1)),
    "softmax twice": Variant(_softmax_twice),
    "all labels in every row": Variant(pairs=True),
}  # the right formula first
FLOORS = {f"1e-{digits} added": Variant(floor=10.0**-digits) for digits in range(2, 13)}
EVERY_VARIANT = VARIANTS | FLOORS

PENALTIES: dict[str, Callable[[Array, float], float]] = {
    "": lambda W, reg: reg * np.sum(W**2),
    "without reg": lambda W, reg: np.sum(W**2),  # noqa: ARG005
    "reg alone": lambda W, reg: reg,  # noqa: ARG005
    "sum": lambda W, reg: reg * np.sum(W),
    "norm": lambda W, reg: reg * np.sqrt(np.sum(W**2)),
    "absolute": lambda W, reg: reg * np.sum(np.abs(W)),
    "mean": lambda W, reg: reg * np.mean(W**2),
    "square of the sum": lambda W, reg: reg * np.sum(W) ** 2,
    "squared reg": lambda W, reg: reg**2 * np.sum(W**2),
    "products": lambda W, reg: reg * np.sum(W.T @ W),
}  # what may stand in the loss for the regularization; the right one first
SHRINKS: dict[str, Callable[[Array, float], Array]] = {
    "": lambda W, reg: 2 * reg * W,
    "without reg": lambda W, reg: 2 * W,  # noqa: ARG005
    "reg alone": lambda W, reg: np.full(W.shape, reg),
    "sum": lambda W, reg: np.full(W.shape, reg * np.sum(2 * W)),
    "sign": lambda W, reg: reg * np.sign(W),
    "squares": lambda W, reg: reg * W**2,
    "norm": lambda W, reg: reg * W / np.sqrt(np.sum(W**2)),
    "mean": lambda W, reg: 2 * reg * W / W.size,
    "squared reg": lambda W, reg: 2 * reg**2 * W,
}  # what may stand in the gradient for 2 reg W; the right one first


@dataclass(frozen=True)
class Terms:
    """The terms of loss and gradient at one batch, from which right and wrong answers are made.

    loss = data + penalty; dW = pull - push + shrink.
    """

    N: int
    C: int
    W: Array
    reg: float
    kept: Array  # W, with zeros in the row or column that is spared
    data: float  # sum_i w_i (-log P[i, y_i]), where w_i is 1 / N
    pull: Array  # X' diag(w) P
    push: Array  # X' diag(w) Y
    own: Array  # X' diag(w) (P * Y): the right class's part of the pull

    def penalty(self, kind: str = "") -> float:
        """What stands for the regularization in the loss: reg * sum(W**2), where it is right."""
        return float(PENALTIES[kind](self.kept, self.reg))

    def shrink(self, kind: str = "") -> Array:
        """What stands for it in the gradient: 2 reg W, where it is right."""
        return SHRINKS[kind](self.kept, self.reg)


def terms(W: Array, X: Array, y: Array, reg: float, variant: str = "") -> Terms:
    """Compute all terms of a variant, with scores of any size."""
    N, C = len(X), W.shape[1]
    form = EVERY_VARIANT[variant]
    Z = X @ W
    log_P = form.log_probabilities(Z)
    P = np.exp(log_P)
    if form.floor:
        log_P = np.log(P + form.floor)
    labels = form.labels(y, Z)
    Y = np.eye(C)[labels]
    w = form.weights(X, y)
    minus_log = -log_P[np.arange(N), labels]
    if form.pairs:
        Y = np.tile(np.eye(C)[labels].max(axis=0), (N, 1))
        minus_log = -log_P[:, labels].mean(axis=1)
    kept = W.copy()
    if form.spared is not None:
        kept[form.spared] = 0.0
    weighted = (X * w[:, np.newaxis]).T
    with np.errstate(invalid="ignore"):  # 0 times the infinite loss of an example that does not count
        data = float(np.sum(np.where(w == 0, 0.0, w * minus_log)))
    return Terms(
        N, C, W, reg, kept, data, weighted @ P, weighted @ Y, weighted @ (P * Y),
    )  # fmt: skip


@dataclass(frozen=True)
class LossModel:
    """loss = data * sum_i w_i (-log P) + penalty * a penalty, in one of `EVERY_VARIANT`."""

    data: Factor
    penalty: Factor
    variant: str = ""
    kind: str = ""  # of `PENALTIES`
    residual: float = 0.0  # relative

    def predict(self, at: Terms) -> float:
        """Compute the loss that an answer with this mistake gives."""
        penalty = self.penalty.at(at.N, at.C) * at.penalty(self.kind)
        return self.data.at(at.N, at.C) * at.data + penalty

    @property
    def idle(self) -> bool:
        """Whether nothing of the examples is in it."""
        return abs(self.data.constant) < SNAP * max(1.0, abs(self.penalty.constant))

    @property
    def right(self) -> bool:
        """Whether there is no mistake."""
        as_asked = not self.variant and not self.kind
        return as_asked and self.data.is_(1) and self.penalty.is_(1)

    @property
    def floored(self) -> bool:
        """Whether it is right but for a small number under the logarithm."""
        return self.variant in FLOORS and self.data.is_(1) and self.penalty.is_(1)


@dataclass(frozen=True)
class GradientModel:
    """dW = pull * X'P / N - push * X'Y / N - own * X'(P * Y) / N + shrink * 2 reg W, in one of `VARIANTS`."""

    pull: Factor
    push: Factor
    shrink: Factor
    variant: str = ""
    own: Factor = Factor(0.0)
    kind: str = ""  # of `SHRINKS`

    def predict(self, at: Terms) -> Array:
        """Compute the gradient that an answer with this mistake gives."""
        N, C = at.N, at.C
        data = self.pull.at(N, C) * at.pull - self.push.at(N, C) * at.push - self.own.at(N, C) * at.own
        gradient: Array = data + self.shrink.at(N, C) * at.shrink(self.kind)
        return gradient

    @property
    def right(self) -> bool:
        """Whether there is no mistake."""
        as_asked = not self.variant and not self.kind and self.own.is_(0)
        return as_asked and self.pull.is_(1) and self.push.is_(1) and self.shrink.is_(1)

    @property
    def idle(self) -> bool:
        """Whether nothing of the examples is in it."""
        scale = max(1.0, abs(self.shrink.constant))
        parts = self.pull, self.push, self.own
        return max(abs(part.constant) for part in parts) < SNAP * scale


def fit_loss(cases: Sequence[Terms], losses: Sequence[float], variant: str = "") -> LossModel | None:
    """Explain losses at batches of different sizes, whose terms are those of a variant; None where no model does."""
    target = np.array(losses, float)
    for kind in _kinds(PENALTIES, variant):
        penalties = [case.penalty(kind) for case in cases]
        for data_power, penalty_power in itertools.product(POWERS, POWERS):
            data, penalty = Factor(1.0, *data_power), Factor(1.0, *penalty_power)
            columns = np.array(
                [
                    (data.at(case.N, case.C) * case.data, penalty.at(case.N, case.C) * value)
                    for case, value in zip(cases, penalties)
                ]
            )
            found = solve(columns, target)
            if found is not None:
                residual = _relative(columns @ found - target, target)
                first, second = Factor(found[0], *data_power), Factor(found[1], *penalty_power)
                return LossModel(first, second, variant, kind, residual)
    return None


def fit_gradient(cases: Sequence[Terms], gradients: Sequence[Array], variant: str = "") -> GradientModel | None:
    """Explain gradients at batches of different sizes, whose terms are those of a variant; None where no model does."""
    target = np.concatenate([np.ravel(gradient) for gradient in gradients])
    for kind in _kinds(SHRINKS, variant):
        for powers in GRADIENT_POWERS:
            columns = np.concatenate([_columns(case, powers, kind) for case in cases])
            found = solve(columns, target)
            if found is not None:
                pull_power, push_power, shrink_power = powers
                pull, push, shrink, own = (float(constant) for constant in found)
                return GradientModel(
                    Factor(pull, *pull_power),
                    Factor(push, *push_power),
                    Factor(shrink, *shrink_power),
                    variant,
                    Factor(own, *pull_power),
                    kind,
                )
    return None


def _columns(case: Terms, powers: tuple[tuple[int, int], ...], kind: str) -> Array:
    """The four terms of a gradient at one batch, each as a column."""
    pull, push, shrink = (Factor(1.0, *power).at(case.N, case.C) for power in powers)
    parts = (
        pull * case.pull,
        -push * case.push,
        shrink * case.shrink(kind),
        -pull * case.own,
    )
    return np.stack([part.ravel() for part in parts], axis=-1)


def _kinds(table: Mapping[str, object], variant: str) -> Iterator[str]:
    """What may stand for the regularization: of one mistake at a time, or the numbers could be explained by chance."""
    yield from [""] if variant else table


def _relative(error: Array, target: Array) -> float:
    """How large an error is, in units of what it is an error of."""
    return float(np.linalg.norm(error)) / max(float(np.linalg.norm(target)), TINY)
