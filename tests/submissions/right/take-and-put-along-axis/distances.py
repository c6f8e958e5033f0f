import numpy as np


def pairwise_squared_distances(A, B):
    A = A.astype(np.float64)
    B = B.astype(np.float64)
    a2 = np.reshape(np.sum(A ** 2, axis=1), (A.shape[0], 1))
    b2 = np.reshape(np.sum(B ** 2, axis=1), (1, B.shape[0]))
    ab = A.dot(B.transpose())
    dists = a2 - 2 * ab + b2
    dists[dists < 0] = 0
    return dists
