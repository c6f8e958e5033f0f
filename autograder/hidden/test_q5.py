"""Question 5, hidden: squared distances without loops."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograder.hidden.distance_evidence import DistanceEvidence
from autograder.hidden.loops import expect_fast, expect_no_loop
from autograder.hidden.mistakes.fit import Array
from autograder.homework import reference
from autograder.judge.evidence import Rng
from autograder.judge.meters.cpu import Load, verify_all
from autograder.judge.meters.memory import IMPORTED, fair
from autograder.judge.student_code import StudentFunction
from autograder.wire import Strided
from public_checks import expect
from public_checks.draws import sizes
from public_checks.expect import Hint, Mismatch

SINGLE = 1e-9  # of |a|^2 + |b|^2: a float32 on the way leaves 1e-7
ROUND_OFF = 64  # times eps of the data's type, of |a|^2 + |b|^2: what the expansion loses where d is below 100
Known = Callable[[StudentFunction], DistanceEvidence]  # of a function of the submission
MEMORY_SHAPES = {
    "broadcast-3d": (200, 200, 100),  # 32 MB as one (n, m, d) array, where 13 MB are allowed
    "gram-matrix": (2_000, 10, 10),  # 32 MB as one (n, n) array, where 11 MB are allowed
}


def close_distances(P: Any, A: Array, B: Array, what: str = "P", hint: Hint | None = None) -> None:
    """Expect squared distances within the rounding of the expansion, in the type of the data."""
    eps = np.finfo(np.result_type(A, np.float32)).eps
    expected = reference("distances").pairwise_squared_distances(A.astype(float), B.astype(float))
    P = expect.array(P, expected.shape, what, turned="swapped").astype(float)
    scale = np.sum(A.astype(float) ** 2, axis=1)[:, np.newaxis] + np.sum(B.astype(float) ** 2, axis=1)
    error = np.abs(P - expected) / scale
    if not np.all(error <= ROUND_OFF * eps):
        if SINGLE < np.max(error) <= ROUND_OFF * np.finfo(np.float32).eps:
            hint = Hint(
                "precision", "The values are right to about 7 digits: is there a float32 on the way, or a small number added?"
            )
        told = expect.differs(P, expected, error, what, off_by(error), hint)
        raise Mismatch(told.summary, told.table, told.hint, key="the values of P")


def off_by(error: Array) -> str:
    """Say how large errors in units of |a|^2 + |b|^2 are, where that tells more than the values."""
    return f"it is off by {np.max(error):.1e} of |a|^2 + |b|^2" if np.max(error) < 1e-6 else ""


def points(rng: Rng, dtype: type = float) -> tuple[Array, Array]:
    """Draw A and B of pairwise different sizes, away from the origin in no direction."""
    n, m, d = sizes(rng, 3, 3, 12)
    return rng.normal(size=(n, d)).astype(dtype), rng.normal(size=(m, d)).astype(dtype)


@pytest.mark.check("q5.values", weight=2)
def test_values(pairwise_squared_distances: StudentFunction, rng: Rng, evidence: Known) -> None:
    """P is right on random data"""
    pairs = [points(rng) for _ in range(3)]
    for P, (A, B) in zip(pairwise_squared_distances.map(pairs), pairs):
        close_distances(P, A, B, hint=evidence(pairwise_squared_distances).hint)


@pytest.mark.check("q5.values")
def test_float32(pairwise_squared_distances: StudentFunction, rng: Rng, evidence: Known) -> None:
    """P is right on float32 data"""
    A, B = points(rng, np.float32)
    P = pairwise_squared_distances(A, B)
    close_distances(P, A, B, "P of float32 data", evidence(pairwise_squared_distances).hint)


@pytest.mark.check("q5.values")
def test_fortran(pairwise_squared_distances: StudentFunction, rng: Rng, evidence: Known) -> None:
    """P is right on Fortran-ordered data"""
    A, B = points(rng)
    P = pairwise_squared_distances(np.asfortranarray(A), np.asfortranarray(B))
    close_distances(P, A, B, "P of Fortran-ordered data", evidence(pairwise_squared_distances).hint)


@pytest.mark.check("q5.values")
def test_strided(pairwise_squared_distances: StudentFunction, rng: Rng, evidence: Known) -> None:
    """P is right on non-contiguous data"""
    A, B = points(rng)
    P = pairwise_squared_distances(Strided(A), Strided(B))
    close_distances(P, A, B, "P of non-contiguous data", evidence(pairwise_squared_distances).hint)


@pytest.mark.check("q5.duplicates")
def test_duplicates(pairwise_squared_distances: StudentFunction, rng: Rng, evidence: Known) -> None:
    """Distances of identical rows are about 0, never negative, never NaN"""
    known = evidence(pairwise_squared_distances)
    known.require_alive()
    d = int(rng.integers(20, 40))
    A = rng.uniform(1.0, 2.0, size=(60, d))  # far enough from the origin for the expansion to cancel
    B = A[rng.permutation(60)[:50]]
    P = known.upright(pairwise_squared_distances(A, B), (60, 50), "P of identical rows")
    if known.model is not None and known.model.proportional:
        P = known.model.corrected(P, d)  # a factor or a power has cost its points already
    if np.min(P) < 0:
        clip = Hint(
            "negative", "Rounding can leave -1e-13 where 0 is right: what would keep a squared distance from being negative?"
        )
        raise Mismatch(
            f"P is negative at {np.count_nonzero(P < 0)} of {P.size} places, where rows of A and B are the same.", hint=clip
        )
    if known.model is not None and known.model.proportional:
        close_distances(P, A, B, "P of identical rows")


@pytest.mark.check("q5.memory")
def test_memory(pairwise_squared_distances: StudentFunction, evidence: Known) -> None:
    """Temporary arrays stay as small as P, A and B: none is (n, m, d)"""
    known = evidence(pairwise_squared_distances)
    known.require_alive()
    pairwise_squared_distances.in_new_worker()  # what earlier calls left behind is not weighed
    for name, shape in MEMORY_SHAPES.items():
        load = known.yardstick.near(Load(shape))
        problem = known.yardstick.problem(load, name)
        measured = pairwise_squared_distances.measure(*problem.calls)
        verify_all(problem, measured.results, known.verify)
        n, m, d = load.shape
        allowed = fair(n * m + n * d + m * d)
        taken = max(measured.peak, measured.held - IMPORTED)
        if taken > allowed:
            raise Mismatch(
                f"For n, m, d = {n}, {m}, {d} it takes {taken / 1e6:.0f} MB of memory; {allowed / 1e6:.0f} MB would do.",
                hint=Hint(name, "Which array has more entries than A, B and P together, and is it needed?"),
            )


@pytest.mark.check("q5.loops")
def test_loops(pairwise_squared_distances: StudentFunction, evidence: Known) -> None:
    """No Python loop along n, m or d"""
    expect_no_loop(evidence(pairwise_squared_distances))


@pytest.mark.check("q5.timing")
def test_timing(pairwise_squared_distances: StudentFunction, evidence: Known) -> None:
    """Takes about the CPU time of the vectorized reference"""
    expect_fast(evidence(pairwise_squared_distances))
