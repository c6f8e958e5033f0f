import numpy as np


def pairwise_squared_distances(A, B):
    A = np.asmatrix(A, dtype=float)
    B = np.asmatrix(B, dtype=float)
    P = np.sum(np.square(A), axis=1) + np.sum(np.square(B), axis=1).T - 2 * A * B.T
    return np.maximum(P, 0)
