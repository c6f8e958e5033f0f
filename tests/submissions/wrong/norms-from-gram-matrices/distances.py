import numpy as np


def pairwise_squared_distances(A, B):
    A, B = A.astype(float), B.astype(float)
    aa = np.diag(A @ A.T).reshape(-1, 1)
    bb = np.diag(B @ B.T).reshape(1, -1)
    return np.maximum(aa + bb - 2 * A @ B.T, 0)
