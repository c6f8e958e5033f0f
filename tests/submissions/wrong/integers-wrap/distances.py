import numpy as np


def pairwise_squared_distances(A, B):
    P = np.sum(A ** 2, axis=1, keepdims=True) + np.sum(B ** 2, axis=1) - 2 * A.dot(B.T)
    return np.maximum(P, 0)
