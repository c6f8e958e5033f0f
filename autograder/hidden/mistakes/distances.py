"""Mistakes in a matrix of squared distances: coefficients of |a|^2, |b|^2 and a.b, a power, a factor, a transpose."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from autograder.hidden.mistakes.fit import SNAP, Array, near, solve
from public_checks.expect import Hint

POWERS = (1.0, 2.0, 0.5)  # of P that follow the formula: 2 where P holds roots, 0.5 where it holds squares of squares
DIMENSIONS = (0, -1)  # power of d in a factor: -1 for a mean over the coordinates


@dataclass(frozen=True)
class DistanceModel:
    """P**power = d**dimension * (a |a|^2 + b |b|^2 + ab a.b)."""

    a: float
    b: float
    ab: float
    power: float = 1.0
    dimension: int = 0
    transposed: bool = False

    @property
    def right(self) -> bool:
        """Whether there is no mistake in the values."""
        return self.power == 1 and self.dimension == 0 and not self.transposed and self.is_(1, 1, -2)

    @property
    def alive(self) -> bool:
        """Whether it has all three terms, but for their factors."""
        there = min(abs(self.a), abs(self.ab)) > SNAP * max(1.0, abs(self.a), abs(self.ab))
        return there and abs(self.a - self.b) <= SNAP * abs(self.a)

    @property
    def proportional(self) -> bool:
        """Whether P**power is a multiple of the right distances."""
        return bool(self.a) and self.is_(self.a, self.a, -2 * self.a)

    def is_(self, *coefficients: float) -> bool:
        """Whether the coefficients are these, up to rounding."""
        return near(np.array([self.a, self.b, self.ab]), *coefficients)

    def predict(self, A: Array, B: Array) -> Array:
        """Compute the distances that an answer with this mistake gives, not transposed."""
        right = _terms(A, B) @ np.array([self.a, self.b, self.ab]) * float(A.shape[1]) ** self.dimension
        with np.errstate(invalid="ignore"):
            P: Array = right.reshape(len(A), len(B)) ** (1 / self.power)
        return P

    def corrected(self, P: Array, d: int) -> Array:
        """Undo power and factor: what the answer would be without its known mistake."""
        right: Array = P**self.power / (self.a * float(d) ** self.dimension)
        return right


def fit_distances(cases: Sequence[tuple[Array, Array, Array]], *, transposed: bool = False) -> DistanceModel | None:
    """Explain distances P of points A and B, at different sizes; None where no model does."""
    for power, dimension in itertools.product(POWERS, DIMENSIONS):
        columns = np.concatenate([_terms(A, B) * float(A.shape[1]) ** dimension for A, B, _ in cases])
        with np.errstate(invalid="ignore"):
            target = np.concatenate([np.ravel(P.astype(float) ** power) for *_, P in cases])
        found = solve(columns, target)
        if found is not None:
            a, b, ab = (float(coefficient) for coefficient in found)
            return DistanceModel(a, b, ab, power, dimension, transposed)
    return None


def is_l1(cases: Sequence[tuple[Array, Array, Array]]) -> bool:
    """Whether these are sums of absolute differences."""
    return all(near(np.asarray(P).ravel(), *np.abs(A[:, np.newaxis] - B).sum(axis=2).ravel()) for A, B, P in cases)


def _terms(A: Array, B: Array) -> Array:
    """Columns |a|^2, |b|^2 and a.b, a row for each pair of points."""
    squares = np.sum(A**2, axis=1)[:, np.newaxis], np.sum(B**2, axis=1)
    return np.stack(np.broadcast_arrays(*squares, A @ B.T), axis=-1).reshape(-1, 3)


def hint_for_distances(model: DistanceModel | None) -> Hint | None:
    """Ask about the mistake in the values."""
    if model is None or model.right:
        return None
    if model.is_(0, 0, 0):
        return Hint("stub", "All distances are 0: are they overwritten, or not filled in yet?")
    if model.proportional:
        return _hint_for_a_multiple(model)
    if model.power != 1 or model.dimension:
        return None
    if model.is_(1, 1, 0):
        return Hint("cross-term", "Only the two norms are there: which third term has |a - b|^2 when you multiply out?")
    if model.is_(1, 1, model.ab):
        return Hint("cross-term", f"Your a.b has the factor {model.ab:.3g}: which has it in |a - b|^2 when you multiply out?")
    if model.is_(0, 0, model.ab):
        return Hint("dot-product", "Only a.b is left of the formula: what else is there when you multiply |a - b|^2 out?")
    if model.is_(1, 0, -2) or model.is_(0, 1, -2):
        return Hint("norm-missing", f"|{'b' if model.is_(1, 0, -2) else 'a'}|^2 is missing: which three terms has |a - b|^2?")
    return None


def _hint_for_a_multiple(model: DistanceModel) -> Hint | None:
    """Ask about a power or a factor of distances that are right otherwise."""
    one = abs(model.a - 1) < SNAP
    if model.power == 2 and one and not model.dimension:
        return Hint("sqrt", "Yours squared are the right values: does the question ask for the root?")
    if model.power == 0.5 and one and not model.dimension:
        return Hint("squared-twice", "Yours are the squares of the right values: which power has a squared distance?")
    if model.power == 1 and model.dimension == -1 and one:
        return Hint("mean-over-features", "Yours are the right values divided by d: is there a mean where a sum is asked for?")
    if model.power == 1 and not model.dimension and not one:
        return Hint("factor", f"Yours are {model.a:.3g} times the right values: where does the factor come from?")
    return None
