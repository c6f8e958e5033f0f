import numpy as np


def pairwise_squared_distances(A, B):
    A = A.astype(int)      # uint8 would overflow
    B = B.astype(int)
    P = np.sum(A**2, axis=1)[:, None] + np.sum(B**2, axis=1)[None, :] - 2 * np.dot(A, B.T)
    return np.maximum(P, 0)
