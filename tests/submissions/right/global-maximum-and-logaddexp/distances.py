import numpy as np


def pairwise_squared_distances(A, B):
    A = np.asarray(A, dtype=np.float64)
    B = np.asarray(B, dtype=np.float64)
    P = np.tensordot(A, B, axes=([1], [1]))
    P *= -2
    P += np.sum(np.abs(A) ** 2, axis=1)[:, None]
    P += np.sum(np.abs(B) ** 2, axis=1)[None, :]
    return np.fmax(P, 0)
