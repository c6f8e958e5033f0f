import numpy as np


def pairwise_squared_distances(A, B):
    A = A.astype(float)
    B = B.astype(float)
    dists = np.sum(A**2, axis=1) + np.sum(B**2, axis=1) - 2 * A.dot(B.T)
    return np.maximum(dists, 0)
