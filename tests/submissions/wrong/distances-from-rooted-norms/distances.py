import numpy as np


def pairwise_squared_distances(A, B):
    A, B = A.astype(float), B.astype(float)
    na = np.linalg.norm(A, axis=1)
    nb = np.linalg.norm(B, axis=1)
    return np.maximum(na[:, None] + nb[None, :] - 2 * A @ B.T, 0)
