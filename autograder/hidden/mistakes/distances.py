"""Mistakes in a matrix of squared distances: coefficients of |a|^2, |b|^2 and a.b, a power, a factor, a transpose."""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from autograder.hidden.mistakes.fit import RESIDUAL, SNAP, Array, near, solve
from public_checks.expect import Hint

POWERS = (1.0, 2.0, 0.5)  # of P that follow the formula: 2 where P holds roots, 0.5 where it holds squares of squares
DECIMALS = range(1, 6)  # to which distances may be rounded
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


def _expanded(a: Array, b: Array, A: Array, B: Array) -> Array:
    """The expansion of the squares, with other things in the place of the norms, and clipped."""
    P: Array = np.maximum(np.asarray(a)[..., np.newaxis] + b - 2 * A @ B.T, 0.0)
    return P


def _squares(A: Array) -> Array:
    norms: Array = np.sum(A**2, axis=1)
    return norms


def _right(A: Array, B: Array) -> Array:
    return _expanded(_squares(A), _squares(B), A, B)


def _differences(A: Array, B: Array) -> Array:
    differences: Array = A[:, np.newaxis] - B
    return differences


def _emptied_diagonal(A: Array, B: Array) -> Array:
    P = _right(A, B)
    np.fill_diagonal(P, 0.0)
    return P


def _cosines(A: Array, B: Array) -> Array:
    cosines: Array = A @ B.T / np.sqrt(np.outer(_squares(A), _squares(B)))
    return cosines


ZERO = np.zeros(1)
OTHERS: dict[str, tuple[Hint, Callable[[Array, Array], Array]]] = {
    "sums of absolute values": (
        Hint("l1", "These are sums of |a - b|: where is the square?"),
        lambda A, B: np.abs(_differences(A, B)).sum(axis=2),
    ),
    "largest difference": (
        Hint("maximum", "This is the largest squared difference only: where is the sum over the coordinates?"),
        lambda A, B: (_differences(A, B) ** 2).max(axis=2),
    ),
    "largest absolute difference": (
        Hint("maximum", "This is the largest |a_k - b_k| only: where is the sum over the coordinates?"),
        lambda A, B: np.abs(_differences(A, B)).max(axis=2),
    ),
    "square of the sum": (
        Hint("square-of-sum", "The differences are summed before they are squared: which comes first?"),
        lambda A, B: _differences(A, B).sum(axis=2) ** 2,
    ),
    "roots of the norms": (
        Hint("norms-rooted", "The norms stand without their squares: is |a|^2 what np.linalg.norm returns?"),
        lambda A, B: _expanded(np.sqrt(_squares(A)), np.sqrt(_squares(B)), A, B),
    ),
    "sums of entries": (
        Hint("norms-not-squared", "The entries of a and b are summed, not their squares: what is |a|^2?"),
        lambda A, B: _expanded(A.sum(axis=1), B.sum(axis=1), A, B),
    ),
    "means of squares": (
        Hint("norms-averaged", "|a|^2 and |b|^2 are means of the squares: should they be sums?"),
        lambda A, B: _expanded(np.mean(A**2, axis=1), np.mean(B**2, axis=1), A, B),
    ),
    "sums of everything": (
        Hint("sum-without-axis", "The squares of all points are summed: which axis should the sum run over?"),
        lambda A, B: _expanded(np.sum(A**2, keepdims=True)[0], np.sum(B**2), A, B),
    ),
    "no norms of b": (
        Hint("norm-missing", "|b|^2 is missing. What are the three terms of |a - b|^2?"),
        lambda A, B: _expanded(_squares(A), ZERO, A, B),
    ),
    "no norms of a": (
        Hint("norm-missing", "|a|^2 is missing. What are the three terms of |a - b|^2?"),
        lambda A, B: _expanded(ZERO, _squares(B), A, B),
    ),
    "the dot product": (
        Hint("dot-product", "You have only a.b. What are the other two terms when you expand |a - b|^2?"),
        lambda A, B: _expanded(ZERO, ZERO, A, B),
    ),
    "cosine distances": (
        Hint("cosine", "These are cosine distances: what does the question ask for?"),
        lambda A, B: 1 - _cosines(A, B),
    ),
    "cosines": (
        Hint("cosine", "These are cosines of angles: what does the question ask for?"),
        _cosines,
    ),
    "points of length 1": (
        Hint("normalized", "Every point is divided by its norm: does the question ask for that?"),
        lambda A, B: 2 - 2 * _cosines(A, B),
    ),
    "centred apart": (
        Hint(
            "centred-apart",
            "A and B are moved by different means: which distances change when you do that?",
        ),
        lambda A, B: _right(A - A.mean(axis=0), B - B.mean(axis=0)),
    ),
    "diagonal of zeros": (
        Hint("diagonal-emptied", "P[i, i] is set to 0: are row i of A and row i of B the same point?"),
        _emptied_diagonal,
    ),
    "at most 1": (
        Hint("clipped-above", "No distance is above 1: is there a clip that cuts the large ones off?"),
        lambda A, B: np.minimum(_right(A, B), 1.0),
    ),
    "whole numbers": (
        Hint("cast-to-int", "A and B are cut to whole numbers: which type holds both images and fractions?"),
        lambda A, B: _right(np.trunc(A), np.trunc(B)),
    ),
}


def hint_for_other_distances(cases: Sequence[tuple[Array, Array, Array]]) -> Hint | None:
    """Ask about distances that follow another formula."""
    for hint, formula in OTHERS.values():
        if all(_same(P, formula(A, B)) for A, B, P in cases):
            return hint
    for digits in DECIMALS:
        if all(np.allclose(P, np.round(_right(A, B), digits), rtol=0, atol=1e-9) for A, B, P in cases):
            return Hint("rounded", f"Your distances have only {digits} decimals: did you round them?")
    return None


def _same(P: Array, other: Array) -> bool:
    return P.shape == other.shape and np.allclose(P, other, rtol=RESIDUAL, atol=RESIDUAL)


def _terms(A: Array, B: Array) -> Array:
    """Columns |a|^2, |b|^2 and a.b, a row for each pair of points."""
    squares = np.sum(A**2, axis=1)[:, np.newaxis], np.sum(B**2, axis=1)
    return np.stack(np.broadcast_arrays(*squares, A @ B.T), axis=-1).reshape(-1, 3)


def hint_for_distances(model: DistanceModel | None) -> Hint | None:
    """Ask about the mistake in the values."""
    if model is None or model.right:
        return None
    if model.is_(0, 0, 0):
        question = "All distances are 0: are they overwritten, clipped from above, or not filled in yet?"
        return Hint("stub", question)
    if model.proportional:
        return _hint_for_a_multiple(model)
    if model.power != 1 or model.dimension:
        return None
    if model.is_(1, 1, 0):
        return Hint("cross-term", "You have only the two norms. What is the third term when you expand |a - b|^2?")
    if model.is_(1, 1, model.ab):
        return Hint("cross-term", f"Your a.b has the factor {model.ab:.3g}: what factor does it get when you expand |a - b|^2?")
    if model.is_(0, 0, model.ab):
        return Hint("dot-product", "You have only a.b. What are the other two terms when you expand |a - b|^2?")
    if model.is_(1, -1, -2) or model.is_(-1, 1, -2):
        lost = "b" if model.b < 0 else "a"
        return Hint("norm-sign", f"|{lost}|^2 is subtracted: what is its sign in |a - b|^2?")
    if model.is_(1, 0, -2) or model.is_(0, 1, -2):
        return Hint(
            "norm-missing", f"|{'b' if model.is_(1, 0, -2) else 'a'}|^2 is missing. What are the three terms of |a - b|^2?"
        )
    return None


def _hint_for_a_multiple(model: DistanceModel) -> Hint | None:
    """Ask about a power or a factor of distances that are right otherwise."""
    one = abs(model.a - 1) < SNAP
    if model.power == 2 and one and not model.dimension:
        return Hint("sqrt", "Yours squared are the right values: does the question ask for the root?")
    if model.power == 0.5 and one and not model.dimension:
        return Hint("squared-twice", "Your values are the squares of the right ones: did you square twice?")
    if model.power == 1 and model.dimension == -1 and one:
        return Hint("mean-over-features", "Your values are the right ones divided by d: did you take a mean instead of a sum?")
    if model.power == 1 and not model.dimension and abs(model.a + 1) < SNAP:
        return Hint("sign", "Your values have the wrong sign: can a squared distance be negative?")
    if model.power == 1 and not model.dimension and not one:
        return Hint("factor", f"Yours are {model.a:.3g} times the right values: where does the factor come from?")
    return None
