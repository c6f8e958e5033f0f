import numpy as np


def pairwise_squared_distances(A, B):
    both = np.concatenate((A, B), axis=0).astype(float)
    both = both - both.mean(axis=0)
    A, B = np.split(both, [len(A)])
    norms = np.sum(both ** 2, axis=1)
    P = norms[:len(A), None] + norms[None, len(A):] - 2 * A.dot(B.T)
    return np.abs(P)
