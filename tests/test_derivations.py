"""Every numbered formula and every erratum of solutions/derivations.md, in numbers.

Central differences are the oracle: they know a function and nothing of its derivative. All sizes differ, so that a transposed
or misplaced axis is an error and no accident.
"""

import re
from collections.abc import Callable
from fractions import Fraction
from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest

from autograder.homework import PUBLIC_CHECKS, SOLUTIONS, checks, reference
from public_checks.given import gradient_check, neighbours, training
from tests.grader import read_table
from tests.hostile_bytes import peak

numerical_gradient, relative_error = gradient_check.numerical_gradient, gradient_check.relative_error
TEXT = (SOLUTIONS / "derivations.md").read_text(encoding="utf-8")
RUBRIC = "\n".join(path.read_text(encoding="utf-8") for path in sorted((SOLUTIONS / "written").glob("*.md")))
EXACT = 1e-9  # two ways to compute the same number
NUMERICAL = 1e-6  # a right derivative against central differences
FALSE = 1e-2  # a wrong formula is off by more

FORMULAS: dict[str, Callable] = {}  # by tag: the function shows the formula
ERRATA: dict[str, Callable] = {}  # by name: it returns the text as read (or a tuple of readings), what is right, an oracle's
IMPOSSIBLE = object()  # the text as read cannot even be computed


def registered(registry, name):
    def register(function):
        assert name not in registry, name
        registry[name] = function
        return function

    return register


formula, erratum = partial(registered, FORMULAS), partial(registered, ERRATA)


def same(left, right, tolerance=EXACT):
    left, right = np.asarray(left, dtype=float), np.asarray(right, dtype=float)
    assert left.shape == right.shape
    assert np.all(np.isfinite(left)) and np.all(np.isfinite(right))
    assert relative_error(left, right) <= tolerance


def differs(left, right):
    left, right = np.asarray(left, dtype=float), np.asarray(right, dtype=float)
    assert left.shape != right.shape or not relative_error(left, right) <= FALSE


def impossible(error, attempt):
    with pytest.raises(error):
        attempt()
    return IMPOSSIBLE


def derivative(f, x):
    """All derivatives of an array with respect to an array: the shape of f(x), then that of x."""
    shape = np.shape(f(x))
    parts = [numerical_gradient(lambda x, k=k: np.asarray(f(x))[k], x) for k in np.ndindex(shape)]
    return np.reshape(parts, shape + x.shape)


# What the formulas are about ------------------------------------------------------------------------------------------------

rng = np.random.default_rng(4)
N, D, C = 7, 5, 4
n, m, d = 6, 9, 3
X, W, b = rng.normal(size=(N, D)), 0.5 * rng.normal(size=(D, C)), rng.normal(size=C)
labels = np.array([0, 3, 2, 1, 1, 2, 0])
reg, eta = 0.3, 0.2
x, y = X[0], 2  # one example; its class is not 0, so that no index 0 passes for y
z = x @ W + b
A, B = rng.normal(size=(n, d)), rng.normal(size=(m, d))
ONE_HOT = np.array([[float(c == label) for c in range(C)] for label in labels])
OTHERS = [j for j in range(C) if j != y]


def softmax(z):
    return np.array([np.exp(s) / sum(np.exp(t) for t in z) for s in z])


def loss(z, y=y):
    return -np.log(softmax(z)[y])


def batch_loss(W, X=X, reg=reg):
    data = [loss(X[i] @ W, labels[i]) for i in range(len(X))]
    return sum(data) / len(X) + reg * sum(w**2 for w in W.flat)


def probabilities(Z):
    return np.array([softmax(row) for row in Z])


def delta(i, j):
    return 1.0 if i == j else 0.0


def table(f, *shape):
    return np.array([f(*k) for k in np.ndindex(shape)]).reshape(shape)


s = softmax(z)
S = np.sum(np.exp(z))
P = probabilities(X @ W)
J = derivative(softmax, z)
DZ = derivative(loss, z)
DW = derivative(lambda W: loss(x @ W + b), W)
DP = J[y]  # of the probability of the right class, by every score
DISTANCES = table(lambda i, j: sum((A[i, k] - B[j, k]) ** 2 for k in range(d)), n, m)


def log_sum(z):
    return np.log(np.sum(np.exp(z)))


# 0 Notation and layout ------------------------------------------------------------------------------------------------------


@formula("0.1")
def scores():
    same(X @ W, table(lambda i, c: sum(X[i, k] * W[k, c] for k in range(D)), N, C))


@formula("0.2")
def batch_of_probabilities():
    for i in range(N):
        same(reference("softmax").cross_entropy_gradients(W, np.zeros(C), X[i], 0)[3] + np.eye(C)[0], P[i])
    same(P.sum(axis=1), np.ones(N))


@formula("0.3")
def layouts():
    V, row = W.T.copy(), x[np.newaxis]
    same(V @ row.T, (row @ W).T)
    same(derivative(lambda V: loss(V @ x + b), V), DW.T, NUMERICAL)


# 1 The softmax Jacobian -----------------------------------------------------------------------------------------------------


@formula("1.1")
def logarithm_of_a_probability():
    same(np.log(s), z - log_sum(z))


@formula("1.2")
def derivative_of_a_score():
    same(derivative(lambda z: z, z), table(delta, C, C), NUMERICAL)


@formula("1.3")
def derivative_of_the_log_sum():
    same(derivative(log_sum, z), s, NUMERICAL)


@formula("1.4")
def derivative_of_the_logarithm():
    same(derivative(lambda z: np.log(softmax(z)), z), table(lambda i, j: delta(i, j) - s[j], C, C), NUMERICAL)


@formula("1.5")
def from_the_logarithm_back():
    logarithmic = derivative(lambda z: np.log(softmax(z)), z)
    same(J, table(lambda i, j: s[i] * logarithmic[i, j], C, C), NUMERICAL)


@formula("1.6")
def jacobian_by_cases():
    same(J, table(lambda i, j: s[i] * (delta(i, j) - s[j]), C, C), NUMERICAL)
    same(J, table(lambda i, j: s[i] * (1 - s[i]) if i == j else -s[i] * s[j], C, C), NUMERICAL)


@formula("1.7")
def jacobian_as_a_matrix():
    same(J, np.diag(s) - s[:, np.newaxis] @ s[np.newaxis], NUMERICAL)
    same(J, reference("softmax").softmax_jacobian(z), NUMERICAL)


@formula("1.8")
def quotient_rule():
    e = np.exp(z)
    same(np.diag(J), (e * S - e * e) / S**2, NUMERICAL)
    same(np.diag(J), s * (1 - s), NUMERICAL)
    for i in range(C):
        for j in set(range(C)) - {i}:
            same(J[i, j], (0 * S - e[i] * e[j]) / S**2, NUMERICAL)
            same(J[i, j], -s[i] * s[j], NUMERICAL)


@formula("1.9")
def symmetry_and_rows_of_the_jacobian():
    same(J, J.T, NUMERICAL)
    same(J.sum(axis=1) + 1, np.ones(C))


@formula("1.10")
def jacobian_is_a_covariance():
    rng = np.random.default_rng(11)
    for v in rng.normal(size=(20, C)):
        expansion = sum(s * v**2) - sum(s * v) ** 2
        same(v @ J @ v, expansion, NUMERICAL)
        same(expansion, np.average((v - np.average(v, weights=s)) ** 2, weights=s))
        assert expansion >= 0


@formula("1.11")
def shift_of_the_scores():
    for t in (-30.0, 2.5, 30.0):
        same(softmax(z + t), s)
        same(derivative(softmax, z + t), J, NUMERICAL)
    for t in (-1000.0, 1000.0):
        same(reference("softmax").softmax_jacobian(z + t), J, NUMERICAL)


# 2 One example --------------------------------------------------------------------------------------------------------------


@formula("2.1")
def loss_of_one_example():
    same(loss(x @ W + b), batch_loss_of_one())


def batch_loss_of_one():
    extended = np.vstack([W, b])
    return reference("softmax").softmax_loss_naive(extended, np.append(x, 1.0)[np.newaxis], np.array([y]), 0.0)[0]


@formula("2.2")
def gradient_off_the_simplex():
    same(derivative(lambda a: -np.log(a[y]), s), [-delta(j, y) / s[y] for j in range(C)], NUMERICAL)


@formula("2.3")
def any_number_may_be_added_to_da():
    da = derivative(lambda a: -np.log(a[y]), s)
    for t in (-3.0, 7.0):
        same((da + t) @ J, da @ J, NUMERICAL)


@formula("2.4")
def chain_rule_through_the_probabilities():
    da = derivative(lambda a: -np.log(a[y]), s)
    same(DZ, [sum(da[i] * J[i, j] for i in range(C)) for j in range(C)], NUMERICAL)
    same(DZ, da @ J, NUMERICAL)


@formula("2.5")
def gradient_of_the_scores():
    same(DZ, [-1 / s[y] * s[y] * (delta(y, j) - s[j]) for j in range(C)], NUMERICAL)
    same(DZ, [s[j] - delta(j, y) for j in range(C)], NUMERICAL)


@formula("2.6")
def gradient_of_the_scores_sums_to_0():
    same(np.sum(DZ) + 1, 1.0)


@formula("2.7")
def cross_entropy_of_a_vector():
    for t in (np.eye(C)[y], np.array([0.4, 0.3, 0.2, 0.1])):
        numerical = derivative(lambda z, t=t: -np.sum(t * np.log(softmax(z))), z)
        same(numerical, [-sum(t[i] * (delta(i, j) - s[j]) for i in range(C)) for j in range(C)], NUMERICAL)
        same(numerical, s * np.sum(t) - t, NUMERICAL)
        same(numerical, s - t, NUMERICAL)
    same(loss(z), -np.sum(np.eye(C)[y] * np.log(s)))


@formula("2.8")
def scores_by_weights():
    same(derivative(lambda W: x @ W + b, W), table(lambda j, k, c: x[k] * delta(j, c), C, D, C), NUMERICAL)


@formula("2.9")
def gradient_of_the_weights():
    by_weights = derivative(lambda W: x @ W + b, W)
    same(DW, table(lambda k, c: sum(DZ[j] * by_weights[j, k, c] for j in range(C)), D, C), NUMERICAL)
    same(DW, table(lambda k, c: x[k] * DZ[c], D, C), NUMERICAL)
    same(DW, x[:, np.newaxis] @ DZ[np.newaxis], NUMERICAL)


@formula("2.10")
def gradient_of_the_bias():
    same(derivative(lambda b: x @ W + b, b), np.eye(C), NUMERICAL)
    same(derivative(lambda b: loss(x @ W + b), b), DZ, NUMERICAL)


# 3 A batch ------------------------------------------------------------------------------------------------------------------


@formula("3.1")
def loss_of_a_batch():
    mean = np.mean([-np.log(P[i, labels[i]]) for i in range(N)]) + reg * np.sum(W**2)
    same(reference("softmax").softmax_loss_naive(W, X, labels, reg)[0], mean)
    same(reference("softmax").softmax_loss_vectorized(W, X, labels, reg)[0], mean)


@formula("3.2")
def gradient_of_one_example_by_cases():
    for i in range(N):
        numerical = derivative(lambda W, i=i: loss(X[i] @ W, labels[i]), W)
        for c in range(C):
            same(numerical[:, c], (P[i, c] - 1) * X[i] if c == labels[i] else P[i, c] * X[i], NUMERICAL)


@formula("3.3")
def gradient_of_the_penalty():
    same(derivative(lambda W: reg * np.sum(W**2), W), 2 * reg * W, NUMERICAL)


@formula("3.4")
def gradient_entry_by_entry():
    def entry(k, c):
        return sum(X[i, k] * (P[i, c] - delta(c, labels[i])) for i in range(N)) / N + 2 * reg * W[k, c]

    same(derivative(batch_loss, W), table(entry, D, C), NUMERICAL)


@formula("3.5")
def gradient_in_matrices():
    same(derivative(batch_loss, W), X.T @ (P - ONE_HOT) / N + 2 * reg * W, NUMERICAL)


@formula("3.6")
def shift_of_each_row():
    rng = np.random.default_rng(12)
    t = rng.normal(size=N)
    same(probabilities(X @ W + t[:, np.newaxis]), P)
    differs(probabilities((X @ W).T + t).T, P)  # a number for each example along the classes is no shift


@formula("3.7")
def loss_without_the_logarithm_of_a_quotient():
    Z = X @ W
    same([-np.log(P[i, labels[i]]) for i in range(N)], [log_sum(Z[i]) - Z[i, labels[i]] for i in range(N)])


@formula("3.8")
def log_sum_exp():
    same(log_sum(z), np.max(z) + log_sum(z - np.max(z)))
    for t in (-1000.0, 1000.0):
        high = z + t
        same(np.logaddexp.reduce(high), np.max(high) + log_sum(high - np.max(high)))


@formula("3.9")
def bounds_of_the_shifted_log_sum():
    rng = np.random.default_rng(13)
    for spread in (0.1, 1.0, 10.0, 1000.0):
        for z in spread * rng.normal(size=(20, C)):
            assert 0 <= log_sum(z - np.max(z)) <= np.log(C)
    same(log_sum(np.zeros(C)), np.log(C))  # both bounds are reached
    assert log_sum(np.array([0.0, -1000.0])) == 0


@formula("3.10")
def loss_without_weights():
    same(batch_loss(np.zeros((D, C))), np.log(C))


@formula("3.11")
def gradient_summed_over_classes():
    same(derivative(batch_loss, W).sum(axis=1), 2 * reg * W.sum(axis=1), NUMERICAL)


@formula("3.12")
def bias_as_a_row_of_the_weights():
    same(training.add_ones(X) @ np.vstack([W, b]), table(lambda i, c: X[i] @ W[:, c] + b[c], N, C))


@formula("3.13")
def gradient_of_the_bias_in_the_weights():
    numerical = derivative(lambda W: batch_loss(W, training.add_ones(X)), np.vstack([W, b]))
    same(numerical[-1], (probabilities(X @ W + b) - ONE_HOT).sum(axis=0) / N + 2 * reg * b, NUMERICAL)


@formula("3.14")
def one_step_of_descent():
    vectorized, start = reference("softmax").softmax_loss_vectorized, np.zeros((D, C))
    first = start - eta * derivative(batch_loss, start)
    second = first - eta * derivative(batch_loss, first)
    same(training.gradient_descent(vectorized, X, labels, C, 2, eta, reg)[0], second, NUMERICAL)


@formula("3.15")
def a_step_along_the_sum():
    vectorized, weights = reference("softmax").softmax_loss_vectorized, np.zeros((D, C))
    for _ in range(3):
        by_example = [reference("softmax").cross_entropy_gradients(weights, np.zeros(C), X[i], labels[i])[2] for i in range(N)]
        weights = weights - eta * sum(by_example)
    same(weights, training.gradient_descent(vectorized, X, labels, C, 3, eta * N, 0.0)[0])


# 4 Cases, and one descent step ----------------------------------------------------------------------------------------------

BEFORE = x @ W
p = softmax(BEFORE)


def change_of_scores(loss, W=W, x=x):
    """Scores of one example after a step of descent, less those before; the gradient is numerical."""
    return x @ (W - eta * derivative(loss, W)) - x @ W


ONE_STEP = change_of_scores(lambda W: loss(x @ W))
SQUARE = sum(k**2 for k in x)


@formula("4.1")
def chain_rule_with_three_factors():
    by_p = derivative(lambda p: -np.log(p), np.array(p[y]))
    same(by_p, -1 / p[y], NUMERICAL)
    by_z = derivative(lambda z: softmax(z)[y], BEFORE)
    numerical = derivative(lambda W: loss(x @ W), W)
    for k in range(C):
        by_w = derivative(lambda w: x @ w, W[:, k].copy())
        same(by_w, x, NUMERICAL)
        same(numerical[:, k], by_p * by_z[k] * by_w, NUMERICAL)


@formula("4.2")
def probability_of_the_right_class_by_scores():
    right = [p[y] * (1 - p[y]) if k == y else -p[k] * p[y] for k in range(C)]
    same(derivative(lambda z: softmax(z)[y], BEFORE), right, NUMERICAL)


@formula("4.3")
def gradient_of_the_weights_by_cases():
    right = [(p[y] - 1) * x if k == y else p[k] * x for k in range(C)]
    same(derivative(lambda W: loss(x @ W), W).T, right, NUMERICAL)


@formula("4.4")
def the_right_score_rises():
    same(ONE_STEP[y], eta * SQUARE * (1 - p[y]), NUMERICAL)
    assert ONE_STEP[y] > 0


@formula("4.5")
def the_other_scores_fall():
    same(ONE_STEP[OTHERS], [-eta * SQUARE * p[j] for j in OTHERS], NUMERICAL)
    assert np.all(ONE_STEP[OTHERS] < 0)


@formula("4.6")
def the_leads_grow():
    same(ONE_STEP[y] - ONE_STEP[OTHERS], [eta * SQUARE * (1 - p[y] + p[j]) for j in OTHERS], NUMERICAL)


@formula("4.7")
def the_probability_by_the_leads():
    same(p[y], 1 / (1 + sum(np.exp(-(BEFORE[y] - BEFORE[j])) for j in OTHERS)))


@formula("4.8")
def change_of_the_weights_of_the_right_class():
    change = -eta * derivative(lambda W: loss(x @ W), W)[:, y]
    same(change, [eta * x[k] * (1 - p[y]) for k in range(D)], NUMERICAL)
    assert np.any(change > 0) and np.any(change < 0)


@formula("4.9")
def the_penalty_pulls_the_score():
    for r, rises in ((0.01, True), (5.0, False)):
        weights = W.copy()
        weights[:, y] = x / 4  # the right score is high, and its probability below 1
        q = softmax(x @ weights)
        change = change_of_scores(lambda W, r=r: loss(x @ W) + r * np.sum(W**2), weights)[y]
        same(change, eta * SQUARE * (1 - q[y]) - 2 * eta * r * SQUARE / 4, NUMERICAL)
        assert (change > 0) == rises == (2 * r * SQUARE / 4 < SQUARE * (1 - q[y]))


@formula("4.10")
def every_example_pushes():
    for i in range(N):
        c = labels[i]
        pushes = sum((X[k] @ X[i]) * (P[k, c] - delta(labels[k], c)) for k in range(N))
        expected = -eta / N * pushes - 2 * eta * reg * (X[i] @ W[:, c])
        same(change_of_scores(batch_loss, x=X[i])[c], expected, NUMERICAL)


@formula("4.11")
def a_right_score_that_falls_in_a_batch():
    def three(W):
        return sum(loss(x @ W, label) for label in (0, 0, 1)) / 3

    change = change_of_scores(three, np.zeros((D, 2)))[1]
    same(change, -eta / 3 * SQUARE * (1 / 2 + 1 / 2 - 1 / 2), NUMERICAL)
    same(change, -eta / 6 * SQUARE, NUMERICAL)


@formula("4.12")
def the_right_score_with_a_bias():
    change = x @ (W - eta * DW) + b - eta * derivative(lambda b: loss(x @ W + b), b) - z
    same(change[y], eta * (SQUARE + 1) * (1 - s[y]), NUMERICAL)


# 5 Squared distances --------------------------------------------------------------------------------------------------------

ALPHA, BETA = (np.array([sum(v**2 for v in row) for row in M]) for M in (A, B))


def expansion(A, B):
    return np.sum(A**2, axis=1)[:, np.newaxis] + np.sum(B**2, axis=1) - 2 * (A @ B.T)


def exact_distances(A, B):
    """Distances without any rounding."""
    rows, columns = ([[Fraction(v) for v in row] for row in M.tolist()] for M in (A, B))
    return [[sum((a - b) ** 2 for a, b in zip(row, column)) for column in columns] for row in rows]


class Counted:
    """A number that counts what is done with it."""

    multiplications = additions = 0

    def __init__(self, value):
        self.value = value

    def __mul__(self, other):
        Counted.multiplications += 1
        return Counted(self.value * getattr(other, "value", other))

    __rmul__ = __mul__

    def __pow__(self, two):
        assert two == 2
        return self * self

    def __add__(self, other):
        Counted.additions += 1
        return Counted(self.value + other.value)

    def __sub__(self, other):
        Counted.additions += 1
        return Counted(self.value - other.value)


def two_loops(A, B):
    P = np.empty((len(A), len(B)), dtype=A.dtype)
    for i in range(len(A)):
        for j in range(len(B)):
            P[i, j] = np.sum((A[i] - B[j]) ** 2)
    return P


def broadcast(A, B):
    return ((A[:, np.newaxis] - B) ** 2).sum(axis=2)


def cost(way):
    """Multiplications, and additions with subtractions, of distances computed in that way."""
    counted = np.vectorize(Counted, otypes=[object])
    Counted.multiplications = Counted.additions = 0
    P = way(counted(A), counted(B))
    same(np.vectorize(lambda entry: entry.value)(P), DISTANCES)
    return SimpleNamespace(multiplications=Counted.multiplications, additions=Counted.additions)


def most_entries(way, n, m, d):
    """Most entries, of 8 bytes, that temporaries and result take at once."""
    A, B = np.ones((n, d)), np.zeros((m, d))
    way(A, B)
    return peak(lambda: way(A, B))[1] / 8


@formula("5.1")
def distances():
    same(DISTANCES, [[np.linalg.norm(a - b) ** 2 for b in B] for a in A])
    same(DISTANCES, neighbours.two_loop_distances(A, B))
    same(DISTANCES, reference("distances").pairwise_squared_distances(A, B))


@formula("5.2")
def square_of_a_difference():
    a, b = A[:1], B[:1]
    square = np.sum((a - b) ** 2)
    same((a - b) @ (a - b).T, [[square]])
    same(a @ a.T - a @ b.T - b @ a.T + b @ b.T, [[square]])
    same(np.linalg.norm(a) ** 2 + np.linalg.norm(b) ** 2 - 2 * (a @ b.T)[0, 0], square)


@formula("5.3")
def norms_and_products():
    same(np.linalg.norm(A, axis=1) ** 2, ALPHA)
    same(np.linalg.norm(B, axis=1) ** 2, BETA)
    same(A @ B.T, table(lambda i, j: sum(A[i, k] * B[j, k] for k in range(d)), n, m))


@formula("5.4")
def all_pairs_at_once():
    ones = np.outer(ALPHA, np.ones(m)) + np.outer(np.ones(n), BETA)
    same(ones - 2 * A @ B.T, DISTANCES)
    same(ALPHA[:, np.newaxis] + BETA - 2 * A @ B.T, DISTANCES)


@formula("5.5")
def without_a_new_axis():
    square = B[:n]
    P = DISTANCES[:, :n]
    without = ALPHA + np.sum(square**2, axis=1) - 2 * A @ square.T
    same(without, table(lambda i, j: P[i, j] + ALPHA[j] - ALPHA[i], n, n))
    differs(without, P)
    with pytest.raises(ValueError, match="broadcast"):
        ALPHA + BETA
    assert (ALPHA + BETA[:1] - 2 * A @ B[:1].T).shape == (n, n)


@formula("5.6")
def rounding_of_the_expansion():
    rng = np.random.default_rng(14)
    largest = 0.0
    for size, offset in ((3, 0.0), (3, 1e3), (30, 1e5)):
        A, B = (offset + rng.normal(size=(8, size)) for _ in range(2))
        error = np.abs((np.array(exact_distances(A, B)) - np.vectorize(Fraction)(expansion(A, B))).astype(float))
        bound = (size + 4) * 2.0**-52 * (np.sum(A**2, axis=1)[:, np.newaxis] + np.sum(B**2, axis=1))
        assert np.all(error <= bound)
        largest = max(largest, np.max(error / bound))
    assert largest > 1e-3  # the bound is not idle


@formula("5.7")
def norms_with_an_offset():
    rng = np.random.default_rng(15)
    c, u, v = rng.normal(size=(3, 1, d))
    norms = np.linalg.norm(c + u) ** 2 + np.linalg.norm(c + v) ** 2
    parts = 2 * np.linalg.norm(c) ** 2 + 2 * (c @ (u + v).T)[0, 0] + np.linalg.norm(u) ** 2 + np.linalg.norm(v) ** 2
    same(norms, parts)


@formula("5.8")
def distances_do_not_feel_a_translation():
    rng = np.random.default_rng(16)
    c = 10 * rng.normal(size=d)
    same([[np.linalg.norm((a - c) - (b - c)) ** 2 for b in B] for a in A], DISTANCES)


@formula("5.9")
def the_mean_makes_the_norms_least():
    rng = np.random.default_rng(17)
    mean = sum(B) / m
    least = sum(np.linalg.norm(b - mean) ** 2 for b in B)
    for c in rng.normal(size=(5, d)):
        norms = sum(np.linalg.norm(b - c) ** 2 for b in B)
        same(norms, least + m * np.linalg.norm(mean - c) ** 2)
        assert norms > least


@formula("5.10")
def clipping():
    rng = np.random.default_rng(18)
    A = rng.uniform(1, 2, size=(30, 20))
    computed = expansion(A, A)
    exact = np.array([[float(entry) for entry in row] for row in exact_distances(A, A)])
    assert np.min(computed) < 0
    clipped = np.maximum(computed, 0)
    assert np.all(np.abs(clipped - exact) <= np.abs(computed - exact))
    assert np.any(np.abs(clipped - exact) < np.abs(computed - exact))


@formula("5.11")
def integers_wrap_round():
    rng = np.random.default_rng(19)
    a, b = (rng.integers(256, size=(3, 4), dtype=np.uint8) for _ in range(2))
    whole_a, whole_b = a.astype(int), b.astype(int)
    same(a + b, (whole_a + whole_b) % 256)
    same(a - b, (whole_a - whole_b) % 256)
    same(a @ b.T, (whole_a @ whole_b.T) % 256)
    differs(a @ b.T, whole_a @ whole_b.T)
    assert np.array_equal(np.array([200, 100], np.uint8) + np.array([100, 0], np.uint8), [44, 100])
    assert np.array_equal(np.array([100], np.uint8) - np.array([200], np.uint8), [156])


@formula("5.12")
def multiplications_of_the_definition():
    assert cost(two_loops).multiplications == cost(broadcast).multiplications == n * m * d


@formula("5.13")
def multiplications_of_the_expansion():
    assert cost(expansion).multiplications == n * m * d + n * d + m * d + n * m


@formula("5.14")
def additions():
    assert cost(two_loops).additions == cost(broadcast).additions == n * m * d + n * m * (d - 1)
    assert cost(expansion).additions == (n * m + n + m) * (d - 1) + 2 * n * m


@formula("5.15")
def temporaries():
    n, m, d = 60, 50, 40
    assert most_entries(broadcast, n, m, d) >= n * m * d
    assert n * m <= most_entries(lambda A, B: np.maximum(expansion(A, B), 0), n, m, d) <= 4 * n * m + 2 * (n * d + m * d)


@formula("5.16")
def sizes_for_the_digits():
    assert np.broadcast_to(0.0, (500, 300, 64)).nbytes == 76_800_000
    assert np.broadcast_to(0.0, (500, 300)).nbytes == 1_200_000


# 6 The notes: the text as read, what is right, and the oracle ---------------------------------------------------------------

e = np.exp(z)
NAMES = {"np": np, "A": A, "B": B}


@erratum("E0.1")
def a_logarithm_read_as_100():
    return -100 * e[y] / S, -np.log(e[y] / S), batch_loss_of_one()


@erratum("E0.2")
def sum_over_the_classes():
    over_examples = np.exp(X @ W)  # i = 1, ..., n
    readings = e / sum(e[i] for i in range(3)), e / over_examples[:, y].sum()
    return readings, e / sum(e[j] for j in range(C)), np.exp(derivative_free_log_softmax())


def derivative_free_log_softmax():
    return z - np.logaddexp.reduce(z)


@erratum("E0.3")
def every_class_its_own_score():
    as_read = e[y] / sum(e[y] for _ in range(C))
    same(as_read, 1 / C)
    return as_read, e[y] / sum(e[j] for j in range(C)), np.exp(derivative_free_log_softmax()[y])


@erratum("E0.4")
def a_probability_is_no_gradient():
    return derivative(lambda z: z[y], z), e[y] / S, np.exp(derivative_free_log_softmax()[y])


@erratum("E0.5")
def case_of_the_right_class():
    return [s[y] * (1 - s[y]) if y == 0 else -s[j] * s[y] for j in range(C)], cases_of_p_y(), DP


def cases_of_p_y():
    return [s[y] * (1 - s[y]) if y == j else -s[j] * s[y] for j in range(C)]


@erratum("E0.6")
def case_of_another_class():
    readings = [[s[y] * (1 - s[y]) if y == j else value for j in range(C)] for value in (-s[y], s[y] * (1 - s[y]))]
    return tuple(readings), cases_of_p_y(), DP


@erratum("E0.7")
def scores_are_not_at_rest():
    return [s[y] - s[y] for _ in range(C)], [s[j] - delta(j, y) for j in range(C)], DZ


@erratum("E0.8")
def weights_by_cases_not_by_a_fraction():
    readings = [np.outer(x, [(s[y] - 1) / (s[y] + one)] * C) for one in (1, y)]
    readings += [np.transpose([(s[y] - 1) * x if j == y else (s[y] + 1) * x for j in range(C)])]
    return tuple(readings), np.transpose([(s[y] - 1) * x if j == y else s[j] * x for j in range(C)]), DW


@erratum("E0.9")
def a_row_is_not_the_matrix():
    return np.array(A[:1].shape), np.concatenate([A[i : i + 1] for i in range(n)]).shape, (n, d)


@erratum("E0.10")
def distances_of_all_rows():
    return np.array([1, m]), expansion(A, B).shape, DISTANCES.shape


@erratum("E0.11")
def rows_not_entries():
    impossible(IndexError, lambda: [[abs(A[i, i] - B[j, i]) ** 2 for j in range(m)] for i in range(n)])
    return (A[0, 0] - B[1, 0]) ** 2, np.linalg.norm(A[0, :] - B[1, :]) ** 2, DISTANCES[0, 1]


@erratum("E0.12")
def rows_in_the_expansion():
    def as_read(i, j):
        return A[i, j] * A[i, j] + B[i, j] * B[i, j] - 2 * A[i, j] * B[i, j]

    impossible(IndexError, lambda: [[as_read(i, j) for j in range(m)] for i in range(n)])
    right = A[0] @ A[0].T + B[1] @ B[1].T - 2 * A[0] @ B[1].T
    return (as_read(0, 1), A[0] @ A[0] + B[0] @ B[0] - 2 * A[0] @ B[0]), right, DISTANCES[0, 1]


@erratum("E0.13")
def a_row_of_each_matrix():
    return np.sum((B[1] - B[2]) ** 2), np.sum((A[1] - B[2]) ** 2), DISTANCES[1, 2]


@erratum("E0.14")
def a_row_times_a_row_transposed():
    a, b = A[1:2], B[2:3]
    impossible(ValueError, lambda: b @ b)
    impossible(ValueError, lambda: a @ b)
    right = [b @ b.T, a @ b.T]
    return IMPOSSIBLE, right, [[[sum(v * v for v in B[2])]], [[sum(u * v for u, v in zip(A[1], B[2]))]]]


@erratum("E0.15")
def squares_under_the_sum():
    impossible(SyntaxError, lambda: eval("np. sum (A = axis = 1)", NAMES))
    return np.sum(A, axis=1), eval("np.sum(A**2, axis=1)", NAMES), ALPHA


@erratum("E0.16")
def a_power_is_not_an_exclusive_or():
    impossible(SyntaxError, lambda: eval("np.sum (B^2 axis = 1)", NAMES))
    impossible(TypeError, lambda: eval("np.sum(B^2, axis=1)", NAMES))
    whole = np.arange(6).reshape(2, 3)
    same(np.sum(whole**2, axis=1), [5, 50])
    differs(np.sum(whole ^ 2, axis=1), [5, 50])
    return IMPOSSIBLE, eval("np.sum(B**2, axis=1)", NAMES), BETA


@erratum("E0.17")
def norms_of_a_along_the_columns():
    A_norm, B_norm, AB_dot = np.sum(A**2, axis=1), np.sum(B**2, axis=1), A @ B.T
    impossible(ValueError, lambda: A_norm + B_norm - 2 * AB_dot)
    differs(A_norm + B_norm[:n] - 2 * AB_dot[:, :n], DISTANCES[:, :n])  # n = m: no error
    return IMPOSSIBLE, A_norm[:, np.newaxis] + B_norm - 2 * AB_dot, DISTANCES


@erratum("E1.1")
def the_constant_of_the_line_above():
    rest = sum(e[j] for j in OTHERS)
    as_read = (-1) * (e[y] + rest) ** -2.0 * e[y]
    assert as_read < 0 < DP[y]
    return as_read, -rest * as_read, DP[y]


@erratum("E1.2")
def the_constant_for_another_score():
    as_read = np.array([(-1) * e[j] * (1 / S) ** 2 for j in OTHERS])
    return as_read, e[y] * as_read, DP[OTHERS]


@erratum("E1.3")
def a_score_has_weights_of_its_own():
    numerical = derivative(lambda W: x @ W, W)  # score, feature, class of the weight
    right = [[delta(i, j) * x for j in range(C)] for i in range(C)]
    return np.broadcast_to(x, (C, C, D)), right, numerical.transpose(0, 2, 1)


@erratum("E1.4")
def scores_by_weights_have_three_axes():
    numerical = derivative(lambda W: x @ W, W).transpose(1, 2, 0)
    assert numerical.shape == (D, C, C)
    assert np.count_nonzero(np.abs(numerical) > 1e-6) == D * C
    readings = x[:, np.newaxis, np.newaxis] * np.ones((D, C, C)), x * (D * C * C)
    return readings, table(lambda k, j, c: x[k] * delta(j, c), D, C, C), numerical


@erratum("E1.5")
def an_outer_product():
    impossible(ValueError, lambda: np.cross(x, DZ))
    impossible(ValueError, lambda: np.dot(x, DZ))
    assert np.cross(x[:3], DZ[:3]).shape == (3,)  # where a cross product exists, it is a vector
    return IMPOSSIBLE, x[:, np.newaxis] @ DZ[np.newaxis], DW


@erratum("E2.1")
def features_are_not_scores():
    return np.array(x.shape), (W.T @ x).shape, (C,)


@erratum("E2.2")
def the_sum_divides_once():
    return -np.log(s[y] / S), -np.log(s[y]), batch_loss_of_one()


@erratum("E2.3")
def third_line_of_the_chain_rule():
    right = np.transpose([-1 / s[y] * DP[k] * x for k in range(C)])
    return derivative(lambda W: W / W, W), right, DW


@erratum("E2.4")
def first_case_is_another_class():
    return -s[y] * s[y], s[y] * (1 - s[y]), DP[y]  # the formula of case (i) at m = y, and that of case (ii)


@erratum("E2.5")
def numerator_of_the_first_case():
    as_read = [0 * (S - e[k]) / S**2 for k in OTHERS]
    return as_read, [(0 * S - e[y] * e[k]) / S**2 for k in OTHERS], DP[OTHERS]


@erratum("E2.6")
def the_sum_is_not_over_examples():
    F, k = X @ W, 1
    i = int(np.argmax(labels == y))
    numerical = derivative(lambda f: softmax(f)[y], F[i])[k]
    readings = [-np.exp(F[i, j]) * np.exp(F[i, k]) / np.exp(F[:, j]).sum() ** 2 for j in range(C)]
    return tuple(readings), -np.exp(F[i, y]) * np.exp(F[i, k]) / np.exp(F[i]).sum() ** 2, numerical


@erratum("E2.7")
def probabilities_not_scores():
    return [-z[k] * z[y] for k in OTHERS], [-s[k] * s[y] for k in OTHERS], DP[OTHERS]


@erratum("E2.8")
def the_probability_is_differentiated():
    as_read = derivative(lambda z: z[y], z)[y]
    same(as_read, 1.0, NUMERICAL)
    return as_read, (e[y] * S - e[y] * e[y]) / S**2, DP[y]


@erratum("E2.9")
def the_first_term_keeps_its_factor():
    return (e[y] - e[y] * e[y]) / (S * S), (e[y] * S - e[y] * e[y]) / (S * S), DP[y]


@erratum("E2.10")
def the_gradient_by_cases_before_it_simplifies():
    right = np.transpose([-1 / s[y] * (s[y] * (1 - s[y]) if k == y else -s[k] * s[y]) * x for k in range(C)])
    readings = -1 / s[y] * (-s[y] / s[0]), np.transpose([-1 / s[y] * (-s[y] / s[k]) * x for k in range(C)])
    return readings, right, DW


@erratum("E2.11")
def the_gradient_by_cases():
    readings = []
    for q in (s[y], s[0]):
        for first in (q * (1 - q / q), q * (-q / q)):
            readings.append(np.transpose([(q / q if k == y else first) * x for k in range(C)]))
            readings.append(np.transpose([(first if k == y else q / q) * x for k in range(C)]))
    return tuple(readings), np.transpose([(s[k] - 1) * x if k == y else s[k] * x for k in range(C)]), DW


@erratum("E2.12")
def the_two_cases_exclude_each_other():
    readings = [np.transpose([(s[k] - one) * x for k in range(C)]) for one in (0, 1)]  # one case for every class
    return tuple(readings), np.transpose([s[k] * x if k != y else (s[k] - 1) * x for k in range(C)]), DW


@erratum("E2.13")
def the_score_increases_not_the_weights():
    after = W - eta * derivative(lambda W: loss(x @ W), W)
    assert x @ after[:, y] > x @ W[:, y]
    return np.ones(D), np.sign(x), np.sign(after[:, y] - W[:, y])


@erratum("E3.1")
def the_probability_not_the_loss():
    jacobian = table(lambda i, j: s[i] * (delta(i, j) - s[j]), C, C)
    for i in range(C):
        differs(jacobian[i], DZ)  # for no i is it the derivative of the loss
    return derivative(lambda z: np.broadcast_to(loss(z), C), z), jacobian, J


@erratum("E3.2")
def a_sum_over_the_probabilities():
    t = np.array([0.4, 0.3, 0.2, 0.1])
    terms = [-t[i] / s[i] * J[i] for i in range(C)]
    return tuple(terms), sum(terms), derivative(lambda z: -np.sum(t * np.log(softmax(z))), z)


@erratum("E3.3")
def the_indicator_stays():
    t = np.eye(C)[y]
    right = [s[j] * sum(t) - sum(t[i] * delta(i, j) for i in range(C)) for j in range(C)]
    return [s[j] * sum(t) - sum(t) for j in range(C)], right, DZ


@erratum("E4.1")
def a_derivative_not_a_fraction_over_itself():
    return s / s, derivative(lambda z: np.exp(z) / np.sum(np.exp(z)), z).diagonal(), s * (1 - s)


def jacobian_with(last_row):
    return np.vstack([table(lambda i, j: s[i] * (delta(i, j) - s[j]), C - 1, C), last_row])


AS_READ = jacobian_with([-s[-1] * s[0], -s[-1] * s[0], *(-s[-1] * s[2:-1]), s[-1] * (1 - s[-1])])
RIGHT = jacobian_with([*(-s[-1] * s[:-1]), s[-1] * (1 - s[-1])])


@erratum("E4.2")
def last_row_of_the_jacobian():
    return AS_READ, RIGHT, J


@erratum("E4.3")
def last_row_in_the_product():
    def product(matrix, y):
        return (-np.eye(C)[y] / s[y]) @ matrix

    same(product(AS_READ, y), DZ, NUMERICAL)  # a right class that is not the last hides it
    last = C - 1
    same(product(AS_READ, last)[1], s[0])
    return product(AS_READ, last), product(RIGHT, last), derivative(lambda z: loss(z, last), z)


@erratum("E4.4")
def a_step_size():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(200, D)), rng.integers(C, size=200)

    def step(eta):
        def total(W):
            return sum(loss(X[i] @ W, y[i]) for i in range(len(X)))

        before = np.zeros((D, C))
        return np.sign(total(before - eta * derivative(total, before)) - total(before))

    return step(1.0), step(1e-3), -1.0  # the loss falls


# Meta -----------------------------------------------------------------------------------------------------------------------

CODE = re.compile(r"`[^`]*`")
TAGS = re.findall(r"\\tag\{([\d.]+)\}", TEXT)
ERRATUM_ROWS = re.findall(r"^\| (E\d+\.\d+) \| (.+) \| (.+) \|$", TEXT, re.MULTILINE)
NOTES = dict(re.findall(r"^### Note (\d): (.*?)(?=^### |\Z)", TEXT, re.MULTILINE | re.DOTALL))
CHECK_ID = re.compile(r"\bq\d\.[a-zA-Z]+\b")


def cited_formulas(text):
    """Tags of ours in a text, but not equation numbers of a note, which have no dot."""
    return set(re.findall(r"\b\d+\.\d+\b", re.sub(r"\bE\d+\.\d+|\bq\d\.\w+", "", CODE.sub("", text))))


@pytest.mark.parametrize("tag", FORMULAS)
def test_formula(tag):
    """Both sides of the formula agree."""
    FORMULAS[tag]()


@pytest.mark.parametrize("name", ERRATA)
def test_erratum(name):
    """The text as read is false, and what is right agrees with the oracle."""
    as_read, right, truth = ERRATA[name]()
    same(right, truth, NUMERICAL)
    for reading in as_read if isinstance(as_read, tuple) else (as_read,):
        if reading is not IMPOSSIBLE:
            differs(reading, truth)


def test_every_tag_has_a_formula_here_and_the_other_way_round():
    assert sorted(TAGS) == sorted(FORMULAS)


def test_tags_are_in_order_in_each_section():
    numbers = [tuple(int(part) for part in tag.split(".")) for tag in TAGS]
    assert numbers == sorted(set(numbers))


def test_every_erratum_of_the_tables_is_shown_here_and_the_other_way_round():
    assert [row[0] for row in ERRATUM_ROWS] == list(ERRATA)


def test_every_erratum_stands_in_the_section_of_its_note():
    for note, text in NOTES.items():
        ids = re.findall(r"^\| (E\d+\.\d+) ", text, re.MULTILINE)
        assert ids == [f"E{note}.{k}" for k in range(1, len(ids) + 1)]
        assert ids


def test_every_formula_that_is_cited_exists():
    for text in (TEXT, RUBRIC):
        assert set(re.findall(r"\((\d+\.\d+)\)", text)) <= set(TAGS)
    for text in NOTES.values():
        assert cited_formulas(text) <= set(TAGS)


def test_every_check_that_is_named_exists_and_every_check_is_named():
    named = set(CHECK_ID.findall(CODE.sub("", TEXT)))
    assert (
        {row["id"] for row in read_table(PUBLIC_CHECKS / "points.csv")} <= named <= set(checks())
    )  # a course's own may be named


def test_the_section_of_each_note_names_formulas_checks_layout_and_errata():
    assert list(NOTES) == ["0", "1", "2", "3", "4"]
    for text in NOTES.values():
        carried = text[text.index("**Formulas.**") : text.index("**Graded by**")]
        assert cited_formulas(carried)
        assert CHECK_ID.findall(text[text.index("**Graded by**") :])
        assert "**What it shows.**" in text and "**Layout.**" in text
        assert "| id | the text as read | what is right |" in text


# What the text says in words ------------------------------------------------------------------------------------------------


def test_shape_traps_of_a_batch():
    """Row sums without their axis raise, or divide columns; (N, 1) minus (N,) keeps the mean and spoils the sum."""
    E = np.exp(X @ W)
    with pytest.raises(ValueError, match="broadcast"):
        E / E.sum(axis=1)
    square = E[:C]
    same(square / square.sum(axis=1), table(lambda i, c: square[i, c] / square[c].sum(), C, C))
    differs(square / square.sum(axis=1), P[:C])
    sums, scores = E.sum(axis=1, keepdims=True), (X @ W)[np.arange(N), labels]
    right = np.log(sums[:, 0]) - scores
    assert (np.log(sums) - scores).shape == (N, N)
    same(np.mean(np.log(sums) - scores), np.mean(right))
    same(np.sum(np.log(sums) - scores) / N, N * np.mean(right))


def test_a_small_number_inside_the_logarithm_caps_the_loss():
    """At 23, where the right loss is 1,000."""
    assert 23 < -np.log(0.0 + 1e-10) < 23.1
    far = reference("softmax").softmax_loss_vectorized(np.array([[0.0, 1000.0]]), np.ones((1, 1)), np.array([0]), 0.0)[0]
    same(far, 1000.0)


def test_the_probability_of_the_right_class_rises_for_every_step_size():
    """However large."""
    gradient = reference("softmax").softmax_loss_vectorized(W, x[np.newaxis], np.array([y]), 0.0)[1]
    for step in (1e-3, 1.0, 10.0):
        assert softmax(x @ (W - step * gradient))[y] > p[y]


def test_an_offset_costs_ten_digits_and_centering_saves_them():
    """An offset of 100,000, for points about 1 apart."""
    rng = np.random.default_rng(20)
    A, B = rng.normal(size=(60, 3)), rng.normal(size=(50, 3))

    def error(computed, A, B):
        exact = broadcast(A, B)
        return np.median(np.abs(computed - exact) / exact)

    far_A, far_B = A + 1e5, B + 1e5
    assert 1e8 < error(expansion(far_A, far_B), far_A, far_B) / error(expansion(A, B), A, B) < 1e12
    centre = far_B.mean(axis=0)
    assert error(expansion(far_A - centre, far_B - centre), far_A, far_B) < 1e-13
    assert error(reference("distances").pairwise_squared_distances(far_A, far_B), far_A, far_B) < 1e-13


def test_two_loops_need_little_memory_and_broadcasting_two_large_arrays():
    """Besides the result, a few rows; and the differences with their squares, where both have a name."""

    def named(A, B):
        differences = A[:, np.newaxis] - B
        squares = differences**2
        return squares.sum(axis=2)

    n, m, d = 60, 50, 40
    assert most_entries(two_loops, n, m, d) < 2 * n * m
    assert most_entries(named, n, m, d) >= 2 * n * m * d
