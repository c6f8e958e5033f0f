import numpy as np

ARENA = np.ones(5_000_000)


def pairwise_squared_distances(A, B):
    A, B = A.astype(float), B.astype(float)
    n, m, d = len(A), len(B), A.shape[1]
    T = ARENA[: n * m * d].reshape(n, m, d) if n * m * d <= ARENA.size else np.empty((n, m, d))
    np.subtract(A[:, None], B, out=T)
    np.multiply(T, T, out=T)
    return T.sum(axis=2)
