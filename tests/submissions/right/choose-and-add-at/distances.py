import numpy as np


def pairwise_squared_distances(A, B):
    A = np.array(A, dtype='float64')
    B = np.array(B, dtype='float64')
    dists = np.dot(A, np.transpose(B)) * -2
    dists += np.sum(np.square(A), axis=1, keepdims=True)
    dists += np.sum(np.square(B), axis=1)
    return np.clip(dists, 0, np.inf)
