import numpy as np


def pairwise_squared_distances(A, B):
    A, B = np.asarray(A, dtype=float), np.asarray(B, dtype=float)
    row = np.linalg.norm(A, axis=1) ** 2
    col = np.linalg.norm(B, axis=1) ** 2
    P = row[:, None] + col[None, :]
    P -= 2.0 * np.matmul(A, B.T)
    return np.clip(P, 0.0, None)
