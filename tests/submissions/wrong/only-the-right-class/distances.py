import numpy as np


def pairwise_squared_distances(A, B):
    A = A.astype(np.float64)
    B = B.astype(np.float64)
    a2 = np.sum(np.square(A), axis=1).reshape(-1, 1)
    b2 = np.sum(np.square(B), axis=1).reshape(1, -1)
    return np.clip(a2 + b2 - 2 * np.matmul(A, B.T), 0, None)
