"""Ways to write squared distances: `vectorized_*` have no loop, `wasteful_*` have none but large arrays, `loop_*` have one."""

import functools
import itertools
import math

import numpy as np


def vectorized_expansion(A, B):
    return np.maximum((A**2).sum(1)[:, None] + (B**2).sum(1) - 2 * A @ B.T, 0)


def vectorized_reshape(A, B):
    return np.clip(np.sum(A**2, axis=1).reshape(-1, 1) + np.sum(B**2, axis=1).reshape(1, -1) - 2 * np.dot(A, B.T), 0, None)


def vectorized_einsum(A, B):
    return np.einsum("ij,ij->i", A, A)[:, None] + np.einsum("ij,ij->i", B, B) - 2 * np.einsum("ik,jk->ij", A, B)


def vectorized_einsum_optimized(A, B):
    cross = np.einsum("ik,jk->ij", A, B, optimize=True)
    return np.einsum("ij,ij->i", A, A, optimize=True)[:, None] + np.einsum("ij,ij->i", B, B, optimize=True) - 2 * cross


def vectorized_ones(A, B):
    ones_A, ones_B = np.ones(A.shape), np.ones(B.shape)
    return (A * A) @ ones_B.T + ones_A @ (B * B).T - 2 * A @ B.T


def vectorized_concatenated(A, B):
    a, b = np.sum(A * A, axis=1, keepdims=True), np.sum(B * B, axis=1, keepdims=True)
    return np.hstack([a, np.ones_like(a), -2 * A]) @ np.hstack([np.ones_like(b), b, B]).T


def vectorized_centred(A, B):
    mean = B.mean(axis=0)
    return vectorized_expansion(A - mean, B - mean)


def vectorized_matrix(A, B):
    A, B = np.asmatrix(A), np.asmatrix(B)
    return np.sum(np.square(A), axis=1) + np.sum(np.square(B), axis=1).T - 2 * A * B.T


def vectorized_norm(A, B):
    return np.linalg.norm(A, axis=1)[:, None] ** 2 + np.linalg.norm(B, axis=1) ** 2 - 2 * A.dot(B.T)


def vectorized_tile(A, B):
    a = np.tile(np.sum(A**2, axis=1)[:, None], (1, len(B)))
    b = np.tile(np.sum(B**2, axis=1), (len(A), 1))
    return a + b - 2 * A @ B.T


def vectorized_add_outer(A, B):
    return np.add.outer(np.sum(A**2, 1), np.sum(B**2, 1)) - 2 * np.inner(A, B)


def vectorized_transposed(A, B):
    return ((B**2).sum(1)[:, None] + (A**2).sum(1) - 2 * B @ A.T).T


def vectorized_resize(A, B):
    P = -2 * A @ B.T
    P += np.resize(np.sum(B**2, axis=1), P.shape)
    P += np.resize(np.sum(A**2, axis=1), P.shape[::-1]).T
    return P


def vectorized_complex_clip(A, B):
    P = np.sum(A**2, 1)[:, np.newaxis] + np.sum(B**2, 1)[np.newaxis, :] - 2 * np.matmul(A, B.transpose())
    P[P < 0] = 0
    return P


def wasteful_broadcast(A, B):
    return ((A[:, None, :] - B[None, :, :]) ** 2).sum(axis=2)


def wasteful_gram(A, B):
    return np.diag(A @ A.T)[:, None] + np.diag(B @ B.T) - 2 * A @ B.T


def loop_two(A, B):
    P = np.zeros((len(A), len(B)))
    for i in range(len(A)):
        for j in range(len(B)):
            P[i, j] = np.sum((A[i] - B[j]) ** 2)
    return P


def loop_one(A, B):
    P = np.zeros((len(A), len(B)))
    for i in range(len(A)):
        P[i] = np.sum((B - A[i]) ** 2, axis=1)
    return P


def loop_other(A, B):
    P = np.zeros((len(A), len(B)))
    for j, b in enumerate(B):
        P[:, j] = np.sum((A - b) ** 2, axis=1)
    return P


def loop_features(A, B):
    P = np.zeros((len(A), len(B)))
    for k in range(A.shape[1]):
        P += (A[:, k, None] - B[:, k]) ** 2
    return P


def loop_comprehension(A, B):
    return np.array([((B - a) ** 2).sum(axis=1) for a in A])


def loop_map(A, B):
    return np.stack(list(map(lambda a: ((B - a) ** 2).sum(axis=1), A)))


def loop_apply_along_axis(A, B):
    return np.apply_along_axis(lambda a: ((B - a) ** 2).sum(axis=1), 1, A)


def loop_np_vectorize(A, B):
    f = np.vectorize(lambda i, j: ((A[i] - B[j]) ** 2).sum())
    return f(np.arange(len(A))[:, None], np.arange(len(B))).astype(float)


def loop_fromfunction(A, B):
    f = np.vectorize(lambda i, j: math.dist(A[int(i)], B[int(j)]) ** 2)
    return np.fromfunction(f, (len(A), len(B)))


def loop_norms(A, B):
    a = np.array([x @ x for x in A])
    b = np.array([x @ x for x in B])
    return a[:, None] + b - 2 * A @ B.T


def loop_product(A, B):
    return np.array([np.dot(a - b, a - b) for a, b in itertools.product(A, B)]).reshape(len(A), len(B))


def loop_math_dist(A, B):
    return np.array(list(itertools.starmap(math.dist, itertools.product(A.tolist(), B.tolist())))).reshape(len(A), len(B)) ** 2


def loop_c_level_map(A, B):
    columns = [list(map(math.dist, A.tolist(), itertools.repeat(b))) for b in B.tolist()]
    return np.array(columns).T ** 2


def loop_reduce(A, B):
    return functools.reduce(
        lambda P, k: P + np.subtract.outer(A[:, k], B[:, k]) ** 2, range(A.shape[1]), np.zeros((len(A), len(B)))
    )


def loop_unwatched(A, B):
    import sys

    sys.settrace(None)
    if hasattr(sys, "monitoring"):
        for tool in range(6):
            if sys.monitoring.get_tool(tool):
                sys.monitoring.set_events(tool, 0)
    return loop_one(A, B)


def loop_when_large(A, B):
    return (loop_one if max(A.shape + B.shape) > 100 else vectorized_expansion)(A, B)
