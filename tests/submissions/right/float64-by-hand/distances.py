import numpy as np


def pairwise_squared_distances(A, B):
    A = np.asarray(A, np.float64)
    B = np.asarray(B, np.float64)
    # one product of two wide matrices: [a, |a|^2, 1] . [-2 b, 1, |b|^2]
    ones_a = np.ones((A.shape[0], 1))
    ones_b = np.ones((B.shape[0], 1))
    left = np.hstack([A, np.sum(A ** 2, axis=1)[:, None], ones_a])
    right = np.hstack([-2.0 * B, ones_b, np.sum(B ** 2, axis=1)[:, None]])
    P = np.dot(left, right.T)
    return np.maximum(P, 0.0, out=P)
